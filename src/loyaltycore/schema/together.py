"""
Changes of many postings, put together into fewer.

Owns what is left of them: one insertion for each collection, one update and one
addition for each row.  Stores carry out few large changes much faster than many small
ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.ports import Add, Change, Insert, Update


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.ports import Ref
    from loyaltycore.query.predicates import Row

__all__ = ["put_together"]


def put_together(changes: Iterable[Change]) -> list[Change]:
    """
    Put changes together; insertions come first, then updates, then additions.

    Args:
        changes: insertions that raise where a row is taken, updates by key, and
            additions without limits.  None of them is a second kind of change to a row,
            but for additions to one that was inserted.
    """
    inserts: dict[str, list[Row]] = {}
    updates: dict[Ref, Update] = {}
    adds: dict[Ref, Add] = {}
    for change in changes:
        if isinstance(change, Insert):
            inserts.setdefault(change.collection, []).extend(change.rows)
        elif isinstance(change, Update):
            later = updates.get(change.ref)
            updates[change.ref] = change if later is None else _both(later, change)
        else:
            assert isinstance(change, Add), "deletions are not put together"
            earlier = adds.get(change.ref)
            adds[change.ref] = change if earlier is None else _sum(earlier, change)
    rows = [Insert(name, rows) for name, rows in inserts.items()]
    return [*rows, *updates.values(), *adds.values()]


def _both(first: Update, second: Update) -> Update:
    """Make one update of two; the version that the first one expects is the stored."""
    return Update(first.ref, {**first.values, **second.values}, first.expect)


def _sum(first: Add, second: Add) -> Add:
    """Make one addition of two."""
    deltas = dict(first.deltas)
    for name, delta in second.deltas.items():
        deltas[name] = deltas.get(name, 0) + delta
    raises = dict(first.raises)
    for name, value in second.raises.items():
        before = raises.get(name)
        if before is None or before < value:  # type: ignore[operator]
            raises[name] = value
    return Add(first.ref, deltas, {}, raises, {**first.means, **second.means})
