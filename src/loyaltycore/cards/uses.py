"""
So many uses, and no more: what is left of a card, and limits that cards share.

What is counted here is added in the write of the transaction, which fails where others
were faster; so the limit holds, whoever comes at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import LimitReached
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from loyaltycore.ledger.draft import Draft

__all__ = ["count_within", "status_of"]


def count_within(
    draft: Draft, counter: str, n: int, most: int | None, limit: str, scale: int = 0
) -> LimitReached | None:
    """
    Count against a limit, or say that it is reached; nothing is counted without one.

    Args:
        n: smallest units, of *scale* decimals.
        most: the limit; None is none.
        limit: what it is of, for people.

    Raises:
        Missing: the counter has to be loaded first.
    """
    if most is None:
        return None
    used = draft.context.used(counter)
    if used + n > most:
        at_most = from_units(most, scale)
        return LimitReached(limit, used=from_units(used, scale), at_most=at_most)
    draft.count(counter, n, at_most=most)
    return None


def status_of(draft: Draft) -> str:
    """The condition of a card in a word."""
    total = draft.total(Unit.USE)
    if draft.recall("disabled"):
        return "disabled"
    if total.balance > 0:
        return "active"
    if total.held > 0:
        return "reserved"
    if total.spent > 0:
        return "redeemed"
    return "expired" if total.expired > 0 else "empty"
