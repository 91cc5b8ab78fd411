"""The store in a SQLite file, beyond what every store has to do."""

# ruff: noqa: PT012 - a session is part of what raises, with all that is in it

from __future__ import annotations

import inspect
import sqlite3
import threading
import time
from contextlib import closing, contextmanager

import pytest

from loyaltycore import errors
from loyaltycore.errors import Unavailable, UnsupportedValue
from loyaltycore.ports import Insert
from loyaltycore.query.predicates import And, Compare, Exists, Op, is_in, where
from loyaltycore.query.queries import Order, Query, total
from loyaltycore.schema import COLLECTIONS
from loyaltycore.schema.questions import plan_query
from loyaltycore.stores import sqlite_pool
from loyaltycore.stores.prefixes import prefix_end
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.stores.sqlite_errors import translated
from loyaltycore.stores.sqlite_pool import Process
from loyaltycore.stores.sqlite_queries import Question
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.contract_races import RaceContract
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


class TestOneStore(RaceContract):
    """Everybody at once, with all threads on one store object."""

    @pytest.fixture
    def store(self, tmp_path):
        """An empty store in a file."""
        store = SqliteStore(tmp_path / "rows.db")
        store.migrate()
        yield store
        store.close()


class TestContractInMemory(StoreContract):
    @pytest.fixture
    def store(self):
        """An empty store without a file."""
        store = SqliteStore(":memory:")
        yield store
        store.close()


@pytest.fixture
def store(tmp_path):
    """A store in a file."""
    store = SqliteStore(tmp_path / "rows.db")
    store.migrate()
    yield store
    store.close()


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            (sqlite3.SQLITE_BUSY, errors.Unavailable),
            (sqlite3.SQLITE_BUSY_RECOVERY, errors.Unavailable),
            (sqlite3.SQLITE_BUSY_SNAPSHOT, errors.Conflict),
            (sqlite3.SQLITE_LOCKED, errors.Unavailable),
            (sqlite3.SQLITE_PROTOCOL, errors.Unavailable),
            (sqlite3.SQLITE_INTERRUPT, errors.Unavailable),
            (sqlite3.SQLITE_READONLY, errors.Unwritable),
            (sqlite3.SQLITE_READONLY_DBMOVED, errors.Unwritable),
            (sqlite3.SQLITE_PERM, errors.Unwritable),
            (sqlite3.SQLITE_FULL, errors.Unwritable),
            (sqlite3.SQLITE_CANTOPEN, errors.Unwritable),
            (sqlite3.SQLITE_IOERR_WRITE, errors.Unwritable),
            (sqlite3.SQLITE_IOERR_FSYNC, errors.Unwritable),
            (sqlite3.SQLITE_IOERR_READ, errors.Unavailable),
            (sqlite3.SQLITE_IOERR_SHORT_READ, errors.Corrupt),
            (sqlite3.SQLITE_CORRUPT, errors.Corrupt),
            (sqlite3.SQLITE_CORRUPT_INDEX, errors.Corrupt),
            (sqlite3.SQLITE_NOTADB, errors.Corrupt),
            (sqlite3.SQLITE_TOOBIG, errors.UnsupportedValue),
            (sqlite3.SQLITE_CONSTRAINT_UNIQUE, errors.Duplicate),
            (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, errors.Duplicate),
            (sqlite3.SQLITE_CONSTRAINT_NOTNULL, errors.UnsupportedValue),
            (sqlite3.SQLITE_MISMATCH, errors.UnsupportedValue),
            (sqlite3.SQLITE_NOLFS, errors.StoreError),
        ],
    )
    def test_codes(self, code: int, expected: type[Exception]):
        """Whatever SQLite reports is said in the words of the port, in a sentence."""
        error = sqlite3.OperationalError("near 'Ada': it broke")
        error.sqlite_errorcode = code

        said = translated(error, "loyalty_")

        assert type(said) is expected
        assert said.message.endswith(".")
        assert "Ada" not in said.message

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("no such table: loyalty_card", errors.Corrupt),
            ("no such column: id", errors.Corrupt),
            ("integer overflow", errors.UnsupportedValue),
            ("no such savepoint: x", errors.StoreError),
        ],
    )
    def test_words(self, words: str, expected: type[Exception]):
        """Errors without a code of their own are told apart by their words."""
        error = sqlite3.OperationalError(words)
        error.sqlite_errorcode = sqlite3.SQLITE_ERROR

        assert type(translated(error, "loyalty_")) is expected

    def test_no_code(self):
        """What the module itself raises has no code."""
        error = sqlite3.ProgrammingError("Cannot operate on a closed database.")

        assert type(translated(error, "loyalty_")) is Unavailable

    def test_duplicate(self):
        """The collection is named without the prefix, and the columns in order."""
        error = sqlite3.IntegrityError(
            "UNIQUE constraint failed: "
            "mine_customer.program_id, mine_customer.unique_phone"
        )
        error.sqlite_errorcode = sqlite3.SQLITE_CONSTRAINT_UNIQUE

        assert translated(error, "mine_").details == {
            "collection": "customer",
            "columns": ("program_id", "unique_phone"),
        }

    def test_the_driver_stays_behind(self, store):
        """The driver's exception is the cause of ours and never comes alone."""
        a.fill(store, "counter", [a.counter("n")])

        with pytest.raises(errors.Duplicate) as caught:
            a.fill(store, "counter", [a.counter("n")])
        assert isinstance(caught.value.__cause__, sqlite3.IntegrityError)


