"""When units stop counting; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import errors
from loyaltycore.values.days import NEVER, RoundUp, local_day
from loyaltycore.values.expiry import (
    Calendar,
    FixedDate,
    FromDate,
    Never,
    Rolling,
    Sliding,
    available_from,
    expires_at,
)


BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class TestNever:
    def test_there_is_no_moment(self):
        """Units that count for good have no last moment."""
        assert expires_at(Never(), NOON, BERLIN) is None


class TestRolling:
    def test_exact_keeps_the_local_time_of_day(self):
        """A month on is the same time on the clock, which in summer is 11:00 in UTC."""
        policy = Rolling(1, "months", RoundUp.EXACT)

        gone = expires_at(policy, NOON, BERLIN)

        assert datetime(2026, 4, 2, 11, tzinfo=UTC) == gone

    def test_exact_in_a_gap_goes_forward(self):
        """02:30 does not exist on 29 March 2026; the clock shows 03:30 then."""
        earned_at = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)  # 02:30 in Berlin

        gone = expires_at(Rolling(1, "days", RoundUp.EXACT), earned_at, BERLIN)

        assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC) == gone

    def test_the_day_is_the_local_one(self):
        """Earned at 23:30 UTC, it is the next day in Berlin already."""
        earned_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

        gone = expires_at(Rolling(0, "days"), earned_at, BERLIN)

        assert datetime(2026, 3, 2, 23, 0, tzinfo=UTC) == gone

    def test_a_leap_day_ends_in_february(self):
        """A year after 29 February is 28 February."""
        earned_at = datetime(2024, 2, 29, 12, tzinfo=UTC)

        gone = expires_at(Rolling(1, "years"), earned_at, BERLIN)

        assert datetime(2025, 2, 28, 23, 0, tzinfo=UTC) == gone

    @pytest.mark.parametrize("unit", ["days", "weeks", "months", "years"])
    @pytest.mark.parametrize("rounding", list(RoundUp))
    def test_beyond_the_calendar_is_never(self, unit, rounding):
        """A moment that no calendar has does not come."""
        late = datetime(9990, 1, 1, tzinfo=UTC)

        assert expires_at(Rolling(36_500, unit, rounding), late, BERLIN) is None

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("n", (-1, "days")),
            ("n", (True, "days")),
            ("n", (36_501, "days")),
            ("unit", (1, "fortnights")),
            ("round", (1, "days", "end_of_day")),
        ],
    )
    def test_a_setting_that_cannot_be_is_named(self, field, values):
        """A wrong setting is refused by the name of its field."""
        with pytest.raises(errors.InvalidValue) as refused:
            Rolling(*values)

        assert field == refused.value.field

    @given(
        n=st.integers(0, 400),
        unit=st.sampled_from(["days", "weeks", "months", "years"]),
        rounding=st.sampled_from([each for each in RoundUp if each != "start_of_day"]),
        earned_at=st.datetimes(
            min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
            max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - likewise
            timezones=st.just(UTC),
        ),
    )
    def test_units_count_on_the_day_they_were_earned(
        self, n, unit, rounding, earned_at
    ):
        """Rounding up never ends before the moment that was computed."""
        gone = expires_at(Rolling(n, unit, rounding), earned_at, BERLIN)

        assert gone is not None
        assert gone >= earned_at
        assert n == 0 or local_day(gone, BERLIN) >= local_day(earned_at, BERLIN)


class TestFixedDate:
    def test_the_last_day_counts_whole(self):
        """Units for a date end with that day in the zone."""
        gone = expires_at(FixedDate(date(2026, 12, 31)), NOON, BERLIN)

        assert datetime(2026, 12, 31, 23, 0, tzinfo=UTC) == gone

    def test_the_last_day_of_the_calendar_is_never(self):
        """A lot that expires at the end of time is stored as one that does not."""
        assert expires_at(FixedDate(date(9999, 12, 30)), NOON, ZoneInfo("UTC")) is None
        assert NEVER - timedelta(days=1) == expires_at(
            FixedDate(date(9999, 12, 29)), NOON, ZoneInfo("UTC")
        )

    @pytest.mark.parametrize("value", [NOON, "2026-12-31", None])
    def test_a_moment_is_no_day(self, value):
        """Something else than a date is refused when the rules are made."""
        with pytest.raises(errors.InvalidValue, match="last_day"):
            FixedDate(value)


class TestCalendar:
    @pytest.mark.parametrize(
        ("earned", "gone"),
        [
            ("2026-03-01", "2026-07-01"),
            ("2026-06-30", "2026-07-01"),
            ("2026-07-01", "2027-01-01"),
            ("2026-12-31", "2027-01-01"),
        ],
    )
    def test_the_next_of_its_days(self, earned, gone):
        """30 June and 31 December are last days, for what is earned on them too."""
        noon = datetime.fromisoformat(f"{earned}T12:00:00+00:00")
        policy = Calendar([(12, 31), (6, 30)])

        expected = datetime.fromisoformat(f"{gone}T00:00:00+00:00")
        assert expected == expires_at(policy, noon, ZoneInfo("UTC"))

    @pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29)])
    def test_29_february(self, year, day):
        """It is the 28th in a year without one."""
        start = datetime(year, 1, 1, tzinfo=UTC)
        gone = expires_at(Calendar([(2, 29)]), start, ZoneInfo("UTC"))

        assert datetime(year, 2, day, tzinfo=UTC) + timedelta(days=1) == gone

    def test_the_calendar_ends(self):
        """Behind the last year there is no day."""
        late = datetime(9999, 12, 1, tzinfo=UTC)

        assert expires_at(Calendar([(1, 1)]), late, ZoneInfo("UTC")) is None

    @pytest.mark.parametrize("days", [(), [(4, 31)]])
    def test_what_is_no_day_is_refused(self, days):
        """No day at all, or one that no year has."""
        with pytest.raises(errors.InvalidValue, match="days"):
            Calendar(days)


class TestInMonth:
    @pytest.mark.parametrize(
        ("earned", "gone"),
        [("2026-01-15", "2027-04-01"), ("2026-04-15", "2028-04-01")],
    )
    def test_to_the_end_of_the_next_such_month(self, earned, gone):
        """12 months on, and to the end of the next March."""
        noon = datetime.fromisoformat(f"{earned}T12:00:00+00:00")
        policy = Rolling(12, "months", in_month=3)

        expected = datetime.fromisoformat(f"{gone}T00:00:00+00:00")
        assert expected == expires_at(policy, noon, ZoneInfo("UTC"))

    def test_beyond_the_calendar(self):
        """There is no March after the last one."""
        late = datetime(9999, 6, 1, tzinfo=UTC)
        policy = Rolling(0, "days", in_month=3)

        assert expires_at(policy, late, ZoneInfo("UTC")) is None

    @pytest.mark.parametrize("month", [0, 13, "3", True])
    def test_a_month_is_one_of_twelve(self, month):
        """Anything else is refused by name."""
        with pytest.raises(errors.InvalidValue, match="in_month"):
            Rolling(12, "months", in_month=month)


class TestSlidingMoment:
    def test_exact(self):
        """To the minute, where that is asked for."""
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        policy = Sliding(30, "days", RoundUp.EXACT)

        assert noon + timedelta(days=30) == expires_at(policy, noon, ZoneInfo("UTC"))


class TestFromDate:
    def test_it_counts_from_the_start_of_the_day(self):
        """The 4th of March begins at 23:00 in UTC on the day before."""
        moment = available_from(FromDate(date(2026, 3, 4)), NOON, BERLIN)

        assert datetime(2026, 3, 3, 23, tzinfo=UTC) == moment

    @pytest.mark.parametrize("day", [1, 2])
    def test_a_day_that_has_begun_is_no_wait(self, day):
        """Today and before, units count at once."""
        assert available_from(FromDate(date(2026, 3, day)), NOON, BERLIN) is None

    def test_it_is_a_date(self):
        """A moment is none, and the field is named."""
        with pytest.raises(errors.InvalidValue, match="first_day: a date"):
            FromDate(NOON)
