"""
Changes and look-ups as SQLite statements, built once a shape.

Owns how a collection's rows are written down as SQL and as SQLite's values.  Knows no
connection and runs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from loyaltycore.schema.tables import INTEGER_MAX, Collection
from loyaltycore.stores.codecs import AS_TEXT, Codec


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.stores.additions import Addition

__all__ = ["Statement", "Statements", "quoted"]


def quoted(name: str) -> str:
    """Write a name so that no keyword is meant; ours hold no quotation marks."""
    return f'"{name}"'


class Statement(NamedTuple):
    """A text, and who turns values, in the order of its marks, into parameters."""

    text: str
    codec: Codec


class Statements:
    """The statements of one set of tables; each is built when it is first needed."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._built: dict[tuple[Any, ...], Statement] = {}
        self._codecs: dict[tuple[str, tuple[str, ...]], Codec] = {}

    def table(self, collection: str) -> str:
        """Name of a collection's table, quoted."""
        return quoted(self.prefix + collection)

    def codec(self, collection: Collection, names: tuple[str, ...]) -> Codec:
        """Find who converts these columns."""
        shape = (collection.name, names)
        codec = self._codecs.get(shape)
        if codec is None:
            codec = self._codecs[shape] = Codec(AS_TEXT, collection, names)
        return codec

    def whole(self, collection: Collection) -> Codec:
        """Find who converts whole rows."""
        return self.codec(collection, tuple(collection.by_name))

    def insert(self, collection: Collection, *, is_ignoring: bool) -> Statement:
        """One row, every column."""
        shape = ("insert", collection.name, is_ignoring)
        found = self._built.get(shape)
        if found is not None:
            return found
        ending = " ON CONFLICT DO NOTHING" if is_ignoring else ""
        text = self._insert(collection) + ending
        return self._keep(shape, text, self.whole(collection))

    def update(
        self,
        collection: Collection,
        ref: tuple[str, ...],
        names: tuple[str, ...],
        *,
        is_expecting: bool,
    ) -> Statement:
        """Columns *names* of the row that *ref* names, and its version if expected."""
        shape = ("update", collection.name, ref, names, is_expecting)
        found = self._built.get(shape)
        if found is not None:
            return found
        sets = ", ".join(f"{quoted(name)} = ?" for name in names)
        if not names:  # only asks whether the row is there
            sets = f"{quoted(ref[0])} = {quoted(ref[0])}"
        ends = (*ref, "version") if is_expecting else ref
        text = f"UPDATE {self.table(collection.name)} SET {sets} WHERE {_equal(ends)}"
        return self._keep(shape, text, self.codec(collection, (*names, *ends)))

    def delete(self, collection: Collection, ref: tuple[str, ...]) -> Statement:
        """Take away the row that *ref* names."""
        shape = ("delete", collection.name, ref)
        found = self._built.get(shape)
        if found is not None:
            return found
        text = f"DELETE FROM {self.table(collection.name)} WHERE {_equal(ref)}"
        return self._keep(shape, text, self.codec(collection, ref))

    def get(self, collection: Collection, ref: tuple[str, ...]) -> Statement:
        """Read the row that *ref* names."""
        shape = ("get", collection.name, ref)
        found = self._built.get(shape)
        if found is not None:
            return found
        names = ", ".join(quoted(name) for name in collection.by_name)
        table = self.table(collection.name)
        text = f"SELECT {names} FROM {table} WHERE {_equal(ref)}"
        return self._keep(shape, text, self.codec(collection, ref))

    def get_many(
        self, collection: Collection, ref: tuple[str, ...], count: int
    ) -> Statement:
        """Read the rows that so many refs name; each answers the ones there are."""
        shape = ("get many", collection.name, ref, count)
        found = self._built.get(shape)
        if found is not None:
            return found
        names = ", ".join(f"there.{quoted(name)}" for name in collection.by_name)
        asked = ", ".join(quoted(name) for name in ref)
        values = ", ".join([f"({', '.join('?' * len(ref))})"] * count)
        same = " AND ".join(
            f"there.{quoted(name)} = asked.{quoted(name)}" for name in ref
        )
        text = (
            f"WITH asked ({asked}) AS (VALUES {values}) SELECT {names} FROM asked"
            f" CROSS JOIN {self.table(collection.name)} AS there ON {same}"
        )
        return self._keep(shape, text, self.codec(collection, ref))

    def add_or_make(self, collection: Collection, addition: Addition) -> Statement:
        """Add a row to the row of its key, or make it; parameters: the row, limits."""
        shape = ("make", collection.name, addition)
        found = self._built.get(shape)
        if found is not None:
            return found
        limits = addition.limits
        given = {name: f"excluded.{quoted(name)}" for name in addition.given}
        sets, within = _adding(collection, addition, given, dict.fromkeys(limits, "?"))
        keys = ", ".join(quoted(name) for name in collection.key)
        start = f"{self._insert(collection)} ON CONFLICT ({keys}) DO UPDATE"
        text = f"{start} SET {sets} WHERE {within}"
        codec = self.codec(collection, (*collection.by_name, *limits))
        return self._keep(shape, text, codec)

    def add(self, collection: Collection, addition: Addition) -> Statement:
        """Add to a row that is there; parameters p0 on: what is given, key, limits."""
        shape = ("add", collection.name, addition)
        found = self._built.get(shape)
        if found is not None:
            return found
        given, limits = addition.given, addition.limits
        names = (*given, *collection.key, *limits)
        marks = [f":p{place}" for place in range(len(names))]
        at_most = dict(zip(limits, marks[len(names) - len(limits) :], strict=True))
        terms = dict(zip(given, marks, strict=False))
        sets, within = _adding(collection, addition, terms, at_most)
        key = " AND ".join(
            f"{quoted(name)} = {mark}"
            for name, mark in zip(collection.key, marks[len(given) :], strict=False)
        )
        table = self.table(collection.name)
        text = f"UPDATE {table} SET {sets} WHERE {key} AND {within}"
        return self._keep(shape, text, self.codec(collection, names))

    def _insert(self, collection: Collection) -> str:
        names = ", ".join(quoted(name) for name in collection.by_name)
        marks = ", ".join("?" * len(collection.by_name))
        return f"INSERT INTO {self.table(collection.name)} ({names}) VALUES ({marks})"

    def _keep(self, shape: tuple[Any, ...], text: str, codec: Codec) -> Statement:
        built = self._built[shape] = Statement(text, codec)
        return built


