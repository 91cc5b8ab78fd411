"""A SQLite file that is damaged, locked, full, old, new, or somebody else's."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import closing
from pathlib import Path

import pytest

from loyaltycore.errors import (
    Corrupt,
    InvalidValue,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    Unavailable,
    Unwritable,
)
from loyaltycore.ports import Insert
from loyaltycore.query.queries import Query
from loyaltycore.schema import STEPS, VERSION, Collection, Column, ColumnType
from loyaltycore.schema.migrations import Step
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing import contract_rows as a


EXTRA = Collection(
    name="extra",
    columns=(Column("program_id", ColumnType.TEXT), Column("id", ColumnType.TEXT)),
    key=("program_id", "id"),
)
NEXT_STEPS = (*STEPS, Step(number=VERSION + 1, name="extra things", create=(EXTRA,)))

HEADER = b"SQLite format 3\0"


@pytest.fixture
def path(tmp_path):
    """A file that is not there yet, in a folder of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder / "rows.db"


@pytest.fixture
def opened(path):
    """Open stores that are closed at the end of the test."""
    stores = []

    def open_store(where=path, **options):
        stores.append(SqliteStore(where, **options))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


def contents(path):
    """Every file of the folder, byte for byte."""
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}


def run(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start another process."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> list[str]:
    """Wait for another process and take what it said."""
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    return out.splitlines()


class TestOpening:
    @pytest.mark.parametrize(
        "garbage",
        [
            pytest.param(b"xy", id="two-bytes"),
            pytest.param(b"id,name\n1,Ada\n" * 9, id="text"),
            pytest.param(bytes(range(256)) * 40, id="bytes"),
            pytest.param(HEADER + b"\xff" * 4096, id="header-only"),
            pytest.param(b"\0" * 4096, id="zeros"),
        ],
    )
    @pytest.mark.parametrize("write", [True, False])
    def test_garbage(self, path, opened, garbage: bytes, *, write: bool):
        """A file that is no database is refused and not touched."""
        path.write_bytes(garbage)
        before = contents(path)
        store = opened()

        for attempt in (lambda: store.session(write=write).__enter__(), store.migrate):
            with pytest.raises(Corrupt, match="no database"):
                attempt()
        assert contents(path) == before

    def test_truncated(self, path, opened):
        """A database of which a part is missing is refused and not touched."""
        store = opened()
        a.fill(store, "counter", [a.counter(str(number)) for number in range(2_000)])
        store.close()
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        before = path.read_bytes()

        other = opened()
        with pytest.raises(Corrupt), other.session():
            pass
        other.close()
        assert path.read_bytes() == before

    def test_damaged_inside(self, path, opened):
        """Damage that shows only later is told as such too, and mends by a copy."""
        store = opened()
        a.fill(store, "counter", [a.counter(str(number)) for number in range(2_000)])
        store.close()
        whole = path.read_bytes()
        path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))

        other = opened()
        with pytest.raises(Corrupt), other.session() as session:
            a.all_pages(session, Query("counter", limit=10_000))
        other.close()
        path.write_bytes(whole)
        assert len(a.every(opened(), "counter")) == 2_000

    def test_a_folder_that_is_not_there(self, tmp_path, opened):
        """A path that leads nowhere is refused with what to check."""
        store = opened(tmp_path / "nowhere" / "rows.db")

        with pytest.raises(Unwritable, match="folder"), store.session():
            pass

    def test_a_folder_instead_of_a_file(self, tmp_path, opened):
        """A folder is no file."""
        with pytest.raises(Unwritable), opened(tmp_path).session():
            pass

    @pytest.mark.parametrize("nothing", ["", "a\0b"])
    def test_no_path(self, nothing: str):
        """What cannot be the name of a file is refused at once."""
        with pytest.raises(InvalidValue):
            SqliteStore(nothing)

    def test_a_relative_path(self, path, opened, monkeypatch):
        """A relative path means the folder of the moment when the store was made."""
        monkeypatch.chdir(path.parent)
        store = opened("rows.db")
        monkeypatch.chdir("/")

        a.fill(store, "counter", [a.counter("n")])

        assert path.exists()

    @pytest.mark.parametrize("prefix", ["", "1x", "Loyal", "a-b", "sqlite_x", 'a"b'])
    def test_a_prefix_that_is_no_name(self, prefix: str):
        """A prefix goes into statements, so it is a plain name or nothing."""
        with pytest.raises(InvalidValue):
            SqliteStore(":memory:", prefix=prefix)

    def test_a_durability_that_is_none(self):
        """There are two durabilities, and no third."""
        with pytest.raises(InvalidValue):
            SqliteStore(":memory:", durability="none")  # type: ignore[arg-type]

    def test_an_old_engine(self, monkeypatch):
        """An engine that lacks what is needed is refused at once."""
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))

        with pytest.raises(Unavailable, match="3.32"):
            SqliteStore(":memory:")


