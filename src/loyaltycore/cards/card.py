"""Cards and the templates they are issued under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.cards.contract import CardType

__all__ = ["Card", "CardTemplate"]


@attrs.frozen(kw_only=True)
class CardTemplate:
    """
    Rules under which cards are issued.

    Attributes:
        version: 1, 2, 3 ...; every transaction pins the one that priced it.
        rules: the card type with its configuration.
    """

    id: str
    name: str
    version: int
    rules: CardType[Any]
    created_at: datetime


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