def _equal(names: Sequence[str]) -> str:
    return " AND ".join(f"{quoted(name)} = ?" for name in names)


def _adding(
    collection: Collection,
    addition: Addition,
    given: Mapping[str, str],
    at_most: Mapping[str, str],
) -> tuple[str, str]:
    """Say what is set, and under which conditions: limits, and the 53 bits."""
    now = {
        name: f"COALESCE({quoted(name)}, 0)"
        if collection.by_name[name].nullable
        else quoted(name)
        for name in addition.numbers
    }
    sums = {name: f"({now[name]} + {given[name]})" for name in addition.deltas}
    after = {**now, **sums}
    after |= {name: _larger(quoted(name), given[name]) for name in addition.raises}
    sets = [f"{quoted(name)} = {after[name]}" for name in given]
    sets += [
        f"{quoted(name)} = {_mean(after[first], after[second])}"
        for name, first, second in addition.means
    ]
    within = [
        f"{total} BETWEEN -{INTEGER_MAX} AND {INTEGER_MAX}" for total in sums.values()
    ]
    within += [f"{after[name]} <= {limit}" for name, limit in at_most.items()]
    first = quoted(collection.key[0])
    return ", ".join(sets) or f"{first} = {first}", " AND ".join(within) or "TRUE"


def _larger(column: str, term: str) -> str:
    """Say the larger of the two; a comparison with NULL is not true."""
    return f"CASE WHEN {column} > {term} THEN {column} ELSE {term} END"


def _mean(first: str, second: str) -> str:
    """Say the mean, rounded half away from zero; ``/`` cuts off, also below zero."""
    twice = f"({second} + {second})"
    return (
        f"CASE WHEN {second} <= 0 THEN NULL"
        f" WHEN {first} < 0 THEN -(({second} - {first} - {first}) / {twice})"
        f" ELSE ({first} + {first} + {second}) / {twice} END"
    )
