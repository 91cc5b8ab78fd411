"""The stores on SQLAlchemy, beyond what every store has to do."""

# ruff: noqa: PT012 - a session is part of what raises, with all that is in it

from __future__ import annotations

import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pymysql
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql as mysql_dialect
from sqlalchemy.dialects import postgresql as postgresql_dialect

from loyaltycore import Loyalty, Program, errors
from loyaltycore.errors import (
    Conflict,
    InvalidValue,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    Unavailable,
    UnsupportedValue,
)
from loyaltycore.ports import Add, Insert, Ref, Update
from loyaltycore.query.predicates import Compare, Not, Op, is_in, where
from loyaltycore.query.queries import Query
from loyaltycore.schema import COLLECTIONS
from loyaltycore.schema.migrations import STEPS, Step
from loyaltycore.schema.tables import Collection, Column, ColumnType
from loyaltycore.stores.sql import SqlStore
from loyaltycore.stores.sql.manners import Names
from loyaltycore.stores.sql.mysql import MySql
from loyaltycore.stores.sql.postgresql import PostgreSql
from loyaltycore.stores.sql.session import SqlSession
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.stores.sqlite_pool import Process
from loyaltycore.testing import contract_rows as a


CAFE = Program(id="cafe", currency="EUR", zone="UTC")
NAMES = Names("loyalty_", {"loyalty_customer_pkey": ("customer", ("program_id", "id"))})


@pytest.fixture(params=["postgres", "mysql", "sqlite"])
def store(request) -> SqlStore:
    """A store on each engine."""
    return request.getfixturevalue(request.param)


