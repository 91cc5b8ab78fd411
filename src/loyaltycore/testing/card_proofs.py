"""
The laws of the ledger, as assertions about one card's history.

Each looks at everything that was ever written on the card.  They add the entries up by
themselves, so that they do not trust the code that they judge.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from loyaltycore.ledger.holding import fold
from loyaltycore.ledger.lots import LotState
from loyaltycore.ledger.transactions import EntryKind, TransactionKind


if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.transactions import Entry, Transaction, Unit
    from loyaltycore.testing.card_history import CardHistory

__all__ = ["Essence", "check_history", "essence", "had_enough"]

Essence = tuple[object, ...]

# What names lots without taking units that count.
_NOT_TAKING = frozenset({EntryKind.ACTIVATE, EntryKind.CAPTURE})


def check_history(history: CardHistory, opened_at: datetime) -> None:
    """Assert everything that holds after any step of any history."""
    _check_journal(history)
    _check_stored(history, opened_at)
    _check_clawbacks(history.transactions)


def essence(history: CardHistory) -> Essence:
    """
    What a history came to, without ids, digests and the moments of recording.

    Two ways to the same essence leave the customer with the same.
    """
    holding = history.holding
    return (
        dict(holding.totals),
        dict(holding.lots),
        [
            (transaction.kind, transaction.occurred_at, transaction.entries)
            for transaction in history.transactions
        ],
    )


def had_enough(before: Holding, entries: Sequence[Entry]) -> bool:
    """Could the card have paid, before all this, for one of what it converted into?"""
    return any(
        before.balance(paid.unit) * product.quantity >= -paid.amount
        for paid, product in pairwise(entries)
        if paid.kind is EntryKind.CONVERT
    )


def _check_journal(history: CardHistory) -> None:
    """Sums, lots and moments, entry by entry."""
    sums: Counter[Unit] = Counter()
    left: dict[int, int] = {}
    lots = history.holding.lots
    recorded_at = None
    for version, transaction in enumerate(history.transactions, start=1):
        assert version == transaction.version
        assert transaction.occurred_at <= transaction.recorded_at
        assert recorded_at is None or recorded_at <= transaction.recorded_at
        recorded_at = transaction.recorded_at
        opened = len(left)
        for entry in transaction.entries:
            # Law 1: the entries of a unit add up to its balance, at any prefix.
            sums[entry.unit] += entry.amount
            assert sums[entry.unit] == entry.balance_after
            if entry.lot is not None:
                assert entry.quantity == lots[entry.lot].amount
                left[entry.lot] = entry.quantity
            if entry.hold is not None:
                left[entry.hold] -= entry.quantity
                assert left[entry.hold] >= 0
            if entry.kind in _NOT_TAKING:
                continue
            for number, taken in entry.takes:
                # Law 2: a lot holds no less than nothing, no more than at first.
                left[number] -= taken
                assert 0 <= left[number] <= lots[number].amount
                is_new = number > opened and entry.kind is EntryKind.DEBT_REPAID
                if not is_new:
                    _check_moment(lots[number], taken, entry, transaction)
    assert {number: lot.remaining for number, lot in lots.items()} == left
    for unit, total in history.holding.totals.items():
        # Law 1, as it is stored: entries = open - debt.
        there: Counter[LotState] = Counter()
        for lot in lots.values():
            if lot.unit is unit:
                there[lot.state] += lot.remaining
        assert total.remaining == there[LotState.OPEN] + there[LotState.PENDING]
        assert total.pending == there[LotState.PENDING]
        assert total.held == there[LotState.HELD]
        assert sums[unit] == there[LotState.OPEN] - total.debt
        assert total.debt >= 0


def _check_moment(lot: Lot, taken: int, entry: Entry, transaction: Transaction) -> None:
    """Law 8: nothing is spent when its time has passed, or expires before."""
    if taken > 0 and not lot.slides:
        is_expiry = entry.kind is EntryKind.EXPIRE
        assert is_expiry == lot.is_due(transaction.decided_at)


def _check_stored(history: CardHistory, opened_at: datetime) -> None:
    """The card as it is stored is what its journal folds to."""
    folded = fold(opened_at, history.transactions)
    stored = history.holding
    assert folded.totals == stored.totals
    assert folded.lots == stored.lots
    assert (folded.version, folded.last_at) == (stored.version, stored.last_at)
    assert folded.next_lot == stored.next_lot
    assert folded.state == stored.state


def _check_clawbacks(transactions: tuple[Transaction, ...]) -> None:
    """Law 9: no more is taken back of an entry than it was."""
    entries = {each.id: list(each.entries) for each in transactions}
    undone: Counter[tuple[str, int]] = Counter()
    for transaction in transactions:
        origin = transaction.reverses
        if origin is not None and transaction.kind is TransactionKind.AMEND:
            entries[origin] += transaction.entries
        for entry in transaction.entries:
            if entry.reverses is not None:
                assert origin is not None
                undone[origin, entry.reverses] += entry.quantity
    for (origin, index), quantity in undone.items():
        assert quantity <= entries[origin][index].quantity