class TestSharing:
    def test_two_prefixes(self, opened):
        """Two sets of tables live in one file and know nothing of each other."""
        first, second = opened(), opened(prefix="other_")
        a.fill(first, "counter", [a.counter("n", 1)])

        assert a.every(second, "counter") == []

    def test_tables_of_the_application(self, path, opened):
        """The application's tables may be there already, and stay."""
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE orders (id INTEGER)")
            connection.execute("INSERT INTO orders VALUES (7)")

        a.fill(opened(), "counter", [a.counter("n", 1)])

        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT id FROM orders").fetchall() == [(7,)]

    def test_what_is_in_the_file(self, path, opened):
        """Anybody with SQLite can read the rows: texts, numbers, ISO 8601 in UTC."""
        a.fill(opened(), "lot", [a.lot(1, expires_at=a.T0)])

        with closing(sqlite3.connect(path)) as connection:
            text = "SELECT number, is_open, expires_at FROM loyalty_lot"
            assert connection.execute(text).fetchall() == [
                (1, 1, "2026-01-31T09:30:00.000000+00:00")
            ]

    def test_numbers_are_kept_as_such(self, path, opened):
        """Where SQLite can, it refuses values of other types in our tables itself."""
        a.fill(opened(), "counter", [a.counter("n", 1)])

        if sqlite3.sqlite_version_info < (3, 37):
            pytest.skip("this SQLite has no STRICT tables")
        with (
            closing(sqlite3.connect(path)) as connection,
            pytest.raises(sqlite3.IntegrityError),
        ):
            connection.execute("UPDATE loyalty_counter SET used = 1.5")

    @pytest.mark.parametrize(("durability", "level"), [("power", 2), ("process", 1)])
    def test_durability(self, path, opened, durability, level: int):
        """The default survives a power cut; the other is asked for by name."""
        store = opened(durability=durability)
        a.fill(store, "counter", [a.counter("n")])

        cursor = store._links._pool().idle[0].cursor
        assert cursor.execute("PRAGMA synchronous").fetchone() == (level,)
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.info.durability == durability

    def test_warnings(self, opened, monkeypatch):
        """A version with the known bug warns and names the version that mends it."""
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
        assert "3.51.3" in opened().info.warnings[0]
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
        assert opened().info.warnings == ()

    def test_in_memory(self):
        """Without a file nothing is durable, and nobody else can damage it."""
        store = SqliteStore(":memory:")

        assert store.info.durability == "none"
        assert store.info.warnings == ()
        store.close()


