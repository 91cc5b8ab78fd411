"""
Plain cursors on a driver's connection, whatever the caller has made of it.

Owns which cursor a driver is best asked with, and how holes are marked for it.  Imports
no driver: who has a connection has imported its package.
"""

from __future__ import annotations

import copy
import sqlite3
import sys
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = ["is_psycopg", "marking", "plain_cursor"]


def is_psycopg(connection: object) -> bool:
    """Is it a connection of psycopg's, version 3, or of a class made from that?"""
    return any(each.__module__ == "psycopg" for each in type(connection).__mro__)


def plain_cursor(connection: Any) -> tuple[Any, str | None]:
    """
    Make a cursor whose rows are tuples; and say how it wants holes marked.

    With psycopg that is ``$1``, as the server has it: what is marked otherwise is taken
    apart anew for every long statement, which costs more than to send it.
    """
    if isinstance(connection, sqlite3.Connection):
        return sqlite3.Cursor(connection), None
    if is_psycopg(connection):
        psycopg: Any = sys.modules["psycopg"]
        cursor = psycopg.RawCursor(connection, row_factory=psycopg.rows.tuple_row)
        return cursor, "numeric_dollar"
    return connection.cursor(), None


def marking(dialect: Dialect, paramstyle: str | None) -> Dialect:
    """Give a dialect that marks holes by place, since names cost a dict each time."""
    if paramstyle is None and dialect.driver.startswith("psycopg"):
        paramstyle = "format"
    if paramstyle is None:
        return dialect
    changed = copy.copy(dialect)
    changed.paramstyle = paramstyle
    changed.positional = True
    return changed
