"""Where a customer stands with the program."""

from __future__ import annotations

from enum import StrEnum


__all__ = ["Activity", "CustomerStatus"]


class CustomerStatus(StrEnum):
    """
    Where a customer stands; a customer is *living* while open, deactivated or blocked.

    Attributes:
        OPEN: they earn and redeem.
        DEACTIVATED: they do neither, by their own wish or yours, for a reason.
        BLOCKED: likewise, because of what they did.
        DELETED: gone from every list; can be restored.
        MERGED: was found to be somebody else, who has everything that was theirs.
        ERASED: nothing personal is left of them, only what they bought and collected.
    """

    OPEN = "open"
    DEACTIVATED = "deactivated"
    BLOCKED = "blocked"
    DELETED = "deleted"
    MERGED = "merged"
    ERASED = "erased"

    @property
    def is_living(self) -> bool:
        """Are they in lists and counts?"""
        return self in _LIVING

    @property
    def is_found(self) -> bool:
        """
        Are they found by what they are called, and is that nobody else's to take?

        Who was merged is: that leads to the customer who they turned out to be.
        """
        return self in _LIVING or self is CustomerStatus.MERGED


_LIVING = frozenset(
    {CustomerStatus.OPEN, CustomerStatus.DEACTIVATED, CustomerStatus.BLOCKED}
)


class Activity(StrEnum):
    """Whether a customer comes; set by hand, or derived from their last transaction."""

    ACTIVE = "active"
    INACTIVE = "inactive"
