"""Issue a card: its row, and what it holds from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards import life
from loyaltycore.cards.card import Card
from loyaltycore.errors import UnknownTemplate
from loyaltycore.ledger.decision import Outcome
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.holding import Holding
from loyaltycore.ledger.sealing import genesis
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.ports import Insert, Update
from loyaltycore.posting.account import open_account
from loyaltycore.posting.deciding import decision_on
from loyaltycore.posting.desk import NOBODY, Request
from loyaltycore.posting.people import check_open
from loyaltycore.posting.touching import first_touch, told_of_card
from loyaltycore.posting.uniques import unique_changes
from loyaltycore.posting.writing import Step, write
from loyaltycore.records import cards as records
from loyaltycore.records import templates as template_records
from loyaltycore.records.finding import resolved
from loyaltycore.records.programs import check_program
from loyaltycore.values.codes import make_code


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ledger.decision import Context
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import By, Desk

__all__ = ["issue"]

_SERIAL_BYTES = 8
_ISSUE = {"type": "Issue"}


def issue(
    session: Session,
    desk: Desk,
    template_id: str,
    customer_id: str,
    *,
    fields: Mapping[str, object] | None = None,
    utm: str | None = None,
    cause: str | None = None,
    by: By = NOBODY,
) -> Card:
    """
    Issue a card of a template to a customer, with a new serial number.

    What the card's type gives it from the start is its first transaction; a card that
    follows from another transaction has one in any case, so that it is found by that.

    Args:
        fields: what the form is filled in with; None where nobody is there to ask.
        utm: where the customer came from.
        cause: the transaction that it follows from.
        by: who issues it, and where.

    Raises:
        UnknownTemplate, UnknownCustomer: there is no such one.
        CustomerBlocked: the customer is blocked, deactivated or gone.
        InvalidFields: naming every bad field of the form.
        DuplicateField: another card has the value of a unique field.
    """
    program_id, now = desk.program.id, desk.now()
    check_program(session, desk.program)
    (template_row,) = session.get(
        [template_records.template_ref(program_id, template_id)]
    )
    if template_row is None:
        raise UnknownTemplate(template_id)
    # Locked, so that nobody merges them away.
    customer = resolved(session, program_id, customer_id, lock=True)
    check_open(customer)
    template = desk.template(template_row)
    card = Card(
        id=desk.ids.new(now),
        serial=make_code(desk.ids.random(_SERIAL_BYTES)),
        template_id=template_id,
        customer_id=customer["id"],
        issued_at=now,
    )
    conditions, zone = template.conditions, desk.program.zone
    card = life.issue(card, conditions, zone=zone, fields=fields, utm=utm)
    holding = Holding(digest=genesis(card.id), last_at=now)
    taken = unique_changes(session, desk, template, None, card)
    row = records.card_row(program_id, card, holding)
    told = told_of_card(desk, card, "issued", by.actor_id)
    touched = first_touch(session, desk, None, card)
    session.apply([*taken, Insert("card", [row]), told, *touched])
    _open(session, desk, card, cause, by)
    return card


def _open(session: Session, desk: Desk, card: Card, cause: str | None, by: By) -> None:
    account = open_account(session, desk, card.id, None)
    decision = decision_on(session, desk, account)

    def opening(template: CardTemplate, holding: Holding, context: Context) -> Outcome:
        outcome = template.rules.opening(holding, context)
        if outcome is not None:
            return outcome
        draft = Draft(holding, context)
        return draft.outcome(TransactionKind.ISSUE, template.rules.till(draft))

    outcome = decision.take(opening)
    assert isinstance(outcome, Outcome), "an opening is never refused"
    if outcome.entries or outcome.state or cause is not None:
        request = Request(
            card_id=card.id,
            command=_ISSUE,
            actor_id=by.actor_id,
            location_id=by.location_id,
            source="system",
        )
        step = Step(decision.context.occurred_at, outcome, request, cause=cause)
        write(session, desk, account, [step], decision.next_due_at)
    elif outcome.till.tier is not None:
        ref = records.card_ref(desk.program.id, card.id)
        session.apply([Update(ref, {"tier": outcome.till.tier})])
