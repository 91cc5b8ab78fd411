"""
Sessions over tables in memory.

Owns what a session does, with an undo log instead of a journal.  Knows its store only
as who has the tables and whose turn it is.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, Self

from loyaltycore.errors import Duplicate, Unavailable, UnsupportedValue, Unwritable
from loyaltycore.ports import Add, Change, Delete, Insert, Page, Update
from loyaltycore.query.predicates import Compare, Op, equalities, matches
from loyaltycore.schema.changes import (
    added,
    check_add,
    check_changeable,
    check_delete,
    check_update,
)
from loyaltycore.schema.checks import check_ref, check_row
from loyaltycore.schema.questions import (
    check_measures,
    collection_named,
    lease_query,
    plan_query,
)
from loyaltycore.stores.measuring import summarized
from loyaltycore.stores.memory_sorting import sorted_rows
from loyaltycore.stores.savepoints import part_of


if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from loyaltycore.ports import Ref
    from loyaltycore.query.predicates import Exists, Predicate, Row
    from loyaltycore.query.queries import Measure, Query
    from loyaltycore.schema.questions import Plan
    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.memory_tables import Table

__all__ = ["MemorySavepoint", "MemorySession", "Turns"]


class Turns(Protocol):
    """Who has the tables, and lets one session in after another."""

    tables: Mapping[str, Table]
    collections: Mapping[str, Collection]

    def enter(self) -> None:
        """Wait for the turn."""
        ...

    def leave(self) -> None:
        """Let the next one in."""
        ...


class MemorySession:
    """A session over a ``MemoryStore``; what it promises is in the port."""

    __slots__ = (
        "_has_begun",
        "_is_open",
        "_is_writing",
        "_mark",
        "_undo",
        "failure",
        "store",
    )

    def __init__(self, store: Turns, *, is_writing: bool) -> None:
        self.store = store
        self._is_writing = is_writing
        self._has_begun = False
        self._is_open = False
        self.failure: BaseException | None = None
        self._undo: list[tuple[Table, tuple[Any, ...], Row | None]] = []
        self._mark = 0

    def __enter__(self) -> Self:
        self._begin()
        self.store.enter()
        self._is_open = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.end(error)
        finally:
            self.store.leave()

    def _begin(self) -> None:
        if self._has_begun:
            raise Unavailable("A session is begun once; open another one.")
        self._has_begun = True

    def end(self, error: BaseException | None) -> None:
        """Keep what was done, or undo it."""
        self._is_open = False
        if error is None and self.failure is None:
            return
        self._undo_to(self._mark)
        if error is None and self.failure is not None:
            raise self.failure

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Undo what was done since, and nothing before; see the port."""
        self.check_open()
        mark = len(self._undo)
        with part_of(self, lambda: self._undo_to(mark)):
            yield

    def _undo_to(self, mark: int) -> bool:
        while len(self._undo) > mark:
            table, key, old = self._undo.pop()
            table.restore(key, old)
        return True

    def check_open(self) -> None:
        """Refuse to work before, after, or once something has gone wrong."""
        if not self._is_open:
            raise Unavailable("This session has ended; open another one.")
        if self.failure is not None:
            raise Unavailable("A change failed; end this session and start again.")

    def check_writing(self) -> None:
        """Refuse to write where that was not asked for."""
        self.check_open()
        if not self._is_writing:
            raise Unwritable("This session only reads; open one that writes.")

    def get(self, refs: Sequence[Ref], *, lock: bool = False) -> list[Row | None]:
        """Rows by key or unique; nobody else is here, so all is locked."""
        if lock:
            self.check_writing()
        self.check_open()
        found: list[Row | None] = []
        for ref in refs:
            table = self._table(ref.collection)
            check_ref(table.collection, ref.columns, ref.values)
            key = table.key_by(ref.columns, ref.values)
            found.append(None if key is None else table.rows.get(key))
        return found

    def select(self, query: Query) -> Page:
        """One page; see the port."""
        self.check_open()
        plan = plan_query(self.store.collections, query)
        limit = query.limit
        rows = list(islice(self._in_order(plan, query.where), limit + 1))
        if len(rows) <= limit:
            return Page(rows, None)
        return Page(rows[:limit], plan.cursor(rows[limit - 1]))

    def summarize(
        self, query: Query, *, by: Sequence[str] = (), measures: Mapping[str, Measure]
    ) -> list[Row]:
        """Measures over all rows of a query; see the port."""
        self.check_open()
        plan = plan_query(self.store.collections, query, is_paged=False)
        check_measures(plan.collection, by, measures)
        rows = self._matching(self._table(query.collection), plan, query.where)
        return summarized(rows, by, measures)

    def apply(self, changes: Sequence[Change]) -> list[int]:
        """Carry out changes in order; see the port."""
        self.check_writing()
        try:
            return [self._carry_out(change) for change in changes]
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
        self.check_writing()
        table = self._table(collection)
        check_changeable(table.collection)
        query = lease_query(
            table.collection, program_id, limit, due=due, holder=holder, until=until
        )
        taken: list[Row] = []
        for row in self.select(query).rows:
            changed = {"holder": holder, "due_at": until}
            new = {**row, **changed}
            self._replace(table, table.key_of(row), row, new, changed)
            taken.append(new)
        return taken

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
        raise UnsupportedValue(f"A {type(change).__name__} is no change.")

    def _insert(self, change: Insert) -> int:
        table = self._table(change.collection)
        collection = table.collection
        is_ignoring = change.on_duplicate == "ignore"
        undo = self._undo
        inserted = 0
        for given in change.rows:
            check_row(collection, given)
        for given in change.rows:
            row = dict(given)  # the caller's may be changed later
            key = table.key_of(row)
            taken = table.insert(row, key)
            if taken is None:
                undo.append((table, key, None))
                inserted += 1
            elif not is_ignoring:
                raise _duplicate(collection, taken)
        return inserted

    def _update(self, change: Update) -> int:
        ref = change.ref
        table = self._table(ref.collection)
        check_update(table.collection, change)
        key = table.key_by(ref.columns, ref.values)
        old = None if key is None else table.rows.get(key)
        if key is None or old is None:
            return 0
        if change.expect is not None and old["version"] != change.expect:
            return 0
        new = {**old, **change.values}
        self._replace(table, key, old, new, change.values)
        return 1

    def _add(self, change: Add) -> int:
        table = self._table(change.ref.collection)
        check_add(table.collection, change)
        key = tuple(change.ref.values)
        old = table.rows.get(key)
        new = added(table.collection, change, old)
        if new is None:
            return 0
        if old is not None:
            changed: Mapping[str, Any] = change.deltas
            if change.raises or change.means:
                changed = {**changed, **change.raises, **change.means}
            self._replace(table, key, old, new, changed)
            return 1
        taken = table.insert(new, key)
        if taken is not None:
            raise _duplicate(table.collection, taken)
        self._undo.append((table, key, None))
        return 1

    def _delete(self, change: Delete) -> int:
        ref = change.ref
        table = self._table(ref.collection)
        check_delete(table.collection, change)
        key = table.key_by(ref.columns, ref.values)
        old = None if key is None else table.rows.get(key)
        if key is None or old is None:
            return 0
        table.remove(key)
        self._undo.append((table, key, old))
        return 1

    def _replace(
        self,
        table: Table,
        key: tuple[Any, ...],
        old: Row,
        new: Row,
        changed: Mapping[str, Any],
    ) -> None:
        taken = table.replace(key, new, changed)
        if taken is not None:
            raise _duplicate(table.collection, taken)
        self._undo.append((table, key, old))

    # -- questions ---------------------------------------------------------------------

    def _table(self, name: str) -> Table:
        collection_named(self.store.collections, name)
        return self.store.tables[name]

    def _in_order(self, plan: Plan, where: Predicate) -> Iterator[Row]:
        """Rows after the plan's place; through an index no more are seen than taken."""
        table = self._table(plan.collection.name)
        index = table.sorted_for(plan)
        if index is None:
            yield from sorted_rows(list(self._matching(table, plan, where)), plan)
            return
        terms = [
            Compare(name, Op.EQ, value)
            for name, value in plan.bound.items()
            if name not in index.by
        ]
        rest = (*plan.rest, *terms)
        for entry in index.entries(plan):
            row = table.rows[entry[-1]]
            if all(matches(term, row, self._exists) for term in rest):
                yield row

    def _matching(self, table: Table, plan: Plan, where: Predicate) -> Iterator[Row]:
        for row in table.candidates(plan.bound):
            if matches(where, row, self._exists):
                yield row

    def _exists(self, term: Exists, row: Row) -> bool:
        bound = equalities(term.where)
        for their, our in term.on:
            value = row[our]
            if value is None or bound.setdefault(their, value) != value:
                return False
        table = self._table(term.collection)
        return any(
            all(other[their] == row[our] for their, our in term.on)
            and matches(term.where, other, self._exists)
            for other in table.candidates(bound)
        )


def _duplicate(collection: Collection, columns: tuple[str, ...]) -> Duplicate:
    """Say which key or unique is taken, and no value of it."""
    message = f"Another row of {collection.name} has the same {', '.join(columns)}."
    return Duplicate(message, collection=collection.name, columns=columns)


class MemorySavepoint(MemorySession):
    """A session inside a session: it shares the turn and the undo log."""

    __slots__ = ("_outer",)

    def __init__(self, store: Turns, outer: MemorySession, *, is_writing: bool) -> None:
        super().__init__(store, is_writing=is_writing)
        self._outer = outer
        self._undo = outer._undo  # noqa: SLF001 - one log for all of them, as for one turn

    def __enter__(self) -> Self:
        self._begin()
        self._outer.check_open()
        if self._is_writing:
            self._outer.check_writing()
        self._mark = len(self._undo)
        self._is_open = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end(error)
