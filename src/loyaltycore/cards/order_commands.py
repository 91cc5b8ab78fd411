"""What is asked of cards that take something off an order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import attrs
from attrs.validators import optional

from loyaltycore.cards.offers import Offer
from loyaltycore.cards.orders import Order, order_of
from loyaltycore.cards.settings import text, whole
from loyaltycore.errors import InvalidValue
from loyaltycore.program.managers import Permission
from loyaltycore.values.money import Amount, AmountLike, optional_amount


__all__ = ["DisableCoupon", "RecordOrder", "RedeemCoupon", "ReserveCoupon"]

_MINUTES_MAX = 366 * 24 * 60


def _optional_order(value: Order | AmountLike | None) -> Order | None:
    """Read an order that may be left out."""
    return None if value is None else order_of(value)


def _offers(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Take a list as well as a tuple."""
    return tuple(offers)


def _check_offers(_: object, __: object, offers: tuple[object, ...]) -> None:
    if not all(isinstance(offer, Offer) for offer in offers):
        raise InvalidValue("beside", "each is an Offer.")


@attrs.frozen
class RedeemCoupon:
    """
    A coupon is used.

    Attributes:
        order: what is bought, or its total; only a coupon for units on another card
            goes without one.
        beside: offers that the order has already, as they were applied.
        presented_by: the id of the customer who shows it, if that was asked.
        purchase_amount: what was bought, for the customer's totals only.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    order: Order | None = attrs.field(default=None, converter=_optional_order)
    beside: tuple[Offer, ...] = attrs.field(
        default=(), converter=_offers, validator=_check_offers, kw_only=True
    )
    presented_by: str | None = attrs.field(
        default=None, validator=optional(text), kw_only=True
    )
    purchase_amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )


@attrs.frozen
class ReserveCoupon:
    """
    A coupon is kept for an order until that is paid: capture it, or release it.

    Attributes:
        order: as for ``RedeemCoupon``; so are *beside* and *presented_by*.
        minutes: after which it is released by itself; 1 to a year's.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    order: Order | None = attrs.field(default=None, converter=_optional_order)
    beside: tuple[Offer, ...] = attrs.field(
        default=(), converter=_offers, validator=_check_offers, kw_only=True
    )
    presented_by: str | None = attrs.field(
        default=None, validator=optional(text), kw_only=True
    )
    minutes: int = attrs.field(
        default=15, validator=whole(1, _MINUTES_MAX), kw_only=True
    )


@attrs.frozen
class DisableCoupon:
    """A coupon is taken out of use; a void puts it back."""

    permission: ClassVar[Permission] = Permission.ADJUST


@attrs.frozen
class RecordOrder:
    """
    A purchase by lines, so that the discount is known for each of them.

    Attributes:
        order: before the card's discount; other ones are off its prices already.
    """

    order: Order = attrs.field(converter=order_of)
