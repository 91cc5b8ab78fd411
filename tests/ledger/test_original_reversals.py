"""What still stands of a transaction whose reversals did more than reverse it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore import cards
from loyaltycore.ledger.original import Original
from loyaltycore.ledger.transactions import Entry, EntryKind, Unit


if TYPE_CHECKING:
    from loyaltycore import Loyalty


def test_an_entry_that_reverses_nothing_does_not_count(shop: Loyalty) -> None:
    """Units that expired on their way back change nothing about what stands."""
    rules = cards.Cashback(percent=10)
    template = shop.templates.create("Points", rules)
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    sale = shop.cards.record_purchase(card, "100.00").transaction
    refund = shop.transactions.refund(sale.id, "40.00").transaction
    expired = Entry(
        unit=Unit.POINT, kind=EntryKind.EXPIRE, amount=-100, balance_after=500
    )
    longer = attrs.evolve(refund, entries=(*refund.entries, expired))
    stands = Original(rules, sale, [longer]).stands()

    assert stands == Original(rules, sale, [refund]).stands()
    assert stands == [6_00, 60_00]
