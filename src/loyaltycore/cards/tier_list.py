"""A catalogue: rewards in the order of what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.cards.reward_tier import RewardTier, check_tier
from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["catalogue_of", "check_references", "check_tiers", "tier_named"]

_TIERS_MAX: Final = 100


def catalogue_of(tiers: Iterable[RewardTier]) -> tuple[RewardTier, ...]:
    """
    Check a catalogue: cheapest first, every id once.

    Raises:
        InvalidValue: none, too many, something else, or out of order.
    """
    given = tuple(tiers)
    if not 1 <= len(given) <= _TIERS_MAX:
        raise InvalidValue("tiers", f"1 to {_TIERS_MAX} of them, not {len(given)}.")
    if not all(isinstance(tier, RewardTier) for tier in given):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidValue("tiers", "each is a RewardTier.")
    if len({tier.id for tier in given}) < len(given):
        raise InvalidValue("tiers", "each has an id of its own.")
    costs = [tier.threshold for tier in given]
    if costs != sorted(costs):
        raise InvalidValue("tiers", "give them in order of their thresholds.")
    return given


def check_references(
    tiers: tuple[RewardTier, ...], auto_redeem: str | None, granted: Iterable[str]
) -> None:
    """
    Refuse tiers by id that the catalogue lacks, or that cannot be claimed by itself.

    Raises:
        InvalidValue: naming the field.
    """
    costs = {tier.id: tier.threshold for tier in tiers}
    for tier_id in granted:
        if tier_id not in costs:
            raise InvalidValue("grants", f"there is no tier {tier_id}.")
    if auto_redeem is None:
        return
    if auto_redeem not in costs:
        raise InvalidValue("auto_redeem", f"there is no tier {auto_redeem}.")
    if not costs[auto_redeem]:
        message = "a tier that costs nothing is granted, not redeemed."
        raise InvalidValue("auto_redeem", message)


def tier_named(tiers: tuple[RewardTier, ...], tier_id: str) -> RewardTier:
    """
    Find a tier by its id.

    Raises:
        InvalidValue: the catalogue has no such one.
    """
    for tier in tiers:
        if tier.id == tier_id:
            return tier
    has = ", ".join(tier.id for tier in tiers)
    raise InvalidValue("tier", f"this card has {has}, not {tier_id}.")


def check_tiers(tiers: tuple[RewardTier, ...], scale: int, currency: str) -> None:
    """Refuse tiers that points, or the currency, cannot hold; see ``check_tier``."""
    for tier in tiers:
        check_tier(tier, scale, currency)
