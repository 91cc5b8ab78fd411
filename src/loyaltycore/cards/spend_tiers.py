"""Tiers by spend, as a template writes them; cashback and discount cards share them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.asking import Amount, amount_of
from loyaltycore.cards.settings import percentage
from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.tiers import Downgrade, RateAt, ladder_at, level, units_on
from loyaltycore.values.money import Money, amount_text, minor_units
from loyaltycore.values.quantity import Rounding, decimal_of, percent_basis_points


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.ledger.holding import Total
    from loyaltycore.ledger.tiers import Ladder
    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "Standing",
    "Tier",
    "TierTable",
    "given",
    "tiers_of",
    "units_priced",
]

_TIERS_MAX = 20


@attrs.frozen
class Tier:
    """
    A percentage from a spend on.

    Attributes:
        name: as the till shows it.
        spend_from: in the program's currency.
        percent: 0 to 100, with at most two decimals.
    """

    name: str
    spend_from: Amount = attrs.field(converter=amount_of)
    percent: Decimal = attrs.field(converter=decimal_of, validator=percentage)


def given(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    """Take a list as well as a tuple."""
    return tuple(tiers)


def tiers_of(tiers: tuple[Tier, ...], percent: Decimal | None) -> tuple[Tier, ...]:
    """
    The tiers of a template, or the one that a single percentage stands for.

    Raises:
        InvalidValue: both or neither is given, there are more than 20, the first does
            not start at 0, or they do not rise.
    """
    if (percent is None) is not bool(tiers):
        raise InvalidValue("tiers", "give either percent or tiers.")
    if percent is not None:
        return (Tier("", 0, percent),)
    starts = [_plain(tier.spend_from) for tier in tiers]
    if len(tiers) > _TIERS_MAX:
        raise InvalidValue("tiers", f"at most {_TIERS_MAX}, not {len(tiers)}.")
    if starts[0] != 0:
        raise InvalidValue("tiers", "the first one starts at a spend of 0.")
    if starts != sorted(set(starts)):
        raise InvalidValue(
            "tiers", "each starts at a higher spend than the one before."
        )
    return tiers


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

    Args:
        tiers: as they were given; see ``tiers_of``.
        percent: one rate for all, instead of tiers.
        rate_at: which tier prices spend that crosses into another.
        downgrade: when a tier is lost again.
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
    ) -> None:
        self.tiers = tiers_of(tiers, percent)
        self._rate_at = rate_at
        self._downgrade = downgrade
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

    def price(
        self, total: Total, before: int, amount: int, *, shift: int, currency: str
    ) -> Facts:
        """
        Say what prices *amount* of spend on top of *before*; to be pinned.

        Args:
            total: of the card's spend.
            shift: decimals of the units that are earned less those of the currency.
        """
        ladder = self.ladder(currency)
        tier = level(ladder, self._counting(total, before))
        return {
            "ladder": ladder_at(ladder, self._rate_at, tier, before + amount),
            "spend_before": before,
            "shift": shift,
            "rounding": self._rounding,
            "tier": self.tiers[tier].name,
        }

    def standing(self, total: Total, currency: str) -> Standing:
        """Say where a card stands, given the total of its spend."""
        if len(self.tiers) == 1:
            return Standing()
        ladder, spend = self.ladder(currency), self._counting(total, total.balance)
        index = level(ladder, spend)
        name = self.tiers[index].name
        if index + 1 == len(self.tiers):
            return Standing(name, None, (name,))
        missing = ladder[index + 1][0] - total.balance
        next_name = self.tiers[index + 1].name
        to_next = f"{amount_text(missing, currency)} {currency} to {next_name}"
        return Standing(name, missing, (name, to_next))

    def _counting(self, total: Total, spend: int) -> int:
        """The spend that decides the tier: the highest ever, where none is lost."""
        never = self._downgrade is Downgrade.NEVER
        return max(spend, total.peak) if never else spend


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


def _plain(amount: Amount) -> Decimal:
    return amount.amount if isinstance(amount, Money) else amount
