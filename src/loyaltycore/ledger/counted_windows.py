"""
The windows of time that limits are for, and the counters that each of them adds up.

What is earned is counted by local day, ISO week and month, so that a void gives its
allowance back where it was taken.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from datetime import date

    from loyaltycore.ledger.transactions import Unit

__all__ = ["CountedWindows", "Windows", "counted_windows"]

_ROLLING_DAYS = {"day": 1, "week": 7, "month": 30}


class Windows(StrEnum):
    """``calendar`` ones are a day, ISO week or month; ``rolling`` ones end today."""

    CALENDAR = "calendar"
    ROLLING = "rolling"


@attrs.frozen(kw_only=True)
class CountedWindows:
    """
    The counters of some windows on a day.

    Attributes:
        by_window: what each window adds up.
        counters: all of them, once each.
        added_to: those in which something is counted that is earned on the day.
    """

    by_window: tuple[tuple[str, ...], ...]
    counters: tuple[str, ...]
    added_to: tuple[str, ...]


@lru_cache(maxsize=256)
def counted_windows(
    unit: Unit, windows: tuple[str, ...], kind: Windows, day: date
) -> CountedWindows:
    """
    Say which counters windows of a unit add up on a local day.

    Args:
        windows: ``per_day``, ``per_week``, ``per_month``, ``lifetime``.
    """
    by_window = tuple(_counters(unit, window, kind, day) for window in windows)
    every = dict.fromkeys(counter for counters in by_window for counter in counters)
    first = dict.fromkeys(counters[0] for counters in by_window)
    return CountedWindows(
        by_window=by_window, counters=tuple(every), added_to=tuple(first)
    )


def _counters(unit: Unit, window: str, kind: Windows, day: date) -> tuple[str, ...]:
    """The counters of a window; what is earned now is added to the first."""
    prefix, span = f"earned/{unit}", window.removeprefix("per_")
    if span == "lifetime":
        return (f"{prefix}/ever",)
    if span == "day" or kind is Windows.ROLLING:
        days = (day - timedelta(days=n) for n in range(_ROLLING_DAYS[span]))
        return tuple(f"{prefix}/{each.isoformat()}" for each in days)
    if span == "week":
        year, week, _ = day.isocalendar()
        return (f"{prefix}/{year}-W{week:02}",)
    return (f"{prefix}/{day:%Y-%m}",)
