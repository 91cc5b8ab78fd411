"""
A session that lets changes wait is a session, so it passes what every store passes.

Where the contract says when a refused change is refused, it is refused later here; what
it says of what stays then holds.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import MemoryStore
from loyaltycore.errors import Conflict, Duplicate, UnsupportedValue
from loyaltycore.ports import Add, Delete, Insert, Ref, Update
from loyaltycore.posting.gathering import gathering
from loyaltycore.query.queries import Query
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.store_contract import StoreContract


if TYPE_CHECKING:
    from collections.abc import Generator

    from loyaltycore.ports import Page, Session, Store


class GatheringStore(MemoryStore):
    """A store whose writing sessions let changes wait."""

    @contextmanager
    def session(self, *, write: bool = True) -> Generator[Session]:  # type: ignore[override]
        """Open one of the store's."""
        with super().session(write=write) as session:
            if not write:
                yield session
                return
            with gathering(session) as gathered:
                yield gathered


class TestGathering(StoreContract):
    """The contract of a store."""

    @pytest.fixture
    def store(self) -> Any:
        """A new one."""
        return GatheringStore()

    def test_a_failure_cannot_be_swallowed(self, store: Store) -> None:
        """It comes to light at the end at the latest, and nothing stays."""
        with pytest.raises(Duplicate), store.session() as session:
            insert(session, "a", "a")

        assert [] == counters(store)

    def test_a_failure_inside_cannot_be_swallowed(self, store: Store) -> None:
        """It comes to light with the next question, which ends the part."""
        with store.session() as session:
            with pytest.raises(Duplicate), session.savepoint():
                insert_and_ask(session, "a", "a")
            insert(session, "b")

        assert ["b"] == counters(store)

    def test_a_part_that_fails_is_undone_alone(self, store: Store) -> None:
        """What came before and after a failed part is kept, and nothing of the part."""
        with store.session() as session:
            insert(session, "a")
            with pytest.raises(Duplicate), session.savepoint():
                insert_and_ask(session, "b", "a")
            insert(session, "c")

        assert ["a", "c"] == counters(store)

    def test_a_refused_value_is_no_end(self, store: Store) -> None:
        """A value that no store could keep ends the part that asks a question."""
        with store.session() as session:
            with pytest.raises(UnsupportedValue), session.savepoint():
                insert_and_ask(session, "a" * 600)
            insert(session, "b")

        assert ["b"] == counters(store)

    def test_an_update_behind_an_addition(self, store: Store) -> None:
        """Both count, in their order, though they cannot be put together."""
        with store.session() as session:
            insert(session, "a")
        ref = a.counter_ref("a")
        with store.session() as session:
            session.get([ref], lock=True)
            session.apply([Add(ref, {"used": 5})])
            session.apply([Update(ref, {"used": 1})])
            session.apply([Add(ref, {"used": 2})])
            (row,) = session.get([ref])

        assert row is not None
        assert 3 == row["used"]
        assert a.one(store, ref) == row

    def test_a_row_behind_its_addition(self, store: Store) -> None:
        """An addition has made the row, so it cannot be inserted any more."""
        ref = a.counter_ref("a")
        with pytest.raises(Duplicate), store.session() as session:
            session.apply([Add(ref, {"used": 5}), Insert("counter", [a.counter("a")])])

        assert [] == counters(store)

    def test_a_part_in_a_part(self, store: Store) -> None:
        """The inner one is undone alone, and what the outer one did before is kept."""
        with store.session() as session:
            insert(session, "a")
            with session.savepoint():
                insert(session, "b")
                with pytest.raises(ZeroDivisionError), session.savepoint():
                    fail(insert_and_ask(session, "c"))
                insert(session, "d")

        assert ["a", "b", "d"] == counters(store)

    def test_a_row_that_was_changed_in_a_part_that_failed(self, store: Store) -> None:
        """It is again what it was before, in the session and in the store."""
        ref = a.counter_ref("a")
        with store.session() as session:
            insert(session, "a")
        with store.session() as session:
            session.get([ref], lock=True)
            session.apply([Update(ref, {"used": 1})])
            with pytest.raises(ZeroDivisionError), session.savepoint():
                fail(session.apply([Update(ref, {"used": 2})]))
            (row,) = session.get([ref])

        assert row is not None
        assert 1 == row["used"]
        assert a.one(store, ref) == row

    def test_an_update_of_what_is_not_there(self, store: Store) -> None:
        """It does nothing, also where that is known beforehand."""
        ref = a.counter_ref("a")
        with store.session() as session:
            assert [None] == session.get([ref], lock=True)
            assert [0] == session.apply([Update(ref, {"used": 1})])

    def test_a_row_by_another_name(self, store: Store) -> None:
        """What waits for a row is seen under its uniques; a wrong version is told."""
        by_key = Ref("customer", ("program_id", "id"), (a.CAFE, "ada"))
        by_phone = Ref("customer", ("program_id", "unique_phone"), (a.CAFE, "+49"))
        with store.session() as session:
            ada = a.customer("ada", version=1, unique_phone="+49")
            session.apply([Insert("customer", [ada])])
        with store.session() as session:
            session.get([by_key], lock=True)
            assert [1] == session.apply([Update(by_key, {"version": 2}, expect=1)])
            assert [0] == session.apply([Update(by_key, {"version": 3}, expect=1)])
            assert [{**ada, "version": 2}] == session.get([by_phone])


def test_a_row_that_is_gone_after_all() -> None:
    """A store that lets others change what is locked is not believed."""
    ref = a.counter_ref("a")
    store = MemoryStore()
    with store.session() as session:
        insert(session, "a")
    with pytest.raises(Conflict), store.session() as session:
        update_what_is_taken_away(session, ref)

    assert ["a"] == counters(store)


def update_what_is_taken_away(session: Session, ref: Ref) -> None:
    """Update a row that somebody deletes meanwhile."""
    with gathering(session) as gathered:
        gathered.get([ref], lock=True)
        gathered.apply([Update(ref, {"used": 1})])
        session.apply([Delete(ref)])


def insert(session: Session, *names: str) -> None:
    """Insert counters, one after another."""
    for name in names:
        session.apply([Insert("counter", [a.counter(name)])])


def insert_and_ask(session: Session, *names: str) -> Page:
    """Insert counters, and ask what needs them to be there."""
    insert(session, *names)
    return session.select(Query("counter"))


def fail(done: object) -> None:
    """Fail after something was done."""
    raise ZeroDivisionError(done)


def counters(store: Store) -> list[str]:
    """The names of all counters."""
    with store.session(write=False) as session:
        return [row["name"] for row in session.select(Query("counter")).rows]
