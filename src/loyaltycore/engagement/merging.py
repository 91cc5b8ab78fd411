"""
Two customers who turn out to be one: what each of them becomes.

The target keeps its id and gets everything; the source stays as an alias that leads to
it, and is written to no more.  Where both say something, the target's word holds, save
that the stricter standing does, so that nobody gets round a block by a second entry.
It cannot be taken back.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.customers.customer import Person
from loyaltycore.customers.reviews import mean
from loyaltycore.customers.words import one_of
from loyaltycore.errors import LimitReached, NotMergeable
from loyaltycore.program.customer_form import UNIQUE_FIELDS
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.customers.customer import Customer

__all__ = [
    "SOURCES_MAX",
    "Stamps",
    "check_different",
    "check_mergeable",
    "merged",
    "stamps_of",
]

#: The most customers that one customer can have been.
SOURCES_MAX: Final = 100

_TOTALS: Final = (
    "transactions",
    "purchases",
    "purchase_value",
    "points",
    "points_earned",
    "points_redeemed",
    "points_expired",
    "reviews",
    "rating_sum",
)
_STRICTNESS: Final = (
    CustomerStatus.OPEN,
    CustomerStatus.DEACTIVATED,
    CustomerStatus.BLOCKED,
)


class Stamps(StrEnum):
    """
    What becomes of stamp cards of one template that both customers have.

    Attributes:
        KEEP: both stay as they are.
        SUM: the stamps of the source's go to the target's, where they may fill it.
    """

    KEEP = "keep"
    SUM = "sum"


def stamps_of(given: Stamps | str) -> Stamps:
    """
    Read a choice.

    Raises:
        InvalidValue: it is none.
    """
    return one_of("stamps", Stamps, given)


def check_different(source_id: str, target_id: str) -> None:
    """
    Refuse to merge somebody with themselves.

    Raises:
        NotMergeable: the two ids are one.
    """
    if source_id == target_id:
        message = "A customer cannot be merged with themselves."
        raise NotMergeable(message, source_id=source_id, target_id=target_id)


def check_mergeable(source: Customer, target: Customer, aliases: int) -> None:
    """
    Refuse what would lose somebody.

    Args:
        aliases: how many customers the two have been before, together.

    Raises:
        NotMergeable: one of them is gone, or they are one already.
        LimitReached: the target would have been too many.
    """
    for one, who in ((source, "source"), (target, "target")):
        if one.is_living:
            continue
        into = f" into {one.merged_into}; name that" if one.merged_into else ""
        raise NotMergeable(
            f"The {who} {one.id} was {one.status}{into}.",
            source_id=source.id,
            target_id=target.id,
        )
    if aliases >= SOURCES_MAX:
        limit = "customers merged into one"
        raise LimitReached(limit, used=aliases, at_most=SOURCES_MAX)


def merged(
    source: Customer, target: Customer, *, fill: bool = True
) -> tuple[Customer, Customer]:
    """
    Say what both become.

    Args:
        fill: what the target does not say, the source says for it.

    Returns:
        The source as an alias, without totals; and the target with those of both.  A
        phone, e-mail address or external id that the target took over is the source's
        no more; one that it has otherwise stays, to find the target by.
    """
    person, left = target.person, source.person
    fields, device = dict(target.fields), target.device
    if fill:
        person = _filled(target.person, source.person)
        fields = {**source.fields, **fields}
        device = device or source.device
        taken = [
            name
            for name in UNIQUE_FIELDS
            if getattr(person, name) == getattr(source.person, name)
        ]
        left = attrs.evolve(source.person, **dict.fromkeys(taken))
    status = max(source.status, target.status, key=_STRICTNESS.index)
    has_reason = status is target.status
    after = attrs.evolve(
        target,
        person=person,
        fields=fields,
        device=device,
        status=status,
        status_reason=target.status_reason if has_reason else source.status_reason,
        activity=target.activity or source.activity,
        **_totals(source, target),
    )
    nothing: dict[str, Any] = dict.fromkeys(_TOTALS, 0)
    alias = attrs.evolve(
        source,
        person=left,
        fields={},
        status=CustomerStatus.MERGED,
        status_reason=None,
        activity=None,
        merged_into=target.id,
        last_transaction_at=None,
        average_value=None,
        rating=None,
        **nothing,
    )
    return alias, after


def _filled(person: Person, other: Person) -> Person:
    missing = {
        field.name: getattr(other, field.name)
        for field in attrs.fields(Person)
        if getattr(person, field.name) is None
    }
    return attrs.evolve(person, **missing)


def _totals(source: Customer, target: Customer) -> dict[str, Any]:
    """The sums, and what follows from them."""
    sums = {name: getattr(source, name) + getattr(target, name) for name in _TOTALS}
    value, purchases = sums["purchase_value"], sums["purchases"]
    average = divide(value, purchases, Rounding.HALF_UP) if purchases > 0 else None
    return {
        **sums,
        "average_value": average,
        "rating": mean(sums["rating_sum"], sums["reviews"]),
        "last_transaction_at": _later(
            source.last_transaction_at, target.last_transaction_at
        ),
    }


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each is not None), default=None)
