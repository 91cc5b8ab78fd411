"""
A line of the catalogue of a reward card: what so many points are worth.

A tier is reached with points and used up by a claim.  One that costs nothing has a
limit, so that nobody takes it without end.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias, get_args

import attrs

from loyaltycore.cards.benefits import (
    AmountOff,
    FreeItem,
    NewPrice,
    Percent,
    check_benefit,
)
from loyaltycore.cards.settings import a_day, member_of, not_negative, text, whole
from loyaltycore.errors import (
    InvalidAmount,
    InvalidValue,
    NotAvailable,
)
from loyaltycore.values.quantity import decimal_of, to_units


__all__ = [
    "RewardBenefit",
    "RewardTier",
    "UsageWindow",
    "check_tier",
]

_ID_MAX: Final = 64
_COUNT_MAX: Final = 1_000_000

#: What comes off an order; units on other cards are for coupons to promise.
RewardBenefit: TypeAlias = Percent | AmountOff | NewPrice | FreeItem


class UsageWindow(StrEnum):
    """In what a limit counts: ``ever``, or a local day, ISO week, month or year."""

    EVER = "ever"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def _check_id(_: object, field: attrs.Attribute[Any], value: object) -> None:
    text(None, field, value)
    if not isinstance(value, str) or "/" in value or len(value) > _ID_MAX:
        message = f"at most {_ID_MAX} characters, without a slash."
        raise InvalidValue(field.name, message)


def _check_benefit(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if value is not None and not isinstance(value, get_args(RewardBenefit)):
        names = ", ".join(kind.__name__ for kind in get_args(RewardBenefit))
        raise InvalidValue(field.name, f"one of {names}, or None for a gift.")


@attrs.frozen
class RewardTier:
    """
    A reward and its price in points.

    Attributes:
        id: what a claim names; without a slash.
        name: for customers.
        threshold: points that it costs, not below 0.
        benefit: what it takes off an order; None is a gift that is handed over.
        usage_limit: how often a customer may claim it in a window; needed at 0 points.
        usage_window: the window.
        valid_from, valid_to: first and last local day on which it can be claimed.
        stock: how often all customers together may claim it.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be, by name.
    """

    id: str = attrs.field(validator=_check_id)
    name: str = attrs.field(validator=text)
    threshold: Decimal = attrs.field(converter=decimal_of, validator=not_negative)
    benefit: RewardBenefit | None = attrs.field(default=None, validator=_check_benefit)
    usage_limit: int | None = attrs.field(
        default=None, validator=whole(1, _COUNT_MAX), kw_only=True
    )
    usage_window: UsageWindow = attrs.field(
        default=UsageWindow.EVER, validator=member_of(UsageWindow), kw_only=True
    )
    valid_from: date | None = attrs.field(default=None, validator=a_day, kw_only=True)
    valid_to: date | None = attrs.field(default=None, validator=a_day, kw_only=True)
    stock: int | None = attrs.field(
        default=None, validator=whole(0, _COUNT_MAX), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if not self.threshold and self.usage_limit is None:
            message = "a reward for 0 points needs one, such as 1."
            raise InvalidValue("usage_limit", message)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InvalidValue("valid_to", "not before valid_from.")

    def closed(self, day: date) -> NotAvailable | None:
        """Why it cannot be claimed on a day, or None."""
        if self.valid_from is not None and day < self.valid_from:
            message = f"{self.name} can be claimed from {self.valid_from} on."
            return NotAvailable(message, status="not_begun")
        if self.valid_to is not None and day > self.valid_to:
            message = f"{self.name} could be claimed until {self.valid_to}."
            return NotAvailable(message, status="ended")
        return None


def check_tier(tier: RewardTier, scale: int, currency: str) -> None:
    """
    Refuse a tier that the points, or the currency, cannot hold.

    Args:
        scale: decimals of a point.

    Raises:
        InvalidValue: naming the field.
        CurrencyMismatch: money of another currency.
    """
    try:
        to_units(tier.threshold, scale)
    except InvalidAmount as error:
        raise InvalidValue("threshold", error.message) from None
    if tier.benefit is not None:
        check_benefit(tier.benefit, currency)
