"""
What the package needs from outside: a store, a notifier, a clock, ids.

Owns the protocols and the plain values that cross them.  Their docstrings are
obligations; ``loyaltycore.testing`` ships the suites that prove them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

import attrs


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from loyaltycore.query.predicates import Row, Scalar
    from loyaltycore.query.queries import Measure, Query

__all__ = [
    "Add",
    "Change",
    "Clock",
    "Delete",
    "Ids",
    "Insert",
    "MigrationReport",
    "Notifier",
    "Page",
    "Ref",
    "Session",
    "Store",
    "StoreInfo",
    "Update",
]


class Ref(NamedTuple):
    """
    One row, by its collection's key or by one of its declared uniques.

    Attributes:
        columns: the key's or the unique's columns, in declared order.
        values: one value a column, none of them None.
    """

    collection: str
    columns: tuple[str, ...]
    values: tuple[Scalar, ...]


class Insert(NamedTuple):
    """
    New rows of one collection, every column given.

    Attributes:
        on_duplicate: ``error`` raises ``Duplicate`` and nothing of the session stays;
            ``ignore`` leaves rows alone whose key or unique is taken.

    Its result is how many rows were inserted.
    """

    collection: str
    rows: Sequence[Row]
    on_duplicate: Literal["error", "ignore"] = "error"


class Update(NamedTuple):
    """
    Other values for some columns of one row, never of its key.

    Attributes:
        expect: the row's ``version`` column has to hold this, else nothing changes.

    Its result is 1, or 0 when there is no such row or version.
    """

    ref: Ref
    values: Row
    expect: int | None = None


class Delete(NamedTuple):
    """One row away; its result is 1, or 0 when there was none."""

    ref: Ref


class Add(NamedTuple):
    """
    Integers added to columns of one row, which starts at zero when it is not there.

    Attributes:
        ref: by key; a row that is made holds the key, the deltas, what is raised, the
            means, 0 in other integer columns and None in the rest.  Where that is no
            whole row, none is made and ``UnsupportedValue`` raised; an existing one can
            be added to.
        deltas: may be empty, also when nothing else is given.
        at_most: limits on integer columns as they are afterwards, also on those that
            nothing is added to; where one would be passed, nothing changes.
        raises: columns of moments, days or integers that become the larger of what
            they hold and this; None is smaller than everything.  No integer is raised
            to less than 0, where a row that is made starts.
        means: columns of integers that may be None, each with two other columns of
            integers: it becomes the first over the second as they are afterwards,
            rounded half up (away from zero), or None where the second is 0 or less.

    A column is in one of *deltas*, *raises* and *means*; no mean is of a mean, and none
    has a limit.

    Its result is 1, or 0 when a limit was in the way.  Two additions commute, so rows
    that everybody adds to need no lock of the caller's.  For means this takes that
    whatever changes one of the two columns names the mean as well.
    """

    ref: Ref
    deltas: Mapping[str, int]
    at_most: Mapping[str, int] = {}
    raises: Mapping[str, Scalar] = {}
    means: Mapping[str, tuple[str, str]] = {}


Change: TypeAlias = Insert | Update | Delete | Add


class Page(NamedTuple):
    """Rows, and where the next page starts (None: there is none)."""

    rows: list[Row]
    cursor: str | None


@attrs.frozen(kw_only=True)
class StoreInfo:
    """
    What a store is and promises.

    Attributes:
        durability: ``none`` (gone with the process), ``process`` (survives the
            process, not a power cut) or ``power`` (survives a power cut).
        warnings: one sentence each, such as a known bug of the engine's version.
    """

    engine: str
    version: str
    durability: Literal["none", "process", "power"]
    warnings: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class MigrationReport:
    """
    What ``migrate`` did, or would do in a dry run.

    Attributes:
        before: the schema's number before; 0 is an empty database.
        after: the number after.
        steps: the names of the steps in between.
    """

    before: int
    after: int
    steps: tuple[str, ...]


class Session(Protocol):
    """
    One database transaction; everything in it happens, or nothing.

    It is begun once.  After a change that failed it does nothing more, and it does not
    commit: who swallows the failure meets it again at the session's end.
    """

    def get(self, refs: Sequence[Ref], *, lock: bool = False) -> list[Row | None]:
        """
        Rows in the order of *refs*, None where there is none.

        With *lock*, no other session changes these rows before this one ends; locks
        are taken in sorted order, whatever the order of *refs*.
        """
        ...

    def select(self, query: Query) -> Page:
        """
        One page of a query, in its order, of a state that includes own changes.

        Raises:
            InvalidValue: the query names what is not there, is too large, or its cursor
                belongs to another one.
            UnsupportedValue: a column is compared with what it could not hold.
        """
        ...

    def summarize(
        self, query: Query, *, by: Sequence[str] = (), measures: Mapping[str, Measure]
    ) -> list[Row]:
        """
        Measures over all rows of a query (its order, limit and cursor do not count).

        One row for each combination of the columns *by*, sorted by them, None first;
        without *by* exactly one row.  A row holds the *by* columns and the measures by
        name.

        Raises:
            InvalidValue, UnsupportedValue: as ``select``; or a sum is beyond 64 bits.
        """
        ...

    def apply(self, changes: Sequence[Change]) -> list[int]:
        """
        Carry out changes in order; one result a change, as each says.

        Raises:
            AppendOnly: an update, deletion or addition on an append-only collection.
            Duplicate: an insert met a taken key or unique.
            UnsupportedValue: a value that not every store could keep, a sum that is
                none, or a change that no store could carry out; see ``schema.checks``
                and ``schema.changes``.
        """
        ...

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
        """
        Take a program's rows that are due; nobody else gets them before *until*.

        Of its rows whose ``due_at`` is not after *due*, the earliest *limit* get
        *holder* as ``holder`` and *until* as ``due_at``, and come back changed,
        earliest first.
        A holder that dies needs no clean-up: its rows are due again at *until*.

        Raises:
            AppendOnly, InvalidValue, UnsupportedValue: see ``schema.questions``.
        """
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """
        A part of this session that is undone alone when it fails.

        After a change that failed inside, or an exception that left it, the session is
        as it was before and goes on.  Where the engine had to give up the whole
        transaction, such as after a deadlock on some, the session stays failed.
        """
        ...


class Store(Protocol):
    """Where rows live; see ``Session`` for what can be done to them."""

    @property
    def info(self) -> StoreInfo:
        """Engine, version, durability and warnings."""
        ...

    def session(self, *, write: bool = True) -> AbstractContextManager[Session]:
        """
        A database transaction that commits at the end and rolls back on an exception.

        A writing session holds the right to write from its beginning; a reading one
        sees one snapshot, and refuses locks, ``apply`` and ``lease`` with
        ``Unwritable``.

        Raises:
            Unavailable, Unwritable, Corrupt, SchemaTooNew, SchemaTooOld: as they say.
        """
        ...

    def bind(self, handle: object) -> Store:
        """
        The same tables inside the caller's open database transaction.

        Sessions of the bound store are savepoints; it never commits, and a session
        that fails leaves the caller's transaction usable.
        """
        ...

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:
        """Bring the tables to this version's schema, each step whole or not at all."""
        ...

    def close(self) -> None:
        """Give back what is held; the store is not used afterwards."""
        ...


class Clock(Protocol):
    """Where the time of a decision comes from."""

    def now(self) -> datetime:
        """Return the present moment, aware."""
        ...


class Ids(Protocol):
    """Where ids and unguessable bytes come from."""

    def new(self, at: datetime) -> str:
        """Return a new id, sortable by time and increasing within a millisecond."""
        ...

    def random(self, n: int) -> bytes:
        """Return *n* bytes that nobody can guess."""
        ...


class Notifier(Protocol):
    """Who takes messages out of the outbox."""

    def send(self, message: Mapping[str, object]) -> None:
        """
        Deliver one message, or raise; it comes again when it raised.

        A message may come twice; its ``id`` stays the same, so drop what was seen.
        """
        ...
