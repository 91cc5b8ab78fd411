"""
The feed of a customer: what was noted down, the transactions, and the sign-up.

Each has rows of its own and none is written twice; here they are read together, in the
order of time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.customers.profile import Feed
from loyaltycore.errors import InvalidValue
from loyaltycore.query.predicates import And, Compare, Op, Or, where
from loyaltycore.query.queries import Order, Query, decode_cursor, encode_cursor
from loyaltycore.records.activity import feed_entry_of
from loyaltycore.records.customers import customer_ref


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Predicate, Row

__all__ = ["feed_page"]

_Place = tuple[datetime, str]


def feed_page(
    session: Session,
    program_id: str,
    customer_ids: Sequence[str],
    limit: int,
    cursor: str | None = None,
) -> Feed:
    """
    Load one page; no more rows of each kind are read than could be on it.

    Args:
        customer_ids: the customer, and who was merged into them.

    Raises:
        InvalidValue: the limit or the cursor cannot be.
    """
    before = None if cursor is None else _place(cursor)
    found: list[FeedEntry] = []
    for customer_id in customer_ids:
        noted = _rows(session, program_id, "activity", customer_id, before, limit)
        found += map(feed_entry_of, noted)
        posted = _rows(session, program_id, "transaction", customer_id, before, limit)
        found += map(_posted, posted)
    found += _sign_ups(session, program_id, customer_ids, before)
    found.sort(key=_key, reverse=True)
    entries = tuple(found[:limit])
    if len(found) <= limit:
        return Feed(entries=entries, cursor=None)
    return Feed(entries=entries, cursor=encode_cursor(_key(entries[-1])))


def _rows(
    session: Session,
    program_id: str,
    collection: str,
    customer_id: str,
    before: _Place | None,
    limit: int,
) -> list[Row]:
    """Load the newest rows before a place, and one more to know whether there are."""
    time = "occurred_at" if collection == "transaction" else "happened_at"
    terms: tuple[Predicate, ...] = where(
        program_id=program_id, customer_id=customer_id
    ).terms
    if before is not None:
        at, id_ = before
        earlier = Or((Compare(time, Op.LT, at), Compare("id", Op.LT, id_)))
        terms = (*terms, Compare(time, Op.LE, at), earlier)
    order = (Order(time, descending=True), Order("id", descending=True))
    return session.select(Query(collection, And(terms), order, limit + 1)).rows


def _sign_ups(
    session: Session,
    program_id: str,
    customer_ids: Sequence[str],
    before: _Place | None,
) -> Iterator[FeedEntry]:
    for row in session.get([customer_ref(program_id, each) for each in customer_ids]):
        if row is not None:
            entry = FeedEntry(
                id=row["id"],
                customer_id=row["id"],
                happened_at=row["registered_at"],
                kind=ActivityKind.SIGN_UP,
                details={"location_id": row["location_id"]},
                actor_id=row["registered_by"],
            )
            if before is None or _key(entry) < before:
                yield entry


def _posted(row: Row) -> FeedEntry:
    return FeedEntry(
        id=row["id"],
        customer_id=row["customer_id"],
        happened_at=row["occurred_at"],
        kind=ActivityKind.TRANSACTION,
        subject_id=row["id"],
        details={
            "kind": row["kind"],
            "card_id": row["card_id"],
            "purchase_amount": row["purchase_amount"],
        },
        actor_id=row["actor_id"],
    )


def _key(entry: FeedEntry) -> _Place:
    return entry.happened_at, entry.id


def _place(cursor: str) -> _Place:
    at, id_ = decode_cursor(cursor, 2)
    if not isinstance(at, datetime) or at.tzinfo is None or not isinstance(id_, str):
        raise InvalidValue("cursor", "it belongs to another query.")
    return at, id_
