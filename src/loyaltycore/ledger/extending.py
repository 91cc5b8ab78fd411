"""
Moving the end of units on a card further away.

A lot keeps the dates that it was opened with.  So units that are to count longer leave
their lot for a new one, as a transfer from the card to itself: they are not earned
again, and a void puts them back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.ledger.lots import Dates
from loyaltycore.ledger.taking import soonest_takes
from loyaltycore.ledger.transactions import EntryKind


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Unit

__all__ = ["extend"]


def extend(draft: Draft, unit: Unit, ends_at: datetime) -> int:
    """
    Let units that would end before *ends_at* count up to it; say how many those are.

    Units that never end, or later, stay as they are; so do pending and held ones.

    Raises:
        Missing: lots have to be loaded first.
    """
    total, moved = draft.total(unit), 0
    takes = soonest_takes(draft, unit, total.remaining - total.pending, None)
    for number, units in takes:
        lot = draft.lot(number)
        end = total.deadline if lot.slides else lot.expires_at
        if end is None or end >= ends_at:
            continue
        draft.take_from(lot, units, kind=EntryKind.TRANSFER_OUT)
        dates = Dates(earned_at=lot.earned_at, expires_at=ends_at)
        draft.open_lot(unit, EntryKind.TRANSFER_IN, units, dates, rule=lot.rule)
        moved += units
    return moved
