"""
What a transaction adds to totals and day figures.

Points are counted in ten-thousandths, the finest scale a card can have, so that cards
of different scales add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit


if TYPE_CHECKING:
    from loyaltycore.ledger.transactions import Facts, Transaction

__all__ = [
    "POINT_SCALE",
    "UNCOUNTED_KINDS",
    "UNCOUNTED_SOURCES",
    "Figures",
    "counted_for",
    "figures_of",
    "is_counted",
    "reversal_facts",
]

POINT_SCALE: Final = 4
UNCOUNTED_SOURCES: Final = frozenset({"import", "system"})

UNCOUNTED_KINDS: Final = frozenset(
    {
        TransactionKind.ISSUE,
        TransactionKind.EXPIRE,
        TransactionKind.ACTIVATE,
        TransactionKind.RELEASE,
    }
)
_REDEEMING = frozenset({TransactionKind.REDEEM, TransactionKind.CAPTURE})
_VOIDING = frozenset({TransactionKind.VOID})
_AMENDING = frozenset({TransactionKind.AMEND})


@attrs.frozen(kw_only=True)
class Figures:
    """
    Numbers that add up; see ``Customer`` for the meaning of most.

    Attributes:
        redemptions: transactions that redeem or capture, less voided ones.
        voids: transactions that void one; amends: that correct one.
    """

    transactions: int = 0
    purchases: int = 0
    purchase_value: int = 0
    redemptions: int = 0
    voids: int = 0
    amends: int = 0
    points: int = 0
    points_earned: int = 0
    points_redeemed: int = 0
    points_expired: int = 0


def figures_of(transaction: Transaction, point_scale: int) -> Figures:
    """
    Read off what one transaction adds.

    Args:
        point_scale: decimals of the card's points.
    """
    finest = 10 ** (POINT_SCALE - point_scale)
    points = earned = redeemed = expired = 0
    for entry in transaction.entries:
        if entry.unit is Unit.POINT:
            points += entry.amount * finest
            earned += entry.earned * finest
            redeemed += entry.spent * finest
            if entry.kind is EntryKind.EXPIRE:
                expired -= entry.amount * finest
    pinned = transaction.pinned
    bought = transaction.purchase_amount is not None and transaction.reverses is None
    return Figures(
        transactions=pinned.get("transactions", int(is_counted(transaction))),
        purchases=pinned.get("purchases", int(bought)),
        purchase_value=transaction.purchase_amount or 0,
        redemptions=pinned.get("redemptions", _is_one_of(transaction, _REDEEMING)),
        voids=_is_one_of(transaction, _VOIDING),
        amends=_is_one_of(transaction, _AMENDING),
        points=points,
        points_earned=earned,
        points_redeemed=redeemed,
        points_expired=expired,
    )


def reversal_facts(
    kind: TransactionKind, original: Transaction, net_before: int, net_after: int
) -> dict[str, int]:
    """
    What a void, refund or amendment does to the counts, to be pinned with it.

    A purchase counts while something of it is left, or it never was of anything.

    Args:
        net_before, net_after: minor units that are left of the purchase.
    """
    is_voided = kind is TransactionKind.VOID
    before = _is_purchase(original, net_before)
    after = not is_voided and _is_purchase(original, net_after)
    facts = {
        "purchases": int(after) - int(before),
        "transactions": -int(is_counted(original)) if is_voided else 0,
    }
    if is_voided and _is_one_of(original, _REDEEMING):
        facts["redemptions"] = -1
    return facts


def counted_for(
    original: Transaction, actor_id: str | None, location_id: str | None
) -> Facts:
    """
    Say for whom a reversal counts, to be pinned with it; empty for who asks for it.

    What is taken off the figures is taken off those of whoever posted the original,
    where that was: a supervisor's voids are not minus sales of the supervisor.

    Args:
        actor_id, location_id: of the reversal.
    """
    theirs = (original.actor_id, original.location_id)
    if theirs == (actor_id, location_id):
        return {}
    for_whom = {"actor_id": original.actor_id, "location_id": original.location_id}
    return {"counted_for": for_whom}


def _is_purchase(original: Transaction, net: int) -> bool:
    bought = original.purchase_amount
    return bought is not None and (net != 0 or bought == 0)


def _is_one_of(transaction: Transaction, kinds: frozenset[TransactionKind]) -> int:
    """Is it of one of these kinds, and did somebody ask for it here?"""
    return int(
        transaction.kind in kinds and transaction.source not in UNCOUNTED_SOURCES
    )


def is_counted(transaction: Transaction) -> bool:
    """Is it one that the tile of transactions counts, unless it is voided?"""
    if transaction.source in UNCOUNTED_SOURCES or transaction.reverses is not None:
        return False
    return transaction.kind not in UNCOUNTED_KINDS
