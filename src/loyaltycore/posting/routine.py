"""Load, decide, write; and the same without the last step for a quote."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from loyaltycore.customers.figures import reversal_facts
from loyaltycore.errors import DuplicateKeyMismatch, Refusal, UnknownTransaction
from loyaltycore.ledger.decision import Context, Missing, Outcome
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.due import post_due
from loyaltycore.ledger.reversal import Refund, Void, decide_refund, decide_void
from loyaltycore.ledger.sealing import fingerprint
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.ports import Update
from loyaltycore.posting.account import Loader, load_transaction, open_account
from loyaltycore.posting.desk import Posted, Quote, Request, Shown
from loyaltycore.posting.writing import Step, write
from loyaltycore.records import cards as card_records
from loyaltycore.records import journal


if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.posting.account import Account
    from loyaltycore.posting.desk import Desk

__all__ = ["Decide", "post", "post_due_only", "quote", "reverse", "show"]

_DUE = {"type": "Due"}

Decide: TypeAlias = "Callable[[CardTemplate, Holding, Context], Outcome | Refusal]"


def post(session: Session, desk: Desk, request: Request, decide: Decide) -> Posted:
    """
    Post a request on its card, or return what its key stands for.

    Raises:
        Refusal: a rule says no; nothing was written.
        UnknownCard: there is no such card.
        DuplicateKeyMismatch: the key stands for another request.
        Conflict: somebody else was faster; the session has to be begun anew.
    """
    account = open_account(session, desk, request.card_id, request.key)
    if account.replay is not None:
        return _replay(desk, account, account.replay, request)
    return _write(session, desk, account, request, decide)


def reverse(
    session: Session, desk: Desk, request: Request, command: Void | Refund
) -> Posted:
    """
    Void or refund a transaction; a second void returns the first one.

    Args:
        request: its ``card_id`` does not count; the transaction knows its card.

    Raises:
        UnknownTransaction: there is no such transaction.
        NotReversible: it cannot be taken back, or not by that much.
    """
    program_id = desk.program.id
    original = load_transaction(session, program_id, command.transaction_id)
    if original is None:
        raise UnknownTransaction(command.transaction_id)
    request = attrs.evolve(request, card_id=original.card_id)
    account = open_account(session, desk, request.card_id, request.key)
    if account.replay is not None:
        return _replay(desk, account, account.replay, request)
    past = [
        found
        for row in session.select(journal.reversals(program_id, original.id)).rows
        if (found := load_transaction(session, program_id, row["id"])) is not None
    ]
    if isinstance(command, Void):
        for earlier in past:
            if earlier.kind is TransactionKind.VOID:
                return _posted(desk, account, earlier, replayed=True)

    def decide(
        template: CardTemplate, holding: Holding, context: Context
    ) -> Outcome | Refusal:
        rules = template.rules
        if isinstance(command, Void):
            outcome = decide_void(rules, holding, original, past, context)
        else:
            amount = command.amount
            outcome = decide_refund(rules, holding, original, past, amount, context)
        if isinstance(outcome, Refusal):
            return outcome
        net = (original.purchase_amount or 0) + sum(
            t.purchase_amount or 0 for t in past
        )
        after = net + (outcome.purchase_amount or 0)
        facts = reversal_facts(outcome.kind, original, net, after)
        return attrs.evolve(outcome, pinned={**outcome.pinned, **facts})

    return _write(session, desk, account, request, decide, reverses=original.id)


def quote(session: Session, desk: Desk, request: Request, decide: Decide) -> Quote:
    """Answer a request as ``post`` would, without writing anything."""
    account = open_account(session, desk, request.card_id, None, lock=False)
    steps, _ = _decide(session, desk, account, request, decide)
    scales = account.template.rules.scales(desk.program.currency)
    if isinstance(steps, Refusal):
        return Quote(refusal=steps, till=None, scales=scales)
    return Quote(refusal=None, till=steps[-1].outcome.till, scales=scales)


def show(session: Session, desk: Desk, card_id: str) -> Shown:
    """Say how a card stands now, with what has fallen due but is not posted yet."""
    account = open_account(session, desk, card_id, None, lock=False)
    at = max(desk.now(), account.holding.last_at)
    _, holding, _, _ = _due(session, desk, account, at)
    rules = account.template.rules
    till = rules.till(Draft(holding, _context(desk, account, at, at)))
    return Shown(till=till, scales=rules.scales(desk.program.currency))


def post_due_only(session: Session, desk: Desk, card_id: str) -> int:
    """
    Post what has fallen due on a card, without a request.

    Returns:
        How many transactions that were; with none, the card's next due moment is set
        right.
    """
    account = open_account(session, desk, card_id, None)
    at = max(desk.now(), account.holding.last_at)
    steps, _, _, next_due_at = _due(session, desk, account, at)
    if steps:
        write(session, desk, account, steps, next_due_at)
    elif next_due_at != account.next_due_at:
        ref = card_records.card_ref(desk.program.id, card_id)
        session.apply([Update(ref, {"next_due_at": next_due_at})])
    return len(steps)


def _write(
    session: Session,
    desk: Desk,
    account: Account,
    request: Request,
    decide: Decide,
    reverses: str | None = None,
) -> Posted:
    steps, next_due_at = _decide(session, desk, account, request, decide)
    if isinstance(steps, Refusal):
        raise steps
    if reverses is not None:
        steps[-1] = attrs.evolve(steps[-1], reverses=reverses)
    transaction = write(session, desk, account, steps, next_due_at)
    return _posted(desk, account, transaction)


def _decide(
    session: Session, desk: Desk, account: Account, request: Request, decide: Decide
) -> tuple[list[Step] | Refusal, datetime]:
    """Post what is due, then decide, loading whatever the decision misses."""
    now = desk.now()
    at = max(now, account.holding.last_at)
    occurred_at = at
    if request.occurred_at is not None:
        occurred_at = desk.moment("occurred_at", request.occurred_at, now)
    steps, holding, loader, next_due_at = _due(session, desk, account, at)
    context = _context(desk, account, at, occurred_at)
    while True:
        try:
            outcome = decide(account.template, holding, context)
            break
        except Missing as missing:
            holding, context = _load_missing(loader, missing, holding, context)
    if isinstance(outcome, Refusal):
        return outcome, next_due_at
    return [*steps, Step(occurred_at, outcome, request)], next_due_at


def _due(
    session: Session, desk: Desk, account: Account, at: datetime
) -> tuple[list[Step], Holding, Loader, datetime]:
    loader = Loader(session, desk.program.id, account.card.id)
    holding = account.holding
    if at < account.next_due_at:
        return [], holding, loader, account.next_due_at
    holding, next_due_at = loader.due(holding, at)
    context = _context(desk, account, at, at)
    request = Request(card_id=account.card.id, command=_DUE, source="system")
    steps = [
        Step(instant, outcome, request)
        for instant, outcome in post_due(holding, context, account.template.rules.till)
    ]
    if steps:
        holding = steps[-1].outcome.after
    return steps, holding, loader, next_due_at


def _load_missing(
    loader: Loader, missing: Missing, holding: Holding, context: Context
) -> tuple[Holding, Context]:
    if missing.unit is not None:
        return loader.more_of(missing.unit, holding), context
    if missing.counter is not None:
        used = loader.counter(missing.counter)
        counters = {**context.counters, missing.counter: used}
        return holding, attrs.evolve(context, counters=counters)
    return loader.lots(missing.lots, holding), context


def _context(
    desk: Desk, account: Account, at: datetime, occurred_at: datetime
) -> Context:
    return Context(
        program=desk.program,
        at=at,
        occurred_at=occurred_at,
        customer=account.customer,
    )


def _replay(
    desk: Desk, account: Account, earlier: Transaction, request: Request
) -> Posted:
    if earlier.fingerprint != fingerprint(request.card_id, request.facts()):
        assert earlier.idempotency_key is not None, "it was found by its key"
        raise DuplicateKeyMismatch(earlier.idempotency_key, earlier.id)
    return _posted(desk, account, earlier, replayed=True)


def _posted(
    desk: Desk, account: Account, transaction: Transaction, *, replayed: bool = False
) -> Posted:
    scales = account.template.rules.scales(desk.program.currency)
    return Posted(transaction=transaction, scales=scales, replayed=replayed)
