"""Happy hours: when they are, on the clocks of a zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidMoment, InvalidValue
from loyaltycore.ledger.happy_effects import Multiplier, Override, PercentPoints
from loyaltycore.ledger.happy_hours import (
    HappyHour,
    Mechanic,
    happy_at,
    happy_hours,
    no_overlaps,
)
from loyaltycore.ledger.windows import Weekday, Window, is_open


BERLIN = ZoneInfo("Europe/Berlin")
SPEND, VISIT = Mechanic
EVERY_DAY = tuple(Weekday)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = EVERY_DAY
TWICE = Multiplier(2)

#: A day on which the clocks change, for zones that do it at different hours; in Lord
#: Howe by half an hour, in Cairo and Havana at midnight, in Apia by leaving out a day.
CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Africa/Cairo", "2024-04-26"),
    ("Africa/Cairo", "2024-10-31"),
    ("America/Havana", "2026-03-08"),
    ("Pacific/Apia", "2011-12-30"),
]


@attrs.frozen
class Rules:
    """Rules with happy hours, as a card type has them."""

    happy: tuple[HappyHour, ...] = attrs.field(
        default=(), converter=happy_hours, validator=no_overlaps
    )


def hour(
    days: Any, start: Any, end: Any, effect: Any = TWICE, **more: Any
) -> HappyHour:
    """Make an hour on a day, or on several."""
    days = [days] if isinstance(days, Weekday) else days
    return HappyHour(days, start, end, effect, **more)


def is_happy(happy: HappyHour, local: str, zone: ZoneInfo = BERLIN) -> bool:
    """Say whether an hour holds a local moment."""
    moment = datetime.fromisoformat(local).replace(tzinfo=zone)
    return happy_at([happy], moment, zone, SPEND) is not None


def minutes_of(happy: HappyHour, day: str, zone: ZoneInfo) -> int:
    """Count the minutes of the 48 hours around a day that an hour holds."""
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=12)
    moments = (start + timedelta(minutes=n) for n in range(48 * 60))
    return sum(happy_at([happy], moment, zone, SPEND) is not None for moment in moments)


class TestWhen:
    @pytest.mark.parametrize(
        ("local", "expected"),
        [
            ("2026-03-03T13:59:59.999999", False),
            ("2026-03-03T14:00:00", True),
            ("2026-03-03T15:59:59", True),
            ("2026-03-03T15:59:59.999999", True),
            ("2026-03-03T16:00:00", False),
            ("2026-03-04T15:00:00", False),
        ],
    )
    def test_from_its_start_to_just_before_its_end(self, local, expected):
        """Tuesday from 14:00 to 16:00 holds 15:59:59, and at 16:00:00 it is over."""
        assert expected is is_happy(hour(TUESDAY, "14:00", "16:00"), local)

    @pytest.mark.parametrize(
        ("local", "expected"),
        [
            ("2026-03-08T01:00:00", False),
            ("2026-03-08T22:00:00", True),
            ("2026-03-09T00:00:00", True),
            ("2026-03-09T01:59:59", True),
            ("2026-03-09T02:00:00", False),
            ("2026-03-09T22:00:00", False),
        ],
    )
    def test_over_midnight(self, local, expected):
        """Sunday from 22:00 to 02:00 goes on into Monday, and not before Sunday."""
        assert expected is is_happy(hour(SUNDAY, "22:00", "02:00"), local)

    @pytest.mark.parametrize(
        ("happy", "last", "first_after"),
        [
            (hour(TUESDAY, "00:00", "00:00"), "2026-03-03T23:59", "2026-03-04T00:00"),
            (hour(TUESDAY, "14:00", "14:00"), "2026-03-04T13:59", "2026-03-04T14:00"),
        ],
    )
    def test_a_whole_day(self, happy, last, first_after):
        """An hour that ends when it begins goes around the clock once."""
        assert is_happy(happy, last)
        assert not is_happy(happy, first_after)

    def test_the_clock_of_the_zone_counts(self):
        """At 13:30 UTC it is 14:30 in Berlin in winter."""
        moment = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
        hours = [hour(TUESDAY, "14:00", "16:00")]

        assert TWICE == happy_at(hours, moment, BERLIN, SPEND)
        assert None is happy_at(hours, moment, ZoneInfo("UTC"), SPEND)

    def test_each_mechanic_has_its_own(self):
        """Money may count twice while visits count three times."""
        hours = [
            hour(TUESDAY, "14:00", "16:00", TWICE, mechanics=[SPEND]),
            hour(TUESDAY, "14:00", "16:00", Multiplier(3), mechanics=[VISIT]),
        ]
        moment = datetime(2026, 3, 3, 15, tzinfo=BERLIN)

        assert TWICE == happy_at(hours, moment, BERLIN, SPEND)
        assert Multiplier(3) == happy_at(hours, moment, BERLIN, VISIT)

    def test_without_hours_nothing_is_different(self):
        """A card without happy hours prices alike around the clock."""
        moment = datetime(2026, 3, 3, 15, tzinfo=BERLIN)

        assert None is happy_at((), moment, BERLIN, SPEND)

    def test_a_naive_moment_is_refused(self):
        """Nobody knows which zone it meant."""
        naive = datetime.fromisoformat("2026-03-03T15:00")
        with pytest.raises(InvalidMoment):
            happy_at([hour(TUESDAY, "14:00", "16:00")], naive, BERLIN, SPEND)


class TestClocksThatChange:
    @pytest.mark.parametrize(
        ("zone", "day", "minutes"),
        [
            ("Europe/Berlin", "2026-03-28", 60),
            ("Europe/Berlin", "2026-03-29", 0),
            ("Europe/Berlin", "2026-10-25", 120),
            ("America/New_York", "2026-03-08", 0),
            ("America/New_York", "2026-03-09", 60),
            ("Australia/Lord_Howe", "2026-10-04", 30),
        ],
    )
    def test_what_the_clock_shows_counts(self, zone, day, minutes):
        """An hour that is skipped has no minutes, and one that comes twice has 120."""
        weekday = EVERY_DAY[datetime.fromisoformat(day).weekday()]

        assert minutes == minutes_of(
            hour(weekday, "02:00", "03:00"), day, ZoneInfo(zone)
        )

    def test_in_both_rounds(self):
        """02:30 is happy in summer time and again in winter time."""
        happy = hour(SUNDAY, "02:00", "03:00")
        first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        both = [first, first + timedelta(hours=1)]

        assert [TWICE] * 2 == [happy_at([happy], at, BERLIN, SPEND) for at in both]

    @given(
        change=st.sampled_from(CHANGES),
        cuts=st.sets(st.times(), min_size=1, max_size=6),
        minute=st.integers(0, 60 * 60),
    )
    def test_hours_without_gaps_share_the_week(self, change, cuts, minute):
        """Of hours that fill every day, one holds each moment, and its clock fits."""
        name, day = change
        zone = ZoneInfo(name)
        times = sorted(cuts)
        around = [*pairwise(times), (times[-1], times[0])]
        # Each has an effect of its own, so that the answer says which one it was.
        hours = Rules(
            [hour(EVERY_DAY, *span, Multiplier(n)) for n, span in enumerate(around, 1)]
        ).happy
        noon = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=18)
        moment = noon + timedelta(minutes=minute)
        holding = [
            each.effect
            for each in hours
            if happy_at([each], moment, zone, SPEND) is not None
        ]
        clock = moment.astimezone(zone).time()
        before = [n for n, cut in enumerate(times, 1) if cut <= clock]

        assert [happy_at(hours, moment, zone, SPEND)] == holding
        assert [Multiplier(before[-1] if before else len(times))] == holding


class TestRules:
    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda: hour([], "14:00", "16:00"), "weekdays: one or more of"),
            (lambda: hour(["Tue"], "14:00", "16:00"), "weekdays: .*Weekday.TUESDAY"),
            (lambda: hour(TUESDAY, "24:00", "16:00"), "start: a local time"),
            (lambda: hour(TUESDAY, "14:00", "4pm"), "end: a local time"),
            (lambda: hour(TUESDAY, "14:00", 16), "end: a local time of day"),
            (lambda: hour(TUESDAY, time(14, tzinfo=UTC), "16:00"), "start: a local"),
            (lambda: hour(TUESDAY, "14:00", "16:00", 2), "effect: .* Multiplier"),
            (
                lambda: hour(TUESDAY, "14:00", "16:00", mechanics=[]),
                "mechanics: one or more of",
            ),
            (
                lambda: hour(
                    TUESDAY, "14:00", "16:00", Override(5), mechanics=[VISIT, SPEND]
                ),
                "mechanics: a percentage is of money spent",
            ),
        ],
    )
    def test_what_cannot_be_is_named(self, make, says):
        """An hour that makes no sense is refused by the name of the field."""
        with pytest.raises(InvalidValue, match=says):
            make()

    def test_days_and_mechanics_are_kept_once_and_in_order(self):
        """However they are written down, equal hours are equal."""
        one = hour([SUNDAY, MONDAY, SUNDAY], "14:00", "16:00", mechanics=[VISIT, SPEND])
        other = hour(["monday", "sunday"], time(14), "16:00:00")

        assert other == one
        assert (MONDAY, SUNDAY) == one.weekdays

    @pytest.mark.parametrize(
        ("effect", "expected"),
        [
            (TWICE, (SPEND, VISIT)),
            (PercentPoints(5), (SPEND,)),
            (Override(15), (SPEND,)),
        ],
    )
    def test_an_hour_concerns_what_it_can(self, effect, expected):
        """A multiplier concerns money and visits, a percentage money alone."""
        assert expected == hour(TUESDAY, "14:00", "16:00", effect).mechanics


class TestOverlaps:
    @pytest.mark.parametrize(
        ("first", "second", "where"),
        [
            (
                (TUESDAY, "14:00", "16:00"),
                (TUESDAY, "15:59", "17:00"),
                "tuesday at 15:59:00",
            ),
            (
                (EVERY_DAY, "14:00", "16:00"),
                (FRIDAY, "14:00", "16:00"),
                "friday at 14:00:00",
            ),
            (
                (MONDAY, "22:00", "02:00"),
                (TUESDAY, "01:00", "03:00"),
                "tuesday at 1:00:00",
            ),
            (
                (SUNDAY, "22:00", "02:00"),
                (MONDAY, "00:00", "01:00"),
                "monday at 0:00:00",
            ),
            (
                (SUNDAY, "14:00", "14:00"),
                (SUNDAY, "23:00", "23:30"),
                "sunday at 23:00:00",
            ),
        ],
    )
    def test_two_at_once_are_refused(self, first, second, where):
        """What a moment is worth would depend on the order; field and day are named."""
        for pair in ([first, second], [second, first]):
            with pytest.raises(InvalidValue, match=f"happy: .* on {where}"):
                Rules([hour(*each) for each in pair])

    def test_one_may_begin_when_another_ends(self):
        """The end is exclusive, around midnight and around the week too."""
        hours = [
            hour(TUESDAY, "14:00", "16:00"),
            hour(TUESDAY, "16:00", "17:00"),
            hour(SUNDAY, "22:00", "02:00"),
            hour(MONDAY, "02:00", "03:00"),
        ]

        assert tuple(hours) == Rules(hours).happy

    def test_a_hundred_are_a_list(self):
        """The most hours that rules can have are 100."""
        minutes = [time(n // 60, n % 60) for n in range(101)]
        hours = [hour(TUESDAY, *span) for span in pairwise(minutes)]

        assert 100 == len(Rules(hours).happy)

    def test_of_different_mechanics_they_may(self):
        """Money and visits do not meet."""
        hours = [
            hour(TUESDAY, "14:00", "16:00", mechanics=[SPEND]),
            hour(TUESDAY, "15:00", "17:00", mechanics=[VISIT]),
        ]

        assert tuple(hours) == Rules(hours).happy

    @pytest.mark.parametrize(
        ("hours", "says"),
        [
            ([hour(TUESDAY, "14:00", "16:00"), "14:00"], "happy: each is a HappyHour"),
            ([hour(TUESDAY, "14:00", "16:00")] * 101, "happy: at most 100"),
        ],
        ids=["not an hour", "too many"],
    )
    def test_other_lists_are_refused(self, hours, says):
        """A list holds hours, and not without end."""
        with pytest.raises(InvalidValue, match=says):
            Rules(hours)

    @given(
        st.lists(
            st.builds(
                HappyHour,
                st.sets(st.sampled_from(EVERY_DAY), min_size=1, max_size=3),
                st.integers(0, 23).map(time),
                st.integers(0, 23).map(time),
                st.just(TWICE),
            ),
            min_size=2,
            max_size=4,
        )
    )
    def test_refused_is_what_meets_on_some_hour(self, hours):
        """Two hours are refused exactly if both hold some full hour of the week."""
        monday = datetime(2026, 3, 2, tzinfo=UTC)
        utc = ZoneInfo("UTC")
        meeting = any(
            sum(
                happy_at([each], monday + timedelta(hours=n), utc, SPEND) is not None
                for each in hours
            )
            > 1
            for n in range(7 * 24)
        )
        try:
            Rules(hours)
        except InvalidValue:
            refused = True
        else:
            refused = False

        assert meeting is refused


def test_a_window_is_as_long_as_its_clock_says():
    """To the microsecond, counted from the beginning of its week."""
    window = Window([TUESDAY], time(1, 2, 3, 4), "05:00")
    opens = timedelta(days=1, hours=1, minutes=2, seconds=3, microseconds=4)

    assert [(opens, timedelta(days=1, hours=5))] == window.spans()


def test_a_window_begins_at_a_second():
    """What is written with seconds is read with them."""
    window = Window([MONDAY], "14:00:30", "15:00")

    assert (time(14, 0, 30), time(15)) == (window.start, window.end)


def test_a_window_to_the_end_of_the_week():
    """From Sunday at 22:00 to midnight there is nothing left for Monday."""
    spans = Window([SUNDAY], "22:00", "00:00").spans()

    assert [(timedelta(days=6, hours=22), timedelta(days=7))] == spans


@pytest.mark.parametrize(("hour", "expected"), [(21, False), (22, True), (23, False)])
def test_a_window_is_open_by_the_clock_of_the_zone(hour, expected):
    """From 23:00 to midnight in Berlin it is 22:00 and not yet 23:00 in London."""
    window = Window([MONDAY], "23:00", "00:00")
    moment = datetime(2026, 3, 2, hour, 30, tzinfo=UTC)

    assert expected == is_open([window], moment, BERLIN)
