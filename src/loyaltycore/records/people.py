"""
Who was merged, and who they turned out to be; for reading a whole program.

A merged customer stays as an alias that names the customer they were merged into,
always the last of a chain.  ``records.finding`` follows one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.ports import Session

__all__ = ["all_aliases"]

_ALIASES_A_PAGE = 5_000


def all_aliases(session: Session, program_id: str) -> dict[str, str]:
    """Every alias of a program, with the customer that it leads to."""
    is_merged = Compare("merged_into", Op.NE, None)
    terms = And((*where(program_id=program_id).terms, is_merged))
    order = (Order("merged_into"), Order("id"))
    rows = stream(session, Query("customer", terms, order, _ALIASES_A_PAGE))
    return {row["id"]: row["merged_into"] for row in rows}
