"""What counts as a purchase, and what each customer's purchases come to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from loyaltycore.errors import InvalidValue, LoyaltyError
from loyaltycore.rfm import Habit, Purchase, RfmSpec, habits
from loyaltycore.rfm.purchases import mean_half_up


TODAY = date(2026, 3, 31)


def habit_of(*purchases: Purchase, **choices: Any) -> Habit:
    """Sum up purchases of a single customer."""
    (only,) = habits(purchases, RfmSpec(as_of=TODAY, **choices))
    return only


class TestPurchase:
    """One row of what was bought."""

    @pytest.mark.parametrize(
        ("field", "value", "remedy"),
        [
            ("customer_id", None, "missing.*leave rows of nobody out"),
            ("customer_id", "", "blank"),
            ("customer_id", " \t", "blank"),
            ("customer_id", 17, "type int, not text"),
            ("on", "2026-03-31", "fromisoformat"),
            ("on", 20260331, "type int, not a day"),
            ("on", None, "missing, not a day"),
            ("on", datetime(2026, 3, 31), "astimezone"),  # noqa: DTZ001 - naive
            ("on", datetime(2026, 3, 31, tzinfo=UTC), "astimezone"),
            ("amount", 11.77, "minor units: 11.77 is 1177"),
            ("amount", float("nan"), "type float, not an int"),
            ("amount", Decimal("11.77"), "type Decimal"),
            ("amount", "1177", "type str"),
            ("amount", True, "type bool"),
            ("amount", None, "missing, not an int"),
            ("amount", 2**53, "too large"),
            ("amount", -(2**53), "too large"),
            ("refunded", 1.0, "minor units"),
            ("refunded", -1, "row of its own"),
            ("refunded", 1178, "row of its own"),
        ],
    )
    def test_refuses(self, field: str, value: Any, remedy: str) -> None:
        """A malformed field is refused with its name and a remedy."""
        fields: dict[str, Any] = {"customer_id": "ada", "on": TODAY, "amount": 1177}

        with pytest.raises(InvalidValue, match=remedy) as caught:
            Purchase(**(fields | {field: value}))

        assert field == caught.value.field
        assert isinstance(caught.value, LoyaltyError)

    def test_never_shows_the_id(self) -> None:
        """The message about a bad id does not repeat it."""
        bad: Any = ("Ada Lovelace",)

        with pytest.raises(InvalidValue) as caught:
            Purchase(bad, TODAY, 1)

        assert "Ada" not in str(caught.value)

    def test_refund_row_has_no_refund(self) -> None:
        """A refund that stands alone cannot itself be refunded."""
        with pytest.raises(InvalidValue, match="refunded"):
            Purchase("ada", TODAY, -5, refunded=1)

    def test_reads_its_money(self) -> None:
        """The net is what is left, and only a negative amount makes a refund row."""
        bought = Purchase("ada", TODAY, 1000, refunded=1000)
        returned = Purchase("ada", TODAY, -400)

        assert 0 == bought.net
        assert not bought.is_refund
        assert -400 == returned.net
        assert returned.is_refund

    def test_takes_kinds_of_day_and_int(self) -> None:
        """A subclass of date or of int is as good as the class itself."""

        class Day(date):
            """A day of another class."""

        class Cents(int):
            """Whole minor units of another class."""

        bought = Purchase("ada", Day(2026, 3, 31), Cents(5))

        assert 0 == habit_of(bought).recency_days


class TestHabits:
    """What the purchases of customers come to."""

    PURCHASES: ClassVar = (
        Purchase("ada", date(2026, 3, 1), 1000),
        Purchase("ada", date(2026, 3, 1), 501, refunded=100),
        Purchase("ada", date(2026, 3, 21), 200),
        Purchase("ada", date(2026, 3, 30), -300),
    )

    def test_counts(self) -> None:
        """Days since the last purchase, purchases, and money less refunds."""
        expected = Habit(
            customer_id="ada",
            recency_days=10,
            frequency=3,
            monetary=1301,
            orders=3,
            revenue=1301,
        )

        assert expected == habit_of(*self.PURCHASES)

    def test_excludes_refunds(self) -> None:
        """Excluded refunds leave the money that was paid."""
        assert 1701 == habit_of(*self.PURCHASES, refunds="exclude").monetary

    @pytest.mark.parametrize("row", [1, 3])
    def test_refuses_refunds(self, row: int) -> None:
        """Forbidden refunds are refused in both forms, with the row's number."""
        purchases = [Purchase("ada", TODAY, 1)] * row + [self.PURCHASES[row]]

        with pytest.raises(InvalidValue, match=f"row {row} carries.*refunds='net'"):
            habit_of(*purchases, refunds="error")

    def test_takes_clean_rows_where_refunds_are_forbidden(self) -> None:
        """Without refunds in the window the three policies agree."""
        later = Purchase("ada", date(2026, 4, 1), -1)
        policies = ("net", "exclude", "error")

        found = {
            habit_of(self.PURCHASES[0], later, refunds=one, later="exclude")
            for one in policies
        }

        assert 1 == len(found)

    def test_counts_days(self) -> None:
        """Two purchases of one day are one day, and still two orders."""
        found = habit_of(*self.PURCHASES, frequency="days")

        assert (2, 3) == (found.frequency, found.orders)

    def test_means(self) -> None:
        """The mean is per purchase, to the nearest minor unit."""
        found = habit_of(*self.PURCHASES, monetary="mean", frequency="days")

        assert (434, 1301) == (found.monetary, found.revenue)

    def test_refuses_rows_that_are_still_to_come(self) -> None:
        """A row after the day is an error with both remedies, unless it is excluded."""
        later = Purchase("ada", date(2026, 4, 1), 1)

        with pytest.raises(InvalidValue, match=r"row 1 is after.*later='exclude'") as e:
            habit_of(self.PURCHASES[0], later)

        assert "on" == e.value.field

    def test_window_includes_both_ends(self) -> None:
        """The first and the last day count; the days beside them do not."""
        days = (20, 21, 30, 31)
        purchases = [Purchase("ada", date(2026, 3, day), day) for day in days]
        spec = RfmSpec(
            as_of=date(2026, 3, 30), since=date(2026, 3, 21), later="exclude"
        )

        (found,) = habits(purchases, spec)

        assert (0, 2, 51) == (found.recency_days, found.frequency, found.monetary)

    def test_pure_refunder_is_no_customer(self) -> None:
        """Who only has refunds in the window has no habit."""
        before = Purchase("bob", date(2026, 1, 1), 500)
        refund = Purchase("bob", date(2026, 3, 2), -500)
        spec = RfmSpec(as_of=TODAY, since=date(2026, 3, 1))

        assert () == habits([before, refund], spec)

    def test_free_purchase_counts(self) -> None:
        """A purchase for nothing makes a customer."""
        assert 1 == habit_of(Purchase("ada", TODAY, 0)).frequency

    def test_money_may_be_negative(self) -> None:
        """More returned than bought shows as negative money, nothing else."""
        bought = Purchase("ada", date(2026, 3, 1), 10)
        returned = Purchase("ada", date(2026, 3, 9), -30)

        found = habit_of(returned, bought)

        assert (30, 1, -20) == (found.recency_days, found.frequency, found.monetary)

    def test_sorts_by_id(self) -> None:
        """Habits come by ascending id, whatever the order of the rows."""
        purchases = [Purchase(name, TODAY, 1) for name in ("b", "a", "C")]

        found = habits(purchases, RfmSpec(as_of=TODAY))

        assert ["C", "a", "b"] == [habit.customer_id for habit in found]

    def test_refuses_other_rows(self) -> None:
        """A row of another shape is refused with its number."""
        rows: Any = [Purchase("ada", TODAY, 1), ("ada", TODAY, 1)]

        with pytest.raises(InvalidValue, match="row 1 is a tuple; pass Purchase"):
            habits(rows, RfmSpec(as_of=TODAY))


