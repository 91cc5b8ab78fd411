"""
The tables inside somebody else's SQLite transaction.

Owns savepoints on a connection that is the caller's.  Never commits, and leaves the
connection as it was found.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from loyaltycore.errors import InvalidValue, SchemaTooOld, Unavailable
from loyaltycore.ports import MigrationReport, StoreInfo
from loyaltycore.stores.savepoints import ENDED
from loyaltycore.stores.sqlite_errors import FAULTS, translated
from loyaltycore.stores.sqlite_session import SqliteSession
from loyaltycore.stores.sqlite_statements import quoted


if TYPE_CHECKING:
    from types import TracebackType

    from loyaltycore.stores.sqlite_schema import Tables

__all__ = ["BoundSqliteStore", "begin_as_python"]

_SAVEPOINT: Final = "loyaltycore_session"
_DURABILITY: Final[dict[int, Literal["none", "process"]]] = {0: "none", 1: "process"}


class BoundSqliteStore:
    """A store whose sessions are savepoints of one connection."""

    def __init__(
        self, tables: Tables, handle: object, path: str, warnings: tuple[str, ...]
    ) -> None:
        if not isinstance(handle, sqlite3.Connection):
            message = f"pass an open sqlite3.Connection, not a {type(handle).__name__}."
            raise InvalidValue("handle", message)
        self._tables = tables
        self._connection = handle
        self._path = path
        self._check_file()
        self._warnings = warnings

    @property
    def info(self) -> StoreInfo:
        """As the store; durability is what the caller's connection was told."""
        try:
            cursor = sqlite3.Cursor(self._connection)
            (synchronous,) = cursor.execute("PRAGMA synchronous").fetchone()
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error
        return StoreInfo(
            engine="sqlite",
            version=sqlite3.sqlite_version,
            durability=_DURABILITY.get(synchronous, "power"),
            warnings=self._warnings,
        )

    def session(self, *, write: bool = True) -> SqliteSavepoint:
        """Part of the caller's transaction that is undone alone when it fails."""
        return SqliteSavepoint(self._tables, self._connection, is_writing=write)

    def bind(self, handle: object) -> BoundSqliteStore:
        """Work in another transaction, or deeper in this one."""
        return BoundSqliteStore(self._tables, handle, self._path, self._warnings)

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:
        """Bring the tables to this version, as part of the caller's transaction."""
        savepoint = SqliteSavepoint(
            self._tables, self._connection, is_writing=not dry_run, is_migrating=True
        )
        with savepoint as session:
            return session.migrate(dry_run=dry_run)

    def close(self) -> None:
        """Nothing to give back: the connection is the caller's."""

    def _check_file(self) -> None:
        """Refuse another database, where tables would be made that nobody looks for."""
        try:
            file = _file_of(self._connection)
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error
        if not _is_same(file, self._path):
            message = (
                f"connect to the store's own database, {self._path}; this connection "
                f"is to {file or 'one in memory or without a name'}."
            )
            raise InvalidValue("handle", message)


class SqliteSavepoint(SqliteSession):
    """A session inside the caller's transaction."""

    __slots__ = ("_connection", "_is_migrating", "_text_factory")

    def __init__(
        self,
        tables: Tables,
        connection: sqlite3.Connection,
        *,
        is_writing: bool,
        is_migrating: bool = False,
    ) -> None:
        super().__init__(tables, is_writing=is_writing, is_guest=True)
        self._connection = connection
        self._is_migrating = is_migrating
        self._text_factory: Any = str

    def __enter__(self) -> Self:
        self._begin()
        connection = self._connection
        try:
            cursor = sqlite3.Cursor(connection)  # not of the caller's rows or class
            self._text_factory = connection.text_factory
            if self._is_writing and not connection.in_transaction:
                cursor.execute(begin_as_python(connection))
            cursor.execute(f"SAVEPOINT {_SAVEPOINT}")
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error
        connection.text_factory = str
        try:
            self._check_tables(cursor)
        except BaseException as error:
            self._roll_back(cursor)
            if isinstance(error, FAULTS):
                raise translated(error, self._tables.prefix) from error
            raise
        self._cursor = cursor
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        cursor, self._cursor = self._cursor, None
        assert cursor is not None, "a session ends after it began"
        if error is not None or self.failure is not None:
            self._roll_back(cursor)
            if error is None and self.failure is not None:
                raise self.failure
            return
        self._connection.text_factory = self._text_factory
        if not self._connection.in_transaction:
            raise Unavailable(ENDED)
        try:
            cursor.execute(f"RELEASE {_SAVEPOINT}")
        except FAULTS as failure:
            raise translated(failure, self._tables.prefix) from failure

    def migrate(self, *, dry_run: bool) -> MigrationReport:
        """Take the missing steps, or only name them."""
        cursor = self._checked()
        try:
            version = self._tables.version_in(cursor)
            self._tables.refuse_newer(version)
            if not dry_run:
                self._tables.take_steps(cursor, version)
        except FAULTS as error:
            raise translated(error, self._tables.prefix) from error
        return self._tables.report(version)

    def _check_tables(self, cursor: sqlite3.Cursor) -> None:
        """Look at them each time: the caller may have rolled their making back."""
        if self._is_migrating:
            return
        tables = self._tables
        if self._is_writing:
            _take_right(cursor, quoted(f"{tables.prefix}migration"))
        version = tables.version_in(cursor)
        tables.refuse_other(version)
        if not version and not self._is_writing:
            raise SchemaTooOld("There are no tables yet; migrate() makes them.")
        if not version:
            tables.take_steps(cursor, 0)

    def _roll_back(self, cursor: sqlite3.Cursor) -> None:
        self._connection.text_factory = self._text_factory
        with suppress(*FAULTS):  # gone with the whole transaction, after an error
            cursor.execute(f"ROLLBACK TO {_SAVEPOINT}")
            cursor.execute(f"RELEASE {_SAVEPOINT}")


def _file_of(connection: sqlite3.Connection) -> str:
    """Find which file it is to; empty: none with a name."""
    cursor = sqlite3.Cursor(connection)  # not of the caller's rows or class
    text_factory, connection.text_factory = connection.text_factory, os.fsdecode
    try:
        _, _, file = cursor.execute("PRAGMA database_list").fetchone()
    finally:
        connection.text_factory = text_factory
    return str(file or "")


def _is_same(one: str, two: str) -> bool:
    """Are these names of one file, which may be a link or not be there yet?"""
    try:
        return os.path.samefile(one, two)  # noqa: PTH121 - bytes that are no text
    except OSError:
        return os.path.realpath(one) == os.path.realpath(two)


def _take_right(cursor: sqlite3.Cursor, table: str) -> None:
    """
    Take the right to write now instead of halfway, without changing anything.

    Nothing is read before, so where it cannot be had the caller's transaction is not
    tied to a state that will soon be the past.
    """
    try:
        cursor.execute(f"UPDATE {table} SET number = number WHERE FALSE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # else: no tables yet
            raise


def begin_as_python(connection: sqlite3.Connection) -> str:
    """Say how Python itself would begin a transaction before a change."""
    autocommit = getattr(connection, "autocommit", -1)  # since 3.12; -1 is the old way
    if autocommit is False:
        return "BEGIN"
    level = connection.isolation_level
    if autocommit is True or level is None:
        message = "begin a transaction on the connection first; it commits by itself."
        raise InvalidValue("handle", message)
    return f"BEGIN {level}"
