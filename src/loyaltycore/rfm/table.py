"""
The whole way in one call, and what can be read off its result.

Owns the table of scored customers; the rules and the reports lie in the sibling
modules.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.caveats import RfmWarning, caveats
from loyaltycore.rfm.checks import check_choice, check_number
from loyaltycore.rfm.columns import columns_of, rows_of
from loyaltycore.rfm.cuts import MEASURES, Cuts, Score
from loyaltycore.rfm.display import html_of
from loyaltycore.rfm.distribution import Bar, bars_of, orders_of
from loyaltycore.rfm.heatmap import Heatmap, heatmap_of
from loyaltycore.rfm.plain import check_keys, mapping_of
from loyaltycore.rfm.presets import RF10
from loyaltycore.rfm.purchases import habits
from loyaltycore.rfm.rows import RfmRow
from loyaltycore.rfm.scoring import find_cuts, scores_of
from loyaltycore.rfm.spec import RfmSpec
from loyaltycore.rfm.summary import SegmentSummary, summarize
from loyaltycore.rfm.transitions import Transitions, transitions_between


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from typing import Unpack

    from loyaltycore.rfm.purchases import Habit, Purchase
    from loyaltycore.rfm.segments import SegmentTable
    from loyaltycore.rfm.spec import Choices

__all__ = ["RfmTable", "rfm", "score_habits"]

_BARS_MAX: Final = 200
_ATTRIBUTES: Final[dict[str, str]] = dict(
    zip(MEASURES, ("recency_days", "frequency", "monetary"), strict=True)
)


@attrs.frozen(kw_only=True)
class RfmTable:
    """
    Scored customers, the cuts that scored them, and the choices behind both.

    Attributes:
        rows: one per customer with a purchase in the window, by ascending customer id.
        cuts: the values at which scores change; keep them to score on.
        spec: how the table was asked for.
    """

    rows: tuple[RfmRow, ...] = attrs.field(repr=lambda rows: f"<{len(rows)} customers>")
    cuts: Cuts
    spec: RfmSpec

    @cached_property
    def warnings(self) -> tuple[RfmWarning, ...]:
        """
        Why to read the table with care; empty if there is no reason.

        Fewer than five customers for each bin, and scores that nobody has.
        """
        return caveats([row.score for row in self.rows], self.spec)

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
            is not in it; ``PROSPECT`` is the usual label for them.

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
        members = ((table.segment(row.score), row.habit) for row in self.rows)
        return summarize(members, table.names)

    def heatmap(self) -> Heatmap:
        """Count customers by recency and frequency score, with their mean money."""
        scored = ((row.score, row.habit.monetary) for row in self.rows)
        return heatmap_of(scored, self.cuts.shape)

    def transitions(
        self, previous: RfmTable, table: SegmentTable = RF10
    ) -> Transitions:
        """
        Say who moved from which segment to which since an earlier table.

        Who is in one table only came from, or went to, ``prospect``.

        Args:
            previous: of an earlier day; it may be scored otherwise, by cuts that were
                kept for instance, but not counted otherwise.
            table: one with the number of scores of both.

        Raises:
            InvalidValue: the segment table does not fit, or the other table is not
                earlier or was counted by other choices.
        """
        if previous.spec.as_of >= self.spec.as_of:
            remedy = f"pass one of a day before {self.spec.as_of}"
            message = f"is of {previous.spec.as_of}; {remedy}"
            raise InvalidValue("previous", message)
        if _counting(previous.spec) != _counting(self.spec):
            remedy = "count both days by the same choices"
            raise InvalidValue("previous", f"was counted by other choices; {remedy}")
        before = previous.segments(table)
        return transitions_between(before, self.segments(table), table.names)

    def histogram(self, measure: str, bars: int = 20) -> tuple[Bar, ...]:
        """
        Count customers by a measure, in ranges of equal width.

        Args:
            measure: ``recency`` (days), ``frequency`` or ``monetary`` (minor units).
            bars: how many ranges at most, 1 to 200.

        Raises:
            InvalidValue: there is no such measure, or the bars are out of their limits.
        """
        check_choice("measure", measure, MEASURES)
        check_number("bars", bars, at_least=1, at_most=_BARS_MAX)
        name = _ATTRIBUTES[measure]
        return bars_of([getattr(row.habit, name) for row in self.rows], bars)

    def order_distribution(self, at_most: int = 12) -> tuple[Bar, ...]:
        """
        Count customers by their number of orders.

        Args:
            at_most: how many bars, 1 to 200; the last one takes the rest.

        Raises:
            InvalidValue: the bars are out of their limits.
        """
        check_number("at_most", at_most, at_least=1, at_most=_BARS_MAX)
        return orders_of((row.habit.orders for row in self.rows), at_most)

    def columns(self, table: SegmentTable | None = None) -> dict[str, list[Any]]:
        """
        Return the customers as columns, which any data frame takes as they are.

        Args:
            table: adds a column ``segment``.

        Raises:
            InvalidValue: the segment table has another number of scores.
        """
        columns = columns_of(self.rows)
        if table is not None:
            columns["segment"] = list(self.segments(table).values())
        return columns

    def to_dict(self) -> dict[str, object]:
        """Return a dictionary that JSON can hold, for :meth:`from_dict`."""
        return {
            "spec": self.spec.to_dict(),
            "cuts": self.cuts.to_dict(),
            "customers": columns_of(self.rows),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> RfmTable:
        """
        Read back what :meth:`to_dict` wrote.

        Raises:
            InvalidValue: a key is missing, unknown or holds something else, ids do not
                ascend, or a score is not what the cuts say.
        """
        check_keys(data, ("spec", "cuts", "customers"))
        spec = RfmSpec.from_dict(mapping_of(data, "spec"))
        cuts = Cuts.from_dict(mapping_of(data, "cuts"))
        if cuts.shape != spec.shape:
            raise InvalidValue("cuts", "have another shape than the spec asks for")
        rows = rows_of(mapping_of(data, "customers"))
        given = [row.score for row in rows]
        if scores_of([row.habit for row in rows], cuts, spec) != given:
            message = "are not what the cuts say; pass what to_dict() returned"
            raise InvalidValue("scores", message)
        return cls(rows=rows, cuts=cuts, spec=spec)

    def _repr_html_(self) -> str:
        """Show itself in a notebook: cuts, the ten segments, warnings."""
        fits = RF10.shape == self.cuts.shape
        summaries = self.summary() if fits else None
        return html_of(self.spec, self.cuts, self.warnings, summaries, len(self.rows))

    def _check_fit(self, table: SegmentTable) -> None:
        """Refuse a segment table of another shape."""
        if table.shape != self.cuts.shape:
            given, own = ("x".join(map(str, s)) for s in (table.shape, self.cuts.shape))
            remedy = "pass a segment table of that shape, or score with other bins"
            message = f"has {given} scores, the customers have {own}; {remedy}"
            raise InvalidValue("table", message)


def rfm(
    purchases: Iterable[Purchase], *, as_of: date, **choices: Unpack[Choices]
) -> RfmTable:
    """
    Score customers by how recently, how often and for how much they bought.

    Scores are ranks within the customers given: 1 is the worst, ``bins`` the best, and
    equal customers score equally.  The order of the purchases does not matter.  One
    customer alone, or all equal, score best in recency and worst in the rest.

    Args:
        purchases: in any order; read once.
        as_of: the local day to look at the customers.
        **choices: ``bins``, ``since``, ``method``, ``thresholds``, ``compat``,
            ``compat_unit``, ``refunds``, ``later``, ``frequency`` and ``monetary``, as
            :class:`RfmSpec` explains them.

    Returns:
        The scored customers; days, counts and minor units throughout.  Who has nothing
        but refunds is not in the table.

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
    spec = RfmSpec(as_of=as_of, **choices)
    return score_habits(habits(purchases, spec), spec)


def score_habits(population: Sequence[Habit], spec: RfmSpec) -> RfmTable:
    """
    Score customers whose habits are known already.

    Args:
        population: by ascending customer id, each once.
        spec: the rule; the habits have to be counted by it.
    """
    cuts = find_cuts(population, spec)
    scores = scores_of(population, cuts, spec)
    return RfmTable(rows=tuple(map(RfmRow, population, scores)), cuts=cuts, spec=spec)


def _counting(spec: RfmSpec) -> tuple[object, ...]:
    """Return the choices by which habits are counted, the days aside."""
    return spec.refunds, spec.frequency, spec.monetary, spec.since is None
