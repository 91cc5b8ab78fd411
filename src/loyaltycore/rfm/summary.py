"""
What the customers of each segment come to.

Owns how habits add up; knows neither scores nor where segments came from.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import attrs

from loyaltycore.rfm.purchases import Habit, mean_half_up


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["SegmentSummary", "summarize"]


@attrs.frozen(kw_only=True)
class SegmentSummary:
    """
    What the customers of one segment come to.

    Attributes:
        segment: its name.
        customers: how many are in it.
        orders: how many purchases they made.
        revenue: minor units, less refunds if the spec nets them.
        average_order: minor units, to the nearest one; halves go up.  ``None`` where
            the segment is empty, as are the medians.
        share_of_customers: from 0 to 1; 0 where the table is empty.
        share_of_revenue: of the table's revenue; 0 where that is not positive.  Below
            0 where refunds exceed the segment's purchases.
        median_recency_days: half of the customers have at most this.
        median_frequency: half of the customers have at most this.
        median_monetary: minor units; half of the customers have at most this.
    """

    segment: str
    customers: int
    orders: int
    revenue: int
    average_order: int | None
    share_of_customers: float
    share_of_revenue: float
    median_recency_days: float | None
    median_frequency: float | None
    median_monetary: float | None


def summarize(
    members: Iterable[tuple[str, Habit]], names: Sequence[str]
) -> tuple[SegmentSummary, ...]:
    """
    Report on every segment, those without customers too.

    Args:
        members: the segment and the habit of each customer.
        names: all segments, in the order of the report.
    """
    found: dict[str, list[Habit]] = {name: [] for name in names}
    for segment, habit in members:
        found[segment].append(habit)
    customers = sum(map(len, found.values()))
    revenue = sum(habit.revenue for group in found.values() for habit in group)
    return tuple(
        _summary(name, group, customers=customers, revenue=revenue)
        for name, group in found.items()
    )


def _summary(
    segment: str, members: list[Habit], *, customers: int, revenue: int
) -> SegmentSummary:
    """Report on one segment, given the whole table's customers and revenue."""
    orders = sum(habit.orders for habit in members)
    own = sum(habit.revenue for habit in members)
    return SegmentSummary(
        segment=segment,
        customers=len(members),
        orders=orders,
        revenue=own,
        average_order=mean_half_up(own, orders) if members else None,
        share_of_customers=len(members) / customers if customers else 0.0,
        share_of_revenue=own / revenue if revenue > 0 else 0.0,
        median_recency_days=_median([habit.recency_days for habit in members]),
        median_frequency=_median([habit.frequency for habit in members]),
        median_monetary=_median([habit.monetary for habit in members]),
    )


def _median(values: list[int]) -> float | None:
    """Take the middle value, or the mean of the two in the middle."""
    return float(median(values)) if values else None
