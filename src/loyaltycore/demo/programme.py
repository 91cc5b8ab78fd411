"""The programme of the demo: whose it is, and by which rules it gives points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore import cards
from loyaltycore.program.program import Program


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card, CardTemplate
    from loyaltycore.loyalty import Loyalty

__all__ = ["CDNOW", "RULES", "card_of", "template_of"]

CDNOW: Final = Program(id="cdnow", currency="USD", zone="America/New_York")

#: 1 % back, 3 % from 100 USD spent and 5 % from 300, good for six months.
RULES: Final = cards.Cashback(
    tiers=(
        cards.Tier("Bronze", 0, 1),
        cards.Tier("Silver", 100, 3),
        cards.Tier("Gold", 300, 5),
    ),
    points_scale=2,
    points_expiry=cards.Rolling(6, "months"),
)
_NAME = "CDNOW points"


def template_of(shop: Loyalty) -> CardTemplate:
    """Return the programme's one template, which the first run creates."""
    named = (known for known in shop.templates.list() if known.name == _NAME)
    return next(named, None) or shop.templates.create(_NAME, RULES)


def card_of(shop: Loyalty, template: CardTemplate, customer: str) -> Card:
    """
    Return a customer's card; who is new is registered and gets one.

    Args:
        customer: their number in the sample, which becomes the external id.
    """
    known = shop.customers.find(external_id=customer)
    if known is None:
        known = shop.customers.register(external_id=customer, source="till")
    ours = (card for card in shop.cards.of(known.id) if card.template_id == template.id)
    return next(ours, None) or shop.cards.issue(template.id, to=known.id)
