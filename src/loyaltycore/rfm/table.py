"""
The whole way in one call, and what can be read off its result.

Owns the table of scored customers and its report per segment; the rules live in the
sibling modules.
"""

from __future__ import annotations

from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.purchases import Habit, habits, mean_half_up
from loyaltycore.rfm.scoring import Cuts, Score, rank_cuts
from loyaltycore.rfm.segments import RF10, SegmentTable
from loyaltycore.rfm.spec import RfmSpec


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from loyaltycore.rfm.purchases import Purchase
    from loyaltycore.rfm.spec import Frequency, Monetary, Refunds

__all__ = [
    "EmptyScore",
    "FewCustomers",
    "RfmRow",
    "RfmTable",
    "RfmWarning",
    "SegmentSummary",
    "rfm",
]

_CUSTOMERS_PER_BIN = 5


@attrs.frozen
class RfmRow:
    """
    One customer's habit and its scores.

    Attributes:
        habit: what the purchases come to.
        score: where that stands among all customers of the table.
    """

    habit: Habit
    score: Score

    @property
    def customer_id(self) -> str:
        """Who."""
        return self.habit.customer_id


@attrs.frozen(kw_only=True)
class FewCustomers:
    """
    Too few customers for the bins: scores rest on single persons.

    Attributes:
        customers: how many there are.
        wanted: how many there should be, five for each bin.
    """

    customers: int
    wanted: int

    def __str__(self) -> str:
        """Say it in one sentence."""
        remedy = "use fewer bins or a longer window"
        return f"{self.customers} customers are fewer than {self.wanted}; {remedy}."


@attrs.frozen(kw_only=True)
class EmptyScore:
    """
    A score that nobody has, because too many customers are equal.

    Attributes:
        measure: ``recency``, ``frequency`` or ``monetary``.
        score: the one that is nobody's.
    """

    measure: str
    score: int

    def __str__(self) -> str:
        """Say it in one sentence."""
        remedy = "segments that need it stay empty"
        return f"Nobody has the {self.measure} score {self.score}; {remedy}."


#: Why a table is to be read with care.
RfmWarning: TypeAlias = FewCustomers | EmptyScore


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


@attrs.frozen(kw_only=True)
class RfmTable:
    """
    Scored customers, the cuts that scored them, and the choices behind both.

    Attributes:
        rows: one per customer with a purchase in the window, by ascending customer id.
        cuts: the values at which scores change; keep them to score on.
        spec: how the table was asked for.
    """

    rows: tuple[RfmRow, ...]
    cuts: Cuts
    spec: RfmSpec

    @cached_property
    def warnings(self) -> tuple[RfmWarning, ...]:
        """
        Why to read the table with care; empty if there is no reason.

        Fewer than five customers for each bin, and scores that nobody has.
        """
        found: list[RfmWarning] = []
        wanted = _CUSTOMERS_PER_BIN * max(self.cuts.shape)
        if len(self.rows) < wanted:
            found.append(FewCustomers(customers=len(self.rows), wanted=wanted))
        if self.rows:
            scores = {row.score for row in self.rows}
            held = {
                "recency": {score.recency for score in scores},
                "frequency": {score.frequency for score in scores},
                "monetary": {score.monetary for score in scores},
            }
            found.extend(
                EmptyScore(measure=measure, score=score)
                for (measure, have), bins in zip(
                    held.items(), self.cuts.shape, strict=True
                )
                for score in range(1, bins + 1)
                if score not in have
            )
        return tuple(found)

    def score(self, recency: int, frequency: int, monetary: int) -> Score:
        """
        Score one customer by this table's cuts, at the till for instance.

        Args:
            recency: days since the last purchase, 0 or more.
            frequency: purchases or days, as the spec says.
            monetary: minor units, sum or mean as the spec says.

        Raises:
            InvalidValue: a value is no ``int``, or the recency is negative.
        """
        return self.cuts.score(recency, frequency, monetary)

    def segments(self, table: SegmentTable = RF10) -> dict[str, str]:
        """
        Put every customer of the table into a segment.

        Args:
            table: one with this table's number of scores.

        Returns:
            Segment by customer id, by ascending id.  Who has no purchase in the window
            is not in it; ``prospect`` is the usual label for them.

        Raises:
            InvalidValue: the segment table has another number of scores.
        """
        self._check_fit(table)
        return {row.customer_id: table.segment(row.score) for row in self.rows}

    def summary(self, table: SegmentTable = RF10) -> tuple[SegmentSummary, ...]:
        """
        Report on every segment of a segment table, those without customers too.

        Args:
            table: one with this table's number of scores.

        Returns:
            One summary per segment, in the segment table's order.

        Raises:
            InvalidValue: the segment table has another number of scores.
        """
        self._check_fit(table)
        members: dict[str, list[Habit]] = {name: [] for name in table.names}
        for row in self.rows:
            members[table.segment(row.score)].append(row.habit)
        customers = len(self.rows)
        revenue = sum(row.habit.revenue for row in self.rows)
        return tuple(
            _summary(name, found, customers=customers, revenue=revenue)
            for name, found in members.items()
        )

    def _check_fit(self, table: SegmentTable) -> None:
        """Refuse a segment table of another shape."""
        if table.shape != self.cuts.shape:
            given, own = ("x".join(map(str, s)) for s in (table.shape, self.cuts.shape))
            remedy = "pass a segment table of that shape, or score with other bins"
            message = f"has {given} scores, the customers have {own}; {remedy}"
            raise InvalidValue("table", message)


def rfm(
    purchases: Iterable[Purchase],
    *,
    as_of: date,
    bins: int = 5,
    since: date | None = None,
    refunds: Refunds = "net",
    frequency: Frequency = "purchases",
    monetary: Monetary = "sum",
) -> RfmTable:
    """
    Score customers by how recently, how often and for how much they bought.

    Scores are ranks within the customers given: 1 is the worst, ``bins`` the best, and
    equal customers score equally.  The order of the purchases does not matter.  One
    customer alone, or all equal, score best in recency and worst in the rest.

    Args:
        purchases: in any order; read once.  Rows after ``as_of`` are left out.
        as_of: the local day to look at the customers.
        bins: how many scores each measure gets, 2 to 20; segment tables expect 5.
        since: the first local day that counts; all of the past without it.
        refunds: ``"net"`` lowers the monetary value by them, ``"exclude"`` leaves them
            out, ``"error"`` refuses them.  They never touch recency or frequency, and
            who has nothing but refunds is not in the table.
        frequency: count ``"purchases"``, or ``"days"`` with at least one.
        monetary: ``"sum"``, or ``"mean"`` per purchase to the nearest minor unit.

    Returns:
        The scored customers; days, counts and minor units throughout.

    Raises:
        InvalidValue: a choice or a row is not what it has to be; the message names the
            field and the remedy.

    Example:
        >>> from datetime import date
        >>> from loyaltycore.rfm import Purchase
        >>> bought = [Purchase("ada", date(2026, 3, 1), 1177)]
        >>> rfm(bought, as_of=date(2026, 3, 8)).segments()
        {'ada': 'new'}
    """
    spec = RfmSpec(
        as_of=as_of,
        bins=bins,
        since=since,
        refunds=refunds,
        frequency=frequency,
        monetary=monetary,
    )
    population = habits(purchases, spec)
    cuts = rank_cuts(population, spec.bins)
    rows = tuple(
        RfmRow(habit, cuts.score(habit.recency_days, habit.frequency, habit.monetary))
        for habit in population
    )
    return RfmTable(rows=rows, cuts=cuts, spec=spec)


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
