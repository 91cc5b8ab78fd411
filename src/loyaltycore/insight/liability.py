"""
What the program owes: points that are not redeemed yet, and what they are worth.

Owns how open lots add up; where they come from is a service's affair.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from loyaltycore.customers.statement import last_day
from loyaltycore.values.money import Money, exponent
from loyaltycore.values.quantity import Rounding, divide, from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

__all__ = ["Liability", "MonthOfPoints", "OpenLot", "PointPrice", "liability"]

_FINEST: Final = 4  # decimals of the finest point that a card can count
_DAYS_KEPT = 4_096


class OpenLot(NamedTuple):
    """
    Points that can be redeemed.

    Attributes:
        remaining: in the smallest unit of the template's points.
        expires_at: the first moment at which they no longer count, or None.
    """

    template_id: str
    remaining: int
    expires_at: datetime | None


@attrs.frozen(kw_only=True)
class PointPrice:
    """
    What points of a template are.

    Attributes:
        scale: decimals of a point, 0 to 4.
        value_per_point: in the program's currency; None when they buy no money, only
            rewards.
    """

    scale: int
    value_per_point: Decimal | None


@attrs.frozen(kw_only=True)
class MonthOfPoints:
    """
    Points whose last day lies in one month.

    Attributes:
        month: its first day; None: they never expire.
        points: to four decimals.
        worth: in money, halves of the smallest coin going up, once for each template.
    """

    month: date | None
    points: Decimal
    worth: Money


@attrs.frozen(kw_only=True)
class Liability:
    """
    Outstanding points at a moment.

    A customer's debt does not lower it.

    Attributes:
        at: points that expire by then do not count.
        months: by month of the last day, those that never expire at the end; none that
            is empty.
        points: of all months.
        worth: of all months.
        unpriced: points among them that have no worth in money.
    """

    at: datetime
    months: tuple[MonthOfPoints, ...]
    points: Decimal
    worth: Money
    unpriced: Decimal


def liability(
    lots: Iterable[OpenLot],
    prices: Mapping[str, PointPrice],
    *,
    at: datetime,
    currency: str,
    zone: ZoneInfo,
) -> Liability:
    """
    Add up open lots, read once.

    With points of 0.01 EUR: 250 that count through 31 March and 100 that never expire
    are 2.50 EUR in March and 1.00 EUR without a month.

    Args:
        lots: of the templates that are priced, in any order.
        prices: by template.
        at: lots that end by then are left out.
    """

    @lru_cache(maxsize=_DAYS_KEPT)
    def month_of(expires_at: datetime) -> date:
        return last_day(expires_at, zone).replace(day=1)

    units: Counter[tuple[date | None, str]] = Counter()
    for template_id, remaining, expires_at in lots:
        if expires_at is None:
            units[None, template_id] += remaining
        elif expires_at > at:
            units[month_of(expires_at), template_id] += remaining
    months: dict[date | None, tuple[int, int]] = {}
    unpriced = 0
    for (month, template_id), n in units.items():
        price = prices[template_id]
        finest = n * 10 ** (_FINEST - price.scale)
        points, worth = months.get(month, (0, 0))
        months[month] = (points + finest, worth + worth_of(n, price, currency))
        unpriced += finest if price.value_per_point is None else 0
    return Liability(
        at=at,
        months=tuple(
            MonthOfPoints(
                month=month,
                points=from_units(points, _FINEST),
                worth=Money.of_minor(worth, currency),
            )
            for month, (points, worth) in sorted(months.items(), key=_by_month)
        ),
        points=from_units(sum(points for points, _ in months.values()), _FINEST),
        worth=Money.of_minor(sum(worth for _, worth in months.values()), currency),
        unpriced=from_units(unpriced, _FINEST),
    )


def worth_of(units: int, price: PointPrice, currency: str) -> int:
    """Minor units, through whole numbers: no decimal context can round in between."""
    if price.value_per_point is None:
        return 0
    numerator, denominator = price.value_per_point.as_integer_ratio()
    numerator *= units * 10 ** exponent(currency)
    return divide(numerator, denominator * 10**price.scale, Rounding.HALF_UP)


def _by_month(
    item: tuple[date | None, tuple[int, int]],
) -> tuple[bool, str]:
    """Sort key: by date, never at the end."""
    month = item[0]
    return month is None, "" if month is None else month.isoformat()
