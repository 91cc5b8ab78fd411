"""
Which changes a collection can be told to make.

Every store calls these before it writes, so that all of them refuse the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import AppendOnly, UnsupportedValue
from loyaltycore.schema.checks import JUDGES_MAX, check_ref, check_values
from loyaltycore.schema.tables import INTEGER_MAX, Collection, ColumnType
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from loyaltycore.ports import Add, Delete, Ref, Update
    from loyaltycore.query.predicates import Row

__all__ = [
    "added",
    "check_add",
    "check_changeable",
    "check_delete",
    "check_update",
    "made",
    "starting",
]

_RAISABLE: Final = frozenset({ColumnType.MOMENT, ColumnType.DAY, ColumnType.INTEGER})


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
    _check_numbers(collection, deltas)
    if at_most:
        _check_numbers(collection, at_most)
    if change.raises:
        _check_raises(collection, change)
    if change.means:
        _check_means(collection, change)


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
    row = starting(collection, change) if old is None else dict(old)
    if row is None:
        message = f"There is no such row of {collection.name}; insert it first."
        raise UnsupportedValue(message, collection=collection.name)
    return _changed(collection, change, row)


def made(collection: Collection, change: Add) -> dict[str, Any] | None:
    """Build the row that an addition makes where there is none; None: it makes none."""
    row = starting(collection, change)
    return None if row is None else _changed(collection, change, row)


def starting(collection: Collection, change: Add) -> dict[str, Any] | None:
    """
    Build the row that an addition starts from, columns in their order.

    What is raised has its value already.  None: it would be no whole row.
    """
    ref: Ref = change.ref
    if not collection.required <= change.raises.keys():
        return None
    row: dict[str, Any] = dict(collection.blank)
    row.update(zip(collection.key, ref.values, strict=True))
    row.update(change.raises)
    return row


def _changed(
    collection: Collection, change: Add, row: dict[str, Any]
) -> dict[str, Any] | None:
    for name, delta in change.deltas.items():
        row[name] = (row[name] or 0) + delta
    for name, value in change.raises.items():
        if row[name] is None or row[name] < value:
            row[name] = value
    for name, limit in change.at_most.items():
        if (row[name] or 0) > limit:
            return None
    for name in change.deltas:
        if not -INTEGER_MAX <= row[name] <= INTEGER_MAX:
            raise _unsupported(collection, name, "the sum is beyond 53 bits")
    for name, (first, second) in change.means.items():
        row[name] = _mean(row[first] or 0, row[second] or 0)
    return row


def _mean(first: int, second: int) -> int | None:
    return divide(first, second, Rounding.HALF_UP) if second > 0 else None


def _check_numbers(collection: Collection, numbers: Mapping[str, int]) -> None:
    _check_integers(collection, numbers)
    check_values(collection, numbers)
    if None in numbers.values():
        names = ", ".join(numbers)
        raise _unsupported(collection, names, "nothing is no number")


def _check_raises(collection: Collection, change: Add) -> None:
    for name, value in change.raises.items():
        column = collection.by_name.get(name)
        if column is None or column.type not in _RAISABLE:
            problem = "there is no such column of moments, days or numbers"
            raise _unsupported(collection, name, problem)
        if name in collection.key:
            raise _unsupported(collection, name, "a row keeps its key")
        if name in change.deltas:
            raise _unsupported(collection, name, "either added to or raised")
        check_values(collection, {name: value})
        if value is None:
            raise _unsupported(collection, name, "it is raised to a value")
        if column.type is ColumnType.INTEGER and value < 0:  # type: ignore[operator]
            raise _unsupported(collection, name, "it is raised to 0 or more")


def _check_means(collection: Collection, change: Add) -> None:
    for name, of in change.means.items():
        _check_integers(collection, (name, *of))
        if not collection.by_name[name].nullable:
            raise _unsupported(collection, name, "no mean is kept where None cannot be")
        if name in change.deltas or name in change.raises or name in change.at_most:
            problem = "a mean is not added to, raised or limited"
            raise _unsupported(collection, name, problem)
        for each in of:
            if each in change.means:
                raise _unsupported(collection, each, "no mean is of a mean")


def _check_integers(collection: Collection, columns: Iterable[str]) -> None:
    names = tuple(columns)
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
