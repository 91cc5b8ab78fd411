"""
The store on SQLAlchemy: PostgreSQL, MariaDB and MySQL, SQLite.

Owns what the store promises and how its own sessions begin and end.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from loyaltycore.errors import InvalidValue, SchemaTooOld, Unavailable
from loyaltycore.schema.migrations import STEPS, Step
from loyaltycore.stores.sql.bound import BoundSqlStore
from loyaltycore.stores.sql.cursors import plain_cursor
from loyaltycore.stores.sql.database import Database
from loyaltycore.stores.sql.session import SqlSession
from loyaltycore.stores.sqlite_pool import Process


if TYPE_CHECKING:
    from types import TracebackType

    from loyaltycore.ports import MigrationReport, StoreInfo

__all__ = ["SqlStore"]


class SqlStore:
    """
    Rows on a database server, by way of SQLAlchemy Core.

    Tables are made by ``migrate()``, never by themselves.

    Args:
        engine: SQLAlchemy's engine, which stays yours to dispose of; or a URL, such as
            ``postgresql+psycopg://user@host/database``.
        prefix: what the names of the tables begin with.
        schema: where the tables are; the connection's own place when left out.  On
            MariaDB and MySQL this is a database.
        steps: the schema, step by step, ours when left out; another is for trying
            migrations.
    """

    def __init__(
        self,
        engine: sa.Engine | str | sa.URL,
        *,
        prefix: str = "loyalty_",
        schema: str | None = None,
        steps: tuple[Step, ...] | None = None,
    ) -> None:
        self._is_owner = isinstance(engine, str | sa.URL)
        if isinstance(engine, str | sa.URL):
            try:
                engine = sa.create_engine(engine)
            except ArgumentError as error:  # the URL may hold a password
                message = "a URL such as postgresql+psycopg://user@host/database."
                raise InvalidValue("engine", message) from error
        if not isinstance(engine, sa.Engine):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"a URL, or an engine of create_engine, not {engine!r}."
            raise InvalidValue("engine", message)
        if engine.dialect.name == "sqlite" and engine.url.database in {
            None,
            "",
            ":memory:",
        }:
            message = "a database in memory is MemoryStore's, or SqliteStore's."
            raise InvalidValue("engine", message)
        self._engine = engine
        self._database = Database(
            engine.dialect, prefix=prefix, schema=schema, steps=steps or STEPS
        )
        self._is_checked = False
        self._is_closed = False
        self._generation = Process.generation

    @property
    def metadata(self) -> sa.MetaData:
        """The tables as SQLAlchemy's, such as for Alembic's ``target_metadata``."""
        return self._database.metadata

    @property
    def info(self) -> StoreInfo:
        """Engine, version, durability and warnings, asked of the server."""
        with SqlOwnSession(self, is_writing=False, is_checking=False) as session:
            return session.info()

    def session(self, *, write: bool = True) -> SqlOwnSession:
        """All of it or nothing; see the port."""
        return SqlOwnSession(self, is_writing=write)

    def bind(self, handle: object) -> BoundSqlStore:
        """
        Work inside an open transaction of the caller's; see the port.

        Args:
            handle: a Connection or Session of SQLAlchemy's (``run_sync`` gives one of
                an asynchronous one), or a connection of psycopg's, Django's or
                sqlite3's; to the store's database.

        Raises:
            InvalidValue: it is something else; or, once a session begins, it commits
                every statement by itself.
        """
        return BoundSqlStore(self._database, handle)

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:
        """
        Bring the tables to this version's schema.

        Two processes that do so at once do it one after another.  On PostgreSQL and
        SQLite all steps are one transaction; MariaDB and MySQL commit every table by
        itself, so there a step that was interrupted is gone on with.

        Raises:
            SchemaTooNew: the tables were made by a later version.
            StoreError: as it says.
        """
        with SqlOwnSession(self, is_writing=True, is_checking=False) as session:
            return session.migrate(dry_run=dry_run)

    def close(self) -> None:
        """Close the connections, where the engine was not given from outside."""
        self._is_closed = True
        if self._is_owner:
            self._engine.dispose()

    # -- for sessions ------------------------------------------------------------------

    @property
    def database(self) -> Database:
        """The tables."""
        return self._database

    def connect(self) -> Any:
        """
        Take a connection out of the engine's pool.

        Raises:
            Unavailable: none can be had.
        """
        if self._is_closed:
            raise Unavailable("The store is closed; open another one.")
        if self._generation != Process.generation:  # these connections are the parent's
            self._engine.dispose(close=False)
            self._generation = Process.generation
        errors = (SQLAlchemyError, self.errors)
        try:
            return self._engine.raw_connection()
        except PoolTimeout as error:
            message = "No connection of the engine's pool came free; make it larger."
            raise Unavailable(message, waited=True) from error
        except errors as error:
            message = "The database server cannot be reached; check it and try again."
            raise Unavailable(message) from error

    @property
    def errors(self) -> type[BaseException]:
        """What the driver raises."""
        dbapi: Any = self._engine.dialect.loaded_dbapi
        errors: type[BaseException] = dbapi.Error
        return errors

    def is_gone(self, error: BaseException, connection: Any) -> bool:
        """Did the connection break, so that it is not to be used again?"""
        dialect: Any = self._engine.dialect
        return bool(dialect.is_disconnect(error, connection, None))

    def throw_away(self, connection: Any, error: BaseException) -> None:
        """
        Never use a connection again; nor, where it broke, those that are as old.

        After a restart of the server all that lie in the pool are broken, and to meet
        them one by one would use up every try.
        """
        if self.is_gone(error, connection.driver_connection):
            pool: Any = self._engine.pool
            pool._invalidate(connection, error)  # noqa: SLF001 - as SQLAlchemy does
        else:
            connection.invalidate(error)

    def check_tables(self, cursor: Any) -> None:
        """
        Look once whether the tables are of our version.

        Raises:
            SchemaTooNew, SchemaTooOld: as they say.
        """
        if self._is_checked:
            return
        version = self._database.version_in(cursor)
        self._database.refuse_other(version)
        if not version:
            raise SchemaTooOld("There are no tables yet; migrate() makes them.")
        self._is_checked = True


class SqlOwnSession(SqlSession):
    """A session with a connection and a transaction of its own."""

    def __init__(
        self, store: SqlStore, *, is_writing: bool, is_checking: bool = True
    ) -> None:
        super().__init__(store.database, is_writing=is_writing)
        self._store = store
        self._is_checking = is_checking
        self._connection: Any = None
        self._errors = store.errors

    def __enter__(self) -> Self:
        self._begin()
        store = self._store
        self._connection = connection = store.connect()
        database = store.database
        try:
            driver = connection.driver_connection
            cursor, paramstyle = plain_cursor(driver)
            self.statements = database.statements(database.dialect, paramstyle)
            database.manners.begin(driver, cursor, is_writing=self._is_writing)
            if self._is_checking:
                store.check_tables(cursor)
        except BaseException as error:
            self._give_back(error)
            if isinstance(error, self._errors):
                raise self._translated(error) from error
            raise
        self._cursor = cursor
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cursor = None
        failure = self.failure if error is None else error
        if failure is None:
            self._commit()
            return
        self._give_back(failure)
        if error is None:
            raise failure

    def info(self) -> StoreInfo:
        """Ask the server."""
        return self._database.manners.info(self._checked())

    def migrate(self, *, dry_run: bool) -> MigrationReport:
        """Take the missing steps, or only name them."""
        database, cursor = self._database, self._checked()
        manners = database.manners
        try:
            if dry_run:
                version = database.version_in(cursor)
                database.refuse_newer(version)
                return database.report(version)
            manners.queue(cursor, database.lock_name)
            try:
                version = database.version_in(cursor)
                database.refuse_newer(version)
                for _ in database.take_steps(cursor, version):
                    self._has_changed = True
                    if not manners.creates_inside:
                        self._connection.commit()
            finally:
                with suppress(self._errors):
                    manners.leave_queue(cursor, database.lock_name)
        except self._errors as error:
            self.failure = self._translated(error)
            raise self.failure from error
        return database.report(version)

    def _commit(self) -> None:
        """Commit; but what only locked rows is rolled back, which no disk waits for."""
        try:
            if self._has_changed:
                self._connection.commit()
            else:
                self._connection.rollback()
        except self._errors as error:
            is_in_doubt = self._has_changed and self._is_gone(error)
            self._give_back(error)
            if is_in_doubt:
                message = (
                    "The connection broke while committing; ask again with the same "
                    "key, to find out whether it was done."
                )
                raise Unavailable(message, in_doubt=True) from error
            raise self._translated(error) from error
        self._connection.close()

    def _give_back(self, error: BaseException) -> None:
        """Leave no transaction behind; a connection that is broken is thrown away."""
        connection, broken = self._connection, error.__cause__ or error
        if not self._is_gone(broken):
            try:
                connection.rollback()
            except self._errors as failure:
                broken = failure
            else:
                connection.close()
                return
        self._store.throw_away(connection, broken)

    def _is_gone(self, error: BaseException) -> bool:
        """Did the connection break, so that it is not to be used again?"""
        driver = self._connection.driver_connection
        return isinstance(error, self._errors) and self._store.is_gone(error, driver)
