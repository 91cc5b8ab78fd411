"""
Customers leave: they are deleted, or erased byte for byte.

Their cards go with them, and the ledger stays as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards import life
from loyaltycore.cards.card import CardStatus
from loyaltycore.cards.commands import describe
from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.consents import said_anew
from loyaltycore.customers.links import LinkPurpose
from loyaltycore.customers.standing import deleted
from loyaltycore.engagement.erasing import Balance, erased, erased_card
from loyaltycore.errors import OutstandingUnits
from loyaltycore.ledger.commands import Release
from loyaltycore.ledger.lots import LotState
from loyaltycore.ports import Delete
from loyaltycore.posting.account import open_account
from loyaltycore.posting.deciding import decision_on
from loyaltycore.posting.desk import Request
from loyaltycore.posting.life import change_card
from loyaltycore.posting.people import (
    entry_of,
    living_change_of,
    the_customer,
    with_cards,
)
from loyaltycore.posting.registering import write_customer
from loyaltycore.posting.reversing import reverse
from loyaltycore.posting.segmenting import leave_all
from loyaltycore.posting.writing import write
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.records import cards as card_records
from loyaltycore.records import consents as consent_records
from loyaltycore.records import customers as records
from loyaltycore.records import journal
from loyaltycore.records.finding import everyone_who_became
from loyaltycore.records.links import link_to
from loyaltycore.records.notes import note_ref, notes_of_customer
from loyaltycore.records.reviews import reviews_of_customer, wordless
from loyaltycore.records.streaming import stream
from loyaltycore.records.tags import tags_off, tags_on
from loyaltycore.values.codes import make_code


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Change, Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.query.predicates import Row

__all__ = ["delete_customer", "erase_customer"]


def delete_customer(
    session: Session, desk: Desk, customer_id: str, actor_id: str | None
) -> Customer:
    """
    Delete a customer, and their cards along.

    Raises:
        UnknownCustomer: there is no such one.
        CustomerHasInstalledCard: a card of theirs is on a phone.
        CustomerGone: they were erased.
    """
    whose = the_customer(session, desk, customer_id).id
    (before,), cards = with_cards(session, desk, whose)
    after = deleted(before, map(card_records.card_of, cards))
    if after is before:
        return before
    for card in cards:
        if card["status"] != CardStatus.DELETED:
            _delete_card(session, desk, card["id"], actor_id)
    details = {"status": after.status.value}
    told = entry_of(desk, whose, ActivityKind.STATUS, details, actor_id=actor_id)
    also = living_change_of(desk, before, after)
    leave_all(session, desk, whose)
    return write_customer(session, desk, before, after, [told], also)


def erase_customer(
    session: Session,
    desk: Desk,
    customer_id: str,
    actor_id: str | None,
    *,
    balance: Balance,
    release: bool,
) -> Customer:
    """
    Take a person out of everything; what they bought and collected stays.

    Args:
        balance: what becomes of their units.
        release: give held units back first, and let pending ones be.

    Raises:
        UnknownCustomer: there is no such one.
        OutstandingUnits: units are held or pending.
    """
    whose = the_customer(session, desk, customer_id).id
    (before,), cards = with_cards(session, desk, whose)
    if before.status is CustomerStatus.ERASED:
        return before
    waiting = [row["id"] for row in cards if _has_outstanding(row)]
    if waiting and not release:
        raise OutstandingUnits(whose, waiting)
    for card_id in waiting:
        _release(session, desk, card_id)
    if balance is Balance.FORFEIT:
        for card in cards:
            _forfeit(session, desk, card["id"])
    for card in cards:
        _erase_card(session, desk, card, actor_id)
    ids = everyone_who_became(session, desk.program.id, whose)
    session.apply(list(_traces(session, desk, ids, [row["id"] for row in cards])))
    for each in ids:
        leave_all(session, desk, each)
    for alias_id in ids[1:]:
        (alias,), _ = with_cards(session, desk, alias_id)
        write_customer(session, desk, alias, _without_person(desk, alias))
    after = _without_person(desk, before)
    told = entry_of(desk, whose, ActivityKind.ERASE, {}, actor_id=actor_id)
    also = living_change_of(desk, before, after)
    write_customer(session, desk, before, after, [told], also)
    return the_customer(session, desk, whose)


def _without_person(desk: Desk, customer: Customer) -> Customer:
    code = make_code(desk.ids.random(records.REFERRAL_CODE_BYTES))
    return erased(customer, code)


# -- cards -----------------------------------------------------------------------------


def _delete_card(
    session: Session, desk: Desk, card_id: str, actor_id: str | None
) -> None:
    change_card(
        session,
        desk,
        card_id,
        "card.deleted",
        lambda card, _: life.delete(card),
        actor_id,
    )


def _erase_card(session: Session, desk: Desk, row: Row, actor_id: str | None) -> None:
    """Announced as deleted, unless that was done before."""
    is_deleted = row["status"] == CardStatus.DELETED
    topic = "card.erased" if is_deleted else "card.deleted"
    change_card(
        session, desk, row["id"], topic, lambda card, _: erased_card(card), actor_id
    )


def _has_outstanding(row: Row) -> bool:
    """Are units of a card that still functions held, or do they wait?"""
    totals = card_records.holding_of(row).totals.values()
    is_living = row["status"] != CardStatus.DELETED
    return is_living and any(total.held or total.pending for total in totals)


def _release(session: Session, desk: Desk, card_id: str) -> None:
    """Give back all that is held on a card."""
    program_id = desk.program.id
    (row,) = session.get([card_records.card_ref(program_id, card_id)])
    assert row is not None, "its row is locked"
    held = [unit for unit, it in card_records.holding_of(row).totals.items() if it.held]
    versions = {
        lot["version"]
        for unit in held
        for lot in stream(
            session, card_records.open_lots(program_id, card_id, unit, LotState.HELD)
        )
    }
    refs = [
        journal.version_ref(program_id, card_id, version)
        for version in sorted(versions)
    ]
    for hold in session.get(refs):
        assert hold is not None, "a lot was opened by a transaction"
        command = Release(hold["id"])
        request = Request(card_id=card_id, command=describe(command), source="system")
        reverse(session, desk, request, command)


def _forfeit(session: Session, desk: Desk, card_id: str) -> None:
    """Drop whatever a card still has."""
    account = open_account(session, desk, card_id, None)
    decision = decision_on(session, desk, account, ends_now=True)
    if decision.steps:
        write(session, desk, account, decision.steps, decision.next_due_at)


# -- what is kept beside the customer --------------------------------------------------


def _traces(
    session: Session, desk: Desk, ids: Sequence[str], card_ids: Iterable[str]
) -> Iterator[Change]:
    """Take everything away that says something of the person, on no journal."""
    program_id = desk.program.id
    for whose in ids:
        for note in stream(session, notes_of_customer(program_id, whose)):
            yield Delete(note_ref(program_id, note["id"]))
        for review in stream(session, reviews_of_customer(program_id, whose)):
            yield wordless(program_id, review["id"])
        yield from tags_off(program_id, whose, tags_on(session, program_id, whose))
        yield from _withdrawals(session, desk, whose)
        yield Delete(link_to(program_id, LinkPurpose.REFERRAL, whose))
    for card_id in card_ids:
        yield Delete(link_to(program_id, LinkPurpose.INSTALL, card_id))


def _withdrawals(session: Session, desk: Desk, customer_id: str) -> Iterator[Change]:
    """Withdraw what was allowed; that it once was is kept, under an id of nobody."""
    now = desk.now()
    for consent in consent_records.consents_of(session, desk.program.id, customer_id):
        if consent.is_given:
            change = said_anew(
                consent, desk.ids.new(now), at=now, is_given=False, source="erasure"
            )
            yield from consent_records.consent_changes(desk.program.id, consent, change)
