"""
What a caller may hand over: an open transaction, in whatever it is wrapped.

Owns how each kind is told, how a plain cursor is had from it, and whether a transaction
has begun there.  Imports none of their packages.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError, UnboundExecutionError

from loyaltycore.errors import InvalidValue, Unavailable
from loyaltycore.stores.sql.cursors import is_psycopg, plain_cursor


if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy.engine import Dialect

__all__ = ["Handle", "handle_of"]


class Handle(Protocol):
    """
    A caller's connection.

    What is asked of one that is closed, or has to be rolled back, is ``Unavailable``.

    Attributes:
        engine: ``postgresql``, ``mysql``, ``mariadb`` or ``sqlite``.
        dialect: of its own driver, or None where the store's is as good.
        errors: what its driver raises.
    """

    engine: str
    dialect: Dialect | None
    errors: type[BaseException]

    def is_inside(self) -> bool:
        """Has a transaction begun?"""
        ...

    def begin(self) -> None:
        """
        Begin one, if whoever gave the connection would begin one by using it.

        Raises:
            InvalidValue: they would not.
        """
        ...

    def connection(self) -> Any:
        """Give the driver's connection, or what stands for it."""
        ...

    def cursor(self) -> tuple[Any, str | None]:
        """Give a cursor whose rows are tuples, and how it wants holes marked."""
        ...

    def leave(self) -> None:
        """End what reading alone has begun."""
        ...

    def tell(self, error: BaseException) -> None:
        """
        Let whoever made the connection know of a driver's error.

        They saw nothing of it, and would go on with a connection that broke.
        """
        ...


def handle_of(handle: object) -> Handle:
    """
    Tell what was handed over.

    Raises:
        InvalidValue: nothing that we know.
    """
    if isinstance(handle, sa.Connection):
        return _OfConnection(handle)
    if isinstance(handle, sqlite3.Connection):
        return _OfSqlite(handle)
    known: Any = handle
    if _is_asynchronous(handle):
        message = "pass what run_sync() gives you, not what is awaited."
        raise InvalidValue("handle", message)
    if hasattr(handle, "get_bind") and hasattr(handle, "connection"):
        return _OfSession(known)
    if hasattr(handle, "ensure_connection") and hasattr(handle, "vendor"):
        return _OfDjango(known)
    if is_psycopg(handle) and hasattr(handle, "info"):  # no cursor, no transaction
        return _OfPsycopg(known)
    message = (
        "pass an open Connection or Session of SQLAlchemy's, or a connection of "
        f"psycopg's, Django's or sqlite3's, not a {type(handle).__name__}."
    )
    raise InvalidValue("handle", message)


def _is_asynchronous(handle: object) -> bool:
    return type(handle).__name__.startswith(("Async", "async_"))


@contextmanager
def _usable(errors: type[BaseException]) -> Generator[None]:
    """Say it where the connection's own wrapping refuses to work."""
    try:
        yield
    except errors as error:
        message = "Your connection cannot be used as it is; the cause says why."
        raise Unavailable(message) from error


class _OfConnection:
    """SQLAlchemy's Connection; the synchronous one behind an asynchronous one, too."""

    def __init__(self, handle: sa.Connection) -> None:
        self._handle = handle
        self._know(handle.dialect)

    def _know(self, dialect: Any) -> None:
        self.dialect: Dialect | None = dialect
        self.engine: str = dialect.name
        self.errors: type[BaseException] = dialect.loaded_dbapi.Error

    def _connection(self) -> sa.Connection:
        return self._handle

    def is_inside(self) -> bool:
        with _usable(SQLAlchemyError):
            return self._connection().in_transaction()

    def begin(self) -> None:
        with _usable(SQLAlchemyError):
            self._connection().begin()  # as any execute() would

    def connection(self) -> Any:
        with _usable(SQLAlchemyError):
            return self._connection().connection.dbapi_connection

    def cursor(self) -> tuple[Any, str | None]:
        return plain_cursor(self.connection())

    def leave(self) -> None:
        self.connection().rollback()

    def tell(self, error: BaseException) -> None:
        """Let SQLAlchemy meet it as well, so that it throws away what broke."""
        with suppress(SQLAlchemyError):
            connection = self._connection()
            dialect: Any = connection.dialect
            driver: Any = connection.connection.dbapi_connection
            if dialect.is_disconnect(error, driver, None):
                connection.exec_driver_sql("SELECT 1")


class _OfSession(_OfConnection):
    """SQLAlchemy's Session, which begins anew where the last transaction has ended."""

    def __init__(self, handle: Any) -> None:
        self._session = handle
        try:
            self._know(handle.get_bind().dialect)
        except UnboundExecutionError as error:
            message = "the session has no one engine; pass a connection of the right."
            raise InvalidValue("handle", message) from error

    def _connection(self) -> sa.Connection:
        connection: sa.Connection = self._session.connection()
        return connection


class _OfDjango:
    """Django's connection, such as ``django.db.connection``, inside ``atomic()``."""

    dialect: Dialect | None = None

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.engine: str = handle.vendor
        self.errors: type[BaseException] = handle.Database.Error

    def is_inside(self) -> bool:
        handle = self._handle
        with _usable(sys.modules["django.db.utils"].Error):
            return bool(handle.in_atomic_block) or not handle.get_autocommit()

    def begin(self) -> None:
        message = "open transaction.atomic() first; Django commits every statement."
        raise InvalidValue("handle", message)

    def connection(self) -> Any:
        with _usable(sys.modules["django.db.utils"].Error):
            self._handle.validate_thread_sharing()
            self._handle.validate_no_broken_transaction()
            self._handle.ensure_connection()
        return self._handle.connection

    def cursor(self) -> tuple[Any, str | None]:
        return plain_cursor(self.connection())

    def leave(self) -> None:
        """Django has begun nothing."""

    def tell(self, error: BaseException) -> None:
        """Let Django look at the connection before it is used for another request."""
        del error
        self._handle.errors_occurred = True


class _OfPsycopg:
    """A connection of psycopg's, version 3."""

    dialect: Dialect | None = None
    engine = "postgresql"

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.errors: type[BaseException] = sys.modules["psycopg"].Error

    def is_inside(self) -> bool:
        return int(self._handle.info.transaction_status) != 0

    def begin(self) -> None:
        """Let the first statement begin; see ``PostgreSql.join``."""

    def connection(self) -> Any:
        return self._handle

    def cursor(self) -> tuple[Any, str | None]:
        return plain_cursor(self._handle)

    def leave(self) -> None:
        self._handle.rollback()

    def tell(self, error: BaseException) -> None:
        """It has seen the error itself."""


class _OfSqlite:
    """A connection of the standard library's."""

    dialect: Dialect | None = None
    engine = "sqlite"
    errors: type[BaseException] = sqlite3.Error

    def __init__(self, handle: sqlite3.Connection) -> None:
        self._handle = handle

    def is_inside(self) -> bool:
        return self._handle.in_transaction

    def begin(self) -> None:
        """See ``Sqlite.join``."""

    def connection(self) -> Any:
        return self._handle

    def cursor(self) -> tuple[Any, str | None]:
        return plain_cursor(self._handle)

    def leave(self) -> None:
        """Reading alone begins nothing."""

    def tell(self, error: BaseException) -> None:
        """It has seen the error itself."""
