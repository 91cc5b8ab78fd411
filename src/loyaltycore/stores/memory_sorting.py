"""Rows in memory in the order of a plan, where no index has them so."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.query.predicates import Row, Scalar
    from loyaltycore.query.queries import Order
    from loyaltycore.schema.questions import Plan

__all__ = ["sorted_rows"]


def sorted_rows(rows: list[Row], plan: Plan) -> list[Row]:
    """Sort, in place, and drop what is not after the plan's place."""
    by_name = plan.collection.by_name
    for one in reversed(plan.order):  # sorting is stable, so the last comes first
        has_none = by_name[one.column].nullable
        key = _none_first(one.column) if has_none else itemgetter(one.column)
        rows.sort(key=key, reverse=one.descending)
    if plan.after is None:
        return rows
    return [row for row in rows if _is_after(row, plan.order, plan.after)]


def _none_first(column: str) -> Callable[[Row], Any]:
    return lambda row: (row[column] is not None, row[column])


def _is_after(row: Row, order: tuple[Order, ...], place: tuple[Scalar, ...]) -> bool:
    for one, value in zip(order, place, strict=True):
        have = row[one.column]
        if have != value:
            is_before = have is None or (value is not None and have < value)
            return is_before is one.descending
    return False
