"""When units stop counting; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import errors
from loyaltycore.values.days import NEVER, RoundUp, local_day
from loyaltycore.values.expiry import FixedDate, Never, Rolling, expires_at


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
