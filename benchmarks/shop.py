"""
The programme that everything is measured on, and purchases to post in it.

A cashback card with three tiers (1 % from 0, 3 % from 100, 5 % from 300), points with
two decimals that expire six months after they were earned. Each purchase carries an
idempotency key and a receipt id, and comes through the public API; so a posting pays
for key, fingerprint, hash chain, customer totals, day figures and outbox. Purchases
are spread evenly over 200 customers with one card each; amounts are drawn once, from
a fixed seed, between 1.00 and 60.00.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import attrs

from loyaltycore import Loyalty, Program, cards


if TYPE_CHECKING:
    from loyaltycore.ports import Store

__all__ = [
    "CARDS",
    "HISTORY",
    "Purchase",
    "issue_cards",
    "post",
    "purchases",
    "shop_in",
]

#: Customers, each with one card.
CARDS = 200

#: Purchases that a card has behind it before it is measured on a file.
HISTORY = 20

_PROGRAM = Program(id="bench", currency="EUR", zone="Europe/Berlin")


@attrs.frozen
class Purchase:
    """
    What is posted.

    Attributes:
        card: which of the cards, by its place.
    """

    card: int
    amount: str
    key: str
    receipt_id: str


def shop_in(store: Store) -> Loyalty:
    """Open the programme on a store."""
    return Loyalty(store, _PROGRAM)


def issue_cards(shop: Loyalty) -> list[str]:
    """Make the template, register the customers, and issue each a card."""
    rules = cards.Cashback(
        tiers=(
            cards.Tier("Bronze", 0, 1),
            cards.Tier("Silver", 100, 3),
            cards.Tier("Gold", 300, 5),
        ),
        points_scale=2,
        points_expiry=cards.Rolling(6, "months"),
    )
    with shop.batch() as batch:
        template = batch.templates.create("Points", rules)
        customers = [
            batch.customers.register(first_name="Ada", last_name=f"Number {number}")
            for number in range(CARDS)
        ]
        return [batch.cards.issue(template.id, to=each.id).id for each in customers]


def purchases(count: int, name: str) -> list[Purchase]:
    """
    List purchases in turn over all cards, the same ones for the same name.

    Args:
        name: makes keys and receipts of different lists differ.
    """
    chance = Random(name)
    return [
        Purchase(
            card=number % CARDS,
            amount=f"{chance.randint(100, 6000) / 100:.2f}",
            key=f"{name}/{number}",
            receipt_id=f"R-{name}-{number}",
        )
        for number in range(count)
    ]


def post(shop: Loyalty, card_ids: list[str], purchase: Purchase) -> None:
    """Post one through the public API, as a till would."""
    shop.cards.record_purchase(
        card_ids[purchase.card],
        purchase.amount,
        key=purchase.key,
        receipt_id=purchase.receipt_id,
    )
