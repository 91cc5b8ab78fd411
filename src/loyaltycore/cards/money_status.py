"""
The condition of the money on a card.

What staff decided (it waits for its payment, it is blocked, it is deactivated) the card
remembers; the rest is read off its balance.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.draft import Draft

__all__ = ["REMEDIES", "Status", "status_of"]


class Status(StrEnum):
    """``spent`` and ``expired`` have nothing left on them."""

    PENDING = "pending"
    ACTIVE = "active"
    BLOCKED = "blocked"
    SPENT = "spent"
    EXPIRED = "expired"
    DEACTIVATED = "deactivated"


#: What keeps money from being used, and what can be done about it.
REMEDIES: Final[Mapping[Status, str]] = {
    Status.PENDING: "it can be used once it is activated",
    Status.BLOCKED: "unblock it first",
    Status.DEACTIVATED: "it is not used any more",
}


def status_of(draft: Draft) -> Status:
    """The condition of the card's money by now."""
    total, decided = draft.total(Unit.MONEY), draft.recall("status")
    if decided == Status.DEACTIVATED:
        return Status.DEACTIVATED
    if draft.recall("blocked"):
        return Status.BLOCKED
    if decided == Status.PENDING or (total.pending and total.balance <= 0):
        return Status.PENDING
    if total.balance > 0 or total.held:
        return Status.ACTIVE
    if total.expired:
        return Status.EXPIRED
    return Status.SPENT if total.spent else Status.ACTIVE
