"""The outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.engagement.messages import Message
from loyaltycore.ports import Ref
from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.query.predicates import Row

__all__ = [
    "failed_values",
    "message_of_row",
    "message_ref",
    "message_row",
    "sent_values",
    "waiting_values",
]


def message_ref(program_id: str, message_id: str) -> Ref:
    """One message."""
    return Ref("message", ("program_id", "id"), (program_id, message_id))


def message_row(program_id: str, message: Message) -> Row:
    """A message that is due at once."""
    return {
        "program_id": program_id,
        "id": message.id,
        "card_id": message.card_id,
        "card_version": message.card_version,
        "topic": message.topic,
        "payload": message.payload,
        "created_at": message.created_at,
        "due_at": message.created_at,
        "holder": None,
        "attempts": message.attempts,
        "sent_at": None,
    }


def message_of_row(row: Row) -> Message:
    """The opposite of ``message_row``."""
    return Message(
        id=row["id"],
        card_id=row["card_id"],
        card_version=row["card_version"],
        topic=row["topic"],
        payload=row["payload"],
        created_at=row["created_at"],
        attempts=row["attempts"],
    )


def sent_values(now: datetime) -> Row:
    """A delivered message is never due again."""
    return {"due_at": NEVER, "sent_at": now}


def failed_values(attempts: int, due_at: datetime) -> Row:
    """One that was not delivered is due again later."""
    return {"due_at": due_at, "attempts": attempts}


def waiting_values(due_at: datetime) -> Row:
    """One whose turn it is not yet is due when the one before it is."""
    return {"holder": None, "due_at": due_at}