class TestVersions:
    def test_newer(self, path, opened):
        """Tables of a later version are refused and not touched."""
        newer = opened(steps=NEXT_STEPS)
        a.fill(newer, "counter", [a.counter("n")])
        newer.close()
        before = contents(path)
        store = opened()

        for attempt in (store.session().__enter__, store.migrate):
            with pytest.raises(SchemaTooNew, match=f"version {VERSION + 1}"):
                attempt()
        with pytest.raises(SchemaTooNew):
            store.migrate(dry_run=True)
        assert contents(path) == before

    def test_newer_in_another_mode(self, path, opened):
        """What is refused is refused before the file is told how to keep its log."""
        newer = opened(steps=NEXT_STEPS)
        newer.migrate()
        newer.close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        before = contents(path)

        for attempt in (opened().session().__enter__, opened().migrate):
            with pytest.raises(SchemaTooNew):
                attempt()
        assert contents(path) == before

    def test_older(self, path, opened):
        """Tables of an earlier version wait for migrate(), which keeps the rows."""
        store = opened()
        a.fill(store, "counter", [a.counter("n", 7)])
        store.close()
        before = contents(path)
        newer = opened(steps=NEXT_STEPS)

        with pytest.raises(SchemaTooOld, match="migrate"), newer.session():
            pass
        dry = newer.migrate(dry_run=True)
        assert (dry.before, dry.after, dry.steps) == (
            VERSION,
            VERSION + 1,
            ("extra things",),
        )
        newer.close()
        assert contents(path) == before

        newest = opened(steps=NEXT_STEPS)
        assert newest.migrate() == dry
        assert a.every(newest, "counter") == [a.counter("n", 7)]
        a.fill(newest, "extra", [{"program_id": "p", "id": "i"}])
        assert newest.migrate().steps == ()

    def test_a_step_that_fails(self, path, opened):
        """A migration that cannot be finished leaves everything as it was."""
        store = opened()
        a.fill(store, "counter", [a.counter("n")])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE loyalty_last (id TEXT)")
        last = Collection(name="last", columns=EXTRA.columns, key=EXTRA.key)
        steps = (*STEPS, Step(number=VERSION + 1, name="two", create=(EXTRA, last)))

        newer = opened(steps=steps)
        with pytest.raises(StoreError, match="SQLite reported"):
            newer.migrate()

        assert newer.migrate(dry_run=True).before == VERSION
        assert a.every(store, "counter") == [a.counter("n")]

    def test_a_step_that_fails_in_memory(self):
        """A migration in memory that cannot be finished does not cost the rows."""
        store = SqliteStore(":memory:")
        a.fill(store, "counter", [a.counter("n")])
        store._tables.steps = (
            *STEPS,
            Step(number=VERSION + 1, name="two", create=(EXTRA, EXTRA)),
        )

        with pytest.raises(StoreError):
            store.migrate()

        assert a.every(store, "counter") == [a.counter("n")]
        store.close()

    def test_a_dry_run_creates_nothing(self, path, opened):
        """A dry run on no file at all leaves none behind."""
        report = opened().migrate(dry_run=True)

        assert (report.before, report.after) == (0, VERSION)
        assert report.steps == tuple(step.name for step in STEPS)
        assert contents(path) == {}

    def test_migrate_creates(self, opened):
        """A migration of an empty database makes all tables."""
        store = opened()

        assert store.migrate().before == 0
        assert a.every(store, "counter") == []

    def test_newer_while_open(self, path, opened):
        """A store that was open when somebody migrated notices at its next session."""
        store = opened()
        a.fill(store, "counter", [a.counter("n")])

        opened(steps=NEXT_STEPS).migrate()

        with pytest.raises(SchemaTooNew), store.session():
            pass

    def test_tables_that_vanish(self, path, opened):
        """A store whose tables were dropped says so."""
        store = opened()
        a.fill(store, "counter", [a.counter("n")])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TABLE loyalty_migration")

        with pytest.raises(SchemaTooOld), store.session():
            pass

    def test_half_of_the_tables(self, path, opened):
        """A table that is missing is told as such, not as the driver's error."""
        store = opened()
        a.fill(store, "counter", [a.counter("n")])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TABLE loyalty_counter")

        with pytest.raises(Corrupt, match="tables"), store.session() as session:
            session.get([a.counter_ref("n")])


