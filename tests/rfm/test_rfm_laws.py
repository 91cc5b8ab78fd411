"""Laws of scores, over purchases that nobody chose."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.rfm import Cuts, Habit, Purchase, RfmTable, Score, rank_cuts, rfm


if TYPE_CHECKING:
    from collections.abc import Iterable

TODAY = date(2026, 3, 31)

BINS = st.integers(2, 20)
VALUES = st.lists(st.integers(-50, 50), min_size=1, max_size=60)
AMOUNTS = st.integers(0, 40)
DAYS = st.integers(-3, 40).map(lambda days: TODAY - timedelta(days=days))
NAMES = st.sampled_from([f"c{index}" for index in range(12)])


@st.composite
def purchases(draw: st.DrawFn) -> list[Purchase]:
    """Draw purchases with many ties, some refunded and some in the future."""
    rows = draw(st.lists(st.tuples(NAMES, DAYS, AMOUNTS, AMOUNTS), max_size=40))
    return [
        Purchase(name, on, amount, refunded=min(amount, refunded))
        for name, on, amount, refunded in rows
    ]


def scored(rows: Iterable[Purchase], **choices: Any) -> RfmTable:
    """Score purchases as of today, some of which are still to come."""
    return rfm(rows, as_of=TODAY, later="exclude", **choices)


def scores_of(table: RfmTable) -> dict[str, Score]:
    """Read the scores by customer."""
    return {row.customer_id: row.score for row in table.rows}


def score_of_money(values: list[int], bins: int) -> list[int]:
    """Score amounts, one customer each."""
    bought = [
        Purchase(f"c{index:02}", TODAY, value) for index, value in enumerate(values)
    ]
    return [row.score.monetary for row in scored(bought, bins=bins).rows]


def habit(value: int) -> Habit:
    """Make a customer whose measures are all the same number."""
    return Habit(
        customer_id="c",
        recency_days=value,
        frequency=value,
        monetary=value,
        orders=1,
        revenue=value,
    )


@given(
    purchases().flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows)))
)
def test_row_order(pair: tuple[list[Purchase], list[Purchase]]) -> None:
    """The order of the purchases changes nothing at all."""
    rows, shuffled = pair

    assert scored(rows) == scored(shuffled)


@given(purchases(), st.permutations([f"c{index}" for index in range(12)]))
def test_relabelling(rows: list[Purchase], names: list[str]) -> None:
    """Other ids, in another order, carry the same scores."""
    renamed = {f"c{index}": name for index, name in enumerate(names)}
    others = [attrs.evolve(row, customer_id=renamed[row.customer_id]) for row in rows]

    before = scores_of(scored(rows))
    after = scores_of(scored(others))

    assert {renamed[name]: score for name, score in before.items()} == after


@given(st.lists(AMOUNTS, min_size=1), BINS, st.integers(1, 9), st.integers(0, 9))
def test_increasing_transform(
    amounts: list[int], bins: int, scale: int, shift: int
) -> None:
    """Any strictly increasing change of the amounts keeps the monetary scores."""
    changed = [scale * amount**3 + amount + shift for amount in amounts]

    assert score_of_money(amounts, bins) == score_of_money(changed, bins)


@given(purchases(), st.integers(1, 1000))
def test_scaling_all_amounts(rows: list[Purchase], scale: int) -> None:
    """Another unit of money keeps every score, sums and refunds included."""
    scaled = [
        attrs.evolve(row, amount=row.amount * scale, refunded=row.refunded * scale)
        for row in rows
    ]

    assert scores_of(scored(rows)) == scores_of(scored(scaled))


@given(purchases(), BINS)
def test_monotone(rows: list[Purchase], bins: int) -> None:
    """More is never scored lower, fewer days never lower, and equal always equal."""
    found = scored(rows, bins=bins).rows
    for one in found:
        for other in found:
            mine, theirs = one.habit, other.habit
            if mine.frequency <= theirs.frequency:
                assert one.score.frequency <= other.score.frequency
            if mine.monetary <= theirs.monetary:
                assert one.score.monetary <= other.score.monetary
            if mine.recency_days >= theirs.recency_days:
                assert one.score.recency <= other.score.recency


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), BINS)
def test_both_forms_of_the_rule(values: list[int], bins: int) -> None:
    """Counting cuts below a value equals scaling its lowest rank, in all measures."""
    cuts = rank_cuts(map(habit, values), bins)
    for value in values:
        lower = sum(other < value for other in values)
        expected = 1 + bins * lower // len(values)

        assert Score(bins + 1 - expected, expected, expected) == cuts.score(
            value, value, value
        )


@given(VALUES, BINS)
def test_cuts_are_customers_values(values: list[int], bins: int) -> None:
    """Every cut is the value of some customer, and cuts ascend."""
    cuts = rank_cuts(map(habit, values), bins).monetary

    assert set(cuts) <= set(values)
    assert sorted(cuts) == list(cuts)
    assert bins - 1 == len(cuts)


@given(purchases(), NAMES, DAYS, st.integers(1, 99))
def test_refund_rows_never_flatter(
    rows: list[Purchase], name: str, on: date, amount: int
) -> None:
    """A refund changes nobody's recency or frequency, and raises nobody's money."""
    before = {row.customer_id: row for row in scored(rows).rows}
    refunded = [*rows, Purchase(name, on, -amount)]
    after = {row.customer_id: row for row in scored(refunded).rows}

    assert before.keys() == after.keys()
    for key, row in after.items():
        assert before[key].score.recency == row.score.recency
        assert before[key].score.frequency == row.score.frequency
        assert before[key].habit.monetary >= row.habit.monetary


@given(purchases())
def test_both_forms_of_a_refund(rows: list[Purchase]) -> None:
    """A refund on its purchase equals a refund row on the same day."""
    apart = [attrs.evolve(row, refunded=0) for row in rows] + [
        Purchase(row.customer_id, row.on, -row.refunded) for row in rows if row.refunded
    ]

    assert scored(rows) == scored(apart)


@given(purchases(), st.lists(AMOUNTS, max_size=5))
def test_the_future_does_not_count(rows: list[Purchase], amounts: list[int]) -> None:
    """Purchases after the day change nothing, and recency is never negative."""
    tomorrow = TODAY + timedelta(days=1)
    later = [Purchase("c1", tomorrow, amount) for amount in amounts]
    found = scored(rows)

    assert found == scored(later + rows)
    assert all(row.habit.recency_days >= 0 for row in found.rows)


@given(purchases(), st.integers(0, 40))
def test_window_equals_dropping_rows(rows: list[Purchase], days: int) -> None:
    """A window gives what the same rows give when the rest is dropped by hand."""
    since = TODAY - timedelta(days=days)
    kept = [row for row in rows if row.on >= since]

    windowed = scored(rows, since=since)

    assert windowed.rows == scored(kept).rows


@given(purchases())
def test_days_are_at_most_purchases(rows: list[Purchase]) -> None:
    """Nobody bought on more days than they made purchases."""
    for row in scored(rows, frequency="days").rows:
        on = {
            other.on
            for other in rows
            if other.customer_id == row.customer_id and other.on <= TODAY
        }

        assert len(on) == row.habit.frequency <= row.habit.orders


@given(purchases(), BINS)
def test_frozen_cuts(rows: list[Purchase], bins: int) -> None:
    """Cuts that were stored and read back score the same customers the same."""
    table = scored(rows, bins=bins)
    kept = Cuts.from_dict(json.loads(json.dumps(table.cuts.to_dict())))

    assert table.cuts == kept
    for row in table.rows:
        found = row.habit
        values = (found.recency_days, found.frequency, found.monetary)

        assert row.score == kept.score(*values)
        assert row.score == table.score(*values)


@given(purchases())
def test_segments_partition_customers(rows: list[Purchase]) -> None:
    """Each customer is in one segment, and the summary counts each of them once."""
    table = scored(rows)
    summary = table.summary()

    assert {row.customer_id for row in table.rows} == table.segments().keys()
    assert len(table.rows) == sum(one.customers for one in summary)
    assert sum(row.habit.revenue for row in table.rows) == sum(
        one.revenue for one in summary
    )
