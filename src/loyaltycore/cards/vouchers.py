"""
Vouchers on a card: issued for points or for nothing, then used, reserved, or void.

A voucher is a lot of one reward whose rule names the tier and the card's version at
which it was issued, so no other voucher can stand in for it.  Its id is that of the
transaction that issued it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.benefits import discount_of
from loyaltycore.errors import InsufficientBalance, NotAvailable, Refusal
from loyaltycore.ledger.lots import LotState
from loyaltycore.ledger.taking import soonest_takes
from loyaltycore.ledger.transactions import EntryKind, Unit
from loyaltycore.values.money import amount_text


if TYPE_CHECKING:
    from loyaltycore.cards.orders import Order
    from loyaltycore.cards.reward_tier import RewardTier
    from loyaltycore.ledger.decision import Till
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.values.expiry import ExpiryPolicy

__all__ = [
    "find_voucher",
    "issue_vouchers",
    "paid_till",
    "reserve_voucher",
    "tier_id_of",
    "use_voucher",
    "why_kept",
]


def tier_id_of(rule: str) -> str:
    """The tier that a voucher's rule names."""
    return rule.rpartition("/")[0]


def issue_vouchers(
    draft: Draft, tier: RewardTier, n: int, *, points: int, validity: ExpiryPolicy
) -> None:
    """
    Issue *n* vouchers as one lot.

    Args:
        points: smallest units that they cost in all; 0 for nothing.
    """
    rule = f"{tier.id}/{draft.holding.version + 1}"
    if points:
        draft.convert(
            Unit.POINT, points, into=Unit.REWARD, n=n, rule=rule, expiry=validity
        )
    else:
        draft.credit(Unit.REWARD, n, rule=rule, expiry=validity)


def find_voucher(draft: Draft, voucher: str | None) -> Lot | Refusal:
    """
    The lot of a voucher that can be used now, or why there is none.

    Args:
        voucher: its id; None is the one that ends soonest.

    Raises:
        Missing: lots have to be loaded first.
    """
    if voucher is None:
        takes = soonest_takes(draft, Unit.REWARD, 1, None)
        if not takes:
            return InsufficientBalance(unit="vouchers", available="0", asked="1")
        return draft.lot(takes[0][0])
    numbers = draft.context.opened_by(voucher)
    draft.require(*numbers)
    for lot in map(draft.lot, numbers):
        if lot.unit is Unit.REWARD and lot.state is LotState.OPEN:
            if lot.remaining:
                return lot
            status = _left_as(draft, lot)
            message = f"Voucher {voucher} is {status}; take another one."
            return NotAvailable(message, status=status)
    message = f"This card has no voucher {voucher}."
    return NotAvailable(message, status="unknown")


def _left_as(draft: Draft, lot: Lot) -> str:
    """What became of a voucher; a hold does not say whose vouchers it keeps."""
    total = draft.total(Unit.REWARD)
    if lot.expired:
        return "expired"
    if not total.held:
        return "used"
    return "reserved or used" if total.spent else "reserved"


def use_voucher(draft: Draft, lot: Lot) -> None:
    """Spend one voucher of a lot that has one."""
    draft.take_from(lot, 1, kind=EntryKind.REDEEM)


def reserve_voucher(draft: Draft, lot: Lot, minutes: int) -> None:
    """Hold one voucher of a lot that has one."""
    until = draft.context.at + timedelta(minutes=minutes)
    draft.hold(Unit.REWARD, 1, until=until, rule=lot.rule)


def paid_till(
    till: Till, tier: RewardTier | None, order: Order | None, currency: str
) -> Till:
    """
    The till with what a voucher is for, what it takes off an order, and what is left.

    Args:
        tier: None where the catalogue no longer has it: nothing comes off.
    """
    words = [till.text]
    if tier is not None:
        words.append(tier.name)
    if order is None:
        return attrs.evolve(till, text=", ".join(words))
    bill, benefit = order.bill(currency), None if tier is None else tier.benefit
    off = 0 if benefit is None else sum(discount_of(benefit, bill))
    words.append(f"{amount_text(off, currency)} {currency} off")
    return attrs.evolve(till, text=", ".join(words), discount=off, pay=bill.total - off)


def why_kept(draft: Draft, transaction: Transaction) -> str | None:
    """
    Why a claim, or a grant, cannot be voided: its voucher is no longer there.

    One that left with the transaction itself is no reason: it was used on an order at
    once, or reported so late that it had expired.

    Raises:
        Missing: lots have to be loaded first.
    """
    if "voucher" not in transaction.pinned:
        return None
    rewards = [entry for entry in transaction.entries if entry.unit is Unit.REWARD]
    issued = [entry.lot for entry in rewards if entry.lot is not None]
    left = sum(taken for entry in rewards for _, taken in entry.takes)
    draft.require(*issued)
    for lot in map(draft.lot, issued):
        if lot.remaining + left < lot.amount:
            return "Its voucher was used, is reserved, or has expired."
    return None
