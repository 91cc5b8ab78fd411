"""
Merge a customer into another: everything that was theirs goes over in one write.

Cards change their customer and keep their journal, so lots, dates and receipts stay as
they are.  The journal itself goes on naming whom it was written for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards.commands import describe
from loyaltycore.cards.stamp import Stamp
from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.consents import said_anew, united
from loyaltycore.engagement.merging import (
    Stamps,
    check_different,
    check_mergeable,
    merged,
)
from loyaltycore.ledger.commands import Transfer
from loyaltycore.ledger.transactions import Unit
from loyaltycore.posting.account import open_account
from loyaltycore.posting.deciding import decision_on
from loyaltycore.posting.desk import Request
from loyaltycore.posting.people import (
    entry_of,
    living_change_of,
    the_customer,
    with_cards,
)
from loyaltycore.posting.registering import write_customer
from loyaltycore.posting.segmenting import move_all
from loyaltycore.posting.transferring import transfer
from loyaltycore.records import cards as card_records
from loyaltycore.records import consents as consent_records
from loyaltycore.records import merging as records
from loyaltycore.records.customers import totals_moved
from loyaltycore.records.finding import everyone_who_became


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Change, Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.query.predicates import Row

__all__ = ["merge_customers"]


def merge_customers(
    session: Session,
    desk: Desk,
    source_id: str,
    target_id: str,
    actor_id: str | None,
    *,
    fill: bool,
    stamps: Stamps,
) -> Customer:
    """
    Let a customer be another, for good; return the target as they are then.

    Args:
        fill: what the target does not say, the source says for it.

    Raises:
        UnknownCustomer: there is no such one.
        NotMergeable: they are one, or one of them is gone.
        LimitReached: the target would have been too many.
        Refusal: stamps cannot be summed.
    """
    program_id = desk.program.id
    check_different(source_id, target_id)
    (source, target), cards = with_cards(session, desk, source_id, target_id)
    aliases = everyone_who_became(session, program_id, source_id)[1:]
    others = everyone_who_became(session, program_id, target_id)[1:]
    check_mergeable(source, target, len(aliases) + len(others))
    alias, after = merged(source, target, fill=fill)
    theirs = [row for row in cards if row["customer_id"] == source_id]
    ours = [row for row in cards if row["customer_id"] == target_id]
    _write_both(session, desk, (source, alias), (target, after), actor_id)
    session.apply(
        [
            *totals_moved(program_id, source, target_id),
            *records.moved(
                session,
                program_id,
                source_id,
                target_id,
                aliases=aliases,
                cards=[(row["id"], row["template_id"]) for row in theirs],
            ),
            *_consents(session, desk, source_id, target_id, actor_id),
        ]
    )
    move_all(session, desk, source_id, target_id)
    if stamps is Stamps.SUM:
        _sum_stamps(session, desk, theirs, ours)
    return the_customer(session, desk, target_id)


def _write_both(
    session: Session,
    desk: Desk,
    source: tuple[Customer, Customer],
    target: tuple[Customer, Customer],
    actor_id: str | None,
) -> None:
    """Write the source first, so that the target can take what it lets go of."""
    kind = ActivityKind.MERGE
    for (before, after), other in ((source, target[0].id), (target, source[0].id)):
        is_source = other == target[0].id
        details = {"role": "source" if is_source else "target"}
        told = entry_of(
            desk, after.id, kind, details, actor_id=actor_id, subject_id=other
        )
        also = living_change_of(desk, before, after)
        write_customer(session, desk, before, after, [told], also)


def _consents(
    session: Session, desk: Desk, source_id: str, target_id: str, actor_id: str | None
) -> Iterator[Change]:
    """What is said anew of both, so that the stricter word of the two holds."""
    program_id, now = desk.program.id, desk.now()
    theirs = consent_records.consents_of(session, program_id, source_id)
    ours = consent_records.consents_of(session, program_id, target_id)
    for before, consent, is_given in united(theirs, ours, target_id):
        change = said_anew(
            consent,
            desk.ids.new(now),
            at=now,
            is_given=is_given,
            source="merge",
            actor_id=actor_id,
        )
        yield from consent_records.consent_changes(program_id, before, change)


# -- stamps ----------------------------------------------------------------------------


def _sum_stamps(
    session: Session, desk: Desk, theirs: Sequence[Row], ours: Sequence[Row]
) -> None:
    """
    Send the stamps of the source's cards to the target's of the same template.

    Cards that cannot be used now are passed over.

    Raises:
        Refusal: as a transfer.
    """
    now = desk.now()
    receivers: dict[str, str] = {}
    for card in map(card_records.card_of, ours):
        if card.is_usable(now):
            receivers.setdefault(card.template_id, card.id)
    for card in map(card_records.card_of, theirs):
        to = receivers.get(card.template_id)
        if to is not None and card.is_usable(now):
            _send_stamps(session, desk, card, to)


def _send_stamps(session: Session, desk: Desk, card: Card, to: str) -> None:
    account = open_account(session, desk, card.id, None)
    if not isinstance(account.template.rules, Stamp):
        return
    stamps = decision_on(session, desk, account).holding.balance(Unit.STAMP)
    if stamps > 0:
        command = Transfer(to, stamps, Unit.STAMP)
        request = Request(card_id=card.id, command=describe(command), source="system")
        transfer(session, desk, request, command)
