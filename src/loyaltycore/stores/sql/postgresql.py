"""PostgreSQL, through psycopg 3; and what speaks its protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from loyaltycore.errors import (
    Conflict,
    Corrupt,
    InvalidValue,
    StoreError,
    Unavailable,
    UnsupportedValue,
    Unwritable,
)
from loyaltycore.ports import StoreInfo
from loyaltycore.stores.sql import manners as say
from loyaltycore.stores.sql.column_types import POSTGRESQL
from loyaltycore.stores.sql.manners import duplicate, failures, waited


if TYPE_CHECKING:
    from loyaltycore.stores.sql.manners import EngineName, Names

__all__ = ["PostgreSql"]

_UNIQUE: Final = "23505"
_WAITED: Final = frozenset({"55P03", "57014"})  # for a lock, for a statement
_BY_STATE: Final = failures(
    (Conflict, say.FASTER, ("40001", "40P01")),
    (Unwritable, say.READ_ONLY, ("25006", "42501")),
    (Unwritable, say.FULL, ("53100",)),
    (StoreError, say.UNPREPARED, ("26000", "42P05")),
    (Corrupt, say.TABLES, ("42P01", "42703", "3F000")),
    (Corrupt, say.DAMAGED, ("XX001", "XX002")),
    (UnsupportedValue, say.REFUSED, ("54000", "23502", "23514")),
    (Unavailable, say.FAILED, ("25P02",)),
    (Unavailable, say.GONE, ("25P03", "25P04")),  # it stood idle for too long
)
_BY_CLASS: Final = failures(
    (Unavailable, say.GONE, ("08", "53", "57")),
    (UnsupportedValue, say.REFUSED, ("22",)),
    (Conflict, say.FASTER, ("40",)),
)


class PostgreSql:
    """One statement carries several changes; a writing session locks row by row."""

    name: EngineName = "postgresql"
    conversions = POSTGRESQL
    writes_together = True
    upserts = True
    compares_rows = True
    sorts_nulls_last = True
    finds_with = "strpos"
    guesses_rare = False
    skips_locked = True
    is_innodb = False
    creates_inside = True
    replaces_savepoints = False
    sets_again: tuple[str, ...] = ("RELEASE SAVEPOINT {0}; SAVEPOINT {0}",)

    def begin(self, connection: Any, cursor: Any, *, is_writing: bool) -> None:
        """Let the driver begin; a reading session is one snapshot."""
        self.join(connection, cursor, is_writing=is_writing)
        if not is_writing:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def join(self, connection: Any, cursor: Any, *, is_writing: bool) -> str:
        """Refuse a connection without a transaction around its statements."""
        del cursor, is_writing
        if getattr(connection, "autocommit", False) is True and not _is_inside(
            connection
        ):
            message = (
                "begin a transaction on the connection first; it commits by itself."
            )
            raise InvalidValue("handle", message)
        return ""

    def translated(self, error: BaseException, names: Names) -> StoreError:
        """By SQLSTATE, which every driver of this protocol hands on."""
        state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
        if state is None:
            return Unavailable(say.GONE)
        if state == _UNIQUE:
            diagnosis = getattr(error, "diag", None) or error.__cause__
            return duplicate(getattr(diagnosis, "constraint_name", ""), names)
        if state in _WAITED:
            return waited()
        known = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
        if known is None:
            return StoreError(f"PostgreSQL reported {state}.")
        kind, message = known
        return kind(message)

    def has_table(self, cursor: Any, name: str, schema: str | None) -> bool:
        """Look where an unqualified name would be looked for, or in the schema."""
        path = f'"{name}"' if schema is None else f'"{schema}"."{name}"'
        cursor.execute(f"SELECT to_regclass('{path}') IS NOT NULL")
        (found,) = cursor.fetchone()
        return bool(found)

    def queue(self, cursor: Any, name: str) -> None:
        """
        Lock a number for as long as the transaction lasts.

        What somebody else has made meanwhile has to be seen after it, so this is not
        the place for the snapshot that an engine may ask for.
        """
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute(f"SELECT pg_advisory_xact_lock({crc32(name.encode())})")

    def leave_queue(self, cursor: Any, name: str) -> None:
        """Leave it to the end of the transaction."""

    def prepare(self, cursor: Any, schema: str | None) -> None:
        """Make the schema where it is missing."""
        if schema is None:
            return
        number = crc32(f"loyaltycore {schema}".encode())  # others make it for theirs
        cursor.execute(f"SELECT pg_advisory_xact_lock({number})")
        cursor.execute(f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema}'")
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE SCHEMA "{schema}"')

    def info(self, cursor: Any) -> StoreInfo:
        """Ask the server what a commit survives."""
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), "
            "current_setting('synchronous_commit')"
        )
        version, fsync, commit = cursor.fetchone()
        survives = fsync == "on" and commit != "off"
        return StoreInfo(
            engine="postgresql",
            version=version.split()[0],
            durability="power" if survives else "process",
            warnings=() if survives else (_WARNING,),
        )


_WARNING: Final = "fsync or synchronous_commit is off: a power cut loses last commits."


def _is_inside(connection: Any) -> bool:
    """Has somebody begun a transaction on a connection that does not by itself?"""
    info = getattr(connection, "info", None)
    status = getattr(info, "transaction_status", 0)
    return int(status) != 0
