"""
Races, over and over; and on a store without locks, which has to lose.

One race of each kind is part of the contract of every store.
"""

from __future__ import annotations

from contextlib import contextmanager

import attrs
import pytest

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore
from loyaltycore.ports import Insert, Update
from loyaltycore.schema.migrations import STEPS
from loyaltycore.stores.sql import SqlStore
from loyaltycore.testing.race_kit import RACES, run_race


CAFE = Program(id="cafe", currency="EUR", zone="UTC")
ROUNDS_IN_SOAK = 25
RACED_BY_LOCKS = ["last reward", "points balance", "refund twice"]


@pytest.fixture(params=["memory", "file", "postgres", "mysql"])
def store(request, tmp_path):
    """An empty store of each kind."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "file":
        return SqliteStore(tmp_path / "rows.db", durability="process")
    return request.getfixturevalue(request.param)


@pytest.mark.soak
@pytest.mark.parametrize("kind", RACES)
def test_one_wins_every_time(store, kind: str):
    """Of eight at once exactly one gets it, twenty-five times over."""
    shop = Loyalty(store, CAFE)

    for _ in range(ROUNDS_IN_SOAK):
        assert run_race(RACES[kind], shop).problems == []
    assert not shop.verify().problems


class Unlocked:
    """A session that takes no locks and expects no version."""

    def __init__(self, session) -> None:
        self._session = session

    def __getattr__(self, name: str):
        return getattr(self._session, name)

    def get(self, refs, *, lock: bool = False):
        """Read, whatever was asked for."""
        del lock
        return self._session.get(refs)

    def apply(self, changes):
        """Write, whatever was there before."""
        return self._session.apply([_careless(change) for change in changes])


def _careless(change):
    if isinstance(change, Update):
        return change._replace(expect=None)
    if isinstance(change, Insert) and change.collection in {"entry", "lot"}:
        return change._replace(on_duplicate="ignore")
    return change


class Naive(SqlStore):
    """A store without locks, and with a journal in which a version may occur twice."""

    @contextmanager
    def session(self, *, write: bool = True):
        """Open one of ours, and leave out what makes it safe."""
        with super().session(write=write) as session:
            yield Unlocked(session) if write else session


@pytest.fixture
def naive(postgres) -> Naive:
    """A store without locks on PostgreSQL, its tables without the journal's unique."""
    (first, *others) = STEPS
    create = tuple(
        attrs.evolve(each, uniques=each.uniques[1:])
        if each.name == "transaction"
        else each
        for each in first.create
    )
    steps = (attrs.evolve(first, create=create), *others)
    schema = postgres._database.schema
    store = Naive(postgres._engine, schema=schema, prefix="naive_", steps=steps)
    store.migrate()
    return store


def test_without_locks_somebody_loses(naive):
    """
    The kit sees it when a store does not lock.

    Each race is run until two have won it; a kit that never saw that would prove
    nothing when it is silent.
    """
    shop = Loyalty(naive, CAFE)

    for kind in RACED_BY_LOCKS:
        results = (run_race(RACES[kind], shop) for _ in range(100))
        assert any(len(result.winners) > 1 for result in results), kind