class TestErrors:
    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("40001", errors.Conflict),
            ("40P01", errors.Conflict),
            ("40002", errors.Conflict),
            ("25006", errors.Unwritable),
            ("42501", errors.Unwritable),
            ("53100", errors.Unwritable),
            ("53300", errors.Unavailable),
            ("55P03", errors.Unavailable),
            ("57014", errors.Unavailable),
            ("57P01", errors.Unavailable),
            ("08006", errors.Unavailable),
            ("25P02", errors.Unavailable),
            ("25P03", errors.Unavailable),
            ("25P04", errors.Unavailable),
            ("42P01", errors.Corrupt),
            ("42703", errors.Corrupt),
            ("XX001", errors.Corrupt),
            ("22003", errors.UnsupportedValue),
            ("54000", errors.UnsupportedValue),
            ("23502", errors.UnsupportedValue),
            ("42601", errors.StoreError),
            (None, errors.Unavailable),
        ],
    )
    def test_postgresql(self, state: str | None, expected: type[Exception]):
        """Whatever PostgreSQL reports is said in the words of the port."""
        error = Exception("Ada's row")
        error.sqlstate = state  # type: ignore[attr-defined]

        said = PostgreSql().translated(error, NAMES)

        assert type(said) is expected
        assert said.message.endswith(".")
        assert "Ada" not in said.message

    def test_prepared_statements_that_are_gone(self, postgres):
        """Behind a pooler that cannot keep them the remedy is named."""
        with (
            pytest.raises(StoreError, match="prepare_threshold=None"),
            postgres.session() as session,
        ):
            for _ in range(8):
                session.get([a.counter_ref("n")])
            session._cursor.connection.pgconn.exec_(b"DEALLOCATE ALL")
            session.get([a.counter_ref("n")])
        postgres._engine.dispose()  # the driver still believes in them

    def test_postgresql_duplicate(self):
        """The constraint's name leads to collection and columns."""
        error = Exception("Key (id)=(Ada) already exists")
        error.sqlstate = "23505"  # type: ignore[attr-defined]
        error.diag = SimpleNamespace(constraint_name="loyalty_customer_pkey")  # type: ignore[attr-defined]

        said = PostgreSql().translated(error, NAMES)

        assert type(said) is errors.Duplicate
        expected = {"collection": "customer", "columns": ("program_id", "id")}
        assert said.details == expected

    @pytest.mark.parametrize(
        ("number", "expected"),
        [
            (1213, errors.Conflict),
            (1020, errors.Conflict),
            (1205, errors.Unavailable),
            (2006, errors.Unavailable),
            (2013, errors.Unavailable),
            (1040, errors.Unavailable),
            (1290, errors.Unwritable),
            (1021, errors.Unwritable),
            (1146, errors.Corrupt),
            (1034, errors.Corrupt),
            (1406, errors.UnsupportedValue),
            (1064, errors.StoreError),
        ],
    )
    def test_mysql(self, number: int, expected: type[Exception]):
        """Whatever MariaDB reports is said in the words of the port."""
        said = MySql().translated(Exception(number, "Ada's row"), NAMES)

        assert type(said) is expected
        assert said.message.endswith(".")
        assert "Ada" not in said.message

    def test_mysql_without_a_number(self):
        """What the driver itself raises means that nothing can be reached."""
        assert type(MySql().translated(Exception(), NAMES)) is Unavailable

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("for key 'loyalty_customer_pkey'", "customer"),
            ("for key 'test.loyalty_customer_pkey'", "customer"),
            ("for key 'somebody_elses'", "a table"),
            ("of nothing", "a table"),
        ],
    )
    def test_mysql_duplicate(self, words: str, expected: str):
        """The key's name leads to collection and columns, where it is ours."""
        error = Exception(1062, f"Duplicate entry 'Ada' {words}")

        said = MySql().translated(error, NAMES)

        assert said.details["collection"] == expected
        assert "Ada" not in said.message

    @pytest.mark.parametrize("engine", ["postgres", "mysql"])
    def test_nobody_there(self, request, engine: str):
        """A server that is not there is Unavailable, not a driver's error."""
        url = request.getfixturevalue(engine)._engine.url.set(port=1)

        with pytest.raises(Unavailable), SqlStore(url).session():
            pass

    def test_a_pool_that_is_empty(self, postgres):
        """Where no connection comes back in time, that is Unavailable too."""
        engine = sa.create_engine(
            postgres._engine.url, pool_size=1, max_overflow=0, pool_timeout=0.01
        )
        store = SqlStore(engine, schema=postgres._database.schema)

        with (
            store.session(),
            pytest.raises(Unavailable, match="pool") as caught,
            store.session(),
        ):
            pass
        assert caught.value.details == {"waited": True}
        engine.dispose()

    @pytest.mark.parametrize(
        ("engine", "arguments"),
        [
            ("postgres", {"options": "-c lock_timeout=10"}),
            ("postgres", {"options": "-c statement_timeout=200"}),
            ("mysql", {"init_command": "SET innodb_lock_wait_timeout = 1"}),
            ("sqlite", {"timeout": 0.01}),
        ],
    )
    def test_a_lock_that_is_waited_for(self, request, engine: str, arguments: dict):
        """A timeout of the engine is the whole wait, and the remedy is named."""
        store = request.getfixturevalue(engine)
        a.fill(store, "counter", [a.counter("n")])
        hasty = sa.create_engine(store._engine.url, connect_args=arguments)
        database = store._database
        other = SqlStore(hasty, prefix=database.prefix, schema=database.schema)
        tries = []

        def add(session) -> None:
            tries.append(session)
            session.apply([Add(a.counter_ref("n"), {"used": 1})])

        with store.session() as session:
            session.apply([Add(a.counter_ref("n"), {"used": 1})])
            with pytest.raises(Unavailable, match="bind") as caught:
                Loyalty(other, CAFE)._shell.write(add)
        hasty.dispose()

        assert caught.value.details == {"waited": True}
        assert len(tries) <= 1

    def test_a_deadlock(self, postgres):
        """Of two who lock each other out one is told to decide anew."""
        a.fill(postgres, "counter", [a.counter("a"), a.counter("b")])
        first = postgres.session()
        with ThreadPoolExecutor(1) as pool, pytest.raises(Conflict), first as one:
            one.get([a.counter_ref("a")], lock=True)

            def other() -> None:
                with postgres.session() as two:
                    two.get([a.counter_ref("b")], lock=True)
                    two.apply([Update(a.counter_ref("a"), {"used": 1})])

            waiting = pool.submit(other)
            while not _is_waiting(postgres):
                time.sleep(0.001)
            one.get([a.counter_ref("b")], lock=True)
            waiting.result()

    def test_a_table_that_is_gone(self, sqlite):
        """Tables that somebody dropped are not those of this package."""
        with sqlite.session(write=False) as session:
            session.get([a.counter_ref("n")])
        with sqlite._engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE loyalty_counter"))

        with pytest.raises(errors.Corrupt):
            a.every(sqlite, "counter")


