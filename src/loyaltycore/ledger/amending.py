"""
Correcting the amount of a purchase.

What the purchase earned is recomputed with what it pinned, on the corrected amount less
all refunds.  What it earned too much is taken back as a refund would; what it earned
too little comes in as if it had been earned then.  Later transactions keep the rates
that they pinned, and the original stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import NotReversible, Refusal
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.original import Original, price_of
from loyaltycore.ledger.taking_back import TakingBack
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.values.money import amount_text, minor_units


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ledger.commands import Amend
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.original import Reversed
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["decide_amend"]


def decide_amend(
    rules: Reversed,
    holding: Holding,
    transaction: Transaction,
    later: Sequence[Transaction],
    command: Amend,
    context: Context,
    *,
    is_latest: bool,
) -> Outcome | Refusal:
    """
    Amend a purchase that was not voided.

    Args:
        later: what points at the transaction, in order of version.
        is_latest: no purchase was recorded on the card after it.

    Raises:
        InvalidAmount: an amount that the currency cannot hold.
        Missing: lots have to be loaded first.
    """
    original = Original(rules, transaction, later)
    if (
        transaction.kind is not TransactionKind.EARN
        or transaction.purchase_amount is None
    ):
        return _not_amendable(transaction, "It has no purchase amount.")
    if original.is_voided:
        return _not_amendable(transaction, "It was voided.")
    if not (is_latest or command.is_any):
        return _not_amendable(transaction, "A later purchase is on the card.")
    amount = minor_units(command.amount, context.currency)
    if amount < original.refunded:
        refunded = amount_text(original.refunded, context.currency)
        why = f"{refunded} {context.currency} of it was refunded already."
        return _not_amendable(transaction, why)
    net = amount - original.refunded
    draft = Draft(holding, attrs.evolve(context, occurred_at=transaction.occurred_at))
    refusal = _take_surplus(draft, rules, original, net)
    if refusal is not None:
        return refusal
    _credit_shortage(draft, rules, original, net)
    return draft.outcome(
        TransactionKind.AMEND,
        rules.settle(draft),
        purchase_amount=amount - original.amount,
    )


def _take_surplus(
    draft: Draft, rules: Reversed, original: Original, net: int
) -> Refusal | None:
    """Take back what stands beyond the corrected amount."""
    pairs = zip(original.stands(), original.stands_on(net), strict=True)
    due = [max(0, before - after) for before, after in pairs]
    return TakingBack(draft, rules, original, due).carry_out()


def _credit_shortage(
    draft: Draft, rules: Reversed, original: Original, net: int
) -> None:
    """Credit what the corrected amount earns more than stands."""
    worth = original.worth(net)
    missing, standing = dict(worth), dict.fromkeys(worth, 0)
    for entry, stands in zip(original.entries, original.stands_on(net), strict=True):
        price = price_of(entry, worth)
        if price is not None:
            missing[price] -= stands
            standing[price] += stands
    for (unit, rule), asked in missing.items():
        amount = rules.allowed(draft, unit, max(0, asked), standing[unit, rule])
        draft.credit(
            unit,
            amount,
            rule=rule or "",
            expiry=rules.expiry_of(unit, draft),
            pending=rules.pending_of(unit),
        )


def _not_amendable(transaction: Transaction, why: str) -> NotReversible:
    return NotReversible(
        f"Transaction {transaction.id} cannot be amended. {why}",
        transaction_id=transaction.id,
    )
