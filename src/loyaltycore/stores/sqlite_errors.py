"""What goes wrong in SQLite, in the words of the port."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Final

from loyaltycore.errors import (
    Conflict,
    Corrupt,
    Duplicate,
    StoreError,
    Unavailable,
    UnsupportedValue,
    Unwritable,
)


if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAULTS", "damaged", "translated", "translated_after"]

#: What the module raises, also where a damaged file holds what it cannot read.
FAULTS: Final = (sqlite3.Error, UnicodeError)

_PRIMARY: Final = 0xFF  # the rest of a code says more, the low byte says what kind
_UNIQUE: Final = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_ROWID,
    }
)
_WRITING: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)

_BUSY: Final = "Another connection holds the database; try again."
_READONLY: Final = (
    "The database is read-only; make its file and its folder writable, or open a copy."
)
_FULL: Final = "The disk is full; free some space, then try again."
_CANTOPEN: Final = (
    "The database file cannot be opened; check that its folder exists and is writable."
)
_CORRUPT: Final = (
    "The file is no database, or a damaged one; check the path, or restore a copy."
)
_TABLES: Final = "The tables are not those of this package; check the path."
_IOERR: Final = "The disk did not answer as it should; check it, then try again."


def damaged() -> Corrupt:
    """Say that what is in the file cannot have been written so."""
    return Corrupt(_CORRUPT)


def translated(error: sqlite3.Error | UnicodeError, prefix: str) -> StoreError:
    """Say it as the port does; the driver's own words stay in ``__cause__``."""
    if isinstance(error, UnicodeError):
        return damaged()
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # raised by the module itself, such as on a closed connection
        return Unavailable("The connection cannot be used; open another one.")
    if code == sqlite3.SQLITE_BUSY_SNAPSHOT:
        message = "Somebody wrote since this transaction read; roll it back and retry."
        return Conflict(message)
    if code in _UNIQUE:
        return _duplicate(str(error), prefix)
    if code in _WRITING:
        return Unwritable(_FULL)
    if code == sqlite3.SQLITE_IOERR_SHORT_READ:
        return damaged()
    kind, message = _BY_CODE.get(code & _PRIMARY, (None, ""))
    if kind is not None:
        return kind(message)
    if "integer overflow" in str(error):
        return UnsupportedValue("A sum is beyond 64 bits; sum fewer rows.")
    if re.search("no such (table|column)|has no column", str(error)):
        return Corrupt(_TABLES)
    name = getattr(error, "sqlite_errorname", "an error")
    return StoreError(f"SQLite reported {name}.")


def translated_after(
    timeout: float, error: sqlite3.Error | UnicodeError, prefix: str
) -> StoreError:
    """Say it where SQLite has waited for a lock: for how long, and whose it may be."""
    code = getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_OK
    if code & _PRIMARY != sqlite3.SQLITE_BUSY or code == sqlite3.SQLITE_BUSY_SNAPSHOT:
        return translated(error, prefix)
    message = (
        f"The database was locked for longer than {timeout} s; try again, or, if it is "
        f"your own transaction, use shop.bind(connection)."
    )
    return Unavailable(message, waited=True)


_BY_CODE: Final[dict[int, tuple[Callable[[str], StoreError], str]]] = {
    sqlite3.SQLITE_BUSY: (Unavailable, _BUSY),
    sqlite3.SQLITE_LOCKED: (Unavailable, _BUSY),
    sqlite3.SQLITE_PROTOCOL: (Unavailable, _BUSY),
    sqlite3.SQLITE_INTERRUPT: (Unavailable, "The work was interrupted; try again."),
    sqlite3.SQLITE_READONLY: (Unwritable, _READONLY),
    sqlite3.SQLITE_PERM: (Unwritable, _READONLY),
    sqlite3.SQLITE_FULL: (Unwritable, _FULL),
    sqlite3.SQLITE_CANTOPEN: (Unwritable, _CANTOPEN),
    sqlite3.SQLITE_IOERR: (Unavailable, _IOERR),
    sqlite3.SQLITE_CORRUPT: (Corrupt, _CORRUPT),
    sqlite3.SQLITE_NOTADB: (Corrupt, _CORRUPT),
    sqlite3.SQLITE_TOOBIG: (UnsupportedValue, "A value is longer than SQLite takes."),
    sqlite3.SQLITE_CONSTRAINT: (UnsupportedValue, "A constraint refuses the value."),
    sqlite3.SQLITE_MISMATCH: (UnsupportedValue, "A value has the wrong type."),
}


def _duplicate(message: str, prefix: str) -> Duplicate:
    """Find collection and columns: the message ends in ``table.a, table.b``."""
    named = re.findall(r"(\w+)\.(\w+)", message)
    collection = named[0][0].removeprefix(prefix) if named else "a table"
    columns = tuple(column for _, column in named)
    sentence = f"Another row of {collection} has the same {', '.join(columns)}."
    return Duplicate(sentence, collection=collection, columns=columns)
