"""Sessions inside a transaction of the application."""

# ruff: noqa: PT012 - a session is part of what raises, with all that is in it

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from loyaltycore.errors import (
    Conflict,
    Duplicate,
    InvalidValue,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    Unavailable,
    Unwritable,
)
from loyaltycore.ports import Add, Insert
from loyaltycore.query.queries import Query
from loyaltycore.schema import STEPS, VERSION, Collection, Column, ColumnType
from loyaltycore.schema.migrations import Step
from loyaltycore.stores import sqlite_bound
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing import contract_rows as a


ADD = Add(a.counter_ref("n"), {"used": 1})


@pytest.fixture
def path(tmp_path):
    """A file with our tables and one of the application's."""
    path = tmp_path / "rows.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
    return path


@pytest.fixture
def store(path):
    """A store on the file."""
    store = SqliteStore(path)
    store.migrate()
    yield store
    store.close()


def used(store) -> int:
    """How far the counter is, for everybody to see."""
    row = a.one(store, a.counter_ref("n"))
    return row["used"] if row else 0


def orders(path) -> int:
    """How many orders there are, for everybody to see."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT COUNT(*) FROM orders").fetchone()[0]


@pytest.mark.parametrize("ours_first", [True, False])
def test_together_or_not_at_all(path, store, *, ours_first: bool):
    """Order and stamp commit together, and roll back together."""
    insert = "INSERT INTO orders DEFAULT VALUES"

    def work(connection):
        if not ours_first:
            connection.execute(insert)
        with store.bind(connection).session() as session:
            session.apply([ADD])
        if ours_first:
            connection.execute(insert)
        assert connection.in_transaction

    with closing(sqlite3.connect(path)) as connection:
        with connection:
            work(connection)
        assert (orders(path), used(store)) == (1, 1)
        with pytest.raises(ZeroDivisionError), connection:
            work(connection)
            raise ZeroDivisionError
        assert (orders(path), used(store)) == (1, 1)


@pytest.mark.parametrize("name", ["other.db", ":memory:", ""])
def test_another_database(tmp_path, path, store, name: str):
    """A connection to another database is refused, and no table is made there."""
    where = tmp_path / name if name.endswith(".db") else name
    with closing(sqlite3.connect(where)) as connection, connection:
        with pytest.raises(InvalidValue, match="handle: connect to the store's own"):
            store.bind(connection)
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
        with closing(sqlite3.connect(path)) as own:
            bound = store.bind(own)
            with pytest.raises(InvalidValue, match=path.name):
                bound.bind(connection)


def test_a_database_in_memory_has_no_second_connection():
    """Two databases in memory are two, so binding to one of them is refused."""
    store = SqliteStore(":memory:")
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(InvalidValue, match="handle: .* :memory:; this connection"),
    ):
        store.bind(connection)
    store.close()


def test_another_name_of_the_same_file(tmp_path, path, store):
    """A link to the store's file leads to the same tables, so it is taken."""
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with closing(sqlite3.connect(path)) as connection:
        linked = SqliteStore(link)
        with linked.bind(connection).session() as session:
            session.apply([ADD])
        linked.close()
        connection.commit()
    assert used(store) == 1


def test_a_file_that_is_gone(path, tmp_path):
    """Where the file was taken away, its name still tells whose connection it is."""
    with closing(sqlite3.connect(path)) as connection:
        path.unlink()
        store = SqliteStore(path)
        with pytest.raises(InvalidValue):
            SqliteStore(tmp_path / "other.db").bind(connection)
        assert store.bind(connection).info.engine == "sqlite"


