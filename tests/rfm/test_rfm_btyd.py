"""Purchases as buy-till-you-die models want them."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import BtydRow, Purchase, btyd_columns, btyd_summary


if TYPE_CHECKING:
    from loyaltycore.rfm import RfmTable

END = date(2026, 3, 31)


def test_by_hand():
    """Two purchases of one day are one; the first day counts for neither F nor M."""
    bought = [
        Purchase("ada", date(2026, 3, 1), 9999),
        Purchase("ada", date(2026, 3, 11), 500),
        Purchase("ada", date(2026, 3, 11), 700, refunded=200),
        Purchase("ada", date(2026, 3, 21), 501),
        Purchase("bob", date(2026, 3, 31), 1),
    ]

    assert (
        BtydRow(customer_id="ada", frequency=2, recency=20, T=30, repeat_revenue=1501),
        BtydRow(customer_id="bob", frequency=0, recency=0, T=0, repeat_revenue=0),
    ) == btyd_summary(reversed(bought), observed_until=END)


def test_weeks_begin_on_mondays():
    """Sunday and the Monday after it are a week apart; Monday and Sunday are not."""
    sunday = date(2026, 3, 8)
    bought = [
        Purchase("ada", sunday, 100),
        Purchase("ada", sunday + timedelta(days=1), 100),
        Purchase("ada", sunday + timedelta(days=7), 100),
    ]

    (ada,) = btyd_summary(bought, observed_until=END, period="weeks")

    assert (1, 1, 4) == (ada.frequency, ada.recency, ada.T)


def test_refunds_that_stand_alone():
    """A refund lowers the last period before it, and is no purchase."""
    bought = [
        Purchase("ada", date(2026, 3, 1), 1000),
        Purchase("ada", date(2026, 3, 11), 500),
        Purchase("ada", date(2026, 3, 20), -100),
        Purchase("ada", date(2026, 3, 5), -1),
        Purchase("ada", date(2026, 2, 1), -7),
        Purchase("eve", date(2026, 3, 5), -1),
    ]

    assert (
        BtydRow(customer_id="ada", frequency=1, recency=10, T=30, repeat_revenue=400),
    ) == btyd_summary(bought, observed_until=END)


def test_columns():
    """The columns have the names that lifetimes and pymc-marketing look for."""
    rows = btyd_summary(
        [
            Purchase("ada", date(2026, 3, 1), 1000),
            Purchase("ada", date(2026, 3, 11), 501),
            Purchase("ada", date(2026, 3, 12), 500),
        ],
        observed_until=END,
    )

    assert {
        "customer_id": ["ada"],
        "frequency": [2],
        "recency": [11],
        "T": [30],
        "monetary_value": [5.005],
    } == btyd_columns(rows, currency="EUR")
    assert [500.5] == btyd_columns(rows)["monetary_value"]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 60), st.integers(0, 99)),
        max_size=30,
    )
)
def test_by_definition(rows: list[tuple[str, int, int]]):
    """Frequency, recency, T and mean are those of each customer's days."""
    bought = [Purchase(who, END - timedelta(days=ago), much) for who, ago, much in rows]
    for row in btyd_summary(bought, observed_until=END):
        days: dict[int, int] = {}
        for who, ago, much in rows:
            if who == row.customer_id:
                days[ago] = days.get(ago, 0) + much
        later = [much for ago, much in days.items() if ago != max(days)]

        assert (len(later), max(days) - min(days), max(days)) == (
            row.frequency,
            row.recency,
            row.T,
        )
        assert (fmean(later) if later else 0) == pytest.approx(row.monetary_value)


def test_cdnow(cdnow: list[Purchase]):
    """The CDNOW sample comes to the figures that the literature knows it by."""
    calibration = [row for row in cdnow if row.on <= date(1997, 9, 30)]

    rows = btyd_summary(calibration, observed_until=date(1997, 9, 30), period="days")

    assert 2357 == len(rows)
    # pymc-marketing 0.19.2 counts as many who did not come back in 39 weeks.
    assert 1411 == sum(row.frequency == 0 for row in rows)


@pytest.mark.parametrize(
    ("rows", "choices", "remedy"),
    [
        ([Purchase("a", END + timedelta(days=1), 1)], {}, "on: row 0 is after 2026-03"),
        ([("a", END, 1)], {}, "purchases: row 0 is a tuple; pass Purchase"),
        (
            [],
            {"period": "months"},
            "period: is 'months'; choose one of 'days', 'weeks'",
        ),
        ([], {"observed_until": "2026"}, "observed_until: is of type str"),
    ],
)
def test_refuses(rows: Any, choices: Any, remedy: str):
    """What cannot be counted is refused with a remedy."""
    with pytest.raises(InvalidValue, match=remedy):
        btyd_summary(rows, **({"observed_until": END} | choices))


def test_rfm_recency_is_another(orders_table: RfmTable, orders: list[Purchase]):
    """RFM counts from the last purchase to the day, these models between purchases."""
    rows = btyd_summary(orders, observed_until=date(2006, 12, 31))

    assert [row.T - row.recency for row in rows] == [
        row.habit.recency_days for row in orders_table.rows
    ]
