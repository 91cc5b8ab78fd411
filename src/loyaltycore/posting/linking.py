"""Links are made when they are first asked for, and followed where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from loyaltycore.cards.card import Card, CardStatus
from loyaltycore.customers.links import (
    TOKEN_BYTES,
    TOKEN_LENGTH,
    Destination,
    Link,
    LinkPurpose,
    sign_up_of,
)
from loyaltycore.errors import DeadLink, UnknownCard, UnknownLink, UnknownTemplate
from loyaltycore.posting.registering import check_place
from loyaltycore.records import links as records
from loyaltycore.records.cards import card_of, card_ref
from loyaltycore.records.customers import customer_of
from loyaltycore.records.finding import resolved
from loyaltycore.records.templates import template_ref
from loyaltycore.values.codes import is_code, make_code, normalise_code


if TYPE_CHECKING:
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk

__all__ = ["follow_link", "link_to"]


def link_to(
    session: Session, desk: Desk, purpose: LinkPurpose, subject_id: str
) -> Link:
    """
    Return the link that leads there, made now if there is none yet.

    Raises:
        UnknownCard, UnknownCustomer, UnknownTemplate, UnknownLocation: there is nothing
            to lead to.
        DeadLink: the card was deleted, or the customer is gone.
    """
    program = desk.program
    destination = _destination(session, desk, purpose, subject_id)
    if purpose is LinkPurpose.REFERRAL and destination.customer is not None:
        subject_id = destination.customer.id
    (row,) = session.get([records.link_to(program.id, purpose, subject_id)])
    if row is not None:
        return records.link_of(program, row)
    link = Link(
        token=make_code(desk.ids.random(TOKEN_BYTES), TOKEN_LENGTH),
        purpose=purpose,
        subject_id=subject_id,
        created_at=desk.now(),
        url=None,
    )
    insert = records.new_link(program.id, link)
    session.apply([insert])
    return records.link_of(program, insert.rows[0])


def follow_link(session: Session, desk: Desk, token: str) -> Destination:
    """
    Say where a link leads.

    Raises:
        UnknownLink: there is none with this token.
        DeadLink: what it led to is gone.
    """
    code = normalise_code(token) if is_code(token) else None
    row = None
    if code is not None:
        (row,) = session.get([records.token_ref(desk.program.id, code)])
    if row is None:
        raise UnknownLink
    return _destination(session, desk, LinkPurpose(row["purpose"]), row["subject_id"])


def _destination(
    session: Session, desk: Desk, purpose: LinkPurpose, subject_id: str
) -> Destination:
    match purpose:
        case LinkPurpose.SIGN_UP:
            return _sign_up(session, desk, subject_id)
        case LinkPurpose.INSTALL:
            card = _card(session, desk, subject_id)
            customer = _living(session, desk, purpose, card.customer_id)
            return Destination(purpose=purpose, card=card, customer=customer)
        case LinkPurpose.REFERRAL:
            customer = _living(session, desk, purpose, subject_id)
            return Destination(purpose=purpose, customer=customer)
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


def _sign_up(session: Session, desk: Desk, subject_id: str) -> Destination:
    template_id, location_id = sign_up_of(subject_id)
    if template_id is not None:
        (row,) = session.get([template_ref(desk.program.id, template_id)])
        if row is None:
            raise UnknownTemplate(template_id)
    check_place(session, desk.program.id, location_id)
    return Destination(
        purpose=LinkPurpose.SIGN_UP, template_id=template_id, location_id=location_id
    )


def _card(session: Session, desk: Desk, card_id: str) -> Card:
    (row,) = session.get([card_ref(desk.program.id, card_id)])
    if row is None:
        raise UnknownCard(card_id)
    card = card_of(row)
    if card.status is CardStatus.DELETED:
        raise DeadLink(LinkPurpose.INSTALL, card.id, card.status.value)
    return card


def _living(
    session: Session, desk: Desk, purpose: LinkPurpose, customer_id: str
) -> Customer:
    customer = customer_of(resolved(session, desk.program.id, customer_id))
    if not customer.is_living:
        raise DeadLink(purpose, customer.id, customer.status.value)
    return customer
