"""Planned rows of a file of customers: who is meant by them, and what they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.customer import Customer
from loyaltycore.io.customer_plan import (
    Create,
    Update,
    identities_in,
    identities_of,
)
from loyaltycore.records.customers import (
    REFERRAL_CODE_BYTES,
    customer_changes,
    customer_of,
    customer_ref,
    registration_changes,
    unique_ref,
)
from loyaltycore.values.codes import make_code


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from loyaltycore.io.customer_plan import Identity
    from loyaltycore.io.report import Planned
    from loyaltycore.io.table_rows import TableRow
    from loyaltycore.ports import Change, Ids, Session
    from loyaltycore.program.program import Program

__all__ = ["planned_changes", "recognised"]


def recognised(
    session: Session, program_id: str, rows: Iterable[TableRow]
) -> dict[Identity, Customer]:
    """Load whoever has an identity of one of the rows, by each of their identities."""
    refs = [
        customer_ref(program_id, value)
        if field == "id"
        else unique_ref(program_id, field, value)
        for field, value in dict.fromkeys(
            identity for row in rows for identity in identities_in(row)
        )
    ]
    found: dict[str, Customer] = {}
    for row in session.get(refs):
        if row is not None and row["id"] not in found:
            found[row["id"]] = customer_of(row)
    return {
        identity: customer
        for customer in found.values()
        for identity in identities_of(customer)
    }


def planned_changes(
    program: Program,
    planned: Iterable[Planned],
    now: datetime,
    ids: Ids,
    registered_by: str | None = None,
) -> tuple[list[Change], int]:
    """
    Say what planned rows write.

    Returns:
        The changes, and how many of them, at their beginning, are updates that fail
        with a 0 when somebody else was faster.
    """
    updates: list[Change] = []
    others: list[Change] = []
    customers: list[Customer] = []
    for row in planned:
        if isinstance(row, Create):
            customer = Customer(
                id=ids.new(now),
                version=1,
                person=row.person,
                registered_at=row.registered_at or now,
                registered_by=registered_by,
                referral_code=make_code(ids.random(REFERRAL_CODE_BYTES)),
            )
            customers.append(customer)
        elif isinstance(row, Update):
            changed = attrs.evolve(row.customer, person=row.person)
            update, *rest = customer_changes(program, row.customer, changed)
            updates.append(update)
            others += rest
    if customers:
        others += registration_changes(program, customers)
    return [*updates, *others], len(updates)
