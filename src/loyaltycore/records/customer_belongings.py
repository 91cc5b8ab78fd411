"""Tags and consents of many customers at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.belongings import NO_BELONGINGS, Belongings
from loyaltycore.customers.consents import Channel, ConsentChange
from loyaltycore.query.predicates import And, where
from loyaltycore.query.queries import LIMIT_MAX, Query, count
from loyaltycore.records.consents import consent_changes
from loyaltycore.records.journal import of_customers
from loyaltycore.records.streaming import stream
from loyaltycore.records.tags import new_tags, tags_off


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from loyaltycore.ports import Change, Ids, Session
    from loyaltycore.query.predicates import Row

__all__ = ["SOURCE", "all_consents", "belonging_changes", "belongings_of"]

#: Where consents came from that were in a file, and whatever else one has changed.
SOURCE: Final = "import"


def belongings_of(
    session: Session, program_id: str, customer_ids: Sequence[str]
) -> dict[str, Belongings]:
    """Load the tags and consents of customers; of those who have any."""
    if not customer_ids:
        return {}
    tags = defaultdict[str, set[str]](set)
    for row in _rows_of(session, "customer_tag", program_id, customer_ids):
        tags[row["customer_id"]].add(row["tag"])
    consents = defaultdict[str, dict[str, bool]](dict)
    for row in _rows_of(session, "consent", program_id, customer_ids):
        consents[row["customer_id"]][_about(row)] = row["is_given"]
    return {
        each: Belongings(frozenset(tags[each]), consents[each])
        for each in {*tags, *consents}
    }


def all_consents(session: Session, program_id: str) -> list[str]:
    """Say on which consents anybody has said anything."""
    rows = session.summarize(
        Query("consent", where(program_id=program_id)),
        by=("channel", "purpose"),
        measures={"customers": count()},
    )
    return [_about(row) for row in rows]


def belonging_changes(
    program_id: str,
    customer_id: str,
    will: Belongings,
    had: Belongings = NO_BELONGINGS,
    *,
    at: datetime,
    ids: Ids,
    actor_id: str | None,
) -> list[Change]:
    """Make what a customer has what a file says."""
    changes = tags_off(program_id, customer_id, sorted(had.tags - will.tags))
    put_on = dict.fromkeys(sorted(will.tags - had.tags), at)
    if put_on:
        changes.append(new_tags(program_id, customer_id, put_on))
    for about, is_given in will.said_anew(had).items():
        channel, _, purpose = about.partition(".")
        change = ConsentChange(
            id=ids.new(at),
            customer_id=customer_id,
            channel=Channel(channel),
            purpose=purpose,
            is_given=is_given,
            changed_at=at,
            source=SOURCE,
            actor_id=actor_id,
        )
        before = change.state if about in had.consents else None
        changes += consent_changes(program_id, before, change)
    return changes


def _about(row: Row) -> str:
    return f"{row['channel']}.{row['purpose']}"


def _rows_of(
    session: Session, collection: str, program_id: str, customer_ids: Sequence[str]
) -> Iterator[Row]:
    terms = And((*where(program_id=program_id).terms, of_customers(customer_ids)))
    return stream(session, Query(collection, terms, limit=LIMIT_MAX))
