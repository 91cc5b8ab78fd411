"""
Taking a transaction back: void (whole) and refund (part of a purchase).

Both walk the entries of the original from last to first.  A void takes back all that
stands of each; a refund takes back what the purchase earned too much, recomputed on the
net amount with what was pinned.

- Units that were spent go back to their own lots; what has expired there is forfeited.
- Units that were earned are taken from the lot they were earned in, then from other
  lots, soonest to expire first; what is gone falls under the shortfall rule.
- Units that expired in their own lot are not asked for: nobody had any use of them.
- A conversion (ten stamps into a reward) is an entry of kind ``convert`` followed by
  the entry that it paid for.  A void undoes it, a refund only where units are missing,
  both as far as the product can be taken back.  A product that was used stays paid
  for, so that nobody pays for it twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import InvalidAmount, NotReversible, Refusal
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.original import Original, Reversed
from loyaltycore.ledger.shortfall import may_be_short
from loyaltycore.ledger.transactions import EntryKind, TransactionKind
from loyaltycore.values.money import amount_text


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Entry, Takes, Transaction

__all__ = ["Refund", "Void", "decide_refund", "decide_void"]


@attrs.frozen
class Void:
    """Cancel one transaction whole; a second void gives the first one's result."""

    transaction_id: str


@attrs.frozen
class Refund:
    """
    Take back part of a purchase.

    Attributes:
        amount: minor units of the program's currency, above 0.
    """

    transaction_id: str
    amount: int


_REVERSIBLE = frozenset(
    {TransactionKind.EARN, TransactionKind.REDEEM, TransactionKind.ADJUST}
)

# What took units out of their lots, and what puts them back.
_PUTS_BACK = {
    EntryKind.REDEEM: EntryKind.RESTORE,
    EntryKind.ADJUST: EntryKind.ADJUST,
}


def decide_void(
    rules: Reversed,
    holding: Holding,
    transaction: Transaction,
    reversals: Sequence[Transaction],
    context: Context,
) -> Outcome | Refusal:
    """
    Void a transaction that was not voided yet.

    Args:
        reversals: what already reverses the transaction, without a void.

    Raises:
        Missing: lots have to be loaded first.
    """
    if transaction.kind not in _REVERSIBLE:
        return _not_reversible(transaction, f"It is of kind {transaction.kind}.")
    original = Original(rules, transaction, reversals)
    draft = Draft(holding, context)
    refusal = _Reversal(draft, rules, original, original.stands()).carry_out()
    if refusal is not None:
        return refusal
    for name, n in transaction.pinned.get("counters", {}).items():
        draft.count(name, -n)
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
    reversals: Sequence[Transaction],
    amount: int,
    context: Context,
) -> Outcome | Refusal:
    """
    Refund *amount* minor units of a purchase.

    Args:
        reversals: what already reverses the transaction.

    Raises:
        Missing: lots have to be loaded first.
    """
    if transaction.kind is not TransactionKind.EARN or not transaction.purchase_amount:
        return _not_reversible(transaction, "It has no purchase amount to refund.")
    if amount <= 0:
        raise InvalidAmount("A refund is more than nothing.")
    if any(reversal.kind is TransactionKind.VOID for reversal in reversals):
        return _not_reversible(transaction, "It was voided.")
    original = Original(rules, transaction, reversals)
    if amount > original.net:
        asked = amount_text(amount, context.currency)
        left = amount_text(original.net, context.currency)
        why = f"{asked} {context.currency} was asked back and {left} is left of it."
        return _not_reversible(transaction, why)
    after = original.stands_on(original.net - amount)
    due = [
        max(0, before - rest)
        for before, rest in zip(original.stands(), after, strict=True)
    ]
    draft = Draft(holding, context)
    refusal = _Reversal(draft, rules, original, due).carry_out()
    if refusal is not None:
        return refusal
    return draft.outcome(
        TransactionKind.REFUND, rules.settle(draft), purchase_amount=-amount
    )


