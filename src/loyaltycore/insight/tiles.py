"""
The figures on top of a dashboard.

Owns what they mean; where the sums come from is a service's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.values.money import Money
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["PointTotals", "Tiles", "tiles"]


@attrs.frozen(kw_only=True)
class Tiles:
    """
    The program at a glance.

    Attributes:
        customers: how many are registered.
        transactions: not voided, and neither imported nor fallen due by themselves.
        purchases: not voided and not refunded in full.
        purchase_value: of the purchases, net of refunds.
        average: of a purchase, halves of the smallest coin going up; None without one.
    """

    customers: int
    transactions: int
    purchases: int
    purchase_value: Money
    average: Money | None


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


def tiles(
    *,
    customers: int,
    transactions: int,
    purchases: int,
    purchase_value: int,
    currency: str,
) -> Tiles:
    """
    Put the tiles together.

    Args:
        purchase_value: minor units.
    """
    average = None
    if purchases:
        mean = divide(purchase_value, purchases, Rounding.HALF_UP)
        average = Money.of_minor(mean, currency)
    return Tiles(
        customers=customers,
        transactions=transactions,
        purchases=purchases,
        purchase_value=Money.of_minor(purchase_value, currency),
        average=average,
    )
