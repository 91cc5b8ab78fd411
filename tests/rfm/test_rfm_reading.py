"""What can be read off a table of scores: grid, transitions, bars, columns, JSON."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import (
    Bar,
    HeatCell,
    Purchase,
    Rectangle,
    RfmTable,
    SegmentTable,
    Transition,
    rfm,
)


TODAY = date(2026, 3, 31)

HALVES = SegmentTable(
    name="halves",
    version=1,
    shape=(2, 2, 2),
    rectangles=(
        Rectangle(segment="here", recency=(2, 2), frequency=(1, 2), monetary=(1, 2)),
        Rectangle(segment="gone", recency=(1, 1), frequency=(1, 2), monetary=(1, 2)),
    ),
)

FOUR = [
    Purchase("ada", date(2026, 3, 30), 1000),
    Purchase("ada", date(2026, 3, 29), 501),
    Purchase("bob", date(2026, 3, 28), 300, refunded=100),
    Purchase("cyd", date(2026, 1, 1), 300),
    Purchase("dan", date(2026, 1, 2), 2),
]

ROWS = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 30), st.integers(0, 99)),
    max_size=30,
)


def table_of(rows: list[tuple[str, int, int]], **choices: Any) -> RfmTable:
    """Score purchases that are written as name, days ago and amount."""
    bought = [
        Purchase(name, TODAY - timedelta(days=days), amount)
        for name, days, amount in rows
    ]
    return rfm(bought, as_of=TODAY, **choices)


class TestHeatmap:
    """Recency by frequency."""

    def test_cells(self) -> None:
        """Each cell has its customers and their mean money, halves going up."""
        found = rfm(FOUR, as_of=TODAY, bins=2).heatmap()

        assert (2, 2) == found.shape
        assert (
            HeatCell(recency=1, frequency=1, customers=2, mean_monetary=151),
            HeatCell(recency=1, frequency=2, customers=0, mean_monetary=None),
            HeatCell(recency=2, frequency=1, customers=1, mean_monetary=200),
            HeatCell(recency=2, frequency=2, customers=1, mean_monetary=1501),
        ) == found.cells
        assert found.cells[2] == found.cell(2, 1)

    @pytest.mark.parametrize("place", [(0, 1), (1, 0), (3, 1), (1, 3)])
    def test_no_such_cell(self, place: tuple[int, int]) -> None:
        """A cell outside the grid is refused, also before its beginning."""
        with pytest.raises(IndexError, match="2 x 2"):
            rfm(FOUR, as_of=TODAY, bins=2).heatmap().cell(*place)

    @given(ROWS)
    def test_nobody_is_lost(self, rows: list[tuple[str, int, int]]) -> None:
        """The cells add up to all customers."""
        table = table_of(rows)

        assert len(table.rows) == sum(c.customers for c in table.heatmap().cells)


class TestTransitions:
    """Two days compared."""

    EARLIER = date(2026, 3, 1)

    def earlier(self, **choices: Any) -> RfmTable:
        """Score who had bought by 1 March: cyd, dan, and fay."""
        rows = [*FOUR, Purchase("fay", date(2025, 12, 1), 900)]
        return rfm(rows, as_of=self.EARLIER, bins=2, later="exclude", **choices)

    def later(self, **choices: Any) -> RfmTable:
        """Score the four, of whom ada and bob are new, and fay is not."""
        return rfm(FOUR, as_of=TODAY, bins=2, later="exclude", **choices)

    def test_ways(self) -> None:
        """Who came, who stayed, who moved and who left are each counted."""
        found = self.later().transitions(self.earlier(), HALVES)

        assert ("here", "gone", "prospect") == found.names
        assert (
            Transition(before="here", after="gone", customers=2),
            Transition(before="gone", after="prospect", customers=1),
            Transition(before="prospect", after="here", customers=2),
        ) == found.ways
        assert 5 == found.moved
        assert ((0, 2, 0), (0, 0, 1), (2, 0, 0)) == found.matrix()

    def test_staying_is_no_move(self) -> None:
        """Customers in the same segment as before count as a way, not as moved."""
        old = rfm(FOUR, as_of=TODAY, bins=2)
        new = rfm(FOUR, as_of=TODAY + timedelta(days=1), bins=2)

        found = new.transitions(old, HALVES)

        assert 0 == found.moved
        assert 4 == sum(way.customers for way in found.ways)

    def test_refuses_another_order(self) -> None:
        """The other table has to be of an earlier day."""
        with pytest.raises(InvalidValue, match="previous: is of 2026-03-31; pass one"):
            self.earlier().transitions(self.later(), HALVES)

    @pytest.mark.parametrize(
        "choices", [{"monetary": "mean"}, {"since": date(2025, 1, 1)}]
    )
    def test_refuses_other_choices(self, choices: dict[str, Any]) -> None:
        """Tables that were counted differently are not compared."""
        with pytest.raises(InvalidValue, match="other choices; count both days"):
            self.later().transitions(self.earlier(**choices), HALVES)

    def test_windows_may_move_along(self) -> None:
        """A window of a year before either day is the same choice."""
        new = self.later(since=date(2026, 1, 2))

        found = new.transitions(self.earlier(since=date(2025, 12, 2)), HALVES)

        assert ("here", "gone") in {(way.before, way.after) for way in found.ways}
        assert 2 == sum(w.customers for w in found.ways if w.before != "prospect")


class TestBars:
    """How customers spread."""

    def test_histogram(self) -> None:
        """Ranges of equal width run from the smallest value to the largest."""
        found = rfm(FOUR, as_of=TODAY, bins=2).histogram("recency", bars=3)

        assert (
            Bar(lowest=1, highest=30, customers=2),
            Bar(lowest=31, highest=60, customers=0),
            Bar(lowest=61, highest=90, customers=2),
        ) == found

    @given(ROWS, st.sampled_from(["recency", "frequency", "monetary"]))
    def test_histogram_adds_up(
        self, rows: list[tuple[str, int, int]], measure: str
    ) -> None:
        """Bars adjoin, are at most as many as asked for, and hold all customers."""
        table = table_of(rows)
        found = table.histogram(measure, bars=7)

        assert len(table.rows) == sum(bar.customers for bar in found)
        assert len(found) <= 7
        for bar, following in pairwise(found):
            assert bar.highest + 1 == following.lowest

    def test_order_distribution(self) -> None:
        """One bar for each number of orders, the last one takes the rest."""
        rows = [("a", 0, 1)] * 1 + [("b", 0, 1)] * 2 + [("c", 0, 1)] * 5
        table = table_of(rows)

        assert (
            Bar(lowest=1, highest=1, customers=1),
            Bar(lowest=2, highest=2, customers=1),
            Bar(lowest=3, highest=5, customers=1),
        ) == table.order_distribution(at_most=3)
        assert [1, 1, 0, 0, 1] == [b.customers for b in table.order_distribution()]

    def test_nobody_has_no_bars(self) -> None:
        """Without customers there is nothing to draw."""
        table = rfm([], as_of=TODAY)

        assert () == table.histogram("monetary")
        assert () == table.order_distribution()

    def test_refuses(self) -> None:
        """An unknown measure and too many bars name themselves."""
        table = rfm(FOUR, as_of=TODAY)

        with pytest.raises(InvalidValue, match="measure: is 'age'; choose one of"):
            table.histogram("age")
        with pytest.raises(InvalidValue, match="bars: is 0; pass a whole number"):
            table.histogram("recency", bars=0)
        with pytest.raises(InvalidValue, match="at_most: is 201"):
            table.order_distribution(at_most=201)


class TestColumns:
    """For frames and for JSON."""

    def test_columns(self) -> None:
        """Each column has one plain value for each customer, the segment last."""
        found = rfm(FOUR, as_of=TODAY, bins=2).columns(HALVES)

        assert {
            "customer_id": ["ada", "bob", "cyd", "dan"],
            "recency_days": [1, 3, 89, 88],
            "frequency": [2, 1, 1, 1],
            "monetary": [1501, 200, 300, 2],
            "orders": [2, 1, 1, 1],
            "revenue": [1501, 200, 300, 2],
            "recency_score": [2, 2, 1, 1],
            "frequency_score": [2, 1, 1, 1],
            "monetary_score": [2, 1, 2, 1],
            "segment": ["here", "here", "gone", "gone"],
        } == found

    def test_columns_without_segment(self) -> None:
        """Without a segment table there is no column for it."""
        assert "segment" not in rfm(FOUR, as_of=TODAY).columns()

    @given(ROWS, st.sampled_from(["rank", "ntile", "quantile"]))
    def test_json_keeps_tables(
        self, rows: list[tuple[str, int, int]], method: str
    ) -> None:
        """A table comes back from JSON as it went in, whatever scored it."""
        table = table_of(rows, method=method, bins=3)

        assert table == RfmTable.from_dict(json.loads(json.dumps(table.to_dict())))

    @pytest.mark.parametrize(
        ("column", "values", "remedy"),
        [
            ("monetary_score", [1, 1, 2, 1], "are not what the cuts say"),
            ("recency_score", [2, 2, 1], "different lengths"),
            ("orders", [2, 1, 1, 1.0], "orders: is of type float"),
            ("customer_id", ["ada", "bob", "dan", "cyd"], "does not ascend"),
            ("customer_id", ["ada", "bob", "cyd", None], "customer_id: is missing"),
            ("monetary", "1501", "monetary: is of type str; pass a list"),
        ],
    )
    def test_from_dict_refuses(self, column: str, values: Any, remedy: str) -> None:
        """Columns that were tampered with are refused with what is wrong."""
        data: Any = rfm(FOUR, as_of=TODAY, bins=2).to_dict()
        data["customers"] = data["customers"] | {column: values}

        with pytest.raises(InvalidValue, match=remedy):
            RfmTable.from_dict(data)

    def test_from_dict_wants_one_shape(self) -> None:
        """Cuts of five scores do not belong to a spec of two."""
        data = rfm(FOUR, as_of=TODAY, bins=2).to_dict()
        data["cuts"] = rfm(FOUR, as_of=TODAY).cuts.to_dict()

        with pytest.raises(InvalidValue, match="cuts: have another shape"):
            RfmTable.from_dict(data)

    def test_from_dict_wants_a_dictionary(self) -> None:
        """Something else than a dictionary is refused by its type."""
        anything: Any = [1]

        with pytest.raises(InvalidValue, match="data: is of type list"):
            RfmTable.from_dict(anything)


class TestDisplay:
    """In a notebook."""

    def test_html(self) -> None:
        """The fragment shows cuts, segments with grouped digits, and warnings."""
        bought = [attrs.evolve(one, amount=one.amount * 1000) for one in FOUR]
        html = rfm(bought, as_of=TODAY)._repr_html_()

        assert "of 4 customers, up to 2026-03-31" in html
        assert '<td style="text-align:left">champions</td>' in html
        assert "1,501,000" in html
        assert "4 customers are fewer than 25" in html
        assert html.count("<table>") == html.count("</table>") == 2

    def test_html_of_another_scale(self) -> None:
        """Where no table of ours fits, the cuts are shown, and the window."""
        html = rfm(FOUR, as_of=TODAY, bins=2, since=date(2026, 1, 2))._repr_html_()

        assert "of 3 customers, 2026-01-02 to 2026-03-31" in html
        assert "champions" not in html

    def test_html_of_nobody(self) -> None:
        """An empty table shows itself as well, with dashes for what is not there."""
        assert "\N{EN DASH}" in rfm([], as_of=TODAY)._repr_html_()

    def test_repr_is_short(self) -> None:
        """A table of a million customers does not write them all out."""
        assert "rows=<4 customers>" in repr(rfm(FOUR, as_of=TODAY))
