"""What is asked of a certificate only."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

import attrs

from loyaltycore.cards.settings import above_zero
from loyaltycore.errors import InvalidValue
from loyaltycore.program.managers import Permission
from loyaltycore.values.money import Amount, amount_of, optional_amount


__all__ = [
    "Activate",
    "BlockMoney",
    "CashOut",
    "ClearBalance",
    "Deactivate",
    "ExtendExpiry",
    "LoadMoney",
    "RedeemMoney",
    "UnblockMoney",
]

_is_code = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}").fullmatch


def _check_code(_: object, field: attrs.Attribute[Any], code: object) -> None:
    if type(code) is not str or not _is_code(code):
        message = "a code of your own, such as lost_card: a to z, 0 to 9, _ and -."
        raise InvalidValue(field.name, message)


def _check_date(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if type(value) is not date:
        raise InvalidValue(field.name, f"a date, not {type(value).__name__}.")


@attrs.frozen
class Activate:
    """
    A certificate that waited for its payment is paid: its first amount counts.

    Attributes:
        purchase_amount: what was paid, so that it can be refunded.
    """

    purchase_amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )


@attrs.frozen
class LoadMoney:
    """
    Money comes onto the card.

    Attributes:
        amount: above 0.
        purchase_amount: what was paid for it, so that it can be refunded.
    """

    amount: Amount = attrs.field(converter=amount_of, validator=above_zero)
    purchase_amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )


@attrs.frozen
class RedeemMoney:
    """
    Pay with the card.

    Attributes:
        amount: above 0; by default as much of the order as the card can pay.
        order_total: what is to be paid after discounts, above 0.

    Raises:
        InvalidValue: neither of the two.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero
    )
    order_total: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.amount is None and self.order_total is None:
            raise InvalidValue("amount", "say how much, or what the order comes to.")


@attrs.frozen
class CashOut:
    """The little that is left is paid out in cash."""

    permission: ClassVar[Permission] = Permission.REDEEM


@attrs.frozen
class ClearBalance:
    """All money on the card is forfeited, for a reason given by its code."""

    permission: ClassVar[Permission] = Permission.ADJUST
    reason: str = attrs.field(validator=_check_code)


@attrs.frozen
class Deactivate:
    """The certificate is never used again; what is on it stays there."""

    permission: ClassVar[Permission] = Permission.ADJUST
    reason: str = attrs.field(validator=_check_code)


@attrs.frozen
class BlockMoney:
    """The money cannot be used until it is unblocked."""

    permission: ClassVar[Permission] = Permission.ADJUST
    reason: str = attrs.field(validator=_check_code)


@attrs.frozen
class UnblockMoney:
    """The money can be used again."""

    permission: ClassVar[Permission] = Permission.ADJUST


@attrs.frozen
class ExtendExpiry:
    """
    Money that would expire earlier counts through a later day.

    Attributes:
        until: the last local day on which it counts.
    """

    permission: ClassVar[Permission] = Permission.ADJUST
    until: date = attrs.field(validator=_check_date)
