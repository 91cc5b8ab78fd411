"""
One durable posting against one event saved by the ``eventsourcing`` package, on SQLite.

Ours is a posting on a card that has 20 behind it, as in ``post_sqlite``. Theirs is
what the package's users write: an ``Application`` whose command loads the aggregate
from its 20 events, calls a method that prices the purchase and triggers one event,
and saves. It is told to use its SQLite module on a file and nothing else: no
snapshots and no cache, as by default; it turns WAL on by itself, and SQLite's own
default gives it synchronous FULL (the run checks both). So each side ends with one
durable commit on the same disk.

Theirs writes one row. It has no idempotency key, no hash chain, no totals, day
figures or outbox, and no lots; the aggregate only adds up points and spend. The
comparison is therefore easy on the peer in work, and hard on it in that an aggregate
is read from all of its events, which is how it works without snapshots.

Each of three rounds takes fresh copies of both files and does one operation a card, so
that every aggregate has exactly 20 events behind it; see ``pairing`` for why drift
cancels.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.figures import Aim, Figure
from benchmarks.files import copy_of, opened, prepare, settle
from benchmarks.pairing import Pairs
from benchmarks.shop import CARDS, HISTORY, post, purchases


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.shop import Purchase

__all__ = ["run"]

_ROUNDS = 3
_DISCARD = 10
_AIM = Aim(">=", 2.5)
_TIERS = ((300_00, 5), (100_00, 3), (0, 1))  # from a spend in cents, percent


class Wallet(Aggregate):
    """Points and spend of one customer, in hundredths."""

    @event("Opened")
    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.spend = 0
        self.points = 0

    def record_purchase(self, cents: int, key: str, receipt_id: str) -> None:
        """Price a purchase by the tier before it and let it happen."""
        percent = next(rate for start, rate in _TIERS if self.spend >= start)
        self._earn(cents, cents * percent // 100, key, receipt_id)

    @event("PurchaseRecorded")
    def _earn(self, cents: int, points: int, key: str, receipt_id: str) -> None:
        self.spend += cents
        self.points += points
        self.last_key = key
        self.last_receipt_id = receipt_id


class Wallets(Application[UUID]):
    """The same programme, as a user of the package writes it."""

    def open(self, owner: str) -> UUID:
        """Open a wallet with a history; its first event is the opening."""
        wallet = Wallet(owner)
        for purchase in purchases(HISTORY - 1, owner):
            _record(wallet, purchase)
        self.save(wallet)
        return wallet.id

    def record_purchase(self, wallet_id: UUID, purchase: Purchase) -> None:
        """Load, decide, save."""
        wallet: Wallet = self.repository.get(wallet_id)
        _record(wallet, purchase)
        self.save(wallet)


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``post_sqlite_vs_eventsourcing``."""
    before, peers = folder / "before.db", folder / "peers.db"
    card_ids = prepare(before)
    wallets = _wallets_in(peers)
    wallet_ids = [wallets.open(f"owner {number}") for number in range(CARDS)]
    wallets.close()
    _check_durability(peers)
    measured = purchases(CARDS, "measured")
    pairs = Pairs()
    for number in range(_ROUNDS):
        ours, theirs = copy_of(before, "ours"), copy_of(peers, "theirs")
        wallets = _wallets_in(theirs)
        with opened(ours, card_ids) as shop:
            settle(ours)
            settle(theirs)
            pairs.run(
                [partial(post, shop, card_ids, purchase) for purchase in measured],
                [
                    partial(wallets.record_purchase, wallet_id, purchase)
                    for wallet_id, purchase in zip(wallet_ids, measured, strict=True)
                ],
                discard=_DISCARD,
                first=number % 2,
            )
        wallets.close()
    yield Figure(
        name="post_sqlite_vs_eventsourcing",
        value=1 / pairs.ratio,
        aim=_AIM,
        note=pairs.note("posting", "theirs"),
    )


def _record(wallet: Wallet, purchase: Purchase) -> None:
    cents = int(purchase.amount.replace(".", ""))
    wallet.record_purchase(cents, purchase.key, purchase.receipt_id)


def _wallets_in(file: Path) -> Wallets:
    return Wallets(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(file),
        }
    )


def _check_durability(file: Path) -> None:
    """See that the file is in WAL mode and that the default is synchronous FULL."""
    full = 2
    connection = sqlite3.connect(file)
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    (events,) = connection.execute("SELECT COUNT(*) FROM stored_events").fetchone()
    connection.close()
    assert (mode, synchronous) == ("wal", full), "the peer is as durable as we are"
    assert events == CARDS * HISTORY, "every aggregate has its history"
