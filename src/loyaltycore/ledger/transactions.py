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

    ``earn`` and ``bonus`` are by rule, ``adjust`` is by hand, ``import`` came with the
    card from another system.  ``restore`` gives spent units back, ``clawback`` takes
    earned ones back, ``forfeit`` drops what a rule leaves no use for.  ``hold``
    reserves units, ``release`` gives reserved ones back.  Three leave the balance as it
    is: ``capture`` makes reserved units spent ones, ``debt_repaid`` moves units onto a
    debt, and ``earn`` may open a lot that waits until ``activate``.
    """

    EARN = "earn"
    BONUS = "bonus"
    IMPORT = "import"
    ACTIVATE = "activate"
    REDEEM = "redeem"
    ADJUST = "adjust"
    CONVERT = "convert"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    EXPIRE = "expire"
    FORFEIT = "forfeit"
    RESTORE = "restore"
    CLAWBACK = "clawback"
    DEBT_REPAID = "debt_repaid"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"


class TransactionKind(StrEnum):
    """
    What a transaction is to the people who read the journal.

    ``issue`` is what a card holds from the start; ``change`` sets what the card
    remembers, such as a plan, and moves no units; ``expire``, ``activate`` and a
    ``release`` by time fall due by themselves.
    """

    ISSUE = "issue"
    EARN = "earn"
    REDEEM = "redeem"
    ADJUST = "adjust"
    CHANGE = "change"
    IMPORT = "import"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    TRANSFER = "transfer"
    EXPIRE = "expire"
    ACTIVATE = "activate"
    VOID = "void"
    REFUND = "refund"
    AMEND = "amend"


# Units that come in otherwise were earned before, here or elsewhere.
_NOT_EARNED = frozenset({EntryKind.RESTORE, EntryKind.RELEASE, EntryKind.TRANSFER_IN})


@attrs.frozen(kw_only=True)
class Entry:
    """
    One signed line of a transaction in one unit.

    Attributes:
        rule: which of the template's rules it is about, such as a milestone; or "".
        amount: smallest units; what the unit's balance changes by.
        takes: (lot, amount) pairs taken out of lots; a negative amount put it back.
        lot: the number of the lot that this entry opens.
        pending: units of the new lot that do not count yet.
        earned_at: for a new lot, when it was earned.
        available_from: for a new lot, the first moment at which it counts, if that is
            later.
        expires_at: for a new lot, the first moment at which it no longer counts; of a
            hold, the moment at which it is released.
        hold: the number of the reserved lot that this entry settles; *takes* names the
            lots that it was reserved from.
        deadline: of all sliding lots of the unit, from here on; a new lot slides.
        reverses: the index of the entry that this one takes back, among those of the
            transaction that its own transaction reverses, and of its amendments.
        balance_after: the unit's balance behind this entry.
    """

    unit: Unit
    kind: EntryKind
    amount: int
    rule: str = ""
    takes: Takes = ()
    lot: int | None = None
    pending: int = 0
    earned_at: datetime | None = None
    available_from: datetime | None = None
    expires_at: datetime | None = None
    hold: int | None = None
    deadline: datetime | None = None
    reverses: int | None = None
    balance_after: int

    @property
    def quantity(self) -> int:
        """How many units it is about, whether or not the balance changes by them."""
        if self.amount or self.pending:
            return abs(self.amount) + self.pending
        return sum(abs(taken) for _, taken in self.takes)

    @property
    def earned(self) -> int:
        """Units that count as earned with it, once for all."""
        is_new = self.lot is not None or self.kind is EntryKind.ACTIVATE
        return self.amount if is_new and self.amount > 0 and self._is_earning else 0

    @property
    def spent(self) -> int:
        """Units that count as spent with it; below 0 where spent ones came back."""
        match self.kind:
            case EntryKind.REDEEM | EntryKind.RESTORE:
                return -self.amount
            case EntryKind.CAPTURE:
                return self.quantity
            case _:
                return 0

    @property
    def _is_earning(self) -> bool:
        return self.kind not in _NOT_EARNED


# What the ledger posts by itself when its time has come.
_DUE_KINDS = frozenset(
    {TransactionKind.EXPIRE, TransactionKind.ACTIVATE, TransactionKind.RELEASE}
)


@attrs.frozen(kw_only=True)
class Transaction:
    """
    One atomic posting on one card.

    Attributes:
        version: 1, 2, 3 ... without a gap on its card.
        occurred_at: when it happened to the customer; it prices.
        recorded_at: when it was decided; it orders and expires.
        local_day: the day of ``occurred_at`` in the program's zone.
        purchase_amount: minor units; negative on a refund or void of a purchase, and on
            an amendment the difference.
        reverses: the transaction that this one takes back, whole or in part, amends,
            captures or releases.
        cause: the transaction, on whatever card, that this one followed from.
        fingerprint: of the request, to tell a replay from another use of the key.
        command: the request as it was asked, without personal data.
        pinned: what priced it, so that a refund prices alike.
        state: what the card remembers from here on, by name; None forgets.
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
    cause: str | None = None
    idempotency_key: str | None = None
    fingerprint: str
    command: Facts
    pinned: Facts
    state: Facts = attrs.field(factory=dict[str, Any])
    till: Facts
    entries: tuple[Entry, ...]

    @property
    def fell_due(self) -> bool:
        """Was it posted because its time had come, and not because it was asked for?"""
        return self.kind in _DUE_KINDS and self.reverses is None

    @property
    def decided_at(self) -> datetime:
        """The moment at which its units were alive or not."""
        return self.occurred_at if self.fell_due else self.recorded_at
