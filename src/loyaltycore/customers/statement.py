"""
The points statement: entries as the customer sees them.

Owns what one line says; knows no journal and no file.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from loyaltycore.ledger.transactions import EntryKind

__all__ = ["Statement", "StatementLine", "last_day"]

_INSTANT = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class StatementLine:
    """
    One points entry.

    Attributes:
        created_at: when it happened, in UTC; an expiry, when the points fell due.
        card_id: the card it is on; cards may count points with different decimals.
        location_id: where it happened.
        terminal_id: at which till.
        type: earn, redeem, expire, restore ...
        points: signed, with the card's decimals.
        expires_at: the first moment, in UTC, at which points earned by this line no
            longer count; None when they never expire, and on a debit.
        expires_on: the last local day on which they count; None likewise.
        points_left: what is left of the points earned by this line; None on a debit.
    """

    created_at: datetime
    card_id: str
    transaction_id: str
    location_id: str | None
    terminal_id: str | None
    type: EntryKind
    points: Decimal
    expires_at: datetime | None
    expires_on: date | None
    points_left: Decimal | None


@attrs.frozen(kw_only=True)
class Statement:
    """
    One page of a statement, newest first.

    Attributes:
        cursor: where the next page starts; None: there is none.
    """

    lines: tuple[StatementLine, ...]
    cursor: str | None


def last_day(expires_at: datetime, zone: ZoneInfo) -> date:
    """Return the last local day on which something counts that ends at *expires_at*."""
    return local_day(expires_at - _INSTANT, zone)
