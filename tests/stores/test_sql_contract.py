"""The contract of every store, on each engine that SQLAlchemy leads to."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
from tests.stores.conftest import anew

from loyaltycore.stores.sql import SqlStore
from loyaltycore.testing.store_contract import StoreContract


class OnEngine(StoreContract):
    """What the suites below share: further stores, and a caller's transaction."""

    def second(self, store: Any):
        """Another store on the same engine, with connections of its own."""
        database = store._database
        return SqlStore(store._engine, prefix=database.prefix, schema=database.schema)

    @contextmanager
    def transaction(self, store: Any):
        """The caller's connection, in a transaction."""
        with store._engine.begin() as connection:
            yield connection


class TestPostgreSql(OnEngine):
    @pytest.fixture
    def store(self, one_postgres):
        """An empty store on PostgreSQL."""
        return anew(one_postgres)


class TestMariaDb(OnEngine):
    @pytest.fixture
    def store(self, one_mysql):
        """An empty store on MariaDB."""
        return anew(one_mysql)


class TestSqlAlchemyOnSqlite(OnEngine):
    @pytest.fixture
    def store(self, one_sqlite):
        """An empty store on SQLite."""
        return anew(one_sqlite)
