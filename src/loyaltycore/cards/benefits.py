"""
What a coupon or a reward is good for, and what that takes off an order.

20 % with at most 15.00 takes 15.00 off an order of 100.00.  Nothing that is taken off
is ever more than what is left to pay of its line.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias, assert_never

import attrs

from loyaltycore.cards.line_discounts import (
    RoundingLevel,
    amount_off,
    at_most,
    percent_off,
)
from loyaltycore.cards.orders import Bill
from loyaltycore.cards.settings import (
    above_zero,
    check_amount,
    member_of,
    not_negative,
    percentage,
    text,
    whole,
)
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Amount, amount_of, minor_units, optional_amount
from loyaltycore.values.quantity import (
    Rounding,
    decimal_of,
    divide,
    percent_basis_points,
)


__all__ = [
    "AmountOff",
    "Benefit",
    "FreeItem",
    "NewPrice",
    "Percent",
    "Units",
    "check_benefit",
    "discount_of",
]

_N_MAX = 1_000


@attrs.frozen
class Percent:
    """
    A percentage off.

    Attributes:
        percent: above 0 to 100, with at most two decimals.
        max_discount: the most that it takes off, in the program's currency.
    """

    percent: Decimal = attrs.field(
        converter=decimal_of, validator=[percentage, above_zero]
    )
    max_discount: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero, kw_only=True
    )


@attrs.frozen
class AmountOff:
    """So much off the order, in the program's currency, or all of a smaller one."""

    amount: Amount = attrs.field(converter=amount_of, validator=above_zero)


@attrs.frozen
class NewPrice:
    """
    Another price, where it is lower.

    Attributes:
        price: in the program's currency; 0 is free.
        sku: each piece of this article costs *price*; without one, the whole order
            does.
    """

    price: Amount = attrs.field(converter=amount_of, validator=not_negative)
    sku: str | None = attrs.field(default=None, validator=text, kw_only=True)


@attrs.frozen
class FreeItem:
    """
    So many pieces of an article for nothing, the cheapest ones first.

    Attributes:
        n: 1 to 1,000.
    """

    sku: str = attrs.field(validator=text)
    n: int = attrs.field(default=1, validator=whole(1, _N_MAX))


@attrs.frozen
class Units:
    """
    Units on another card; nothing comes off the order.

    Attributes:
        template_id: whose cards count the units.
        n: above 0, with the decimals that the unit has there.
    """

    template_id: str = attrs.field(validator=text)
    unit: Unit = attrs.field(validator=member_of(Unit))
    n: Decimal = attrs.field(converter=decimal_of, validator=above_zero)


Benefit: TypeAlias = Percent | AmountOff | NewPrice | FreeItem | Units


def check_benefit(benefit: Benefit, currency: str) -> None:
    """
    Refuse a benefit that the currency cannot hold.

    Raises:
        InvalidValue: naming the field, such as a price of half a cent.
        CurrencyMismatch: money of another currency.
    """
    match benefit:
        case Percent(max_discount=most):
            check_amount("max_discount", most, currency)
        case AmountOff(amount):
            check_amount("amount", amount, currency)
        case NewPrice(price):
            check_amount("price", price, currency)
        case FreeItem() | Units():
            pass
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def discount_of(
    benefit: Benefit, bill: Bill, level: RoundingLevel = RoundingLevel.ORDER
) -> tuple[int, ...]:
    """
    Minor units that a benefit takes off each line of a bill.

    Args:
        level: where a percentage is rounded.
    """
    match benefit:
        case Percent(percent, max_discount=max_discount):
            points = percent_basis_points(percent)
            by_line = percent_off(bill.amounts, points, level)
            if max_discount is None:
                return by_line
            return at_most(by_line, minor_units(max_discount, bill.currency))
        case AmountOff(amount):
            return amount_off(bill.amounts, minor_units(amount, bill.currency))
        case NewPrice(price, sku=None):
            above = bill.total - minor_units(price, bill.currency)
            return amount_off(bill.amounts, max(0, above))
        case NewPrice(price, sku=sku):
            each = minor_units(price, bill.currency)
            return tuple(
                max(0, line.amount - each * line.quantity) if line.sku == sku else 0
                for line in bill.lines
            )
        case FreeItem(sku, n):
            return _free(bill, sku, n)
        case Units():
            return (0,) * len(bill.lines)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _free(bill: Bill, sku: str, n: int) -> tuple[int, ...]:
    """Take pieces off the lines of an article, the cheapest pieces first."""
    by_line = [0] * len(bill.lines)
    found = [index for index, line in enumerate(bill.lines) if line.sku == sku]
    for index in sorted(found, key=lambda index: bill.lines[index].piece):
        line = bill.lines[index]
        pieces = min(n, line.quantity)
        by_line[index] = divide(line.amount * pieces, line.quantity, Rounding.HALF_UP)
        n -= pieces
    return tuple(by_line)
