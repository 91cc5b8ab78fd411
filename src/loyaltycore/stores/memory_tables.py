"""
One collection in memory: rows by key, uniques, and buckets sorted as indexes declare.

Owns how rows are found and kept findable.  Knows no session: it is told what to swap,
and the caller remembers how to swap back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, cast

from loyaltycore.query.predicates import Compare, Op


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from loyaltycore.query.predicates import Row
    from loyaltycore.schema.questions import Plan
    from loyaltycore.schema.tables import Collection

__all__ = ["Table"]

_Key = tuple[Any, ...]
_Entry = tuple[Any, ...]  # the values of the order, then the whole key

_first: Final = itemgetter(0)


class _Sorted:
    """
    Rows in buckets of equal *by*, each bucket a list sorted by *order*, then key.

    As in SQL, rows with a None in *by* are left out.
    """

    __slots__ = (
        "_by_of",
        "_has_none",
        "_key_of",
        "_order",
        "_order_of",
        "buckets",
        "by",
        "columns",
    )

    def __init__(
        self, collection: Collection, by: tuple[str, ...], order: tuple[str, ...]
    ) -> None:
        key = collection.key
        self.by = frozenset(by)
        rest = [column for column in key if column not in {*by, *order}]
        self.columns = (*order, *rest)  # what the buckets are sorted by, to the end
        self.buckets: dict[_Key, list[_Entry]] = {}
        self._order = order
        self._by_of = _values_of(by)
        self._order_of = _values_of(order)
        self._key_of = _values_of(key)
        self._has_none = _can_have_none(collection, by)

    def add(self, row: Row, key: _Key) -> None:
        self._put(self._by_of(row), (*self._order_of(row), key))

    def remove(self, row: Row, key: _Key) -> None:
        self._take(self._by_of(row), (*self._order_of(row), key))

    def move(self, old: Row, new: Row, key: _Key) -> None:
        old_by, old_entry = self._by_of(old), (*self._order_of(old), key)
        new_by, new_entry = self._by_of(new), (*self._order_of(new), key)
        if old_entry != new_entry or old_by != new_by:
            self._take(old_by, old_entry)
            self._put(new_by, new_entry)

    def _put(self, by: _Key, entry: _Entry) -> None:
        if self._has_none and None in by:
            return
        bucket = self.buckets.get(by)
        if bucket is None:
            self.buckets[by] = [entry]
        elif bucket[-1] < entry:  # rows mostly come in the order of time
            bucket.append(entry)
        else:
            insort(bucket, entry)

    def _take(self, by: _Key, entry: _Entry) -> None:
        if self._has_none and None in by:
            return
        bucket = self.buckets[by]
        if len(bucket) == 1:
            del self.buckets[by]
        else:
            del bucket[bisect_left(bucket, entry)]

    def bucket(self, bound: Mapping[str, Any]) -> Sequence[_Entry]:
        """Entries of the rows that have the bound values in *by*."""
        return self.buckets.get(self._by_of(bound), ())

    def entries(self, plan: Plan) -> Iterator[_Entry]:
        """Entries of the bucket in question, in the plan's order, after its place."""
        bucket = self.bucket(plan.bound)
        start, stop = self._range(bucket, plan.rest)
        descending = any(
            one.descending for one in plan.order if one.column not in plan.bound
        )
        if plan.after is not None:
            columns = [one.column for one in plan.order]
            place = {**plan.bound, **dict(zip(columns, plan.after, strict=True))}
            entry = (*self._order_of(place), self._key_of(place))
            if descending:
                stop = min(stop, bisect_left(bucket, entry))
            else:
                start = max(start, bisect_right(bucket, entry))
        places = range(start, stop)
        return (bucket[place] for place in (reversed(places) if descending else places))

    def _range(
        self, bucket: Sequence[_Entry], rest: Iterable[object]
    ) -> tuple[int, int]:
        """Where comparisons of the first order column let a bucket start and stop."""
        start, stop = 0, len(bucket)
        for term in rest:
            if not isinstance(term, Compare) or term.value is None:
                continue
            if not self._order or term.column != self._order[0]:
                continue
            if term.op is Op.GE:
                start = max(start, bisect_left(bucket, term.value, key=_first))
            elif term.op is Op.GT:
                start = max(start, bisect_right(bucket, term.value, key=_first))
            elif term.op is Op.LT:
                stop = min(stop, bisect_left(bucket, term.value, key=_first))
            elif term.op is Op.LE:
                stop = min(stop, bisect_right(bucket, term.value, key=_first))
        return start, stop


