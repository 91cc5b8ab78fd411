"""Cuts and scores, by example; their laws are tested beside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import Cuts, Habit, Score, rank_cuts


CUTS: dict[str, Any] = {
    "shape": (3, 3, 2),
    "recency": (7, 30),
    "frequency": (1, 4),
    "monetary": (9900,),
}


def population(*values: int) -> list[Habit]:
    """Make customers whose three measures are the same number."""
    return [
        Habit(
            customer_id=f"c{index}",
            recency_days=value,
            frequency=value,
            monetary=value,
            orders=value,
            revenue=value,
        )
        for index, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "bins", "cuts"),
    [
        (range(1, 11), 5, (2, 4, 6, 8)),
        (range(1, 12), 5, (3, 5, 7, 9)),
        ((1, 1, 1, 1, 2, 3, 4, 5, 6, 7), 5, (1, 1, 3, 5)),
        ((4, 2, 9), 5, (2, 4, 4, 9)),
        ((8,), 5, (8, 8, 8, 8)),
        ((), 5, ()),
        ((3, 3), 2, (3,)),
    ],
)
def test_cuts_are_observed(
    values: tuple[int, ...], bins: int, cuts: tuple[int, ...]
) -> None:
    """Cut k is the value at rank ceil(k * N / n), for ties and small counts too."""
    found = rank_cuts(population(*values), bins)

    assert cuts == found.recency == found.frequency == found.monetary
    assert (bins, bins, bins) == found.shape


@pytest.mark.parametrize("values", [(8,), (8, 8, 8, 8), ()])
def test_alone_or_equal(values: tuple[int, ...]) -> None:
    """One customer, all equal, or nobody: best in recency, worst in the rest."""
    cuts = rank_cuts(population(*values))

    assert Score(5, 1, 1) == cuts.score(8, 8, 8)


def test_three_customers_in_five_bins() -> None:
    """With fewer customers than bins, some scores are nobody's and order is kept."""
    cuts = rank_cuts(population(10, 20, 30))

    found = [str(cuts.score(value, value, value)) for value in (10, 20, 30)]

    assert ["511", "422", "244"] == found


def test_boundary_belongs_below() -> None:
    """A value on a cut scores like the values below it."""
    cuts = Cuts(**CUTS)

    assert Score(3, 1, 1) == cuts.score(7, 1, 9900)
    assert Score(2, 2, 2) == cuts.score(8, 2, 9901)
    assert Score(1, 3, 2) == cuts.score(31, 5, 10**9)


def test_score_as_text() -> None:
    """Scores of one digit are written together, others with dashes."""
    assert "543" == str(Score(5, 4, 3))
    assert "10-4-3" == str(Score(10, 4, 3))


@pytest.mark.parametrize(
    ("field", "values", "remedy"),
    [
        ("recency", (-1, 1, 1), "leave purchases after the day"),
        ("recency", (1.5, 1, 1), "whole days"),
        ("frequency", (1, None, 1), "missing"),
        ("monetary", (1, 1, float("nan")), "minor units"),
    ],
)
def test_score_refuses(field: str, values: Any, remedy: str) -> None:
    """A measure that cannot be one is refused with its name and a remedy."""
    with pytest.raises(InvalidValue, match=remedy) as caught:
        Cuts(**CUTS).score(*values)

    assert field == caught.value.field


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("recency", (30, 7), "sort them"),
        ("recency", (7,), "3 scores need 2, or none"),
        ("frequency", (1, 4, 9), "has 3 cuts"),
        ("monetary", (99.0,), "whole numbers"),
        ("recency", [7, 30], "type list, not a tuple"),
        ("shape", (3, 3), "pass three"),
        ("shape", [3, 3, 2], "type list, not a tuple"),
        ("shape", (3, 3, 0), "from 1 to 20"),
        ("shape", (3, 3, 21), "from 1 to 20"),
        ("shape", (3, 3, "2"), "type str"),
    ],
)
def test_cuts_refuse(field: str, value: Any, remedy: str) -> None:
    """Cuts that bisecting would misread are refused with their name and a remedy."""
    with pytest.raises(InvalidValue, match=remedy) as caught:
        Cuts(**(CUTS | {field: value}))

    assert field == caught.value.field


@pytest.mark.parametrize("bins", [1, 21, None])
def test_bins_have_limits(bins: Any) -> None:
    """A population is cut into two to twenty bins."""
    with pytest.raises(InvalidValue, match=r"bins.*from 2 to 20"):
        rank_cuts([], bins)


def test_json_keeps_cuts() -> None:
    """Cuts come back from JSON as they went in."""
    cuts = Cuts(**CUTS)

    assert cuts == Cuts.from_dict(json.loads(json.dumps(cuts.to_dict())))


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"recency": "7, 30"}, "recency: is of type str; pass a list"),
        ({"recency": [7, "30"]}, "recency: is of type str, not an int"),
        ({"shape": [3, 3]}, "shape: has 2 numbers"),
        ({"method": "rank"}, "method: is unknown"),
    ],
)
def test_from_dict_refuses(change: dict[str, object], remedy: str) -> None:
    """A dictionary that to_dict did not write is refused with the key at fault."""
    with pytest.raises(InvalidValue, match=remedy):
        Cuts.from_dict(Cuts(**CUTS).to_dict() | change)


def test_from_dict_misses_a_key() -> None:
    """A dictionary without all keys is refused with the one that is missing."""
    with pytest.raises(InvalidValue, match="monetary: is missing"):
        Cuts.from_dict({"shape": [2, 2, 2], "recency": [1], "frequency": [1]})
