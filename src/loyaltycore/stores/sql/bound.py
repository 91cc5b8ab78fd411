"""
The tables inside somebody else's transaction.

Owns savepoints on a connection that is the caller's.  Never commits, and leaves the
connection as it was found.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from loyaltycore.errors import InvalidValue, SchemaTooOld, Unavailable
from loyaltycore.stores.savepoints import ENDED
from loyaltycore.stores.sql.handles import Handle, handle_of
from loyaltycore.stores.sql.session import SqlSession


if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from loyaltycore.ports import MigrationReport, StoreInfo
    from loyaltycore.stores.sql.database import Database

__all__ = ["BoundSqlStore"]


class BoundSqlStore:
    """A store whose sessions are savepoints of one connection."""

    def __init__(self, database: Database, handle: object) -> None:
        self._database = database
        self._handle = handle_of(handle)
        family = {"mariadb": "mysql"}.get(self._handle.engine, self._handle.engine)
        if family != database.manners.name:
            message = f"it is {self._handle.engine}, the store {database.manners.name}."
            raise InvalidValue("handle", message)
        self._is_checked = False

    @property
    def info(self) -> StoreInfo:
        """As the store, asked through the caller's connection."""
        with self._savepoint(is_writing=False, is_checking=False) as session:
            return session.info()

    def session(self, *, write: bool = True) -> SqlSavepoint:
        """Part of the caller's transaction that is undone alone when it fails."""
        return self._savepoint(is_writing=write, is_checking=not self._is_checked)

    def bind(self, handle: object) -> BoundSqlStore:
        """Work in another transaction, or deeper in this one."""
        return BoundSqlStore(self._database, handle)

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:
        """
        Bring the tables to this version, as part of the caller's transaction.

        Raises:
            Unavailable: on MariaDB and MySQL, where making a table would commit it.
        """
        with self._savepoint(is_writing=not dry_run, is_checking=False) as session:
            return session.migrate(dry_run=dry_run)

    def close(self) -> None:
        """Nothing to give back: the connection is the caller's."""

    def note_checked(self) -> None:
        """Remember that the tables were found to be of our version."""
        self._is_checked = True

    def _savepoint(self, *, is_writing: bool, is_checking: bool) -> SqlSavepoint:
        return SqlSavepoint(
            self, self._database, self._handle, is_writing, is_checking=is_checking
        )


class SqlSavepoint(SqlSession):
    """A session inside the caller's transaction."""

    def __init__(
        self,
        store: BoundSqlStore,
        database: Database,
        handle: Handle,
        is_writing: bool,  # noqa: FBT001 - as its base takes it
        *,
        is_checking: bool,
    ) -> None:
        super().__init__(database, is_writing=is_writing, is_guest=True)
        self._store = store
        self._handle = handle
        self._errors = handle.errors
        self._is_checking = is_checking
        self._savepoint: str | None = None

    def __enter__(self) -> Self:
        self._begin()
        handle, database = self._handle, self._database
        try:
            is_inside = handle.is_inside()
            if self._is_writing and not is_inside:
                handle.begin()
            connection = handle.connection()
            cursor, paramstyle = handle.cursor()
            self._cursor = cursor
            dialect = handle.dialect or database.dialect
            self.statements = database.statements(dialect, paramstyle)
            if is_inside or self._is_writing:
                self._reads_with = database.manners.join(
                    connection, cursor, is_writing=self._is_writing
                )
                cursor.execute(f"SAVEPOINT {self._name}")
                self._savepoint = self._name
            self._check_tables(cursor)
        except BaseException as error:
            self._roll_back(error)
            if isinstance(error, self._errors):
                raise self._translated(error) from error
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None or self.failure is not None:
            self._roll_back(error if self.failure is None else self.failure)
            if error is None and self.failure is not None:
                raise self.failure
            return
        cursor, self._cursor = self._cursor, None
        if self._savepoint is None:
            self._handle.leave()
            return
        try:
            cursor.execute(f"RELEASE SAVEPOINT {self._savepoint}")
        except self._errors as failure:
            self._handle.tell(failure)
            raise Unavailable(ENDED) from failure

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """A part; also of a savepoint that an ORM session has only announced."""
        self._checked()
        self._handle.connection()  # which sets it now
        with super().savepoint():
            yield

    def info(self) -> StoreInfo:
        """Ask through the caller's connection."""
        return self._database.manners.info(self._checked())

    def migrate(self, *, dry_run: bool) -> MigrationReport:
        """Take the missing steps, or only name them."""
        database, cursor = self._database, self._checked()
        try:
            version = database.version_in(cursor)
            database.refuse_newer(version)
            report = database.report(version)
            if report.steps and not dry_run:
                if not database.manners.creates_inside:
                    message = "Making tables would commit; migrate() outside of bind()."
                    raise Unavailable(message)
                list(database.take_steps(cursor, version))
        except self._errors as error:
            raise self._translated(error) from error
        return report

    def _check_tables(self, cursor: Any) -> None:
        if not self._is_checking:
            return
        version = self._database.version_in(cursor)
        self._database.refuse_other(version)
        if not version:
            raise SchemaTooOld("There are no tables yet; migrate() makes them.")
        self._store.note_checked()

    def _roll_back(self, failure: BaseException | None) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        try:
            if self._savepoint is None:
                self._handle.leave()
            else:
                cursor.execute(f"ROLLBACK TO SAVEPOINT {self._savepoint}")
                cursor.execute(f"RELEASE SAVEPOINT {self._savepoint}")
        except self._errors as error:  # gone with the whole transaction
            failure = error
        cause = None if failure is None else failure.__cause__
        for each in (cause, failure):
            if isinstance(each, self._errors):
                self._handle.tell(each)