class _Unique:
    """Which key has which values; rows with a None among them do not count."""

    __slots__ = ("columns", "has_none", "keys", "values_of")

    def __init__(self, collection: Collection, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.has_none = _can_have_none(collection, columns)
        self.values_of = _values_of(columns)
        self.keys: dict[_Key, _Key] = {}

    def remove(self, row: Row) -> None:
        values = self.values_of(row)
        if not self.has_none or None not in values:
            del self.keys[values]


class Table:
    """The rows of one collection, which are never written to, only replaced."""

    __slots__ = (
        "_concerned",
        "_sorted",
        "_unchanging",
        "_uniques",
        "collection",
        "key_of",
        "rows",
    )

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.rows: dict[_Key, Row] = {}
        self.key_of = _values_of(collection.key)
        self._uniques = [_Unique(collection, columns) for columns in collection.uniques]
        self._sorted = [
            _Sorted(collection, index.by, index.order) for index in collection.indexes
        ]
        self._concerned: dict[_Key, tuple[list[_Unique], list[_Sorted]]] = {}
        self._unchanging = [collection.key]
        if collection.append_only:
            uniques = (one.columns for one in self._uniques if not one.has_none)
            self._unchanging.extend(uniques)

    # -- rows --------------------------------------------------------------------------

    def insert(self, row: Row, key: _Key) -> tuple[str, ...] | None:
        """Put a new row; or return the columns, of key or unique, that are taken."""
        if key in self.rows:
            return self.collection.key
        taking: list[tuple[dict[_Key, _Key], _Key]] = []
        for unique in self._uniques:
            values = unique.values_of(row)
            if unique.has_none and None in values:
                continue
            if values in unique.keys:
                return unique.columns
            taking.append((unique.keys, values))
        for keys, values in taking:
            keys[values] = key
        self.rows[key] = row
        for index in self._sorted:
            index.add(row, key)
        return None

    def replace(
        self, key: _Key, new: Row, changed: Mapping[str, Any]
    ) -> tuple[str, ...] | None:
        """Put another row, that differs in *changed* at most; or as ``insert``."""
        old = self.rows[key]
        uniques, indexes = self._concerned_by(tuple(changed))
        for unique in uniques:
            if unique.keys.get(unique.values_of(new), key) != key:
                return unique.columns
        for unique in uniques:
            unique.remove(old)
            values = unique.values_of(new)
            if not unique.has_none or None not in values:
                unique.keys[values] = key
        for index in indexes:
            index.move(old, new, key)
        self.rows[key] = new
        return None

    def remove(self, key: _Key) -> None:
        """Take a row away that is there."""
        row = self.rows.pop(key)
        for unique in self._uniques:
            unique.remove(row)
        for index in self._sorted:
            index.remove(row, key)

    def restore(self, key: _Key, old: Row | None) -> None:
        """Make it as it was before: this row, or none."""
        if old is None:
            self.remove(key)
        elif key in self.rows:
            self.replace(key, old, old)
        else:
            self.insert(old, key)

    def _concerned_by(self, changed: _Key) -> tuple[list[_Unique], list[_Sorted]]:
        """Which uniques and indexes hold one of the columns; mostly there are none."""
        found = self._concerned.get(changed)
        if found is None:
            found = self._concerned[changed] = (
                [
                    one
                    for one in self._uniques
                    if not {*one.columns}.isdisjoint(changed)
                ],
                [
                    one
                    for one in self._sorted
                    if not {*one.by, *one.columns}.isdisjoint(changed)
                ],
            )
        return found

    # -- finding -----------------------------------------------------------------------

    def key_by(self, columns: tuple[str, ...], values: _Key) -> _Key | None:
        """Find the key that a ref means, whether or not there is such a row."""
        if columns == self.collection.key:
            return values
        (unique,) = (one for one in self._uniques if one.columns == columns)
        return unique.keys.get(values)

    def sorted_for(self, plan: Plan) -> _Sorted | None:
        """
        Find the index that has the plan's rows together, and in the plan's order.

        The key is an index too, for every number of leading columns, and so are the
        uniques of rows that never change; such a one is made when it is first asked
        for, and kept from then on.
        """
        free = [one for one in plan.order if one.column not in plan.bound]
        if len({one.descending for one in free}) > 1:
            return None
        wanted = [one.column for one in free]
        given = {name for name, value in plan.bound.items() if value is not None}
        for index in self._sorted:
            if index.by <= given and wanted == _without(index.columns, plan.bound):
                return index
        for columns in self._unchanging:
            leading = 0
            while leading < len(columns) and columns[leading] in given:
                leading += 1
            rest = _without(columns[leading:], plan.bound)
            if wanted[: len(rest)] == rest:
                return self._sort_by(columns[:leading], columns[leading:])
        return None

    def _sort_by(self, by: tuple[str, ...], order: tuple[str, ...]) -> _Sorted:
        """Make another index; no update ever concerns it."""
        index = _Sorted(self.collection, by, order)
        for place, row in self.rows.items():
            index.add(row, place)
        self._sorted.append(index)
        return index

    def candidates(self, bound: Mapping[str, Any]) -> Iterable[Row]:
        """Rows that may have the bound values, as few as an index can tell."""
        given = {name for name, value in bound.items() if value is not None}
        if given.issuperset(self.collection.key):
            return self._one(self.key_of(bound))
        for unique in self._uniques:
            if given.issuperset(unique.columns):
                return self._one(unique.keys.get(unique.values_of(bound)))
        best = max(
            (index for index in self._sorted if index.by and index.by <= given),
            key=lambda index: len(index.by),
            default=None,
        )
        if best is None:
            return self.rows.values()
        return [self.rows[entry[-1]] for entry in best.bucket(bound)]

    def _one(self, key: _Key | None) -> Iterable[Row]:
        row = None if key is None else self.rows.get(key)
        return () if row is None else (row,)


def _without(columns: Iterable[str], bound: Mapping[str, Any]) -> list[str]:
    return [column for column in columns if column not in bound]


def _can_have_none(collection: Collection, columns: Iterable[str]) -> bool:
    return any(collection.by_name[column].nullable for column in columns)


def _values_of(columns: tuple[str, ...]) -> Callable[[Mapping[str, Any]], _Key]:
    """Read several columns at once, always as a tuple."""
    if not columns:
        return _nothing
    if len(columns) == 1:
        name = columns[0]
        return lambda row: (row[name],)
    return cast("Callable[[Mapping[str, Any]], _Key]", itemgetter(*columns))


def _nothing(_: Mapping[str, Any]) -> _Key:
    return ()
