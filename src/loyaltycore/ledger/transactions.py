"""
What the journal holds: transactions and their entries.

Both are written once.  A void or a refund is a transaction of its own that points at
the one it takes back.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

__all__ = [
    "Entry",
    "EntryKind",
    "Facts",
    "Takes",
    "Transaction",
    "TransactionKind",
    "Unit",
]

Facts: TypeAlias = "Mapping[str, Any]"  # JSON: text, whole numbers, lists, mappings
Takes: TypeAlias = tuple[tuple[int, int], ...]


class Unit(StrEnum):
    """What is counted."""

    STAMP = "stamp"
    REWARD = "reward"
    VISIT = "visit"
    POINT = "point"
    MONEY = "money"
    SPEND = "spend"
    USE = "use"


class EntryKind(StrEnum):
    """
    Why an entry is there.

    ``restore`` gives spent units back, ``clawback`` takes earned ones back, and
    ``debt_repaid`` moves new units onto a debt without effect on the balance.
    """

    EARN = "earn"
    REDEEM = "redeem"
    ADJUST = "adjust"
    CONVERT = "convert"
    EXPIRE = "expire"
    RESTORE = "restore"
    CLAWBACK = "clawback"
    DEBT_REPAID = "debt_repaid"


class TransactionKind(StrEnum):
    """What a transaction is to the people who read the journal."""

    EARN = "earn"
    REDEEM = "redeem"
    ADJUST = "adjust"
    EXPIRE = "expire"
    VOID = "void"
    REFUND = "refund"


@attrs.frozen(kw_only=True)
class Entry:
    """
    One signed line of a transaction in one unit.

    Attributes:
        rule: which of the template's rules it is about, such as a milestone; or "".
        amount: smallest units; what the unit's balance changes by.
        takes: (lot, amount) pairs taken out of lots; a negative amount put it back.
        lot: the number of the lot that this entry opens, of *amount* units.
        earned_at: for a new lot, when it was earned.
        expires_at: for a new lot, the first moment at which it no longer counts.
        reverses: the index of the entry that this one takes back, in the transaction
            that its own transaction reverses.
        balance_after: the unit's balance behind this entry.
    """

    unit: Unit
    kind: EntryKind
    amount: int
    rule: str = ""
    takes: Takes = ()
    lot: int | None = None
    earned_at: datetime | None = None
    expires_at: datetime | None = None
    reverses: int | None = None
    balance_after: int


@attrs.frozen(kw_only=True)
class Transaction:
    """
    One atomic posting on one card.

    Attributes:
        version: 1, 2, 3 ... without a gap on its card.
        occurred_at: when it happened to the customer; it prices.
        recorded_at: when it was decided; it orders and expires.
        local_day: the day of ``occurred_at`` in the program's zone.
        purchase_amount: minor units; negative on a refund or void of a purchase.
        reverses: the transaction that this one takes back, whole or in part.
        fingerprint: of the request, to tell a replay from another use of the key.
        command: the request as it was asked, without personal data.
        pinned: what priced it, so that a refund prices alike.
        till: what the till showed.
    """

    id: str
    card_id: str
    version: int
    customer_id: str
    template_id: str
    template_version: int
    kind: TransactionKind
    source: str
    occurred_at: datetime
    recorded_at: datetime
    local_day: date
    actor_id: str | None = None
    location_id: str | None = None
    terminal_id: str | None = None
    receipt_id: str | None = None
    purchase_amount: int | None = None
    reverses: str | None = None
    idempotency_key: str | None = None
    fingerprint: str
    command: Facts
    pinned: Facts
    till: Facts
    entries: tuple[Entry, ...]
