"""Moments, local days and their rounding."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidMoment
from loyaltycore.values.days import (
    NEVER,
    RoundUp,
    end_of,
    local_day,
    round_day,
    start_of,
    utc,
    wall_clock,
)


BERLIN = ZoneInfo("Europe/Berlin")
CAIRO = ZoneInfo("Africa/Cairo")
DUBAI = ZoneInfo("Asia/Dubai")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "Africa/Cairo",
        "America/Havana",
        "America/Sao_Paulo",
        "America/Toronto",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Pacific/Honolulu",
    )
]
zones = st.sampled_from(ZONES)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1))


class NoOffset(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, dt: datetime | None) -> None:
        """Return nothing."""


class Odd(datetime):
    """A moment of another class, as data frames have them."""


def at(text: str) -> datetime:
    """Return the moment that an ISO text names."""
    return datetime.fromisoformat(text)


class TestUtc:
    """Moments come in."""

    @pytest.mark.parametrize(
        "moment",
        [
            datetime(2026, 3, 1, 12, tzinfo=UTC),
            datetime(2026, 3, 1, 13, tzinfo=BERLIN),
            datetime(2026, 3, 1, 7, tzinfo=timezone(-timedelta(hours=5))),
            Odd(2026, 3, 1, 13, tzinfo=BERLIN),
            Odd(2026, 3, 1, 12, tzinfo=UTC),
        ],
    )
    def test_of_aware_moments(self, moment: datetime) -> None:
        """An aware moment of any class becomes a plain datetime in UTC."""
        converted = utc(moment)

        assert datetime(2026, 3, 1, 12, tzinfo=UTC) == converted
        assert datetime is type(converted)
        assert UTC is converted.tzinfo

    def test_tells_the_two_hours_of_a_night_apart(self) -> None:
        """02:30 happens twice when Berlin leaves summer time, and fold is kept."""
        first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)

        assert at("2026-10-25T00:30Z") == utc(first)
        assert at("2026-10-25T01:30Z") == utc(first.replace(fold=1))

    @pytest.mark.parametrize(
        "moment",
        [
            datetime(2026, 3, 1),  # noqa: DTZ001 - the point of the test
            datetime(2026, 3, 1, tzinfo=NoOffset()),
            date(2026, 3, 1),
            "2026-03-01T00:00Z",
            1_772_323_200,
            None,
            datetime.min.replace(tzinfo=DUBAI),
            datetime.max.replace(tzinfo=ZoneInfo("Pacific/Honolulu")),
        ],
    )
    def test_refuses_everything_else(self, moment: Any) -> None:
        """Naive, not a datetime, or off the calendar in UTC: an InvalidMoment."""
        with pytest.raises(InvalidMoment):
            utc(moment)


class TestLocalDay:
    """Which day it is."""

    def test_is_the_day_of_the_zone(self) -> None:
        """23:30 and 00:10 in Dubai are two days there and one day in UTC."""
        late, early = at("2026-03-01T19:30Z"), at("2026-03-01T20:10Z")

        assert date(2026, 3, 1) == local_day(late, DUBAI)
        assert date(2026, 3, 2) == local_day(early, DUBAI)
        assert late.date() == early.date()

    def test_refuses_a_day_off_the_calendar(self) -> None:
        """The last moment in UTC has no day in Dubai."""
        with pytest.raises(InvalidMoment, match="1 to 9999"):
            local_day(datetime.max.replace(tzinfo=UTC), DUBAI)

    def test_refuses_a_naive_moment_with_advice(self) -> None:
        """The refusal of a naive moment shows an aware one."""
        with pytest.raises(InvalidMoment, match="tzinfo=UTC"):
            local_day(datetime(2026, 3, 1), BERLIN)  # noqa: DTZ001 - the point


class TestStartOf:
    """When a day begins."""

    @pytest.mark.parametrize(
        ("day", "zone", "expected"),
        [
            ("2026-03-01", "Europe/Berlin", "2026-02-28T23:00Z"),
            ("2026-07-01", "Europe/Berlin", "2026-06-30T22:00Z"),
            ("2024-04-26", "Africa/Cairo", "2024-04-25T22:00Z"),
            ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00Z"),
            ("2024-11-03", "America/Havana", "2024-11-03T04:00Z"),
            ("1919-03-31", "America/Toronto", "1919-03-31T04:30Z"),
            ("2011-12-29", "Pacific/Apia", "2011-12-29T10:00Z"),
            ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00Z"),
            ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00Z"),
            ("1993-08-21", "Pacific/Kwajalein", "1993-08-21T12:00Z"),
        ],
    )
    def test_worked_days(self, day: str, zone: str, expected: str) -> None:
        """Skipped midnights begin after the gap, doubled ones at the first."""
        start = start_of(date.fromisoformat(day), ZoneInfo(zone))

        assert at(expected) == start
        assert UTC is start.tzinfo

    def test_a_skipped_day_is_empty(self) -> None:
        """Apia had no 30 December 2011, so it ends where it begins."""
        day, zone = date(2011, 12, 30), ZoneInfo("Pacific/Apia")

        assert start_of(day, zone) == end_of(day, zone)

    @given(days, zones)
    def test_is_the_first_instant(self, day: date, zone: ZoneInfo) -> None:
        """The start falls on the day, or after a skipped one; an instant less, not."""
        start = start_of(day, zone)

        assert local_day(start, zone) >= day
        assert local_day(start - timedelta(microseconds=1), zone) < day

    @pytest.mark.parametrize("zone", ZONES, ids=str)
    def test_the_ends_of_the_calendar(self, zone: ZoneInfo) -> None:
        """The first and the last day have a start, in every zone."""
        assert date.min.year == start_of(date.min, zone).year
        assert start_of(date.max, zone) > end_of(date(9999, 12, 29), zone)

    @pytest.mark.parametrize("day", [datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01", 1])
    def test_refuses_what_is_not_a_day(self, day: Any) -> None:
        """A moment is not a day, nor is text."""
        with pytest.raises(InvalidMoment, match="local_day"):
            start_of(day, BERLIN)
        with pytest.raises(InvalidMoment, match="local_day"):
            end_of(day, BERLIN)


class TestEndOf:
    """When a day is over."""

    def test_last_valid_day_before_a_missing_midnight(self) -> None:
        """Valid through 25 April 2024 in Cairo ends at 22:00Z, 01:00 local time."""
        end = end_of(date(2024, 4, 25), CAIRO)

        assert datetime(2024, 4, 25, 22, tzinfo=UTC) == end
        assert 1 == end.astimezone(CAIRO).hour

    @given(days, zones)
    def test_is_the_next_start(self, day: date, zone: ZoneInfo) -> None:
        """A day ends where the next begins, never before its own start."""
        end = end_of(day, zone)

        assert start_of(day + timedelta(days=1), zone) == end
        assert start_of(day, zone) <= end

    @pytest.mark.parametrize("zone", ZONES, ids=str)
    def test_never_passes_never(self, zone: ZoneInfo) -> None:
        """The last days of the calendar end at NEVER at the latest."""
        assert NEVER == end_of(date.max, zone)
        assert end_of(date(9999, 12, 30), zone) <= NEVER
        assert end_of(date(9999, 12, 29), zone) < NEVER


class TestRoundDay:
    """Moving an expiry on."""

    @pytest.mark.parametrize(
        ("start", "months", "round_up", "last"),
        [
            ("2026-01-25", 1, RoundUp.END_OF_DAY, "2026-02-25"),
            ("2026-01-31", 1, RoundUp.END_OF_DAY, "2026-02-28"),
            ("2026-01-01", 0, RoundUp.END_OF_DAY, "2026-01-01"),
            ("2026-01-25", 1, RoundUp.END_OF_MONTH, "2026-02-28"),
            ("2020-07-06", 12, RoundUp.END_OF_MONTH, "2021-07-31"),
        ],
    )
    def test_after_months(
        self, start: str, months: int, round_up: RoundUp, last: str
    ) -> None:
        """Months are added with the day clamped, then the day is rounded up."""
        day = date.fromisoformat(start) + relativedelta(months=months)

        assert date.fromisoformat(last) == round_day(day, round_up)

    @pytest.mark.parametrize(
        ("day", "round_up", "gone"),
        [
            ("2020-01-22", RoundUp.END_OF_MONTH, "2020-02-01"),
            ("2018-05-05", RoundUp.END_OF_YEAR, "2019-01-01"),
            ("2021-07-06", RoundUp.END_OF_MONTH, "2021-08-01"),
        ],
    )
    def test_gone_at_local_midnight(
        self, day: str, round_up: RoundUp, gone: str
    ) -> None:
        """The end of a rounded day is midnight of the day after it."""
        last = round_day(date.fromisoformat(day), round_up)

        end = end_of(last, BERLIN).astimezone(BERLIN)

        assert datetime.fromisoformat(gone) == end.replace(tzinfo=None)

    @pytest.mark.parametrize(
        ("day", "round_up", "last"),
        [
            ("2026-05-13", RoundUp.EXACT, "2026-05-13"),
            ("2026-05-13", RoundUp.START_OF_DAY, "2026-05-12"),
            ("2026-05-13", RoundUp.END_OF_DAY, "2026-05-13"),
            ("2026-05-13", RoundUp.END_OF_WEEK, "2026-05-17"),
            ("2026-05-17", RoundUp.END_OF_WEEK, "2026-05-17"),
            ("2026-05-18", RoundUp.END_OF_WEEK, "2026-05-24"),
            ("2024-02-01", RoundUp.END_OF_MONTH, "2024-02-29"),
            ("2026-12-01", RoundUp.END_OF_MONTH, "2026-12-31"),
            ("2026-05-13", RoundUp.END_OF_QUARTER, "2026-06-30"),
            ("2026-01-01", RoundUp.END_OF_QUARTER, "2026-03-31"),
            ("2026-10-01", RoundUp.END_OF_QUARTER, "2026-12-31"),
            ("2026-06-30", RoundUp.END_OF_HALF_YEAR, "2026-06-30"),
            ("2026-07-01", RoundUp.END_OF_HALF_YEAR, "2026-12-31"),
            ("2026-01-01", RoundUp.END_OF_YEAR, "2026-12-31"),
        ],
    )
    def test_of_each_kind(self, day: str, round_up: RoundUp, last: str) -> None:
        """Weeks end on Sunday, quarters and half years with their last month."""
        assert date.fromisoformat(last) == round_day(date.fromisoformat(day), round_up)

    @given(st.dates(), st.sampled_from(RoundUp))
    def test_stays_on_the_calendar(self, day: date, round_up: RoundUp) -> None:
        """Any day rounds to itself or later, but for the start of day; and once."""
        last = round_day(day, round_up)

        if round_up is RoundUp.START_OF_DAY:
            assert max(day, date(1, 1, 2)) - timedelta(days=1) == last
        else:
            assert day <= last
            assert last == round_day(last, round_up)

    def test_saturates_at_both_ends(self) -> None:
        """The first day has no day before, and the last week no Sunday."""
        assert date.min == round_day(date.min, RoundUp.START_OF_DAY)
        assert date.max == round_day(date.max, RoundUp.END_OF_WEEK)
        assert date.max == round_day(date.max, RoundUp.END_OF_YEAR)

    def test_refuses_a_moment(self) -> None:
        """A moment has no rounding before its zone is known."""
        with pytest.raises(InvalidMoment):
            round_day(datetime(2026, 3, 1, tzinfo=UTC), RoundUp.END_OF_DAY)


def test_never_sorts_last() -> None:
    """NEVER is later than the end of any day before the last two."""
    assert end_of(date(9999, 12, 29), ZoneInfo("Pacific/Honolulu")) < NEVER


class TestWallClock:
    @pytest.mark.parametrize(
        ("moment", "shown"),
        [
            ("2026-03-29T00:59Z", "2026-03-29T01:59:00"),
            ("2026-03-29T01:00Z", "2026-03-29T03:00:00"),
            ("2026-10-25T00:30Z", "2026-10-25T02:30:00"),
            ("2026-10-25T01:30Z", "2026-10-25T02:30:00"),
        ],
    )
    def test_as_the_clocks_show_it(self, moment, shown):
        """In Berlin 02:30 is never shown in March, and shown twice in October."""
        wall = wall_clock(datetime.fromisoformat(moment), BERLIN)

        assert (shown, 0) == (wall.isoformat(), wall.fold)

    def test_a_naive_moment_is_refused(self):
        """Nobody knows which zone it meant."""
        naive = datetime.fromisoformat("2026-03-29T12:00")
        with pytest.raises(InvalidMoment):
            wall_clock(naive, BERLIN)
