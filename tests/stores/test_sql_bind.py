"""Inside a caller's transaction, in whatever it comes wrapped."""

# ruff: noqa: PT012 - a session is part of what raises, with all that is in it

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.rows import dict_row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from loyaltycore import Loyalty, Program, cards, errors
from loyaltycore.errors import Duplicate, InvalidValue, SchemaTooOld, Unavailable
from loyaltycore.ports import Add, Insert
from loyaltycore.query.queries import Query
from loyaltycore.stores.sql import SqlStore
from loyaltycore.testing import contract_rows as a


ADD = Add(a.counter_ref("n"), {"used": 1})
CAFE = Program(id="cafe", currency="EUR", zone="UTC")


@pytest.fixture(params=["postgres", "mysql", "sqlite"])
def store(request) -> SqlStore:
    """A store on each engine."""
    return request.getfixturevalue(request.param)


def add_to(bound) -> None:
    """Add one in a session of its own."""
    with bound.session() as session:
        session.apply([ADD])


def used(store) -> int:
    """Count what was added."""
    return sum(row["used"] for row in a.every(store, "counter"))


def dsn(store: SqlStore) -> str:
    """Say to psycopg where the store is."""
    url = store._engine.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def end(store: SqlStore, session: Session) -> None:
    """Let the server end a connection."""
    is_postgres = store._engine.dialect.name == "postgresql"
    ask = "SELECT pg_backend_pid()" if is_postgres else "SELECT connection_id()"
    number = session.scalar(sa.text(ask))
    kill = f"SELECT pg_terminate_backend({number}, 5000)" if is_postgres else ""
    with store._engine.connect() as other:
        other.exec_driver_sql(kill or f"KILL {number}")


