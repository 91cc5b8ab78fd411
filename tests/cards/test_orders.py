"""Orders, and what they come to."""

from __future__ import annotations

from typing import Any

import pytest

from loyaltycore import Money, cards, errors
from loyaltycore.values.quantity import UNITS_MAX


NO_LINES: Any = ["coffee"]


def order_of(*prices: str) -> cards.Order:
    """One piece of an article for each price."""
    return cards.Order(lines=[cards.Line(f"sku-{n}", p) for n, p in enumerate(prices)])


class TestOrder:
    def test_a_total_is_one_line(self):
        """An order of which only the total is known has one line without a SKU."""
        bill = cards.Order("49.90").bill("EUR")

        assert (("", 1, 4990),) == tuple(
            (line.sku, line.quantity, line.amount) for line in bill.lines
        )

    def test_lines_come_to_price_times_quantity(self):
        """Two coffees at 3.50 and a cake at 4.20 come to 11.20."""
        lines = [cards.Line("coffee", "3.50", 2), cards.Line("cake", "4.20")]
        bill = cards.Order(lines=lines).bill("EUR")

        assert (700, 420) == bill.amounts
        assert 1120 == bill.total

    def test_a_total_beside_lines_has_to_fit(self):
        """A total that the lines do not come to is refused, with both numbers."""
        lines = [cards.Line("coffee", "3.50", 2)]

        bill = cards.Order("7.00", lines=lines).bill("EUR")
        assert ("EUR", 700) == (bill.currency, bill.total)
        with pytest.raises(
            errors.InvalidValue, match="^total: .*come to 7.00, not 7.01"
        ):
            cards.Order("7.01", lines=lines).bill("EUR")

    def test_a_thousand_lines_are_an_order(self):
        """The most lines that an order can have are 1,000."""
        order = cards.Order(lines=[cards.Line("screw", "0.01")] * 1000)

        assert 10_00 == order.bill("EUR").total

    def test_money_of_the_currency_counts(self):
        """Prices come as money too, of the program's currency only."""
        order = cards.Order(Money("5.00", "EUR"))

        assert 500 == order.bill("EUR").total
        with pytest.raises(errors.CurrencyMismatch):
            order.bill("USD")

    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (cards.Order, "total: give the lines"),
            (lambda: cards.Order("-0.01"), "total: not below 0"),
            (lambda: cards.Order(lines=NO_LINES), "lines: each is a Line"),
            (
                lambda: cards.Order(lines=[cards.Line("coffee", 1)] * 1001),
                "lines: at most 1000",
            ),
            (lambda: cards.Line("", 1), "sku: say it"),
            (lambda: cards.Line("coffee", "-1"), "price: not below 0"),
        ],
    )
    def test_what_cannot_be_is_named(self, make, says):
        """An order that makes no sense is refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            make()

    @pytest.mark.parametrize("quantity", [0, -1, 1001, "2", 1.0, True])
    def test_a_quantity_is_a_whole_number(self, quantity):
        """Pieces are counted from 1 to 1,000."""
        with pytest.raises(errors.InvalidAmount):
            cards.Line("coffee", 1, quantity)

    def test_a_price_that_the_currency_cannot_hold_is_refused(self):
        """Half a cent is no price in euros."""
        with pytest.raises(errors.InvalidAmount, match="decimals"):
            order_of("1.005").bill("EUR")

    def test_an_order_is_not_beyond_the_ledger(self):
        """Lines whose sum could not be kept exactly are refused."""
        most = Money.of_minor(UNITS_MAX, "EUR")

        assert (
            UNITS_MAX == cards.Order(lines=[cards.Line("ship", most)]).bill("EUR").total
        )
        with pytest.raises(errors.InvalidAmount, match="comes to more"):
            cards.Order(lines=[cards.Line("ship", most, 2)]).bill("EUR")

    def test_a_bill_less_a_discount(self):
        """What is taken off a line is no longer on it."""
        bill = order_of("1.00", "2.00").bill("EUR")

        assert (90, 150) == bill.less((10, 50)).amounts