def _is_waiting(store: SqlStore) -> bool:
    with store._engine.connect() as connection:
        text = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(connection.scalar(sa.text(text)))


class TestEngines:
    @pytest.mark.parametrize(
        "engine",
        ["sqlite://", "sqlite:///:memory:", 7, "oracle://x", None, "shop.db", "a://b"],
    )
    def test_what_is_refused(self, engine):
        """A database in memory, another sort of database, or none at all."""
        refused: Any = engine
        if engine == "oracle://x":
            refused = sa.create_mock_engine("oracle://x", executor=print)

        with pytest.raises(InvalidValue):
            SqlStore(refused)

    @pytest.mark.parametrize("name", ["Upper", "a-b", "x" * 33, "", 'a"b', "pg_x"])
    def test_names(self, store, name: str):
        """Prefix and schema are plain names, so that no statement can be broken."""
        with pytest.raises(InvalidValue, match="prefix"):
            SqlStore(store._engine, prefix=name)
        with pytest.raises(InvalidValue, match="schema"):
            SqlStore(store._engine, schema=name)

    def test_an_engine_of_the_callers(self, store):
        """An engine that was given stays open; the store alone is closed."""
        engine = store._engine
        store.close()

        with pytest.raises(Unavailable), store.session():
            pass
        with engine.connect() as connection:
            assert connection.scalar(sa.select(1)) == 1

    def test_an_engine_of_our_own(self, tmp_path):
        """A store made from a URL closes what it has opened."""
        store = SqlStore(f"sqlite:///{tmp_path / 'own.db'}")
        store.migrate()
        a.fill(store, "counter", [a.counter("n")])

        store.close()

        pool: Any = store._engine.pool
        assert pool.checkedin() == 0

    @pytest.mark.parametrize("engine", ["postgres", "mysql"])
    def test_connections_come_back(self, request, engine: str):
        """After sessions that ended well or badly no connection is missing."""
        store = request.getfixturevalue(engine)
        before = store._engine.pool.checkedout()
        for number in range(20):
            with store.session(write=False) as session:
                session.select(Query("counter"))
            with pytest.raises(UnsupportedValue):
                a.fill(store, "counter", [a.counter("n", 2**53 + number)])

        assert store._engine.pool.checkedout() == before

    def test_statements_are_prepared_at_once(self, postgres):
        """Moving a savepoint is two statements, which no server prepares."""
        engine = sa.create_engine(
            postgres._engine.url, connect_args={"prepare_threshold": 0}
        )
        store = SqlStore(engine, schema=postgres._database.schema)
        with store.session() as session:
            for _ in range(3):
                with session.savepoint():
                    session.apply([Add(a.counter_ref("n"), {"used": 1})])
        engine.dispose()

        assert a.every(postgres, "counter") == [a.counter("n", 3)]

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            ({"charset": "latin1"}, "charset"),
            ({"charset": "utf8"}, "charset"),
            ({"client_flag": 0}, "FOUND_ROWS"),
        ],
    )
    def test_a_connection_of_the_callers_making(
        self, mysql, arguments: dict, problem: str
    ):
        """What would change texts, or count changed rows only, is refused."""
        url = mysql._engine.url

        def connect() -> Any:
            return pymysql.connect(
                host=url.host,
                port=url.port or 3306,
                user=url.username,
                password=url.password or "",
                database=url.database,
                **arguments,
            )

        engine = sa.create_engine("mariadb+pymysql://", creator=connect)
        store = SqlStore(engine, prefix=mysql._database.prefix)

        with pytest.raises(InvalidValue, match=problem), store.session():
            pass
        engine.dispose()

    def test_another_process(self, store, monkeypatch):
        """What is inherited by a fork is neither used nor closed."""
        a.fill(store, "counter", [a.counter("n")])
        inherited = store._engine.pool
        monkeypatch.setattr(Process, "generation", Process.generation + 1)

        assert a.every(store, "counter") == [a.counter("n")]
        assert store._engine.pool is not inherited
        inherited.dispose()


