"""
A file whose statements fail one by one, and a file whose bits flip.

Every statement of every command fails in turn, before it ran and after; whatever was
asked has then happened whole or not at all, and can be asked again.  A flipped bit is
noticed, or it changed nothing that counts.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from loyaltycore import Loyalty, Program, SqliteStore, cards
from loyaltycore.errors import Corrupt, StoreError
from loyaltycore.ports import Ref
from loyaltycore.testing.doubles import RecordingNotifier


if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOAKS = os.environ.get("LOYALTYCORE_SOAK") == "1"
FLIPS = 10_000 if SOAKS else 100
CAFE = Program(id="cafe", currency="EUR", zone="UTC")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=400)
COUNTED = ("card", "entry", "transaction")


class Failing:
    """Fails the so manieth statement from now on, before it runs or after."""

    def __init__(self) -> None:
        self.left = 0
        self.is_after = False
        self.seen = 0

    def connection_class(self) -> type[sqlite3.Connection]:
        """Make connections whose cursors count down and fail."""
        failing = self

        def fail() -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            error.sqlite_errorname = "SQLITE_FULL"
            raise error

        class FailingCursor(sqlite3.Cursor):
            def execute(self, *arguments):
                return failing.run(super().execute, fail, arguments)

            def executemany(self, *arguments):
                return failing.run(super().executemany, fail, arguments)

        class FailingConnection(sqlite3.Connection):
            def cursor(self, factory=FailingCursor):
                return super().cursor(factory)

        return FailingConnection

    def run(self, execute: Callable, fail: Callable, arguments: tuple):
        """Count, and fail when it is time."""
        self.seen += 1
        self.left -= 1
        if not self.left and not self.is_after:
            fail()
        done = execute(*arguments)
        if not self.left and self.is_after:
            fail()
        return done


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A file with a little of everything in it, and the ids of what is there."""
    path = tmp_path_factory.mktemp("faults") / "rows.db"
    store = SqliteStore(path, durability="process")
    shop = Loyalty(store, CAFE).at(NOON)
    expiring = cards.Cashback(percent=10, points_expiry=cards.Rolling(12, "months"))
    points = shop.templates.create("Points", expiring)
    coffee = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
    ada = shop.customers.register(first_name="Ada", phone="+493012345678")
    wallet = shop.cards.issue(points.id, to=ada.id).id
    stamps = shop.cards.issue(coffee.id, to=ada.id).id
    sale = shop.cards.record_purchase(wallet, "100.00", key="sale").id
    shop.cards.add_stamps(stamps, 9)
    for number in range(30):
        shop.cards.record_purchase(wallet, "3.00", key=f"more/{number}")
    store.close()
    ids = {"wallet": wallet, "stamps": stamps, "sale": sale, "ada": ada.id}
    return path, {**ids, "coffee": coffee.id}


COMMANDS: dict[str, Callable] = {
    "purchase": lambda shop, ids: shop.cards.record_purchase(
        ids["wallet"], "10.00", key="new", receipt_id="R-1"
    ),
    "redeem": lambda shop, ids: shop.cards.redeem_points(
        ids["wallet"], "10.05", key="new"
    ),
    "stamps": lambda shop, ids: shop.cards.add_stamps(ids["stamps"], 2, key="new"),
    "refund": lambda shop, ids: shop.transactions.refund(
        ids["sale"], "20.00", key="new"
    ),
    "void": lambda shop, ids: shop.transactions.void(ids["sale"]),
    "register": lambda shop, _: shop.customers.register(
        first_name="Bob", phone="+493012345679"
    ),
    "issue": lambda shop, ids: shop.cards.issue(ids["coffee"], to=ids["ada"]),
    "template": lambda shop, _: shop.templates.create("Tea", cards.Stamp(reward="Tea")),
    "sweep": lambda shop, _: shop.at(LATER).upkeep.sweep(),
    "dispatch": lambda shop, _: shop.messages.dispatch(RecordingNotifier(), limit=2),
    "quote": lambda shop, ids: shop.cards.quote(
        ids["wallet"], cards.RedeemPoints("1.00")
    ),
}


