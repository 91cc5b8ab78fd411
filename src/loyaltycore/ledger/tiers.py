"""
Levels by a running total, and what a purchase earns across them.

A ladder is [[from, basis points], ...] in rising order, the first from 0; *from* is in
minor units of spend.  One basis point is a hundredth of a percent.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, assert_never

from loyaltycore.values.quantity import Rounding, mul_percent


if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from loyaltycore.ledger.holding import Total

__all__ = [
    "Downgrade",
    "Ladder",
    "RateAt",
    "counting",
    "ladder_at",
    "level",
    "units_on",
]

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
    down, whatever made it fall.  ``on_period``: it follows only what expires, such as
    last year's spend on New Year's Eve, and not a refund in between.
    """

    NEVER = "never"
    ON_REFUND = "on_refund"
    ON_PERIOD = "on_period"


def level(ladder: Ladder, spend: int) -> int:
    """The index of the tier that a spend falls into; 0 for a negative one."""
    reached = 0
    for index, (start, _) in enumerate(ladder):
        if spend < start:
            break
        reached = index
    return reached


def counting(
    total: Total, spend: int, downgrade: Downgrade, *, since: datetime | None
) -> int:
    """
    The spend that decides the tier, which may be more than there is.

    Args:
        total: of the card's spend.
        spend: as it is, or will be.
        since: a fall by expiry after this moment does not count yet.
    """
    match downgrade:
        case Downgrade.NEVER:
            most = max(spend, total.peak)
        case Downgrade.ON_REFUND:
            most = spend
        case Downgrade.ON_PERIOD:
            most = max(spend, total.recent_peak)
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
    if since is not None and total.last_fall is not None:
        before, fell_at = total.last_fall
        if fell_at > since:
            most = max(most, before)
    return most


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
