"""
Rows of people who have several ids.

A merged customer stays as an alias that names the customer they were merged into,
always the last of a chain.  Transactions keep the customer they were posted for, so
whoever lists a customer's transactions asks for all that they have been; see also
``records.finding``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.query.predicates import And, Compare, Op, is_in, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Predicate

__all__ = ["all_aliases", "of_person"]

_ALIASES_A_PAGE = 5_000


def of_person(column: str, ids: tuple[str, ...]) -> Predicate:
    """Rows of a customer under any of their ids."""
    if len(ids) == 1:
        return Compare(column, Op.EQ, ids[0])
    return is_in(column, ids)


def all_aliases(session: Session, program_id: str) -> dict[str, str]:
    """Every alias of a program, with the customer that it leads to."""
    is_merged = Compare("merged_into", Op.NE, None)
    terms = And((*where(program_id=program_id).terms, is_merged))
    order = (Order("merged_into"), Order("id"))
    rows = stream(session, Query("customer", terms, order, _ALIASES_A_PAGE))
    return {row["id"]: row["merged_into"] for row in rows}
