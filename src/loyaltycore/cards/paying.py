"""
Paying with points: what they are worth, and how many an order may take.

At 0.01 a point, 10,000 points and an order of 100.00 with a cap of 50 %, the order
takes 5,000 points; in multiples of 100, a balance of 1,050 gives 1,000.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.settings import above_zero, not_negative, percentage
from loyaltycore.errors import (
    BelowMinimum,
    InvalidAmount,
    InvalidValue,
    LimitReached,
    Refusal,
)
from loyaltycore.values.money import amount_text, exponent, minor_units
from loyaltycore.values.quantity import (
    Rounding,
    decimal_of,
    divide,
    from_units,
    percent_basis_points,
    to_units,
)


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.cards.commands import RedeemPoints
    from loyaltycore.ledger.decision import Outcome

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

    value_per_point: Decimal = attrs.field(
        default=Decimal(1), converter=decimal_of, validator=above_zero
    )
    min_points: Decimal = attrs.field(
        default=Decimal(0), converter=decimal_of, validator=not_negative
    )
    multiple_of: Decimal | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(decimal_of),
        validator=above_zero,
    )
    max_percent_of_order: Decimal = attrs.field(
        default=Decimal(100), converter=decimal_of, validator=percentage
    )

    def check(self, scale: int) -> None:
        """
        Refuse numbers of points that have more decimals than a point.

        Raises:
            InvalidValue: naming the field.
        """
        for field, points in (
            ("min_points", self.min_points),
            ("multiple_of", self.multiple_of or Decimal(0)),
        ):
            try:
                to_units(points, scale)
            except InvalidAmount as error:
                raise InvalidValue(field, error.message) from None

    def redeem(
        self,
        command: RedeemPoints,
        take: Callable[[int], Outcome | Refusal],
        scale: int,
        currency: str,
    ) -> Outcome | Refusal:
        """
        Take the points that an order is paid with, and say what is left to pay.

        Args:
            take: takes so many smallest units from the card.
            scale: decimals of a point.

        Raises:
            InvalidValue: points may pay a part of an order, and there is no order.
        """
        units, total = to_units(command.points, scale), command.order_total
        order = None if total is None else minor_units(total, currency)
        outcome = self._refusal(units, order, scale, currency) or take(units)
        if isinstance(outcome, Refusal):
            return outcome
        discount = self._discount(units, order, scale, currency)
        words = [outcome.till.text, f"{amount_text(discount, currency)} {currency} off"]
        pay = None if order is None else order - discount
        if pay is not None:
            words.append(f"pay {amount_text(pay, currency)} {currency}")
        text = ", ".join(words)
        till = attrs.evolve(outcome.till, text=text, discount=discount, pay=pay)
        return attrs.evolve(outcome, till=till)

    def worth(self, units: int, scale: int, currency: str) -> int:
        """Minor units that so many points pay, half up."""
        value, per = self.value_per_point.as_integer_ratio()
        coins = units * value * 10 ** exponent(currency)
        return divide(coins, per * 10**scale, Rounding.HALF_UP)

    def redeemable(
        self, balance: int, order: int | None, scale: int, currency: str
    ) -> int:
        """
        The most points that can be taken now, 0 when too few for the minimum.

        Args:
            balance: smallest units.
            order: minor units; None does not cap.
            scale: decimals of a point.
        """
        units = max(0, balance)
        if order is not None:
            value, per = self.value_per_point.as_integer_ratio()
            points = self._share_of(order) * per * 10**scale
            coins = _WHOLE * value * 10 ** exponent(currency)
            units = min(units, divide(points, coins, Rounding.FLOOR))
        units -= units % self._step(scale)
        return units if units >= self._least(scale) else 0

    def _discount(
        self, units: int, order: int | None, scale: int, currency: str
    ) -> int:
        """Minor units that so many points take off an order, not beyond its cap."""
        worth = self.worth(units, scale, currency)
        if order is None:
            return worth
        return min(worth, divide(self._share_of(order), _WHOLE, Rounding.FLOOR))

    def _refusal(
        self, units: int, order: int | None, scale: int, currency: str
    ) -> Refusal | None:
        """Why an order may not take so many points, or None."""
        least = max(1, self._least(scale))
        if units < least:
            shown = from_units(least, scale)
            return BelowMinimum(f"At least {shown} points are redeemed at a time.")
        if units % self._step(scale):
            return BelowMinimum(f"Points go in multiples of {self.multiple_of}.")
        if order is None and percent_basis_points(self.max_percent_of_order) < _WHOLE:
            cap = (
                f"points pay at most {self.max_percent_of_order} % of it; say how much."
            )
            raise InvalidValue("order_total", cap)
        most = self.redeemable(units, order, scale, currency)
        if units > most:
            limit = "smallest units of points on this order"
            return LimitReached(limit, used=0, at_most=most)
        return None

    def _share_of(self, order: int) -> int:
        """What points may pay of an order, in ten-thousandths of a minor unit."""
        return order * percent_basis_points(self.max_percent_of_order)

    def _step(self, scale: int) -> int:
        return 1 if self.multiple_of is None else to_units(self.multiple_of, scale)

    def _least(self, scale: int) -> int:
        return to_units(self.min_points, scale)
