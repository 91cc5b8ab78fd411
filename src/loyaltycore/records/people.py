"""
Who a customer turned out to be, and who they have been.

A merged customer stays as an alias that names the customer they were merged into,
always the last of a chain.  Transactions keep the customer they were posted for, so
whoever lists a customer's transactions asks for all that they have been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.engagement.merging import SOURCES_MAX
from loyaltycore.query.predicates import And, Compare, Op, is_in, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Predicate, Row

__all__ = ["aliases_of", "all_aliases", "ids_of", "of_person", "root_of"]

_ALIASES_A_PAGE = 5_000


def root_of(session: Session, program_id: str, row: Row | None) -> Row | None:
    """The customer that a row stands for: itself, or whom an alias leads to."""
    if row is None or row["merged_into"] is None:
        return row
    (root,) = session.get([customer_ref(program_id, row["merged_into"])])
    return root


def aliases_of(program_id: str, customer_id: str) -> Query:
    """The customers who were merged into this one."""
    merged = where(program_id=program_id, merged_into=customer_id)
    return Query("customer", merged, limit=SOURCES_MAX)


def ids_of(session: Session, program_id: str, customer_id: str) -> tuple[str, ...]:
    """All ids under which there is something of a customer; their own one first."""
    page = session.select(aliases_of(program_id, customer_id))
    return (customer_id, *(row["id"] for row in page.rows))


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
