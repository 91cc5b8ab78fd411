"""
Which changes a collection can be told to make.

Every store calls these before it writes, so that all of them refuse the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyaltycore.errors import AppendOnly, UnsupportedValue
from loyaltycore.schema.checks import JUDGES_MAX, check_ref, check_values
from loyaltycore.schema.tables import INTEGER_MAX, Collection, ColumnType


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ports import Add, Delete, Ref, Update
    from loyaltycore.query.predicates import Row

__all__ = [
    "added",
    "can_start_at_zero",
    "check_add",
    "check_changeable",
    "check_delete",
    "check_update",
    "zero",
]


def check_changeable(collection: Collection) -> None:
    """
    Refuse to touch a journal.

    Raises:
        AppendOnly: the collection is declared so.
    """
    if collection.append_only:
        message = f"{collection.name} is only ever added to; write a correcting row."
        raise AppendOnly(message, collection=collection.name)


def check_update(collection: Collection, change: Update) -> None:
    """
    Refuse an update that no store could carry out.

    Raises:
        AppendOnly, UnsupportedValue: as they say.
    """
    check_changeable(collection)
    check_ref(collection, change.ref.columns, change.ref.values)
    check_values(collection, change.values)
    for name in collection.key:
        if name in change.values:
            raise _unsupported(collection, name, "a row keeps its key")
    expect = change.expect
    if expect is not None and not (
        "version" in collection.by_name
        and type(expect) is int
        and -INTEGER_MAX <= expect <= INTEGER_MAX
    ):
        check_values(collection, {"version": expect})


def check_delete(collection: Collection, change: Delete) -> None:
    """
    Refuse a deletion that no store could carry out.

    Raises:
        AppendOnly, UnsupportedValue: as they say.
    """
    check_changeable(collection)
    check_ref(collection, change.ref.columns, change.ref.values)


def check_add(collection: Collection, change: Add) -> None:
    """
    Refuse an addition that no store could carry out.

    Raises:
        AppendOnly, UnsupportedValue: as they say.
    """
    check_changeable(collection)
    ref, deltas, at_most = change.ref, change.deltas, change.at_most
    check_ref(collection, ref.columns, ref.values)
    if tuple(ref.columns) != collection.key:
        raise _unsupported(collection, ", ".join(ref.columns), "added to by key only")
    _check_integers(collection, deltas)
    check_values(collection, deltas)
    if at_most:
        _check_integers(collection, at_most)
        check_values(collection, at_most)


def added(
    collection: Collection, change: Add, old: Row | None
) -> dict[str, Any] | None:
    """
    Work out the row after an addition; None: a limit was in the way.

    Args:
        old: the row before, None where there is none.

    Raises:
        UnsupportedValue: a sum is beyond 53 bits, or the row cannot start at zero.
    """
    if old is None and not can_start_at_zero(collection):
        message = f"There is no such row of {collection.name}; insert it first."
        raise UnsupportedValue(message, collection=collection.name)
    row = zero(collection, change.ref) if old is None else dict(old)
    for name, delta in change.deltas.items():
        row[name] = (row[name] or 0) + delta
    for name, limit in change.at_most.items():
        if (row[name] or 0) > limit:
            return None
    for name in change.deltas:
        if not -INTEGER_MAX <= row[name] <= INTEGER_MAX:
            raise _unsupported(collection, name, "the sum is beyond 53 bits")
    return row


def can_start_at_zero(collection: Collection) -> bool:
    """Can an addition make a row, with nothing known but its key?"""
    return all(
        column.nullable
        or column.type is ColumnType.INTEGER
        or column.name in collection.key
        for column in collection.columns
    )


def zero(collection: Collection, ref: Ref) -> dict[str, Any]:
    """Build the row that an addition starts from, columns in their order."""
    row: dict[str, Any] = {
        column.name: 0 if column.type is ColumnType.INTEGER else None
        for column in collection.columns
    }
    row.update(zip(collection.key, ref.values, strict=True))
    return row


def _check_integers(collection: Collection, values: Mapping[str, Any]) -> None:
    names = tuple(values)
    if names in collection.addable:
        return
    for name in names:
        column = collection.by_name.get(name)
        if column is None or column.type is not ColumnType.INTEGER:
            raise _unsupported(collection, name, "there is no such column of numbers")
        if name in collection.key:
            raise _unsupported(collection, name, "a row keeps its key")
    if len(collection.addable) < JUDGES_MAX:
        collection.addable.add(names)


def _unsupported(collection: Collection, column: str, problem: str) -> UnsupportedValue:
    message = f"{collection.name}.{column}: {problem}."
    return UnsupportedValue(message, collection=collection.name, column=column)
