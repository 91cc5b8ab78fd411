"""
Changes of a card that are no transactions: lock it, change it, write it, announce it.

What a card becomes is decided in ``cards.life``; here it is loaded and written, with
the rows that keep unique fields unique and a message for the outbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards import life
from loyaltycore.cards.card import Card, CardStatus
from loyaltycore.engagement.messages import message_of_card
from loyaltycore.errors import Conflict, UnknownCard
from loyaltycore.ports import Insert, Update
from loyaltycore.posting.desk import NOBODY
from loyaltycore.posting.issuing import issue
from loyaltycore.posting.people import check_open
from loyaltycore.posting.touching import first_touch, told_of_card
from loyaltycore.posting.uniques import unique_changes
from loyaltycore.records import cards as records
from loyaltycore.records import messages as message_records
from loyaltycore.records import templates as template_records
from loyaltycore.records.finding import resolved
from loyaltycore.records.programs import check_program
from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import By, Desk

__all__ = ["change_card", "issue_card"]


def change_card(
    session: Session,
    desk: Desk,
    card_id: str,
    topic: str,
    change: Callable[[Card, CardTemplate], Card],
    actor_id: str | None = None,
) -> Card:
    """
    Change a card and tell of it; where nothing changes, nothing is written.

    Args:
        topic: of the message, such as ``card.blocked``.
        actor_id: the manager who does it.

    Raises:
        UnknownCard: there is no such card.
        DuplicateField: another card has the value of a unique field.
    """
    program_id = desk.program.id
    check_program(session, desk.program)
    ref = records.card_ref(program_id, card_id)
    (row,) = session.get([ref], lock=True)
    if row is None:
        raise UnknownCard(card_id)
    before = records.card_of(row)
    ref_of_template = template_records.template_ref(program_id, before.template_id)
    (template_row,) = session.get([ref_of_template])
    assert template_row is not None, "a card's template stays"
    template = desk.template(template_row)
    after = change(before, template)
    if after != before:
        next_due_at = min(row["next_due_at"], after.expires_at or NEVER)
        session.apply(
            [
                *unique_changes(session, desk, template, before, after),
                Update(ref, {**records.life_values(after), "next_due_at": next_due_at}),
                _announced(desk, after, topic, row["version"]),
                told_of_card(desk, after, topic.removeprefix("card."), actor_id),
                *first_touch(session, desk, before, after),
            ]
        )
    return after


def issue_card(
    session: Session,
    desk: Desk,
    template_id: str,
    customer_id: str,
    fields: Mapping[str, object],
    utm: str | None,
    *,
    by: By = NOBODY,
) -> Card:
    """
    Issue a card, or the one that this customer had of this template and removed.

    Raises:
        UnknownTemplate, UnknownCustomer: there is no such one.
        CustomerBlocked: the customer is blocked, deactivated or gone.
        InvalidFields: naming every bad field of the form.
        DuplicateField: another card has the value of a unique field.
        Conflict: the removed card was changed by somebody else just now.
    """
    removed = session.select(
        records.removed_cards(desk.program.id, customer_id, template_id)
    ).rows
    if removed:

        def reissue(card: Card, template: CardTemplate) -> Card:
            if card.status is not CardStatus.REMOVED:
                raise Conflict("The card was restored in the meantime; ask again.")
            check_open(resolved(session, desk.program.id, card.customer_id, lock=True))
            return life.reissue(card, template.conditions, fields)

        card_id = removed[0]["id"]
        actor_id = by.actor_id
        return change_card(session, desk, card_id, "card.restored", reissue, actor_id)
    return issue(session, desk, template_id, customer_id, fields=fields, utm=utm, by=by)


def _announced(desk: Desk, card: Card, topic: str, version: int) -> Insert:
    now = desk.now()
    message = message_of_card(
        card, topic, version=version, message_id=desk.ids.new(now), at=now
    )
    return Insert("message", [message_records.message_row(desk.program.id, message)])