class TestWriting:
    def test_locked(self, path, opened):
        """While somebody else writes, a writer gives up after its timeout."""
        store = opened(timeout=0.05)
        a.fill(store, "counter", [a.counter("n")])
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            with pytest.raises(Unavailable, match="try again"), store.session():
                pass
            assert 0.04 <= time.monotonic() - began < 5
            assert a.every(store, "counter") == [a.counter("n")]

        a.fill(store, "counter", [a.counter("m")])

    def test_the_right_to_write_is_taken_first(self, path, opened):
        """From its beginning nobody else writes beside a writing session."""
        store = opened()
        with (
            store.session(),
            closing(sqlite3.connect(path, timeout=0)) as connection,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            connection.execute("BEGIN IMMEDIATE")

    def test_a_session_in_a_session(self, opened):
        """A thread that would wait for itself is told so at once."""
        store = opened(timeout=60)
        with store.session() as session:
            session.apply([Insert("counter", [a.counter("n")])])
            with pytest.raises(Unavailable, match="inside a session"), store.session():
                pass
            assert a.every(store, "counter") == []

        assert a.every(store, "counter") == [a.counter("n")]

    def test_a_session_in_a_session_in_memory(self):
        """In memory that is so for readers too: there is one connection."""
        store = SqliteStore(":memory:")
        with (
            store.session(write=False),
            pytest.raises(Unavailable),
            store.session(write=False),
        ):
            pass
        store.close()

    def test_a_session_begins_once(self, opened):
        """A session is not begun again, neither inside itself nor afterwards."""
        session = opened().session()
        with session, pytest.raises(Unavailable):
            session.__enter__()
        with pytest.raises(Unavailable):
            session.__enter__()

    def test_a_full_disk(self, opened):
        """A database that cannot grow says so, keeps what it has, and recovers."""
        store = opened()
        a.fill(store, "counter", [a.counter("n")])
        cursor = store._links._pool().idle[0].cursor
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + 1}")
        many = [a.counter(f"{number:09}") for number in range(5_000)]

        with pytest.raises(Unwritable, match="full"):
            a.fill(store, "counter", many)
        assert a.every(store, "counter") == [a.counter("n")]
        cursor.execute("PRAGMA max_page_count = 1000000")
        a.fill(store, "counter", many)

    def test_a_file_that_may_not_grow(self, path, opened):
        """The same when the system refuses the writing, seen by another process."""
        pytest.importorskip("resource")
        a.fill(opened(), "counter", [a.counter("n")])
        script = """
            import resource, sys
            from loyaltycore.errors import Unwritable
            from loyaltycore.stores.sqlite import SqliteStore
            from loyaltycore.testing import contract_rows as a

            store = SqliteStore(sys.argv[1])
            a.fill(store, "counter", [a.counter("m")])
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
            many = [a.counter(f"{number:09}") for number in range(20_000)]
            try:
                a.fill(store, "counter", many)
            except Unwritable as error:
                print(error.code, len(a.every(store, "counter")))
        """
        assert answer(run(script, path)) == ["unwritable 2"]
        assert len(a.every(opened(), "counter")) == 2

    @pytest.mark.skipif(not hasattr(os, "setuid"), reason="there are no users here")
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            pytest.param(0o777, ["7", "unwritable"], id="file"),
            # a log has to be kept beside the file, even of reading
            pytest.param(0o555, ["unwritable", "unwritable"], id="folder"),
        ],
    )
    def test_read_only(self, opened, mode: int, expected: list[str]):
        """Without the right to write, writing is refused, and reading if it has to."""
        script = """
            import os, sys
            from loyaltycore.errors import StoreError
            from loyaltycore.stores.sqlite import SqliteStore
            from loyaltycore.testing import contract_rows as a

            if os.getuid() == 0:
                os.setuid(65534)  # root may write to whatever is read-only
            store = SqliteStore(sys.argv[1])
            for work in (
                lambda: print(a.one(store, a.counter_ref("n"))["used"]),
                lambda: a.fill(store, "counter", [a.counter("m")]),
            ):
                try:
                    work()
                except StoreError as error:
                    print(error.code)
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.db"
            store = opened(path)
            a.fill(store, "counter", [a.counter("n", 7)])
            store.close()
            before = path.read_bytes()
            path.chmod(0o444)
            Path(folder).chmod(mode)
            said = answer(run(script, path))
            Path(folder).chmod(0o777)

            assert said == expected
            assert path.read_bytes() == before

    def test_what_was_left_open(self, path):
        """A store that is let go of closes its connections, and the log with them."""
        store = SqliteStore(path)
        a.fill(store, "counter", [a.counter("n")])
        assert path.with_name("rows.db-wal").exists()

        del store

        assert [path.name] == list(contents(path))

    def test_closing_inside_a_session(self, path, opened):
        """A session that is open when the store is closed still commits."""
        store = opened()
        with store.session() as session:
            session.apply([Insert("counter", [a.counter("n")])])
            store.close()

        with pytest.raises(Unavailable), store.session(write=False):
            pass
        assert a.every(opened(), "counter") == [a.counter("n")]

    def test_many_readers(self, opened):
        """Readers have connections of their own, of which only some are kept."""
        store = opened()
        a.fill(store, "counter", [a.counter("n")])
        sessions = [store.session(write=False) for _ in range(20)]
        for session in sessions:
            session.__enter__()
        for session in sessions:
            assert session.get([a.counter_ref("n")]) == [a.counter("n")]
            session.__exit__(None, None, None)

        assert len(store._links._pool().links) == 8


class TestProcesses:
    def test_creating_at_once(self, path, opened):
        """Processes that start together on no file make the tables once."""
        script = """
            import sys, time
            from loyaltycore.stores.sqlite import SqliteStore
            from loyaltycore.testing import contract_rows as a

            time.sleep(max(0, float(sys.argv[2]) - time.time()))
            store = SqliteStore(sys.argv[1])
            a.fill(store, "counter", [a.counter(sys.argv[3])])
        """
        start = time.time() + 1.5
        processes = [run(script, path, start, number) for number in range(4)]

        assert [answer(process) for process in processes] == [[]] * 4
        assert len(a.every(opened(), "counter")) == 4

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
    def test_fork(self, path, opened):
        """Parent and child use one store after a fork, and lose nothing."""
        script = """
            import os, sys
            from loyaltycore.errors import Unavailable
            from loyaltycore.ports import Add
            from loyaltycore.stores.sqlite import SqliteStore
            from loyaltycore.testing import contract_rows as a

            store = SqliteStore(sys.argv[1], durability="process")
            add = Add(a.counter_ref("n"), {"used": 1})
            a.change(store, add)
            child = os.fork()
            for _ in range(100):
                a.change(store, add)
            if child:
                os.waitpid(child, 0)
                print(a.one(store, a.counter_ref("n"))["used"])
                with store.session() as session:
                    session.apply([add])
                    inner = os.fork()
                    if not inner:
                        try:
                            session.__exit__(None, None, None)
                        except Unavailable:
                            os._exit(7)
                    print(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]))
                print(a.one(store, a.counter_ref("n"))["used"])
        """
        assert answer(run(script, path)) == ["201", "7", "202"]
        assert a.every(opened(), "counter") == [a.counter("n", 202)]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
    def test_fork_in_memory(self):
        """A database in memory stays with the process that made it."""
        script = """
            import os
            from loyaltycore.errors import Unavailable
            from loyaltycore.stores.sqlite import SqliteStore
            from loyaltycore.testing import contract_rows as a

            store = SqliteStore(":memory:")
            a.fill(store, "counter", [a.counter("n")])
            child = os.fork()
            if not child:
                try:
                    a.every(store, "counter")
                except Unavailable:
                    os._exit(7)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            print(len(a.every(store, "counter")))
        """
        assert answer(run(script)) == ["7", "1"]

    @pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9")
    def test_killed(self, path, opened):
        """What was acknowledged before a kill is there; of the rest all or nothing."""
        script = """
            import sys
            from loyaltycore.ports import Add, Insert
            from loyaltycore.stores.sqlite import SqliteStore
            from loyaltycore.testing import contract_rows as a

            store = SqliteStore(sys.argv[1])
            for number in range(100_000):
                changes = [Insert("counter", [a.counter(f"{sys.argv[2]}/{number}")])]
                a.change(store, Add(a.counter_ref("n"), {"used": 1}), *changes)
                print(number, flush=True)
        """
        acknowledged = 0
        for kill in range(4):
            process = run(script, path, kill)
            assert process.stdout is not None
            for _ in range(20 + 7 * kill):
                assert process.stdout.readline()
            process.kill()
            with process:
                rest = process.stdout.read()  # what was said, but not yet heard
            acknowledged += 20 + 7 * kill + rest.count("\n")

        rows = a.every(opened(), "counter")
        (n,) = [row["used"] for row in rows if row["name"] == "n"]
        assert acknowledged <= n <= acknowledged + 4
        assert len(rows) - 1 == n
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class TestTampering:
    """A file that somebody else wrote into."""

    @pytest.mark.parametrize("garbage", ["yesterday", "", 7])
    def test_a_moment_that_is_none(self, path, opened, garbage):
        """A column that cannot be read is named, as corruption of the file."""
        store = opened()
        with store.session() as session:
            session.apply([Insert("message", [a.message("m")])])
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("UPDATE loyalty_message SET due_at = ?", (garbage,))

        with pytest.raises(Corrupt) as caught, store.session(write=False) as session:
            session.select(Query("message"))

        assert caught.value.details == {"column": "due_at"}