class TestSpec:
    """The choices behind a table."""

    @pytest.mark.parametrize(
        ("field", "value", "remedy"),
        [
            ("as_of", "2026-03-31", "fromisoformat"),
            ("as_of", datetime(2026, 3, 31, tzinfo=UTC), "astimezone"),
            ("since", 2026, "not a day"),
            ("since", date(2026, 4, 1), "after as_of; pass 2026-03-31"),
            ("bins", 1, "from 2 to 20"),
            ("bins", 21, "is 21"),
            ("bins", 5.0, "type float"),
            ("refunds", "gross", "'net', 'exclude', 'error'"),
            ("frequency", None, "'purchases', 'days'"),
            ("monetary", "median", "'sum', 'mean'"),
        ],
    )
    def test_refuses(self, field: str, value: Any, remedy: str) -> None:
        """A choice that does not exist is refused with those that do."""
        choices: dict[str, Any] = {"as_of": TODAY, field: value}

        with pytest.raises(InvalidValue, match=remedy) as caught:
            RfmSpec(**choices)

        assert field == caught.value.field

    def test_one_day_is_a_window(self) -> None:
        """A window may start on the day it ends."""
        assert TODAY == RfmSpec(as_of=TODAY, since=TODAY).first_day


@pytest.mark.parametrize(
    ("total", "count", "expected"),
    [(7, 2, 4), (-7, 2, -3), (10, 3, 3), (11, 3, 4), (-11, 3, -4), (0, 9, 0)],
)
def test_mean_half_up(total: int, count: int, expected: int) -> None:
    """A mean goes to the nearest minor unit, and up from the middle."""
    assert expected == mean_half_up(total, count)
