"""
When units start and stop counting.

An expiry policy turns the moment from which units count into the first moment at which
they no longer do: add calendar time to the local day (short months clamp, as
``relativedelta`` does), round up to the last valid day, and end with that day in the
program's zone.  A pending policy says from which moment units count at all.

Sources of the rules and the numbers in the tests: the public documentation of Open
Loyalty, Square and Voucherify (rounding up), Setono (``expires_at <= now`` is expired).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never, get_args

import attrs
from dateutil.relativedelta import relativedelta

from loyaltycore.errors import InvalidValue
from loyaltycore.values.days import (
    NEVER,
    RoundUp,
    end_of,
    local_day,
    round_day,
    start_of,
    utc,
)


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = [
    "After",
    "Calendar",
    "ExpiryPolicy",
    "FixedDate",
    "FromDate",
    "Immediate",
    "Never",
    "OnDays",
    "PendingPolicy",
    "PeriodUnit",
    "Resets",
    "Rolling",
    "Sliding",
    "available_from",
    "expires_at",
    "period",
]

_N_MAX = 36_500
_MONTHS = 12
_LEAP_YEAR = 2024

PeriodUnit: TypeAlias = Literal["days", "weeks", "months", "years"]
Resets: TypeAlias = Literal["earn", "redeem"]
YearDay: TypeAlias = tuple[int, int]


def _check_n(_: object, __: object, n: int) -> None:
    if type(n) is not int or not 0 <= n <= _N_MAX:
        raise InvalidValue("n", f"a whole number from 0 to {_N_MAX}, not {n!r}.")


def _check_unit(_: object, __: object, unit: str) -> None:
    if unit not in get_args(PeriodUnit):
        raise InvalidValue("unit", f"one of {', '.join(get_args(PeriodUnit))}.")


def _check_round(_: object, __: object, value: object) -> None:
    if not isinstance(value, RoundUp):
        names = ", ".join(f"RoundUp.{member.name}" for member in RoundUp)
        raise InvalidValue("round", f"one of {names}.")


def _check_month(_: object, __: object, month: int | None) -> None:
    if month is not None and (type(month) is not int or not 1 <= month <= _MONTHS):
        raise InvalidValue("in_month", f"1 to {_MONTHS}, not {month!r}.")


def _check_day(_: object, field: attrs.Attribute[date], value: date) -> None:
    if type(value) is not date:
        raise InvalidValue(field.name, f"a date, not {type(value).__name__}.")


def _year_days(days: Iterable[Iterable[int]]) -> tuple[YearDay, ...]:
    return tuple(sorted((month, day) for month, day in days))


def _check_days(_: object, __: object, days: tuple[YearDay, ...]) -> None:
    if not days:
        raise InvalidValue("days", "name one (month, day) or more.")
    for month, day in days:
        try:
            date(_LEAP_YEAR, month, day)
        except (TypeError, ValueError):
            message = f"({month}, {day}) is no day of a year; (12, 31) is one."
            raise InvalidValue("days", message) from None


def _check_resets(_: object, __: object, value: frozenset[str]) -> None:
    if not value <= set(get_args(Resets)):
        raise InvalidValue("resets_on", f"any of {', '.join(get_args(Resets))}.")


# -- when they stop ------------------------------------------------------------------


@attrs.frozen
class Never:
    """Units count for good."""


@attrs.frozen
class Rolling:
    """
    So long after they began to count.

    Attributes:
        n: how many periods; 0 ends with the day, or the rounded period, of earning.
        unit: days, weeks, months or years.
        round: up to which last valid day; ``exact`` keeps the local time of day.
        in_month: rounds up to the end of the next such month instead, 1 to 12.

    Raises:
        InvalidValue: a negative n, or an unknown unit, rounding or month.
    """

    n: int = attrs.field(validator=_check_n)
    unit: PeriodUnit = attrs.field(validator=_check_unit)
    round: RoundUp = attrs.field(default=RoundUp.END_OF_DAY, validator=_check_round)
    in_month: int | None = attrs.field(
        default=None, validator=_check_month, kw_only=True
    )


@attrs.frozen
class Calendar:
    """
    On the next of some days of the year, whenever they were earned.

    Attributes:
        days: (month, day) of each last valid day; 29 February is the 28th in a year
            without one.

    Raises:
        InvalidValue: none, or one that no year has.
    """

    days: tuple[YearDay, ...] = attrs.field(converter=_year_days, validator=_check_days)


@attrs.frozen
class Sliding:
    """
    So long after the last activity; every activity moves all units of the card on.

    The deadline belongs to the card, not to the lot.  It only ever moves forward, save
    where the activity that moved it is voided.

    Attributes:
        n: how many periods.
        unit: days, weeks, months or years.
        round: up to which last valid day.
        resets_on: what is an activity: ``earn``, ``redeem``, or both.

    Raises:
        InvalidValue: as ``Rolling``, or another activity.
    """

    n: int = attrs.field(validator=_check_n)
    unit: PeriodUnit = attrs.field(validator=_check_unit)
    round: RoundUp = attrs.field(default=RoundUp.END_OF_DAY, validator=_check_round)
    resets_on: frozenset[Resets] = attrs.field(
        default=frozenset({"earn"}),
        converter=frozenset,
        validator=_check_resets,
        kw_only=True,
    )


@attrs.frozen
class FixedDate:
    """
    On one day for all.

    Attributes:
        last_day: the last local day on which the units count.

    Raises:
        InvalidValue: something else than a date.
    """

    last_day: date = attrs.field(validator=_check_day)


ExpiryPolicy: TypeAlias = Never | Rolling | Calendar | Sliding | FixedDate


# -- when they start -----------------------------------------------------------------


@attrs.frozen
class Immediate:
    """Units count as soon as they are earned."""


@attrs.frozen
class After:
    """
    Units count from the beginning of a later local day on.

    Attributes:
        n: how many periods after the day of earning; 14 days, such as a right of
            return, let what is earned on 1 March count from 15 March 00:00 on.
        unit: days, weeks, months or years.

    Raises:
        InvalidValue: a negative n, or an unknown unit.
    """

    n: int = attrs.field(validator=_check_n)
    unit: PeriodUnit = attrs.field(validator=_check_unit)


@attrs.frozen
class OnDays:
    """
    Units count from the next of some days of the year on.

    Attributes:
        days: (month, day) of each first valid day, as in ``Calendar``.

    Raises:
        InvalidValue: none, or one that no year has.
    """

    days: tuple[YearDay, ...] = attrs.field(converter=_year_days, validator=_check_days)


@attrs.frozen
class FromDate:
    """
    Units count from one day on, the same for all; what is earned later counts at once.

    Attributes:
        first_day: the first local day on which they count.

    Raises:
        InvalidValue: something else than a date.
    """

    first_day: date = attrs.field(validator=_check_day)


PendingPolicy: TypeAlias = Immediate | After | OnDays | FromDate


# -- moments -------------------------------------------------------------------------


def expires_at(
    policy: ExpiryPolicy, counts_from: datetime, zone: ZoneInfo
) -> datetime | None:
    """
    Return the first moment, in UTC, at which the units no longer count.

    None where that never comes, or not before the calendar ends.  For ``Sliding``, the
    deadline that an activity at *counts_from* sets.
    """
    try:
        moment = _end(policy, counts_from, zone)
    except (OverflowError, ValueError):  # what dateutil raises beyond the year 9999
        return None
    return moment if moment < NEVER else None


def available_from(
    policy: PendingPolicy, earned_at: datetime, zone: ZoneInfo
) -> datetime | None:
    """
    Return the first moment, in UTC, at which units count; None where they do at once.

    Units that would never count, because the calendar ends before, count at once too.
    """
    try:
        match policy:
            case Immediate():
                return None
            case After(n, unit):
                day = local_day(earned_at, zone) + period(n, unit)
            case OnDays(days):
                day = _next_of(days, local_day(earned_at, zone))
            case FromDate(first_day):
                day = first_day
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)
    except (OverflowError, ValueError):  # as above
        return None
    moment = start_of(day, zone)
    return moment if moment > earned_at else None


@lru_cache(maxsize=256)
def period(n: int, unit: PeriodUnit) -> relativedelta:
    """Calendar time to add to a day: months clamp to the last of a shorter one."""
    return relativedelta(**{unit: n})  # type: ignore[arg-type]


def _end(policy: ExpiryPolicy, counts_from: datetime, zone: ZoneInfo) -> datetime:
    match policy:
        case Never():
            return NEVER
        case FixedDate(last_day):
            return end_of(last_day, zone)
        case Calendar(days):
            return end_of(_next_of(days, local_day(counts_from, zone)), zone)
        case Rolling(n, unit, round=RoundUp.EXACT, in_month=None) | Sliding(
            n, unit, round=RoundUp.EXACT
        ):
            return utc(counts_from.astimezone(zone) + period(n, unit))
        case Rolling() | Sliding():
            return _end_of_period(policy, local_day(counts_from, zone), zone)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


@lru_cache(maxsize=1024)
def _end_of_period(policy: Rolling | Sliding, day: date, zone: ZoneInfo) -> datetime:
    """One answer serves all that is earned on a day."""
    last_day = day + period(policy.n, policy.unit)
    if isinstance(policy, Rolling) and policy.in_month is not None:
        years = int(last_day.month > policy.in_month)
        month = last_day.replace(
            year=last_day.year + years, month=policy.in_month, day=1
        )
        return end_of(round_day(month, RoundUp.END_OF_MONTH), zone)
    return end_of(round_day(last_day, policy.round), zone)


def _next_of(days: tuple[YearDay, ...], day: date) -> date:
    """The first of some days of the year that is not before *day*."""
    years = (day.year, day.year + 1)
    found = (_in_year(year, *each) for year in years for each in days)
    return next(each for each in found if each >= day)


def _in_year(year: int, month: int, day: int) -> date:
    return date(year, month, 1) + relativedelta(day=day)
