"""
The default store: one SQLite file, through the standard library.

Owns what the store promises and how its own sessions begin and end.
"""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self

from loyaltycore.errors import InvalidValue, Unavailable
from loyaltycore.ports import MigrationReport, StoreInfo
from loyaltycore.schema.migrations import STEPS, Step
from loyaltycore.stores.sqlite_bound import BoundSqliteStore
from loyaltycore.stores.sqlite_pool import MEMORY, Link, Links
from loyaltycore.stores.sqlite_schema import Tables
from loyaltycore.stores.sqlite_session import SqliteSession


if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["SqliteStore"]

_OLDEST: Final = (3, 32, 0)  # as many parameters as a query may have
_WAL_RESET_FIXED: Final = (3, 51, 3)
_WAL_RESET: Final = (
    "SQLite {version} can, rarely, damage a file that several connections write to at "
    "once; version 3.51.3 mends that."
)


class SqliteStore:
    """
    Rows in one SQLite file, which other processes and threads may use as well.

    An empty database gets its tables at first use; an older one has to be migrated.

    Args:
        path: the file, or ``:memory:`` for one that is gone with the store.
        durability: ``power`` survives a power cut; ``process`` is faster, and a power
            cut may take the last commits with it.
        timeout: how many seconds to wait for somebody else who is writing; then
            ``Unavailable`` is raised.
        prefix: what the names of the tables begin with.
        steps: the schema, step by step, ours when left out; another is for trying
            migrations.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        durability: Literal["power", "process"] = "power",
        timeout: float = 5.0,
        prefix: str = "loyalty_",
        steps: tuple[Step, ...] | None = None,
    ) -> None:
        if sqlite3.sqlite_version_info < _OLDEST:
            message = (
                f"SQLite {sqlite3.sqlite_version} is too old; install 3.32 or later."
            )
            raise Unavailable(message)
        if durability not in {"power", "process"}:
            raise InvalidValue("durability", "power or process.")
        if not re.fullmatch(r"(?!sqlite_)[a-z_][a-z0-9_]{0,31}", prefix):
            raise InvalidValue("prefix", "up to 32 small letters, digits and _.")
        self._durability: Literal["power", "process"] = durability
        self._tables = Tables(prefix, steps or STEPS)
        self._path = _absolute(os.fsdecode(path))
        self._links = Links(
            self._path,
            self._tables,
            timeout=timeout,
            synchronous="FULL" if durability == "power" else "NORMAL",
        )

    @property
    def info(self) -> StoreInfo:
        """Engine, version, durability and warnings."""
        in_memory = self._links.is_in_memory
        return StoreInfo(
            engine="sqlite",
            version=sqlite3.sqlite_version,
            durability="none" if in_memory else self._durability,
            warnings=() if in_memory else _warnings(),
        )

    def session(self, *, write: bool = True) -> SqliteFileSession:
        """All of it or nothing; see the port."""
        return SqliteFileSession(self._tables, self._links, is_writing=write)

    def bind(self, handle: object) -> BoundSqliteStore:
        """
        Work inside the open transaction of a ``sqlite3.Connection``; see the port.

        Where Python would begin a transaction by itself, so does a writing session.

        Raises:
            InvalidValue: the handle is something else, or a connection to another
                database than the store's (one in memory has no second connection); or,
                once a session begins, it commits every statement by itself.
        """
        return BoundSqliteStore(self._tables, handle, self._path, _warnings())

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:
        """Bring the tables to this version's schema, all steps or none."""
        return self._links.migrate(dry_run=dry_run)

    def scrub(self, *, rewrite: bool = True) -> None:
        """
        Leave no byte in the file, and in the log beside it, of what is gone.

        Whatever is deleted or overwritten is wiped in the file, but the log beside it
        has it until it is emptied, and a copy may lie in a part of the file that is not
        in use.  Run it after customers were erased, when nobody is at the till.

        Args:
            rewrite: write the file anew, so that no copy is left either.  It takes as
                much room again meanwhile, and nobody writes while it lasts.

        Raises:
            Unavailable: somebody else writes, or still reads what was there before.
            StoreError: the file could not be written.
        """
        self._links.scrub(rewrite=rewrite)

    def close(self) -> None:
        """Close the connections; the store is not used afterwards."""
        self._links.close()


class SqliteFileSession(SqliteSession):
    """A session with a transaction of its own."""

    __slots__ = ("_link", "_links")

    def __init__(self, tables: Tables, links: Links, *, is_writing: bool) -> None:
        super().__init__(tables, is_writing=is_writing)
        self._links = links
        self._link: Link | None = None

    def __enter__(self) -> Self:
        self._begin()
        self._link = self._links.begin(is_writing=self._is_writing)
        self._cursor = self._link.cursor
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        link, self._link, self._cursor = self._link, None, None
        assert link is not None, "a session ends after it began"
        failure = self.failure
        is_kept = error is None and failure is None
        self._links.end(link, is_writing=self._is_writing, is_kept=is_kept)
        if error is None and failure is not None:
            raise failure


def _absolute(path: str) -> str:
    if not path or "\0" in path:
        raise InvalidValue("path", "the name of a file, or :memory:.")
    return path if path == MEMORY else str(Path(path).absolute())


def _warnings() -> tuple[str, ...]:
    if sqlite3.sqlite_version_info >= _WAL_RESET_FIXED:
        return ()
    return (_WAL_RESET.format(version=sqlite3.sqlite_version),)
