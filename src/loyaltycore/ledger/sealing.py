"""
Canonical text, fingerprints and the hash chain.

The digest of a transaction covers its header, its entries and the digest before it on
the same card, so a changed, missing or exchanged transaction is found.  Fields that are
empty are left out of the text: a field that a later version adds does not change the
digest of what was written before.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from loyaltycore.ledger.transactions import Entry, Facts, Transaction

__all__ = ["SealedTransaction", "canonical", "fingerprint", "genesis", "seal"]

canonical = json.JSONEncoder(
    ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


@attrs.frozen
class SealedTransaction:
    """A transaction with its JSON parts as canonical text, and its digest."""

    transaction: Transaction
    command: str
    pinned: str
    till: str
    takes: tuple[str, ...]
    digest: str


def genesis(card_id: str) -> str:
    """The digest that a card's first transaction chains to."""
    return sha256(card_id.encode()).hexdigest()


def fingerprint(card_id: str, command: Facts) -> str:
    """What tells a replayed request from another one under the same key."""
    return sha256(f"{card_id}\n{canonical(command)}".encode()).hexdigest()


def seal(previous: str, transaction: Transaction) -> SealedTransaction:
    """Chain a transaction to the digest before it."""
    command = canonical(transaction.command)
    pinned = canonical(transaction.pinned)
    till = canonical(transaction.till)
    takes = tuple(canonical(entry.takes) for entry in transaction.entries)
    header = _header(transaction)
    header["command"] = command
    header["pinned"] = pinned
    header["till"] = till
    entries = [
        _entry(entry, text)
        for entry, text in zip(transaction.entries, takes, strict=True)
    ]
    text = canonical([previous, header, entries])
    digest = sha256(text.encode()).hexdigest()
    return SealedTransaction(transaction, command, pinned, till, takes, digest)


def _header(transaction: Transaction) -> dict[str, object]:
    header: dict[str, object] = {
        "id": transaction.id,
        "card_id": transaction.card_id,
        "version": transaction.version,
        "customer_id": transaction.customer_id,
        "template_id": transaction.template_id,
        "template_version": transaction.template_version,
        "kind": transaction.kind,
        "source": transaction.source,
        "occurred_at": transaction.occurred_at.isoformat(),
        "recorded_at": transaction.recorded_at.isoformat(),
        "local_day": transaction.local_day.isoformat(),
        "fingerprint": transaction.fingerprint,
    }
    for name in _OPTIONAL:
        value = getattr(transaction, name)
        if value is not None:
            header[name] = value
    return header


_OPTIONAL = (
    "actor_id",
    "location_id",
    "terminal_id",
    "receipt_id",
    "purchase_amount",
    "reverses",
    "idempotency_key",
)


def _entry(entry: Entry, takes: str) -> dict[str, object]:
    fields: dict[str, object] = {
        "unit": entry.unit,
        "kind": entry.kind,
        "amount": entry.amount,
        "takes": takes,
        "balance_after": entry.balance_after,
    }
    if entry.rule:
        fields["rule"] = entry.rule
    if entry.lot is not None:
        fields["lot"] = entry.lot
    if entry.earned_at is not None:
        fields["earned_at"] = entry.earned_at.isoformat()
    if entry.expires_at is not None:
        fields["expires_at"] = entry.expires_at.isoformat()
    if entry.reverses is not None:
        fields["reverses"] = entry.reverses
    return fields