class TestSqlAlchemy:
    def test_a_connection_that_has_not_begun(self, store):
        """Writing begins a transaction, as executing would; the caller ends it."""
        with store._engine.connect() as connection:
            add_to(store.bind(connection))
            assert connection.in_transaction()
            assert used(store) == 0
            connection.commit()
            add_to(store.bind(connection))
            connection.rollback()

        assert used(store) == 1

    def test_reading_begins_nothing(self, store):
        """After reading alone the caller begins as if nothing had been."""
        with store._engine.connect() as connection:
            with store.bind(connection).session(write=False) as session:
                assert session.select(Query("counter")).rows == []
            assert not connection.in_transaction()
            with connection.begin():
                add_to(store.bind(connection))

        assert used(store) == 1

    @pytest.mark.parametrize("is_scoped", [False, True])
    def test_a_session(self, store, is_scoped: bool):
        """The transaction of an ORM session is joined, and only it commits."""
        factory = sessionmaker(store._engine)
        with closing(scoped_session(factory) if is_scoped else factory()) as session:
            add_to(store.bind(session))
            session.rollback()
            add_to(store.bind(session))
            assert used(store) == 0
            session.commit()
            add_to(store.bind(session))

        assert used(store) == 1

    def test_a_nested_transaction_of_the_callers(self, store):
        """A savepoint of the caller's takes ours with it."""
        with Session(store._engine) as session:
            add_to(store.bind(session))
            with suppress(ZeroDivisionError), session.begin_nested():
                add_to(store.bind(session))
                raise ZeroDivisionError
            session.commit()

        assert used(store) == 1

    def test_a_refusal_leaves_it_usable(self, store):
        """Own statements run after a change of ours failed, and are committed."""
        with store._engine.begin() as connection:
            add_to(store.bind(connection))
            with pytest.raises(Duplicate), store.bind(connection).session() as session:
                session.apply([Insert("counter", [a.counter("n")])])
            assert connection.scalar(sa.select(1)) == 1

        assert used(store) == 1

    @pytest.mark.parametrize("engine", ["postgres", "mysql"])
    def test_autocommit(self, request, engine: str):
        """Where every statement is committed by itself, nothing is written."""
        store = request.getfixturevalue(engine)
        autocommit = store._engine.execution_options(isolation_level="AUTOCOMMIT")
        with autocommit.connect() as connection:
            with pytest.raises(InvalidValue) as caught:
                add_to(store.bind(connection))
            assert caught.value.field == "handle"

        assert used(store) == 0

    @pytest.mark.parametrize("is_kept", [True, False])
    def test_savepoints_of_the_callers_between_ours(self, store, is_kept: bool):
        """What the caller sets inside a session of ours takes our parts with it."""
        with (
            Session(store._engine) as mine,
            mine.begin(),
            store.bind(mine).session() as session,
        ):
            with session.savepoint():
                session.apply([ADD])
            for _ in range(2):
                nested = mine.begin_nested()
                with session.savepoint():
                    session.apply([ADD])
                with suppress(ZeroDivisionError), session.savepoint():
                    session.apply([ADD])
                    raise ZeroDivisionError
                (nested.commit if is_kept else nested.rollback)()

        assert used(store) == (3 if is_kept else 1)

    def test_a_transaction_that_ends_in_a_part(self, store):
        """Who rolls back inside of a part is told so when the part ends."""
        with store._engine.connect() as connection:
            bound = store.bind(connection)
            with (
                pytest.raises(Unavailable, match="ended"),
                bound.session() as session,
                session.savepoint(),
            ):
                session.apply([ADD])
                connection.rollback()

        assert used(store) == 0

    def test_a_transaction_that_ends_inside(self, store):
        """Who commits inside of a session is told that it no longer holds together."""
        with store._engine.connect() as connection:
            bound = store.bind(connection)
            with pytest.raises(Unavailable, match="ended"), bound.session() as session:
                session.apply([ADD])
                connection.commit()

    def test_a_transaction_that_has_failed(self, postgres):
        """PostgreSQL does nothing more in a failed transaction, and we say so."""
        with postgres._engine.connect() as connection:
            with suppress(DBAPIError):
                connection.execute(sa.text("SELECT 1 / 0"))
            with pytest.raises(Unavailable):
                add_to(postgres.bind(connection))

    def test_repeatable_read(self, mysql):
        """What the caller has read before does not make us decide from the past."""
        a.change(mysql, ADD)
        repeatable = mysql._engine.execution_options(isolation_level="REPEATABLE READ")
        with repeatable.begin() as connection:
            connection.execute(mysql.metadata.tables[_name(mysql)].select()).fetchall()
            a.change(mysql, ADD)
            with mysql.bind(connection).session() as session:
                (row,) = session.select(Query("counter")).rows
                (same,) = session.get([a.counter_ref("n")])

        assert row == same == a.counter("n", 2)

    def test_a_session_whose_transaction_ended(self, store):
        """What is bound to a session outlives its commits, as the session does."""
        with Session(store._engine) as session:
            bound = store.bind(session)
            add_to(bound)
            session.commit()
            add_to(bound)
            session.rollback()
            add_to(bound)
            session.commit()

        assert used(store) == 2

    def test_a_closed_connection(self, store):
        """A connection that was closed cannot be used, and that is what is said."""
        with store._engine.connect() as connection:
            bound = store.bind(connection)

        with pytest.raises(Unavailable):
            add_to(bound)

    def test_a_session_without_a_transaction(self, store):
        """Whose session begins nothing by itself is told, in our words."""
        with (
            Session(store._engine, autobegin=False) as session,
            pytest.raises(Unavailable),
        ):
            add_to(store.bind(session))

    def test_a_session_without_an_engine(self, store):
        """A session that cannot say which engine it means is no handle."""
        with pytest.raises(InvalidValue, match="no one engine"), Session() as session:
            store.bind(session)

    @pytest.mark.parametrize("engine", ["postgres", "mysql"])
    @pytest.mark.parametrize("is_reading", [False, True])
    def test_a_connection_that_breaks(self, request, engine: str, is_reading: bool):
        """The caller's block ends with what we raise, and the next one is fine."""
        store = request.getfixturevalue(engine)
        with (
            pytest.raises(Unavailable),
            Session(store._engine) as session,
            session.begin(),
        ):
            end(store, session)
            with store.bind(session).session(write=not is_reading) as broken:
                broken.select(Query("counter"))

        with store._engine.begin() as connection:
            add_to(store.bind(connection))
        assert used(store) == 1
        assert store._engine.pool.checkedout() == 0

    def test_many_sessions_in_one(self, store):
        """A session holds together however many begin and end inside of it."""
        with store._engine.begin() as connection:
            bound = store.bind(connection)
            with bound.session() as outer:
                outer.apply([ADD])
                for _ in range(65):
                    add_to(bound)
                with suppress(ZeroDivisionError), outer.savepoint():
                    outer.apply([ADD])
                    for _ in range(65):
                        with bound.session() as inner, inner.savepoint():
                            inner.apply([ADD])
                    raise ZeroDivisionError

        assert used(store) == 66

    def test_another_engine(self, postgres, sqlite):
        """A connection to another sort of database is refused by name."""
        with (
            sqlite._engine.connect() as connection,
            pytest.raises(InvalidValue, match="it is sqlite"),
        ):
            postgres.bind(connection)


