"""
The tables in SQLite: how they are made, and which version of them is there.

Owns the statements of every step.  Runs on a cursor that somebody else has put in a
transaction.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from loyaltycore.schema.migrations import STEPS, Step
from loyaltycore.schema.tables import Collection, ColumnType
from loyaltycore.stores.sqlite_statements import Statements, quoted
from loyaltycore.stores.versions import Versions


if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Tables"]

_STRICT_SINCE: Final = (3, 37)
_TYPES: Final = {ColumnType.INTEGER: "INTEGER", ColumnType.BOOLEAN: "INTEGER"}


class Tables(Versions):
    """The tables of one prefix, up to the last of *steps*."""

    def __init__(self, prefix: str, steps: tuple[Step, ...] = STEPS) -> None:
        super().__init__(steps)
        self.statements = Statements(prefix)
        self.prefix = prefix
        self._log = f"{prefix}migration"

    def version_in(self, cursor: sqlite3.Cursor) -> int:
        """Find which version the tables have; 0: there are none."""
        text = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        if cursor.execute(text, (self._log,)).fetchone() is None:
            return 0
        text = f"SELECT MAX(number) FROM {quoted(self._log)}"
        (version,) = cursor.execute(text).fetchone()
        return version or 0

    def take_steps(self, cursor: sqlite3.Cursor, version: int) -> None:
        """Carry out every step after *version*; the caller's transaction is open."""
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {quoted(self._log)} "
            f"(number INTEGER PRIMARY KEY, name TEXT NOT NULL)"
        )
        for step in self.after(version):
            for collection in step.create:
                for text in self._creating(collection):
                    cursor.execute(text)
            cursor.execute(
                f"INSERT INTO {quoted(self._log)} VALUES (?, ?)",
                (step.number, step.name),
            )

    def _creating(self, collection: Collection) -> Iterator[str]:
        table = self.statements.table(collection.name)
        columns = [
            f"{quoted(column.name)} {_TYPES.get(column.type, 'TEXT')}"
            f"{'' if column.nullable else ' NOT NULL'}"
            for column in collection.columns
        ]
        strict = sqlite3.sqlite_version_info >= _STRICT_SINCE
        options = "WITHOUT ROWID, STRICT" if strict else "WITHOUT ROWID"
        key = f"PRIMARY KEY ({_list(collection.key)})"
        yield f"CREATE TABLE {table} ({', '.join((*columns, key))}) {options}"
        for number, unique in enumerate(collection.uniques, 1):
            name = quoted(f"{self.prefix}{collection.name}_unique_{number}")
            where = _where_not_null(collection, unique)
            yield f"CREATE UNIQUE INDEX {name} ON {table} ({_list(unique)}){where}"
        for number, index in enumerate(collection.indexes, 1):
            name = quoted(f"{self.prefix}{collection.name}_index_{number}")
            listed = dict.fromkeys((*index.by, *index.order, *collection.key))
            where = _where_not_null(collection, index.by)
            yield f"CREATE INDEX {name} ON {table} ({_list(tuple(listed))}){where}"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)


def _where_not_null(collection: Collection, names: tuple[str, ...]) -> str:
    """Leave rows out of an index that nobody looks up in it: those with a NULL."""
    terms = [
        f"{quoted(name)} IS NOT NULL"
        for name in names
        if collection.by_name[name].nullable
    ]
    return f" WHERE {' AND '.join(terms)}" if terms else ""
