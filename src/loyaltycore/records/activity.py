"""The activity feed of customers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Insert


if TYPE_CHECKING:
    from loyaltycore.query.predicates import Row

__all__ = ["feed_entry_of", "feed_rows"]


def feed_rows(program_id: str, *entries: FeedEntry) -> Insert:
    """Entries of the feed; they stay as they are for good."""
    return Insert(
        "activity",
        [
            {
                "program_id": program_id,
                "id": entry.id,
                "customer_id": entry.customer_id,
                "happened_at": entry.happened_at,
                "kind": entry.kind.value,
                "subject_id": entry.subject_id,
                "details": canonical(dict(entry.details)),
                "actor_id": entry.actor_id,
            }
            for entry in entries
        ],
    )


def feed_entry_of(row: Row) -> FeedEntry:
    """The opposite of ``feed_rows``."""
    return FeedEntry(
        id=row["id"],
        customer_id=row["customer_id"],
        happened_at=row["happened_at"],
        kind=ActivityKind(row["kind"]),
        subject_id=row["subject_id"],
        details=json.loads(row["details"]),
        actor_id=row["actor_id"],
    )
