"""
What can be asked of a card.

A command is a frozen value; what a caller writes ("49.90", 9) is checked when it is
made.  Which of them a card type takes is for the type to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import decimal_of


if TYPE_CHECKING:
    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "AddPoints",
    "AddRewards",
    "AddSpend",
    "AddStamps",
    "Amount",
    "CheckIn",
    "ClaimReward",
    "RecordPurchase",
    "RedeemPoints",
    "SubtractPoints",
    "SubtractRewards",
    "SubtractSpend",
    "SubtractStamps",
    "describe",
]

Amount: TypeAlias = Decimal | Money
AmountLike: TypeAlias = Decimal | int | str | Money

_N_MAX = 1_000


def amount_of(value: AmountLike) -> Amount:
    """Keep money as it is and read anything else as an exact number."""
    return value if isinstance(value, Money) else decimal_of(value)


def _optional_amount(value: AmountLike | None) -> Amount | None:
    return None if value is None else amount_of(value)


def _optional_decimal(value: Decimal | int | str | None) -> Decimal | None:
    return None if value is None else decimal_of(value)


def count_of(value: int) -> int:
    """
    Check how many of something: a whole number from 1 to 1,000.

    Raises:
        InvalidAmount: anything else.
    """
    if type(value) is not int:
        raise InvalidAmount(f"Give a whole number, not {type(value).__name__}.")
    if not 1 <= value <= _N_MAX:
        raise InvalidAmount(f"Give a whole number from 1 to {_N_MAX}, not {value}.")
    return value


def _items(items: Mapping[str, int]) -> Mapping[str, int]:
    return MappingProxyType({sku: count_of(n) for sku, n in items.items()})


_NO_ITEMS: Mapping[str, int] = MappingProxyType({})


@attrs.frozen
class RecordPurchase:
    """
    A purchase was paid.

    Attributes:
        amount: in the program's currency, not negative.
        items: how many of each SKU, where the card counts products.
    """

    amount: Amount = attrs.field(converter=amount_of)
    items: Mapping[str, int] = attrs.field(
        default=_NO_ITEMS, converter=_items, kw_only=True
    )


@attrs.frozen
class CheckIn:
    """A visit, with or without a purchase."""


@attrs.frozen
class AddStamps:
    """
    Stamps by hand.

    Attributes:
        n: 1 to 1,000.
        purchase_amount: what was bought, for the customer's totals only.
    """

    n: int = attrs.field(converter=count_of)
    purchase_amount: Amount | None = attrs.field(
        default=None, converter=_optional_amount, kw_only=True
    )


@attrs.frozen
class SubtractStamps:
    """Stamps away by hand, not more than there are."""

    n: int = attrs.field(converter=count_of)


@attrs.frozen
class AddRewards:
    """
    Rewards by hand.

    Attributes:
        milestone: which one, by its number of stamps; None is the full card's.
    """

    n: int = attrs.field(converter=count_of, default=1)
    milestone: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class SubtractRewards:
    """Unused rewards away by hand; *milestone* None takes the soonest to expire."""

    n: int = attrs.field(converter=count_of, default=1)
    milestone: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ClaimReward:
    """
    Hand rewards out.

    Attributes:
        milestone: which one, by its number of stamps; None is the soonest to expire.
    """

    milestone: int | None = None
    n: int = attrs.field(converter=count_of, default=1, kw_only=True)


@attrs.frozen
class AddPoints:
    """Points by hand; spend stays."""

    points: Decimal = attrs.field(converter=decimal_of)


@attrs.frozen
class SubtractPoints:
    """Points away by hand, not more than there are; spend stays."""

    points: Decimal = attrs.field(converter=decimal_of)


@attrs.frozen
class AddSpend:
    """Spend by hand, with the points that it earns; no purchase is counted."""

    amount: Amount = attrs.field(converter=amount_of)


@attrs.frozen
class SubtractSpend:
    """Spend away by hand, with the points that it would earn now."""

    amount: Amount = attrs.field(converter=amount_of)


@attrs.frozen
class RedeemPoints:
    """
    Pay with points.

    Attributes:
        order_total: of the order that is paid, for caps and what is left to pay.
        confirm: the points typed a second time; it has to agree.
    """

    points: Decimal = attrs.field(converter=decimal_of)
    order_total: Amount | None = attrs.field(
        default=None, converter=_optional_amount, kw_only=True
    )
    confirm: Decimal | None = attrs.field(
        default=None, converter=_optional_decimal, kw_only=True
    )


def describe(command: object) -> Facts:
    """
    A command as JSON data, without fields that have their default.

    So a field that a later version adds does not change what an old request looked
    like.  Numbers are written out: 49.9 and 49.90 are the same request.

    Raises:
        InvalidValue: a field of a type that cannot be written down.
    """
    facts: dict[str, object] = {"type": type(command).__name__}
    for name, default in _fields(type(command)):
        value = getattr(command, name)
        if value != default:
            facts[name] = _plain(name, value)
    return facts


@cache
def _fields(command_type: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in attrs.fields(command_type))


def _plain(name: str, value: object) -> object:
    match value:
        case str() | int() | None:
            return value
        case Decimal():
            return format(value.normalize(), "f")
        case Money():
            return f"{value.amount.normalize():f} {value.currency}"
        case date() | datetime():
            return value.isoformat()
        case Mapping():
            mapping: Mapping[str, Any] = value
            return {key: _plain(name, item) for key, item in mapping.items()}
        case tuple():
            items: tuple[Any, ...] = value
            return [_plain(name, item) for item in items]
        case _:
            kind = type(value).__name__
            message = f"a command holds text, numbers, money and dates, not {kind}."
            raise InvalidValue(name, message)
