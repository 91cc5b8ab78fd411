"""Void, refund, amend, capture, release: commands about a transaction on its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import attrs

from loyaltycore.cards.life import delete
from loyaltycore.cards.validity import check_living
from loyaltycore.customers.figures import counted_for, is_counted, reversal_facts
from loyaltycore.errors import NotReversible, Refusal, UnknownTransaction
from loyaltycore.ledger.amending import decide_amend
from loyaltycore.ledger.commands import (
    Amend,
    Capture,
    Refund,
    Release,
    TransactionCommand,
    Void,
)
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.holds import decide_capture, decide_release
from loyaltycore.ledger.reversal import decide_refund, decide_void
from loyaltycore.ledger.taking_back import not_reversible
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.posting.account import load_transaction, open_account, standing
from loyaltycore.posting.desk import Posted, Request
from loyaltycore.posting.life import change_card
from loyaltycore.posting.routine import decide_and_write, replayed
from loyaltycore.records import customers as customer_records
from loyaltycore.records import journal
from loyaltycore.records.finding import everyone_who_became
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.posting.account import Account
    from loyaltycore.posting.desk import Desk

__all__ = ["reverse"]

_BY_ITSELF = frozenset({TransactionKind.EXPIRE.value, TransactionKind.ACTIVATE.value})


def reverse(
    session: Session,
    desk: Desk,
    request: Request,
    command: TransactionCommand,
    *,
    cause: str | None = None,
) -> Posted:
    """
    Do to a transaction what a command says; a second void returns the first one.

    What followed from a transaction on other cards is voided before it.

    Args:
        request: its ``card_id`` does not count; the transaction knows its card.
        cause: the void that this one follows from.

    Raises:
        UnknownTransaction: there is no such transaction.
        NotReversible: it cannot be taken back, or not by that much.
        CardDeleted: its card was, and the command does not follow from another.
    """
    program_id = desk.program.id
    original = load_transaction(session, program_id, command.transaction_id)
    if original is None:
        raise UnknownTransaction(command.transaction_id)
    request = attrs.evolve(request, card_id=original.card_id)
    account = open_account(session, desk, request.card_id, request.key)
    earlier = replayed(desk, account, request)
    if earlier is not None:
        return earlier
    later = _pointing_at(session, program_id, original)
    if isinstance(command, Void):
        for void in later:
            if void.kind is TransactionKind.VOID:
                scales = account.template.rules.scales(desk.program.currency)
                return Posted(transaction=void, scales=scales, replayed=True)
        if original.cause is not None and cause is None:
            raise _follows(original)
    if cause is None:
        check_living(account.card)
    about = _About(session, desk, account, original, later, request)
    posted = decide_and_write(
        session,
        desk,
        account,
        request,
        lambda template, holding, context: about.decide(
            command, template, holding, context
        ),
        reverses=original.id,
        cause=cause,
    )
    if isinstance(command, Void):
        _take_back_effects(session, desk, original, posted.transaction)
        if is_counted(original):
            _look_back(session, program_id, account.card.customer_id)
    return posted


@attrs.frozen
class _About:
    """A transaction with what points at it, and what is decided about it."""

    session: Session
    desk: Desk
    account: Account
    original: Transaction
    later: list[Transaction]
    request: Request

    def decide(
        self,
        command: TransactionCommand,
        template: CardTemplate,
        holding: Holding,
        context: Context,
    ) -> Outcome | Refusal:
        """Decide the command, and pin what it takes off the counts."""
        rules, original, later = template.rules, self.original, self.later
        forbidden = rules.forbids(Draft(holding, context), command)
        if forbidden is not None:
            return forbidden
        match command:
            case Void():
                outcome = decide_void(rules, holding, original, later, context)
            case Refund(amount=amount):
                outcome = decide_refund(
                    rules, holding, original, later, amount, context
                )
            case Amend():
                outcome = decide_amend(
                    rules,
                    holding,
                    original,
                    later,
                    command,
                    context,
                    is_latest=self._is_latest(),
                )
            case Capture():
                return decide_capture(rules, holding, original, command, context)
            case Release():
                return decide_release(rules, holding, original, context)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)
        if isinstance(outcome, Refusal):
            return outcome
        net = (original.purchase_amount or 0) + sum(
            each.purchase_amount or 0 for each in later
        )
        after = net + (outcome.purchase_amount or 0)
        facts = reversal_facts(outcome.kind, original, net, after)
        by = self.request
        for_whom = counted_for(original, by.actor_id, by.location_id)
        return attrs.evolve(outcome, pinned={**outcome.pinned, **facts, **for_whom})

    def _is_latest(self) -> bool:
        """Is the original the card's last purchase that was not voided?"""
        earned = TransactionKind.EARN.value
        rows = standing(self.session, self.desk.program.id, self.account.card.id)
        bought = (
            row["id"]
            for row in rows
            if row["kind"] == earned and row["purchase_amount"] is not None
        )
        return next(bought, None) == self.original.id


def _pointing_at(
    session: Session, program_id: str, original: Transaction
) -> list[Transaction]:
    return [
        found
        for row in session.select(journal.reversals(program_id, original.id)).rows
        if (found := load_transaction(session, program_id, row["id"])) is not None
    ]


def _take_back_effects(
    session: Session, desk: Desk, original: Transaction, void: Transaction
) -> None:
    """
    Void what followed from a transaction on other cards, last first.

    Raises:
        NotReversible: something else was done with a card that it issued.
    """
    program_id = desk.program.id
    rows = session.select(journal.caused_by(program_id, original.id)).rows
    for row in reversed(rows):
        if row["kind"] == TransactionKind.ISSUE.value:
            _withdraw(session, desk, original, row["card_id"])
            continue
        facts = {"type": "Void", "transaction_id": row["id"]}
        request = Request(card_id=row["card_id"], command=facts, source="system")
        reverse(session, desk, request, Void(row["id"]), cause=void.id)


def _look_back(session: Session, program_id: str, customer_id: str) -> None:
    """Find a customer's last transaction anew, now that one does not count any more."""
    last = None
    ids = everyone_who_became(session, program_id, customer_id)
    for row in stream(session, journal.counted_transactions(program_id, ids)):
        reversals = session.select(journal.reversals(program_id, row["id"])).rows
        if all(each["kind"] != TransactionKind.VOID.value for each in reversals):
            last = row["occurred_at"]
            break
    session.apply([customer_records.last_change(program_id, customer_id, last)])


def _withdraw(
    session: Session, desk: Desk, original: Transaction, card_id: str
) -> None:
    """
    Delete a card that a transaction has issued; what that put on it is off again.

    Raises:
        NotReversible: something else was done with it.
    """
    program_id = desk.program.id
    for row in standing(session, program_id, card_id):
        if row["cause"] != original.id and row["kind"] not in _BY_ITSELF:
            why = f"The card {card_id} that it issued was used since."
            raise not_reversible(original, why)
    change_card(session, desk, card_id, "card.deleted", lambda card, _: delete(card))


def _follows(transaction: Transaction) -> NotReversible:
    message = (
        f"Transaction {transaction.id} followed from {transaction.cause}; void that."
    )
    return NotReversible(message, transaction_id=transaction.id)
