"""
Connections to one SQLite file, and who has which.

Owns how a connection is opened and told its manners, the queue of this process's
writers, and that a forked process never touches what it inherited.
"""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections import deque
from pathlib import Path
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Final

from loyaltycore.errors import SchemaTooOld, Unavailable
from loyaltycore.stores.sqlite_errors import FAULTS, translated, translated_after


if TYPE_CHECKING:
    from loyaltycore.ports import MigrationReport
    from loyaltycore.stores.sqlite_schema import Tables

__all__ = ["MEMORY", "Link", "Links", "Process"]

MEMORY: Final = ":memory:"
_IDLE_MAX: Final = 8
_NAP: Final = 0.005  # seconds between tries where SQLite itself does not wait
_STATEMENTS_MAX: Final = 256


class Link:
    """
    One connection, used by one session at a time.

    Attributes:
        cookie: the number that SQLite counts up whenever somebody changes a table; as
            long as it is this one, the tables are those that were checked.
    """

    __slots__ = ("connection", "cookie", "cursor")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.cursor = connection.cursor()
        self.cookie: int | None = None


class _Pool:
    """The connections of one process."""

    __slots__ = ("idle", "links", "writer", "writing")

    def __init__(self) -> None:
        self.idle: deque[Link] = deque()
        self.links: set[Link] = set()
        self.writing = Lock()  # wakes the next at once; SQLite itself only naps
        self.writer: int | None = None

    def take(self) -> Link | None:
        """Take an idle connection, if there is one; another thread may be faster."""
        try:
            return self.idle.pop()
        except IndexError:
            return None


_living: Final[weakref.WeakSet[Links]] = weakref.WeakSet()
_inherited: Final[list[Links]] = []


class Process:
    """Which process this is, told by how many forks led to it."""

    generation = 0


def _after_fork() -> None:
    """Keep the parent's connections, since to let go of one would be to close it."""
    Process.generation += 1
    _inherited.extend(_living)


if hasattr(os, "register_at_fork"):  # pragma: no branch : not on Windows
    os.register_at_fork(after_in_child=_after_fork)


def _close_own(pools: dict[int, _Pool]) -> None:
    """Close what nobody can reach any more, but nothing that was inherited."""
    pool = pools.pop(Process.generation, None)
    for link in () if pool is None else pool.links:
        link.connection.close()


