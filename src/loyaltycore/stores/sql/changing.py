"""
Changes on their way into statements.

Owns which changes go together in one statement, and what is told about those that did
nothing.  Where an engine lets a ``WITH`` write, all changes of a posting are one
statement, as long as no two of them touch the same row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from loyaltycore.errors import Conflict, UnsupportedValue
from loyaltycore.ports import Add, Change, Delete, Insert, Ref, Update
from loyaltycore.schema.changes import (
    added,
    check_add,
    check_delete,
    check_update,
    made,
    starting,
)
from loyaltycore.schema.checks import check_row
from loyaltycore.schema.questions import collection_named
from loyaltycore.stores.additions import addition_of
from loyaltycore.stores.sql.writing import Added, Deleted, Inserted, Made, Updated


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.query.predicates import Row
    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.sql.database import Database
    from loyaltycore.stores.sql.statements import Statements
    from loyaltycore.stores.sql.writing import Piece

__all__ = ["Changing", "Run"]

_TOGETHER_MAX: Final = 24  # changes in one statement
_ROWS_TOGETHER_MAX: Final = 16
_ROWS_MAX: Final = 256


class Run:
    """What carries statements out; a session is one."""

    statements: Statements

    def run(self, statement: Any, values: Sequence[Any]) -> Any:
        """Carry out one, and return the cursor."""
        raise NotImplementedError

    def ask(self, statement: Any, values: Sequence[Any]) -> list[Any]:
        """Carry out one, and read every answer."""
        raise NotImplementedError

    def find(self, ref: Ref) -> Row | None:
        """Read one row."""
        raise NotImplementedError


class _Told(NamedTuple):
    """A change that was checked, in pieces, with what fills their holes."""

    place: int
    change: Change
    collection: Collection
    piece: Piece
    values: list[Any]


class Changing:
    """
    The changes of one call.

    Args:
        session: what runs the statements.
    """

    def __init__(self, session: Run, database: Database) -> None:
        self._session = session
        self._statements = session.statements
        self._collections = database.collections
        self._manners = database.manners
        self._waiting: list[_Told] = []
        self._touched: dict[str, set[Any]] = {}
        self._results: list[int] = []

    def carry_out(self, changes: Sequence[Change]) -> list[int]:
        """Carry out all, in order; one result a change."""
        self._results = [0] * len(changes)
        for place, change in enumerate(changes):
            self._take(place, change)
        self._flush()
        return self._results

    # -- one change --------------------------------------------------------------------

    def _take(self, place: int, change: Change) -> None:
        if isinstance(change, Insert):
            self._insert(place, change)
        elif isinstance(change, Update):
            self._update(place, change)
        elif isinstance(change, Add):
            self._add(place, change)
        elif isinstance(change, Delete):  # pyright: ignore[reportUnnecessaryIsInstance]
            collection = collection_named(self._collections, change.ref.collection)
            check_delete(collection, change)
            piece = Deleted(collection.name, change.ref.columns)
            codec = self._statements.codec(collection, change.ref.columns)
            values = codec.encode(change.ref.values)
            self._alone(_Told(place, change, collection, piece, values))
        else:
            message = f"A {type(change).__name__} is no change."
            raise UnsupportedValue(message)

    def _insert(self, place: int, change: Insert) -> None:
        collection = collection_named(self._collections, change.collection)
        rows = change.rows
        for row in rows:
            check_row(collection, row)
        encode = self._statements.whole(collection).encode_row
        is_ignoring = change.on_duplicate == "ignore"
        if 0 < len(rows) <= _ROWS_TOGETHER_MAX:
            piece = Inserted(collection.name, len(rows), is_ignoring)
            values = [value for row in rows for value in encode(row)]
            keys = {tuple(row[name] for name in collection.key) for row in rows}
            told = _Told(place, change, collection, piece, values)
            is_plain = not (is_ignoring or collection.uniques)
            self._join(told, keys if is_plain else None)
            return
        self._flush()
        first = 0
        while first < len(rows):
            size = min(_ROWS_MAX, 1 << (len(rows) - first).bit_length() - 1)
            statement = self._statements.writing(
                Inserted(collection.name, size, is_ignoring)
            )
            chunk = rows[first : first + size]
            values = [value for row in chunk for value in encode(row)]
            self._results[place] += self._session.run(statement, values).rowcount
            first += size

    def _update(self, place: int, change: Update) -> None:
        ref, expect = change.ref, change.expect
        collection = collection_named(self._collections, ref.collection)
        check_update(collection, change)
        names = tuple(change.values)
        piece = Updated(collection.name, names, ref.columns, expect is not None)
        given = (*change.values.values(), *ref.values)
        ends = (*names, *ref.columns)
        if expect is not None:
            given, ends = (*given, expect), (*ends, "version")
        values = self._statements.codec(collection, ends).encode(given)
        is_by_key = ref.columns == collection.key
        is_plain = is_by_key and not any(
            name in unique for unique in collection.uniques for name in names
        )
        told = _Told(place, change, collection, piece, values)
        self._join(told, {tuple(ref.values)} if is_plain else None)

    def _add(self, place: int, change: Add) -> None:
        ref, limits = change.ref, change.at_most.values()
        collection = collection_named(self._collections, ref.collection)
        check_add(collection, change)
        addition = addition_of(change)
        row = made(collection, change)
        piece: Piece
        if row is not None and self._manners.upserts:
            piece = Made(collection.name, addition)
            names = (*collection.by_name, *addition.limits)
            given = (*row.values(), *limits)
        else:
            piece = Added(collection.name, addition)
            names = (*addition.given, *collection.key, *addition.limits)
            given = (*change.deltas.values(), *change.raises.values())
            given = (*given, *ref.values, *limits)
        values = self._statements.codec(collection, names).encode(given)
        told = _Told(place, change, collection, piece, values)
        if row is not None and not self._manners.upserts:
            self._make_by_hand(told, change)
        else:
            self._join(told, {tuple(ref.values)} if not collection.uniques else None)

    def _make_by_hand(self, told: _Told, change: Add) -> None:
        """
        Add to the row; where there is none, make it as it starts and add again.

        A row that is found has perhaps been made since, by others; so it is added to
        again as well, and only that says whether a limit is in the way.
        """
        self._flush()
        collection = told.collection
        statement = self._statements.writing(told.piece)
        done = self._session.run(statement, told.values).rowcount
        if not done:
            row = starting(collection, change)
            if row is not None and self._session.find(change.ref) is None:
                make = self._statements.writing(Inserted(collection.name, 1, True))  # noqa: FBT003 - a row's name for it
                self._session.run(
                    make, self._statements.whole(collection).encode_row(row)
                )
            done = self._session.run(statement, told.values).rowcount
        self._note(told, done)

    # -- together ----------------------------------------------------------------------

    def _join(self, told: _Told, keys: set[Any] | None) -> None:
        """
        Let a change wait for others, unless one that waits touches the same rows.

        Args:
            keys: the rows it touches; None: more than by their keys.
        """
        if not self._manners.writes_together:
            self._alone(told)
            return
        name = told.collection.name
        before = self._touched.get(name)
        clashes = before is not None and (keys is None or not before.isdisjoint(keys))
        if clashes or len(self._waiting) == _TOGETHER_MAX:
            self._flush()
        self._waiting.append(told)
        everything = _Everything() if keys is None else None
        self._touched.setdefault(name, everything or set()).update(keys or ())

    def _alone(self, told: _Told) -> None:
        self._flush()
        statement = self._statements.writing(told.piece)
        self._note(told, self._session.run(statement, told.values).rowcount)

    def _flush(self) -> None:
        waiting, self._waiting, self._touched = self._waiting, [], {}
        if len(waiting) == 1:
            self._alone(waiting[0])
        elif waiting:
            statement = self._statements.together([told.piece for told in waiting])
            values = [value for told in waiting for value in told.values]
            (counts,) = self._session.ask(statement, values)
            for told, done in zip(waiting, counts, strict=True):
                self._note(told, done)

    def _note(self, told: _Told, done: int) -> None:
        """Keep a result; only a limit lets an addition do nothing."""
        self._results[told.place] = done
        change = told.change
        if done or not isinstance(change, Add):
            return
        row = self._session.find(change.ref)
        if added(told.collection, change, row) is not None:
            raise Conflict("A limit was in the way and no longer is; ask again.")


class _Everything(set[Any]):
    """The keys of a change that may touch any row of its collection."""

    def isdisjoint(self, other: Any) -> bool:
        """Nothing is beside it."""
        del other
        return False
