"""Amounts as callers give them, in the smallest units of what a card counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import InvalidAmount
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Money, minor_units
from loyaltycore.values.quantity import to_units


if TYPE_CHECKING:
    from loyaltycore.values.money import Amount

__all__ = ["units_of"]

_MONEY = frozenset({Unit.MONEY, Unit.SPEND})


def units_of(amount: Amount, unit: Unit, scale: int, currency: str) -> int:
    """
    An amount in smallest units: "12.50" points of scale 2 are 1,250.

    Args:
        scale: decimals of the unit.

    Raises:
        InvalidAmount: too many decimals, or money where something else is counted.
        CurrencyMismatch: money of another currency.
    """
    if unit in _MONEY:
        return minor_units(amount, currency, minimum=None)
    if isinstance(amount, Money):
        raise InvalidAmount(f"Give a number of {unit}s, not an amount of money.")
    return to_units(amount, scale)
