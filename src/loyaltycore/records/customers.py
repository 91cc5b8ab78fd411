"""Customers, what they are found by, and their totals."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.customers.customer import Customer, Person
from loyaltycore.customers.search_keys import folded_name, keys_of
from loyaltycore.ports import Add, Delete, Insert, Ref, Update
from loyaltycore.program.customer_form import UNIQUE_FIELDS
from loyaltycore.program.customer_status import Activity, CustomerStatus
from loyaltycore.program.program import CustomerFacts
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query, count, total
from loyaltycore.records.custom_fields import (
    CUSTOMER_FORM,
    fields_of,
    fields_text,
    unique_changes,
    unique_refs,
)
from loyaltycore.records.figures import customer_figures
from loyaltycore.records.quotas import living_counts
from loyaltycore.values.ids import id_text
from loyaltycore.values.sorting import sort_text


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from loyaltycore.customers.figures import Figures
    from loyaltycore.ports import Change
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = [
    "REFERRAL_CODE_BYTES",
    "TOTAL_MEASURES",
    "all_customers",
    "contacts_of",
    "customer_changes",
    "customer_of",
    "customer_ref",
    "customer_row",
    "every_customer",
    "facts_of",
    "field_of",
    "last_change",
    "registration_changes",
    "sortable_fields",
    "token_rows",
    "totals_change",
    "totals_moved",
    "totals_of",
    "unique_ref",
    "uniques_of",
]

#: Random bytes for a referral code.
REFERRAL_CODE_BYTES = 8

_TOKEN_KEY = ("program_id", "token", "customer_id")
_AVERAGE = ("purchase_value", "purchases")
_FIELD_KEY = ("program_id", "customer_id", "name")
_PERSON = tuple(field.name for field in attrs.fields(Person))
_BESIDE = (
    "referral_code",
    "location_id",
    "registered_by",
    "status_reason",
    "merged_into",
    "device",
    "last_transaction_at",
    "average_value",
    "reviews",
    "rating_sum",
    "rating",
)
_TOTALS = (
    "transactions",
    "purchases",
    "purchase_value",
    "points",
    "points_earned",
    "points_redeemed",
    "points_expired",
)
_UNIQUE_COLUMNS = {name: f"unique_{name}" for name in UNIQUE_FIELDS}
_person_in = attrgetter(*_PERSON)
_beside_in = attrgetter(*_BESIDE)
_totals_in = attrgetter(*_TOTALS)
TOTAL_MEASURES = {"customers": count(), **{name: total(name) for name in _TOTALS}}


def customer_ref(program_id: str, customer_id: str) -> Ref:
    """One customer."""
    return Ref(
        "customer",
        ("program_id", "id"),
        (program_id, id_text("customer_id", customer_id)),
    )


def unique_ref(program_id: str, field: str, value: str) -> Ref:
    """
    The customer who alone has this phone, e-mail address or external id.

    They are living, or were merged into somebody; see ``records.finding``.
    """
    return Ref("customer", ("program_id", f"unique_{field}"), (program_id, value))


def uniques_of(program: Program, customer: Customer) -> tuple[list[Ref], list[Ref]]:
    """
    What this customer has and no other living one may have.

    Returns:
        The refs of customers by phone, e-mail address and external id, and those of
        the values of the program's own fields; none of a customer who is gone.  Who
        was merged keeps the former, so that they go on leading to who they are now.
    """
    if not customer.status.is_found:
        return [], []
    contacts = contacts_of(program, customer.person)
    if not customer.is_living:
        return contacts, []
    form = program.customer_form
    return contacts, unique_refs(
        program.id, CUSTOMER_FORM, form.fields, customer.fields
    )


def contacts_of(program: Program, person: Person) -> list[Ref]:
    """Whoever has a phone, e-mail address or external id that only one may have."""
    return [
        unique_ref(program.id, field, value)
        for field in program.customer_form.unique
        if (value := getattr(person, field)) is not None
    ]


def field_of(ref: Ref) -> str:
    """Which of them such a ref is by."""
    return ref.columns[1].removeprefix("unique_")


def all_customers(program_id: str, limit: int, cursor: str | None) -> Query:
    """Living customers by registration."""
    return Query(
        "customer",
        where(program_id=program_id, is_living=True),
        (Order("registered_at"), Order("id")),
        limit,
        cursor,
    )


def every_customer(program_id: str) -> Query:
    """All customers there ever were, for adding up."""
    return Query("customer", where(program_id=program_id))


def customer_changes(
    program: Program, before: Customer, after: Customer
) -> list[Change]:
    """
    Make a customer what they are to be, totals aside, and what they are found by.

    The update comes first.  It does nothing, and its result is 0, when the customer has
    been changed since.
    """
    program_id = program.id
    was, will = _own_values(program, before), _own_values(program, after)
    values = {name: now for name, now in will.items() if now != was[name]}
    values["version"] = before.version + 1
    ref = customer_ref(program_id, before.id)
    changes: list[Change] = [Update(ref, values, expect=before.version)]
    changes += _token_changes(program_id, before, after)
    changes += _field_changes(program_id, before, after)
    held, wanted = uniques_of(program, before)[1], uniques_of(program, after)[1]
    if before.is_living is not after.is_living:
        changes += living_counts(program_id, [before], -1)
        changes += living_counts(program_id, [after])
    return [*changes, *unique_changes(held, wanted, after.id)]


def _token_changes(program_id: str, was: Customer, will: Customer) -> list[Change]:
    before, after = keys_of(was), keys_of(will)
    changes: list[Change] = []
    changes += [
        Delete(Ref("search_token", _TOKEN_KEY, (program_id, token, was.id)))
        for token in sorted(before - after)
    ]
    if after - before:
        changes.append(token_rows(program_id, was.id, after - before))
    return changes


def _field_changes(program_id: str, was: Customer, will: Customer) -> list[Change]:
    before, after = sortable_fields(was), sortable_fields(will)
    changes: list[Change] = [
        Delete(Ref("field_value", _FIELD_KEY, (program_id, was.id, name)))
        for name in sorted(before)
        if before[name] != after.get(name)
    ]
    new = {name: value for name, value in after.items() if value != before.get(name)}
    if new:
        changes.append(Insert("field_value", _field_rows(program_id, was.id, new)))
    return changes


def _field_rows(
    program_id: str, customer_id: str, values: Mapping[str, str]
) -> list[Row]:
    return [
        {
            "program_id": program_id,
            "customer_id": customer_id,
            "name": name,
            "value": values[name],
        }
        for name in sorted(values)
    ]


def sortable_fields(customer: Customer) -> dict[str, str]:
    """Custom fields as filters compare them; a customer of no list has none."""
    if not customer.is_living:
        return {}
    return {name: sort_text(value) for name, value in customer.fields.items()}


def customer_row(program: Program, customer: Customer) -> Row:
    """A customer."""
    return {
        "program_id": program.id,
        "id": customer.id,
        "version": customer.version,
        "registered_at": customer.registered_at,
        **_own_values(program, customer),
        **dict(zip(_TOTALS, _totals_in(customer), strict=True)),
    }


def _own_values(program: Program, customer: Customer) -> dict[str, Any]:
    """All that is said of a customer, and what follows from it; totals aside."""
    person, is_living = customer.person, customer.is_living
    born = person.birth_date
    unique = program.customer_form.unique if customer.status.is_found else ()
    return {
        **dict(zip(_PERSON, _person_in(person), strict=True)),
        **dict(zip(_BESIDE, _beside_in(customer), strict=True)),
        **{
            column: getattr(person, name) if name in unique else None
            for name, column in _UNIQUE_COLUMNS.items()
        },
        "status": customer.status.value,
        "is_living": is_living,
        "activity": None if customer.activity is None else customer.activity.value,
        "fields": fields_text(customer.fields),
        "folded_name": folded_name(person),
        "birthday": None if born is None else born.isoformat()[-5:],
    }


def registration_changes(
    program: Program, customers: Sequence[Customer]
) -> list[Change]:
    """Put new customers into every list and count."""
    program_id = program.id
    rows = [customer_row(program, customer) for customer in customers]
    tokens = [
        row
        for customer in customers
        for row in token_rows(program_id, customer.id, keys_of(customer)).rows
    ]
    changes: list[Change] = [Insert("customer", rows)]
    if tokens:
        changes.append(Insert("search_token", tokens))
    values = [
        row
        for customer in customers
        for row in _field_rows(program_id, customer.id, sortable_fields(customer))
    ]
    if values:
        changes.append(Insert("field_value", values))
    if program.customer_form.fields:
        for customer in customers:
            changes += unique_changes([], uniques_of(program, customer)[1], customer.id)
    changes += living_counts(program_id, customers)
    return [*changes, *customer_figures(program, customers)]


def customer_of(row: Row) -> Customer:
    """The opposite of ``customer_row``."""
    return Customer(
        id=row["id"],
        version=row["version"],
        registered_at=row["registered_at"],
        person=Person(**{name: row[name] for name in _PERSON}),
        status=CustomerStatus(row["status"]),
        activity=None if row["activity"] is None else Activity(row["activity"]),
        fields=fields_of(row["fields"]),
        **{name: row[name] for name in _BESIDE},
        **{name: row[name] for name in _TOTALS},
    )


def facts_of(row: Row) -> CustomerFacts:
    """What a card's rules may know of the customer."""
    return CustomerFacts(
        id=row["id"],
        status=CustomerStatus(row["status"]),
        purchases=row["purchases"],
        purchase_value=row["purchase_value"],
    )


