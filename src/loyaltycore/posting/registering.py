"""
Customers come, and change: unique fields are asked for, places known, rows written.

What a customer becomes is decided elsewhere; here it is checked against what is stored,
and written together with everything that customers are found, counted and listed by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.standing import check_living
from loyaltycore.errors import (
    Conflict,
    DuplicateCustomer,
    DuplicateField,
    UnknownLocation,
)
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Query
from loyaltycore.records import customers as records
from loyaltycore.records.activity import feed_rows
from loyaltycore.records.finding import resolved
from loyaltycore.records.people import taken_back
from loyaltycore.records.quotas import make_room
from loyaltycore.records.tags import new_tags


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from loyaltycore.customers.activity import FeedEntry
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Change, Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.program.program import Program

__all__ = ["change_customer", "check_free", "check_place", "register", "write_customer"]


def register(
    session: Session, desk: Desk, customer: Customer, tags: Iterable[str] = ()
) -> Customer:
    """
    Put a new customer in.

    Raises:
        DuplicateCustomer, DuplicateField: another living customer has what only one
            may have.
        UnknownLocation: the program has registered locations, and this is none.
        QuotaReached: the plan has as many customers as it may have.
    """
    program = desk.program
    check_place(session, program.id, customer.location_id)
    check_free(session, program, None, customer)
    make_room(session, program)
    changes = records.registration_changes(program, [customer])
    when = dict.fromkeys(tags, customer.registered_at)
    if when:
        changes.append(new_tags(program.id, customer.id, when))
    session.apply(changes)
    return customer


def change_customer(
    session: Session,
    desk: Desk,
    customer_id: str,
    change: Callable[[Customer], Customer],
    told: Callable[[Customer, Customer], Iterable[FeedEntry]],
) -> Customer:
    """
    Change a living customer; where nothing changes, nothing is written.

    Args:
        customer_id: also of who turned out to be somebody else; that one is changed.
        told: what the feed says of it, asked with who they were and who they are.

    Raises:
        UnknownCustomer: there is no such one.
        CustomerGone: they were deleted or erased.
        DuplicateCustomer, DuplicateField: another living customer has what only one
            may have.
    """
    row = resolved(session, desk.program.id, customer_id, lock=True)
    before = records.customer_of(row)
    check_living(before)
    after = change(before)
    if after == before:
        return before
    return write_customer(session, desk, before, after, told(before, after))


def write_customer(
    session: Session,
    desk: Desk,
    before: Customer,
    after: Customer,
    told: Iterable[FeedEntry] = (),
    also: Iterable[Change] = (),
) -> Customer:
    """
    Write what a customer has become, with what the feed says of it.

    Args:
        before: as they were read.
        also: what else is written with it.

    Returns:
        The customer with their new version.

    Raises:
        DuplicateCustomer, DuplicateField: another living customer has what only one
            may have.
        QuotaReached: they come back, and the plan has no room for them.
        Conflict: somebody else changed them meanwhile.
    """
    program = desk.program
    check_free(session, program, before, after)
    if after.is_living and not before.is_living:
        make_room(session, program)
    session.apply(taken_back(session, program, [(before, after)]))
    changes = records.customer_changes(program, before, after)
    entries = tuple(told)
    if entries:
        changes.append(feed_rows(program.id, *entries))
    results = session.apply([*changes, *also])
    if not results[0]:
        raise Conflict("The customer changed in the meantime; ask again.")
    return attrs.evolve(after, version=before.version + 1)


def check_free(
    session: Session, program: Program, before: Customer | None, after: Customer
) -> None:
    """
    See to it that what only one may have is nobody else's.

    Raises:
        DuplicateCustomer: a phone, e-mail address or external id is taken.
        DuplicateField: the value of one of the program's own fields is.
    """
    held = [] if before is None else _all_uniques(program, before)
    new = [ref for ref in _all_uniques(program, after) if ref not in held]
    for ref, row in zip(new, session.get(new), strict=True):
        if row is None:
            continue
        if ref.collection == "customer":
            if after.id not in {row["id"], row["merged_into"]}:
                field = ref.columns[1].removeprefix("unique_")
                raise DuplicateCustomer(field, row["merged_into"] or row["id"])
        elif row["owner_id"] != after.id:
            raise DuplicateField(str(ref.values[2]), row["owner_id"])


def _all_uniques(program: Program, customer: Customer) -> list[Ref]:
    contacts, values = records.uniques_of(program, customer)
    return [*contacts, *values]


def check_place(session: Session, program_id: str, location_id: str | None) -> None:
    """A program that has registered its locations knows all of them."""
    if location_id is None:
        return
    (row,) = session.get(
        [Ref("location", ("program_id", "id"), (program_id, location_id))]
    )
    if row is not None and row["deleted_at"] is None:
        return
    some = Query("location", where(program_id=program_id, deleted_at=None), limit=1)
    if session.select(some).rows:
        raise UnknownLocation(location_id)
