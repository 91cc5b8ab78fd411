"""Send units from one card to another: two transactions in one write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.cards.any_card import decide_any
from loyaltycore.errors import CommandNotSupported, InvalidValue, Refusal
from loyaltycore.ledger.commands import Receive
from loyaltycore.ledger.decision import Outcome
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import Unit
from loyaltycore.ledger.transfers import decide_receive, parcels_of
from loyaltycore.posting.account import open_account
from loyaltycore.posting.deciding import if_valid
from loyaltycore.posting.desk import Posted, Request
from loyaltycore.posting.routine import decide_and_write, replayed
from loyaltycore.records import cards as card_records
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ledger.commands import Transfer
    from loyaltycore.ledger.decision import Context
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transfers import Parcel
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk

__all__ = ["transfer"]

_WITHOUT_PLURAL: Final = (Unit.MONEY, Unit.SPEND)


def transfer(
    session: Session, desk: Desk, request: Request, command: Transfer
) -> Posted:
    """
    Move units to another card; return the transaction of the card that sends them.

    Both cards are locked together, in one order for all, so that two transfers against
    each other wait and do not block one another.

    Raises:
        Refusal: the units are not there, or stay on their card.
        InvalidValue: the other card is the same one, or counts the unit otherwise.
        UnknownCard: there is no such card.
    """
    program_id, currency = desk.program.id, desk.program.currency
    both = _both(request, command)
    session.get([card_records.card_ref(program_id, each) for each in both], lock=True)
    source = open_account(session, desk, request.card_id, request.key)
    earlier = replayed(desk, source, request)
    if earlier is not None:
        return earlier
    target = open_account(session, desk, command.to, None)
    unit = command.unit or source.template.rules.unit
    theirs = target.template.rules.scales(currency).get(unit)
    if theirs != source.template.rules.scales(currency).get(unit):
        message = f"the two cards count {_many(unit)} differently, or one has none."
        raise InvalidValue("to", message)
    sent: list[Parcel] = []

    def send(
        template: CardTemplate, holding: Holding, context: Context
    ) -> Outcome | Refusal:
        outcome = decide_any(template.rules, holding, command, context)
        if isinstance(outcome, Outcome):
            sent[:] = parcels_of(outcome)
        return outcome

    def receive(
        template: CardTemplate, holding: Holding, context: Context
    ) -> Outcome | Refusal:
        if not template.rules.is_sendable(unit):
            message = (
                f"A {template.rules.kind} card takes no {_many(unit)} from others."
            )
            return CommandNotSupported(message, command="Transfer")
        incoming = Receive(unit, sum(taken for _, taken in sent))
        forbidden = template.rules.forbids(Draft(holding, context), incoming)
        if forbidden is not None:
            return forbidden
        return decide_receive(template.rules, holding, sent, context)

    posted = decide_and_write(session, desk, source, request, if_valid(source, send))
    incoming = Request(
        card_id=command.to, command=request.command, source=request.source
    )
    decide_and_write(
        session, desk, target, incoming, if_valid(target, receive), cause=posted.id
    )
    return posted


def _both(request: Request, command: Transfer) -> list[str]:
    """
    The ids of the two cards, in the order in which they are locked.

    Raises:
        InvalidValue: the other card is the same one, or no id.
    """
    sender, receiver = request.card_id, id_text("to", command.to)
    if receiver == sender:
        raise InvalidValue("to", "name another card than the one that sends.")
    return sorted((sender, receiver))


def _many(unit: Unit | str) -> str:
    """Name units in a sentence."""
    return unit if unit in _WITHOUT_PLURAL else f"{unit}s"