def rows(path: Path) -> Counter[str]:
    """Count the rows of every table."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        return Counter(
            {
                name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]
                for (name,) in names
            }
        )


class SameIds:
    """The same ids and bytes each time, so that the same rows are shared."""

    def __init__(self) -> None:
        self._chance = random.Random(7)
        self._made = 0

    def new(self, at: datetime) -> str:
        """Count on."""
        self._made += 1
        return f"{at:%Y%m%d}-{self._made:04}"

    def random(self, n: int) -> bytes:
        """Guess who."""
        return self._chance.randbytes(n)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_statement_fails(prepared, tmp_path, name: str):
    """What was asked happened whole or not at all, and can be asked again."""
    source, ids = prepared
    command = COMMANDS[name]
    failing = Failing()
    connect = partial(sqlite3.connect, factory=failing.connection_class())

    def attempt(left: int, *, is_after: bool) -> Path:
        path = tmp_path / f"{left}-{is_after}.db"
        shutil.copyfile(source, path)
        store = SqliteStore(path, durability="process")
        shop = Loyalty(store, CAFE, ids=SameIds()).at(NOON)
        with patch.object(sqlite3, "connect", connect):
            failing.left = 0
            shop.customers.get(ids["ada"])  # the file is open before it fails
            failing.left, failing.is_after, failing.seen = left, is_after, 0
            with suppress(StoreError):
                command(shop, ids)
            failing.left = 0
        store.close()
        return path

    before = rows(source)
    after = rows(attempt(-1, is_after=False))
    statements = failing.seen
    assert statements > 1
    for left in range(1, statements + 1):
        for is_after in (False, True):
            path = attempt(left, is_after=is_after)

            assert rows(path) in (before, after), (left, is_after)
            store = SqliteStore(path)
            shop = Loyalty(store, CAFE).at(NOON)
            assert not shop.verify().problems, (left, is_after)
            if name in {"purchase", "redeem", "stamps", "refund", "void"}:
                command(shop, ids)
                assert rows(path) == after, (left, is_after)
                assert not shop.verify().problems
            store.close()


def content(path: Path) -> list[object]:
    """Read journal, headers and cards, row by row; a moment is what it means."""
    with closing(sqlite3.connect(path)) as connection:
        return [
            [
                tuple(map(meaning, row))
                for row in connection.execute(
                    f'SELECT * FROM "loyalty_{name}" NOT INDEXED ORDER BY 1, 2, 3, 4'
                )
            ]
            for name in COUNTED
        ]


def meaning(value: object) -> object:
    """Read a moment as one: which letter is before the hour does not count."""
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(value)  # type: ignore[arg-type]
    return value


def outcome(path: Path, expected: list[object]) -> str:
    """Say what becomes of a file one of whose bits is another."""
    store = SqliteStore(path, durability="process")
    try:
        problems = Loyalty(store, CAFE).verify().problems
    except StoreError:
        return "refused"
    finally:
        store.close()
    if problems:
        return "found"
    try:
        return "harmless" if content(path) == expected else "missed"
    except sqlite3.DatabaseError:
        return "missed"


def test_a_row_out_of_its_order(prepared, tmp_path):
    """Many look-ups refuse a row that is called otherwise than what was asked for."""
    source, _ = prepared
    with closing(sqlite3.connect(source)) as connection:
        query = 'SELECT "id" FROM "loyalty_message" ORDER BY 1'
        ids = [id_ for (id_,) in connection.execute(query)]
    refs = [Ref("message", ("program_id", "id"), (CAFE.id, each)) for each in ids]
    image = source.read_bytes()
    refused = 0
    for id_ in ids[1:-1]:
        damaged = image.replace(
            f"{CAFE.id}{id_}".encode(), f"{CAFE.id}~{id_[1:]}".encode()
        )
        path = tmp_path / f"{id_}.db"
        path.write_bytes(damaged)
        store = SqliteStore(path, durability="process")
        with store.session(write=False) as session:
            try:
                assert None in session.get(refs)
            except Corrupt:
                refused += 1
        store.close()

    assert refused


def test_flipped_bits(prepared, tmp_path):
    """No flipped bit of journal, header or card is missed."""
    source, _ = prepared
    expected = content(source)
    image = source.read_bytes()
    chance = random.Random(os.urandom(8) if SOAKS else 4)
    outcomes: Counter[str] = Counter()
    for number in range(FLIPS):
        place = chance.randrange(len(image) * 8)
        flipped = bytearray(image)
        flipped[place // 8] ^= 1 << place % 8
        path = tmp_path / f"{number}.db"
        path.write_bytes(flipped)
        outcomes[outcome(path, expected)] += 1
        for left in tmp_path.glob(f"{number}.db*"):
            left.unlink()

    assert outcomes["missed"] == 0, outcomes
    assert outcomes["refused"] + outcomes["found"] > FLIPS // 10, outcomes
