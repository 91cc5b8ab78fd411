"""Cards and the templates they are issued under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.cards.conditions import Conditions
    from loyaltycore.cards.contract import CardType

__all__ = ["Card", "CardTemplate"]


@attrs.frozen(kw_only=True)
class CardTemplate:
    """
    Rules under which cards are issued.

    Attributes:
        version: 1, 2, 3 ...; cards follow the newest, and every transaction pins the
            one that priced it.
        rules: the card type with its configuration.
        conditions: what holds for its cards beside the rules.
        created_at: when the first version was made.
        changed_at: when this version was made.
    """

    id: str
    name: str
    version: int
    rules: CardType[Any]
    conditions: Conditions
    created_at: datetime
    changed_at: datetime


@attrs.frozen(kw_only=True)
class Card:
    """
    One customer's instance of a template.

    Attributes:
        serial: what is printed and scanned; twelve characters and one to check them.
    """

    id: str
    serial: str
    template_id: str
    customer_id: str
    issued_at: datetime
