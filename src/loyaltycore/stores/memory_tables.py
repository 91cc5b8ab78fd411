"""
One collection in memory: rows by key, uniques, and buckets sorted as indexes declare.

Owns how rows are found and kept findable.  Knows no session: it is told what to swap,
and the caller remembers how to swap back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import Duplicate
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
    """Rows in buckets of equal *by*, each bucket a list sorted by *order*, then key."""

    __slots__ = ("buckets", "by", "by_of", "columns", "key_of", "order", "order_of")

    def __init__(self, key: Sequence[str], by: Sequence[str], order: Sequence[str]) -> None:
        self.by = frozenset(by)
        self.order = tuple(order)
        rest = [column for column in key if column not in {*by, *order}]
        self.columns = (*order, *rest)  # what the buckets are sorted by, to the end
        self.by_of = _values_of(tuple(by))
        self.order_of = _values_of(self.order)
        self.key_of = _values_of(tuple(key))
        self.buckets: dict[_Key, list[_Entry]] = {}

    def add(self, row: Row, key: _Key) -> None:
        entry = (*self.order_of(row), key)
        where = self.by_of(row)
        bucket = self.buckets.get(where)
        if bucket is None:
            self.buckets[where] = [entry]
        elif bucket[-1] < entry:  # rows mostly come in the order of time
            bucket.append(entry)
        else:
            insort(bucket, entry)

    def remove(self, row: Row, key: _Key) -> None:
        entry = (*self.order_of(row), key)
        where = self.by_of(row)
        bucket = self.buckets[where]
        if len(bucket) == 1:
            del self.buckets[where]
        else:
            del bucket[bisect_left(bucket, entry)]

    def move(self, old: Row, new: Row, key: _Key) -> None:
        if self.order_of(old) != self.order_of(new) or self.by_of(old) != self.by_of(new):
            self.remove(old, key)
            self.add(new, key)

    def entries(self, plan: Plan) -> Iterator[_Entry]:
        """Entries of the one bucket in question, in the plan's order, after its place."""
        bucket = self.buckets.get(self.by_of(plan.bound), ())
        start, stop = self._range(bucket, plan.rest)
        descending = any(
            one.descending for one in plan.order if one.column in self.columns
        )
        if plan.after is not None:
            place = {
                one.column: value
                for one, value in zip(plan.order, plan.after, strict=True)
            }
            entry = (*self.order_of(place), self.key_of(place))
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
            if not self.order or term.column != self.order[0]:
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


