"""
Which statements a store sends to SQLite, and the same ones sent again by nobody at all.

While ``recorded`` is active, connections are of a class that writes down every
statement with its parameters; the store does not know. ``Raw`` then carries out the
writing ones on plain sqlite3, in a transaction of the same kind: that is the floor,
since the same statements cannot be run for less.  It reads nothing, decides nothing
and hashes nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from unittest.mock import patch

import attrs


if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from pathlib import Path

__all__ = ["Call", "Raw", "recorded", "rows_written", "writes_of"]

_WRITES = ("INSERT", "UPDATE", "DELETE")
_read_target = re.compile(
    r'(?P<verb>INSERT INTO|UPDATE|DELETE FROM) "loyalty_(?P<table>\w+)"'
).match


@attrs.frozen
class Call:
    """
    One statement.

    Attributes:
        rows: parameters; several rows of them where it was ``executemany``.
    """

    sql: str
    rows: tuple[tuple[Any, ...], ...]
    is_many: bool


@contextmanager
def recorded() -> Generator[list[Call], None, None]:
    """Write down what goes through connections that are opened inside the block."""
    calls: list[Call] = []

    class RecordingCursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> Self:
            calls.append(Call(sql, (tuple(parameters),), is_many=False))
            super().execute(sql, parameters)
            return self

        def executemany(self, sql: str, parameters: Any, /) -> Self:
            rows = tuple(tuple(row) for row in parameters)
            calls.append(Call(sql, rows, is_many=True))
            super().executemany(sql, rows)
            return self

    class RecordingConnection(sqlite3.Connection):
        def cursor(self, factory: Any = RecordingCursor) -> Any:
            return super().cursor(factory)

    connect = partial(sqlite3.connect, factory=RecordingConnection)
    with patch.object(sqlite3, "connect", connect):
        yield calls


def writes_of(calls: Iterable[Call]) -> tuple[Call, ...]:
    """
    Keep the statements that write, of calls that make up one transaction.

    Raises:
        ValueError: they are no single writing transaction.
    """
    statements = list(calls)
    texts = [call.sql for call in statements]
    ends = [text for text in texts if text in {"BEGIN IMMEDIATE", "COMMIT"}]
    if ends != ["BEGIN IMMEDIATE", "COMMIT"] or texts[-1] != "COMMIT":
        message = f"These are not one transaction: {texts}"
        raise ValueError(message)
    return tuple(call for call in statements if call.sql.startswith(_WRITES))


def rows_written(writes: Iterable[Call]) -> dict[str, str]:
    """Say for each table how many rows are new, changed or added to."""
    counts: dict[str, Counter[str]] = {}
    for call in writes:
        target = _read_target(call.sql)
        assert target is not None, call.sql
        how = {"UPDATE": "changed", "DELETE FROM": "deleted"}.get(target["verb"], "new")
        if "ON CONFLICT" in call.sql:
            how = "added to, or new"
        counts.setdefault(target["table"], Counter())[how] += len(call.rows)
    return {
        table: ", ".join(f"{count} {how}" for how, count in each.items())
        for table, each in counts.items()
    }


class Raw:
    """Plain sqlite3 on a file, with the settings of the store."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(
            file, isolation_level=None, cached_statements=256
        )
        self._cursor = self._connection.cursor()
        (mode,) = self._cursor.execute("PRAGMA journal_mode").fetchone()
        assert mode == "wal", mode
        self._cursor.execute("PRAGMA synchronous = FULL")

    def transaction(self, writes: Sequence[Call]) -> None:
        """Carry out all of them, durably."""
        cursor = self._cursor
        cursor.execute("BEGIN IMMEDIATE")
        for call in writes:
            if call.is_many:
                cursor.executemany(call.sql, call.rows)
            else:
                cursor.execute(call.sql, call.rows[0])
        cursor.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
