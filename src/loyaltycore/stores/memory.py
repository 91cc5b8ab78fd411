"""
The reference store: everything in memory, gone with the process.

Owns sessions over tables in memory, with an undo log instead of a journal.  One session
at a time; that is its isolation.
"""

from __future__ import annotations

import platform
from threading import Lock, get_ident
from typing import TYPE_CHECKING

from loyaltycore import schema
from loyaltycore.errors import InvalidValue, Unavailable
from loyaltycore.ports import MigrationReport, StoreInfo
from loyaltycore.stores.memory_session import MemorySavepoint, MemorySession
from loyaltycore.stores.memory_tables import Table


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.schema.tables import Collection

__all__ = ["BoundMemoryStore", "MemoryStore"]


class MemoryStore:
    """
    Rows in dictionaries: for tests, for trying things out, and as the reference.

    Sessions wait for one another; a row that is handed out is not to be written to.

    Args:
        timeout: how many seconds a session waits for its turn.
    """

    def __init__(self, *, timeout: float = 5.0) -> None:
        self.tables: Mapping[str, Table] = {
            name: Table(collection) for name, collection in schema.COLLECTIONS.items()
        }
        self.collections: Mapping[str, Collection] = schema.COLLECTIONS
        self._timeout = timeout
        self._turn = Lock()
        self._owner: int | None = None
        self._is_closed = False

    @property
    def info(self) -> StoreInfo:
        """What this store is: gone with the process."""
        return StoreInfo(
            engine="memory", version=platform.python_version(), durability="none"
        )

    def session(self, *, write: bool = True) -> MemorySession:
        """All of it or nothing, and nobody else meanwhile; see the port."""
        return MemorySession(self, is_writing=write)

    def bind(self, handle: object) -> BoundMemoryStore:
        """Nest in an open session of this store, as a savepoint; see the port."""
        if not isinstance(handle, MemorySession) or handle.store is not self:
            raise InvalidValue("handle", "pass an open session of this store.")
        handle.check_open()
        return BoundMemoryStore(self, handle)

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:  # noqa: ARG002
        """Nothing to do: what is in memory was made by this version."""
        return MigrationReport(before=schema.VERSION, after=schema.VERSION, steps=())

    def close(self) -> None:
        """Refuse sessions from now on."""
        self._is_closed = True

    def enter(self) -> None:
        """Wait for the turn of this thread."""
        if self._owner == get_ident():
            message = (
                "This thread is inside a session already; pass it on or bind() it."
            )
            raise Unavailable(message)
        if not self._turn.acquire(blocking=False) and not self._turn.acquire(
            timeout=self._timeout
        ):
            message = f"Another session took longer than {self._timeout} s; try again."
            raise Unavailable(message, waited=True)
        if self._is_closed:
            self._turn.release()
            raise Unavailable("The store is closed; open another one.")
        self._owner = get_ident()

    def leave(self) -> None:
        """Let the next one in."""
        self._owner = None
        self._turn.release()


class BoundMemoryStore:
    """A ``MemoryStore`` inside an open session of it."""

    def __init__(self, store: MemoryStore, outer: MemorySession) -> None:
        self._store = store
        self._outer = outer

    @property
    def info(self) -> StoreInfo:
        """What the store itself is."""
        return self._store.info

    def session(self, *, write: bool = True) -> MemorySavepoint:
        """Part of the outer session that is undone alone when it fails."""
        return MemorySavepoint(self._store, self._outer, is_writing=write)

    def bind(self, handle: object) -> BoundMemoryStore:
        """Nest deeper."""
        return self._store.bind(handle)

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:
        """Nothing to do, as in the store itself."""
        return self._store.migrate(dry_run=dry_run)

    def close(self) -> None:
        """Nothing to give back: the outer session is its owner's."""
