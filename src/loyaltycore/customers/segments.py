"""Segments: filters, or lists of customers, with a name; and who came and who went."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.customer import TEXT_MAX, is_one_line
from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from datetime import date, datetime

    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.filters import CustomerFilter

__all__ = [
    "CUSTOMERS_A_CALL_MAX",
    "SEGMENTS_MAX",
    "MembershipChange",
    "Segment",
    "SegmentKind",
    "SegmentMembers",
    "SegmentRefresh",
    "name_of",
]

#: The most segments of a program.
SEGMENTS_MAX: Final = 500
#: The most customers that are put on a list, or taken off one, in one call.
CUSTOMERS_A_CALL_MAX: Final = 1_000


class SegmentKind(StrEnum):
    """
    Where the members of a segment come from.

    Attributes:
        DYNAMIC: a filter means them; a refresh lets in and out.
        STATIC: somebody listed them.
    """

    DYNAMIC = "dynamic"
    STATIC = "static"


@attrs.frozen(kw_only=True)
class Segment:
    """
    Customers under a name.

    Attributes:
        filter: of a dynamic one.
        members: how many, as of the last refresh or change.
        refreshed_at: when the filter was last asked; None: never.
    """

    id: str
    version: int
    name: str
    kind: SegmentKind
    filter: CustomerFilter | None
    members: int
    created_at: datetime
    refreshed_at: datetime | None = None


@attrs.frozen(kw_only=True)
class MembershipChange:
    """
    A customer entered a segment, or left it.

    Attributes:
        id: ascending in time.
        has_entered: else they have left.
        on: the local day.
    """

    id: str
    segment_id: str
    customer_id: str
    has_entered: bool
    on: date
    recorded_at: datetime


@attrs.frozen(kw_only=True)
class SegmentRefresh:
    """What the refresh of a segment did: how many customers it let in and out."""

    segment: Segment
    entered: int
    left: int


@attrs.frozen
class SegmentMembers:
    """A page of members; *cursor* is None behind the last one."""

    customers: tuple[Customer, ...]
    cursor: str | None


def name_of(name: object) -> str:
    """
    Check the name of a segment or of a filter.

    Raises:
        InvalidValue: it is empty, too long, or no single line.
    """
    text = name.strip() if isinstance(name, str) else ""
    if not 0 < len(text) <= TEXT_MAX or not is_one_line(text):
        raise InvalidValue("name", f"a text of 1 to {TEXT_MAX} characters in one line.")
    return text
