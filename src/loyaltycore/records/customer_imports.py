"""Planned rows of a file of customers: who is meant by them, and what they change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import attrs

from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.customers.customer import Customer
from loyaltycore.customers.filling import changed_fields
from loyaltycore.io.customer_columns import own_field
from loyaltycore.io.customer_rules import IDENTITY
from loyaltycore.io.planned_customers import (
    Create,
    Update,
    identities_in,
    identities_of,
    recognised_by,
)
from loyaltycore.ports import Insert
from loyaltycore.records.activity import feed_rows
from loyaltycore.records.custom_fields import CUSTOMER_FORM, unique_refs
from loyaltycore.records.customer_belongings import SOURCE, belonging_changes
from loyaltycore.records.customers import (
    REFERRAL_CODE_BYTES,
    customer_changes,
    customer_of,
    customer_ref,
    registration_changes,
    unique_ref,
)
from loyaltycore.records.finding import resolved
from loyaltycore.values.codes import make_code


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from loyaltycore.io.planned_customers import Identity
    from loyaltycore.io.report import Planned
    from loyaltycore.io.table_rows import TableRow
    from loyaltycore.ports import Change, Ids, Session
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = ["Recognised", "planned_changes", "recognised", "taken_values"]


class Recognised(NamedTuple):
    """
    Whom the rows of a file are about.

    Attributes:
        known: customers by each of their identities.
        has_aliases: whether an identity is one of somebody who was merged.
    """

    known: dict[Identity, Customer]
    has_aliases: bool


def recognised(
    session: Session, program: Program, rows: Iterable[TableRow]
) -> Recognised:
    """
    Load whoever has an identity of one of the rows.

    One of somebody who was merged leads to the customer they turned out to be; one of a
    customer who was deleted or erased leads to nobody.
    """
    form, program_id = program.customer_form, program.id
    fields = recognised_by(form, IDENTITY)
    asked = dict.fromkeys(
        identity for row in rows for identity in identities_in(row, fields)
    )
    refs = [
        customer_ref(program_id, value)
        if field == "id"
        else unique_ref(program_id, field, value)
        for field, value in asked
    ]
    found: dict[str, Customer] = {}
    known: dict[Identity, Customer] = {}
    has_aliases = False
    for identity, row in zip(asked, session.get(refs), strict=True):
        if row is not None and row["merged_into"] is not None:
            has_aliases = True
            row = resolved(session, program_id, row["id"])  # noqa: PLW2901 - the same person
        if row is not None and row["is_living"]:
            if row["id"] not in found:
                found[row["id"]] = customer_of(row)
            known[identity] = found[row["id"]]
    known |= {
        identity: customer
        for customer in found.values()
        for identity in identities_of(customer, form)
    }
    return Recognised(known, has_aliases)


def taken_values(
    session: Session, program: Program, rows: Iterable[TableRow]
) -> dict[Identity, str]:
    """Load who has the values that rows put into unique fields of the program's own."""
    unique = [field for field in program.customer_form.fields if field.unique]
    refs = [
        ref
        for row in rows
        for field in unique
        if (value := row.values.get(own_field(field.name))) is not None
        for ref in unique_refs(program.id, CUSTOMER_FORM, [field], {field.name: value})
    ]
    return {
        (own_field(row["name"]), row["value"]): row["owner_id"]
        for row in session.get(refs)
        if row is not None
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
    told: list[FeedEntry] = []
    put = partial(
        belonging_changes, program.id, at=now, ids=ids, actor_id=registered_by
    )
    for row in planned:
        if isinstance(row, Create):
            customer = Customer(
                id=ids.new(now),
                version=1,
                person=row.person,
                registered_at=row.registered_at or now,
                registered_by=registered_by,
                referral_code=make_code(ids.random(REFERRAL_CODE_BYTES)),
                fields=row.fields,
            )
            customers.append(customer)
            others += put(customer.id, row.belongings)
        elif isinstance(row, Update):
            changed = attrs.evolve(row.customer, person=row.person, fields=row.fields)
            update, *rest = customer_changes(program, row.customer, changed)
            updates.append(update)
            others += rest
            others += put(row.customer.id, row.belongings, row.had)
            told += (
                FeedEntry(
                    id=ids.new(now),
                    customer_id=changed.id,
                    happened_at=now,
                    kind=kind,
                    details={**facts, "source": SOURCE},
                    actor_id=registered_by,
                )
                for kind, facts in _happened(row, changed)
            )
    if customers:
        others += registration_changes(program, customers)
    if told:
        others.append(feed_rows(program.id, *told))
    return [*updates, *_gathered(others)], len(updates)


def _happened(
    row: Update, changed: Customer
) -> Iterator[tuple[ActivityKind, Mapping[str, object]]]:
    """Yield what the feed says of a known customer; a new one has signed up."""
    fields = changed_fields(row.customer, changed)
    if fields:
        yield ActivityKind.EDIT, {"fields": fields}
    yield from row.belongings.told(row.had)


def _gathered(changes: Iterable[Change]) -> list[Change]:
    """Put the new rows of each collection into one change, behind all others."""
    rows: dict[str, list[Row]] = {}
    others: list[Change] = []
    for change in changes:
        if isinstance(change, Insert):
            rows.setdefault(change.collection, []).extend(change.rows)
        else:
            others.append(change)
    return [*others, *(Insert(name, of_it) for name, of_it in rows.items())]
