"""Everything that a filter may ask of one customer, as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ledger.transactions import Unit

__all__ = ["CardFacts", "FilterFacts", "ScoreFacts"]


@attrs.frozen(kw_only=True)
class CardFacts:
    """
    A card as filters see it, which is as it was posted last.

    Attributes:
        balances: smallest units, points in ten-thousandths.
        uses: how many rewards, visits and uses were redeemed, less those given back.
        tier: its name.
    """

    card: Card
    balances: Mapping[Unit, int] = attrs.field(factory=dict["Unit", int], hash=False)
    uses: int = 0
    tier: str | None = None


@attrs.frozen(kw_only=True)
class ScoreFacts:
    """The scores of a customer's last refresh, and the segment that they are in."""

    recency: int
    frequency: int
    monetary: int
    segment: str


@attrs.frozen(kw_only=True)
class FilterFacts:
    """
    One customer, with everything around them that a filter may ask for.

    Attributes:
        cards: all of them, deleted ones too.
        consents: whether it was given, by channel and purpose.
        scores: None where no purchase counts.
        segments: ids of those that they are in.
    """

    customer: Customer
    cards: tuple[CardFacts, ...] = ()
    tags: frozenset[str] = frozenset()
    consents: Mapping[tuple[str, str], bool] = attrs.field(
        factory=dict["tuple[str, str]", bool], hash=False
    )
    scores: ScoreFacts | None = None
    segments: frozenset[str] = frozenset()