class Links:
    """All connections to one path, process by process."""

    def __init__(
        self, path: str, tables: Tables, *, timeout: float, synchronous: str
    ) -> None:
        self._path = path
        self._tables = tables
        self._timeout = timeout
        self._synchronous = synchronous
        self._pools: dict[int, _Pool] = {Process.generation: _Pool()}
        self._is_closed = False
        _living.add(self)
        weakref.finalize(self, _close_own, self._pools)

    @property
    def is_in_memory(self) -> bool:
        """Is there no file?"""
        return self._path == MEMORY

    def begin(self, *, is_writing: bool) -> Link:
        """
        Hand out a connection on which a transaction has begun.

        Raises:
            StoreError: as ``Store.session`` says; then nothing is held.
        """
        pool = self._pool()
        is_alone = is_writing or self.is_in_memory
        if is_alone:
            self._queue(pool)
        link = None
        try:
            link = pool.take() or self._open(pool)
            link.cursor.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")
            self._check_tables(link)
        except BaseException as error:
            if link is not None:
                self._put_back(pool, link)
            if is_alone:
                self._unqueue(pool)
            if isinstance(error, FAULTS):
                prefix = self._tables.prefix
                raise translated_after(self._timeout, error, prefix) from error
            raise
        return link

    def end(self, link: Link, *, is_writing: bool, is_kept: bool) -> None:
        """
        Commit or roll back, and take the connection back.

        Raises:
            StoreError: it could not be committed; then it is rolled back.
        """
        pool = self._pools.get(Process.generation)
        if pool is None or link not in pool.links:
            _inherited.append(self)
            raise Unavailable("A session stays in the process that began it.")
        try:
            if is_kept:
                link.cursor.execute("COMMIT")
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error
        finally:
            self._put_back(pool, link)
            if is_writing or self.is_in_memory:
                self._unqueue(pool)

    def migrate(self, *, dry_run: bool) -> MigrationReport:
        """
        Bring the tables to the version of this package, all steps or none.

        Raises:
            StoreError: as ``Store.migrate`` says.
        """
        tables = self._tables
        if dry_run and not self.is_in_memory and not Path(self._path).exists():
            return tables.report(0)  # to look would be to create it
        pool = self._pool()
        self._queue(pool)
        link = None
        try:
            link = pool.take() or self._connect(pool)
            cursor = link.cursor
            tables.refuse_newer(tables.version_in(cursor))
            if not dry_run:
                self._switch_to_wal(cursor)
            cursor.execute("BEGIN" if dry_run else "BEGIN IMMEDIATE")
            version = tables.version_in(cursor)
            if not dry_run:
                tables.take_steps(cursor, version)
                cursor.execute("COMMIT")
            self._put_back(pool, link)
            return tables.report(version)
        except BaseException as error:
            if link is not None and self.is_in_memory:
                self._put_back(pool, link)  # it is the database
            elif link is not None:
                self._drop(pool, link)  # nothing of ours stays beside a refused file
            if isinstance(error, FAULTS):
                raise translated(error, tables.prefix) from error
            raise
        finally:
            self._unqueue(pool)

    def scrub(self, *, rewrite: bool) -> None:
        """
        Write the whole file anew, if asked for, and empty the log beside it.

        Raises:
            StoreError: as ``SqliteStore.scrub`` says.
        """
        pool = self._pool()
        self._queue(pool)
        link = None
        try:
            link = pool.take() or self._open(pool)
            if rewrite:
                link.cursor.execute("VACUUM")
            query = "PRAGMA wal_checkpoint(TRUNCATE)"
            (is_busy, *_) = link.cursor.execute(query).fetchone()
        except FAULTS as error:
            raise translated_after(self._timeout, error, self._tables.prefix) from error
        finally:
            if link is not None:
                self._put_back(pool, link)
            self._unqueue(pool)
        if is_busy:
            message = "Somebody still reads what is to be gone; try again later."
            raise Unavailable(message, waited=True)

    def close(self) -> None:
        """Close what is not in use; the rest is closed when it comes back."""
        self._is_closed = True
        pool = self._pools.get(Process.generation)
        while pool is not None and (link := pool.take()) is not None:
            self._drop(pool, link)

    # -- queue -------------------------------------------------------------------------

    def _pool(self) -> _Pool:
        pool = self._pools.get(Process.generation)
        if pool is not None:
            return pool
        if self.is_in_memory:
            message = "A database in memory stays in the process that opened it."
            raise Unavailable(message)
        return self._pools.setdefault(Process.generation, _Pool())

    def _queue(self, pool: _Pool) -> None:
        if self._is_closed:
            raise Unavailable("The store is closed; open another one.")
        if pool.writer == get_ident():
            message = "This thread is inside a session already; pass it on."
            raise Unavailable(message)
        if not pool.writing.acquire(timeout=self._timeout):
            message = f"Another session took longer than {self._timeout} s; try again."
            raise Unavailable(message, waited=True)
        pool.writer = get_ident()

    def _unqueue(self, pool: _Pool) -> None:
        pool.writer = None
        pool.writing.release()

    def _put_back(self, pool: _Pool, link: Link) -> None:
        """Leave no transaction behind; a connection that cannot be so is closed."""
        try:
            if link.connection.in_transaction:
                link.cursor.execute("ROLLBACK")
        except FAULTS:
            self._drop(pool, link)
            return
        if self._is_closed or len(pool.idle) >= _IDLE_MAX:
            self._drop(pool, link)
        else:
            pool.idle.append(link)

    def _drop(self, pool: _Pool, link: Link) -> None:
        pool.links.discard(link)
        link.connection.close()

    # -- opening -----------------------------------------------------------------------

    def _open(self, pool: _Pool) -> Link:
        """Connect to tables of our version; an empty database gets them now."""
        if self._is_closed:
            raise Unavailable("The store is closed; open another one.")
        link = self._connect(pool)
        tables, cursor = self._tables, link.cursor
        try:
            version = tables.version_in(
                cursor
            )  # before anything is written to the file
            tables.refuse_other(version)
            self._switch_to_wal(cursor)
            if not version:
                cursor.execute("BEGIN IMMEDIATE")
                tables.take_steps(cursor, tables.version_in(cursor))  # if nobody has
                cursor.execute("COMMIT")
        except BaseException:
            self._drop(pool, link)
            raise
        return link

    def _connect(self, pool: _Pool) -> Link:
        connection = sqlite3.connect(
            self._path,
            timeout=self._timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS_MAX,
        )
        link = Link(connection)
        pool.links.add(link)
        try:
            link.cursor.execute(f"PRAGMA synchronous = {self._synchronous}")
            link.cursor.execute("PRAGMA secure_delete = ON")
        except FAULTS:
            self._drop(pool, link)
            raise
        return link

    def _switch_to_wal(self, cursor: sqlite3.Cursor) -> None:
        """Let readers and a writer work side by side; a file keeps this for good."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                cursor.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                code = error.sqlite_errorcode
                if code == sqlite3.SQLITE_READONLY:
                    return  # it can be read as it is; who writes is told so then
                if code != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_NAP)
            else:
                return

    def _check_tables(self, link: Link) -> None:
        """Look again at the version when somebody has changed tables."""
        (cookie,) = link.cursor.execute("PRAGMA schema_version").fetchone()
        if cookie == link.cookie:
            return
        version = self._tables.version_in(link.cursor)
        self._tables.refuse_other(version)
        if not version:
            raise SchemaTooOld("The tables are gone; migrate() makes them anew.")
        link.cookie = cookie
