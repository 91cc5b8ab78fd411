"""
Changes of a customer: lock them, change them, write them, tell their feed.

What a customer becomes is decided in ``customers`` and ``engagement``; here it is
loaded and written, with the rows that keep unique fields unique and the figures of the
day.  Cards are locked before their customers, as a posting does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.customers.standing import check_living
from loyaltycore.errors import (
    Conflict,
    CustomerBlocked,
    DuplicateCustomer,
    DuplicateField,
    UnknownCustomer,
)
from loyaltycore.ports import Delete, Insert
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.records import cards as card_records
from loyaltycore.records import custom_fields as field_records
from loyaltycore.records import customers as records
from loyaltycore.records.activity import feed_rows
from loyaltycore.records.figures import living_change
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Change, Ref, Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.query.predicates import Row

__all__ = [
    "change_person",
    "check_open",
    "living_customer",
    "load_customer",
    "noted",
    "with_cards",
    "write_person",
]


def load_customer(
    session: Session, desk: Desk, customer_id: str, *, lock: bool = True
) -> Customer:
    """
    Load a customer, whatever became of them.

    Raises:
        UnknownCustomer: there is no such one.
    """
    ref = records.customer_ref(desk.program.id, customer_id)
    (row,) = session.get([ref], lock=lock)
    if row is None:
        raise UnknownCustomer(customer_id)
    return records.customer_of(row)


def living_customer(session: Session, desk: Desk, customer_id: str) -> Customer:
    """
    Load a customer whom something is written about, locked.

    Raises:
        UnknownCustomer: there is no such one.
        CustomerBlocked: they were deleted, merged or erased.
    """
    customer = load_customer(session, desk, customer_id)
    check_living(customer)
    return customer


def check_open(customer: Row) -> None:
    """
    Refuse a customer who gets no card.

    Raises:
        CustomerBlocked: they are blocked, deactivated or gone.
    """
    if customer["status"] != CustomerStatus.OPEN:
        raise CustomerBlocked(customer["id"], customer["status"])


def with_cards(
    session: Session, desk: Desk, *customer_ids: str
) -> tuple[list[Customer], list[Row]]:
    """
    Load customers and all their cards, everything locked.

    Raises:
        UnknownCustomer: there is no such one.
        Conflict: a card was issued meanwhile.
    """
    wanted = _cards_of(session, desk, customer_ids)
    cards = session.get(wanted, lock=True) if wanted else []
    refs = [records.customer_ref(desk.program.id, each) for each in customer_ids]
    rows = session.get(refs, lock=True)
    for customer_id, row in zip(customer_ids, rows, strict=True):
        if row is None:
            raise UnknownCustomer(customer_id)
    if _cards_of(session, desk, customer_ids) != wanted:
        raise Conflict("A card was issued in the meantime; ask again.")
    customers = [records.customer_of(row) for row in rows if row is not None]
    return customers, [row for row in cards if row is not None]


def change_person(
    session: Session,
    desk: Desk,
    customer_id: str,
    change: Callable[[Customer], Customer],
    actor_id: str | None,
) -> Customer:
    """
    Change where a customer stands, and tell the feed; nothing, where nothing changes.

    Raises:
        UnknownCustomer: there is no such one.
        DuplicateCustomer, DuplicateField: somebody else has a unique value by now.
    """
    before = load_customer(session, desk, customer_id)
    after = change(before)
    if after == before:
        return before
    activity = None if after.activity is None else after.activity.value
    details: dict[str, object] = {"status": after.status.value}
    if after.activity != before.activity:
        details["activity"] = activity
    kind = ActivityKind.STATUS
    entry = noted(desk, after.id, kind, details, actor_id=actor_id)
    return write_person(session, desk, before, after, entry)


def write_person(
    session: Session, desk: Desk, before: Customer, after: Customer, *further: Change
) -> Customer:
    """
    Write what a customer becomes, totals aside, and return them as they are then.

    Raises:
        DuplicateCustomer, DuplicateField: somebody else has a unique value.
        Conflict: the customer was changed since.
    """
    program = desk.program
    _check_contacts(session, desk, before, after)
    changes = records.customer_changes(program, before, after)
    changes += _field_changes(session, desk, before, after)
    if before.is_living is not after.is_living:
        step = 1 if after.is_living else -1
        changes.append(living_change(program, after, desk.now(), step))
    results = session.apply([*changes, *further])
    if not results[0]:
        raise Conflict("The customer changed in the meantime; ask again.")
    return attrs.evolve(after, version=before.version + 1)


def noted(
    desk: Desk,
    customer_id: str,
    kind: ActivityKind,
    details: Mapping[str, object],
    *,
    actor_id: str | None,
    subject_id: str | None = None,
) -> Insert:
    """Tell the feed of a customer what happened now; in ids, names and numbers."""
    now = desk.now()
    entry = FeedEntry(
        id=desk.ids.new(now),
        customer_id=customer_id,
        happened_at=now,
        kind=kind,
        subject_id=subject_id,
        details=details,
        actor_id=actor_id,
    )
    return feed_rows(desk.program.id, entry)


def _cards_of(session: Session, desk: Desk, customer_ids: Sequence[str]) -> list[Ref]:
    program_id = desk.program.id
    return sorted(
        card_records.card_ref(program_id, row["id"])
        for customer_id in customer_ids
        for row in stream(
            session, card_records.cards_of_customer(program_id, customer_id)
        )
    )


def _check_contacts(
    session: Session, desk: Desk, before: Customer, after: Customer
) -> None:
    """
    See to it that a phone, e-mail address or external id is nobody else's.

    Raises:
        DuplicateCustomer: naming the customer who has it, or whom its alias leads to.
    """
    for field in desk.program.customer_form.unique:
        value = getattr(after.person, field)
        had = getattr(before.person, field) if before.status.is_found else None
        if value is None or value == had or not after.status.is_found:
            continue
        (row,) = session.get([records.unique_ref(desk.program.id, field, value)])
        if row is not None and row["id"] != after.id:
            raise DuplicateCustomer(field, row["merged_into"] or row["id"])


def _field_changes(
    session: Session, desk: Desk, before: Customer, after: Customer
) -> list[Change]:
    """
    Take the values of unique fields that are new, and let go of those that are not.

    Raises:
        DuplicateField: another customer has the value.
    """
    held, wanted = _uniques(desk, before), _uniques(desk, after)
    changes: list[Change] = [Delete(ref) for ref in held if ref not in wanted]
    new = [ref for ref in wanted if ref not in held]
    for ref, row in zip(new, session.get(new), strict=True):
        if row is not None and row["owner_id"] != after.id:
            raise DuplicateField(str(ref.values[2]), row["owner_id"])
        if row is None:
            changes.append(
                Insert("unique_field", [field_records.unique_row(ref, after.id)])
            )
    return changes


def _uniques(desk: Desk, customer: Customer) -> list[Ref]:
    if not customer.is_living:
        return []
    return field_records.unique_refs(
        desk.program.id,
        field_records.CUSTOMER_FORM,
        desk.program.customer_form.fields,
        customer.fields,
    )
