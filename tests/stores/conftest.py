"""
Servers for the stores: found by two variables, used under names of this run's own.

``LOYALTYCORE_TEST_POSTGRES`` and ``LOYALTYCORE_TEST_MYSQL`` are URLs of SQLAlchemy's.
Who sets one means it, so a server that cannot be reached fails the tests then; where
none is set, the usual place is tried, and the tests are skipped when nobody is there.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from loyaltycore.stores.sql import SqlStore


if TYPE_CHECKING:
    from collections.abc import Iterator

POSTGRES = "postgresql+psycopg://127.0.0.1:5432/test"
MYSQL = "mariadb+pymysql://root@127.0.0.1:3306/test"


def server(variable: str, usual: str) -> sa.Engine:
    """Connect to a server, or say why its tests cannot run."""
    url = os.environ.get(variable)
    engine = sa.create_engine(url or usual, pool_size=10)
    try:
        engine.connect().close()
    except SQLAlchemyError as error:
        if url:
            raise
        pytest.skip(f"no server at {usual}, and {variable} is not set: {error!r:.60}")
    return engine


@pytest.fixture(scope="session")
def postgres_engine() -> Iterator[sa.Engine]:
    """An engine on PostgreSQL."""
    engine = server("LOYALTYCORE_TEST_POSTGRES", POSTGRES)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def mysql_engine() -> Iterator[sa.Engine]:
    """An engine on MariaDB or MySQL."""
    engine = server("LOYALTYCORE_TEST_MYSQL", MYSQL)
    yield engine
    engine.dispose()


@contextmanager
def schema_of_our_own(engine: sa.Engine) -> Iterator[str]:
    """Make a schema that nobody else uses, and drop it with all that is in it."""
    name = f"loyaltycore_test_{secrets.token_hex(5)}"
    with engine.begin() as connection:
        connection.execute(sa.text(f'CREATE SCHEMA "{name}"'))
    try:
        yield name
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text(f'DROP SCHEMA "{name}" CASCADE'))


@contextmanager
def prefix_of_our_own(engine: sa.Engine) -> Iterator[str]:
    """Give a prefix that nobody else uses, and drop every table that begins so."""
    prefix = f"test_{secrets.token_hex(5)}_"
    try:
        yield prefix
    finally:
        with engine.begin() as connection:
            for name in sa.inspect(connection).get_table_names():
                if name.startswith(prefix):
                    connection.execute(sa.text(f"DROP TABLE {name}"))


@pytest.fixture(scope="session")
def postgres_schema(postgres_engine: sa.Engine) -> Iterator[str]:
    """A schema with our tables in it."""
    with schema_of_our_own(postgres_engine) as schema:
        SqlStore(postgres_engine, schema=schema).migrate()
        yield schema


@pytest.fixture(scope="session")
def mysql_prefix(mysql_engine: sa.Engine) -> Iterator[str]:
    """A prefix of our tables."""
    with prefix_of_our_own(mysql_engine) as prefix:
        SqlStore(mysql_engine, prefix=prefix).migrate()
        yield prefix


def emptied(store: SqlStore) -> SqlStore:
    """Take every row away that an earlier test left."""
    with store._engine.begin() as connection:
        for table in store.metadata.tables.values():
            if not table.name.endswith("_migration"):
                connection.execute(table.delete())
    return store


def anew(store: SqlStore) -> SqlStore:
    """Copy an open store that may be closed; the tables are emptied."""
    return emptied(copy(store))


@pytest.fixture
def postgres(postgres_engine: sa.Engine, postgres_schema: str) -> SqlStore:
    """An empty store on PostgreSQL."""
    return emptied(SqlStore(postgres_engine, schema=postgres_schema))


@pytest.fixture
def mysql(mysql_engine: sa.Engine, mysql_prefix: str) -> SqlStore:
    """An empty store on MariaDB or MySQL."""
    return emptied(SqlStore(mysql_engine, prefix=mysql_prefix))


# The contract asks hundreds of small questions: of copies of one store, so that each
# begins anew, and statements are built once for all.


@pytest.fixture(scope="session")
def one_postgres(postgres_engine: sa.Engine, postgres_schema: str) -> SqlStore:
    """A store on PostgreSQL for many tests; see ``anew``."""
    return SqlStore(postgres_engine, schema=postgres_schema)


@pytest.fixture(scope="session")
def one_mysql(mysql_engine: sa.Engine, mysql_prefix: str) -> SqlStore:
    """A store on MariaDB or MySQL for many tests; see ``anew``."""
    return SqlStore(mysql_engine, prefix=mysql_prefix)


@pytest.fixture(scope="session")
def one_sqlite(tmp_path_factory) -> Iterator[SqlStore]:
    """A store on SQLite, by way of SQLAlchemy, for many tests; see ``anew``."""
    path = tmp_path_factory.mktemp("one") / "rows.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    store = SqlStore(engine)
    store.migrate()
    yield store
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path) -> Iterator[SqlStore]:
    """An empty store on SQLite, by way of SQLAlchemy."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    store = SqlStore(engine)
    store.migrate()
    yield store
    engine.dispose()
