"""
What is taken off each line of an order, and where it is rounded.

10 % of 1.06, 2.06, 3.06 and 4.06 is 1.04 when each line is rounded, and 1.02 when their
total is.  What is taken off the lines adds up to the discount, and no line gives more
than is on it.

All amounts are minor units and not negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from loyaltycore.values.quantity import Rounding, allocate, mul_percent


__all__ = ["RoundingLevel", "amount_off", "at_most", "percent_off"]


class RoundingLevel(StrEnum):
    """
    Where a percentage is rounded to whole coins, half up.

    ``order``: once, on the total; the coins are shared among the lines.  ``line``: on
    each line, as a receipt that prints a discount for each line adds up.
    """

    ORDER = "order"
    LINE = "line"


def percent_off(
    amounts: Sequence[int],
    basis_points: int,
    level: RoundingLevel = RoundingLevel.ORDER,
) -> tuple[int, ...]:
    """
    A percentage of each line, in minor units.

    Args:
        basis_points: 0 to 10,000.
    """
    match level:
        case RoundingLevel.LINE:
            return tuple(_percent(amount, basis_points) for amount in amounts)
        case RoundingLevel.ORDER:
            return amount_off(amounts, _percent(sum(amounts), basis_points))
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


def amount_off(amounts: Sequence[int], discount: int) -> tuple[int, ...]:
    """Share a discount among lines by their size; at most all that is on them."""
    discount = min(discount, sum(amounts))
    return allocate(discount, amounts) if discount else (0,) * len(amounts)


def at_most(by_line: Sequence[int], most: int) -> tuple[int, ...]:
    """Cut a discount down to *most* in all; each line keeps its part of it."""
    return amount_off(by_line, most)


def _percent(amount: int, basis_points: int) -> int:
    return mul_percent(amount, basis_points, 0, Rounding.HALF_UP)
