"""
What can be asked of any card, whatever its type, and of any transaction.

These are the ledger's own commands.  What a till asks of one kind of card only is in
``cards.commands``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, TypeAlias

import attrs

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.transactions import Unit
from loyaltycore.program.managers import Permission
from loyaltycore.values.money import Amount, amount_of, number_of, optional_amount


__all__ = [
    "Adjust",
    "Amend",
    "Capture",
    "CardCommand",
    "Hold",
    "Import",
    "Receive",
    "Refund",
    "Release",
    "TransactionCommand",
    "Transfer",
    "Void",
]

_HOLD_MAX = timedelta(days=366)


def _check_above_zero(_: object, __: object, amount: Any) -> None:
    if amount is not None and number_of(amount) <= 0:
        raise InvalidAmount(f"Give an amount above 0, not {amount}.")


def _check_not_zero(_: object, __: object, amount: Amount) -> None:
    if number_of(amount) == 0:
        raise InvalidAmount("Give an amount up or down; 0 changes nothing.")


def _check_not_negative(_: object, __: object, amount: Amount) -> None:
    if number_of(amount) < 0:
        raise InvalidAmount(f"Give an amount that is not below 0: {amount}.")


def _check_minutes(_: object, __: object, minutes: int) -> None:
    most = int(_HOLD_MAX.total_seconds() // 60)
    if type(minutes) is not int or not 1 <= minutes <= most:
        raise InvalidValue("minutes", f"a whole number from 1 to {most:,}.")


def _unit(value: Unit | str | None) -> Unit | None:
    return None if value is None else _known(value)


def _known(value: Unit | str) -> Unit:
    try:
        return Unit(value)
    except ValueError:
        raise InvalidValue("unit", f"one of {', '.join(Unit)}.") from None


# -- of a card -----------------------------------------------------------------------


@attrs.frozen
class Adjust:
    """
    Units by hand, up or down, on a card of any type.

    Attributes:
        unit: one that the card's type counts.
        amount: above 0 adds, below 0 takes away, never more than there are.
    """

    permission: ClassVar[Permission] = Permission.ADJUST
    unit: Unit = attrs.field(converter=_known)
    amount: Amount = attrs.field(converter=amount_of, validator=_check_not_zero)


@attrs.frozen
class Hold:
    """
    Reserve units until they are captured or released, such as while a card is charged.

    Attributes:
        amount: above 0.
        unit: by default the one that the card's type pays with.
        minutes: after which they are released by themselves; 1 to a year's.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    amount: Amount = attrs.field(converter=amount_of, validator=_check_above_zero)
    unit: Unit | None = attrs.field(default=None, converter=_unit)
    minutes: int = attrs.field(default=15, validator=_check_minutes)


@attrs.frozen
class Import:
    """
    Units that a card had in another system.

    Attributes:
        unit: one that the card's type counts.
        amount: not below 0.
        is_total: so many in all, whatever there are; else so many more.
    """

    permission: ClassVar[Permission] = Permission.IMPORT
    unit: Unit = attrs.field(converter=_known)
    amount: Amount = attrs.field(converter=amount_of, validator=_check_not_negative)
    is_total: bool = attrs.field(default=False, kw_only=True)


@attrs.frozen
class Transfer:
    """
    Move units to another card that counts them alike; lots keep their dates.

    Attributes:
        to: the id of the card that receives them.
        amount: above 0.
        unit: by default the one that the card's type pays with.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    to: str
    amount: Amount = attrs.field(converter=amount_of, validator=_check_above_zero)
    unit: Unit | None = attrs.field(default=None, converter=_unit)


CardCommand: TypeAlias = Adjust | Hold | Import | Transfer


@attrs.frozen
class Receive:
    """
    Units come in that another card sends; the other side of a transfer.

    Attributes:
        amount: smallest units.
    """

    unit: Unit
    amount: int


# -- of a transaction ----------------------------------------------------------------


@attrs.frozen
class Void:
    """Cancel one transaction whole; a second void gives the first one's result."""

    permission: ClassVar[Permission] = Permission.VOID
    transaction_id: str


@attrs.frozen
class Refund:
    """
    Take back part of a purchase, or give back part of what was redeemed.

    Attributes:
        amount: above 0; of a purchase in the program's currency, of a redemption in the
            unit that was redeemed.  None is as much as the card's rules give back.
    """

    permission: ClassVar[Permission] = Permission.VOID
    transaction_id: str
    amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_above_zero
    )


@attrs.frozen
class Amend:
    """
    Correct the amount of a purchase.

    Attributes:
        amount: what the purchase should have been, refunds not taken off.
        is_any: also where other purchases were recorded on the card since.
    """

    permission: ClassVar[Permission] = Permission.AMEND
    transaction_id: str
    amount: Amount = attrs.field(converter=amount_of, validator=_check_not_negative)
    is_any: bool = attrs.field(default=False, kw_only=True)


@attrs.frozen
class Capture:
    """
    Use what a hold reserves; what is left of it is released.

    Attributes:
        amount: above 0, at most what is held; None is all of it.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    transaction_id: str
    amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_above_zero
    )


@attrs.frozen
class Release:
    """Give back what a hold reserves."""

    permission: ClassVar[Permission] = Permission.REDEEM
    transaction_id: str


TransactionCommand: TypeAlias = Void | Refund | Amend | Capture | Release
