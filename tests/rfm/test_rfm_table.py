"""The table of scores and its reports, by example."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import (
    RF10,
    EmptyScore,
    FewCustomers,
    Purchase,
    Rectangle,
    RfmSpec,
    Score,
    SegmentSummary,
    SegmentTable,
    rfm,
)


TODAY = date(2026, 3, 31)

#: Two segments on a scale of two: who bought lately, and who did not.
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
    Purchase("dan", date(2026, 1, 2), 1),
]


def test_rows() -> None:
    """A table has one scored row per customer, by ascending id."""
    found = rfm(reversed(FOUR), as_of=TODAY, bins=2)

    assert [("ada", "222"), ("bob", "211"), ("cyd", "112"), ("dan", "111")] == [
        (row.customer_id, str(row.score)) for row in found.rows
    ]
    assert RfmSpec(as_of=TODAY, bins=2) == found.spec


def test_passes_every_choice_on() -> None:
    """Each choice of the call stands in the table's spec."""
    choices: dict[str, Any] = {
        "as_of": TODAY,
        "bins": 3,
        "since": date(2026, 1, 2),
        "refunds": "exclude",
        "frequency": "days",
        "monetary": "mean",
    }

    found = rfm(FOUR, **choices)

    assert RfmSpec(**choices) == found.spec
    assert ["ada", "bob", "dan"] == [row.customer_id for row in found.rows]
    assert [751, 300, 1] == [row.habit.monetary for row in found.rows]


def test_day_is_required() -> None:
    """There is no clock: without a day there is no table."""
    unbound: Any = rfm

    with pytest.raises(TypeError, match="as_of"):
        unbound(FOUR)


def test_scores_one_more_customer() -> None:
    """The cuts of a table score somebody who is not in it."""
    found = rfm(FOUR, as_of=TODAY, bins=2)

    assert Score(1, 2, 1) == found.score(4, 2, 0)


def test_segments() -> None:
    """Every customer of the table has a segment, and nobody else does."""
    found = rfm(FOUR, as_of=TODAY, bins=2).segments(HALVES)

    assert {"ada": "here", "bob": "here", "cyd": "gone", "dan": "gone"} == found
    assert ["ada", "bob", "cyd", "dan"] == list(found)


def test_summary() -> None:
    """A segment's summary adds up its customers, in the segment table's order."""
    here, gone = rfm(FOUR, as_of=TODAY, bins=2).summary(HALVES)

    assert "gone" == gone.segment
    assert (
        SegmentSummary(
            segment="here",
            customers=2,
            orders=3,
            revenue=1701,
            average_order=567,
            share_of_customers=0.5,
            share_of_revenue=1701 / 2002,
            median_recency_days=2.0,
            median_frequency=1.5,
            median_monetary=850.5,
        )
        == here
    )


def test_summary_of_an_empty_segment() -> None:
    """A segment without customers has no mean and no median."""
    found = {one.segment: one for one in rfm(FOUR, as_of=TODAY).summary()}

    assert list(RF10.names) == list(found)
    assert (
        SegmentSummary(
            segment="need_attention",
            customers=0,
            orders=0,
            revenue=0,
            average_order=None,
            share_of_customers=0.0,
            share_of_revenue=0.0,
            median_recency_days=None,
            median_frequency=None,
            median_monetary=None,
        )
        == found["need_attention"]
    )


def test_no_share_of_nothing() -> None:
    """Where refunds ate all revenue, no segment has a share of it."""
    refund = Purchase("ada", TODAY, -5000)

    found = rfm([*FOUR, refund], as_of=TODAY, bins=2).summary(HALVES)

    assert [0.0, 0.0] == [one.share_of_revenue for one in found]


def test_empty() -> None:
    """Without purchases the table is empty, and everything can still be asked."""
    found = rfm([], as_of=TODAY)

    assert () == found.rows
    assert {} == found.segments()
    assert {0} == {one.customers for one in found.summary()}
    assert Score(5, 1, 1) == found.score(3, 3, 3)
    assert (FewCustomers(customers=0, wanted=25),) == found.warnings


def test_refuses_a_table_of_another_shape() -> None:
    """Segments of five bins do not fit customers of two."""
    found = rfm(FOUR, as_of=TODAY, bins=2)

    with pytest.raises(InvalidValue, match=r"table: has 5x5x5 scores.*have 2x2x2"):
        found.segments()
    with pytest.raises(InvalidValue, match="pass a segment table of that shape"):
        found.summary()


def test_warns_of_few_and_of_empty() -> None:
    """Few customers, and scores that nobody has, are each said."""
    purchases = [Purchase(name, TODAY, 1) for name in "abcdefghi"]

    found = rfm(purchases, as_of=TODAY, bins=2)

    assert (
        FewCustomers(customers=9, wanted=10),
        EmptyScore(measure="recency", score=1),
        EmptyScore(measure="frequency", score=2),
        EmptyScore(measure="monetary", score=2),
    ) == found.warnings
    assert "9 customers are fewer than 10" in str(found.warnings[0])
    assert "Nobody has the recency score 1" in str(found.warnings[1])


def test_warns_of_nothing() -> None:
    """Enough customers in every bin are no reason to warn."""
    purchases = [
        Purchase(f"c{index}", date(2026, 3, 1 + index), 1 + index)
        for index in range(10)
        for _ in range(1 + index)
    ]

    assert () == rfm(purchases, as_of=TODAY, bins=2).warnings