class TestStatements:
    def test_built_once(self, store):
        """The text of a shape is built when it is first needed, and kept."""
        for number in range(3):
            a.fill(store, "counter", [a.counter(str(number))])
            a.one(store, a.counter_ref(str(number)))

        (statements,) = store._database._statements.values()
        assert len(statements._built) == 2

    def test_kept_within_bounds(self, store, monkeypatch):
        """Somebody's endless combinations do not fill the memory."""
        monkeypatch.setattr("loyaltycore.stores.sql.statements._KEPT_MAX", 3)
        for n in range(6):
            with store.session(write=False) as session:
                session.select(Query("customer", is_in("id", ("x",) * 2**n)))

        (statements,) = store._database._statements.values()
        assert len(statements._built) <= 3

    def test_one_statement_a_posting(self, postgres):
        """Changes of different rows are one statement, of the same row another."""
        texts: list[str] = []
        with postgres.session() as session:
            run = session.run
            session.run = lambda statement, values: (
                texts.append(statement.text),
                run(statement, values),
            )[1]
            done = session.apply(
                [
                    Insert("counter", [a.counter("a"), a.counter("b")]),
                    Update(a.counter_ref("c"), {"used": 1}),
                    Insert("customer", [a.customer("ada")]),
                    Add(a.day_figure_ref(date(2026, 1, 1)), {"purchases": 1}),
                    Update(a.counter_ref("a"), {"used": 1}),
                    Update(a.counter_ref("b"), {"used": 2}),
                ]
            )

        assert done == [2, 0, 1, 1, 1, 1]
        assert len(texts) == 2
        assert a.every(postgres, "counter") == [a.counter("a", 1), a.counter("b", 2)]

    def test_rows_that_are_alike_but_for_one_value(self, store):
        """What they have in common is said once; rows of two kinds are named whole."""
        asked: list[tuple[str, int]] = []
        a.fill(store, "counter", [a.counter("a", 1), a.counter("b", 2)])
        others = Ref("counter", ("program_id", "name"), ("another", "a"))
        with store.session(write=False) as session:
            ask = session.ask
            session.ask = lambda statement, values: (
                asked.append((statement.text, len(values))),
                ask(statement, values),
            )[1]
            alike = session.get([a.counter_ref(name) for name in "abc"])
            mixed = session.get([a.counter_ref("b"), others])

        assert alike == [a.counter("a", 1), a.counter("b", 2), None]
        assert mixed == [a.counter("b", 2), None]
        (listed, five), (named, four) = asked
        assert " IN (" in listed
        assert " OR " not in listed
        assert " OR " in named
        assert (five, four) == (1 + 4, 2 + 2), "four names: three, and the last again"

    def test_a_constant_inside(self, store):
        """A predicate that is always false has no holes, and finds nothing."""
        query = Query("customer", Not(Not(Compare("first_name", Op.LT, None))))
        with store.session(write=False) as session:
            assert session.select(query).rows == []
            assert session.select(Query("customer", where(id="x"))).rows == []


