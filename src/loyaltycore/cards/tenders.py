"""
What an order is paid with, after its discounts, and how a refund goes back.

A tender is what one means of payment brings: a gift card, cash.  Discounts come first:
of an order of 100 with 10 % off, a gift card of 50 leaves 40 to pay, and one of 100
keeps 10.  A refund goes back in proportion: 30 of an order of 60 that was paid with 40
from a gift card and 20 in cash are 20 and 10.

All amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Sequence

from loyaltycore.errors import InvalidAmount, NotReversible
from loyaltycore.values.quantity import allocate


__all__ = ["pay_with", "split_refund"]


def pay_with(balances: Sequence[int], due: int) -> tuple[int, ...]:
    """
    What each balance pays, the first one first; what is left is paid otherwise.

    Two cards of 100 on an order of 2,000 pay 100 each.

    Args:
        balances: a negative one, where units are owed, pays nothing.
        due: what the order comes to after discounts, not negative.
    """
    paid: list[int] = []
    for balance in balances:
        part = max(0, min(balance, due))
        paid.append(part)
        due -= part
    return tuple(paid)


def split_refund(amount: int, tenders: Sequence[int]) -> tuple[int, ...]:
    """
    What goes back to each tender; no tender gets more than it brought.

    Refunds one after another go by what is left of the tenders, so that a last one of
    all the rest brings every tender exactly its own.

    Args:
        amount: what is refunded, not negative.
        tenders: what each one paid, less what has gone back to it.

    Raises:
        InvalidAmount: a negative amount.
        NotReversible: more than the tenders still hold.
    """
    if amount < 0:
        raise InvalidAmount("A refund is not below 0.")
    if amount > sum(tenders):
        message = "More is refunded than was paid; refund at most what is left."
        raise NotReversible(message, asked=amount, left=sum(tenders))
    return allocate(amount, tenders) if amount else (0,) * len(tenders)
