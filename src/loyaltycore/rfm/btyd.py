"""
Purchases as "buy till you die" models want them.

Owns the summary that packages such as lifetimes and pymc-marketing fit: how often a
customer came back, for how long, and for how much.  Their recency is not RFM's: it is
the time from the first purchase to the last, not from the last to today.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_choice, check_day
from loyaltycore.rfm.purchases import Purchase
from loyaltycore.values.money import exponent


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

__all__ = ["BtydRow", "Period", "btyd_columns", "btyd_summary"]

#: How long a period is: purchases of one period count as one.
Period: TypeAlias = Literal["days", "weeks"]

_DAYS: Final = {"days": 1, "weeks": 7}
_MONDAY: Final = 1  # the calendar's first day, and every seventh after it


@attrs.frozen(kw_only=True)
class BtydRow:
    """
    What one customer's purchases come to, the first one aside.

    Attributes:
        customer_id: who.
        frequency: periods with a purchase after the first such period.
        recency: periods from the first purchase to the last.
        T: periods from the first purchase to the end of the observation.
        repeat_revenue: minor units of all periods but the first, less refunds.
    """

    customer_id: str
    frequency: int
    recency: int
    T: int
    repeat_revenue: int

    @property
    def monetary_value(self) -> float:
        """
        Minor units a repeat period, on average; 0 without one.

        A statistic for a model to fit, not an amount to pay: so it is not rounded.
        """
        return self.repeat_revenue / self.frequency if self.frequency else 0.0


def btyd_summary(
    purchases: Iterable[Purchase], *, observed_until: date, period: Period = "days"
) -> tuple[BtydRow, ...]:
    """
    Summarize purchases for a buy-till-you-die model.

    A refund that stands alone is taken off the last period with a purchase that is not
    after it; without one before it, it counts for nothing.

    Args:
        purchases: in any order; read once.
        observed_until: the last local day that was observed.
        period: ``days``, or ``weeks`` that begin on Mondays.

    Returns:
        One row per customer with a purchase, by ascending customer id.

    Raises:
        InvalidValue: a row is no purchase or after the last day, or there is no such
            period.

    Example:
        >>> from datetime import date
        >>> days = [date(2026, 3, 1), date(2026, 3, 11), date(2026, 3, 11)]
        >>> bought = [Purchase("ada", day, 500) for day in days]
        >>> (ada,) = btyd_summary(bought, observed_until=date(2026, 3, 31))
        >>> ada.frequency, ada.recency, ada.T, ada.monetary_value
        (1, 10, 30, 1000.0)
    """
    check_day("observed_until", observed_until)
    check_choice("period", period, get_args(Period))
    length = _DAYS[period]
    end = _period_of(observed_until, length)
    bought: dict[str, dict[int, int]] = defaultdict(dict)
    refunds: list[tuple[str, int, int]] = []
    for index, row in enumerate(purchases):
        _check(index, row, observed_until)
        place = _period_of(row.on, length)
        if row.is_refund:
            refunds.append((row.customer_id, place, row.amount))
            continue
        periods = bought[row.customer_id]
        periods[place] = periods.get(place, 0) + row.net
    for customer_id, place, amount in refunds:
        periods = bought.get(customer_id, {})
        before = [one for one in periods if one <= place]
        if before:
            periods[max(before)] += amount
    return tuple(
        _row(customer_id, periods, end)
        for customer_id, periods in sorted(bought.items())
    )


def btyd_columns(
    rows: Sequence[BtydRow], *, currency: str | None = None
) -> dict[str, list[object]]:
    """
    Spell rows out as the columns that lifetimes and pymc-marketing look for.

    Args:
        rows: what ``btyd_summary`` returned.
        currency: such as ``EUR``, for money in its units; minor units without.

    Returns:
        ``customer_id``, ``frequency``, ``recency``, ``T`` and ``monetary_value``.
    """
    unit = 1 if currency is None else 10 ** exponent(currency)
    return {
        "customer_id": [row.customer_id for row in rows],
        "frequency": [row.frequency for row in rows],
        "recency": [row.recency for row in rows],
        "T": [row.T for row in rows],
        "monetary_value": [row.monetary_value / unit for row in rows],
    }


def _period_of(day: date, length: int) -> int:
    """Number the periods of the calendar."""
    return (day.toordinal() - _MONDAY) // length


def _check(index: int, row: object, last: date) -> None:
    """Refuse a row of another shape, or of a day that was not observed."""
    if not isinstance(row, Purchase):
        remedy = "pass Purchase(customer_id, on, amount)"
        message = f"row {index} is a {type(row).__name__}; {remedy}"
        raise InvalidValue("purchases", message)
    if row.on > last:
        remedy = "leave it out, or observe for longer"
        raise InvalidValue("on", f"row {index} is after {last}; {remedy}")


def _row(customer_id: str, periods: dict[int, int], end: int) -> BtydRow:
    """Sum up the periods of one customer."""
    first, last = min(periods), max(periods)
    return BtydRow(
        customer_id=customer_id,
        frequency=len(periods) - 1,
        recency=last - first,
        T=end - first,
        repeat_revenue=sum(periods.values()) - periods[first],
    )
