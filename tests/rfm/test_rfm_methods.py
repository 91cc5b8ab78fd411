"""Every way of scoring, against somebody else's account of it."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from fractions import Fraction
from statistics import quantiles
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import VISITS9, VISITS_CUTS, Cuts, Purchase, RfmSpec, rfm


TODAY = date(2026, 3, 31)

AMOUNTS = st.lists(st.integers(0, 60), min_size=2, max_size=50)
BINS = st.integers(2, 12)


def customers(amounts: list[int]) -> list[Purchase]:
    """Make customers of one purchase each, their ids in some other order."""
    return [
        Purchase(f"c{index * 37 % 101:03}", TODAY - timedelta(days=amount % 7), amount)
        for index, amount in enumerate(amounts)
    ]


def money_scores(amounts: list[int], **choices: Any) -> list[int]:
    """Score amounts, by ascending amount."""
    found = rfm(customers(amounts), as_of=TODAY, **choices).rows
    return [row.score.monetary for row in sorted(found, key=lambda r: r.habit.monetary)]


@given(AMOUNTS, BINS)
def test_quantile(amounts: list[int], bins: int) -> None:
    """A bin is one more than the number of inclusive quantiles below the amount."""
    exact = quantiles(map(Fraction, amounts), n=bins, method="inclusive")
    expected = [1 + sum(cut < amount for cut in exact) for amount in sorted(amounts)]

    assert expected == money_scores(amounts, bins=bins, method="quantile")


@given(AMOUNTS, BINS, st.sampled_from([1, 100]))
def test_r_rfm(amounts: list[int], bins: int, unit: int) -> None:
    """R's package gives the next bin to who reaches the quantile plus one."""
    exact = quantiles(map(Fraction, amounts), n=bins, method="inclusive")
    expected = [
        1 + sum(cut + unit <= amount for cut in exact) for amount in sorted(amounts)
    ]

    assert expected == money_scores(
        amounts, bins=bins, compat="r-rfm", compat_unit=unit
    )


@given(st.lists(st.integers(0, 60), max_size=50), BINS)
def test_ntile(amounts: list[int], bins: int) -> None:
    """Scores equal what SQL's NTILE deals out, ties by ascending customer id."""
    table = rfm(customers(amounts), as_of=TODAY, bins=bins, method="ntile")
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE c (id, recency, frequency, monetary)")
        database.executemany(
            "INSERT INTO c VALUES (?, ?, ?, ?)",
            [
                (one.customer_id, one.recency_days, one.frequency, one.monetary)
                for one in (row.habit for row in table.rows)
            ],
        )
        expected = database.execute(
            "SELECT id, ? + 1 - NTILE(?) OVER (ORDER BY recency, id),"
            " NTILE(?) OVER (ORDER BY frequency, id),"
            " NTILE(?) OVER (ORDER BY monetary, id) FROM c ORDER BY id",
            (bins,) * 4,
        ).fetchall()
    database.close()

    assert expected == [
        (
            row.customer_id,
            row.score.recency,
            row.score.frequency,
            row.score.monetary,
        )
        for row in table.rows
    ]


@given(AMOUNTS, BINS)
def test_ntile_cuts(amounts: list[int], bins: int) -> None:
    """Customers whom ntile does not split score the same by its cuts."""
    table = rfm(customers(amounts), as_of=TODAY, bins=bins, method="ntile")
    scores: dict[int, set[int]] = {}
    for row in table.rows:
        scores.setdefault(row.habit.monetary, set()).add(row.score.monetary)

    for amount, have in scores.items():
        if len(have) == 1:
            assert have == {table.score(0, 1, amount).monetary}
        else:
            assert table.score(0, 1, amount).monetary in have


def test_ntile_splits_equal_customers() -> None:
    """Four equal customers in two tiles: the first two ids get the lower score."""
    table = rfm(
        [Purchase(name, TODAY, 500) for name in "dbca"],
        as_of=TODAY,
        bins=2,
        method="ntile",
    )

    assert ["211", "211", "122", "122"] == [str(row.score) for row in table.rows]


@pytest.mark.parametrize("method", ["rank", "quantile", "ntile"])
def test_degenerate(method: Any) -> None:
    """Whatever the method: one customer scores 511, and nobody scores nothing."""
    one = rfm([Purchase("ada", TODAY, 500)], as_of=TODAY, method=method)
    nobody = rfm([], as_of=TODAY, method=method)

    assert ["511"] == [str(row.score) for row in one.rows]
    assert () == nobody.rows
    assert "511" == str(nobody.score(3, 3, 3))


