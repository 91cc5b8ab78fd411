"""
Levels by a running total, and what a purchase earns across them.

A ladder is [[from, basis points], ...] in rising order, the first from 0; *from* is in
minor units of spend.  One basis point is a hundredth of a percent.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from loyaltycore.values.quantity import Rounding, mul_percent


if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Downgrade", "Ladder", "RateAt", "ladder_at", "level", "units_on"]

Ladder: TypeAlias = "Sequence[Sequence[int]]"


class RateAt(StrEnum):
    """
    Which rate a purchase is priced with when it crosses into another tier.

    ``before``: the tier before the purchase.  ``after``: the tier that it reaches.
    ``split``: each part with the tier that it falls into.
    """

    BEFORE = "before"
    AFTER = "after"
    SPLIT = "split"


class Downgrade(StrEnum):
    """
    When a tier is lost again.

    ``never``: the highest one reached stays.  ``on_refund``: the tier follows the spend
    down, whatever made it fall.
    """

    NEVER = "never"
    ON_REFUND = "on_refund"


def level(ladder: Ladder, spend: int) -> int:
    """The index of the tier that a spend falls into; 0 for a negative one."""
    reached = 0
    for index, (start, _) in enumerate(ladder):
        if spend < start:
            break
        reached = index
    return reached


def ladder_at(ladder: Ladder, rate_at: RateAt, before: int, spend: int) -> Ladder:
    """
    What one purchase is priced with, to be pinned.

    No part is priced below the tier that the card holds, which can be above its spend.

    Args:
        before: the index of the card's tier.
        spend: the spend including the purchase.
    """
    if rate_at is RateAt.SPLIT:
        return [
            [start, ladder[max(before, index)][1]]
            for index, (start, _) in enumerate(ladder)
        ]
    index = before if rate_at is RateAt.BEFORE else max(before, level(ladder, spend))
    return [[0, ladder[index][1]]]


def units_on(
    ladder: Ladder, before: int, amount: int, *, shift: int, rounding: Rounding
) -> int:
    """
    Units that *amount* of spend earns on top of *before*, rounded once.

    Args:
        before: where it is negative, spend is owed; the first tier prices that too.
        shift: decimals of the units less decimals of the currency.
    """
    weighted, low = 0, before
    ends = [start for start, _ in ladder[1:]]
    for (_, basis_points), end in zip(ladder, [*ends, None], strict=True):
        high = before + amount if end is None else min(end, before + amount)
        if high > low:
            weighted += (high - low) * basis_points
            low = high
    return mul_percent(weighted, 1, shift, rounding)