class TestPlans:
    """Questions of every day are answered through an index, without sorting."""

    @pytest.mark.parametrize(
        "query",
        [
            pytest.param(
                Query(
                    "lot",
                    where(
                        program_id="p",
                        card_id="c",
                        is_open=True,
                        state="open",
                        unit="point",
                    ),
                    (Order("due_at"), Order("earned_at"), Order("number")),
                ),
                id="open-lots",
            ),
            pytest.param(
                Query("entry", where(program_id="p", card_id="c")), id="entries"
            ),
            pytest.param(
                Query(
                    "card",
                    And(
                        (where(program_id="p"), Compare("next_due_at", Op.LE, a.T0)),
                    ),
                    (Order("next_due_at"),),
                ),
                id="due-cards",
            ),
            pytest.param(
                Query(
                    "transaction",
                    where(program_id="p", customer_id="c"),
                    (Order("occurred_at", descending=True),),
                ),
                id="statement",
            ),
            pytest.param(
                Query("transaction", where(program_id="p", reverses="t")),
                id="reversals",
            ),
            pytest.param(
                Query("transaction", where(program_id="p", receipt_id="r")),
                id="receipt",
            ),
            pytest.param(
                Query(
                    "message",
                    And((where(program_id="p"), Compare("due_at", Op.LE, a.T0))),
                    (Order("due_at"),),
                ),
                id="outbox",
            ),
            pytest.param(
                Query(
                    "customer", where(program_id="p"), (Order("registered_at", True),)
                ),
                id="newest-customers",
            ),
            pytest.param(
                Query("customer", where(program_id="p", unique_email="e")), id="email"
            ),
            pytest.param(
                Query(
                    "search_token",
                    And((where(program_id="p"), Compare("token", "starts_with", "lo"))),
                ),
                id="search",
            ),
            pytest.param(
                Query(
                    "customer",
                    And(
                        (
                            where(program_id="p"),
                            Exists(
                                "search_token",
                                (("program_id", "program_id"), ("customer_id", "id")),
                                Compare("token", "starts_with", "lo"),
                            ),
                        )
                    ),
                ),
                id="search-join",
            ),
            pytest.param(Query("customer", is_in("id", ("a", "b"))), id="whole-table"),
        ],
    )
    @pytest.mark.parametrize("is_later", [False, True], ids=["first", "later"])
    def test_no_scan_and_no_sorting(self, store, query: Query, *, is_later: bool):
        """Every page, the first and a later one, is found where it begins."""
        tables = store._tables
        plan = plan_query(tables.collections, query)
        if is_later:
            row = {
                "card": a.card("c"),
                "customer": a.customer("c"),
                "entry": {"program_id": "p", "card_id": "c", "version": 1, "number": 1},
                "lot": a.lot(1),
                "message": a.message("m"),
                "search_token": a.token("love", "c"),
                "transaction": a.transaction("t", 1),
            }[query.collection]
            after = tuple(row[one.column] for one in plan.order)
            plan = plan._replace(after=after)
        question = Question(tables.statements, COLLECTIONS, plan)
        text, _ = question.select(10)
        with store.session(write=False) as session:
            cursor = session._cursor
            cursor.execute(f"EXPLAIN QUERY PLAN {text}", question.parameters)
            steps = [row[3] for row in cursor.fetchall()]

        assert not [step for step in steps if "TEMP B-TREE" in step]
        if len(plan.bound) > 1:  # else there is nothing but the program to go by
            assert not [step for step in steps if step.endswith("(program_id=?)")]
        if query.where != is_in("id", ("a", "b")):
            assert not [step for step in steps if step.startswith("SCAN")]

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("a", "b"),
            ("az", "a{"),
            ("\ud7ff", "\ue000"),
            ("a\U0010ffff", "b"),
            ("\U0010fffe", "\U0010ffff"),
            ("\U0010ffff", None),
            ("\x7f", "\x80"),
        ],
    )
    def test_prefix_end(self, start: str, end: str | None):
        """A range of texts that start so ends at the next text that does not."""
        assert prefix_end(start) == end

    def test_statements_are_built_once(self, store):
        """The text of a shape is built when it is first needed, and kept."""
        for number in range(3):
            a.fill(store, "counter", [a.counter(str(number))])
            a.one(store, a.counter_ref("n"))

        assert len(store._tables.statements._built) == 2


