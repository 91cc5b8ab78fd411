"""
The messages that transactions, and changes of a card's life, leave in the outbox.

A message is written with what it tells of and delivered at least once.  Its id stays
the same, so a receiver can drop what it has seen; a transaction's message has the
transaction's id.  It carries ids and numbers, no personal data.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.ledger.sealing import canonical


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from loyaltycore.cards.card import Card
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["LEASE", "Message", "message_of", "message_of_card", "retry_at"]

LEASE: Final = timedelta(minutes=1)
_DELAY_MAX: Final = timedelta(hours=6)


@attrs.frozen(kw_only=True)
class Message:
    """
    One event for the world outside.

    Attributes:
        card_version: of the last transaction; it orders the messages of a card.
        topic: ``transaction.`` or ``card.`` and what happened.
        payload: JSON.
    """

    id: str
    card_id: str
    card_version: int
    topic: str
    payload: str
    created_at: datetime
    attempts: int = 0

    @property
    def is_of_transaction(self) -> bool:
        """Does it tell of a transaction, or else of a card?"""
        return self.topic.startswith("transaction.")

    def facts(self, program_id: str) -> dict[str, object]:
        """As a notifier gets it: texts, whole numbers and mappings, fit for JSON."""
        return {
            "id": self.id,
            "program_id": program_id,
            "topic": self.topic,
            "card_id": self.card_id,
            "card_version": self.card_version,
            "created_at": self.created_at.isoformat(),
            "attempts": self.attempts,
            "payload": json.loads(self.payload),
        }


def message_of(transaction: Transaction) -> Message:
    """Announce a transaction."""
    balances: Mapping[str, int] = transaction.till["balances"]
    payload = {
        "transaction_id": transaction.id,
        "card_id": transaction.card_id,
        "customer_id": transaction.customer_id,
        "kind": transaction.kind,
        "version": transaction.version,
        "balances": balances,
    }
    return Message(
        id=transaction.id,
        card_id=transaction.card_id,
        card_version=transaction.version,
        topic=f"transaction.{transaction.kind}",
        payload=canonical(payload),
        created_at=transaction.recorded_at,
    )


def message_of_card(
    card: Card, topic: str, *, version: int, message_id: str, at: datetime
) -> Message:
    """
    Announce a change of a card's life.

    Args:
        version: of the card's last transaction.
    """
    payload = {
        "card_id": card.id,
        "customer_id": card.customer_id,
        "template_id": card.template_id,
        "status": card.status,
        "is_blocked": card.is_blocked,
        "expires_at": card.expires_at and card.expires_at.isoformat(),
    }
    return Message(
        id=message_id,
        card_id=card.id,
        card_version=version,
        topic=topic,
        payload=canonical(payload),
        created_at=at,
    )


def retry_at(now: datetime, attempts: int) -> datetime:
    """When a message that could not be delivered is due again: 1, 2, 4 ... minutes."""
    return now + min(_DELAY_MAX, timedelta(minutes=2 ** min(attempts, 10)))
