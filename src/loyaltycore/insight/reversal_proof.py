"""
The proof that nothing was taken back twice, or more of it than there was.

Owns what is left of each transaction of one card for those that point at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.ledger.transactions import TransactionKind


if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyaltycore.ledger.transactions import Transaction

__all__ = ["ReversalProof"]

_REVERSING: Final = frozenset({TransactionKind.VOID, TransactionKind.REFUND})
_POINTING: Final = _REVERSING | {
    TransactionKind.AMEND,
    TransactionKind.CAPTURE,
    TransactionKind.RELEASE,
}
_NEVER_REVERSED: Final = _REVERSING | {
    TransactionKind.EXPIRE,
    TransactionKind.ACTIVATE,
    TransactionKind.RELEASE,
    TransactionKind.AMEND,
    TransactionKind.ISSUE,
}


@attrs.define
class _Standing:
    """
    What is left of a transaction for reversals to take back.

    Attributes:
        net: minor units of the purchase.
        units: smallest units of each entry, those of amendments behind its own.
    """

    kind: TransactionKind
    net: int
    units: list[int]
    is_voided: bool = False


class ReversalProof:
    """The transactions of one card in their order, and what points at what."""

    def __init__(self) -> None:
        self._past: dict[str, _Standing] = {}

    def add(self, transaction: Transaction) -> Iterator[tuple[int | None, str]]:
        """
        Check what a transaction takes back, and keep it for those behind it.

        Yields:
            (number of the entry or None, what is wrong).
        """
        yield from self._check(transaction)
        self._past[transaction.id] = _Standing(
            transaction.kind,
            transaction.purchase_amount or 0,
            [entry.quantity for entry in transaction.entries],
        )

    def _check(self, transaction: Transaction) -> Iterator[tuple[int | None, str]]:
        is_pointing = transaction.kind in _POINTING
        if transaction.reverses is None:
            names_any = any(entry.reverses is not None for entry in transaction.entries)
            if (is_pointing and not transaction.fell_due) or names_any:
                yield None, "it takes something back and does not say what"
            return
        original = self._past.get(transaction.reverses)
        wrong = _wrong(original, is_pointing=is_pointing)
        if wrong:
            yield None, f"it reverses {transaction.reverses}, {wrong}"
        if original is not None:
            yield from _take_back(original, transaction)


def _take_back(
    original: _Standing, transaction: Transaction
) -> Iterator[tuple[int | None, str]]:
    original.net += transaction.purchase_amount or 0
    if transaction.kind is TransactionKind.VOID:
        original.is_voided = True
    elif transaction.kind is TransactionKind.AMEND:
        original.units += [entry.quantity for entry in transaction.entries]
    if original.net < 0 or (original.is_voided and original.net):
        yield None, f"it leaves {original.net} minor units of what it reverses"
    for number, entry in enumerate(transaction.entries):
        index = entry.reverses
        if index is None:
            continue
        left = original.units[index] if 0 <= index < len(original.units) else 0
        if entry.quantity > left:
            yield number, f"it takes back {entry.quantity} of {left} {entry.unit}"
        else:
            original.units[index] -= entry.quantity


def _wrong(original: _Standing | None, *, is_pointing: bool) -> str | None:
    if original is None:
        return "which is no earlier transaction of its card"
    if not is_pointing:
        return "and is neither a void nor a refund"
    if original.kind in _NEVER_REVERSED:
        return f"which is of kind {original.kind} and is never reversed"
    if original.is_voided:
        return "which was voided before"
    return None
