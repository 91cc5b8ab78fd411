"""The segment tables that come with the package."""

from __future__ import annotations

import json
from itertools import product

import pytest

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import (
    PROSPECT,
    R_RFM_A,
    RF10,
    SHOPIFY11,
    VISITS9,
    Score,
    SegmentTable,
    coverage,
)


PRESETS = [RF10, VISITS9, SHOPIFY11, R_RFM_A]


@pytest.mark.parametrize("table", [RF10, VISITS9, SHOPIFY11], ids=lambda t: t.name)
def test_is_a_partition(table: SegmentTable) -> None:
    """Each cell has exactly one segment, without a default or a first winner."""
    assert coverage(table.rectangles, table.shape).is_partition
    assert table.default is None
    assert "refuse" == table.on_overlap


@pytest.mark.parametrize("table", PRESETS, ids=lambda t: t.name)
def test_every_segment_can_be_reached(table: SegmentTable) -> None:
    """Each segment of a table is that of some cell; none is called as prospects are."""
    cells = product(*(range(1, bins + 1) for bins in table.shape))
    found = {table.segment(Score(*cell)) for cell in cells}

    assert set(table.names) == found
    assert PROSPECT not in found


@pytest.mark.parametrize("table", PRESETS, ids=lambda t: t.name)
def test_json_keeps_tables(table: SegmentTable) -> None:
    """A table comes back from JSON as it went in, version and all."""
    assert table == SegmentTable.from_dict(json.loads(json.dumps(table.to_dict())))


def test_shopify_by_definition() -> None:
    """Each cell has the segment that recency and the mean of the others say."""
    bands = {  # from the best mean down: above it, the segment
        5: ((3, "champions"), (1, "active"), (0, "new")),
        4: ((3, "loyal"), (1, "active"), (0, "promising")),
        3: ((3, "loyal"), (2, "needs_attention"), (0, "almost_lost")),
        2: ((4, "previously_loyal"), (2, "at_risk"), (0, "dormant")),
        1: ((4, "previously_loyal"), (2, "at_risk"), (0, "dormant")),
    }
    for r, f, m in product(range(1, 6), repeat=3):
        expected = next(name for above, name in bands[r] if (f + m) / 2 > above)

        assert expected == SHOPIFY11.segment(Score(r, f, m))


def test_visits_name_nine_and_lost() -> None:
    """Nine segments of the last ninety days, and one for who is gone."""
    assert 10 == len(VISITS9.names)
    assert "lost" == VISITS9.segment(Score(1, 3, 1))


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"rectangles": []}, "125 cells"),
        ({"rectangles": "all"}, "rectangles: is of type str"),
        ({"rectangles": [1]}, "data: is of type int"),
        ({"rectangles": [{"segment": "a"}]}, "recency: is missing"),
        ({"shape": [5, 5]}, "shape: has 2 numbers"),
        ({"edition": 2}, "edition: is unknown"),
    ],
)
def test_from_dict_proves_anew(change: dict[str, object], remedy: str) -> None:
    """A table that is read is proved like one that is written."""
    with pytest.raises(InvalidValue, match=remedy):
        SegmentTable.from_dict(RF10.to_dict() | change)


def test_from_dict_wants_text_for_a_name() -> None:
    """A rectangle that is read has a name of text."""
    data = RF10.to_dict()
    data["rectangles"] = [
        {"segment": 7, "recency": [1, 5], "frequency": [1, 5], "monetary": [1, 5]}
    ]

    with pytest.raises(InvalidValue, match="segment: is of type int, not of type str"):
        SegmentTable.from_dict(data)
