"""Planned rows of a file of customers: who is meant by them, and what they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.customer import Customer
from loyaltycore.customers.search_keys import tokens_of
from loyaltycore.io.customer_plan import (
    Create,
    Update,
    identities_in,
    identities_of,
)
from loyaltycore.ports import Insert
from loyaltycore.records.customers import (
    customer_of,
    customer_ref,
    customer_row,
    person_changes,
    token_rows,
    unique_ref,
)


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from loyaltycore.io.customer_plan import Identity
    from loyaltycore.io.report import Planned
    from loyaltycore.io.table_rows import TableRow
    from loyaltycore.ports import Change, Session
    from loyaltycore.query.predicates import Row

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
    program_id: str,
    planned: Iterable[Planned],
    now: datetime,
    new_id: Callable[[datetime], str],
) -> tuple[list[Change], int]:
    """
    Say what planned rows write.

    Returns:
        The changes, and how many of them, at their beginning, are updates that fail
        with a 0 when somebody else was faster.
    """
    updates: list[Change] = []
    others: list[Change] = []
    customers: list[Row] = []
    tokens: list[Row] = []
    for row in planned:
        if isinstance(row, Create):
            customer = Customer(
                id=new_id(now),
                version=1,
                person=row.person,
                registered_at=row.registered_at or now,
            )
            customers.append(customer_row(program_id, customer))
            tokens += token_rows(program_id, customer.id, tokens_of(row.person)).rows
        elif isinstance(row, Update):
            update, *rest = person_changes(program_id, row.customer, row.person)
            updates.append(update)
            others += rest
    if customers:
        others += [Insert("customer", customers), Insert("search_token", tokens)]
    return [*updates, *others], len(updates)
