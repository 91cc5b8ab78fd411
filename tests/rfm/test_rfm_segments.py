"""Segment tables and the proof that they name every cell exactly once."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import (
    RF10,
    Coverage,
    Rectangle,
    Score,
    SegmentTable,
    coverage,
)


def block(segment: str, recency: Any = (1, 2), frequency: Any = (1, 2)) -> Rectangle:
    """Make a rectangle in a table of 2 x 2 x 1 cells."""
    return Rectangle(
        segment=segment, recency=recency, frequency=frequency, monetary=(1, 1)
    )


def table(*rectangles: Rectangle, **choices: Any) -> SegmentTable:
    """Make a table of 2 x 2 x 1 cells."""
    fields: dict[str, Any] = {"name": "small", "version": 1, "shape": (2, 2, 1)}
    fields["rectangles"] = rectangles
    return SegmentTable(**(fields | choices))


class TestRf10:
    """The ten segments that come with the package."""

    def test_is_a_partition(self) -> None:
        """Each of the 125 cells has exactly one of the ten segments."""
        found = coverage(RF10.rectangles, RF10.shape)

        assert Coverage(gaps=(), overlaps=()) == found
        assert found.is_partition
        assert 10 == len(RF10.names)

    @pytest.mark.parametrize(
        ("segment", "cells"),
        [
            ("champions", 2),
            ("loyal", 4),
            ("potential_loyalists", 4),
            ("new", 1),
            ("promising", 1),
            ("need_attention", 1),
            ("about_to_sleep", 2),
            ("cant_lose", 2),
            ("at_risk", 4),
            ("hibernating", 4),
        ],
    )
    def test_sizes(self, segment: str, cells: int) -> None:
        """Each segment has its share of the 25 cells of recency and frequency."""
        scores = [Score(r, f, 1) for r, f in product(range(1, 6), repeat=2)]

        assert cells == Counter(map(RF10.segment, scores))[segment]

    def test_ignores_money(self) -> None:
        """Money never moves a customer to another segment."""
        for r, f in product(range(1, 6), repeat=2):
            found = {RF10.segment(Score(r, f, m)) for m in range(1, 6)}

            assert 1 == len(found)

    @pytest.mark.parametrize(
        ("score", "segment"),
        [
            (Score(5, 5, 1), "champions"),
            (Score(4, 5, 1), "loyal"),
            (Score(2, 5, 1), "cant_lose"),
            (Score(2, 4, 1), "at_risk"),
            (Score(3, 3, 1), "need_attention"),
            (Score(4, 1, 1), "promising"),
            (Score(1, 1, 5), "hibernating"),
        ],
    )
    def test_names(self, score: Score, segment: str) -> None:
        """The corners of the grid have the names that merchants know."""
        assert segment == RF10.segment(score)

    def test_refuses_scores_outside(self) -> None:
        """A score of a finer scale has no segment here."""
        with pytest.raises(InvalidValue, match=r"613 has no cell.*5x5x5"):
            RF10.segment(Score(6, 1, 3))


class TestSegmentTable:
    """Tables that merchants write."""

    def test_refuses_gaps_and_overlaps(self) -> None:
        """Cells left out and cells named twice are both listed, with remedies."""
        with pytest.raises(InvalidValue) as caught:
            table(block("a", (1, 1), (1, 2)), block("b", (1, 2), (1, 1)))

        message = str(caught.value)
        assert "rectangles" == caught.value.field
        assert "1 cell RFM 221 in no rectangle" in message
        assert "1 cell RFM 111 in two or more" in message
        assert "default=" in message
        assert "on_overlap='first'" in message

    def test_lists_so_many(self) -> None:
        """A long list of cells is cut and counted."""
        with pytest.raises(InvalidValue, match=r"20 cells RFM 111, .* and 8 more"):
            table(shape=(2, 2, 5))

    def test_overlap_within_one_segment(self) -> None:
        """A cell named twice by one segment is an overlap as well."""
        with pytest.raises(InvalidValue, match="in two or more"):
            table(block("a"), block("a", (1, 1), (1, 1)))

    def test_first_rectangle_wins_by_leave(self) -> None:
        """Where the table says so, a contested cell goes to the earlier rectangle."""
        found = table(block("a", (2, 2)), block("b"), on_overlap="first")

        assert "a" == found.segment(Score(2, 1, 1))
        assert "b" == found.segment(Score(1, 1, 1))

    def test_overlap_leave_allows_no_gap(self) -> None:
        """Leave to overlap is no leave to leave cells out."""
        with pytest.raises(InvalidValue, match="2 cells RFM 111, 121 in no rectangle"):
            table(block("a", (2, 2)), on_overlap="first")

    def test_default_allows_no_overlap(self) -> None:
        """A default fills gaps and settles no contest."""
        with pytest.raises(InvalidValue, match="2 cells RFM 211, 221 in two or more"):
            table(block("a", (2, 2)), block("b", (2, 2)), default="rest")

    def test_default_fills_gaps(self) -> None:
        """Cells that no rectangle names go to the default, listed last."""
        found = table(block("b", (2, 2), (1, 1)), block("a", (1, 1)), default="rest")

        assert "rest" == found.segment(Score(2, 2, 1))
        assert ("b", "a", "rest") == found.names

    def test_several_rectangles_of_one_segment(self) -> None:
        """A segment of several rectangles is listed once, where it first stands."""
        found = table(
            block("a", (1, 1), (1, 1)),
            block("b", (2, 2), (1, 2)),
            block("a", (1, 1), (2, 2)),
        )

        assert ("a", "b") == found.names

    def test_equal_by_definition(self) -> None:
        """Two tables with equal definitions are equal."""
        assert table(block("a")) == table(block("a"))
        assert table(block("a")) != table(block("a"), version=2)

    @pytest.mark.parametrize(
        ("field", "value", "remedy"),
        [
            ("name", "", "blank"),
            ("version", 0, "from 1"),
            ("version", "1", "type str"),
            ("shape", (2, 2), "pass three"),
            ("shape", 2, "type int, not a tuple"),
            ("rectangles", [], "type list, not a tuple"),
            ("on_overlap", "last", "'refuse', 'first'"),
            ("default", " ", "name a segment"),
            ("rectangles", (block("a", (1, 3)),), "'a' reaches 321; end it"),
        ],
    )
    def test_refuses(self, field: str, value: Any, remedy: str) -> None:
        """A field that cannot be spelled out is refused with a remedy."""
        choices: dict[str, Any] = {"rectangles": (block("a"),)}

        with pytest.raises(InvalidValue, match=remedy) as caught:
            table(**(choices | {field: value}))

        assert field == caught.value.field


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("segment", None, "missing, not text"),
        ("recency", (0, 1), "is 0"),
        ("frequency", (2, 1), "is 1; pass a whole number from 2"),
        ("monetary", (1, 2.0), "type float"),
        ("recency", (1, 21), "from 1 to 20"),
        ("monetary", (1,), "no pair"),
        ("monetary", None, "missing, not a tuple"),
    ],
)
def test_rectangle_refuses(field: str, value: Any, remedy: str) -> None:
    """A rectangle without a name or without cells is refused with a remedy."""
    fields: dict[str, Any] = {
        "segment": "a",
        "recency": (1, 1),
        "frequency": (1, 1),
        "monetary": (1, 1),
    }

    with pytest.raises(InvalidValue, match=remedy) as caught:
        Rectangle(**(fields | {field: value}))

    assert field == caught.value.field