class TestSums:
    @pytest.mark.parametrize("in_memory", [True, False])
    def test_beyond_64_bits(self, store, *, in_memory: bool):
        """A sum that no engine can hold is refused."""
        from loyaltycore.stores.memory import MemoryStore

        either = MemoryStore() if in_memory else store
        a.fill(either, "counter", [a.counter(f"{n}", 2**53 - 1) for n in range(1_025)])

        with (
            either.session(write=False) as session,
            pytest.raises(UnsupportedValue, match="64 bits"),
        ):
            session.summarize(Query("counter"), measures={"sum": total("used")})

    def test_nothing_to_measure(self, store):
        """Without groups and measures there is one row with nothing in it."""
        with store.session(write=False) as session:
            assert session.summarize(Query("counter"), measures={}) == [{}]
            session.summarize(Query("counter"), by=("name",), measures={})


class TestConnections:
    def test_no_change_at_all(self, store):
        """Something that is no change is refused as such."""
        with pytest.raises(UnsupportedValue, match="str is no change"):
            a.change(store, "change")  # type: ignore[arg-type]

    def test_waiting_in_line(self, store, tmp_path):
        """A writer waits for another of the same process, up to the timeout."""
        hasty = SqliteStore(tmp_path / "rows.db", timeout=0.01)
        caught: list[Unavailable] = []

        def work():
            try:
                with hasty.session():
                    pass
            except Unavailable as error:
                caught.append(error)

        with hasty.session():
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        hasty.close()

        assert [error.details for error in caught] == [{"waited": True}]

    def test_another_process(self, store, monkeypatch):
        """What is inherited by a fork is neither used nor closed."""
        a.fill(store, "counter", [a.counter("n")])
        inherited = store._links._pool().links.copy()
        session = store.session()
        session.__enter__()
        monkeypatch.setattr(Process, "generation", Process.generation)
        sqlite_pool._after_fork()

        with pytest.raises(Unavailable, match="process"):
            session.__exit__(None, None, None)
        with store.session(write=False) as other:
            assert other.get([a.counter_ref("n")]) == [a.counter("n")]
        assert inherited.isdisjoint(store._links._pool().links)
        store.close()
        assert store._links in sqlite_pool._inherited
        sqlite_pool._inherited.clear()
        monkeypatch.undo()
        for link in inherited:
            link.connection.close()

    def test_another_process_in_memory(self, monkeypatch):
        """A database in memory is nowhere else."""
        store = SqliteStore(":memory:")
        monkeypatch.setattr(Process, "generation", Process.generation + 1)
        with pytest.raises(Unavailable, match="memory"), store.session():
            pass
        monkeypatch.undo()
        store.close()

    def test_a_commit_that_fails(self, store):
        """What cannot be committed is rolled back, and said in our words."""
        session = store.session()
        with pytest.raises(errors.StoreError), session:
            session.apply([Insert("counter", [a.counter("n")])])
            session._link.cursor.execute("ROLLBACK")

        assert a.every(store, "counter") == []

    def test_a_connection_that_breaks(self, store):
        """A connection that cannot even roll back is given up; the next one works."""
        session = store.session()
        with pytest.raises(Unavailable), session:
            session.apply([Insert("counter", [a.counter("n")])])
            session._link.connection.close()

        a.fill(store, "counter", [a.counter("m")])
        assert a.every(store, "counter") == [a.counter("m")]

    def test_the_log_cannot_be_switched(self, tmp_path):
        """While another reads in the old way, the switch waits, then gives up."""
        path = tmp_path / "old.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("CREATE TABLE orders (id INTEGER)")
            connection.execute("BEGIN")
            connection.execute("SELECT * FROM orders").fetchall()
            store = SqliteStore(path, timeout=0.02)
            with pytest.raises(Unavailable), store.session():
                pass
            patient = SqliteStore(path, timeout=5)
            rows = [a.counter("n")]
            thread = threading.Thread(target=a.fill, args=(patient, "counter", rows))
            thread.start()
            time.sleep(0.05)
            connection.execute("COMMIT")
            thread.join()
        assert a.every(patient, "counter") == [a.counter("n")]
        patient.close()
        store.close()

    @pytest.mark.parametrize(
        ("codes", "expected"),
        [
            ([], None),
            ([sqlite3.SQLITE_READONLY], None),
            ([sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY], None),
            ([sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL], sqlite3.OperationalError),
        ],
    )
    def test_the_log_is_switched_patiently(self, store, codes, expected):
        """Who is busy is waited for; what may not be written can still be read."""
        refusals = []
        for code in codes:
            refusals.append(sqlite3.OperationalError("no"))
            refusals[-1].sqlite_errorcode = code

        class Cursor:
            def execute(self, text):
                if refusals:
                    raise refusals.pop(0)
                return self

            def fetchone(self):
                return ("wal",)

        if expected is None:
            store._links._switch_to_wal(Cursor())
        else:
            with pytest.raises(expected):
                store._links._switch_to_wal(Cursor())
        assert not refusals


def test_a_signature_fits_a_screen():
    """What help() shows of the store is its arguments, not the whole schema."""
    defaults = {
        each.name: each.default
        for each in inspect.signature(SqliteStore).parameters.values()
    }

    assert defaults == {
        "path": inspect.Parameter.empty,
        "durability": "power",
        "timeout": 5.0,
        "prefix": "loyalty_",
        "steps": None,
    }
