"""
Taking a transaction back: void (whole) and refund (part of it).

A void takes back all that stands of each entry.  A refund of a purchase takes back what
it earned too much, recomputed on the net amount with what was pinned; a refund of a
redemption gives some of its units back.  How, is in ``taking_back``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from loyaltycore.ledger.amounts import units_of
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.original import Original, Reversed
from loyaltycore.ledger.taking_back import TakingBack, not_reversible
from loyaltycore.ledger.transactions import (
    EntryKind,
    Transaction,
    TransactionKind,
    Unit,
)
from loyaltycore.values.money import amount_text, minor_units
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.errors import Refusal
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.values.money import Amount

__all__ = ["decide_refund", "decide_void"]

_REVERSIBLE = frozenset(
    {
        TransactionKind.EARN,
        TransactionKind.REDEEM,
        TransactionKind.ADJUST,
        TransactionKind.CHANGE,
        TransactionKind.IMPORT,
        TransactionKind.HOLD,
        TransactionKind.CAPTURE,
        TransactionKind.TRANSFER,
    }
)
# What may have a purchase amount: a plan is bought in a change.
_BUYING = frozenset({TransactionKind.EARN, TransactionKind.CHANGE})
_REDEEMING = frozenset({EntryKind.REDEEM, EntryKind.CAPTURE})


def decide_void(
    rules: Reversed,
    holding: Holding,
    transaction: Transaction,
    later: Sequence[Transaction],
    context: Context,
) -> Outcome | Refusal:
    """
    Void a transaction that was not voided yet.

    Args:
        later: what points at the transaction, in order of version, without a void.

    Raises:
        Missing: something has to be loaded first.
    """
    if transaction.kind not in _REVERSIBLE:
        return not_reversible(transaction, f"It is of kind {transaction.kind}.")
    original = Original(rules, transaction, later)
    draft = Draft(holding, context)
    if why := rules.keeps(draft, transaction):
        return not_reversible(transaction, why)
    refusal = TakingBack(draft, rules, original, original.stands()).carry_out()
    refusal = refusal or _forget(draft, transaction)
    if refusal is not None:
        return refusal
    _slide_back(draft, transaction)
    draft.count_back(transaction)
    had_purchase = transaction.purchase_amount is not None
    return draft.outcome(
        TransactionKind.VOID,
        rules.settle(draft),
        purchase_amount=-original.net if had_purchase else None,
    )


def decide_refund(
    rules: Reversed,
    holding: Holding,
    transaction: Transaction,
    later: Sequence[Transaction],
    amount: Amount,
    context: Context,
) -> Outcome | Refusal:
    """
    Refund a part of a purchase, or of a redemption.

    Args:
        later: what points at the transaction, in order of version.
        amount: of a purchase in the program's currency, of a redemption in its unit.

    Raises:
        InvalidAmount: more decimals than the unit has.
        Missing: something has to be loaded first.
    """
    original = Original(rules, transaction, later)
    if original.is_voided:
        return not_reversible(transaction, "It was voided.")
    if transaction.pinned.get("whole"):
        return not_reversible(transaction, "It stands or falls as one; void it.")
    if any(entry.kind in _REDEEMING for entry in transaction.entries):
        return _give_back(rules, holding, original, amount, context)
    if transaction.kind not in _BUYING or not original.amount:
        return not_reversible(transaction, "It has no purchase amount to refund.")
    minor = minor_units(amount, context.currency)
    if minor > original.net:
        asked = amount_text(minor, context.currency)
        left = amount_text(original.net, context.currency)
        why = f"{asked} {context.currency} was asked back and {left} is left of it."
        return not_reversible(transaction, why)
    after = original.stands_on(original.net - minor)
    due = [
        max(0, before - rest)
        for before, rest in zip(original.stands(), after, strict=True)
    ]
    draft = Draft(holding, context)
    refusal = TakingBack(draft, rules, original, due).carry_out()
    if refusal is not None:
        return refusal
    return draft.outcome(
        TransactionKind.REFUND, rules.settle(draft), purchase_amount=-minor
    )


def _give_back(
    rules: Reversed,
    holding: Holding,
    original: Original,
    amount: Amount,
    context: Context,
) -> Outcome | Refusal:
    """Give back units of a redemption, those that were taken last first."""
    stands = original.stands()
    redeemed = [
        index
        for index, entry in enumerate(original.entries)
        if entry.kind in _REDEEMING
    ]
    unit = original.entries[redeemed[0]].unit
    scale = rules.scales(context.currency)[unit]
    units = units_of(amount, unit, scale, context.currency)
    left = sum(stands[index] for index in redeemed)
    if units > left:
        shown = from_units(left, scale)
        why = f"{from_units(units, scale)} was asked back and {shown} is left of it."
        return not_reversible(original.transaction, why)
    due = [0] * len(stands)
    for index in reversed(redeemed):
        due[index] = min(units, stands[index])
        units -= due[index]
    draft = Draft(holding, context)
    refusal = TakingBack(draft, rules, original, due).carry_out()
    if refusal is not None:
        return refusal
    return draft.outcome(TransactionKind.REFUND, rules.settle(draft))


def _forget(draft: Draft, transaction: Transaction) -> Refusal | None:
    """Let the card remember what it did before, if nothing has changed it since."""
    for name, value in transaction.state.items():
        if draft.holding.state.get(name) != value:
            why = f"What it set as {name} was changed meanwhile."
            return not_reversible(transaction, why)
        draft.state[name] = transaction.pinned["state_before"][name]
    return None


def _slide_back(draft: Draft, transaction: Transaction) -> None:
    """Move deadlines back that only this activity had moved on."""
    for name, own in transaction.pinned.get("slides", {}).items():
        unit = Unit(name)
        if draft.total(unit).deadline != datetime.fromisoformat(own):
            continue
        earlier = draft.context.slid_to(unit, without=transaction.id)
        if earlier is not None:
            draft.set_deadline(unit, earlier)
