"""Filters that were saved, for everybody or for one manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.filters import dumps, loads
from loyaltycore.customers.saved_filters import SavedFilter
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import And, is_in, where
from loyaltycore.query.queries import Order, Query


if TYPE_CHECKING:
    from loyaltycore.query.predicates import Row

__all__ = ["filter_ref", "filter_row", "filters_of", "saved_filter_of"]

_KEY = ("program_id", "manager_id", "name")


def filter_ref(program_id: str, manager_id: str | None, name: str) -> Ref:
    """One saved filter; of everybody's without a manager."""
    return Ref("saved_filter", _KEY, (program_id, manager_id or "", name))


def filter_row(program_id: str, saved: SavedFilter) -> Row:
    """A saved filter."""
    return {
        "program_id": program_id,
        "manager_id": saved.manager_id or "",
        "name": saved.name,
        "filter": dumps(saved.filter),
        "saved_at": saved.saved_at,
    }


def saved_filter_of(row: Row) -> SavedFilter:
    """The opposite of ``filter_row``."""
    return SavedFilter(
        name=row["name"],
        filter=loads(row["filter"]),
        manager_id=row["manager_id"] or None,
        saved_at=row["saved_at"],
    )


def filters_of(program_id: str, manager_ids: tuple[str, ...], limit: int) -> Query:
    """The saved filters of some managers, by name; "" stands for everybody."""
    terms = (*where(program_id=program_id).terms, is_in("manager_id", manager_ids))
    return Query("saved_filter", And(terms), (Order("name"),), limit)
