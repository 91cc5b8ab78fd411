"""On what day a birthday is celebrated, and whether it still is."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final, assert_never


__all__ = ["LeapDay", "birthday_mark"]

_BETWEEN_BIRTHDAYS: Final = timedelta(days=330)


class LeapDay(StrEnum):
    """When 29 February is celebrated in a year without one; ``skip`` is not at all."""

    FEB28 = "feb28"
    MAR1 = "mar1"
    SKIP = "skip"


def birthday_mark(
    born: date | None, on: date, last: str | None, *, within: int, leap_day: LeapDay
) -> str | None:
    """
    The day of the birthday that is celebrated on a day, in ISO 8601; None for none.

    Args:
        last: the one that was celebrated last, which this is where they are so near
            that the birth date must have been changed.
        within: days for which it is celebrated.
    """
    if born is None:
        return None
    for year in (on.year, on.year - 1):
        day = _birthday(born, year, leap_day)
        if day is None or not day <= on < day + timedelta(days=within):
            continue
        if day <= born:
            return None
        if last and abs(day - date.fromisoformat(last)) < _BETWEEN_BIRTHDAYS:
            return last
        return day.isoformat()
    return None


def _birthday(born: date, year: int, leap_day: LeapDay) -> date | None:
    try:
        return born.replace(year=year)
    except ValueError:  # 29 February, in a year without one
        match leap_day:
            case LeapDay.FEB28:
                return date(year, 2, 28)
            case LeapDay.MAR1:
                return date(year, 3, 1)
            case LeapDay.SKIP:
                return None
            case _ as never:  # pragma: no cover : the enum above is closed
                assert_never(never)