def totals_change(
    program_id: str, customer_id: str, figures: Figures, occurred_at: datetime
) -> Add:
    """Add a transaction of this moment to a customer's totals."""
    deltas = totals_of(figures)
    is_counted = figures.transactions > 0
    is_bought = figures.purchases or figures.purchase_value
    return Add(
        customer_ref(program_id, customer_id),
        deltas,
        raises={"last_transaction_at": occurred_at} if is_counted else {},
        means={"average_value": _AVERAGE} if is_bought else {},
    )


def totals_moved(program_id: str, source: Customer, target_id: str) -> list[Change]:
    """Let a customer's totals be another's."""
    totals = {name: getattr(source, name) for name in _TOTALS}
    nothing = {name: -total for name, total in totals.items()}
    return [
        Add(customer_ref(program_id, source.id), nothing),
        Add(customer_ref(program_id, target_id), totals),
    ]


def totals_of(figures: Figures) -> dict[str, int]:
    """By the total's name, what is added to it."""
    return {name: getattr(figures, name) for name in _TOTALS}


def last_change(program_id: str, customer_id: str, last: datetime | None) -> Update:
    """Set a customer's last transaction back, after one was voided."""
    ref = customer_ref(program_id, customer_id)
    return Update(ref, {"last_transaction_at": last})


def token_rows(program_id: str, customer_id: str, tokens: frozenset[str]) -> Insert:
    """Search keys of a customer."""
    rows = [
        {"program_id": program_id, "token": token, "customer_id": customer_id}
        for token in sorted(tokens)
    ]
    return Insert("search_token", rows)
