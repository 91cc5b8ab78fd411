"""The demo end to end: it agrees with another count, and can be run again."""

from __future__ import annotations

import io
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Loyalty, SqliteStore
from loyaltycore.demo.__main__ import main
from loyaltycore.demo.programme import CDNOW
from loyaltycore.demo.recompute import recompute
from loyaltycore.demo.replay import Replay
from loyaltycore.demo.sample import purchases, sample_text
from loyaltycore.demo.story import run
from loyaltycore.errors import FileUnreadable
from loyaltycore.query.queries import Query
from loyaltycore.schema import COLLECTIONS


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def text() -> str:
    """The header and the first 300 purchases of the sample."""
    return "".join(sample_text().splitlines(keepends=True)[:301])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty database."""
    made = SqliteStore(tmp_path / "demo.db", durability="process")
    yield made
    made.close()


def picture(store: SqliteStore) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with store.session(write=False) as session:
        return {
            name: [dict(row) for row in session.select(Query(name, limit=10_000)).rows]
            for name in COLLECTIONS
        }


def figures(out: io.StringIO) -> list[str]:
    """What was printed, without what depends on the machine or counts what is new."""
    return [
        line
        for line in out.getvalue().splitlines()
        if not line.startswith(("took:", "transactions:", "verify:"))
    ]


class TestStory:
    def test_three_hundred_purchases(self, store: SqliteStore, text: str):
        """Ledger and CSV agree, the ledger is proved, and each block is printed."""
        out = io.StringIO()
        is_right = run(store, text, out)
        printed = out.getvalue()

        assert is_right
        assert "verify: 0 problems" in printed
        assert "differs" not in printed
        for title in (
            "The program at a glance",
            "Points statement of customer",
            "RFM segments on",
            "Outstanding points by the month",
            "counted from the CSV",
            "took: replay",
        ):
            assert title in printed

    def test_something_of_everything(self, store: SqliteStore, text: str):
        """The excerpt earns, redeems, lets expire and leaves points outstanding."""
        run(store, text, io.StringIO())
        totals = Loyalty(store, CDNOW).reports.points()

        assert totals.redeemed > 0
        assert totals.expired > 0
        assert totals.outstanding > 0
        assert totals.earned == totals.redeemed + totals.expired + totals.outstanding

    def test_a_second_run_changes_nothing(self, store: SqliteStore, text: str):
        """On the same file, every row stays and the same figures are printed."""
        first, second = io.StringIO(), io.StringIO()
        run(store, text, first)
        before = picture(store)
        is_right = run(store, text, second)

        assert is_right
        assert before == picture(store)
        assert figures(first) == figures(second)
        assert "transactions: 0 new" in second.getvalue()

    def test_a_run_that_was_cut_short(
        self, store: SqliteStore, text: str, tmp_path: Path
    ):
        """Run again after an interruption, it goes on and comes to the same figures."""

        def interrupt(done: int) -> None:
            if done > 150:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            Replay(Loyalty(store, CDNOW)).run(purchases(text), interrupt)
        resumed, whole = io.StringIO(), io.StringIO()
        is_right = run(store, text, resumed)
        other = SqliteStore(tmp_path / "other.db", durability="process")
        run(other, text, whole)
        other.close()

        assert is_right
        assert figures(whole) == figures(resumed)

    @pytest.mark.parametrize(
        "figure", ["customers", "purchases", "purchase_value", "earned", "outstanding"]
    )
    def test_another_count_is_noticed(self, store: SqliteStore, text: str, figure: str):
        """A count that is off by one fails and is named with both numbers."""
        out = io.StringIO()
        right = recompute(text)
        wrong = right._replace(**{figure: getattr(right, figure) + 1})
        is_right = run(store, text, out, count=lambda _: wrong)
        named = [line for line in out.getvalue().splitlines() if "differs" in line]

        assert not is_right
        assert (2 if figure == "outstanding" else 1) == len(named)
        assert all("in the program" in line for line in named)


class TestCommand:
    def test_the_whole_sample(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        """All purchases come out right; a total that is tampered with does not."""
        database = tmp_path / "new" / "demo.db"
        first = main(["--database", str(database)])
        printed = capsys.readouterr().out
        with sqlite3.connect(database) as connection:
            connection.execute(
                "UPDATE loyalty_customer SET points_expired = points_expired + 100"
                " WHERE external_id = '0001'"
            )
        connection.close()
        second = main(["--database", str(database)])
        tampered = capsys.readouterr().out

        assert 0 == first
        assert "demo: ok" == printed.splitlines()[-1]
        assert f"database: {database}" == printed.splitlines()[0]
        assert "purchases replayed: 6,919 of 6,919" in printed
        assert "verify: 0 problems" in printed
        assert 1 == second
        assert "differs: points expired: " in tampered
        assert "verify: 1 problems" in tampered
        assert "demo: FAILED, see above" == tampered.splitlines()[-1]

    def test_a_file_that_is_no_database(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ):
        """Somebody's text file is left alone, and the exit code says so."""
        database = tmp_path / "notes.txt"
        database.write_text("not a database, but dear to somebody\n" * 100)
        before = database.read_bytes()

        assert 2 == main(["--database", str(database)])
        assert "--database" in capsys.readouterr().err
        assert before == database.read_bytes()

    def test_help(self, capsys: pytest.CaptureFixture[str]):
        """Whoever asks is told where the database will be."""
        with pytest.raises(SystemExit) as caught:
            main(["--help"])

        assert 0 == caught.value.code
        assert "cdnow-demo.db" in capsys.readouterr().out


class TestSample:
    def test_all_of_it(self):
        """The file has the purchases that the literature names."""
        rows = purchases(sample_text())

        assert 6919 == len(rows)
        assert 2357 == len({row.customer for row in rows})
        assert sorted(row.on for row in rows) == [row.on for row in rows]

    @pytest.mark.parametrize("rest", ["", "1,0001,1997-02-30,1,5.00\n"])
    def test_a_file_that_is_not_whole(self, rest: str):
        """Without purchases, or with an impossible day, nothing is replayed."""
        with pytest.raises(FileUnreadable):
            purchases(f"master_id,customer_id,date,quantity,amount\n{rest}")
