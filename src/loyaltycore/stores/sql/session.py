"""
A session over one driver's cursor, whoever opened that and however it ends.

Owns what a session does between its beginning and its end; see the port.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import Unavailable, UnsupportedValue, Unwritable
from loyaltycore.ports import Page
from loyaltycore.query.queries import MeasureKind, Query
from loyaltycore.schema.changes import check_changeable
from loyaltycore.schema.questions import (
    check_measures,
    collection_named,
    lease_query,
    plan_query,
)
from loyaltycore.schema.tables import ColumnType
from loyaltycore.stores.lookups import Lookups, answers, lookups, padded, width
from loyaltycore.stores.measuring import SUM_MAX
from loyaltycore.stores.savepoints import ENDED, Savepoints, part_of
from loyaltycore.stores.sql.changing import Changing, Run
from loyaltycore.stores.sql.cursors import execute_unprepared
from loyaltycore.stores.sql.shapes import (
    Joined,
    Looked,
    Summarized,
    Walk,
    are_alike,
    shape_of,
)
from loyaltycore.stores.sql.writing import Leased


if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from datetime import datetime

    from loyaltycore.ports import Change, Ref
    from loyaltycore.query.predicates import Row
    from loyaltycore.query.queries import Measure
    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.sql.database import Database
    from loyaltycore.stores.sql.holes import Statement
    from loyaltycore.stores.sql.statements import Statements

__all__ = ["SqlSession"]

_LOOKED_MAX: Final = 64  # rows by name in one statement
_NAMES_MAX: Final = 64  # more would be as many lines in a server's statistics
_numbers: Final = count()


class SqlSession(Run):
    """
    What every session over SQLAlchemy can do; its subclasses begin and end it.

    Args:
        database: the tables in question.
        is_writing: whether it may change anything.
        is_guest: whether the transaction is somebody else's.
    """

    statements: Statements

    def __init__(
        self, database: Database, *, is_writing: bool, is_guest: bool = False
    ) -> None:
        self._database = database
        self._collections: Mapping[str, Collection] = database.collections
        self._is_writing = is_writing
        self._cursor: Any = None
        self._errors: type[BaseException] = Exception
        self.failure: BaseException | None = None
        self._has_begun = False
        self._has_changed = False
        self._reads_with = ""  # the lock of plain reads
        manners = database.manners
        number = next(_numbers)
        if not manners.replaces_savepoints:
            number %= _NAMES_MAX
        self._name = f"loyaltycore_{number}"
        self._parts = Savepoints(self._name, manners.sets_again, is_guest=is_guest)

    def get(self, refs: Sequence[Ref], *, lock: bool = False) -> list[Row | None]:
        """Rows by key or unique; locked in sorted order, one statement if possible."""
        if lock:
            self._check_writing()
        else:
            self._checked()
        groups = lookups(self._collections, refs)
        is_joined = not lock and not self._reads_with and len(groups) > 1
        if is_joined and all(len(rows) == 1 for rows in groups.values()):
            self._join(groups)
        else:
            for name, columns in sorted(groups):
                self._look_up(name, columns, groups[name, columns], lock=lock)
        return answers(groups, refs)

    def select(self, query: Query) -> Page:
        """One page; see the port."""
        return self._select(query, self._reads_with)

    def summarize(
        self, query: Query, *, by: Sequence[str] = (), measures: Mapping[str, Measure]
    ) -> list[Row]:
        """Measures over all rows of a query; see the port."""
        self._checked()
        plan = plan_query(self._collections, query, is_paged=False)
        collection = plan.collection
        check_measures(collection, by, measures)
        walk = Walk(self._collections, self._database.manners.conversions)
        shape = Summarized(
            collection.name,
            walk.where(plan),
            tuple(by),
            tuple(measures.values()),
            "",
        )
        statement = self.statements.reading(shape)
        rows = self.ask(statement, walk.values)
        return [self._measured(collection, by, measures, row[1:]) for row in rows]

    def apply(self, changes: Sequence[Change]) -> list[int]:
        """Carry out changes in order; see the port."""
        self._check_writing()
        self._has_changed = True
        try:
            return Changing(self, self._database).carry_out(changes)
        except BaseException as error:
            self.failure = self.failure or error
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
        """Take rows that are due, but not those that somebody is just taking."""
        self._check_writing()
        named = collection_named(self._collections, collection)
        check_changeable(named)
        query = lease_query(
            named, program_id, limit, due=due, holder=holder, until=until
        )
        self._has_changed = True
        skips = self._database.manners.skips_locked
        rows = self._select(query, "skip" if skips else "").rows
        rows.sort(key=lambda row: (row["due_at"], *(row[name] for name in named.key)))
        taken = self.statements.codec(named, ("holder", "due_at"))
        start = taken.encode((holder, until))
        codec = self.statements.codec(named, named.key)
        for chunk in _chunks([codec.encode_row(row) for row in rows], _LOOKED_MAX):
            piece = Leased(collection, width(len(chunk)))
            keys = [value for key in padded(tuple(chunk)) for value in key]
            self.run(self.statements.writing(piece), start + keys)
        return [{**row, "holder": holder, "due_at": until} for row in rows]

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """A part that is undone alone; see the port."""
        self._checked()
        self._parts.open()
        with part_of(self, self._undo_part):
            yield
        self._close_part()

    def _close_part(self) -> None:
        try:
            self._parts.close(self._execute)
        except self._errors as error:
            self.failure = Unavailable(ENDED)
            raise self.failure from error

    def _undo_part(self) -> bool:
        try:
            return self._parts.undo(self._execute)
        except self._errors:  # the engine gave up the whole transaction
            return False

    # -- questions ---------------------------------------------------------------------

    def _select(self, query: Query, lock: str) -> Page:
        self._checked()
        plan = plan_query(self._collections, query)
        conversions = self._database.manners.conversions
        shape, values = shape_of(plan, self._collections, conversions, lock)
        values.append(query.limit + 1)
        found = self.ask(self.statements.reading(shape), values)
        codec = self.statements.whole(plan.collection)
        rows: list[Row] = [codec.row(row) for row in found]
        if len(rows) <= query.limit:
            return Page(rows, None)
        del rows[query.limit :]
        return Page(rows, plan.cursor(rows[-1]))

    def _look_up(
        self,
        name: str,
        columns: tuple[str, ...],
        rows: dict[Any, Row | None],
        *,
        lock: bool,
    ) -> None:
        """Fill in the rows of one collection that these columns name."""
        collection = self._collections[name]
        is_locked = lock and not collection.append_only  # those never change
        how = "update" if is_locked else self._reads_with
        codec = self.statements.codec(collection, columns)
        whole = self.statements.whole(collection)
        for chunk in _chunks(sorted(rows), _LOOKED_MAX):
            is_listed = are_alike(chunk)
            shape = Looked(name, columns, width(len(chunk)), how, is_listed)
            encoded = [codec.encode(each) for each in padded(tuple(chunk))]
            if is_listed:
                values = encoded[0][:-1] + [each[-1] for each in encoded]
            else:
                values = [value for each in encoded for value in each]
            for found in self.ask(self.statements.reading(shape), values):
                row = whole.row(found)
                rows[tuple(row[column] for column in columns)] = row

    def _join(self, groups: Lookups) -> None:
        """Fill in one row each of several collections, in one statement."""
        shape = Joined(tuple(groups))
        values: list[Any] = []
        for (name, columns), rows in groups.items():
            (key,) = rows
            codec = self.statements.codec(self._collections[name], columns)
            values += codec.encode(key)
        (found,) = self.ask(self.statements.reading(shape), values)
        place = 0
        for (name, columns), rows in groups.items():
            codec = self.statements.whole(self._collections[name])
            part = found[place : place + len(codec.names)]
            place += len(codec.names)
            if part[codec.names.index(columns[0])] is not None:
                rows[next(iter(rows))] = codec.row(part)

    def _measured(
        self,
        collection: Collection,
        by: Sequence[str],
        measures: Mapping[str, Measure],
        values: Sequence[Any],
    ) -> Row:
        decoded = self._database.manners.conversions.decoded
        row = {
            name: decoded(collection, name, value)
            for name, value in zip(by, values, strict=False)
        }
        for (name, measure), value in zip(
            measures.items(), values[len(by) :], strict=True
        ):
            row[name] = self._measure(collection, measure, value)
        return row

    def _measure(self, collection: Collection, measure: Measure, value: Any) -> Any:
        column = measure.column
        if measure.kind is MeasureKind.COUNT or column is None:
            return value
        if measure.kind is MeasureKind.SUM:
            if not -SUM_MAX <= value <= SUM_MAX:
                raise UnsupportedValue("A sum is beyond 64 bits; sum fewer rows.")
            return int(value)
        if collection.by_name[column].type is ColumnType.BOOLEAN and value is not None:
            return bool(value)
        return self._database.manners.conversions.decoded(collection, column, value)

    # -- statements --------------------------------------------------------------------

    def find(self, ref: Ref) -> Row | None:
        """Read one row."""
        rows: dict[Any, Row | None] = {tuple(ref.values): None}
        self._look_up(ref.collection, tuple(ref.columns), rows, lock=False)
        return rows[tuple(ref.values)]

    def run(self, statement: Statement, values: Sequence[Any]) -> Any:
        """Carry out one statement; what the engine refuses ends the session."""
        cursor = self._checked()
        try:
            cursor.execute(statement.text, statement.arguments(values))
        except self._errors as error:
            self.failure = self._translated(error)
            raise self.failure from error
        return cursor

    def ask(self, statement: Statement, values: Sequence[Any]) -> list[Any]:
        """Carry out one statement and read every answer."""
        cursor = self.run(statement, values)
        try:
            rows: list[Any] = cursor.fetchall()
        except self._errors as error:
            self.failure = self._translated(error)
            raise self.failure from error
        return rows

    def _execute(self, text: str) -> None:
        execute_unprepared(self._cursor, text)

    def _translated(self, error: BaseException) -> BaseException:
        database = self._database
        return database.manners.translated(error, database.names)

    def _begin(self) -> None:
        if self._has_begun:
            raise Unavailable("A session is begun once; open another one.")
        self._has_begun = True

    def _check_writing(self) -> None:
        self._checked()
        if not self._is_writing:
            raise Unwritable("This session only reads; open one that writes.")
        try:
            self._parts.reach(self._execute)
        except self._errors as error:
            self.failure = self._translated(error)
            raise self.failure from error

    def _checked(self) -> Any:
        if self._cursor is None:
            raise Unavailable("This session has ended; open another one.")
        if self.failure is not None:
            raise Unavailable("A change failed; end this session and start again.")
        return self._cursor


def _chunks(items: Iterable[Any], size: int) -> Iterable[list[Any]]:
    listed = list(items)
    return [listed[first : first + size] for first in range(0, len(listed), size)]
