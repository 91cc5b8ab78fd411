"""
Taking a transaction back: void (whole) and refund (part of it).

A void takes back all that stands of each entry.  A refund of a purchase takes back what
it earned too much, recomputed on the net amount with what was pinned; a refund of a
redemption gives some of its units back.  How, is in ``taking_back``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import Refusal
from loyaltycore.ledger.amounts import units_of
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.original import Original, Reversed
from loyaltycore.ledger.taking_back import TakingBack, not_reversible
from loyaltycore.ledger.transactions import Transaction, TransactionKind, Unit
from loyaltycore.values.money import exponent
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Sequence

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
    for each in (transaction, *original.amendments):
        draft.count_back(each)
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
    amount: Amount | None,
    context: Context,
) -> Outcome | Refusal:
    """
    Refund a part of a purchase, or of a redemption.

    Args:
        later: what points at the transaction, in order of version.
        amount: of a purchase in the program's currency, of a redemption in its unit;
            None is as much as the rules give back.

    Raises:
        InvalidAmount: more decimals than the unit has.
        Missing: something has to be loaded first.
    """
    original = Original(rules, transaction, later)
    if original.is_voided:
        return not_reversible(transaction, "It was voided.")
    if transaction.pinned.get("whole"):
        return not_reversible(transaction, "It stands or falls as one; void it.")
    is_purchase = not original.redeemed
    unit = Unit.SPEND
    if not is_purchase:
        unit = original.entries[original.redeemed[0]].unit
    elif transaction.kind not in _BUYING or not original.amount:
        return not_reversible(transaction, "It has no purchase amount to refund.")
    scale = rules.scales(context.currency).get(unit, exponent(context.currency))
    asked = None
    if amount is not None:
        asked = units_of(amount, unit, scale, context.currency)
    draft = Draft(holding, context)
    units = rules.refund_of(draft, original, asked)
    if isinstance(units, Refusal):
        return units
    of = f" {context.currency}" if is_purchase else ""
    if not units or units > original.left:
        shown, left = from_units(units, scale), from_units(original.left, scale)
        why = f"{shown}{of} was asked back and {left} is left of it."
        if not original.left:
            why = "It was refunded in full already."
        return not_reversible(transaction, why)
    due = _surplus(original, units) if is_purchase else _given_back(original, units)
    refusal = TakingBack(draft, rules, original, due).carry_out()
    if refusal is not None:
        return refusal
    till = rules.settle(draft)
    if not is_purchase:
        return draft.outcome(TransactionKind.REFUND, till)
    text = till.text
    if asked is None:  # nobody said how much, so the till does
        text = f"{text}, {from_units(units, scale)}{of} back"
    till = attrs.evolve(till, text=text, pay_out=units)
    return draft.outcome(TransactionKind.REFUND, till, purchase_amount=-units)


def _surplus(original: Original, minor: int) -> list[int]:
    """By entry, what stands beyond a purchase that is worth so much less."""
    after = original.stands_on(original.net - minor)
    pairs = zip(original.stands(), after, strict=True)
    return [max(0, before - rest) for before, rest in pairs]


def _given_back(original: Original, units: int) -> list[int]:
    """
    By entry, what is given back of a redemption: what was taken last comes first.

    What it earned is taken back in proportion.
    """
    stands, stays = original.stands(), original.left - units
    redeemed = sum(original.entries[index].quantity for index in original.redeemed)
    due = [
        max(0, stands[index] - entry.quantity * stays // redeemed)
        if entry.earned
        else 0
        for index, entry in enumerate(original.entries)
    ]
    for index in reversed(original.redeemed):
        due[index] = min(units, stands[index])
        units -= due[index]
    return due


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
