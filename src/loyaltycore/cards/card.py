"""Cards and the templates they are issued under."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from loyaltycore.cards.conditions import Conditions
    from loyaltycore.cards.contract import CardType
    from loyaltycore.program.fields import FieldValue

__all__ = ["Card", "CardStatus", "CardTemplate"]


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


class CardStatus(StrEnum):
    """
    Where a card is in its life; blocked and expired are flags beside it.

    Attributes:
        ISSUED: there, and not on a phone.
        INSTALLED: on a phone.
        REMOVED: taken off the phone again; it can come back.
        DELETED: it no longer functions, though it may still be on a phone.
    """

    ISSUED = "issued"
    INSTALLED = "installed"
    REMOVED = "removed"
    DELETED = "deleted"


@attrs.frozen(kw_only=True)
class Card:
    """
    One customer's instance of a template.

    Attributes:
        serial: what is printed and scanned; twelve characters and one to check them.
        blocked: why it is blocked, or None.
        device: on which it was installed last.
        installed_at: when it was first installed, or None.
        expires_at: the first moment at which the card is no longer valid, or None.
        utm: where the customer came from, as it was first told.
        fields: what the form of the template was filled in with, by the field's name.
    """

    id: str
    serial: str
    template_id: str
    customer_id: str
    issued_at: datetime
    status: CardStatus = CardStatus.ISSUED
    blocked: str | None = attrs.field(default=None, repr=False)
    device: str | None = attrs.field(default=None, repr=False)
    installed_at: datetime | None = None
    expires_at: datetime | None = None
    utm: str | None = None
    fields: Mapping[str, FieldValue] = attrs.field(
        factory=dict[str, "FieldValue"], repr=False, hash=False
    )

    @property
    def is_blocked(self) -> bool:
        """Was it blocked by hand?"""
        return self.blocked is not None

    def is_usable(self, at: datetime) -> bool:
        """Does the card itself let anything be posted on it?"""
        is_deleted = self.status is CardStatus.DELETED
        return not (is_deleted or self.is_blocked or self.is_expired(at))

    def is_expired(self, at: datetime) -> bool:
        """Is it past its last valid day?"""
        return self.expires_at is not None and self.expires_at <= at
