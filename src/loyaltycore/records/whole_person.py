"""
Everything that is kept of one person, as plain data for JSON.

Rows as they are stored, without what only serves to find them again.  Moments and days
are ISO 8601 in UTC and in the program's zone; money and points are smallest units.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.query.predicates import And, is_in, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.finding import everyone_who_became
from loyaltycore.records.journal import of_customers
from loyaltycore.records.streaming import stream
from loyaltycore.schema import COLLECTIONS, ColumnType


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Predicate, Row

__all__ = ["NOT_OF_A_PERSON", "OF_A_PERSON", "whole_person"]

#: What the parts of an export are called, and which rows of a customer they hold.
OF_A_PERSON: Final = {
    "tags": "customer_tag",
    "consents": "consent",
    "consent_history": "consent_change",
    "notes": "note",
    "reviews": "review",
    "feed": "activity",
    "cards": "card",
    "transactions": "transaction",
    "scores": "rfm_score",
    "segments": "segment_member",
    "segment_history": "segment_change",
}
#: Rows of a customer that only repeat what is in others.
NOT_OF_A_PERSON: Final = frozenset({"search_token", "field_value"})

_PAGE: Final = 500
_DERIVED: Final = frozenset(
    {
        "program_id",
        "unique_phone",
        "unique_email",
        "unique_external_id",
        "folded_name",
        "birthday",
        "is_living",
        "digest",
        "fingerprint",
        "next_lot",
    }
)


def whole_person(session: Session, program_id: str, customer_id: str) -> dict[str, Any]:
    """
    Gather it.

    Args:
        customer_id: of the customer, not of an alias.
    """
    ids = everyone_who_became(session, program_id, customer_id)
    profiles = _rows(session, "customer", program_id, is_in("id", ids))
    told: dict[str, Any] = {
        "customer": next(row for row in profiles if row["id"] == customer_id),
        "merged_customers": [row for row in profiles if row["id"] != customer_id],
    }
    for part, collection in OF_A_PERSON.items():
        whose = of_customers(ids)
        told[part] = _rows(session, collection, program_id, whose)
    cards = [row["id"] for row in told["cards"]]
    told["entries"] = _of_cards(session, "entry", program_id, cards)
    told["lots"] = _of_cards(session, "lot", program_id, cards)
    subjects = (*ids, *cards)
    told["links"] = [
        row
        for purpose in ("install", "referral")
        for row in _rows(
            session,
            "link",
            program_id,
            And((*where(purpose=purpose).terms, is_in("subject_id", subjects))),
        )
    ]
    return told


def _of_cards(
    session: Session, collection: str, program_id: str, cards: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        row
        for card_id in cards
        for row in _rows(session, collection, program_id, where(card_id=card_id))
    ]


def _rows(
    session: Session, collection: str, program_id: str, which: Predicate
) -> list[dict[str, Any]]:
    terms = And((*where(program_id=program_id).terms, which))
    order = tuple(Order(name) for name in COLLECTIONS[collection].key[1:])
    query = Query(collection, terms, order, _PAGE)
    return [_plain(collection, row) for row in stream(session, query)]


def _plain(collection: str, row: Row) -> dict[str, Any]:
    """A row without what only serves the store."""
    types = COLLECTIONS[collection].by_name
    plain: dict[str, Any] = {}
    for name, value in row.items():
        if name in _DERIVED:
            continue
        if types[name].type is ColumnType.JSON and value is not None:
            plain[name] = json.loads(value)
        elif isinstance(value, date):  # a moment is one, too
            plain[name] = value.isoformat()
        else:
            plain[name] = value
    return plain
