"""A limit of one a local day, kept in a counter so that a void gives the day back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import LimitReached
from loyaltycore.values.days import end_of


if TYPE_CHECKING:
    from loyaltycore.ledger.draft import Draft

__all__ = ["once_a_day"]


def once_a_day(draft: Draft, limit: str) -> LimitReached | None:
    """
    Count one for the day of the draft, or say that there was one already.

    Args:
        limit: what is limited, such as ``check-in``.

    Raises:
        Missing: the counter has to be loaded first.
    """
    day = draft.context.local_day
    counter = f"{limit}/{day.isoformat()}"
    used = draft.context.used(counter)
    if used:
        resets_at = end_of(day, draft.context.zone)
        return LimitReached(f"{limit} a day", used=used, at_most=1, resets_at=resets_at)
    draft.count(counter, 1, at_most=1)
    return None
