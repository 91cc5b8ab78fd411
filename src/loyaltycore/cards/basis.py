"""
What part of a purchase earns.

An order of 100.00 with 10 % off by a coupon earns on 90.00; one of which a gift card
pays 50.00 earns on all of it, because a gift card is money.  What points pay earns too,
unless the template says otherwise.  (Odoo documents the first two.)
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from loyaltycore.errors import InvalidAmount
from loyaltycore.values.money import minor_units


if TYPE_CHECKING:
    from loyaltycore.cards.commands import RecordPurchase
    from loyaltycore.ledger.transactions import Facts
    from loyaltycore.values.money import Amount

__all__ = ["EarnBasis", "base_of", "base_on"]


class EarnBasis(StrEnum):
    """
    ``gross``: the whole purchase.  ``net_of_discounts``: less what was taken off.

    ``net_of_points_too``: less what was taken off, and what points have paid.
    """

    GROSS = "gross"
    NET_OF_DISCOUNTS = "net_of_discounts"
    NET_OF_POINTS_TOO = "net_of_points_too"


def base_of(
    basis: EarnBasis, command: RecordPurchase, amount: int, currency: str
) -> int:
    """
    Minor units of a purchase that earn.

    Args:
        amount: minor units of the whole purchase.

    Raises:
        InvalidAmount: more is taken off than there was.
    """
    discount = _minor(command.discount, currency)
    points = _minor(command.paid_in_points, currency)
    if discount + points > amount:
        raise InvalidAmount("Discount and points come to more than the purchase.")
    match basis:
        case EarnBasis.GROSS:
            return amount
        case EarnBasis.NET_OF_DISCOUNTS:
            return amount - discount
        case EarnBasis.NET_OF_POINTS_TOO:
            return amount - discount - points
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


def base_on(pinned: Facts, net: int) -> int:
    """What earns of a purchase that is worth *net* by now: the same share of it."""
    if "base" not in pinned:
        return net
    base, of = pinned["base"]
    return int(net * base // of) if of else 0


def _minor(amount: Amount | None, currency: str) -> int:
    return 0 if amount is None else minor_units(amount, currency)
