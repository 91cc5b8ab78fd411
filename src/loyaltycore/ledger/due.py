"""
What falls due by itself, posted in time order before a decision.

So a late job cannot change history: whatever a decision spends is alive at its moment,
whether or not anybody swept before.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import attrs

from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import TransactionKind


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from loyaltycore.ledger.decision import Context, Outcome, Till
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.lots import Lot

__all__ = ["post_due"]


def post_due(
    holding: Holding, context: Context, till: Callable[[Draft], Till]
) -> Iterator[tuple[datetime, Outcome]]:
    """
    Expire the loaded lots that are due at ``context.at``, one outcome an instant.

    Args:
        holding: with every lot loaded that is due.
        till: what the card's type shows.

    Yields:
        (due instant, outcome), each on top of the one before.
    """
    due = [
        lot for lot in holding.lots.values() if lot.remaining and lot.is_due(context.at)
    ]
    due.sort(key=_instant)
    for instant, lots in groupby(due, key=_instant):
        draft = Draft(holding, attrs.evolve(context, occurred_at=instant))
        draft.expire_together(lots)
        outcome = draft.outcome(TransactionKind.EXPIRE, till(draft))
        holding = outcome.after
        yield instant, outcome


def _instant(lot: Lot) -> datetime:
    assert lot.expires_at is not None, "only lots with a date are due"
    return lot.expires_at