class Table:
    """The rows of one collection, which are never written to, only replaced."""

    __slots__ = ("_declared", "_touching", "collection", "key_of", "rows", "uniques")

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.rows: dict[_Key, Row] = {}
        self.key_of = _values_of(collection.key)
        self.uniques = [_Unique(columns) for columns in collection.uniques]
        self._declared = [
            _Sorted(collection.key, index.by, index.order) for index in collection.indexes
        ]
        self._touching = frozenset(
            column
            for columns in (
                *collection.uniques,
                *((*index.by, *index.order) for index in collection.indexes),
            )
            for column in columns
        )

    def insert(self, row: Row, key: _Key) -> None:
        """Put a row where none is; the caller has made sure of that."""
        self.rows[key] = row
        for unique in self.uniques:
            unique.add(row, key)
        for index in self._declared:
            index.add(row, key)

    def remove(self, key: _Key) -> None:
        """Take a row away that is there."""
        row = self.rows.pop(key)
        for unique in self.uniques:
            unique.remove(row)
        for index in self._declared:
            index.remove(row, key)

    def replace(self, key: _Key, new: Row, changed: Mapping[str, Any]) -> None:
        """Put another row in the place of one; only *changed* columns may differ."""
        old = self.rows[key]
        if not self._touching.isdisjoint(changed):
            for unique in self.uniques:
                unique.move(old, new, key)
            for index in self._declared:
                index.move(old, new, key)
        self.rows[key] = new

    def restore(self, key: _Key, old: Row | None) -> None:
        """Make it as it was before: this row, or none."""
        if old is None:
            self.remove(key)
        elif key in self.rows:
            self.replace(key, old, old)
        else:
            self.insert(old, key)

    def taken_by(self, row: Row, key: _Key) -> tuple[str, ...] | None:
        """Columns of the key or of a unique that another row has; None: it is free."""
        if key in self.rows:
            return self.collection.key
        return self.unique_taken_by(row, key)

    def unique_taken_by_change(
        self, row: Row, key: _Key, changed: Mapping[str, Any]
    ) -> tuple[str, ...] | None:
        """As ``unique_taken_by``, when only some columns may have changed."""
        if self._touching.isdisjoint(changed):
            return None
        return self.unique_taken_by(row, key)

    def unique_taken_by(self, row: Row, key: _Key) -> tuple[str, ...] | None:
        """Columns of a unique that another row has; None: they are free."""
        for unique in self.uniques:
            if unique.keys.get(unique.values_of(row), key) != key:
                return unique.columns
        return None

    def key_by(self, columns: tuple[str, ...], values: _Key) -> _Key | None:
        """Find the key of the row that a ref names."""
        if columns == self.collection.key:
            return values
        for unique in self.uniques:
            if unique.columns == columns:
                return unique.keys.get(values)
        return None

    def sorted_for(self, plan: Plan) -> _Sorted | None:
        """
        Find the index that has the plan's rows together, and in the plan's order.

        The key is an index too, for every number of leading columns; such a one is made
        when it is first asked for, and kept from then on.
        """
        free = [one for one in plan.order if one.column not in plan.bound]
        if len({one.descending for one in free}) > 1:
            return None
        wanted = [one.column for one in free]
        bound = plan.bound.keys()
        for index in self._declared:
            if index.by <= bound and wanted == [
                column for column in index.columns if column not in bound
            ]:
                return index
        key = self.collection.key
        leading = 0
        while leading < len(key) and key[leading] in bound:
            leading += 1
        if wanted != [column for column in key[leading:] if column not in bound]:
            return None
        index = _Sorted(key, key[:leading], key[leading:])
        for place, row in self.rows.items():
            index.add(row, place)
        self._declared.append(index)
        return index

    def candidates(self, bound: Mapping[str, Any]) -> Iterable[Row]:
        """Rows that may have the bound values, as few as an index can tell, unsorted."""
        names = bound.keys()
        if names >= set(self.collection.key):
            return self._one(self.key_of(bound))
        for unique in self.uniques:
            if names >= set(unique.columns):
                values = unique.values_of(bound)
                if None not in values:
                    return self._one(unique.keys.get(values))
        best = max(
            (index for index in self._declared if index.by and index.by <= names),
            key=lambda index: len(index.by),
            default=None,
        )
        if best is None:
            return self.rows.values()
        bucket = best.buckets.get(best.by_of(bound), ())
        return [self.rows[entry[-1]] for entry in bucket]

    def _one(self, key: _Key | None) -> Iterable[Row]:
        row = None if key is None else self.rows.get(key)
        return () if row is None else (row,)

    def refuse(self, columns: tuple[str, ...]) -> Duplicate:
        """Say which key or unique is taken, and no value of it."""
        name = self.collection.name
        message = f"Another row of {name} has the same {', '.join(columns)}."
        return Duplicate(message, collection=name, columns=columns)


class _Unique:
    """Which key has which values; rows with a None among them do not count."""

    __slots__ = ("columns", "keys", "values_of")

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.values_of = _values_of(columns)
        self.keys: dict[_Key, _Key] = {}

    def add(self, row: Row, key: _Key) -> None:
        values = self.values_of(row)
        if None not in values:
            self.keys[values] = key

    def remove(self, row: Row) -> None:
        values = self.values_of(row)
        if None not in values:
            del self.keys[values]

    def move(self, old: Row, new: Row, key: _Key) -> None:
        if self.values_of(old) != self.values_of(new):
            self.remove(old)
            self.add(new, key)


def _values_of(columns: tuple[str, ...]) -> Callable[[Mapping[str, Any]], _Key]:
    """Read several columns at once, always as a tuple."""
    if not columns:
        return _nothing
    if len(columns) == 1:
        name = columns[0]
        return lambda row: (row[name],)
    return itemgetter(*columns)


def _nothing(_: Mapping[str, Any]) -> _Key:
    return ()
