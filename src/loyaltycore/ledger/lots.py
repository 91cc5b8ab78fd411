"""What is left of one positive entry, and the order in which lots are used up."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.ledger.transactions import Unit

__all__ = ["Dates", "Lot", "LotState", "soonest"]


class LotState(StrEnum):
    """``open`` units can be redeemed, ``pending`` ones not yet, ``held`` ones wait."""

    OPEN = "open"
    PENDING = "pending"
    HELD = "held"


@attrs.frozen(kw_only=True)
class Dates:
    """
    When a new lot was earned, and when its units count.

    Attributes:
        earned_at: when it was earned.
        available_from: the first moment at which it counts, if that is later.
        expires_at: the first moment at which it no longer counts, or None.
        deadline: of all sliding lots of the unit, from here on; the lot is one.
    """

    earned_at: datetime
    available_from: datetime | None = None
    expires_at: datetime | None = None
    deadline: datetime | None = None


@attrs.frozen
class Lot:
    """
    Units that were earned together and expire together, or that are held together.

    Attributes:
        number: 1, 2, 3 ... on its card.
        rule: which of the template's rules made it, or "".
        amount: what it started with.
        remaining: what is left, 0 to *amount*.
        expired: what was taken out of it by expiry.
        expires_at: the first moment at which it no longer counts, or None; of a held
            lot, the moment at which it is released.
        available_from: the first moment at which it counts, where that was later.
        slides: it ends with the deadline of its unit on the card.
        version: of the card, with which it was opened.
    """

    number: int
    unit: Unit
    rule: str
    amount: int
    remaining: int
    expired: int
    earned_at: datetime
    expires_at: datetime | None
    available_from: datetime | None = None
    slides: bool = False
    state: LotState = LotState.OPEN
    version: int = 0

    @property
    def due_at(self) -> datetime:
        """When something happens to it by itself, sliding apart; it may be never."""
        end = self.expires_at or NEVER
        if self.state is LotState.PENDING and self.available_from is not None:
            return min(end, self.available_from)
        return end

    def is_due(self, at: datetime) -> bool:
        """Has its last moment passed at *at*?"""
        return self.expires_at is not None and self.expires_at <= at

    def less(self, taken: int, *, expired: int = 0) -> Lot:
        """Return the lot without some of its units; *taken* below 0 gives them back."""
        return self._with(self.remaining - taken, self.expired + expired, self.state)

    def opened(self) -> Lot:
        """Return the lot as one whose units count."""
        return self._with(self.remaining, self.expired, LotState.OPEN)

    def _with(self, remaining: int, expired: int, state: LotState) -> Lot:
        # A third of the time that ``attrs.evolve`` takes, in every posting.
        return Lot(
            self.number,
            self.unit,
            self.rule,
            self.amount,
            remaining,
            expired,
            self.earned_at,
            self.expires_at,
            self.available_from,
            self.slides,
            state,
            self.version,
        )


def soonest(lot: Lot) -> tuple[datetime, datetime, int]:
    """Sort key: soonest to expire first, then earliest earned, then lowest number."""
    return (lot.expires_at or NEVER, lot.earned_at, lot.number)
