"""
A program for ``test_kill.py``: it forks processes that post, and kills them.

A process that has imported everything and holds no connection forks one child after
another.  A child opens the file, posts as fast as it can and reports each key once the
posting has returned; where it is stands in a byte of shared memory.  The parent kills
it (SIGKILL) at a random moment after at least thirty reports, opens the file itself,
checks, and goes on with the same file.  One line of JSON a round goes to standard
output.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from loyaltycore import Loyalty, Program, SqliteStore, cards
from loyaltycore.query.predicates import Compare, Op
from loyaltycore.query.queries import Query
from loyaltycore.stores.sql import SqlStore


if TYPE_CHECKING:
    from types import TracebackType

    from loyaltycore.ports import Session

CAFE: Final = Program(id="cafe", currency="EUR", zone="UTC")
ACKNOWLEDGED_MIN: Final = 30
ROUNDS_A_FILE: Final = 10
DELAY_MAX: Final = 0.003  # seconds; a few postings
PHASES: Final = ("between", "deciding", "committing")


class Watched:
    """A session that says where it is: inside, or on its way out."""

    def __init__(self, inner: Any, place: mmap.mmap) -> None:
        self._inner, self._place = inner, place

    def __enter__(self) -> Session:
        session = self._inner.__enter__()
        self._place[0] = 1
        return session

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._place[0] = 2
        self._inner.__exit__(kind, error, trace)
        self._place[0] = 0


class WatchedStore:
    """A store whose writing sessions say where they are."""

    def __init__(self, inner: Any, place: mmap.mmap) -> None:
        self._inner, self._place = inner, place

    def session(self, *, write: bool = True) -> Any:
        """Open one of the store's, with a witness."""
        session = self._inner.session(write=write)
        return Watched(session, self._place) if write else session


def opened(where: str) -> Any:
    """Open a store: a file; or a URL, a prefix and a schema, with hashes between."""
    if "#" not in where:
        return SqliteStore(where)
    url, prefix, schema = where.split("#")
    return SqlStore(url, prefix=prefix, schema=schema or None)


def post_forever(where: str, place: mmap.mmap, report: int, round_: int) -> None:
    """Post in the child until somebody kills it."""
    watched: Any = WatchedStore(opened(where), place)
    shop = Loyalty(watched, CAFE)
    (template,) = shop.templates.list()
    ((owner,), _) = shop.customers.page()
    wallets = [card.id for card in shop.cards.of(owner.id)]
    assert template.id
    n = 0
    while True:
        n += 1
        key = f"{round_}/{n}"
        shop.cards.record_purchase(wallets[n % len(wallets)], "12.34", key=key)
        os.write(report, f"{key}\n".encode())


def acknowledged(report: int, enough: int) -> bytes:
    """Read reports until there are enough, or until nobody writes any more."""
    seen = b""
    while seen.count(b"\n") < enough:
        more = os.read(report, 65_536)
        if not more:
            break
        seen += more
    return seen


def kill_one(where: str, chance: random.Random, round_: int) -> tuple[set[str], str]:
    """Let a child post, kill it, and return what it reported and where it was."""
    place = mmap.mmap(-1, 1)
    report, reporting = os.pipe()
    child = os.fork()
    if not child:
        os.close(report)
        try:
            post_forever(where, place, reporting, round_)
        finally:
            os._exit(1)
    os.close(reporting)
    seen = acknowledged(report, ACKNOWLEDGED_MIN + chance.randrange(20))
    time.sleep(chance.random() * DELAY_MAX)  # not busily: the child needs a processor
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the child ended by itself"
    seen += acknowledged(report, sys.maxsize)
    os.close(report)
    phase = PHASES[place[0]]
    place.close()
    *lines, broken = seen.decode().split("\n")
    assert not broken, "a report is written whole"
    return set(lines), phase


def check(where: str, told: set[str], round_: int) -> dict[str, Any]:
    """Open the store again and compare it with what the child reported."""
    integrity = "ok"
    if "#" not in where:
        with closing(sqlite3.connect(where)) as connection:
            (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
    store = opened(where)
    ours = Compare("idempotency_key", Op.STARTS_WITH, f"{round_}/")
    with store.session(write=False) as session:
        rows = session.select(Query("transaction", ours, limit=10_000)).rows
    stored = {row["idempotency_key"]: row["card_id"] for row in rows}
    shop = Loyalty(store, CAFE)
    replayed = [
        shop.cards.record_purchase(stored[key], "12.34", key=key).replayed
        for key in told
        if key in stored
    ]
    report = shop.verify()
    store.close()
    return {
        "acknowledged": len(told),
        "lost": sorted(told - stored.keys()),
        "unacknowledged": len(stored.keys() - told),
        "replayed": replayed.count(True),
        "integrity": integrity,
        "problems": [str(problem) for problem in report.problems],
        "transactions": report.transactions,
    }


def begin(where: str) -> None:
    """Make three cards."""
    store = opened(where)
    shop = Loyalty(store, CAFE)
    template = shop.templates.create(
        "Points", cards.Cashback(percent=3, points_expiry=cards.Rolling(6, "months"))
    )
    owner = shop.customers.register(first_name="Ada")
    for _ in range(3):
        shop.cards.issue(template.id, to=owner.id)
    store.close()


def main(where: str, kills: int, seed: int) -> None:
    """
    Kill so many processes, and print what was found.

    Args:
        where: as ``opened``; or a folder, in which ten have a file each.
    """
    chance = random.Random(seed)
    is_server = "#" in where
    place = where
    for round_ in range(kills):
        if is_server and round_ == 0:
            begin(where)
        elif not is_server and round_ % ROUNDS_A_FILE == 0:
            place = str(Path(where, f"{round_}.db"))
            begin(place)
        told, phase = kill_one(place, chance, round_)
        found = {**check(place, told, round_), "phase": phase}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
