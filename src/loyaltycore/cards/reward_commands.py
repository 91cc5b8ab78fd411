"""What can be asked of a reward card beside points: its vouchers."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import attrs

from loyaltycore.cards.orders import Order
from loyaltycore.cards.settings import one_of, text, whole
from loyaltycore.program.managers import Permission


__all__ = ["ClaimVoucher", "GrantVoucher", "ReserveVoucher", "UseVoucher"]

_MINUTES_MAX: Final = 366 * 24 * 60
_an_order: Any = attrs.validators.optional(one_of(Order))


@attrs.frozen
class ClaimVoucher:
    """
    Pay the points of a tier for a voucher; the transaction's id is the voucher's.

    Attributes:
        tier: its id in the catalogue.
        order: on which it is used at once; None keeps the voucher for later.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    tier: str = attrs.field(validator=text)
    order: Order | None = attrs.field(default=None, validator=_an_order)


@attrs.frozen
class GrantVoucher:
    """
    A voucher for nothing: by hand, or because of an occasion.

    Attributes:
        occasion: what it is granted for, once; None is by hand, as often as you like.
        mark: what of the occasion, such as the day of the birthday.
    """

    permission: ClassVar[Permission] = Permission.ADJUST
    tier: str = attrs.field(validator=text)
    occasion: str | None = attrs.field(default=None, validator=text, kw_only=True)
    mark: str = attrs.field(default="once", validator=text, kw_only=True)


@attrs.frozen
class UseVoucher:
    """
    Use a voucher.

    Attributes:
        voucher: its id; None is the one that ends soonest.
        order: what it takes its benefit off.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    voucher: str | None = attrs.field(default=None, validator=text)
    order: Order | None = attrs.field(default=None, validator=_an_order)


@attrs.frozen
class ReserveVoucher:
    """
    Keep a voucher for an order that is not paid yet; capture or release it then.

    Attributes:
        minutes: after which it is released by itself; 1 to a year's.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    voucher: str | None = attrs.field(default=None, validator=text)
    order: Order | None = attrs.field(default=None, validator=_an_order)
    minutes: int = attrs.field(
        default=15, validator=whole(1, _MINUTES_MAX), kw_only=True
    )
