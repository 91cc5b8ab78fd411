"""Outstanding points by month, and their worth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import Money
from loyaltycore.insight.liability import (
    Liability,
    MonthOfPoints,
    OpenLot,
    PointPrice,
    liability,
)


BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 1, 10, 12, tzinfo=UTC)
END_OF_MARCH = datetime(2026, 3, 31, 22, tzinfo=UTC)  # 1 April, 00:00 in Berlin
CENTS = PointPrice(scale=0, value_per_point=Decimal("0.01"))


def owed(lots: list[OpenLot], **prices: PointPrice) -> Liability:
    """Add up lots of templates by name."""
    return liability(lots, prices, at=AT, currency="EUR", zone=BERLIN)


def test_months_and_never():
    """250 points through 31 March and 100 for ever are 2.50 and 1.00."""
    found = owed(
        [
            OpenLot("a", 100, None),
            OpenLot("a", 200, END_OF_MARCH),
            OpenLot("a", 50, END_OF_MARCH),
        ],
        a=CENTS,
    )

    assert (
        MonthOfPoints(
            month=date(2026, 3, 1), points=Decimal(250), worth=Money("2.50", "EUR")
        ),
        MonthOfPoints(month=None, points=Decimal(100), worth=Money("1.00", "EUR")),
    ) == found.months
    assert (Decimal(350), Money("3.50", "EUR")) == (found.points, found.worth)


def test_nothing_owed():
    """Without lots there are no months, and nothing is worth nothing."""
    found = owed([])

    assert ((), Decimal(0), Money("0", "EUR")) == (
        found.months,
        found.points,
        found.worth,
    )


def test_what_has_ended_is_not_owed():
    """A lot that ends at the very moment counts no longer; an instant later it does."""
    lots = [OpenLot("a", 1, AT), OpenLot("a", 10, AT + timedelta(microseconds=1))]

    assert Decimal(10) == owed(lots, a=CENTS).points


def test_templates_with_other_points():
    """Points of two decimals and whole ones add up; each has its own worth."""
    found = owed(
        [OpenLot("fine", 150, None), OpenLot("whole", 7, None)],
        fine=PointPrice(scale=2, value_per_point=Decimal(1)),
        whole=CENTS,
    )

    assert (Decimal("8.5"), Money("1.57", "EUR")) == (found.points, found.worth)


def test_points_without_a_price():
    """Points that buy rewards only are counted, and worth no money."""
    rewards = PointPrice(scale=0, value_per_point=None)
    found = owed([OpenLot("r", 40, None), OpenLot("a", 60, None)], r=rewards, a=CENTS)

    assert (Decimal(100), Decimal(40)) == (found.points, found.unpriced)
    assert Money("0.60", "EUR") == found.worth


def test_halves_go_up():
    """5 points of 0.001 are half a cent, so a cent."""
    price = PointPrice(scale=0, value_per_point=Decimal("0.001"))

    assert Money("0.01", "EUR") == owed([OpenLot("a", 5, None)], a=price).worth


def test_the_callers_precision_does_not_matter():
    """An application that computes with three digits gets the same answer."""
    with localcontext(prec=3):
        found = owed([OpenLot("a", 123_456_789, None)], a=CENTS)

    assert Money("1234567.89", "EUR") == found.worth


@given(
    st.lists(
        st.tuples(
            st.integers(1, 10**6),
            st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - zone follows
        )
    )
)
def test_months_add_up(drawn: list[tuple[int, datetime | None]]):
    """The months come in order, and their sum is the whole."""
    lots = [OpenLot("a", n, day and day.replace(tzinfo=UTC)) for n, day in drawn]
    found = owed(lots, a=CENTS)
    named = [month.month for month in found.months if month.month is not None]

    assert sum((month.points for month in found.months), Decimal(0)) == found.points
    assert sum(month.worth.minor for month in found.months) == found.worth.minor
    assert sorted(set(named)) == named
    assert [None] == [m.month for m in found.months if m.month is None] or all(
        day is not None for _, day in drawn
    )
