"""
Changes and look-ups as SQLite statements, built once a shape.

Owns how a collection's rows are written down as SQL and as SQLite's values.  Knows no
connection and runs nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from loyaltycore.errors import Corrupt
from loyaltycore.schema.tables import INTEGER_MAX, Collection, ColumnType


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from loyaltycore.query.predicates import Row

__all__ = ["Codec", "Statement", "Statements", "decoded", "encoded", "quoted"]


def quoted(name: str) -> str:
    """Write a name so that no keyword is meant; ours hold no quotation marks."""
    return f'"{name}"'


@lru_cache(maxsize=1024)  # one posting writes the same moment many times over
def _moment_text(moment: datetime) -> str:
    return moment.isoformat("T", "microseconds")  # of one width, so that text sorts


_ENCODERS: Final[dict[ColumnType, Callable[[Any], Any]]] = {
    ColumnType.MOMENT: _moment_text,
    ColumnType.DAY: date.isoformat,
    ColumnType.BOOLEAN: int,
}
_DECODERS: Final[dict[ColumnType, Callable[[Any], Any]]] = {
    ColumnType.MOMENT: datetime.fromisoformat,
    ColumnType.DAY: date.fromisoformat,
    ColumnType.BOOLEAN: bool,
}


def encoded(collection: Collection, name: str, value: Any) -> Any:
    """Turn one value into SQLite's."""
    convert = _ENCODERS.get(collection.by_name[name].type)
    return value if convert is None or value is None else convert(value)


def decoded(collection: Collection, name: str, value: Any) -> Any:
    """Turn one value of SQLite's into ours."""
    convert = _DECODERS.get(collection.by_name[name].type)
    return value if convert is None or value is None else convert(value)


class Codec:
    """Values of some columns, there and back."""

    __slots__ = ("_decoders", "_encoders", "_pick", "names")

    def __init__(self, collection: Collection, names: tuple[str, ...]) -> None:
        self.names = names
        self._pick: Callable[[Row], tuple[Any, ...]] = itemgetter(*names)
        if len(names) == 1:
            (only,) = names
            self._pick = lambda row: (row[only],)
        types = [collection.by_name[name].type for name in names]
        self._encoders = _converters(types, _ENCODERS)
        self._decoders = _converters(types, _DECODERS)

    def encode(self, values: Iterable[Any]) -> list[Any]:
        """Turn values, in the order of the columns, into SQLite's."""
        encoded = list(values)
        for place, convert in self._encoders:
            value = encoded[place]
            if value is not None:
                encoded[place] = convert(value)
        return encoded

    def encode_row(self, row: Row) -> list[Any]:
        """Turn the columns of a row into SQLite's values, in their order."""
        return self.encode(self._pick(row))

    def row(self, values: Sequence[Any]) -> dict[str, Any]:
        """
        Turn what SQLite holds into a row.

        Raises:
            Corrupt: a column holds what was never written there.
        """
        row = dict(zip(self.names, values, strict=True))
        name = ""
        try:
            for place, convert in self._decoders:
                value = values[place]
                if value is not None:
                    name = self.names[place]
                    row[name] = convert(value)
        except (TypeError, ValueError):
            message = f"The column {name} holds what cannot be read."
            raise Corrupt(message, column=name) from None
        return row


def _converters(
    types: list[ColumnType], by_type: dict[ColumnType, Callable[[Any], Any]]
) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    return tuple(
        (place, by_type[type_]) for place, type_ in enumerate(types) if type_ in by_type
    )


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
            codec = self._codecs[shape] = Codec(collection, names)
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

    def add_or_make(
        self, collection: Collection, deltas: tuple[str, ...], limits: tuple[str, ...]
    ) -> Statement:
        """Add a row to the row of its key, or make it; parameters: the row, limits."""
        shape = ("make", collection.name, deltas, limits)
        found = self._built.get(shape)
        if found is not None:
            return found
        plus = {name: f"excluded.{quoted(name)}" for name in deltas}
        sets, within = _addition(collection, plus, dict.fromkeys(limits, "?"))
        keys = ", ".join(quoted(name) for name in collection.key)
        start = f"{self._insert(collection)} ON CONFLICT ({keys}) DO UPDATE"
        text = f"{start} SET {sets} WHERE {within}"
        codec = self.codec(collection, (*collection.by_name, *limits))
        return self._keep(shape, text, codec)

    def add(
        self, collection: Collection, deltas: tuple[str, ...], limits: tuple[str, ...]
    ) -> Statement:
        """Add to a row that is there; parameters p0 on: deltas, key, limits."""
        shape = ("add", collection.name, deltas, limits)
        found = self._built.get(shape)
        if found is not None:
            return found
        names = (*deltas, *collection.key, *limits)
        marks = [f":p{place}" for place in range(len(names))]
        plus = dict(zip(deltas, marks, strict=False))
        at_most = dict(zip(limits, marks[len(names) - len(limits) :], strict=True))
        sets, within = _addition(collection, plus, at_most)
        key = " AND ".join(
            f"{quoted(name)} = {mark}"
            for name, mark in zip(collection.key, marks[len(deltas) :], strict=False)
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


def _addition(
    collection: Collection, plus: dict[str, str], at_most: dict[str, str]
) -> tuple[str, str]:
    """Say what is set, and under which conditions: limits, and the 53 bits."""
    now = {
        name: f"COALESCE({quoted(name)}, 0)"
        if collection.by_name[name].nullable
        else quoted(name)
        for name in (*plus, *at_most)
    }
    sums = {name: f"{now[name]} + {term}" for name, term in plus.items()}
    sets = [f"{quoted(name)} = {total}" for name, total in sums.items()]
    within = [
        f"{total} BETWEEN -{INTEGER_MAX} AND {INTEGER_MAX}" for total in sums.values()
    ]
    within += [
        f"{sums.get(name, now[name])} <= {limit}" for name, limit in at_most.items()
    ]
    first = quoted(collection.key[0])
    return ", ".join(sets) or f"{first} = {first}", " AND ".join(within) or "TRUE"
