"""
Spans of the week on the clocks of a zone.

A window goes from *start* to just before *end*: one of Tuesday from 14:00 to 16:00
holds 15:59:59 and not 16:00:00; one from 22:00 to 02:00 ends on Wednesday.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.values.days import wall_clock


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = [
    "Weekday",
    "Window",
    "is_open",
    "members_of",
    "moment_of_week",
    "only_windows",
    "windows",
]

EnumT = TypeVar("EnumT", bound=StrEnum)

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)

_read_time = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?").fullmatch


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK_DAYS: Final = tuple(Weekday)


def _start_of(value: time | str) -> time:
    return _time("start", value)


def _end_of(value: time | str) -> time:
    return _time("end", value)


def _time(field: str, value: time | str) -> time:
    """Read 14:00 or 14:00:30; without a zone, because the program has one."""
    if isinstance(value, str) and (found := _read_time(value)):
        hour, minute, second = found.groups("0")
        return time(int(hour), int(minute), int(second))
    if type(value) is not time or value.tzinfo is not None:
        raise InvalidValue(field, "a local time of day, such as 14:00.")
    return value


def _weekdays_of(days: Iterable[Weekday]) -> tuple[Weekday, ...]:
    return members_of("weekdays", Weekday, days)


def members_of(
    field: str, choices: type[EnumT], values: Iterable[EnumT]
) -> tuple[EnumT, ...]:
    """Keep members of an enum, once each and in its order."""
    given = frozenset(values)
    if not given or not given <= frozenset(choices):
        names = ", ".join(f"{choices.__name__}.{member.name}" for member in choices)
        raise InvalidValue(field, f"one or more of {names}.")
    return tuple(member for member in choices if member in given)


@attrs.frozen
class Window:
    """
    One span of the day, on some days of the week.

    Attributes:
        weekdays: on which it begins.
        start: the first local time of day, such as 14:00.
        end: the first one after it; not later than *start*, it is on the next day.

    Raises:
        InvalidValue: naming the field.
    """

    weekdays: tuple[Weekday, ...] = attrs.field(converter=_weekdays_of)
    start: time = attrs.field(converter=_start_of)
    end: time = attrs.field(converter=_end_of)

    @property
    def is_overnight(self) -> bool:
        """Whether it ends on the day after; from 14:00 to 14:00 is a whole day."""
        return self.end <= self.start

    def holds(self, weekday: int, clock: time) -> bool:
        """
        Whether it goes on at a local time.

        Args:
            weekday: 0 is Monday.
        """
        today = _WEEK_DAYS[weekday] in self.weekdays
        if not self.is_overnight:
            return today and self.start <= clock < self.end
        yesterday = _WEEK_DAYS[weekday - 1] in self.weekdays
        return (today and self.start <= clock) or (yesterday and clock < self.end)

    def spans(self) -> list[tuple[timedelta, timedelta]]:
        """When it is open in a week that begins on Monday; one may go around it."""
        spans: list[tuple[timedelta, timedelta]] = []
        for weekday in self.weekdays:
            midnight = _WEEK_DAYS.index(weekday) * _DAY
            start = midnight + _since_midnight(self.start)
            end = midnight + _since_midnight(self.end) + self.is_overnight * _DAY
            spans.append((start, min(end, _WEEK)))
            if end > _WEEK:
                spans.append((timedelta(0), end - _WEEK))
        return spans


def windows(given: Iterable[Window]) -> tuple[Window, ...]:
    """Take a list as well as a tuple."""
    return tuple(given)


def only_windows(
    _: object, field: attrs.Attribute[Any], given: tuple[object, ...]
) -> None:
    """
    Check that a field holds nothing else.

    Raises:
        InvalidValue: naming the field.
    """
    if not all(type(window) is Window for window in given):
        raise InvalidValue(field.name, "each is a Window.")


def is_open(windows: Iterable[Window], moment: datetime, zone: ZoneInfo) -> bool:
    """
    Say whether one of some windows is open at a moment.

    Raises:
        InvalidMoment: a naive moment.
    """
    local = wall_clock(moment, zone)
    return any(window.holds(local.weekday(), local.time()) for window in windows)


def moment_of_week(since: timedelta) -> str:
    """Say so long after the beginning of a week in words: monday at 14:00:00."""
    day, clock = divmod(since, _DAY)
    return f"{_WEEK_DAYS[day]} at {clock}"


def _since_midnight(clock: time) -> timedelta:
    return timedelta(
        hours=clock.hour,
        minutes=clock.minute,
        seconds=clock.second,
        microseconds=clock.microsecond,
    )