@pytest.mark.parametrize("level", ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"])
def test_begins_as_python_does(path, store, level: Any):
    """Outside of a transaction a writing session begins one, and leaves it open."""
    with closing(sqlite3.connect(path, isolation_level=level)) as connection:
        with store.bind(connection).session() as session:
            session.apply([ADD])
        assert connection.in_transaction
        assert used(store) == 0
        connection.commit()
    assert used(store) == 1


def test_a_connection_that_commits_by_itself(path, store):
    """Without an open transaction such a connection is refused, with one it is fine."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(InvalidValue, match="begin a transaction") as caught:
            store.bind(connection).session().__enter__()
        assert caught.value.field == "handle"
        assert not connection.in_transaction

        connection.execute("BEGIN")
        with store.bind(connection).session() as session:
            session.apply([ADD])
        connection.execute("ROLLBACK")
    assert used(store) == 0


@pytest.mark.skipif(sys.version_info < (3, 12), reason="autocommit came with 3.12")
@pytest.mark.parametrize("autocommit", [True, False])
def test_autocommit(path, store, *, autocommit: bool):
    """Without autocommit Python has begun already; with it the caller has to."""
    options: Any = {"autocommit": autocommit}
    with closing(sqlite3.connect(path, **options)) as connection:
        if autocommit:
            with pytest.raises(InvalidValue):
                store.bind(connection).session().__enter__()
            connection.execute("BEGIN")
        with store.bind(connection).session() as session:
            session.apply([ADD])
        assert used(store) == 0
        connection.execute("COMMIT")
        assert used(store) == 1


@pytest.mark.parametrize("level", ["", None])
def test_reading_begins_nothing(path, store, level: Any):
    """A reading session leaves the connection without a transaction, as it was."""
    a.change(store, ADD)
    with closing(sqlite3.connect(path, isolation_level=level)) as connection:
        with store.bind(connection).session(write=False) as session:
            assert session.get([a.counter_ref("n")]) == [a.counter("n", 1)]
            with pytest.raises(Unwritable):
                session.apply([ADD])
        assert not connection.in_transaction


def test_whatever_rows_the_caller_likes(path, store):
    """Row and text factories of the connection do not matter, and stay."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = bytes
        bound = store.bind(connection)
        with bound.session() as session:
            session.apply([Insert("counter", [a.counter("é", 1)])])
            assert session.select(Query("counter")).rows == [a.counter("é", 1)]
        with pytest.raises(Duplicate), bound.session() as session:
            session.apply([Insert("counter", [a.counter("é", 1)])])
        assert connection.text_factory is bytes
        assert connection.row_factory is sqlite3.Row
        row = connection.execute("SELECT name FROM loyalty_counter").fetchone()
        assert row["name"] == "é".encode()


def test_a_connection_class_of_the_callers(path, store):
    """A subclass with cursors of its own is a connection too."""

    class Cursor(sqlite3.Cursor):
        def execute(self, *arguments):
            raise AssertionError("not ours to use")

    class Connection(sqlite3.Connection):
        def cursor(self):
            return super().cursor(Cursor)

    with closing(sqlite3.connect(path, factory=Connection)) as connection:
        with store.bind(connection).session() as session:
            session.apply([ADD])
        connection.commit()
    assert used(store) == 1


def test_tables_are_made_inside_the_transaction(tmp_path):
    """On an empty database the tables come and go with the caller's transaction."""
    path = tmp_path / "new.db"
    store = SqliteStore(path)
    with closing(sqlite3.connect(path)) as connection:
        bound = store.bind(connection)
        with pytest.raises(SchemaTooOld), bound.session(write=False):
            pass
        for _ in range(2):
            with bound.session() as session:
                session.apply([ADD])
            connection.rollback()
            assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
        assert bound.migrate(dry_run=True).before == 0
        assert bound.migrate().before == 0
        connection.commit()
    assert used(store) == 0
    store.close()


def test_another_version(path, store):
    """The version is asked through the handle, each time."""
    newer = SqliteStore(path, steps=(*STEPS, Step(number=VERSION + 1, name="two")))
    with closing(sqlite3.connect(path)) as connection:
        with pytest.raises(SchemaTooOld), newer.bind(connection).session():
            pass
        newer.bind(connection).migrate()
        with pytest.raises(SchemaTooNew), store.bind(connection).session():
            pass
        with pytest.raises(SchemaTooNew):
            store.bind(connection).migrate()
        connection.rollback()
        with store.bind(connection).session() as session:
            session.apply([ADD])
        connection.commit()
    newer.close()
    assert used(store) == 1


def test_somebody_else_writes(path, store):
    """When the right to write cannot be had, the caller's transaction stays usable."""
    with closing(sqlite3.connect(path, timeout=0.01)) as connection:
        connection.execute("BEGIN")
        with store.session() as other:
            other.apply([ADD])
            with pytest.raises(Unavailable), store.bind(connection).session():
                pass
            assert connection.in_transaction
        connection.execute("INSERT INTO orders DEFAULT VALUES")
        connection.commit()
    assert (orders(path), used(store)) == (1, 1)


def test_somebody_else_wrote(path, store):
    """A transaction that has read what is no longer so is told to begin anew."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM loyalty_counter").fetchall()
        a.change(store, ADD)
        with pytest.raises(Conflict), store.bind(connection).session():
            pass
        connection.rollback()
        with store.bind(connection).session() as session:
            session.apply([ADD])
        connection.commit()
    assert used(store) == 2


def test_a_closed_connection(path, store):
    """A connection that was closed cannot be used, and that is what is said."""
    connection = sqlite3.connect(path)
    connection.close()

    with pytest.raises(Unavailable), store.bind(connection).session():
        pass
    with pytest.raises(Unavailable):
        _ = store.bind(connection).info


def test_a_connection_of_another_thread(path, store):
    """A connection that belongs to another thread is refused in our words."""
    caught: list[BaseException] = []

    def work():
        try:
            store.bind(connection).session().__enter__()
        except Unavailable as error:
            caught.append(error)

    with closing(sqlite3.connect(path)) as connection:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(caught) == 1


def test_a_transaction_that_ends_inside(path, store):
    """Who commits inside of a session is told that it no longer holds together."""
    with closing(sqlite3.connect(path)) as connection:
        bound = store.bind(connection)
        with pytest.raises(Unavailable, match="ended"), bound.session() as session:
            session.apply([ADD])
            connection.commit()
        with pytest.raises(ZeroDivisionError), store.bind(connection).session():
            connection.rollback()
            raise ZeroDivisionError
        with store.bind(connection).session() as session:
            session.apply([ADD])
        connection.commit()
    assert used(store) == 2


def test_a_savepoint_of_the_callers_is_gone(path, store):
    """Who releases our savepoint gets the engine's refusal in our words."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO orders DEFAULT VALUES")
        session = store.bind(connection).session()
        with pytest.raises(StoreError, match="SQLite reported"), session:
            connection.execute("RELEASE loyaltycore_session")


def test_a_session_begins_once(path, store):
    """A bound session is not begun again."""
    with closing(sqlite3.connect(path)) as connection:
        session = store.bind(connection).session()
        with session, pytest.raises(Unavailable):
            session.__enter__()


def test_a_failure_cannot_be_swallowed(path, store):
    """A bound session whose change failed ends with that failure, undone."""
    with closing(sqlite3.connect(path)) as connection:
        with pytest.raises(Duplicate), store.bind(connection).session() as session:
            session.apply([ADD])
            with suppress(Duplicate):
                session.apply([Insert("counter", [a.counter("n")])])
        connection.commit()
    assert used(store) == 0


def test_a_migration_that_fails(path, store):
    """A migration inside the transaction fails in our words and undoes itself."""
    last = Collection(
        name="last", columns=(Column("id", ColumnType.TEXT),), key=("id",)
    )
    steps = (*STEPS, Step(number=VERSION + 1, name="two", create=(last, last)))
    newer = SqliteStore(path, steps=steps)
    with closing(sqlite3.connect(path)) as connection:
        with pytest.raises(StoreError):
            newer.bind(connection).migrate()
        assert newer.bind(connection).migrate(dry_run=True).before == VERSION
    newer.close()


def test_a_bound_store_binds_on(path, store):
    """A bound store can be bound to another connection."""
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path)) as two:
        with store.bind(one).bind(two).session() as session:
            session.apply([ADD])
        assert (one.in_transaction, two.in_transaction) == (False, True)


