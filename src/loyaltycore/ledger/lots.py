"""What is left of one positive entry, and the order in which lots are used up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.ledger.transactions import Unit

__all__ = ["Lot", "soonest"]


@attrs.frozen
class Lot:
    """
    Units that were earned together and expire together.

    Attributes:
        number: 1, 2, 3 ... on its card.
        rule: which of the template's rules made it, or "".
        amount: what it started with.
        remaining: what is left, 0 to *amount*.
        expired: what was taken out of it by expiry.
        expires_at: the first moment at which it no longer counts, or None.
    """

    number: int
    unit: Unit
    rule: str
    amount: int
    remaining: int
    expired: int
    earned_at: datetime
    expires_at: datetime | None

    def is_due(self, at: datetime) -> bool:
        """Has its last moment passed at *at*?"""
        return self.expires_at is not None and self.expires_at <= at


def soonest(lot: Lot) -> tuple[datetime, datetime, int]:
    """Sort key: soonest to expire first, then earliest earned, then lowest number."""
    return (lot.expires_at or NEVER, lot.earned_at, lot.number)
