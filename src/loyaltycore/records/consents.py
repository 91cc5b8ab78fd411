"""Consents: how they stand, and every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.consents import Channel, Consent, ConsentChange
from loyaltycore.ports import Insert, Ref, Update
from loyaltycore.query.predicates import And, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.journal import of_customers
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.ports import Change, Session
    from loyaltycore.query.predicates import Row

__all__ = [
    "change_of",
    "consent_changes",
    "consent_of",
    "consent_ref",
    "consents_of",
    "history_of",
]

_KEY = ("program_id", "customer_id", "channel", "purpose")


def consent_ref(program_id: str, change: Consent | ConsentChange) -> Ref:
    """How one of a customer's consents stands."""
    key = (program_id, change.customer_id, change.channel.value, change.purpose)
    return Ref("consent", _KEY, key)


def consents_of(
    session: Session, program_id: str, customer_id: str
) -> tuple[Consent, ...]:
    """All consents on which a customer has said something."""
    query = Query("consent", where(program_id=program_id, customer_id=customer_id))
    return tuple(consent_of(row) for row in stream(session, query))


def history_of(
    program_id: str, ids: tuple[str, ...], limit: int, cursor: str | None
) -> Query:
    """
    Changes of consents, newest first.

    Args:
        ids: under which there is something of the customer.
    """
    terms = (*where(program_id=program_id).terms, of_customers(ids))
    return Query(
        "consent_change",
        And(terms),
        (Order("changed_at", descending=True), Order("id", descending=True)),
        limit,
        cursor,
    )


def consent_changes(
    program_id: str, before: Consent | None, change: ConsentChange
) -> list[Change]:
    """Note down a change, and how the consent stands behind it."""
    noted = {
        "program_id": program_id,
        "id": change.id,
        "customer_id": change.customer_id,
        "channel": change.channel.value,
        "purpose": change.purpose,
        "is_given": change.is_given,
        "changed_at": change.changed_at,
        "source": change.source,
        "actor_id": change.actor_id,
    }
    state = {"is_given": change.is_given, "changed_at": change.changed_at}
    ref = consent_ref(program_id, change)
    row = {**dict(zip(ref.columns, ref.values, strict=True)), **state}
    now = Insert("consent", [row]) if before is None else Update(ref, state)
    return [Insert("consent_change", [noted]), now]


def consent_of(row: Row) -> Consent:
    """How a consent stands."""
    return Consent(
        customer_id=row["customer_id"],
        channel=Channel(row["channel"]),
        purpose=row["purpose"],
        is_given=row["is_given"],
        changed_at=row["changed_at"],
    )


def change_of(row: Row) -> ConsentChange:
    """One change of a consent."""
    return ConsentChange(
        id=row["id"],
        customer_id=row["customer_id"],
        channel=Channel(row["channel"]),
        purpose=row["purpose"],
        is_given=row["is_given"],
        changed_at=row["changed_at"],
        source=row["source"],
        actor_id=row["actor_id"],
    )
