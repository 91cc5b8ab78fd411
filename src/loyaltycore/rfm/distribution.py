"""
How customers spread over a measure.

Owns the counting into bars; knows no score and no colour.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Bar", "bars_of", "orders_of"]


@attrs.frozen(kw_only=True)
class Bar:
    """
    Customers whose value lies in a range of whole numbers.

    Attributes:
        lowest: the range's first number.
        highest: its last one, which belongs to it.
        customers: how many there are; may be 0.
    """

    lowest: int
    highest: int
    customers: int


def bars_of(values: Sequence[int], bars: int) -> tuple[Bar, ...]:
    """
    Count values into ranges of equal width, from the smallest value to the largest.

    Args:
        values: whole numbers, in any order.
        bars: how many ranges at most; fewer where there are fewer numbers to share.

    Returns:
        Adjoining bars, ascending; none where there are no values.
    """
    if not values:
        return ()
    lowest, highest = min(values), max(values)
    width = -(-(highest - lowest + 1) // bars)
    counts = Counter((value - lowest) // width for value in values)
    return tuple(
        Bar(
            lowest=lowest + place * width,
            highest=lowest + (place + 1) * width - 1,
            customers=counts[place],
        )
        for place in range((highest - lowest) // width + 1)
    )


def orders_of(orders: Iterable[int], at_most: int) -> tuple[Bar, ...]:
    """
    Count customers by their number of orders.

    Args:
        orders: of each customer; at least 1.
        at_most: how many bars; the last one takes whoever has that many or more.

    Returns:
        A bar for each number from 1 on, the last one wider where it has to be; none
        where there are no customers.
    """
    counts = Counter(orders)
    if not counts:
        return ()
    most = max(counts)
    last = min(most, at_most)
    single = [Bar(lowest=n, highest=n, customers=counts[n]) for n in range(1, last)]
    rest = sum(customers for n, customers in counts.items() if n >= last)
    return (*single, Bar(lowest=last, highest=most, customers=rest))
