"""
Hours of the week in which more is earned, or more comes off.

Hours are what the clocks in the program's zone show: from *start* to just before
*end*.  An hour of Tuesday from 14:00 to 16:00 holds 15:59:59 and not 16:00:00; one from
22:00 to 02:00 ends on Wednesday.  On the day that clocks go back, an hour that is shown
twice counts twice; on the day that they go forward, one that is never shown does not
count.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.happy_effects import HappyEffect, Multiplier
from loyaltycore.values.days import wall_clock


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = [
    "HappyHour",
    "Mechanic",
    "Weekday",
    "happy_at",
    "happy_hours",
    "no_overlaps",
]

EnumT = TypeVar("EnumT", bound=StrEnum)

_HOURS_MAX: Final = 100
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


class Mechanic(StrEnum):
    """What something is earned by, or comes off: money spent, or a visit."""

    SPEND = "spend"
    VISIT = "visit"


_WEEK_DAYS: Final = tuple(Weekday)


# -- an hour -------------------------------------------------------------------------


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
    return _members("weekdays", Weekday, days)


def _mechanics_of(mechanics: Iterable[Mechanic]) -> tuple[Mechanic, ...]:
    return _members("mechanics", Mechanic, mechanics)


def _members(
    field: str, choices: type[EnumT], values: Iterable[EnumT]
) -> tuple[EnumT, ...]:
    """Keep members of an enum, once each and in its order."""
    given = frozenset(values)
    if not given or not given <= frozenset(choices):
        names = ", ".join(f"{choices.__name__}.{member.name}" for member in choices)
        raise InvalidValue(field, f"one or more of {names}.")
    return tuple(member for member in choices if member in given)


def _check_effect(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, HappyEffect):
        names = ", ".join(choice.__name__ for choice in get_args(HappyEffect))
        raise InvalidValue(field.name, f"an instance of {names}.")


def _concerned(hour: HappyHour) -> tuple[Mechanic, ...]:
    """By default an hour concerns all that its effect can."""
    return tuple(Mechanic) if isinstance(hour.effect, Multiplier) else (Mechanic.SPEND,)


@attrs.frozen
class HappyHour:
    """
    One span of the day, on some days of the week.

    Attributes:
        weekdays: on which it begins.
        start: the first local time of day, such as 14:00.
        end: the first one after it; not later than *start*, it is on the next day.
        effect: what is different meanwhile.
        mechanics: what it concerns; a percentage is of money spent, not of visits.

    Raises:
        InvalidValue: naming the field.
    """

    weekdays: tuple[Weekday, ...] = attrs.field(converter=_weekdays_of)
    start: time = attrs.field(converter=_start_of)
    end: time = attrs.field(converter=_end_of)
    effect: HappyEffect = attrs.field(validator=_check_effect)
    mechanics: tuple[Mechanic, ...] = attrs.field(
        default=attrs.Factory(_concerned, takes_self=True),
        converter=_mechanics_of,
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        if isinstance(self.effect, Multiplier):
            return
        if Mechanic.VISIT in self.mechanics:
            message = "a percentage is of money spent; for visits, use a Multiplier."
            raise InvalidValue("mechanics", message)

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


def happy_hours(hours: Iterable[HappyHour]) -> tuple[HappyHour, ...]:
    """Take a list as well as a tuple."""
    return tuple(hours)


def no_overlaps(_: object, field: attrs.Attribute[Any], hours: tuple[Any, ...]) -> None:
    """
    Check that a field holds hours of which no two concern the same at once.

    Raises:
        InvalidValue: naming the field and where they meet; or there are more than 100.
    """
    if not all(isinstance(hour, HappyHour) for hour in hours):
        raise InvalidValue(field.name, "each is a HappyHour.")
    if len(hours) > _HOURS_MAX:
        raise InvalidValue(field.name, f"at most {_HOURS_MAX}, not {len(hours)}.")
    for mechanic in Mechanic:
        concerned = [hour for hour in hours if mechanic in hour.mechanics]
        spans = sorted(span for hour in concerned for span in _spans(hour))
        for (_, end), (start, _) in pairwise(spans):
            if start < end:
                day, clock = divmod(start, _DAY)
                where = f"{_WEEK_DAYS[day]} at {clock}"
                message = f"two of them overlap on {where}; end one before that."
                raise InvalidValue(field.name, message)


def happy_at(
    hours: Sequence[HappyHour], moment: datetime, zone: ZoneInfo, mechanic: Mechanic
) -> HappyEffect | None:
    """
    What is different for a mechanic at a moment, or None.

    Args:
        hours: of which no two concern the same at once.
        moment: when it happened to the customer.

    Raises:
        InvalidMoment: a naive moment.
    """
    if not hours:
        return None
    local = wall_clock(moment, zone)
    weekday, clock = local.weekday(), local.time()
    for hour in hours:
        if mechanic in hour.mechanics and hour.holds(weekday, clock):
            return hour.effect
    return None


# -- private -------------------------------------------------------------------------


def _spans(hour: HappyHour) -> list[tuple[timedelta, timedelta]]:
    """When an hour goes on in a week that begins on Monday; one may go around it."""
    spans: list[tuple[timedelta, timedelta]] = []
    for weekday in hour.weekdays:
        midnight = _WEEK_DAYS.index(weekday) * _DAY
        start = midnight + _since_midnight(hour.start)
        end = midnight + _since_midnight(hour.end) + hour.is_overnight * _DAY
        spans.append((start, min(end, _WEEK)))
        if end > _WEEK:
            spans.append((timedelta(0), end - _WEEK))
    return spans


def _since_midnight(clock: time) -> timedelta:
    return timedelta(
        hours=clock.hour,
        minutes=clock.minute,
        seconds=clock.second,
        microseconds=clock.microsecond,
    )
