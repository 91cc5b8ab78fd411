"""Points that ended unused, by month, and their worth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import Money
from loyaltycore.insight.breakage import (
    Breakage,
    EndedLot,
    MonthOfBreakage,
    breakage,
)
from loyaltycore.insight.liability import PointPrice


BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
END_OF_MARCH = datetime(2026, 3, 31, 22, tzinfo=UTC)  # 1 April, 00:00 in Berlin
CENTS = PointPrice(scale=0, value_per_point=Decimal("0.01"))
STARS = PointPrice(scale=2, value_per_point=None)


def ended(lots: list[EndedLot], **prices: PointPrice) -> Breakage:
    """Add up lots of templates by name."""
    return breakage(lots, prices, at=AT, currency="EUR", zone=BERLIN)


def test_a_month():
    """Of 400 points that counted through 31 March, 100 were left: 1.00 EUR."""
    found = ended(
        [
            EndedLot("a", 300, 100, END_OF_MARCH),
            EndedLot("a", 100, 0, END_OF_MARCH),
        ],
        a=CENTS,
    )

    assert (
        MonthOfBreakage(
            month=date(2026, 3, 1),
            points=Decimal(400),
            unused=Decimal(100),
            worth=Money("1.00", "EUR"),
        ),
    ) == found.months
    assert 0.25 == found.months[0].rate == found.rate
    assert (Decimal(400), Decimal(100)) == (found.points, found.unused)
    assert Money("1.00", "EUR") == found.worth


def test_nothing_ended():
    """Without lots there is no month and no rate; what ends later does not count."""
    later = EndedLot("a", 10, 10, AT + timedelta(seconds=1))

    found = ended([later], a=CENTS)

    assert ((), None, Money("0", "EUR")) == (found.months, found.rate, found.worth)
    assert found.points == Decimal(0)


def test_templates_of_different_scales():
    """Points of two decimals add up with whole ones; those without worth have none."""
    found = ended(
        [EndedLot("a", 100, 50, END_OF_MARCH), EndedLot("b", 250, 25, END_OF_MARCH)],
        a=CENTS,
        b=STARS,
    )

    (month,) = found.months
    assert (Decimal("102.5"), Decimal("50.25")) == (month.points, month.unused)
    assert Money("0.50", "EUR") == month.worth


@given(
    st.lists(
        st.builds(
            lambda amount, used, days: EndedLot(
                "a",
                amount,
                max(0, amount - used),
                END_OF_MARCH - timedelta(days=days),
            ),
            st.integers(1, 10**6),
            st.integers(0, 10**6),
            st.integers(0, 400),
        ),
        max_size=20,
    )
)
def test_months_add_up(lots: list[EndedLot]):
    """Months ascend, add up to the whole, and no rate leaves 0 to 1."""
    found = ended(lots, a=CENTS)

    assert sum(one.amount for one in lots) == sum(one.points for one in found.months)
    assert found.unused == sum(one.unused for one in found.months)
    assert [one.month for one in found.months] == sorted(
        {one.month for one in found.months}
    )
    assert all(0 <= one.rate <= 1 for one in found.months)
