"""
The smallest sensible command of a class, to see whether it could be done now.

One stamp, one cent, one hundredth of a point: what a field holds is known by how it is
read, so commands of a card type outside the package are found out alike.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.cards.asking import count_of, points_of
from loyaltycore.cards.commands import RedeemPoints
from loyaltycore.cards.orders import Order, order_of
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Money, amount_of, exponent
from loyaltycore.values.quantity import from_units, to_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.cards.paying import Paying

__all__ = ["smallest_command", "smallest_payment"]


def smallest_command(
    command_type: type[Any], scales: Mapping[Unit, int], currency: str
) -> Any:
    """
    Make the smallest command: what may be left out is, and the rest is one.

    Args:
        scales: decimals of every unit of the card.

    Raises:
        TypeError: a field that has to be given is no number, amount or points; the card
            type has to say itself what its smallest command is.
    """
    ones = {
        count_of: 1,
        amount_of: Decimal(1).scaleb(-exponent(currency)),
        points_of: from_units(1, scales.get(Unit.POINT, 0)),
        order_of: Order(Decimal(1).scaleb(-exponent(currency))),
    }
    given: dict[str, Any] = {}
    for field in attrs.fields(command_type):
        if field.default is attrs.NOTHING:
            if field.converter not in ones:
                name = f"{command_type.__name__}.{field.name}"
                message = f"{name} has no smallest value; override CardType.smallest."
                raise TypeError(message)
            given[field.name] = ones[field.converter]
    return command_type(**given)


def smallest_payment(paying: Paying, scale: int, currency: str) -> RedeemPoints:
    """
    Redeem as few points as can be, on an order that is large enough for them.

    Args:
        scale: decimals of a point.
    """
    step = 1 if paying.multiple_of is None else to_units(paying.multiple_of, scale)
    units = -(-max(1, to_units(paying.min_points, scale)) // step) * step
    points = from_units(units, scale)
    percent = Fraction(paying.max_percent_of_order) or 100
    minor = 10 ** exponent(currency)
    order = Fraction(points) * Fraction(paying.value_per_point) * minor * 100 / percent
    return RedeemPoints(points, order_total=Money.of_minor(ceil(order), currency))
