"""Write: outcomes become sealed transactions, and those become changes of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.figures import POINT_SCALE, figures_of
from loyaltycore.engagement.messages import message_of
from loyaltycore.errors import Conflict
from loyaltycore.ledger.sealing import fingerprint, seal
from loyaltycore.ledger.transactions import Transaction, Unit
from loyaltycore.ports import Add, Change, Insert, Update
from loyaltycore.records import cards as card_records
from loyaltycore.records import customers as customer_records
from loyaltycore.records import figures as figure_records
from loyaltycore.records import journal
from loyaltycore.records import messages as message_records
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.sealing import SealedTransaction
    from loyaltycore.ports import Session
    from loyaltycore.posting.account import Account
    from loyaltycore.posting.desk import Desk, Request

__all__ = ["Step", "write"]


@attrs.frozen
class Step:
    """One outcome, when it happened, and what it answers."""

    occurred_at: datetime
    outcome: Outcome
    request: Request
    reverses: str | None = None
    cause: str | None = None


def write(
    session: Session,
    desk: Desk,
    account: Account,
    steps: Sequence[Step],
    next_due_at: datetime,
) -> Transaction:
    """
    Write outcomes that build on one another; return the last transaction.

    Raises:
        Conflict: the card, or a counter, changed since it was read.
    """
    digest = account.holding.digest
    sealed: list[SealedTransaction] = []
    for step in steps:
        transaction = _transaction(desk, account, step)
        sealed.append(seal(digest, transaction))
        digest = sealed[-1].digest
    changes = _counter_changes(desk, account, steps)
    guarded = len(changes) + 1
    changes += _card_changes(desk, account, steps, digest, next_due_at)
    for step, each in zip(steps, sealed, strict=True):
        is_quiet = step.request.is_quiet
        changes += _journal_changes(desk, account, each, is_quiet=is_quiet)
    results = session.apply(changes)
    if 0 in results[:guarded]:
        raise Conflict("The card changed in the meantime; ask again.")
    return sealed[-1].transaction


def _transaction(desk: Desk, account: Account, step: Step) -> Transaction:
    outcome, request = step.outcome, step.request
    command = request.facts()
    return Transaction(
        id=desk.ids.new(outcome.after.last_at),
        card_id=account.card.id,
        version=outcome.after.version,
        customer_id=account.card.customer_id,
        template_id=account.template.id,
        template_version=account.template.version,
        kind=outcome.kind,
        source=request.source,
        occurred_at=step.occurred_at,
        recorded_at=outcome.after.last_at,
        local_day=local_day(step.occurred_at, desk.program.zone),
        actor_id=request.actor_id,
        location_id=request.location_id,
        terminal_id=request.terminal_id,
        receipt_id=request.receipt_id,
        purchase_amount=outcome.purchase_amount,
        reverses=step.reverses,
        cause=step.cause,
        idempotency_key=request.key,
        fingerprint=fingerprint(account.card.id, command),
        command=command,
        pinned=outcome.pinned,
        state=outcome.state,
        till=outcome.till.facts(),
        entries=outcome.entries,
    )


def _counter_changes(
    desk: Desk, account: Account, steps: Sequence[Step]
) -> list[Change]:
    changes: list[Change] = []
    for step in steps:
        for name, (n, at_most) in step.outcome.counters.items():
            stored = card_records.counter_name(account.card, name)
            ref = card_records.counter_ref(desk.program.id, stored)
            limits = {} if at_most is None else {"used": at_most}
            changes.append(Add(ref, {"used": n}, limits))
    return changes


def _card_changes(
    desk: Desk,
    account: Account,
    steps: Sequence[Step],
    digest: str,
    next_due_at: datetime,
) -> list[Change]:
    """The card first, then its lots."""
    program_id, card_id = desk.program.id, account.card.id
    before, after = account.holding, steps[-1].outcome.after
    touched = sorted({number for step in steps for number in step.outcome.touched})
    lots = [after.lots[number] for number in touched]
    for lot in lots:
        if lot.remaining:
            next_due_at = min(next_due_at, lot.due_at)
    for unit in {lot.unit for lot in lots}:
        total, deadline = after.total(unit), after.total(unit).deadline
        is_new = deadline != before.total(unit).deadline
        if total.remaining and deadline and (is_new or deadline > after.last_at):
            next_due_at = min(next_due_at, deadline)
    scales = account.template.rules.scales(desk.program.currency)
    point_scale = scales.get(Unit.POINT, POINT_SCALE)
    values = {
        **card_records.holding_values(after, digest, next_due_at),
        **card_records.balance_values(after, point_scale),
        "tier": steps[-1].outcome.till.tier,
    }
    changes: list[Change] = [
        Update(
            card_records.card_ref(program_id, card_id), values, expect=before.version
        )
    ]
    new = [lot for lot in lots if lot.number >= before.next_lot]
    if new:
        rows = [card_records.lot_row(program_id, card_id, lot) for lot in new]
        changes.append(Insert("lot", rows))
    changes += [
        Update(
            card_records.lot_ref(program_id, card_id, lot.number),
            card_records.lot_values(lot),
        )
        for lot in lots
        if lot.number < before.next_lot
    ]
    return changes


def _journal_changes(
    desk: Desk, account: Account, sealed: SealedTransaction, *, is_quiet: bool
) -> list[Change]:
    program_id = desk.program.id
    transaction = sealed.transaction
    scales = account.template.rules.scales(desk.program.currency)
    figures = figures_of(transaction, scales.get(Unit.POINT, POINT_SCALE))
    message = message_records.message_row(program_id, message_of(transaction))
    if is_quiet:
        sent = message_records.sent_values(transaction.recorded_at)
        message = {**message, **sent}
    changes: list[Change] = [
        Insert("transaction", [journal.transaction_row(program_id, sealed)]),
        customer_records.totals_change(
            program_id, account.card.customer_id, figures, transaction.occurred_at
        ),
        *figure_records.day_changes(program_id, transaction, figures),
        Insert("message", [message]),
    ]
    if transaction.entries:
        changes.append(Insert("entry", journal.entry_rows(program_id, sealed)))
    return changes
