"""What a table of tiers makes of spend; cashback and discount cards share it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.tier import Tier, tiers_of
from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.tiers import (
    Downgrade,
    RateAt,
    counting,
    ladder_at,
    level,
    units_on,
)
from loyaltycore.values.money import amount_text, minor_units
from loyaltycore.values.quantity import percent_basis_points


if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from loyaltycore.ledger.holding import Total
    from loyaltycore.ledger.tiers import Ladder
    from loyaltycore.ledger.transactions import Facts
    from loyaltycore.values.quantity import Rounding

__all__ = ["Standing", "TierTable", "units_priced"]


@attrs.frozen
class Standing:
    """
    Where a card stands among its tiers; all empty where there is only one.

    Attributes:
        tier: its name.
        to_next_tier: minor units that are missing to the next, None at the top.
        words: the same for the till.
    """

    tier: str | None = None
    to_next_tier: int | None = None
    words: tuple[str, ...] = ()


class TierTable:
    """
    The tiers of a template, and what they make of spend.

    Attributes:
        has_expiry: one of the tiers says when points stop counting.

    Args:
        tiers: as they were given; see ``tiers_of``.
        percent: one rate for all, instead of tiers.
        rate_at: which tier prices spend that crosses into another.
        downgrade: when a tier is lost again.
        grace_days: for which a tier is kept when its spend has expired.
        rounding: of the units that spend earns.
    """

    def __init__(
        self,
        tiers: tuple[Tier, ...],
        percent: Decimal | None,
        *,
        rate_at: RateAt,
        downgrade: Downgrade,
        rounding: Rounding,
        grace_days: int = 0,
    ) -> None:
        self.tiers = tiers_of(tiers, percent)
        self.has_expiry = any(tier.points_expiry is not None for tier in self.tiers)
        self._rate_at = rate_at
        self._downgrade = downgrade
        self._grace = timedelta(days=grace_days)
        self._rounding = rounding
        # Worked out once for each currency: every purchase asks for it.
        self._ladders: dict[str, Ladder] = {}

    def ladder(self, currency: str) -> Ladder:
        """
        The tiers as the ledger counts: minor units and basis points.

        Raises:
            InvalidValue: a tier starts at what the currency cannot hold.
        """
        ladder = self._ladders.get(currency)
        if ladder is None:
            ladder = self._ladders[currency] = tuple(
                (_start_of(tier, currency), percent_basis_points(tier.percent))
                for tier in self.tiers
            )
        return ladder

    def tier_at(self, total: Total, spend: int, at: datetime, currency: str) -> int:
        """
        The index of the tier that a card holds with so much spend.

        Args:
            total: of the card's spend.
        """
        since = at - self._grace if self._grace else None
        counted = counting(total, spend, self._downgrade, since=since)
        return level(self.ladder(currency), counted)

    def price(
        self,
        total: Total,
        before: int,
        amount: int,
        at: datetime,
        *,
        shift: int,
        currency: str,
        least: int = 0,
    ) -> Facts:
        """
        Say what prices *amount* of spend on top of *before*; to be pinned.

        Args:
            total: of the card's spend.
            shift: decimals of the units that are earned less those of the currency.
            least: the index of a tier that the card holds in any case.
        """
        ladder = self.ladder(currency)
        tier = max(least, self.tier_at(total, before, at, currency))
        return {
            "ladder": ladder_at(ladder, self._rate_at, tier, before + amount),
            "spend_before": before,
            "shift": shift,
            "rounding": self._rounding,
            "tier": self.tiers[tier].name,
        }

    def standing(
        self, total: Total, at: datetime, currency: str, *, least: int = 0
    ) -> Standing:
        """
        Say where a card stands, given the total of its spend.

        Args:
            least: the index of a tier that it holds in any case.
        """
        if len(self.tiers) == 1:
            return Standing()
        index = max(least, self.tier_at(total, total.balance, at, currency))
        name = self.tiers[index].name
        if index + 1 == len(self.tiers):
            return Standing(name, None, (name,))
        missing = self.ladder(currency)[index + 1][0] - total.balance
        next_name = self.tiers[index + 1].name
        to_next = f"{amount_text(missing, currency)} {currency} to {next_name}"
        return Standing(name, missing, (name, to_next))


def units_priced(pinned: Facts, amount: int) -> int:
    """Units that *amount* of spend earns, with what ``TierTable.price`` pinned."""
    return units_on(
        pinned["ladder"],
        pinned["spend_before"],
        amount,
        shift=pinned["shift"],
        rounding=pinned["rounding"],
    )


def _start_of(tier: Tier, currency: str) -> int:
    try:
        return minor_units(tier.spend_from, currency)
    except InvalidAmount as error:
        raise InvalidValue("spend_from", f"{tier.name}: {error.message}") from None
