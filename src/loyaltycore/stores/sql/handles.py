"""
What a caller may hand over: an open transaction, in whatever it is wrapped.

Owns how each kind is told, how a plain cursor is had from it, and whether a transaction
has begun there.  Imports none of their packages.
"""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from loyaltycore.errors import InvalidValue
from loyaltycore.stores.sql.cursors import is_psycopg, plain_cursor


if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = ["Handle", "handle_of"]


class Handle(Protocol):
    """
    A caller's connection.

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
    if is_psycopg(handle):
        return _OfPsycopg(known)
    message = (
        "pass an open Connection or Session of SQLAlchemy's, or a connection of "
        f"psycopg's, Django's or sqlite3's, not a {type(handle).__name__}."
    )
    raise InvalidValue("handle", message)


def _is_asynchronous(handle: object) -> bool:
    return type(handle).__name__.startswith(("Async", "async_"))


class _OfConnection:
    """SQLAlchemy's Connection; the synchronous one behind an asynchronous one, too."""

    def __init__(self, handle: sa.Connection) -> None:
        self._handle = handle
        self.dialect: Dialect | None = handle.dialect
        self.engine = handle.dialect.name
        dbapi: Any = handle.dialect.loaded_dbapi
        self.errors: type[BaseException] = dbapi.Error

    def is_inside(self) -> bool:
        return self._handle.in_transaction()

    def begin(self) -> None:
        self._handle.begin()  # as any execute() would

    def connection(self) -> Any:
        return self._handle.connection.dbapi_connection

    def cursor(self) -> tuple[Any, str | None]:
        return plain_cursor(self.connection())

    def leave(self) -> None:
        self.connection().rollback()


class _OfSession(_OfConnection):
    """SQLAlchemy's Session, which has begun as soon as it is asked."""

    def __init__(self, handle: Any) -> None:
        super().__init__(handle.connection())


class _OfDjango:
    """Django's connection, such as ``django.db.connection``, inside ``atomic()``."""

    dialect: Dialect | None = None

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.engine: str = handle.vendor
        self.errors: type[BaseException] = handle.Database.Error

    def is_inside(self) -> bool:
        return bool(self._handle.in_atomic_block) or not self._handle.get_autocommit()

    def begin(self) -> None:
        message = "open transaction.atomic() first; Django commits every statement."
        raise InvalidValue("handle", message)

    def connection(self) -> Any:
        self._handle.validate_thread_sharing()
        self._handle.ensure_connection()
        return self._handle.connection

    def cursor(self) -> tuple[Any, str | None]:
        return plain_cursor(self.connection())

    def leave(self) -> None:
        """Django has begun nothing."""


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
