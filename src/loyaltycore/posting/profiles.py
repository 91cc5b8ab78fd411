"""What a profile is made of: cards as they stand, totals, the last of the feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards.card import Card, CardStatus
from loyaltycore.customers.links import LinkPurpose
from loyaltycore.customers.profile import (
    RECENT,
    CardPoints,
    CardShown,
    LastPurchase,
    Profile,
    activity_of,
    totals_of,
)
from loyaltycore.insight.net_purchases import returned
from loyaltycore.ledger.holding import Total
from loyaltycore.ledger.transactions import Unit
from loyaltycore.posting.routine import show
from loyaltycore.records import cards as card_records
from loyaltycore.records import journal
from loyaltycore.records import links as link_records
from loyaltycore.records import purchases as purchase_records
from loyaltycore.records.customers import customer_of
from loyaltycore.records.feed import feed_page
from loyaltycore.records.finding import everyone_who_became, resolved
from loyaltycore.records.streaming import stream
from loyaltycore.records.tags import tags_on
from loyaltycore.records.templates import template_ref


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.links import Link
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.query.predicates import Row

__all__ = ["profile"]

_CARDS_MAX = 100
_PURCHASES = 20
_PAGES_MAX = 50


def profile(session: Session, desk: Desk, customer_id: str) -> Profile:
    """
    Load one customer's profile; the history behind the last few entries is not read.

    Raises:
        UnknownCustomer: there is no such one.
    """
    program, now = desk.program, desk.now()
    customer = customer_of(resolved(session, program.id, customer_id))
    everyone = everyone_who_became(session, program.id, customer.id)
    rows = [
        row
        for row in stream(
            session, card_records.cards_of_customer(program.id, customer.id)
        )
        if row["status"] != CardStatus.DELETED
    ]
    templates = _templates(session, desk, rows)
    points = [
        one
        for row in rows
        if (one := _points(session, desk, row, templates[row["template_id"]]))
    ]
    last = _last_purchase(session, program.id, everyone)
    cards = [card_records.card_of(row) for row in rows[:_CARDS_MAX]]
    links = _links(session, desk, customer, cards)
    return Profile(
        customer=customer,
        activity=activity_of(customer, now, program.inactive_after),
        totals=totals_of(customer, points, last, program.currency),
        cards=tuple(
            CardShown(
                card=card,
                template=templates[card.template_id].name,
                is_expired=card.is_expired(now),
                link=links.get(card.id),
            )
            for card in cards
        ),
        tags=tuple(sorted(tags_on(session, program.id, customer.id))),
        recent=feed_page(session, program.id, everyone, RECENT).entries,
        link=links.get(customer.id),
    )


def _templates(
    session: Session, desk: Desk, cards: Sequence[Row]
) -> dict[str, CardTemplate]:
    ids = list(dict.fromkeys(row["template_id"] for row in cards))
    rows = session.get([template_ref(desk.program.id, each) for each in ids])
    return {row["id"]: desk.template(row) for row in rows if row is not None}


def _points(
    session: Session, desk: Desk, row: Row, template: CardTemplate
) -> CardPoints | None:
    """
    Read the points of a card; None where it counts none.

    What has fallen due and is not posted yet is decided now, so that points whose day
    has passed are not shown as there.
    """
    scales = template.rules.scales(desk.program.currency)
    if Unit.POINT not in scales:
        return None
    total = card_records.holding_of(row).totals.get(Unit.POINT, Total())
    available, expired = total.balance, total.expired
    if row["next_due_at"] <= desk.now():
        shown = show(session, desk, row["id"])
        left = shown.till.balances.get(Unit.POINT, available)
        expired += max(0, available - left)
        available = left
    return CardPoints(
        scale=scales[Unit.POINT],
        available=available,
        earned=total.earned,
        redeemed=total.spent,
        expired=expired,
    )


def _last_purchase(
    session: Session, program_id: str, customer_ids: Sequence[str]
) -> LastPurchase | None:
    """Find the last purchase that stands among those of several ids."""
    found = [
        one
        for customer_id in customer_ids
        if (one := next(_standing(session, program_id, customer_id), None))
    ]
    return max(found, key=lambda one: one.at, default=None)


def _standing(
    session: Session, program_id: str, customer_id: str
) -> Iterator[LastPurchase]:
    """Yield purchases that were neither voided nor refunded in full, newest first."""
    cursor: str | None = None
    for _ in range(_PAGES_MAX):
        page = session.select(
            purchase_records.newest_priced(program_id, customer_id, _PURCHASES, cursor)
        )
        for row in page.rows:
            if row["reverses"] is not None:
                continue
            reversals = session.select(journal.reversals(program_id, row["id"])).rows
            back = returned(map(purchase_records.reversal_of, reversals))
            gone, amount = back.get(row["id"], 0), row["purchase_amount"]
            if gone is not None and (amount == 0 or amount != gone):
                yield LastPurchase(value=amount - gone, at=row["occurred_at"])
        cursor = page.cursor
        if cursor is None:
            return


def _links(
    session: Session, desk: Desk, customer: Customer, cards: Sequence[Card]
) -> dict[str, Link]:
    """Links that were made before, by what they lead to; none is made by looking."""
    program = desk.program
    refs = [
        link_records.link_to(program.id, LinkPurpose.REFERRAL, customer.id),
        *(
            link_records.link_to(program.id, LinkPurpose.INSTALL, card.id)
            for card in cards
        ),
    ]
    links = (
        link_records.link_of(program, row)
        for row in session.get(refs)
        if row is not None
    )
    return {link.subject_id: link for link in links}