@pytest.mark.parametrize(
    ("autocommit", "level", "expected"),
    [(False, "", "BEGIN"), (-1, "IMMEDIATE", "BEGIN IMMEDIATE"), (-1, "", "BEGIN ")],
)
def test_how_python_begins(autocommit: Any, level: str, expected: str):
    """Each way of transaction control has its own beginning."""
    connection: Any = SimpleNamespace(autocommit=autocommit, isolation_level=level)

    assert sqlite_bound.begin_as_python(connection) == expected


@pytest.mark.parametrize(
    ("level", "durability"),
    [("OFF", "none"), ("NORMAL", "process"), ("FULL", "power"), ("EXTRA", "power")],
)
def test_info(path, store, level: str, durability: str):
    """A bound store promises what the caller's connection does."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA synchronous = {level}")
        info = store.bind(connection).info

    assert (info.engine, info.durability) == ("sqlite", durability)
    assert info.warnings == store.info.warnings


def test_a_read_only_connection(path, store):
    """A connection that may not write is refused when a writing session begins."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        with pytest.raises(Unwritable), store.bind(connection).session():
            pass
        with store.bind(connection).session(write=False) as session:
            assert session.select(Query("counter")).rows == []


def test_savepoints_of_the_callers_between_ours(store, path):
    """What the caller sets inside a session of ours takes our parts with it."""
    with closing(sqlite3.connect(path)) as connection:
        with store.bind(connection).session() as session:
            with session.savepoint():
                session.apply([ADD])
            connection.execute("SAVEPOINT mine")
            with session.savepoint():
                session.apply([ADD])
            connection.execute("ROLLBACK TO mine")
            connection.execute("RELEASE mine")
            with session.savepoint():
                session.apply([ADD])
        connection.commit()

    assert used(store) == 2


def test_a_transaction_that_ends_in_a_part(store, path):
    """Who rolls back inside of a part is told so when the part ends."""
    with closing(sqlite3.connect(path)) as connection:
        bound = store.bind(connection)
        with (
            pytest.raises(Unavailable, match="ended"),
            bound.session() as session,
            session.savepoint(),
        ):
            session.apply([ADD])
            connection.rollback()

    assert used(store) == 0
