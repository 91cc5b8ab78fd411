"""
A program for ``test_history.py``: one of the processes that count and look.

Opens the store that it is told of, does its sessions, and prints what it saw.
"""

from __future__ import annotations

import json
import random
import sys
from contextlib import contextmanager

import attrs

from loyaltycore import SqliteStore
from loyaltycore.stores.sql import SqlStore
from loyaltycore.testing.history import observe


class Unsettled(SqlStore):
    """A store whose reading sessions see every commit as it comes."""

    @contextmanager
    def session(self, *, write: bool = True):
        """Read in a transaction of the caller's, which is READ COMMITTED."""
        if write:
            with super().session() as session:
                yield session
            return
        with (
            self._engine.begin() as connection,
            self.bind(connection).session(write=False) as session,
        ):
            yield session


def opened(kind: str, where: str, name: str):
    """Open a store: its kind, its file or URL, its schema or prefix."""
    if kind == "file":
        return SqliteStore(where)
    kinds = {"sql": SqlStore, "unsettled": Unsettled}
    place = {"schema": name} if where.startswith("postgresql") else {"prefix": name}
    return kinds[kind](where, **place)


def main(kind: str, where: str, name: str, sessions: str, seed: str) -> None:
    """Do the sessions and print them."""
    history = observe(
        opened(kind, where, name), "abcd", int(sessions), random.Random(int(seed))
    )
    json.dump([attrs.asdict(each) for each in history], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
