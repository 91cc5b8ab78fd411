"""Customers, what they are found by, and their totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.customer import Customer, Person
from loyaltycore.customers.search_keys import tokens_of
from loyaltycore.ports import Add, Delete, Insert, Ref, Update
from loyaltycore.program.program import CustomerFacts
from loyaltycore.query.predicates import And, Compare, Op, Or, where
from loyaltycore.query.queries import Order, Query, count, total
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from loyaltycore.customers.figures import Figures
    from loyaltycore.ports import Change
    from loyaltycore.query.predicates import Row

__all__ = [
    "TOTAL_MEASURES",
    "UNIQUE_FIELDS",
    "all_customers",
    "customer_of",
    "customer_ref",
    "customer_row",
    "every_customer",
    "facts_of",
    "person_changes",
    "token_rows",
    "tokens_like",
    "totals_change",
    "unique_ref",
]

UNIQUE_FIELDS = ("phone", "email", "external_id")
_TOKEN_KEY = ("program_id", "token", "customer_id")
_PERSON = tuple(field.name for field in attrs.fields(Person))
_TOTALS = (
    "purchases",
    "purchase_value",
    "points",
    "points_earned",
    "points_redeemed",
    "points_expired",
)
TOTAL_MEASURES = {"customers": count(), **{name: total(name) for name in _TOTALS}}


def customer_ref(program_id: str, customer_id: str) -> Ref:
    """One customer."""
    return Ref(
        "customer",
        ("program_id", "id"),
        (program_id, id_text("customer_id", customer_id)),
    )


def unique_ref(program_id: str, field: str, value: str) -> Ref:
    """The customer who has this phone, e-mail address or external id."""
    return Ref("customer", ("program_id", field), (program_id, value))


def all_customers(program_id: str, limit: int, cursor: str | None) -> Query:
    """Customers by registration."""
    return Query(
        "customer",
        where(program_id=program_id),
        (Order("registered_at"), Order("id")),
        limit,
        cursor,
    )


def every_customer(program_id: str) -> Query:
    """All customers, for adding up."""
    return Query("customer", where(program_id=program_id))


def person_changes(program_id: str, customer: Customer, person: Person) -> list[Change]:
    """
    Make somebody's facts *person*'s, and what they are found by; the update first.

    It does nothing, and its result is 0, when the customer has been changed since.
    """
    values = {
        name: now
        for name in _PERSON
        if (now := getattr(person, name)) != getattr(customer.person, name)
    }
    values["version"] = customer.version + 1
    ref = customer_ref(program_id, customer.id)
    changes: list[Change] = [Update(ref, values, expect=customer.version)]
    before, after = tokens_of(customer.person), tokens_of(person)
    changes += [
        Delete(Ref("search_token", _TOKEN_KEY, (program_id, token, customer.id)))
        for token in sorted(before - after)
    ]
    if after - before:
        changes.append(token_rows(program_id, customer.id, after - before))
    return changes


def customer_row(program_id: str, customer: Customer) -> Row:
    """A customer."""
    return {
        "program_id": program_id,
        "id": customer.id,
        "version": customer.version,
        "registered_at": customer.registered_at,
        **{name: getattr(customer.person, name) for name in _PERSON},
        **{name: getattr(customer, name) for name in _TOTALS},
    }


def customer_of(row: Row) -> Customer:
    """The opposite of ``customer_row``."""
    return Customer(
        id=row["id"],
        version=row["version"],
        registered_at=row["registered_at"],
        person=Person(**{name: row[name] for name in _PERSON}),
        **{name: row[name] for name in _TOTALS},
    )


def facts_of(row: Row) -> CustomerFacts:
    """What a card's rules may know of the customer."""
    return CustomerFacts(
        id=row["id"],
        purchases=row["purchases"],
        purchase_value=row["purchase_value"],
    )


def totals_change(program_id: str, customer_id: str, figures: Figures) -> Add:
    """Add to a customer's totals."""
    deltas = {name: getattr(figures, name) for name in _TOTALS}
    return Add(customer_ref(program_id, customer_id), deltas)


def token_rows(program_id: str, customer_id: str, tokens: frozenset[str]) -> Insert:
    """Search keys of a customer."""
    rows = [
        {"program_id": program_id, "token": token, "customer_id": customer_id}
        for token in sorted(tokens)
    ]
    return Insert("search_token", rows)


def tokens_like(program_id: str, prefixes: tuple[str, ...], limit: int) -> Query:
    """Search keys that start with one of the prefixes."""
    starts = tuple(Compare("token", Op.STARTS_WITH, prefix) for prefix in prefixes)
    return Query(
        "search_token",
        And((*where(program_id=program_id).terms, Or(starts))),
        (Order("token"), Order("customer_id")),
        limit,
    )
