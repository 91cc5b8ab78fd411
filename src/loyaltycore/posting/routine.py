"""Load, decide, write; and the same without the last step for a quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import DuplicateKeyMismatch, Refusal
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.sealing import fingerprint
from loyaltycore.ports import Update
from loyaltycore.posting.account import open_account
from loyaltycore.posting.deciding import decider, decision_on, if_valid
from loyaltycore.posting.desk import Posted, Quote, Request, Shown
from loyaltycore.posting.effects import follow
from loyaltycore.posting.writing import Step, write
from loyaltycore.records import cards as card_records


if TYPE_CHECKING:
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.posting.account import Account
    from loyaltycore.posting.deciding import Decide
    from loyaltycore.posting.desk import Desk

__all__ = ["decide_and_write", "post", "post_due_only", "quote", "replayed", "show"]


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
    earlier = replayed(desk, account, request)
    return earlier or decide_and_write(
        session, desk, account, request, if_valid(account, decide)
    )


def quote(session: Session, desk: Desk, request: Request, decide: Decide) -> Quote:
    """Answer a request as ``post`` would, without writing anything."""
    account = open_account(session, desk, request.card_id, None, lock=False)
    decision = decision_on(
        session,
        desk,
        account,
        occurred_at=request.occurred_at,
        location_id=request.location_id,
    )
    outcome = decision.take(if_valid(account, decide))
    scales = account.template.rules.scales(desk.program.currency)
    if isinstance(outcome, Refusal):
        return Quote(refusal=outcome, till=None, scales=scales)
    return Quote(refusal=None, till=outcome.till, scales=scales)


def show(session: Session, desk: Desk, card_id: str) -> Shown:
    """Say how a card stands now, with what has fallen due but is not posted yet."""
    account = open_account(session, desk, card_id, None, lock=False)
    decision = decision_on(session, desk, account)
    rules = account.template.rules
    till = rules.till(Draft(decision.holding, decision.context))
    return Shown(
        till=till,
        scales=rules.scales(desk.program.currency),
        ends_next=decision.next_expiry(),
    )


def post_due_only(session: Session, desk: Desk, card_id: str) -> int:
    """
    Post what has fallen due on a card, without a request.

    Returns:
        How many transactions that were; with none, the card's next due moment is set
        right.
    """
    account = open_account(session, desk, card_id, None)
    decision = decision_on(session, desk, account)
    steps, next_due_at = decision.steps, decision.next_due_at
    if steps:
        write(session, desk, account, steps, next_due_at)
    elif next_due_at != account.next_due_at:
        ref = card_records.card_ref(desk.program.id, card_id)
        session.apply([Update(ref, {"next_due_at": next_due_at})])
    return len(steps)


def decide_and_write(
    session: Session,
    desk: Desk,
    account: Account,
    request: Request,
    decide: Decide,
    *,
    reverses: str | None = None,
    cause: str | None = None,
) -> Posted:
    """
    Decide on an open account and write what comes of it, and what follows from that.

    Args:
        reverses: the transaction that it points at.
        cause: the transaction, on whatever card, that it follows from.

    Raises:
        Refusal: a rule says no; nothing was written.
    """
    decision = decision_on(
        session,
        desk,
        account,
        occurred_at=request.occurred_at,
        location_id=request.location_id,
    )
    outcome = decision.take(decide)
    if isinstance(outcome, Refusal):
        raise outcome
    occurred_at = decision.context.occurred_at
    step = Step(occurred_at, outcome, request, reverses=reverses, cause=cause)
    steps = [*decision.steps, step]
    transaction = write(session, desk, account, steps, decision.next_due_at)
    for effect in outcome.effects:
        follow(session, desk, transaction, effect, _post_on)
    return _posted(desk, account, transaction)


def replayed(desk: Desk, account: Account, request: Request) -> Posted | None:
    """
    What the request's key stands for already, or None.

    Raises:
        DuplicateKeyMismatch: another request.
    """
    earlier = account.replay
    if earlier is None:
        return None
    if earlier.fingerprint != fingerprint(request.card_id, request.facts()):
        assert earlier.idempotency_key is not None, "it was found by its key"
        raise DuplicateKeyMismatch(earlier.idempotency_key, earlier.id)
    return attrs.evolve(_posted(desk, account, earlier), replayed=True)


def _post_on(
    session: Session, desk: Desk, request: Request, command: object, cause: str
) -> None:
    """Post a command that follows from another transaction."""
    account = open_account(session, desk, request.card_id, None)
    decide = if_valid(account, decider(command))
    decide_and_write(session, desk, account, request, decide, cause=cause)


def _posted(desk: Desk, account: Account, transaction: Transaction) -> Posted:
    scales = account.template.rules.scales(desk.program.currency)
    return Posted(transaction=transaction, scales=scales)
