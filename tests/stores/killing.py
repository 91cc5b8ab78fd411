"""
A program for ``test_kill.py``: it forks processes that post, and kills them.

A process that has imported everything and holds no connection forks one child after
another.  A child opens the file, posts as fast as it can and reports each key once the
posting has returned; where it is stands in a byte of shared memory.  The parent kills
it (SIGKILL) at a random moment after at least thirty reports, or in the next commit
from then, opens the file itself, checks, and goes on with the same file.  Every ten
rounds begin anew, with a file or a program of their own, so that a check does not grow
with what was before.  One line of JSON a round goes to standard output.
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

import attrs

from loyaltycore import Loyalty, Program, SqliteStore, cards
from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Query
from loyaltycore.stores.sql import SqlStore


if TYPE_CHECKING:
    from types import TracebackType

    from loyaltycore.ports import Session

ACKNOWLEDGED_MIN: Final = 30
ROUNDS_A_PROGRAM: Final = 10  # so that a check does not grow with what was before
DELAY_MAX: Final = 0.003  # seconds; a few postings
AIMED: Final = 0.5  # so many kills wait for a commit, which takes little of the time
PATIENCE: Final = 1.0  # seconds
PHASES: Final = ("between", "deciding", "committing")


@attrs.frozen
class Place:
    """
    A program on a store.

    Attributes:
        where: a file; or a URL, a prefix and a schema, with hashes between.
    """

    where: str
    program_id: str

    @property
    def is_file(self) -> bool:
        """Is it one file, or on a server?"""
        return "#" not in self.where

    def store(self) -> Any:
        """Open the store."""
        if self.is_file:
            return SqliteStore(self.where)
        url, prefix, schema = self.where.split("#")
        return SqlStore(url, prefix=prefix, schema=schema or None)

    def shop(self, store: Any) -> Loyalty:
        """Open the program on the store."""
        program = Program(id=self.program_id, currency="EUR", zone="UTC")
        return Loyalty(store, program)


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


def post_forever(place: Place, phase: mmap.mmap, report: int, round_: int) -> None:
    """Post in the child until somebody kills it."""
    shop = place.shop(WatchedStore(place.store(), phase))
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


def wait_for_commit(phase: mmap.mmap) -> None:
    """Wait until the child is on its way out of a session."""
    end = time.monotonic() + PATIENCE
    while PHASES[phase[0]] != "committing" and time.monotonic() < end:
        os.sched_yield()


def kill_one(place: Place, chance: random.Random, round_: int) -> tuple[set[str], str]:
    """Let a child post, kill it, and return what it reported and where it was."""
    phase = mmap.mmap(-1, 1)
    report, reporting = os.pipe()
    child = os.fork()
    if not child:
        os.close(report)
        try:
            post_forever(place, phase, reporting, round_)
        finally:
            os._exit(1)
    os.close(reporting)
    seen = acknowledged(report, ACKNOWLEDGED_MIN + chance.randrange(20))
    time.sleep(chance.random() * DELAY_MAX)  # not busily: the child needs a processor
    if chance.random() < AIMED:
        wait_for_commit(phase)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the child ended by itself"
    seen += acknowledged(report, sys.maxsize)
    os.close(report)
    killed_in = PHASES[phase[0]]
    phase.close()
    *lines, broken = seen.decode().split("\n")
    assert not broken, "a report is written whole"
    return set(lines), killed_in


def check(place: Place, told: set[str], round_: int) -> dict[str, Any]:
    """Open the store again and compare it with what the child reported."""
    integrity = "ok"
    if place.is_file:
        with closing(sqlite3.connect(place.where)) as connection:
            (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
    store = place.store()
    ours = where(program_id=place.program_id).terms
    ours += (Compare("idempotency_key", Op.STARTS_WITH, f"{round_}/"),)
    with store.session(write=False) as session:
        rows = session.select(Query("transaction", And(ours), limit=10_000)).rows
    stored = {row["idempotency_key"]: row["card_id"] for row in rows}
    shop = place.shop(store)
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


def begin(place: Place) -> None:
    """Make three cards."""
    store = place.store()
    shop = place.shop(store)
    template = shop.templates.create(
        "Points", cards.Cashback(percent=3, points_expiry=cards.Rolling(6, "months"))
    )
    owner = shop.customers.register(first_name="Ada")
    for _ in range(3):
        shop.cards.issue(template.id, to=owner.id)
    store.close()


def main(home: str, kills: int, seed: int) -> None:
    """
    Kill so many processes, and print what was found.

    Args:
        home: a folder, in which each program has a file; or a place on a server.
    """
    chance = random.Random(seed)
    place = Place(home, "cafe")
    for round_ in range(kills):
        if round_ % ROUNDS_A_PROGRAM == 0:
            file = home if "#" in home else str(Path(home, f"{round_}.db"))
            place = Place(file, f"cafe-{round_}")
            begin(place)
        told, phase = kill_one(place, chance, round_)
        found = {**check(place, told, round_), "phase": phase}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