class TestPsycopg:
    def test_as_it_comes(self, postgres):
        """A connection that begins by itself is joined; the caller commits."""
        factory: Any = dict_row
        with psycopg.connect(dsn(postgres), row_factory=factory) as connection:
            add_to(postgres.bind(connection))
            assert used(postgres) == 0
            connection.commit()
            add_to(postgres.bind(connection))
            connection.rollback()
            assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}

        assert used(postgres) == 1

    def test_autocommit(self, postgres):
        """With autocommit the caller has to begin; then it is joined."""
        with psycopg.connect(dsn(postgres), autocommit=True) as connection:
            with pytest.raises(InvalidValue, match="begin a transaction"):
                add_to(postgres.bind(connection))
            with connection.transaction():
                add_to(postgres.bind(connection))
                assert used(postgres) == 0

        assert used(postgres) == 1

    def test_reading_begins_nothing(self, postgres):
        """Reading alone leaves the connection idle."""
        with psycopg.connect(dsn(postgres)) as connection:
            with postgres.bind(connection).session(write=False) as session:
                assert session.get([a.counter_ref("n")]) == [None]
            status = connection.info.transaction_status

        assert status == psycopg.pq.TransactionStatus.IDLE

    def test_a_time_zone_of_the_callers(self, postgres):
        """What the caller's connection thinks of time zones changes no moment."""
        late = a.customer("ada", registered_at=a.NEVER)
        with psycopg.connect(dsn(postgres)) as connection:
            connection.execute("SET TIME ZONE 'Pacific/Kiritimati'")
            bound = postgres.bind(connection)
            a.fill(bound, "customer", [late])
            assert a.every(bound, "customer") == [late]
            connection.commit()

        assert a.every(postgres, "customer") == [late]

    def test_a_closed_connection(self, postgres):
        """A connection that was closed cannot be used, and that is what is said."""
        connection = psycopg.connect(dsn(postgres))
        connection.close()

        with pytest.raises(Unavailable):
            add_to(postgres.bind(connection))

    def test_a_pipeline(self, postgres):
        """In a pipeline no statement says what it did, so it is refused."""
        with (
            psycopg.connect(dsn(postgres)) as connection,
            connection.pipeline(),
            pytest.raises(InvalidValue, match="pipeline"),
        ):
            add_to(postgres.bind(connection))

        assert used(postgres) == 0

    def test_an_encoding_of_the_callers(self, postgres):
        """What cannot hold every text is refused before one is changed or lost."""
        with (
            psycopg.connect(dsn(postgres), client_encoding="latin1") as connection,
            pytest.raises(InvalidValue, match="client_encoding"),
        ):
            a.every(postgres.bind(connection), "counter")

    def test_what_is_no_connection(self, postgres):
        """A cursor or a transaction is refused at once, with what to pass."""
        with psycopg.connect(dsn(postgres)) as connection:
            with pytest.raises(InvalidValue, match="not a Cursor"):
                postgres.bind(connection.cursor())
            with (
                connection.transaction() as transaction,
                pytest.raises(InvalidValue, match="not a Transaction"),
            ):
                postgres.bind(transaction)

    def test_an_asynchronous_connection(self, postgres):
        """What is awaited is refused, with the way that works."""

        async def work() -> None:
            connection = await psycopg.AsyncConnection.connect(dsn(postgres))
            async with connection:
                postgres.bind(connection)

        with pytest.raises(InvalidValue, match="run_sync"):
            asyncio.run(work())