class _Reversal:
    """
    The steps that voids and refunds share, on one draft.

    Args:
        due: by the index of an entry, units of it to take or to put back.
    """

    def __init__(
        self, draft: Draft, rules: Reversed, original: Original, due: Sequence[int]
    ) -> None:
        self.draft = draft
        self.rules = rules
        self.entries = original.entries
        self.transaction = original.transaction
        self.due = due
        self.stands = original.stands()
        self.undone = original.undone

    def carry_out(self) -> Refusal | None:
        """Take back what is due of every entry, last to first."""
        self.draft.require(*self._lots())
        for index in reversed(range(len(self.entries))):
            entry, due = self.entries[index], self.due[index]
            if entry.kind is EntryKind.CONVERT:
                self._undo_conversion(index, self.due[index + 1])
            elif entry.kind in _PUTS_BACK and entry.takes:
                self._put_back(index, _PUTS_BACK[entry.kind], due)
            elif entry.kind is EntryKind.CLAWBACK and due:
                if not self.draft.forgive(entry.unit, due, reverses=index):
                    why = "What it let the customer owe was repaid meanwhile."
                    return _not_reversible(self.transaction, why)
            elif entry.lot is not None and not self._is_product(index):
                missing = self._take_back(index, due)
                if not may_be_short(
                    self.rules.shortfall, self.draft, entry.unit, missing, index
                ):
                    why = f"{missing} of its smallest {entry.unit} units are gone."
                    return _not_reversible(self.transaction, why)
        return None

    def _take_back(self, index: int, due: int) -> int:
        """
        Take *due* of the units of an earning back; return how many are missing.

        Where units are missing, what the transaction itself converted is turned back.
        """
        at_most = self.undone[index] + due
        self.stands[index] -= due
        missing = self._collect(index, at_most)
        unit = self.entries[index].unit
        for conversion in reversed(range(index + 1, len(self.entries))):
            paid = self.entries[conversion]
            if missing and paid.kind is EntryKind.CONVERT and paid.unit is unit:
                product = self.entries[conversion + 1].amount
                needed = -(missing * product // paid.amount)
                self._undo_conversion(conversion, needed)
                missing = self._collect(index, at_most)
        return missing

    def _collect(self, index: int, at_most: int) -> int:
        """
        Take units of an earning out of its own lot, then of others; say how many miss.

        What expired in its own lot comes off first: of 100 earned, 30 spent and 70
        expired, a void asks for 30, and a refund of half of it for none.

        Args:
            at_most: so many in all, with what was taken before.
        """
        entry, draft = self.entries[index], self.draft
        own = draft.lot(_lot_of(entry))
        asked = min(at_most, entry.amount - self.stands[index] - own.expired)
        missing = max(0, asked - self.undone[index])
        kind = EntryKind.CLAWBACK
        taken = draft.take_from(own, missing, kind=kind, reverses=index)
        if taken < missing:
            rest, rule = missing - taken, entry.rule or None
            taken += draft.debit(entry.unit, rest, kind=kind, rule=rule, reverses=index)
        self.undone[index] += taken
        return missing - taken

    def _undo_conversion(self, index: int, due: int) -> None:
        """Put back what *due* units of its product cost, as far as they come back."""
        product = index + 1
        of = self.stands[product]
        due = min(due, of)
        if due:
            back = due - self._take_back(product, due)
            self._put_back(index, EntryKind.CONVERT, self.stands[index] * back // of)

    def _put_back(self, index: int, kind: EntryKind, amount: int) -> None:
        """Put units that an entry took back into their lots, the last ones first."""
        entry = self.entries[index]
        takes = _part(entry.takes, self.undone[index], amount)
        if takes:
            self.draft.put_back(entry.unit, takes, kind=kind, reverses=index)
            self.undone[index] += amount
            self.stands[index] -= amount

    def _is_product(self, index: int) -> bool:
        """Is it what the conversion before it paid for?"""
        return index > 0 and self.entries[index - 1].kind is EntryKind.CONVERT

    def _lots(self) -> list[int]:
        """All lots that the original has to do with, to be loaded in one go."""
        lots = {number for entry in self.entries for number, _ in entry.takes}
        lots |= {entry.lot for entry in self.entries if entry.lot is not None}
        return sorted(lots)


def _lot_of(entry: Entry) -> int:
    assert entry.lot is not None, "an earning opens a lot"
    return entry.lot


def _part(takes: Takes, skip: int, amount: int) -> Takes:
    """Of what was taken last to first, *amount* units behind the last *skip* ones."""
    part: list[tuple[int, int]] = []
    for number, taken in reversed(takes):
        skipped = min(skip, taken)
        back = min(taken - skipped, amount)
        if back:
            part.append((number, back))
        skip -= skipped
        amount -= back
    return tuple(reversed(part))


def _not_reversible(transaction: Transaction, why: str) -> NotReversible:
    return NotReversible(
        f"Transaction {transaction.id} cannot be taken back. {why}",
        transaction_id=transaction.id,
    )
