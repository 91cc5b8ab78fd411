"""
Taking a transaction back: void (whole) and refund (part of a purchase).

A void walks the entries of the original from last to first.  Units that were spent go
back to their own lots; units that were earned are taken back.  A refund takes back what
the purchase earned too much, recomputed on the net amount with the pinned rates.

Taking earned units back goes through the lot they were earned in, then through other
lots, soonest to expire first, and what is gone falls under the shortfall rule.  What has
expired out of the own lot is not asked for again.

A conversion (ten stamps into one reward) is an entry of kind ``convert`` followed by the
entry that it paid for; it is undone in proportion to what can be taken back of that.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

import attrs

from loyaltycore.errors import InvalidAmount, NotReversible, Refusal
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import EntryKind, TransactionKind
from loyaltycore.values.money import amount_text


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.ledger.decision import Context, Outcome, Reversed
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Entry, Takes, Transaction, Unit

__all__ = ["Refund", "Shortfall", "Void", "decide_refund", "decide_void"]


class Shortfall(StrEnum):
    """
    What happens when units that have to be taken back are gone.

    ``clamp`` takes what is there, ``debt`` lets the customer owe the rest until the
    next units repay it, ``refuse`` takes nothing back and refuses.
    """

    CLAMP = "clamp"
    DEBT = "debt"
    REFUSE = "refuse"


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


class _Original:
    """The transaction to take back, and what is left of it."""

    def __init__(
        self,
        rules: Reversed,
        transaction: Transaction,
        reversals: Sequence[Transaction],
    ) -> None:
        self.rules = rules
        self.transaction = transaction
        self.net = (transaction.purchase_amount or 0) + sum(
            reversal.purchase_amount or 0 for reversal in reversals
        )
        bought = transaction.purchase_amount is not None
        self.priced: Mapping[Unit, int] = (
            rules.reprice(transaction, self.net) if bought else {}
        )
        self._undone: Counter[int] = Counter()
        for reversal in reversals:
            for entry in reversal.entries:
                if entry.reverses is not None:
                    self._undone[entry.reverses] += abs(entry.amount)

    def stands_at(self, index: int) -> int:
        """Units of an entry that no reversal has asked for yet."""
        entry = self.transaction.entries[index]
        if entry.kind is EntryKind.EARN and entry.unit in self.priced:
            return self.priced[entry.unit]
        return abs(entry.amount) - self._undone[index]


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
    original = _Original(rules, transaction, reversals)
    reversal = _Reversal(Draft(holding, context), original)
    reversal.take_all_back()
    reversal.give_counters_back()
    had_purchase = transaction.purchase_amount is not None
    return reversal.outcome(
        TransactionKind.VOID, -original.net if had_purchase else None
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
    original = _Original(rules, transaction, reversals)
    if amount > original.net:
        currency = context.currency
        asked, left = amount_text(amount, currency), amount_text(original.net, currency)
        why = f"{asked} {currency} was asked back and {left} is left of it."
        return _not_reversible(transaction, why)
    reversal = _Reversal(Draft(holding, context), original)
    reversal.reprice(original.net - amount)
    return reversal.outcome(TransactionKind.REFUND, -amount)


class _Reversal:
    """The steps that voids and refunds share, on one draft."""

    def __init__(self, draft: Draft, original: _Original) -> None:
        self.draft = draft
        self.original = original
        self.entries = tuple(enumerate(original.transaction.entries))
        self.refusal: Refusal | None = None

    def take_all_back(self) -> None:
        """Reverse every entry, last to first."""
        product = 1, 1
        for index, entry in reversed(self.entries):
            stands_at = self.original.stands_at(index)
            if entry.kind is EntryKind.EARN:
                product = self.take_back(index, stands_at), max(1, stands_at)
            elif entry.kind is EntryKind.CONVERT:
                undone, of = product
                self.put_back(index, EntryKind.CONVERT, stands_at * undone // of)
            elif entry.kind is EntryKind.REDEEM:
                self.put_back(index, EntryKind.RESTORE, stands_at)
            elif entry.kind is EntryKind.ADJUST:
                self.put_back(index, EntryKind.ADJUST, stands_at)

    def reprice(self, net: int) -> None:
        """Take back what the purchase earned beyond its earnings on *net*."""
        owed = self.original.rules.reprice(self.original.transaction, net)
        for index, entry in reversed(self.entries):
            if entry.kind is EntryKind.EARN and entry.unit in owed:
                due = self.original.stands_at(index) - owed[entry.unit]
                self.undo_conversions(entry.unit, due)
                self.take_back(index, due)

    def undo_conversions(self, unit: Unit, due: int) -> None:
        """Undo conversions of the original, last first, while *unit* does not reach."""
        for index, entry in reversed(self.entries):
            if self.draft.balance(unit) >= due:
                return
            if entry.kind is EntryKind.CONVERT and entry.unit is unit:
                product = self.draft.lot(_lot_of(self.entries[index + 1][1]))
                if product.remaining == product.amount:
                    self.take_back(index + 1, product.amount)
                    self.put_back(
                        index, EntryKind.CONVERT, self.original.stands_at(index)
                    )

    def take_back(self, index: int, due: int) -> int:
        """Take *due* of the units of an earning back; return how many there were."""
        entry = self.entries[index][1]
        draft = self.draft
        own = draft.lot(_lot_of(entry))
        asked_before = entry.amount - self.original.stands_at(index)
        due = min(due, max(0, entry.amount - own.expired - asked_before))
        kind = EntryKind.CLAWBACK
        taken = draft.take_from(own, due, kind=kind, reverses=index)
        if taken < due:
            taken += draft.debit(
                entry.unit,
                due - taken,
                kind=kind,
                rule=entry.rule or None,
                reverses=index,
            )
        if taken < due:
            self._fall_short(entry, index, due - taken)
        return taken

    def put_back(self, index: int, kind: EntryKind, amount: int) -> None:
        """Put the last *amount* units that an entry took back into their lots."""
        entry = self.entries[index][1]
        takes = _last(entry.takes, amount)
        if takes:
            self.draft.put_back(entry.unit, takes, kind=kind, reverses=index)

    def give_counters_back(self) -> None:
        """Return the allowance that the original used up."""
        for name, n in self.original.transaction.pinned.get("counters", {}).items():
            self.draft.count(name, -n)

    def outcome(
        self, kind: TransactionKind, purchase_amount: int | None
    ) -> Outcome | Refusal:
        """Let the card's rules settle, and close the draft."""
        if self.refusal is not None:
            return self.refusal
        till = self.original.rules.settle(self.draft)
        return self.draft.outcome(kind, till, purchase_amount=purchase_amount)

    def _fall_short(self, entry: Entry, index: int, missing: int) -> None:
        match self.original.rules.shortfall:
            case Shortfall.CLAMP:
                pass
            case Shortfall.DEBT:
                self.draft.owe(entry.unit, missing, reverses=index)
            case Shortfall.REFUSE:
                why = f"{missing} of its smallest {entry.unit} units are gone."
                self.refusal = _not_reversible(self.original.transaction, why)
            case _ as never:  # pragma: no cover : the enum above is closed
                assert_never(never)


def _lot_of(entry: Entry) -> int:
    assert entry.lot is not None, "an earning opens a lot"
    return entry.lot


def _last(takes: Takes, amount: int) -> Takes:
    """The part of *takes* that was taken last, of *amount* units."""
    part: list[tuple[int, int]] = []
    for number, taken in reversed(takes):
        if amount <= 0:
            break
        part.append((number, min(taken, amount)))
        amount -= taken
    return tuple(reversed(part))


def _not_reversible(transaction: Transaction, why: str) -> NotReversible:
    return NotReversible(
        f"Transaction {transaction.id} cannot be taken back. {why}",
        transaction_id=transaction.id,
    )