class TestAsynchronous:
    def test_run_sync(self, postgres):
        """Inside run_sync an asynchronous session is one like any other."""
        shop = Loyalty(postgres, CAFE)
        template = shop.templates.create("Coffee", cards.Stamp(reward="Free coffee"))
        card = shop.cards.issue(template.id, to=shop.customers.register().id)

        def stamp(session: Session, key: str) -> dict:
            return shop.bind(session).cards.add_stamps(card.id, 2, key=key).balances

        def claim(session: Session) -> None:
            shop.bind(session).cards.claim_reward(card.id)

        async def work() -> dict:
            engine = create_async_engine(postgres._engine.url)
            async with AsyncSession(engine) as session:
                with pytest.raises(errors.InsufficientBalance):
                    await session.run_sync(claim)
                balances = await session.run_sync(stamp, "kept")
                await session.commit()
                await session.run_sync(stamp, "lost")
                await session.rollback()
            with pytest.raises(InvalidValue, match="run_sync"):
                postgres.bind(session)
            await engine.dispose()
            return balances

        assert asyncio.run(work())["stamp"] == 2
        assert shop.cards.show(card.id).balances["stamp"] == 2
        assert not shop.verify().problems


class TestSqlite:
    def test_the_standard_library(self, sqlite, tmp_path):
        """A connection of sqlite3's is joined too."""
        with closing(sqlite3.connect(tmp_path / "rows.db")) as connection:
            add_to(sqlite.bind(connection))
            assert used(sqlite) == 0
            connection.commit()

        assert used(sqlite) == 1

    def test_a_text_factory_of_the_callers(self, sqlite, tmp_path):
        """Who wants texts as bytes is told that we do not."""
        with (
            closing(sqlite3.connect(tmp_path / "rows.db")) as connection,
            pytest.raises(InvalidValue, match="text_factory"),
        ):
            connection.text_factory = bytes
            a.every(sqlite.bind(connection), "counter")


class TestTables:
    def test_none_yet(self, store):
        """Without tables a bound session says that migrate() makes them."""
        other = SqlStore(store._engine, prefix="nothing_", schema=None)
        with (
            store._engine.begin() as connection,
            pytest.raises(SchemaTooOld, match="migrate"),
        ):
            add_to(other.bind(connection))

    @pytest.mark.parametrize("engine", ["postgres", "sqlite"])
    def test_made_inside(self, request, engine: str):
        """Tables that are made inside the transaction go with it."""
        store = request.getfixturevalue(engine)
        other = SqlStore(store._engine, prefix="inside_", schema=store._database.schema)
        with store._engine.connect() as connection:
            assert other.bind(connection).migrate(dry_run=True).before == 0
            assert other.bind(connection).migrate().before == 0
            add_to(other.bind(connection))
            connection.rollback()

        assert other.migrate(dry_run=True).before == 0

    def test_not_made_inside(self, mysql):
        """Where making a table commits, that is refused inside a transaction."""
        other = SqlStore(mysql._engine, prefix="inside_")
        with mysql._engine.begin() as connection:
            add_to(mysql.bind(connection))
            with pytest.raises(Unavailable, match="commit"):
                other.bind(connection).migrate()
            connection.rollback()

        assert used(mysql) == 0

    def test_info(self, store):
        """A bound store says what the store says."""
        with store._engine.connect() as connection:
            assert store.bind(connection).info == store.info


def _name(store: SqlStore) -> str:
    return f"{store._database.prefix}counter"
