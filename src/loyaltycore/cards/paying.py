"""
Paying with points: what they are worth, and how many an order may take.

At 0.01 a point, 10,000 points and an order of 100.00 with a cap of 50 %, the order takes
5,000 points; in multiples of 100, a balance of 1,050 gives 1,000.
"""

from __future__ import annotations

from decimal import Decimal

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.values.money import exponent
from loyaltycore.values.quantity import (
    Rounding,
    decimal_of,
    percent_basis_points,
    round_units,
    to_units,
)


__all__ = ["Paying"]

_WHOLE = 10_000  # basis points


@attrs.frozen(kw_only=True)
class Paying:
    """
    How points become money at the till.

    Attributes:
        value_per_point: in the program's currency, above 0.
        min_points: fewer are not taken.
        multiple_of: only multiples of so many points are taken.
        max_percent_of_order: the most of an order that points may pay.
    """

    value_per_point: Decimal = attrs.field(default=Decimal(1), converter=decimal_of)
    min_points: Decimal = attrs.field(default=Decimal(0), converter=decimal_of)
    multiple_of: Decimal | None = attrs.field(
        default=None, converter=attrs.converters.optional(decimal_of)
    )
    max_percent_of_order: Decimal = attrs.field(
        default=Decimal(100), converter=decimal_of
    )

    @value_per_point.validator
    def _check_value_per_point(self, _: object, value: Decimal) -> None:
        if value <= 0:
            raise InvalidValue("value_per_point", "an amount above 0.")

    @min_points.validator
    def _check_min_points(self, _: object, value: Decimal) -> None:
        if value < 0:
            raise InvalidValue("min_points", "not below 0.")

    @multiple_of.validator
    def _check_multiple_of(self, _: object, value: Decimal | None) -> None:
        if value is not None and value <= 0:
            raise InvalidValue("multiple_of", "a number of points above 0.")

    @max_percent_of_order.validator
    def _check_max_percent_of_order(self, _: object, value: Decimal) -> None:
        percent_basis_points(value)

    def worth(self, units: int, scale: int, currency: str) -> int:
        """Minor units that so many points pay, rounded down."""
        value = Decimal(units) * self.value_per_point
        return round_units(value.scaleb(exponent(currency) - scale), Rounding.FLOOR)

    def redeemable(
        self, balance: int, order_total: int | None, scale: int, currency: str
    ) -> int:
        """
        The most points that can be taken now, 0 when too few for the minimum.

        Args:
            balance: smallest units.
            order_total: minor units; None does not cap.
            scale: decimals of a point.
        """
        units = max(0, balance)
        if order_total is not None:
            share = percent_basis_points(self.max_percent_of_order)
            cap = Decimal(order_total * share) / _WHOLE / self.value_per_point
            cap = cap.scaleb(scale - exponent(currency))
            units = min(units, round_units(cap, Rounding.FLOOR))
        units -= units % self.step(scale)
        return units if units >= self.least(scale) else 0

    def step(self, scale: int) -> int:
        """Points are taken in multiples of so many smallest units."""
        return 1 if self.multiple_of is None else to_units(self.multiple_of, scale)

    def least(self, scale: int) -> int:
        """The smallest units below which none are taken."""
        return to_units(self.min_points, scale)