class TestMetadata:
    def test_the_same_file(self, tmp_path):
        """On SQLite both stores make the same tables, and share a file."""
        pictures = []
        for name in ("one", "two"):
            path = tmp_path / f"{name}.db"
            one = name == "one"
            store = SqliteStore(path) if one else SqlStore(f"sqlite:///{path}")
            store.migrate()
            store.close()
            with sqlite3.connect(path) as connection:
                pictures.append(
                    {
                        table: [
                            connection.execute(f'PRAGMA {what}("{table}")').fetchall()
                            for what in ("table_info", "index_list")
                        ]
                        for (table,) in connection.execute(
                            "SELECT name FROM sqlite_master WHERE type = 'table' "
                            "AND name NOT LIKE '%migration'"
                        )
                    }
                )
            connection.close()
        one, two = pictures

        assert one.keys() == two.keys()
        assert [columns for columns, _ in one.values()] == [
            columns for columns, _ in two.values()
        ]
        assert [len(indexes) for _, indexes in one.values()] == [
            len(indexes) for _, indexes in two.values()
        ]
        plain, by_core = (
            SqliteStore(tmp_path / "two.db"),
            SqlStore(f"sqlite:///{tmp_path / 'one.db'}"),
        )
        for store in (plain, by_core):
            a.fill(store, "customer", [a.customer("ada", birth_date=date(2000, 1, 1))])
            assert a.every(store, "customer")[0]["registered_at"] == a.T0
            store.close()

    def test_values_by_core(self, store):
        """Whoever selects with SQLAlchemy gets the values that a session gives."""
        row = a.customer("ada", birth_date=date(2000, 2, 29), first_name="Ada ")
        a.fill(store, "customer", [row])
        a.fill(store, "lot", [a.lot(1)])
        tables = {table.name: table for table in store.metadata.tables.values()}
        prefix = store._database.prefix
        customer, lot = tables[f"{prefix}customer"], tables[f"{prefix}lot"]

        with store._engine.begin() as connection:
            at = customer.c.registered_at == datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
            (found,) = connection.execute(customer.select().where(at)).mappings()
            (open_,) = connection.scalars(sa.select(lot.c.is_open))

        assert {name: found[name] for name in row} == row
        assert open_ is True

    @pytest.mark.parametrize(
        ("dialect", "expected"),
        [
            (postgresql_dialect.dialect(), 'VARCHAR(512) COLLATE "C"'),
            (
                mysql_dialect.dialect(is_mariadb=True),
                "VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
            ),
            (
                mysql_dialect.dialect(),
                "VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin",
            ),
        ],
    )
    def test_binary_collation(self, postgres, dialect, expected: str):
        """Texts are compared by code points everywhere, blanks included."""
        (customer,) = (
            table
            for table in postgres.metadata.tables.values()
            if table.name.endswith("customer")
        )

        assert customer.c.id.type.compile(dialect) == expected

    def test_every_collection(self, store):
        """Each collection has a table, with each of its columns."""
        database = store._database

        for name, collection in COLLECTIONS.items():
            columns = database.table(name).columns.keys()
            assert set(collection.by_name) <= set(columns)


LAST = Collection(name="last", columns=(Column("id", ColumnType.TEXT),), key=("id",))
NEWER = (*STEPS, Step(number=STEPS[-1].number + 1, name="a last one", create=(LAST,)))


@pytest.fixture
def elsewhere(store):
    """Names in each engine's database where nothing is yet; gone afterwards."""
    prefix = f"later{os.getpid()}_"
    schema = store._database.schema

    def make(steps: tuple[Step, ...] = STEPS) -> SqlStore:
        return SqlStore(store._engine, prefix=prefix, schema=schema, steps=steps)

    yield make
    with store._engine.begin() as connection:
        for name in sa.inspect(connection).get_table_names(schema=schema):
            if name.startswith(prefix):
                at = f"{schema}.{name}" if schema else name
                connection.execute(sa.text(f"DROP TABLE {at}"))


