"""
What is bought, as the caller writes it and as it is reckoned with.

An order is lines, or only a total; its bill is the same in minor units, line by line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.asking import count_of
from loyaltycore.cards.settings import not_negative, text
from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.values.money import (
    Amount,
    AmountLike,
    amount_of,
    amount_text,
    minor_units,
    optional_amount,
)
from loyaltycore.values.quantity import UNITS_MAX


if TYPE_CHECKING:
    from loyaltycore.ledger.decision import Till

__all__ = ["Bill", "BillLine", "Line", "Order", "order_of", "with_discount"]

_LINES_MAX = 1_000


@attrs.frozen
class Line:
    """
    Pieces of one article.

    Attributes:
        sku: the article, as the shop calls it.
        price: of one piece, in the program's currency, not negative.
        quantity: 1 to 1,000.
    """

    sku: str = attrs.field(validator=text)
    price: Amount = attrs.field(converter=amount_of, validator=not_negative)
    quantity: int = attrs.field(default=1, converter=count_of)


def _given(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Take a list as well as a tuple."""
    return tuple(lines)


def _check_lines(_: object, __: object, lines: tuple[object, ...]) -> None:
    if not all(isinstance(line, Line) for line in lines):
        raise InvalidValue("lines", "each is a Line.")
    if len(lines) > _LINES_MAX:
        raise InvalidValue("lines", f"at most {_LINES_MAX}, not {len(lines)}.")


@attrs.frozen
class BillLine:
    """
    A line as it is reckoned with.

    Attributes:
        sku: empty where only the total of an order is known.
        amount: minor units that are still to be paid for all of its pieces.
    """

    sku: str
    quantity: int
    amount: int

    @property
    def piece(self) -> Fraction:
        """Minor units of one piece, which after a discount may be a fraction."""
        return Fraction(self.amount, self.quantity)


@attrs.frozen
class Bill:
    """An order in minor units, line by line."""

    currency: str
    lines: tuple[BillLine, ...]

    @property
    def amounts(self) -> tuple[int, ...]:
        """Minor units of each line."""
        return tuple(line.amount for line in self.lines)

    @property
    def total(self) -> int:
        """Minor units of all lines."""
        return sum(self.amounts)

    def less(self, by_line: Sequence[int]) -> Bill:
        """
        The bill after a discount.

        Args:
            by_line: minor units off each line, not more than there are on it.
        """
        lines = tuple(
            BillLine(line.sku, line.quantity, line.amount - off)
            for line, off in zip(self.lines, by_line, strict=True)
        )
        return Bill(self.currency, lines)


@attrs.frozen
class Order:
    """
    What is bought, by lines or only as a total: ``Order("49.90")``.

    Attributes:
        total: in the program's currency; beside lines it has to be what they come to.
        lines: at most 1,000; shipping and the like are lines of their own.

    Raises:
        InvalidValue: neither a total nor lines, or something else than lines.
        InvalidAmount: no number, or below 0.
    """

    total: Amount | None = attrs.field(
        default=None,
        converter=optional_amount,
        validator=attrs.validators.optional(not_negative),
    )
    lines: tuple[Line, ...] = attrs.field(
        default=(), converter=_given, validator=_check_lines, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.total is None and not self.lines:
            raise InvalidValue("total", "give the lines of the order, or its total.")

    def bill(self, currency: str) -> Bill:
        """
        The order in minor units; one without lines is one line without a SKU.

        Raises:
            InvalidAmount: a price that the currency cannot hold, or more in all than
                can be kept exactly.
            InvalidValue: the total is not what the lines come to.
            CurrencyMismatch: money of another currency.
        """
        lines = tuple(
            BillLine(
                line.sku,
                line.quantity,
                minor_units(line.price, currency) * line.quantity,
            )
            for line in self.lines
        )
        if self.total is None:
            return _kept(Bill(currency, lines))
        total = minor_units(self.total, currency)
        if not lines:
            return Bill(currency, (BillLine("", 1, total),))
        bill = _kept(Bill(currency, lines))
        if bill.total != total:
            come_to, said = (
                amount_text(minor, currency) for minor in (bill.total, total)
            )
            raise InvalidValue("total", f"the lines come to {come_to}, not {said}.")
        return bill


def order_of(value: Order | AmountLike) -> Order:
    """Take a total alone for an order without lines."""
    return value if isinstance(value, Order) else Order(value)


def _kept(bill: Bill) -> Bill:
    """Return a bill if the ledger can hold its total."""
    if bill.total > UNITS_MAX:
        raise InvalidAmount("The order comes to more than can be kept exactly.")
    return bill


def with_discount(
    till: Till, by_line: tuple[int, ...], pay: int, currency: str
) -> Till:
    """
    What the till shows, and what came off an order and is left to pay of it.

    Args:
        by_line: minor units off each line.
        pay: minor units.
    """
    off = sum(by_line)
    shown = (f"{amount_text(n, currency)} {currency}" for n in (off, pay))
    text = "{} off, pay {}, ".format(*shown) + till.text
    return till.with_order(text, discount=off, pay=pay, by_line=by_line)
