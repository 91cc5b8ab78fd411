"""
The figures on top of a dashboard.

Owns what they mean; where the sums come from is a service's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.values.money import Money
from loyaltycore.values.quantity import Rounding, divide, from_units


if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

__all__ = ["RATING_SCALE", "PointTotals", "Tiles", "mean_rating", "tiles"]

#: Decimals in which ratings are added up.
RATING_SCALE: Final = 2


@attrs.frozen(kw_only=True)
class Tiles:
    """
    The program at a glance.

    Attributes:
        customers: how many are living: neither deleted nor merged nor erased.
        transactions: not voided, and neither imported nor fallen due by themselves.
        purchases: not voided and not refunded in full.
        purchase_value: of the purchases, net of refunds; None where the manager who
            asks may not see revenue.
        average: of a purchase, halves of the smallest coin going up; None without one,
            or like the value.
        reviews: ratings given.
        rating: their mean, to two decimals, halves up; None without one.
    """

    customers: int
    transactions: int
    purchases: int
    purchase_value: Money | None
    average: Money | None
    reviews: int
    rating: Decimal | None


@attrs.frozen(kw_only=True)
class PointTotals:
    """
    Points of all customers, to four decimals, the finest that a card can count.

    Attributes:
        earned: in all; claw-backs do not lower it.
        redeemed: less what was given back.
        expired: in all.
        outstanding: what customers can redeem, as far as it was posted: points whose
            day has passed count until they are swept.
    """

    earned: Decimal
    redeemed: Decimal
    expired: Decimal
    outstanding: Decimal


def tiles(sums: Mapping[str, int], currency: str | None) -> Tiles:
    """
    Put the tiles together.

    Args:
        sums: of all day figures, by name.
        currency: of the money, which is in minor units; None leaves it out.
    """
    value, purchases = sums["purchase_value"], sums["purchases"]
    average = None
    if purchases and currency is not None:
        mean = divide(value, purchases, Rounding.HALF_UP)
        average = Money.of_minor(mean, currency)
    return Tiles(
        customers=sums["living"],
        transactions=sums["transactions"],
        purchases=purchases,
        purchase_value=None if currency is None else Money.of_minor(value, currency),
        average=average,
        reviews=sums["reviews"],
        rating=mean_rating(sums["reviews"], sums["rating_sum"]),
    )


def mean_rating(reviews: int, rating_sum: int) -> Decimal | None:
    """
    The mean of ratings, to two decimals, halves up; None without one.

    Args:
        rating_sum: in hundredths.
    """
    if not reviews:
        return None
    return from_units(divide(rating_sum, reviews, Rounding.HALF_UP), RATING_SCALE)
