"""
What commands are made of: how their fields are read, and how they are written down.

A caller writes "49.90" or 9; it is checked once, when the command is made.  A command
is written down as JSON data, which the journal keeps and a replay is known by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.program.managers import Permission
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import decimal_of


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "NO_ITEMS",
    "count_of",
    "describe",
    "items_of",
    "optional_points",
    "permission_of",
    "points_of",
]

NO_ITEMS: Final[Mapping[str, int]] = MappingProxyType({})

_N_MAX: Final = 1_000


def points_of(value: Decimal | int | str) -> Decimal:
    """
    Read a number of points as an exact number.

    Raises:
        InvalidAmount: it is no number, or below 0.
    """
    points = decimal_of(value)
    if points < 0:
        raise InvalidAmount(f"Give a number of points that is not below 0: {points}.")
    return points


def optional_points(value: Decimal | int | str | None) -> Decimal | None:
    """Read a number of points that may be left out."""
    return None if value is None else points_of(value)


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


def items_of(items: Mapping[str, int]) -> Mapping[str, int]:
    """
    Check how many of each; nobody changes them afterwards.

    Raises:
        InvalidValue: it is no mapping.
        InvalidAmount: a count that is none.
    """
    if not isinstance(items, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidValue("items", 'how many of each SKU, such as {"latte": 2}.')
    return MappingProxyType({sku: count_of(n) for sku, n in items.items()})


def describe(command: object) -> Facts:
    """
    A command as JSON data, without fields that have their default.

    So a field that a later version adds does not change what an old request looked
    like.  Numbers are written out: 49.9 and 49.90 are the same request.

    Raises:
        InvalidValue: it is no command, or has a field that cannot be written down.
    """
    command_type: type[Any] = type(command)
    if not attrs.has(command_type):
        name = command_type.__name__
        message = f"pass a command, such as cards.AddStamps(1), not a {name}."
        raise InvalidValue("command", message)
    facts: dict[str, object] = {"type": command_type.__name__}
    for name, default in _fields(command_type):
        value = getattr(command, name)
        if value != default:
            facts[name] = _plain(name, value)
    return facts


def permission_of(command: object) -> Permission:
    """
    What a manager needs for a command: what its class names, else ``EARN``.

    A command that takes something away or corrects it names another one, as
    ``permission: ClassVar[Permission] = Permission.REDEEM``.
    """
    named = getattr(type(command), "permission", None)
    return named if isinstance(named, Permission) else Permission.EARN


@cache
def _fields(command_type: type[Any]) -> tuple[tuple[str, object], ...]:
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
            mapping = cast("Mapping[str, Any]", value)
            return {key: _plain(name, item) for key, item in mapping.items()}
        case tuple():
            return [_plain(name, item) for item in cast("Sequence[object]", value)]
        case _ if attrs.has(type(value)):
            return describe(value)
        case _:
            kind = type(value).__name__
            message = f"a command holds text, numbers, money and dates, not {kind}."
            raise InvalidValue(name, message)
