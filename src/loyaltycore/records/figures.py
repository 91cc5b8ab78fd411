"""Day figures: what happened, by day, template, location and actor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from loyaltycore.ports import Add, Ref
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Query, total


if TYPE_CHECKING:
    from loyaltycore.customers.figures import Figures
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["FIGURE_MEASURES", "day_change", "program_figures"]

_KEY = ("program_id", "day", "template_id", "location_id", "actor_id", "slot")
_SLOTS = 8
_COLUMNS = (
    "transactions",
    "purchases",
    "purchase_value",
    "points_earned",
    "points_redeemed",
    "points_expired",
)
FIGURE_MEASURES = {name: total(name) for name in _COLUMNS}


def day_change(program_id: str, transaction: Transaction, figures: Figures) -> Add:
    """
    Add a transaction to its day.

    The slot spreads a busy day over several rows, so that none of them is hot.
    """
    slot = crc32(transaction.card_id.encode()) % _SLOTS
    key = (
        program_id,
        transaction.local_day,
        transaction.template_id,
        transaction.location_id or "",
        transaction.actor_id or "",
        slot,
    )
    deltas = {name: getattr(figures, name) for name in _COLUMNS}
    return Add(Ref("day_figure", _KEY, key), deltas)


def program_figures(program_id: str) -> Query:
    """All day figures of a program."""
    return Query("day_figure", where(program_id=program_id))
