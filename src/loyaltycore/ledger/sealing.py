"""
Canonical text, fingerprints and the hash chain.

The digest of a transaction covers its header, its entries and the digest before it on
the same card, so a changed, missing or exchanged transaction is found.  What is hashed
is a text of parts divided by NUL, which no stored text may hold: the fields that are
always there in their order, then ``name=value`` for each of the others that is not
empty.  So a field that a later version adds does not change the digest of what was
written before.
"""

from __future__ import annotations

import json
import json.encoder
from hashlib import sha256
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.ledger.transactions import Entry, Facts, Transaction

__all__ = ["SealedTransaction", "canonical", "fingerprint", "genesis", "seal"]


def _compiled() -> Callable[[object], str]:
    """
    Make the encoder once: ``JSONEncoder.encode`` compiles one anew for every call.

    That costs as much as encoding a small value, and each posting encodes six.
    """
    encoder = json.JSONEncoder(
        sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
    )
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # pragma: no cover : Pythons without the C accelerator
        return encoder.encode
    settings = (None, ":", ",", True, False, False)
    chunks = make(
        None, encoder.default, json.encoder.encode_basestring_ascii, *settings
    )
    return lambda value: "".join(chunks(value, 0))


canonical = _compiled()
_NO_TAKES = "[]"
_NOTHING = "{}"


@attrs.frozen
class SealedTransaction:
    """A transaction with its JSON parts as canonical text, and its digest."""

    transaction: Transaction
    command: str
    pinned: str
    state: str
    till: str
    takes: tuple[str, ...]
    digest: str


def genesis(card_id: str) -> str:
    """The digest that a card's first transaction chains to."""
    return _digest(card_id)


def fingerprint(card_id: str, command: Facts) -> str:
    """What tells a replayed request from another one under the same key."""
    return _digest(f"{card_id}\0{canonical(command)}")


def seal(previous: str, transaction: Transaction) -> SealedTransaction:
    """Chain a transaction to the digest before it."""
    command = canonical(transaction.command)
    pinned = canonical(transaction.pinned)
    state = canonical(transaction.state) if transaction.state else _NOTHING
    till = canonical(transaction.till)
    takes = tuple(
        canonical(entry.takes) if entry.takes else _NO_TAKES
        for entry in transaction.entries
    )
    parts = [previous, _header(transaction), command, pinned, till]
    for name in _OPTIONAL:
        value = getattr(transaction, name)
        if value is not None:
            parts.append(f"{name}={value}")
    if transaction.state:
        parts.append(f"state={state}")
    parts += map(_entry, transaction.entries, takes)
    digest = _digest("\0".join(parts))
    return SealedTransaction(transaction, command, pinned, state, till, takes, digest)


def _digest(text: str) -> str:
    """Also of half a character, which the store is about to refuse in better words."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_OPTIONAL = (
    "actor_id",
    "location_id",
    "terminal_id",
    "receipt_id",
    "purchase_amount",
    "reverses",
    "cause",
    "idempotency_key",
)


def _header(transaction: Transaction) -> str:
    each = transaction
    return (
        f"{each.id}\0{each.card_id}\0{each.version}\0{each.customer_id}\0"
        f"{each.template_id}\0{each.template_version}\0{each.kind}\0"
        f"{each.source}\0{each.occurred_at.isoformat()}\0"
        f"{each.recorded_at.isoformat()}\0{each.local_day.isoformat()}\0"
        f"{each.fingerprint}"
    )


def _entry(entry: Entry, takes: str) -> str:
    text = f"{entry.unit}\0{entry.kind}\0{entry.amount}\0{takes}\0{entry.balance_after}"
    if entry.rule:
        text += f"\0rule={entry.rule}"
    if entry.lot is not None:
        text += f"\0lot={entry.lot}"
    if entry.pending:
        text += f"\0pending={entry.pending}"
    if entry.earned_at is not None:
        text += f"\0earned_at={entry.earned_at.isoformat()}"
    if entry.available_from is not None:
        text += f"\0available_from={entry.available_from.isoformat()}"
    if entry.expires_at is not None:
        text += f"\0expires_at={entry.expires_at.isoformat()}"
    if entry.hold is not None:
        text += f"\0hold={entry.hold}"
    if entry.deadline is not None:
        text += f"\0deadline={entry.deadline.isoformat()}"
    if entry.reverses is not None:
        text += f"\0reverses={entry.reverses}"
    return text
