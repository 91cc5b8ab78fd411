"""
Figures over time: what happened by day, week or month.

Owns how days become longer spans, and that a span without anything is there with
zeros; where the sums of the days come from is a service's affair.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar, assert_never

import attrs

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.errors import InvalidValue
from loyaltycore.insight.tiles import mean_rating
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

__all__ = [
    "DAYS_MAX",
    "Span",
    "SpanFigures",
    "Split",
    "check_days",
    "one_of",
    "series",
    "shown",
]

#: The most days that are looked at in one go: ten years.
DAYS_MAX: Final = 3_660

NameT = TypeVar("NameT", bound=StrEnum)

_ONE_DAY: Final = timedelta(days=1)
_DAYS_A_WEEK: Final = 7


class Span(StrEnum):
    """How much time one set of figures is of; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Split(StrEnum):
    """What figures are told apart by."""

    TEMPLATE = "template"
    LOCATION = "location"
    MANAGER = "manager"


@attrs.frozen(kw_only=True)
class SpanFigures:
    """
    What happened on some local days; a void is taken off on the day of the void.

    Attributes:
        first: the first of the days; last: the last one.
        new_customers: registered on these days; they belong to no card template.
        transactions: less voided ones, and without those that were imported or fell due
            by themselves.
        purchases: less those that were voided or refunded in full.
        revenue: of the purchases, less what was voided and refunded; None where the
            manager who asks may not see it.
        redemptions: transactions that hand out or pay with what was collected, less
            voided ones.
        voids, amends: how many were posted.
        points_earned, points_redeemed, points_expired: as ``Customer`` counts them.
        reviews: ratings given; rating: their mean, to two decimals, or None.
    """

    first: date
    last: date
    new_customers: int
    transactions: int
    purchases: int
    revenue: Money | None
    redemptions: int
    voids: int
    amends: int
    points_earned: Decimal
    points_redeemed: Decimal
    points_expired: Decimal
    reviews: int
    rating: Decimal | None


def one_of(names: type[NameT], field: str, given: str) -> NameT:
    """
    Read one of a few names.

    Raises:
        InvalidValue: it is none of them.
    """
    try:
        return names(given)
    except ValueError:
        raise InvalidValue(field, f"one of {', '.join(names)}.") from None


def check_days(first: date, last: date) -> None:
    """
    Refuse days that cannot be looked at.

    Raises:
        InvalidValue: they are no plain dates, in the wrong order, or too many.
    """
    for field, day in (("first", first), ("last", last)):
        if type(day) is not date:
            message = f"a datetime.date, not {type(day).__name__}."
            raise InvalidValue(field, message)
    if not 0 <= (last - first).days < DAYS_MAX:
        message = f"not before the first day, and at most {DAYS_MAX:,} days in all."
        raise InvalidValue("last", message)


def series(
    rows: Iterable[Mapping[str, object]],
    first: date,
    last: date,
    by: Span,
    currency: str | None,
) -> tuple[SpanFigures, ...]:
    """
    Put the spans from the first day to the last together, those without anything too.

    Args:
        rows: sums of day figures, each with its ``day``.
        currency: of the money; None leaves the revenue out.
    """
    sums: dict[date, Counter[str]] = {}
    for row in rows:
        day = row["day"]
        assert isinstance(day, date), "a day figure has a day"
        numbers = {name: n for name, n in row.items() if isinstance(n, int)}
        sums.setdefault(_start(day, by), Counter()).update(numbers)
    return tuple(
        _figures(
            sums.get(begins, Counter()),
            max(begins, first),
            min(_start(begins, by, after=1) - _ONE_DAY, last),
            currency,
        )
        for begins in _starts(first, last, by)
    )


def shown(sums: Counter[str], currency: str | None) -> dict[str, Any]:
    """
    What figures have in common that are added up over days, by name.

    Args:
        currency: of the revenue; None leaves it out, for those who may not see it.
    """
    revenue = None
    if currency is not None:
        revenue = Money.of_minor(sums["purchase_value"], currency)
    return {
        "new_customers": sums["customers"],
        "transactions": sums["transactions"],
        "purchases": sums["purchases"],
        "revenue": revenue,
        "redemptions": sums["redemptions"],
        "voids": sums["voids"],
        "amends": sums["amends"],
        "points_earned": from_units(sums["points_earned"], POINT_SCALE),
        "points_redeemed": from_units(sums["points_redeemed"], POINT_SCALE),
    }


def _figures(
    sums: Counter[str], first: date, last: date, currency: str | None
) -> SpanFigures:
    return SpanFigures(
        first=first,
        last=last,
        **shown(sums, currency),
        points_expired=from_units(sums["points_expired"], POINT_SCALE),
        reviews=sums["reviews"],
        rating=mean_rating(sums["reviews"], sums["rating_sum"]),
    )


def _starts(first: date, last: date, by: Span) -> Iterator[date]:
    begins = _start(first, by)
    while begins <= last:
        yield begins
        begins = _start(begins, by, after=1)


def _start(day: date, by: Span, *, after: int = 0) -> date:
    """The first day of the span that a day is in, or of the one after it."""
    match by:
        case Span.DAY:
            return day + after * _ONE_DAY
        case Span.WEEK:
            monday = day - day.weekday() * _ONE_DAY
            return monday + after * _DAYS_A_WEEK * _ONE_DAY
        case Span.MONTH:
            years, month = divmod(day.month - 1 + after, 12)
            return date(day.year + years, month + 1, 1)
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
