"""
Points that ended unused, by the month in which they ended.

Owns how ended lots add up; where they come from is a service's affair.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from loyaltycore.customers.statement import last_day
from loyaltycore.insight.liability import worth_of
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from loyaltycore.insight.liability import PointPrice

__all__ = ["Breakage", "EndedLot", "MonthOfBreakage", "breakage"]

_FINEST: Final = 4  # decimals of the finest point that a card can count


class EndedLot(NamedTuple):
    """
    Points whose last day is over.

    Attributes:
        amount: with which the lot was opened, in the smallest unit of its template.
        unused: of them, what ended with it.
        expires_at: the first moment at which it no longer counted.
    """

    template_id: str
    amount: int
    unused: int
    expires_at: datetime


@attrs.frozen(kw_only=True)
class MonthOfBreakage:
    """
    Points whose last day lay in one month.

    Attributes:
        month: its first day.
        points: with which their lots were opened, to four decimals.
        unused: of them, those that ended unused.
        worth: of the unused ones in money, halves of the smallest coin going up, once
            for each template.
    """

    month: date
    points: Decimal
    unused: Decimal
    worth: Money

    @property
    def rate(self) -> float:
        """The share that ended unused, 0 to 1; a statistic, not a quantity."""
        return float(self.unused / self.points)


@attrs.frozen(kw_only=True)
class Breakage:
    """
    Points that ended by a moment.

    Attributes:
        at: what ends later does not count.
        months: ascending; none that is empty.
        points: of all months.
        unused: of all months.
        worth: of all months.
    """

    at: datetime
    months: tuple[MonthOfBreakage, ...]
    points: Decimal
    unused: Decimal
    worth: Money

    @property
    def rate(self) -> float | None:
        """The share that ended unused, 0 to 1; None where nothing ended yet."""
        return float(self.unused / self.points) if self.points else None


def breakage(
    lots: Iterable[EndedLot],
    prices: Mapping[str, PointPrice],
    *,
    at: datetime,
    currency: str,
    zone: ZoneInfo,
) -> Breakage:
    """
    Add up lots that have ended, read once.

    With points of 0.01 EUR: of 400 that counted through 31 March, 100 were left; that
    is 1.00 EUR and a rate of 0.25 in March.

    Args:
        lots: of the templates that are priced, in any order.
        prices: by template.
        at: lots that end later are left out.
    """
    units: dict[tuple[date, str], tuple[int, int]] = defaultdict(_nothing)
    for template_id, amount, unused, expires_at in lots:
        if expires_at <= at:
            key = last_day(expires_at, zone).replace(day=1), template_id
            before, left = units[key]
            units[key] = (before + amount, left + unused)
    months: dict[date, tuple[int, int, int]] = {}
    for (month, template_id), (amount, unused) in units.items():
        price = prices[template_id]
        finest = 10 ** (_FINEST - price.scale)
        points, left, worth = months.get(month, (0, 0, 0))
        months[month] = (
            points + amount * finest,
            left + unused * finest,
            worth + worth_of(unused, price, currency),
        )
    found = tuple(
        MonthOfBreakage(
            month=month,
            points=from_units(points, _FINEST),
            unused=from_units(left, _FINEST),
            worth=Money.of_minor(worth, currency),
        )
        for month, (points, left, worth) in sorted(months.items())
    )
    points, left, worth = (sum(one[n] for one in months.values()) for n in range(3))
    return Breakage(
        at=at,
        months=found,
        points=from_units(points, _FINEST),
        unused=from_units(left, _FINEST),
        worth=Money.of_minor(worth, currency),
    )


def _nothing() -> tuple[int, int]:
    return 0, 0
