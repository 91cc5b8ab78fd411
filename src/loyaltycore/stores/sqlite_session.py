"""
A session over one SQLite connection, whoever opened that and however it ends.

Owns what a session does between its beginning and its end; see the port.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import StoreError, Unavailable, UnsupportedValue, Unwritable
from loyaltycore.ports import Add, Change, Delete, Insert, Page, Ref, Update
from loyaltycore.query.queries import MeasureKind, Query
from loyaltycore.schema.changes import (
    added,
    check_add,
    check_changeable,
    check_delete,
    check_update,
    made,
)
from loyaltycore.schema.checks import check_row
from loyaltycore.schema.questions import (
    check_measures,
    collection_named,
    lease_query,
    plan_query,
)
from loyaltycore.stores.additions import addition_of, additions_alike
from loyaltycore.stores.codecs import AS_TEXT
from loyaltycore.stores.lookups import answers, lookups, padded, width
from loyaltycore.stores.savepoints import ENDED, Savepoints, part_of
from loyaltycore.stores.sqlite_errors import FAULTS, damaged, translated
from loyaltycore.stores.sqlite_queries import Question


if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from datetime import datetime

    from loyaltycore.query.predicates import Row
    from loyaltycore.query.queries import Measure
    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.sqlite_schema import Tables

__all__ = ["SqliteSession"]

# From so many look-ups of a kind on it is one statement; and for so many at most.
_MANY: Final = 8
_AT_ONCE: Final = 256
_AGAIN: Final = ("RELEASE {}", "SAVEPOINT {}")


class SqliteSession:
    """
    What every session over SQLite can do; its subclasses begin and end it.

    Args:
        tables: the tables in question.
        is_writing: whether it may change anything.
        is_guest: whether the transaction is somebody else's.
    """

    __slots__ = (
        "_collections",
        "_cursor",
        "_has_begun",
        "_is_writing",
        "_savepoints",
        "_tables",
        "failure",
    )

    def __init__(
        self, tables: Tables, *, is_writing: bool, is_guest: bool = False
    ) -> None:
        self._tables = tables
        self._collections: Mapping[str, Collection] = tables.collections
        self._is_writing = is_writing
        self._cursor: sqlite3.Cursor | None = None
        self.failure: BaseException | None = None
        self._has_begun = False
        self._savepoints = Savepoints("loyaltycore_part", _AGAIN, is_guest=is_guest)

    def get(self, refs: Sequence[Ref], *, lock: bool = False) -> list[Row | None]:
        """Rows by key or unique; a writing session holds every lock there is."""
        if lock:
            self._check_writing()
        groups = lookups(self._collections, refs)
        for (name, columns), rows in groups.items():
            self._look_up(self._collections[name], columns, rows)
        return answers(groups, refs)

    def select(self, query: Query) -> Page:
        """One page; see the port."""
        plan = plan_query(self._collections, query)
        question = Question(self._tables.statements, self._collections, plan)
        text, codec = question.select(query.limit + 1)
        rows: list[Row] = [
            codec.row(values) for values in self._rows(text, question.parameters)
        ]
        if len(rows) <= query.limit:
            return Page(rows, None)
        del rows[query.limit :]
        return Page(rows, plan.cursor(rows[-1]))

    def summarize(
        self, query: Query, *, by: Sequence[str] = (), measures: Mapping[str, Measure]
    ) -> list[Row]:
        """Measures over all rows of a query; see the port."""
        plan = plan_query(self._collections, query, is_paged=False)
        collection = plan.collection
        check_measures(collection, by, measures)
        question = Question(self._tables.statements, self._collections, plan)
        text = question.summarize(by, measures)
        columns: list[tuple[str, str | None]] = [(name, name) for name in by]
        columns += [(name, _kept_as(measure)) for name, measure in measures.items()]
        return [
            {
                name: AS_TEXT.decoded(collection, column, value) if column else value
                for (name, column), value in zip(columns, values[1:], strict=True)
            }
            for values in self._rows(text, question.parameters)
        ]

    def apply(self, changes: Sequence[Change]) -> list[int]:
        """Carry out changes in order; see the port."""
        self._check_writing()
        try:
            if len(changes) < _MANY:
                return [self._carry_out(change) for change in changes]
            return self._carry_out_many(changes)
        except BaseException as error:
            self.failure = error
            raise

    def lease(
        self,
        collection: str,
        program_id: str,
        *,
        due: datetime,
        limit: int,
        holder: str,
        until: datetime,
    ) -> list[Row]:
        """Take rows that are due; see the port."""
        self._check_writing()
        named = collection_named(self._collections, collection)
        check_changeable(named)
        query = lease_query(
            named, program_id, limit, due=due, holder=holder, until=until
        )
        rows = self.select(query).rows
        update = self._tables.statements.update(
            named, named.key, ("holder", "due_at"), is_expecting=False
        )
        self._run_many(
            update.text,
            [
                update.codec.encode((holder, until, *(row[name] for name in named.key)))
                for row in rows
            ],
        )
        return [{**row, "holder": holder, "due_at": until} for row in rows]

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """A part that is undone alone; see the port."""
        self._checked()
        self._savepoints.open()
        with part_of(self, lambda: self._savepoints.undo(self._execute)):
            yield
        try:
            self._savepoints.close(self._execute)
        except StoreError as error:
            self.failure = Unavailable(ENDED)
            raise self.failure from error

    # -- changes -----------------------------------------------------------------------

    def _carry_out(self, change: Change) -> int:
        if isinstance(change, Insert):
            return self._insert(change)
        if isinstance(change, Update):
            return self._update(change)
        if isinstance(change, Add):
            return self._add(change)
        if isinstance(change, Delete):  # pyright: ignore[reportUnnecessaryIsInstance]
            return self._delete(change)
        message = f"A {type(change).__name__} is no change."
        raise UnsupportedValue(message)

    def _carry_out_many(self, changes: Sequence[Change]) -> list[int]:
        """Carry out changes in order, additions of a kind that follow at once."""
        done: list[int] = []
        for kind, alike in groupby(changes, additions_alike):
            if kind is None:
                done += map(self._carry_out, alike)
            else:
                done += self._add_many([add for add in alike if isinstance(add, Add)])
        return done

    def _insert(self, change: Insert) -> int:
        collection = collection_named(self._collections, change.collection)
        is_ignoring = change.on_duplicate == "ignore"
        statement = self._tables.statements.insert(collection, is_ignoring=is_ignoring)
        encode = statement.codec.encode_row
        encoded: list[list[Any]] = []
        for row in change.rows:
            check_row(collection, row)
            encoded.append(encode(row))
        if len(encoded) == 1:
            return self._run(statement.text, encoded[0]).rowcount
        return self._run_many(statement.text, encoded)

    def _update(self, change: Update) -> int:
        ref, expect = change.ref, change.expect
        collection = collection_named(self._collections, ref.collection)
        check_update(collection, change)
        names = tuple(change.values)
        statement = self._tables.statements.update(
            collection, ref.columns, names, is_expecting=expect is not None
        )
        values = (*change.values.values(), *ref.values)
        if expect is not None:
            values = (*values, expect)
        return self._run(statement.text, statement.codec.encode(values)).rowcount

    def _add(self, change: Add) -> int:
        ref, limits = change.ref, change.at_most.values()
        collection = collection_named(self._collections, ref.collection)
        check_add(collection, change)
        statements, addition = self._tables.statements, addition_of(change)
        row = made(collection, change)
        if row is not None:
            statement = statements.add_or_make(collection, addition)
            encoded = statement.codec.encode((*row.values(), *limits))
            done = self._run(statement.text, encoded).rowcount
        else:
            statement = statements.add(collection, addition)
            given = (*change.deltas.values(), *change.raises.values())
            encoded = statement.codec.encode((*given, *ref.values, *limits))
            named = {f"p{place}": value for place, value in enumerate(encoded)}
            done = self._run(statement.text, named).rowcount
        if not done:  # which of the conditions was it?
            added(collection, change, self._one(collection, ref))
        return done

    def _add_many(self, changes: Sequence[Add]) -> list[int]:
        """Make additions of one kind, without limits, in one statement."""
        collection = collection_named(self._collections, changes[0].ref.collection)
        statements, addition = self._tables.statements, addition_of(changes[0])
        statement = statements.add_or_make(collection, addition)
        rows: list[list[Any]] = []
        for change in changes:
            check_add(collection, change)
            row = made(collection, change)
            if row is None:
                return [self._add(each) for each in changes]
            rows.append(statement.codec.encode(row.values()))
        if self._run_many(statement.text, rows) < len(rows):  # a sum was too large
            for change in changes:
                added(collection, change, self._one(collection, change.ref))
        return [1] * len(rows)

    def _delete(self, change: Delete) -> int:
        ref = change.ref
        collection = collection_named(self._collections, ref.collection)
        check_delete(collection, change)
        statement = self._tables.statements.delete(collection, ref.columns)
        return self._run(statement.text, statement.codec.encode(ref.values)).rowcount

    # -- statements --------------------------------------------------------------------

    def _one(self, collection: Collection, ref: Ref) -> Row | None:
        statements = self._tables.statements
        text, codec = statements.get(collection, ref.columns)
        found = self._rows(text, codec.encode(ref.values))
        return statements.whole(collection).row(found[0]) if found else None

    def _look_up(
        self,
        collection: Collection,
        columns: tuple[str, ...],
        rows: dict[Any, Row | None],
    ) -> None:
        """Fill in the rows that have these values in the columns of a key or unique."""
        wanted = [*rows]
        if len(wanted) < _MANY:
            for values in wanted:
                rows[values] = self._one(
                    collection, Ref(collection.name, columns, values)
                )
            return
        statements = self._tables.statements
        whole = statements.whole(collection)
        places = [whole.names.index(name) for name in columns]
        for start in range(0, len(wanted), _AT_ONCE):
            asked = wanted[start : start + _AT_ONCE]
            statement = statements.get_many(collection, columns, width(len(asked)))
            encoded = [tuple(statement.codec.encode(values)) for values in asked]
            by_key = dict(zip(encoded, asked, strict=True))
            parameters = [value for key in padded(tuple(encoded)) for value in key]
            for found in self._rows(statement.text, parameters):
                key = tuple(found[place] for place in places)
                if key not in by_key:  # found out of its order
                    raise damaged()
                rows[by_key[key]] = whole.row(found)

    def _begin(self) -> None:
        if self._has_begun:
            raise Unavailable("A session is begun once; open another one.")
        self._has_begun = True

    def _check_writing(self) -> None:
        self._checked()
        if not self._is_writing:
            raise Unwritable("This session only reads; open one that writes.")
        self._savepoints.reach(self._execute)

    def _checked(self) -> sqlite3.Cursor:
        if self._cursor is None:
            raise Unavailable("This session has ended; open another one.")
        if self.failure is not None:
            raise Unavailable("A change failed; end this session and start again.")
        return self._cursor

    def _execute(self, text: str) -> None:
        """Also when a change has failed, to undo it."""
        assert self._cursor is not None, "a part is inside of a session"
        try:
            self._cursor.execute(text)
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error

    def _run(
        self, text: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> sqlite3.Cursor:
        cursor = self._checked()
        try:
            return cursor.execute(text, parameters)
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error

    def _rows(self, text: str, parameters: Sequence[Any]) -> list[Any]:
        """Ask, and read every answer: a damaged page shows only when it is read."""
        cursor = self._checked()
        try:
            return cursor.execute(text, parameters).fetchall()
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error

    def _run_many(self, text: str, rows: Iterable[Sequence[Any]]) -> int:
        cursor = self._checked()
        try:
            return max(0, cursor.executemany(text, rows).rowcount)
        except FAULTS as error:
            self.failure = translated(error, self._tables.prefix)
            raise self.failure from error


def _kept_as(measure: Measure) -> str | None:
    """The column whose values a measure has; None: numbers of its own."""
    if measure.kind in {MeasureKind.MIN, MeasureKind.MAX}:
        return measure.column
    return None
