"""
When units stop counting.

A policy turns the moment of earning into the first moment at which the units no longer
count: add calendar time to the local day (short months clamp, as ``relativedelta``
does), round up to the last valid day, and end with that day in the program's zone.

Sources of the rules and the numbers in the tests: the public documentation of Open
Loyalty, Square and Voucherify (rounding up), Setono (``expires_at <= now`` is expired).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

import attrs
from dateutil.relativedelta import relativedelta

from loyaltycore.errors import InvalidValue
from loyaltycore.values.days import NEVER, RoundUp, end_of, local_day, round_day, utc


if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = ["ExpiryPolicy", "FixedDate", "Never", "Rolling", "expires_at"]

_N_MAX = 36_500

PeriodUnit: TypeAlias = Literal["days", "weeks", "months", "years"]
_PERIOD_UNITS = ("days", "weeks", "months", "years")


def _check_n(_: object, __: object, n: int) -> None:
    if type(n) is not int or not 0 <= n <= _N_MAX:
        raise InvalidValue("n", f"a whole number from 0 to {_N_MAX}, not {n!r}.")


def _check_unit(_: object, __: object, unit: str) -> None:
    if unit not in _PERIOD_UNITS:
        raise InvalidValue("unit", f"one of {', '.join(_PERIOD_UNITS)}.")


def _check_round(_: object, __: object, value: object) -> None:
    if not isinstance(value, RoundUp):
        names = ", ".join(f"RoundUp.{member.name}" for member in RoundUp)
        raise InvalidValue("round", f"one of {names}.")


def _check_last_day(_: object, __: object, value: date) -> None:
    if type(value) is not date:
        raise InvalidValue("last_day", f"a date, not {type(value).__name__}.")


@attrs.frozen
class Never:
    """Units count for good."""


@attrs.frozen
class Rolling:
    """
    So long after they were earned.

    Attributes:
        n: how many periods; 0 ends with the day, or the rounded period, of earning.
        unit: days, weeks, months or years.
        round: up to which last valid day; ``exact`` keeps the local time of day.

    Raises:
        InvalidValue: a negative n, or an unknown unit or rounding.
    """

    n: int = attrs.field(validator=_check_n)
    unit: PeriodUnit = attrs.field(validator=_check_unit)
    round: RoundUp = attrs.field(default=RoundUp.END_OF_DAY, validator=_check_round)


@attrs.frozen
class FixedDate:
    """
    On one day for all.

    Attributes:
        last_day: the last local day on which the units count.

    Raises:
        InvalidValue: something else than a date.
    """

    last_day: date = attrs.field(validator=_check_last_day)


ExpiryPolicy: TypeAlias = Never | Rolling | FixedDate


def expires_at(
    policy: ExpiryPolicy, earned_at: datetime, zone: ZoneInfo
) -> datetime | None:
    """
    Return the first moment, in UTC, at which the units no longer count.

    None where that never comes, or not before the calendar ends.
    """
    try:
        moment = _moment(policy, earned_at, zone)
    except (OverflowError, ValueError):  # what dateutil raises beyond the year 9999
        return None
    return moment if moment < NEVER else None


def _moment(policy: ExpiryPolicy, earned_at: datetime, zone: ZoneInfo) -> datetime:
    match policy:
        case Never():
            return NEVER
        case FixedDate(last_day):
            return end_of(last_day, zone)
        case Rolling(n, unit, round=RoundUp.EXACT):
            return utc(earned_at.astimezone(zone) + _period(n, unit))
        case Rolling():
            return _end_of_period(policy, local_day(earned_at, zone), zone)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


@lru_cache(maxsize=1024)
def _end_of_period(policy: Rolling, day: date, zone: ZoneInfo) -> datetime:
    """One answer serves all that is earned on a day."""
    last_day = day + _period(policy.n, policy.unit)
    return end_of(round_day(last_day, policy.round), zone)


def _period(n: int, unit: PeriodUnit) -> relativedelta:
    return relativedelta(**{unit: n})  # type: ignore[arg-type]
