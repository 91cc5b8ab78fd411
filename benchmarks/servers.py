"""
PostgreSQL for the benchmarks: schemas of our own, copies of them, and what is sent.

``LOYALTYCORE_TEST_POSTGRES`` says where the server is, as it does for the tests.  What
the store sends is recorded by cursors that write it down; ``RawPostgres`` then sends
the same statements from plain psycopg, which is the floor: it decides nothing, hashes
nothing and encodes nothing.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import attrs
import psycopg
import sqlalchemy as sa

from benchmarks.shop import CARDS, HISTORY, issue_cards, post, purchases, shop_in
from loyaltycore.stores.sql import SqlStore


if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

__all__ = ["RawPostgres", "Sent", "Server", "server"]

_USUAL = "postgresql+psycopg://127.0.0.1:5432/test"


@attrs.frozen
class Sent:
    """One statement and its parameters, as the driver was given them."""

    text: str
    values: tuple[Any, ...] | None


class Server:
    """A server, and schemas that are gone when it is."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._schemas: list[str] = []

    @property
    def url(self) -> str:
        """Where it is, as SQLAlchemy says it."""
        return self.engine.url.render_as_string(hide_password=False)

    def store(self) -> SqlStore:
        """Make empty tables in a new schema."""
        schema = f"loyaltycore_bench_{secrets.token_hex(5)}"
        self._schemas.append(schema)
        store = SqlStore(self.engine, schema=schema)
        store.migrate()
        return store

    def copy_of(self, store: SqlStore) -> SqlStore:
        """Make a copy of all rows in a new schema."""
        copy = self.store()
        with self.engine.begin() as connection:
            for table in store.metadata.tables.values():
                if not table.name.endswith("migration"):
                    rows = f'"{table.schema}"."{table.name}"'
                    there = f'"{schema_of(copy)}"."{table.name}"'
                    text = f"INSERT INTO {there} SELECT * FROM {rows}"
                    connection.execute(sa.text(text))
        self.analyze()
        return copy

    def analyze(self) -> None:
        """Let the server count what is in the newest schema."""
        with self.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            schema = self._schemas[-1]
            for name in sa.inspect(alone).get_table_names(schema=schema):
                alone.execute(sa.text(f'VACUUM ANALYZE "{schema}"."{name}"'))

    def prepared(self) -> tuple[SqlStore, list[str]]:
        """Make a store in which every card has its history."""
        store = self.store()
        shop = shop_in(store)
        card_ids = issue_cards(shop)
        with shop.batch() as batch:
            for purchase in purchases(CARDS * HISTORY, "before"):
                post(batch, card_ids, purchase)
        return store, card_ids

    def drop_schemas(self) -> None:
        """Take everything away that was made."""
        with self.engine.begin() as connection:
            for schema in self._schemas:
                connection.execute(sa.text(f'DROP SCHEMA "{schema}" CASCADE'))
        self._schemas.clear()


@contextmanager
def server() -> Generator[Server | None]:
    """Give the server, or None where there is none."""
    url = os.environ.get("LOYALTYCORE_TEST_POSTGRES", _USUAL)
    engine = sa.create_engine(url)
    try:
        engine.connect().close()
    except sa.exc.SQLAlchemyError:
        print(f"no PostgreSQL at {url}: its figures are left out", flush=True)
        yield None
        return
    found = Server(engine)
    try:
        yield found
    finally:
        found.drop_schemas()
        engine.dispose()


def schema_of(store: SqlStore) -> str:
    """Where a store's tables are."""
    schema = store.metadata.schema
    assert schema is not None
    return schema


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """Write down what is sent by psycopg inside the block."""
    sent: list[Sent] = []

    class RecordingCursor(psycopg.RawCursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            values = None if params is None else tuple(params)
            sent.append(Sent(str(query), values))
            return super().execute(query, params, **options)

    with patch.object(psycopg, "RawCursor", RecordingCursor):
        yield sent


class RawPostgres:
    """Plain psycopg, which sends what was sent before."""

    def __init__(self, of: SqlStore, to: SqlStore, url: sa.URL) -> None:
        self._schemas = schema_of(of), schema_of(to)
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(dsn)
        self._cursor = psycopg.RawCursor(self._connection)

    def meant_for_us(self, sent: Sequence[Sent]) -> list[Sent]:
        """Turn statements to the other schema's tables into ours."""
        return [Sent(each.text.replace(*self._schemas), each.values) for each in sent]

    def transaction(self, sent: Sequence[Sent]) -> None:
        """Send all of them in one transaction, and fetch what they return."""
        cursor = self._cursor
        for each in sent:
            cursor.execute(each.text, each.values)
            if cursor.description is not None:
                cursor.fetchall()
        self._connection.commit()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