@pytest.mark.parametrize(
    ("choices", "scores"),
    [
        ({"method": "rank"}, ["511"] * 3),
        ({"method": "quantile"}, ["511"] * 3),
        ({"compat": "r-rfm"}, ["511"] * 3),
    ],
)
def test_all_equal(choices: dict[str, Any], scores: list[str]) -> None:
    """Equal customers are best in recency and worst in the rest, as in R."""
    bought = [Purchase(name, TODAY, 500) for name in "abc"]

    assert scores == [
        str(row.score) for row in rfm(bought, as_of=TODAY, **choices).rows
    ]


def test_thresholds() -> None:
    """Cuts that a merchant brings score as they stand, whoever else there is."""
    cuts = Cuts(shape=(2, 3, 2), recency=(7,), frequency=(1, 4), monetary=(9900,))
    bought = [
        Purchase("ada", TODAY - timedelta(days=7), 9900),
        Purchase("bob", TODAY - timedelta(days=8), 9901),
    ]

    table = rfm(bought, as_of=TODAY, method="thresholds", thresholds=cuts)

    assert cuts == table.cuts
    assert ["211", "112"] == [str(row.score) for row in table.rows]


def test_cuts_of_one_day_score_another() -> None:
    """The cuts of a table, kept, score the same customers alike."""
    bought = customers([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5])
    table = rfm(bought, as_of=TODAY)

    again = rfm(bought, as_of=TODAY, method="thresholds", thresholds=table.cuts)

    assert table.rows == again.rows


@pytest.mark.parametrize(
    ("days", "visits", "segment"),
    [
        (30, 3, "beginners"),
        (30, 4, "growths"),
        (0, 8, "champions"),
        (0, 40, "champions"),
        (31, 1, "doubtful"),
        (60, 7, "medium"),
        (60, 12, "loyal_regular"),
        (61, 3, "sleeping"),
        (90, 4, "at_risk"),
        (90, 8, "needs_attention"),
        (91, 20, "lost"),
        (4000, 1, "lost"),
    ],
)
def test_fixed(days: int, visits: int, segment: str) -> None:
    """The fixed grid puts days since the last visit and visits into ten segments."""
    last = TODAY - timedelta(days=days)
    bought = [Purchase("ada", last, 0)] * visits

    table = rfm(bought, as_of=TODAY, method="fixed")

    assert {"ada": segment} == table.segments(VISITS9)
    assert VISITS_CUTS == table.cuts
    assert "customers are fewer" not in " ".join(map(str, table.warnings))


@pytest.mark.parametrize(
    ("choices", "field", "remedy"),
    [
        ({"method": "median"}, "method", "'rank', 'quantile', 'ntile'"),
        ({"method": "thresholds"}, "thresholds", "pass thresholds=Cuts"),
        ({"thresholds": VISITS_CUTS}, "thresholds", "and only with it"),
        (
            {"method": "thresholds", "thresholds": {"shape": [2, 2, 2]}},
            "thresholds",
            r"pass Cuts\(",
        ),
        ({"compat": "rrfm"}, "compat", "'r-rfm'"),
        ({"compat": "r-rfm", "method": "ntile"}, "compat", "either compat= or method="),
        ({"compat_unit": 0}, "compat_unit", "from 1 to"),
        ({"later": "ignore"}, "later", "'error', 'exclude'"),
    ],
)
def test_refuses(choices: dict[str, Any], field: str, remedy: str) -> None:
    """Choices that mean nothing, or not together, name the field and the remedy."""
    with pytest.raises(InvalidValue, match=remedy) as caught:
        rfm([], as_of=TODAY, **choices)

    assert field == caught.value.field


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"since": date(2025, 4, 1), "bins": 4, "method": "ntile"},
        {"method": "thresholds", "thresholds": VISITS_CUTS, "later": "exclude"},
        {"compat": "r-rfm", "compat_unit": 1, "refunds": "exclude"},
        {"frequency": "days", "monetary": "mean", "method": "quantile"},
    ],
)
def test_json_keeps_specs(choices: dict[str, Any]) -> None:
    """A spec comes back from JSON as it went in."""
    spec = RfmSpec(as_of=TODAY, **choices)

    assert spec == RfmSpec.from_dict(json.loads(json.dumps(spec.to_dict())))


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"as_of": "31.3.2026"}, "as_of: is no day such as '2026-03-31'"),
        ({"as_of": 20260331}, "as_of: is of type int, not of type str"),
        ({"since": ""}, "since: is no day"),
        ({"thresholds": [1, 2]}, "thresholds: is of type list"),
        ({"version": 2}, "version: is unknown"),
    ],
)
def test_from_dict_refuses(change: dict[str, object], remedy: str) -> None:
    """A dictionary that to_dict did not write is refused with the key at fault."""
    with pytest.raises(InvalidValue, match=remedy):
        RfmSpec.from_dict(RfmSpec(as_of=TODAY).to_dict() | change)
