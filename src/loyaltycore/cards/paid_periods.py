"""
The periods of a membership, and what was paid for each.

What a member gets back of a price is reckoned from what was paid, less what was
refunded; the template may have another price by then.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeAlias

import attrs


__all__ = ["Bills", "NextPlan", "Period", "after_payment"]

#: First day of a period and minor units that were paid for it, the earliest first.
Bills: TypeAlias = tuple[tuple[date, int], ...]


@attrs.frozen
class Period:
    """From a day to the day before another one; without an end where that is None."""

    start: date
    end: date | None

    @property
    def last_day(self) -> date | None:
        """The last day in it."""
        return None if self.end is None else self.end - timedelta(days=1)


@attrs.frozen
class NextPlan:
    """
    What a membership changes to on a day.

    Attributes:
        paid: periods of it that are paid.
        price: of each, in minor units, as it was agreed.
    """

    tier: str
    period: str
    since: date
    paid: int = 0
    price: int = 0


def after_payment(bills: Bills, start: date, minor: int, since: date) -> Bills:
    """
    What is paid behind a payment of *minor* units for a period.

    Args:
        since: what was paid for earlier periods is over, and forgotten.
    """
    paid = dict(bills)
    paid[start] = paid.get(start, 0) + minor
    return tuple(sorted((day, n) for day, n in paid.items() if day >= since))
