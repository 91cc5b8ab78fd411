"""The store in a SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager

import pytest

from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing.store_contract import StoreContract


class TestContract(StoreContract):
    @pytest.fixture
    def path(self, tmp_path):
        """Where the rows are."""
        return tmp_path / "rows.db"

    @pytest.fixture
    def store(self, path):
        """An empty store in a file."""
        store = SqliteStore(path)
        store.migrate()
        self._others = []
        self._path = path
        yield store
        store.close()
        for other in self._others:
            other.close()

    def second(self, store):
        """A store of its own on the same file."""
        other = SqliteStore(self._path)
        self._others.append(other)
        return other

    @contextmanager
    def transaction(self, store):
        """The caller's connection, in a transaction as Python begins one."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            yield connection


class TestContractInMemory(StoreContract):
    @pytest.fixture
    def store(self):
        """An empty store without a file."""
        store = SqliteStore(":memory:")
        yield store
        store.close()
