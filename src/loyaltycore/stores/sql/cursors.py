"""
Plain cursors on a driver's connection, whatever the caller has made of it.

Owns which cursor a driver is best asked with, how holes are marked for it, and on which
connections answers would be wrong.  Imports no driver: who has a connection has
imported its package.
"""

from __future__ import annotations

import copy
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = ["execute_unprepared", "is_psycopg", "marking", "plain_cursor"]

_FOUND_ROWS: Final = 2  # as CLIENT.FOUND_ROWS


def is_psycopg(connection: object) -> bool:
    """Is it a connection of psycopg's, version 3, or of a class made from that?"""
    return any(each.__module__ == "psycopg" for each in type(connection).__mro__)


def plain_cursor(connection: Any) -> tuple[Any, str | None]:
    """
    Make a cursor whose rows are tuples; and say how it wants holes marked.

    With psycopg that is ``$1``, as the server has it: what is marked otherwise is taken
    apart anew for every long statement, which costs more than to send it.

    Raises:
        InvalidValue: the connection would change texts, or count rows otherwise.
    """
    _check(getattr(connection, "driver_connection", connection))
    if isinstance(connection, sqlite3.Connection):
        return sqlite3.Cursor(connection), None
    if is_psycopg(connection):
        psycopg: Any = sys.modules["psycopg"]
        cursor = psycopg.RawCursor(connection, row_factory=psycopg.rows.tuple_row)
        return cursor, "numeric_dollar"
    return connection.cursor(), None


def execute_unprepared(cursor: Any, text: str) -> None:
    """Carry out what may be several statements, which psycopg could not prepare."""
    if is_psycopg(cursor):
        cursor.execute(text, prepare=False)
    elif type(cursor).__name__.startswith("AsyncAdapt_"):  # cannot be told so
        for each in text.split("; "):
            cursor.execute(each)
    else:
        cursor.execute(text)


def _check(driver: Any) -> None:
    """Refuse what would change texts without a word, or count rows otherwise."""
    problem = ""
    if isinstance(driver, sqlite3.Connection):
        if driver.text_factory is not str:
            problem = "set its text_factory to str."
    elif is_psycopg(driver):
        if driver.info.encoding != "utf-8":
            problem = f"client_encoding=utf8 is needed, not {driver.info.encoding}."
        elif driver.pgconn.pipeline_status:
            problem = "leave the pipeline first; in it no statement has an answer yet."
    elif hasattr(driver, "character_set_name"):
        charset = driver.character_set_name()
        if charset != "utf8mb4":
            problem = f"charset=utf8mb4 is needed, not {charset}."
        elif not getattr(driver, "client_flag", _FOUND_ROWS) & _FOUND_ROWS:
            problem = "client_flag=CLIENT.FOUND_ROWS is needed; see create_engine()."
    if problem:
        raise InvalidValue("connection", problem)


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
