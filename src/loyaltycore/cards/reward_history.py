"""What became of the vouchers of a card, read off its journal."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.vouchers import tier_id_of
from loyaltycore.ledger.transactions import EntryKind, Unit


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from loyaltycore.ledger.transactions import Entry, Transaction

__all__ = ["ClaimedReward", "VoucherStatus", "reward_history"]


class VoucherStatus(StrEnum):
    """``issued`` ones can be used, ``void`` ones were taken back."""

    ISSUED = "issued"
    RESERVED = "reserved"
    USED = "used"
    VOID = "void"
    EXPIRED = "expired"


@attrs.frozen(kw_only=True)
class ClaimedReward:
    """
    One voucher.

    Attributes:
        voucher: its id, which is that of the transaction that issued it.
        tier: the id of its tier in the catalogue.
        cost: smallest units of points that were paid for it; 0 for a grant.
        used_in: the transaction that used it, if one did.
    """

    voucher: str
    tier: str
    cost: int
    claimed_at: datetime
    status: VoucherStatus
    used_at: datetime | None = None
    used_in: str | None = None


# What an entry that takes a voucher out of its lot makes of it.
_BECOMES = {
    EntryKind.REDEEM: VoucherStatus.USED,
    EntryKind.CAPTURE: VoucherStatus.USED,
    EntryKind.HOLD: VoucherStatus.RESERVED,
    EntryKind.EXPIRE: VoucherStatus.EXPIRED,
}


def reward_history(transactions: Iterable[Transaction]) -> tuple[ClaimedReward, ...]:
    """
    The vouchers of a card, in the order of their issue.

    Args:
        transactions: all of the card's, in order of version.
    """
    lots: dict[int, list[ClaimedReward]] = {}
    for transaction in transactions:
        for index, entry in enumerate(transaction.entries):
            if entry.unit is not Unit.REWARD:
                continue
            for number, moved in entry.takes:
                lots[number] = list(_moved(lots[number], moved, entry, transaction))
            if entry.lot is not None and entry.kind is not EntryKind.HOLD:
                lots[entry.lot] = list(_issued(transaction, index))
    return tuple(voucher for vouchers in lots.values() for voucher in vouchers)


def _issued(transaction: Transaction, index: int) -> Iterator[ClaimedReward]:
    entry = transaction.entries[index]
    paid = transaction.entries[index - 1] if index else None
    cost = 0
    if paid is not None and paid.kind is EntryKind.CONVERT:
        cost = paid.quantity // entry.quantity
    for _ in range(entry.quantity):
        yield ClaimedReward(
            voucher=transaction.id,
            tier=tier_id_of(entry.rule),
            cost=cost,
            claimed_at=transaction.occurred_at,
            status=VoucherStatus.ISSUED,
        )


def _moved(
    vouchers: list[ClaimedReward],
    moved: int,
    entry: Entry,
    transaction: Transaction,
) -> Iterator[ClaimedReward]:
    """Vouchers of one lot behind an entry that took some, or put some back."""
    status = _BECOMES.get(entry.kind, VoucherStatus.VOID)
    is_used = status is VoucherStatus.USED
    left = abs(moved)
    for voucher in vouchers:
        if left and _concerns(voucher, entry.kind, is_back=moved < 0):
            left -= 1
            yield attrs.evolve(
                voucher,
                status=VoucherStatus.ISSUED if moved < 0 else status,
                used_at=transaction.occurred_at if is_used else None,
                used_in=transaction.id if is_used else None,
            )
        else:
            yield voucher


def _concerns(voucher: ClaimedReward, kind: EntryKind, *, is_back: bool) -> bool:
    """Is it one that an entry can be about?  Vouchers of a lot are all alike."""
    if is_back:
        gone = {
            EntryKind.RESTORE: VoucherStatus.USED,
            EntryKind.RELEASE: VoucherStatus.RESERVED,
        }
        return voucher.status is gone.get(kind, VoucherStatus.VOID)
    if kind is EntryKind.CAPTURE:
        return voucher.status is VoucherStatus.RESERVED
    return voucher.status is VoucherStatus.ISSUED
