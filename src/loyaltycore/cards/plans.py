"""
Plans of a membership: what a period costs and how many visits it has.

Periods begin at anchor + k periods, never at the end of the one before: from an anchor
on 31 January they begin on 28 February, 31 March and 30 April.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast

import attrs

from loyaltycore.cards.settings import check_amount, not_negative, several, text, whole
from loyaltycore.errors import InvalidValue
from loyaltycore.values.expiry import PeriodUnit, period
from loyaltycore.values.money import Amount, amount_of


__all__ = ["MembershipTier", "Plan", "Span", "check_plans", "membership_tiers"]

_COUNT_MAX: Final = 100_000
_TRIAL_MAX: Final = 30
_SPAN_MAX: Final = 1_000
_TIERS_MAX: Final = 20
_MONTHS: Final = 12

_NAMED: Final = {
    "day": (1, "days"),
    "week": (1, "weeks"),
    "month": (1, "months"),
    "quarter": (3, "months"),
    "year": (1, "years"),
}
_read_custom = re.compile(r"([1-9][0-9]{0,3}) (days|weeks|months|years)").fullmatch


@attrs.frozen
class Span:
    """One period of a plan: so many days, weeks, months or years."""

    n: int
    unit: PeriodUnit

    def start(self, anchor: date, k: int) -> date:
        """The first day of the k-th period; the last day there is, beyond it."""
        return _so_long_after(anchor, self.n * k, self.unit)

    def index(self, anchor: date, day: date) -> int:
        """Which period a day lies in that is not before the anchor."""
        if self.unit in {"days", "weeks"}:
            length = self.n * (7 if self.unit == "weeks" else 1)
            return (day - anchor).days // length
        months = (day.year - anchor.year) * _MONTHS + day.month - anchor.month
        k = months // (self.n * (_MONTHS if self.unit == "years" else 1))
        return k - 1 if self.start(anchor, k) > day else k


@lru_cache(maxsize=4096)
def _so_long_after(day: date, n: int, unit: PeriodUnit) -> date:
    """A check-in asks for the borders of its period again and again."""
    try:
        return day + period(n, unit)
    except (OverflowError, ValueError):  # what dateutil raises beyond 9999
        return date.max


def span_of(name: str) -> Span | None:
    """
    The span that a period's name stands for; None for ``once``, which has no end.

    Raises:
        InvalidValue: no name of a period.
    """
    if name == "once":
        return None
    if name in _NAMED:
        n, unit = _NAMED[name]
        return Span(n, cast("PeriodUnit", unit))
    custom = _read_custom(name)
    if custom is None or int(custom[1]) > _SPAN_MAX:
        names = ", ".join(_NAMED)
        message = f"{names}, once, or such as '45 days', not {name!r}."
        raise InvalidValue("period", message)
    return Span(int(custom[1]), cast("PeriodUnit", custom[2]))


def _check_period(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        raise InvalidValue(field.name, "a word, such as month.")
    span_of(value)


@attrs.frozen
class Plan:
    """
    A period with its price.

    Attributes:
        period: day, week, month, quarter, year, once, or such as ``45 days``.
        price: of each period, in the program's currency.
        limit: visits in a period; None is as many as you like.
        per_location_limit: of them, at one location.
        trial_days: before the first period, for nothing; 0 to 30.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be, by name.
    """

    period: str = attrs.field(validator=_check_period)
    price: Amount = attrs.field(converter=amount_of, validator=not_negative)
    limit: int | None = attrs.field(default=None, validator=whole(1, _COUNT_MAX))
    per_location_limit: int | None = attrs.field(
        default=None, validator=whole(1, _COUNT_MAX), kw_only=True
    )
    trial_days: int = attrs.field(
        default=0, validator=whole(0, _TRIAL_MAX), kw_only=True
    )

    @property
    def span(self) -> Span | None:
        """How long a period is; None for one without an end."""
        return span_of(self.period)


def _plans(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    return several("plans", plans, Plan)


def _check_plans(_: object, field: attrs.Attribute[Any], plans: Any) -> None:
    if not plans:
        raise InvalidValue(field.name, "give one Plan or more.")
    if len({plan.period for plan in plans}) < len(plans):
        raise InvalidValue(field.name, "each has a period of its own.")


@attrs.frozen
class MembershipTier:
    """
    A level of membership with its plans; the first plan is the usual one.

    Attributes:
        benefits: what members have of it, in words.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    name: str = attrs.field(validator=text)
    plans: tuple[Plan, ...] = attrs.field(converter=_plans, validator=_check_plans)
    benefits: tuple[str, ...] = attrs.field(default=(), converter=tuple)

    def plan(self, name: str | None) -> Plan:
        """
        The plan of a period; None is the usual one.

        Raises:
            InvalidValue: the tier has no such plan.
        """
        for plan in self.plans:
            if name in {None, plan.period}:
                return plan
        has = ", ".join(plan.period for plan in self.plans)
        raise InvalidValue("period", f"{self.name} has {has}, not {name}.")


def membership_tiers(tiers: Iterable[MembershipTier]) -> tuple[MembershipTier, ...]:
    """
    Check the tiers of a template, the lowest first.

    Raises:
        InvalidValue: none, too many, something else, or two of a name.
    """
    given = several("tiers", tiers, MembershipTier)
    if not 1 <= len(given) <= _TIERS_MAX:
        raise InvalidValue("tiers", f"1 to {_TIERS_MAX} of them, not {len(given)}.")
    if len({tier.name for tier in given}) < len(given):
        raise InvalidValue("tiers", "each has a name of its own.")
    return given


def check_plans(tiers: tuple[MembershipTier, ...], currency: str) -> None:
    """
    Refuse prices that the currency cannot hold.

    Raises:
        InvalidValue: naming the field.
        CurrencyMismatch: money of another currency.
    """
    for tier in tiers:
        for plan in tier.plans:
            check_amount("price", plan.price, currency)
