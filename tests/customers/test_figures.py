"""Figures: what transactions add to totals, read off the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore import cards


if TYPE_CHECKING:
    from loyaltycore import Loyalty


def test_a_voided_correction_earns_nothing(shop: Loyalty) -> None:
    """Points that come back after a mistaken subtraction were earned only once."""
    template = shop.templates.create("Points", cards.Cashback(percent=10))
    customer = shop.customers.register()
    card = shop.cards.issue(template.id, to=customer.id).id
    shop.cards.record_purchase(card, "100.00")
    taken = shop.cards.subtract_points(card, "4.00")
    shop.transactions.void(taken.id)
    totals = shop.customers.get(customer.id)

    assert totals.points == 10_0000
    assert totals.points_earned == 10_0000
    assert not shop.verify().problems


def test_counts_follow_what_is_taken_back(shop: Loyalty) -> None:
    """A full refund ends a purchase; a void of it after that takes nothing more off."""
    template = shop.templates.create("Points", cards.Cashback(percent=10))
    customer = shop.customers.register()
    card = shop.cards.issue(template.id, to=customer.id).id
    sale = shop.cards.record_purchase(card, "100.00").id
    shop.cards.record_purchase(card, "5.00")

    def counted() -> tuple[int, int, int]:
        totals = shop.customers.get(customer.id)
        return (
            totals.purchases,
            totals.purchase_value,
            shop.reports.tiles().transactions,
        )

    assert counted() == (2, 105_00, 2)
    shop.transactions.refund(sale, "40.00")
    assert counted() == (2, 65_00, 2)
    shop.transactions.refund(sale, "60.00")
    assert counted() == (1, 5_00, 2)
    shop.transactions.void(sale)
    assert counted() == (1, 5_00, 1)
    assert not shop.verify().problems
