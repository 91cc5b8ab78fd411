"""
A connection to PostgreSQL that breaks, at every moment of a posting.

The server ends the connection before each statement in turn, or right after the commit,
so that the acknowledgement is lost.  Whoever then asks again with the same key has to
end up with exactly one posting.
"""

# ruff: noqa: PT012 - a session is part of what raises, with all that is in it

from __future__ import annotations

import os
from itertools import count
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
import sqlalchemy as sa

from loyaltycore import Loyalty, Program, cards
from loyaltycore.errors import StoreError, Unavailable
from loyaltycore.query.queries import Query
from loyaltycore.testing import contract_rows as a


CAFE = Program(id="cafe", currency="EUR", zone="UTC")
SOAKS = os.environ.get("LOYALTYCORE_SOAK") == "1"
ROUNDS = 40 if SOAKS else 4  # each breaks at five moments


class Breaking:
    """Ends a connection before its so manieth statement from now on."""

    def __init__(self, engine) -> None:
        self._engine = engine
        self.left = 0

    def cursor_class(self):
        """Make a cursor that counts down and breaks."""
        breaking = self

        class BreakingCursor(psycopg.RawCursor):
            def execute(self, query, params=None, **options):
                breaking.left -= 1
                if not breaking.left:
                    breaking.end(self.connection)
                return super().execute(query, params, **options)

        return BreakingCursor

    def end(self, connection) -> None:
        """Let the server end it."""
        pid = connection.info.backend_pid
        with self._engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")


@pytest.fixture
def shop(postgres) -> Loyalty:
    """A programme on PostgreSQL."""
    return Loyalty(postgres, CAFE)


@pytest.fixture
def wallet(shop: Loyalty) -> str:
    """A card with points on it."""
    template = shop.templates.create("Points", cards.Cashback(percent=10))
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    shop.cards.record_purchase(card, "1000.00")
    return card


def engine_of(shop: Loyalty) -> Any:
    """Find what the store is on."""
    store: Any = shop.store
    return store._engine


def transactions(shop: Loyalty) -> list[str | None]:
    """The keys that were posted under."""
    return [row["idempotency_key"] for row in a.every(shop.store, "transaction")]


@pytest.mark.parametrize("command", ["earn", "redeem"])
def test_a_connection_that_breaks(shop: Loyalty, wallet: str, command: str):
    """Before every statement, with tries of our own or not: one posting a key."""
    breaking = Breaking(engine_of(shop))
    keys = (f"{command}/{number}" for number in count())
    posted = []

    def post(key: str):
        if command == "earn":
            return shop.cards.record_purchase(wallet, "1.00", key=key)
        return shop.cards.redeem_points(wallet, "0.01", key=key)

    statements = 3 if command == "earn" else 4
    for _ in range(ROUNDS):
        for moment in range(1, statements + 1):
            key = next(keys)
            with patch.object(psycopg, "RawCursor", breaking.cursor_class()):
                breaking.left = moment
                post(key)  # tried again by itself: nothing can have been committed
            assert post(key).replayed
            posted.append(key)

    assert sorted(key for key in transactions(shop) if key) == sorted(posted)
    assert not shop.verify().problems


def test_a_commit_whose_answer_is_lost(shop: Loyalty, wallet: str, monkeypatch):
    """Nothing is tried by itself, and the same key finds what was written."""
    store: Any = shop.store
    connect = store.connect

    class Deaf:
        """A connection that commits and then breaks."""

        def __init__(self, inner) -> None:
            self._inner = inner

        def __getattr__(self, name: str):
            return getattr(self._inner, name)

        def commit(self) -> None:
            self._inner.commit()
            self._inner.driver_connection.close()
            raise psycopg.OperationalError("server closed the connection")

    for number in range(ROUNDS):
        key = f"lost/{number}"
        monkeypatch.setattr(store, "connect", lambda: Deaf(connect()))
        with pytest.raises(Unavailable, match="same key") as caught:
            shop.cards.record_purchase(wallet, "1.00", key=key)
        monkeypatch.setattr(store, "connect", connect)
        assert caught.value.details == {"in_doubt": True}
        assert shop.cards.record_purchase(wallet, "1.00", key=key).replayed

    assert len([key for key in transactions(shop) if key]) == ROUNDS
    assert store._engine.pool.checkedout() == 0
    assert not shop.verify().problems


def test_a_commit_that_never_arrives(shop: Loyalty, wallet: str, monkeypatch):
    """Where the connection breaks before the commit, the same key posts it once."""
    store: Any = shop.store
    connect = store.connect
    breaking = Breaking(store._engine)

    class Mute:
        """A connection that breaks before it commits."""

        def __init__(self, inner) -> None:
            self._inner = inner

        def __getattr__(self, name: str):
            return getattr(self._inner, name)

        def commit(self) -> None:
            breaking.end(self._inner.driver_connection)
            self._inner.commit()

    monkeypatch.setattr(store, "connect", lambda: Mute(connect()))
    with pytest.raises(Unavailable):
        shop.cards.record_purchase(wallet, "1.00", key="mute")
    monkeypatch.setattr(store, "connect", connect)

    assert not shop.cards.record_purchase(wallet, "1.00", key="mute").replayed
    assert not shop.verify().problems


def test_a_batch_that_breaks(shop: Loyalty, wallet: str):
    """Of a batch whose connection breaks nothing stays, and it can be done again."""
    before = len(transactions(shop))
    breaking = Breaking(engine_of(shop))
    with patch.object(psycopg, "RawCursor", breaking.cursor_class()):
        breaking.left = 11
        with pytest.raises(StoreError), shop.batch() as batch:
            for number in range(5):
                batch.cards.record_purchase(wallet, "1.00", key=f"batch/{number}")

    assert len(transactions(shop)) == before
    with shop.batch() as batch:
        for number in range(5):
            done = batch.cards.record_purchase(wallet, "1.00", key=f"batch/{number}")
            assert not done.replayed
    assert not shop.verify().problems


def test_a_reading_session_that_breaks(shop: Loyalty):
    """A question to a connection that is gone is Unavailable; the next one is fine."""
    breaking = Breaking(engine_of(shop))
    with (
        patch.object(psycopg, "RawCursor", breaking.cursor_class()),
        pytest.raises(Unavailable),
        shop.store.session(write=False) as session,
    ):
        breaking.left = 1
        session.select(Query("counter"))

    assert a.every(shop.store, "counter") == []


def end_all(engine: sa.Engine) -> None:
    """Fill the pool, and let the server end every connection, as a restart does."""
    connections = [engine.connect() for _ in range(10)]
    ask = sa.text("SELECT pg_backend_pid()")
    numbers = [connection.scalar(ask) for connection in connections]
    for connection in connections:
        connection.close()
    apart = sa.create_engine(engine.url)
    with apart.connect() as other:
        for number in numbers:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({number}, 5000)")
    apart.dispose()


def test_a_pool_that_is_stale(shop: Loyalty, wallet: str):
    """After a restart one connection fails, and none that is as old is tried again."""
    end_all(engine_of(shop))
    shop.cards.record_purchase(wallet, "1.00", key="after a restart")

    end_all(engine_of(shop))
    with pytest.raises(Unavailable):
        shop.cards.show(wallet)
    for _ in range(3):
        shop.cards.show(wallet)

    assert engine_of(shop).pool.checkedout() == 0
    assert not shop.verify().problems
