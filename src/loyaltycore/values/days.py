"""
Moments and local days, and the rounding of the one to the other.

Owns what a day is in a zone; asks no clock.

A *moment* is an aware datetime, in UTC once it is inside; a *day* is a date as the
program's zone sees it.  A day ends where the next one begins, exclusively, so a unit
whose last valid day is 25 April is gone at the first instant of 26 April.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

from loyaltycore.errors import InvalidMoment


if TYPE_CHECKING:
    from datetime import tzinfo
    from zoneinfo import ZoneInfo

__all__ = [
    "NEVER",
    "RoundUp",
    "end_of",
    "local_day",
    "round_day",
    "start_of",
    "utc",
    "wall_clock",
]

#: Stands for "no expiry" in records, where it sorts after every real moment.
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)

_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1)
_SECOND_DAY: Final = date.min + _ONE_DAY
_MIDNIGHT: Final = datetime.min.time()


class RoundUp(StrEnum):
    """
    How far an expiry is moved on from the day that was computed.

    Attributes:
        EXACT: not at all; whoever asks uses the moment, not the day.
        START_OF_DAY: gone when the day begins, so the day before is the last one.
        END_OF_DAY: the day itself is the last one.
        END_OF_WEEK: through Sunday (ISO 8601 weeks).
        END_OF_MONTH: through the last of the month.
        END_OF_QUARTER: through the last of March, June, September or December.
        END_OF_HALF_YEAR: through 30 June or 31 December.
        END_OF_YEAR: through 31 December.
    """

    EXACT = "exact"
    START_OF_DAY = "start_of_day"
    END_OF_DAY = "end_of_day"
    END_OF_WEEK = "end_of_week"
    END_OF_MONTH = "end_of_month"
    END_OF_QUARTER = "end_of_quarter"
    END_OF_HALF_YEAR = "end_of_half_year"
    END_OF_YEAR = "end_of_year"


def utc(moment: datetime) -> datetime:
    """
    Return *moment* as a plain datetime in UTC.

    Raises:
        InvalidMoment: naive, not a datetime, or outside the years 1 to 9999 in UTC.
    """
    if type(moment) is datetime and moment.tzinfo is UTC:
        return moment
    return _shifted(_plain(moment), UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """
    Return the day on which *moment* falls in *zone*.

    Raises:
        InvalidMoment: as `utc`, or outside the years 1 to 9999 in *zone*.
    """
    return _shifted(utc(moment), zone).date()


def wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """
    Return *moment* as the clocks in *zone* show it, without a zone of its own.

    Where clocks go back, two moments are shown alike; where they go forward, there
    are times that are never shown.

    Raises:
        InvalidMoment: as `local_day`.
    """
    return _shifted(utc(moment), zone).replace(tzinfo=None, fold=0)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """
    Return the first instant of *day* in *zone*, in UTC.

    Where midnight happens twice, the first counts.  Where it is skipped, the day
    begins when the clocks were put forward: 26 April 2024 in Cairo at 01:00 local
    time, 2024-04-25T22:00Z.  A day that was skipped whole is empty and begins and ends
    where the next one begins.

    Raises:
        InvalidMoment: *day* is not a date, or is a datetime.
    """
    midnight = datetime.combine(_day(day), _MIDNIGHT, tzinfo=zone)
    try:
        start = midnight.astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
            return start
    except OverflowError:
        # The first or last day that a date can be: as near as a datetime gets.
        return _EARLIEST if day.year == date.min.year else NEVER
    return _end_of_gap(midnight, zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """
    Return the instant at which *day* is over in *zone*, in UTC: the next day's first.

    At the end of the calendar that is `NEVER`.

    Raises:
        InvalidMoment: *day* is not a date, or is a datetime.
    """
    if _day(day) == date.max:
        return NEVER
    return min(start_of(day + _ONE_DAY, zone), NEVER)


def round_day(day: date, round_up: RoundUp) -> date:
    """
    Return the last valid day, where *day* is what a rule computed.

    22 January to the end of the month is 31 January.  At either end of the calendar
    the result stays within it.

    Raises:
        InvalidMoment: *day* is not a date, or is a datetime.
    """
    day = _day(day)
    match round_up:
        case RoundUp.EXACT | RoundUp.END_OF_DAY:
            last = day
        case RoundUp.START_OF_DAY:
            last = max(day, _SECOND_DAY) - _ONE_DAY
        case RoundUp.END_OF_WEEK:
            left = min(6 - day.weekday(), (date.max - day).days)
            last = day + timedelta(days=left)
        case RoundUp.END_OF_MONTH:
            last = _last_of_months(day, 1)
        case RoundUp.END_OF_QUARTER:
            last = _last_of_months(day, 3)
        case RoundUp.END_OF_HALF_YEAR:
            last = _last_of_months(day, 6)
        case RoundUp.END_OF_YEAR:
            last = _last_of_months(day, 12)
        case _:
            assert_never(round_up)
    return last


# -- private -------------------------------------------------------------------------


def _plain(moment: object) -> datetime:
    """Return *moment* without a subclass's extras, if it is an aware datetime."""
    if not isinstance(moment, datetime):
        message = f"A moment is a datetime, not {type(moment).__name__}."
        raise InvalidMoment(message)
    if moment.utcoffset() is None:
        message = (
            "A moment needs a time zone; pass one such as"
            " datetime(2026, 3, 1, 12, 0, tzinfo=UTC)."
        )
        raise InvalidMoment(message)
    return datetime.combine(moment.date(), moment.timetz())


def _day(day: object) -> date:
    if isinstance(day, date) and not isinstance(day, datetime):
        return day
    message = f"A day is a date, not {type(day).__name__}; take local_day of a moment."
    raise InvalidMoment(message)


def _shifted(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        message = "A moment lies within the years 1 to 9999, in every zone involved."
        raise InvalidMoment(message) from None


def _end_of_gap(midnight: datetime, zone: ZoneInfo) -> datetime:
    """
    Return the instant at which clocks were put forward past *midnight*.

    The gap may begin before midnight (Toronto 1919: from 23:30 to 00:30), so the
    instant is searched for, to the second: zones change on whole seconds.
    """
    # In a gap, fold 0 is the offset before it and fold 1 the one after it (PEP 495).
    after = midnight.replace(fold=0).astimezone(UTC)
    before = midnight.replace(fold=1).astimezone(UTC)
    wall = midnight.replace(tzinfo=None)
    low, high = 0, int((after - before).total_seconds())
    while low + 1 < high:
        middle = (low + high) // 2
        instant = before + timedelta(seconds=middle)
        if instant.astimezone(zone).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _last_of_months(day: date, count: int) -> date:
    """Return the last day of the span of *count* months that holds *day*."""
    month = -(-day.month // count) * count
    if month == date.max.month:
        return day.replace(month=month, day=31)
    return date(day.year, month + 1, 1) - _ONE_DAY