class TestMigrations:
    def test_from_nothing(self, elsewhere):
        """No session before migrate(); a dry run makes nothing; then there it is."""
        store = elsewhere()
        with pytest.raises(SchemaTooOld, match="migrate"), store.session():
            pass

        dry = store.migrate(dry_run=True)
        assert (dry.before, dry.after) == (0, STEPS[-1].number)
        assert store.migrate(dry_run=True) == dry
        assert store.migrate() == dry
        a.fill(store, "counter", [a.counter("n")])

    def test_step_by_step(self, elsewhere):
        """Older tables are refused until they are migrated, newer ones always."""
        elsewhere().migrate()
        newer = elsewhere(NEWER)
        with pytest.raises(SchemaTooOld), newer.session():
            pass

        assert newer.migrate().steps == ("a last one",)
        a.fill(newer, "last", [{"id": "x"}])

        with pytest.raises(SchemaTooNew), elsewhere().session():
            pass
        for dry_run in (True, False):
            with pytest.raises(SchemaTooNew):
                elsewhere().migrate(dry_run=dry_run)

    def test_two_at_once(self, elsewhere):
        """Eight who migrate the same tables do so one after another."""
        with ThreadPoolExecutor(8) as pool:
            reports = list(pool.map(lambda _: elsewhere(NEWER).migrate(), range(8)))

        last = NEWER[-1].number
        assert sorted(report.before for report in reports) == [0] + [last] * 7
        assert a.every(elsewhere(NEWER), "last") == []

    @pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
    def test_two_at_once_who_see_the_past(self, postgres, level: str):
        """Who has waited sees what the other made, whatever the engine's isolation."""
        engine = sa.create_engine(
            postgres._engine.url, isolation_level=level, pool_size=8
        )
        schema = f"{postgres._database.schema[:20]}_at_once"
        stores = [
            SqlStore(engine, schema=schema, prefix=f"{prefix}_")
            for prefix in "aabbaabb"
        ]
        with ThreadPoolExecutor(8) as pool:
            reports = list(pool.map(SqlStore.migrate, stores))
        with postgres._engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()

        last = STEPS[-1].number
        assert sorted(report.before for report in reports) == [0] * 2 + [last] * 6

    def test_interrupted(self, elsewhere, monkeypatch):
        """A migration that broke off anywhere is whole after the next one."""
        store = elsewhere(NEWER)
        creating = store._database._creating
        left = [0]

        def broken(collection, dialect):
            for text in creating(collection, dialect):
                left[0] -= 1
                if not left[0]:
                    raise ZeroDivisionError
                yield text

        for number in (1, 2, 9):
            left[0] = number
            monkeypatch.setattr(store._database, "_creating", broken)
            with pytest.raises(ZeroDivisionError):
                store.migrate()
            monkeypatch.undo()
            assert store.migrate(dry_run=True).before == 0

        assert store.migrate().after == NEWER[-1].number
        a.fill(store, "last", [{"id": "x"}])

    def test_a_schema_is_made(self, postgres):
        """On PostgreSQL migrate() makes the schema where it is missing."""
        schema = f"{postgres._database.schema[:20]}_new"
        store = SqlStore(postgres._engine, schema=schema)
        store.migrate()

        assert a.every(store, "counter") == []
        with postgres._engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))

    def test_what_cannot_be_made(self, elsewhere):
        """A step that the engine refuses is said in our words."""
        refused = Step(number=STEPS[-1].number + 1, name="x", create=(LAST, LAST))
        store = elsewhere((*STEPS, refused))
        if not store._database.manners.creates_inside:
            # what an interrupted step has made may be there already
            assert store.migrate().after == refused.number
            return

        with pytest.raises(StoreError):
            store.migrate()
        assert store.migrate(dry_run=True).before == 0


class TestAdditions:
    """Where an engine has no upsert, a row may be made between two statements."""

    def test_a_row_that_others_make_meanwhile(self, mysql, monkeypatch):
        """It is added to; the addition is neither lost nor done twice."""
        self.meanwhile(mysql, monkeypatch, [Add(a.counter_ref("n"), {"used": 1})])

        with mysql.session() as session:
            done = session.apply([Add(a.counter_ref("n"), {"used": 1})])

        assert done == [1]
        assert a.every(mysql, "counter") == [a.counter("n", 2)]

    def test_the_limit_holds_for_it(self, mysql, monkeypatch):
        """Whoever made the row took the last one."""
        add = Add(a.counter_ref("n"), {"used": 1}, at_most={"used": 1})
        self.meanwhile(mysql, monkeypatch, [add])

        with mysql.session() as session:
            done = session.apply([add])

        assert done == [0]
        assert a.every(mysql, "counter") == [a.counter("n", 1)]

    def test_an_addition_that_did_nothing_for_no_reason(self, mysql, monkeypatch):
        """A limit was in the way, and no longer is: it is said, and nothing is done."""
        a.fill(mysql, "counter", [a.counter("n", 1)])
        looked = []

        def find(session, ref):
            looked.append(ref)
            return a.counter("n", 0)

        monkeypatch.setattr(SqlSession, "find", find)
        add = Add(a.counter_ref("n"), {"used": 1}, at_most={"used": 1})
        with pytest.raises(Conflict, match="ask again"), mysql.session() as session:
            session.apply([add])

        assert looked
        assert a.every(mysql, "counter") == [a.counter("n", 1)]

    def meanwhile(self, store, monkeypatch, changes) -> None:
        """Have changes committed by others just before a session looks for a row."""
        find = SqlSession.find

        def late(session, ref):
            monkeypatch.setattr(SqlSession, "find", find)
            a.change(store, *changes)
            return find(session, ref)

        monkeypatch.setattr(SqlSession, "find", late)
