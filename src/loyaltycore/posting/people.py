"""
What is written about a customer: they are locked, and their feed is told.

Cards are locked before their customers, as a posting does.  An id of somebody who was
merged stands for the customer they turned out to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.customers.standing import check_living
from loyaltycore.errors import Conflict, CustomerBlocked, UnknownCustomer
from loyaltycore.posting.registering import write_customer
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.records import cards as card_records
from loyaltycore.records import customers as records
from loyaltycore.records.activity import feed_rows
from loyaltycore.records.figures import living_change
from loyaltycore.records.finding import resolved
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Change, Insert, Ref, Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.query.predicates import Row

__all__ = [
    "change_standing",
    "check_open",
    "entry_of",
    "living_change_of",
    "living_customer",
    "noted",
    "the_customer",
    "with_cards",
]


def the_customer(session: Session, desk: Desk, customer_id: str) -> Customer:
    """
    Load a customer, or who they turned out to be, whatever became of them.

    Raises:
        UnknownCustomer: there is no such one.
    """
    return records.customer_of(resolved(session, desk.program.id, customer_id))


def living_customer(session: Session, desk: Desk, customer_id: str) -> Customer:
    """
    Load a customer whom something is written about, locked.

    Raises:
        UnknownCustomer: there is no such one.
        CustomerGone: they were deleted or erased.
    """
    row = resolved(session, desk.program.id, customer_id, lock=True)
    customer = records.customer_of(row)
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
    customers: list[Customer] = []
    for customer_id, row in zip(
        customer_ids, session.get(refs, lock=True), strict=True
    ):
        if row is None:
            raise UnknownCustomer(customer_id)
        customers.append(records.customer_of(row))
    if _cards_of(session, desk, customer_ids) != wanted:
        raise Conflict("A card was issued in the meantime; ask again.")
    return customers, [row for row in cards if row is not None]


def change_standing(
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
    row = resolved(session, desk.program.id, customer_id, lock=True)
    before = records.customer_of(row)
    after = change(before)
    if after == before:
        return before
    details: dict[str, object] = {"status": after.status.value}
    if after.activity != before.activity:
        details["activity"] = None if after.activity is None else after.activity.value
    told = entry_of(desk, after.id, ActivityKind.STATUS, details, actor_id=actor_id)
    also = living_change_of(desk, before, after)
    return write_customer(session, desk, before, after, [told], also)


def living_change_of(desk: Desk, before: Customer, after: Customer) -> list[Change]:
    """Count a customer who leaves every list, or comes back."""
    if before.is_living is after.is_living:
        return []
    step = 1 if after.is_living else -1
    return [living_change(desk.program, after, desk.now(), step)]


def entry_of(
    desk: Desk,
    customer_id: str,
    kind: ActivityKind,
    details: Mapping[str, object],
    *,
    actor_id: str | None,
    subject_id: str | None = None,
) -> FeedEntry:
    """What happens now, for the feed; in ids, names and numbers."""
    now = desk.now()
    return FeedEntry(
        id=desk.ids.new(now),
        customer_id=customer_id,
        happened_at=now,
        kind=kind,
        subject_id=subject_id,
        details=details,
        actor_id=actor_id,
    )


def noted(
    desk: Desk,
    customer_id: str,
    kind: ActivityKind,
    details: Mapping[str, object],
    *,
    actor_id: str | None,
    subject_id: str | None = None,
) -> Insert:
    """Tell the feed of a customer what happens now."""
    entry = entry_of(
        desk, customer_id, kind, details, actor_id=actor_id, subject_id=subject_id
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
