"""
Scores kept on customers: what they come to now, and where that differs from before.

Owns the grouping of a journal by customer and the comparison of two rows of customers,
both read once and in ascending order of ids; where they come from and go to is a
service's affair.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import attrs

from loyaltycore.insight.net_purchases import purchases_by_customer
from loyaltycore.rfm.purchases import habits


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from loyaltycore.insight.net_purchases import Line
    from loyaltycore.rfm.cuts import Cuts, Score
    from loyaltycore.rfm.purchases import Habit
    from loyaltycore.rfm.segments import SegmentTable
    from loyaltycore.rfm.spec import RfmSpec

__all__ = [
    "CustomerScore",
    "Difference",
    "differences",
    "habits_in_order",
    "rescored",
]


@attrs.frozen(kw_only=True)
class CustomerScore:
    """
    What is kept of a customer; a day that goes by without a purchase changes no number.

    Attributes:
        last_purchase: its local day.
        orders: how many purchases.
        revenue: minor units, less refunds if the spec nets them.
        frequency: as the spec counts.
        monetary: minor units, as the spec counts.
        score: of the last refresh.
        segment: likewise.
        segment_since: the day of the refresh that put the customer into it.
        version: of the row; 0 where there is none yet.
    """

    customer_id: str
    last_purchase: date
    orders: int
    revenue: int
    frequency: int
    monetary: int
    score: Score
    segment: str
    segment_since: date
    version: int = attrs.field(default=0, eq=False)


class Difference(NamedTuple):
    """
    A customer whose row is not what it has to be.

    Attributes:
        before: None: there was no row.
        after: None: there is to be none.
    """

    before: CustomerScore | None
    after: CustomerScore | None

    @property
    def customer_id(self) -> str:
        """Who it is."""
        one = self.after or self.before
        assert one is not None, "a difference has one side at least"
        return one.customer_id

    @property
    def has_moved(self) -> bool:
        """Whether the customer left a segment or entered one."""
        old = None if self.before is None else self.before.segment
        new = None if self.after is None else self.after.segment
        return old != new


def habits_in_order(lines: Iterable[Line], spec: RfmSpec) -> Iterator[Habit]:
    """
    Yield each customer's habit; no more than one customer is in memory.

    Args:
        lines: ascending by customer, each customer's in any order.
        spec: what is counted.
    """
    for purchases in purchases_by_customer(lines):
        yield from habits(purchases, spec)


def rescored(
    found: Iterable[Habit], cuts: Cuts, table: SegmentTable, as_of: date
) -> Iterator[CustomerScore]:
    """Score habits by cuts, each as if its customer had entered the segment today."""
    for habit in found:
        score = cuts.place(habit.recency_days, habit.frequency, habit.monetary)
        yield CustomerScore(
            customer_id=habit.customer_id,
            last_purchase=as_of - timedelta(days=habit.recency_days),
            orders=habit.orders,
            revenue=habit.revenue,
            frequency=habit.frequency,
            monetary=habit.monetary,
            score=score,
            segment=table.segment(score),
            segment_since=as_of,
        )


def differences(
    before: Iterable[CustomerScore], after: Iterable[CustomerScore]
) -> Iterator[Difference]:
    """
    Yield the customers of whom something differs.

    Who stays in a segment keeps the day since when.

    Args:
        before: ascending by customer.
        after: likewise.
    """
    olds, news = iter(before), iter(after)
    old, new = next(olds, None), next(news, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.customer_id < new.customer_id):
            yield Difference(old, None)
            old = next(olds, None)
        elif old is None or new.customer_id < old.customer_id:
            yield Difference(None, new)
            new = next(news, None)
        else:
            if old.segment == new.segment:
                new = attrs.evolve(new, segment_since=old.segment_since)
            if old != new:
                yield Difference(old, new)
            old, new = next(olds, None), next(news, None)
