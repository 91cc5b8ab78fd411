"""SQLite through SQLAlchemy, for who has it there; the same file as ``SqliteStore``."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.ports import StoreInfo
from loyaltycore.stores.codecs import AS_TEXT
from loyaltycore.stores.sql.manners import waited
from loyaltycore.stores.sqlite_bound import begin_as_python
from loyaltycore.stores.sqlite_errors import translated


if TYPE_CHECKING:
    from typing import Literal

    from loyaltycore.errors import StoreError
    from loyaltycore.stores.sql.manners import EngineName, Names

__all__ = ["Sqlite"]

_DURABILITY: Final[dict[int, Literal["none", "process"]]] = {0: "none", 1: "process"}


class Sqlite:
    """One writer at a time, who takes the right to write at the beginning."""

    name: EngineName = "sqlite"
    conversions = AS_TEXT
    writes_together = False
    upserts = True
    compares_rows = True
    sorts_nulls_last = False
    finds_with = "instr"
    guesses_rare = True
    skips_locked = False
    is_innodb = False
    creates_inside = True
    replaces_savepoints = False
    sets_again: tuple[str, ...] = ("RELEASE {}", "SAVEPOINT {}")

    def begin(self, connection: Any, cursor: Any, *, is_writing: bool) -> None:
        """Begin by hand: the module would wait for the first change."""
        del connection
        cursor.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    def join(self, connection: Any, cursor: Any, *, is_writing: bool) -> str:
        """Begin where Python itself would begin before a change."""
        driver = getattr(connection, "driver_connection", connection)
        if is_writing and not driver.in_transaction:
            cursor.execute(begin_as_python(driver))
        return ""

    def translated(self, error: BaseException, names: Names) -> StoreError:
        """As ``SqliteStore`` does."""
        assert isinstance(error, sqlite3.Error), "the driver raises nothing else"
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return waited()
        return translated(error, names.prefix)

    def has_table(self, cursor: Any, name: str, schema: str | None) -> bool:
        """Look into the schema's list of tables."""
        master = "sqlite_master" if schema is None else f'"{schema}".sqlite_master'
        cursor.execute(f"SELECT 1 FROM {master} WHERE name = '{name}'")
        return cursor.fetchone() is not None

    def queue(self, cursor: Any, name: str) -> None:
        """There is one writer at a time anyway."""

    def leave_queue(self, cursor: Any, name: str) -> None:
        """Likewise."""

    def prepare(self, cursor: Any, schema: str | None) -> None:
        """Nothing: a file is there as soon as it is connected to."""

    def info(self, cursor: Any) -> StoreInfo:
        """Ask the connection what a commit survives."""
        cursor.execute("PRAGMA synchronous")
        (synchronous,) = cursor.fetchone()
        return StoreInfo(
            engine="sqlite",
            version=sqlite3.sqlite_version,
            durability=_DURABILITY.get(synchronous, "power"),
        )
