"""Parts of a session: undone alone when they fail, and the session goes on."""

# ruff: noqa: PT012 - a part is what raises, with all that is in it

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyaltycore.errors import Duplicate, Unavailable, UnsupportedValue
from loyaltycore.ports import Add, Delete, Insert, Update
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from loyaltycore.ports import Store

__all__ = ["SavepointContract"]


class _Refused(Exception):
    """What a caller raises."""


class SavepointContract:
    """Savepoints inside sessions of the store's own."""

    def test_a_part_that_succeeds_stays(self, store: Store) -> None:
        """Parts that end well, one after another, are committed with the session."""
        with store.session() as session:
            for name in "abc":
                with session.savepoint():
                    session.apply([Insert("counter", [a.counter(name)])])

        assert a.every(store, "counter") == [a.counter(name) for name in "abc"]

    def test_a_part_that_fails_is_undone_alone(self, store: Store) -> None:
        """What came before and after a failed part is kept, and nothing of the part."""
        with store.session() as session:
            session.apply([Insert("counter", [a.counter("a", 1)])])
            with pytest.raises(Duplicate), session.savepoint():
                session.apply([Update(a.counter_ref("a"), {"used": 2})])
                session.apply([Insert("counter", [a.counter("b"), a.counter("a")])])
            assert session.get([a.counter_ref("a")]) == [a.counter("a", 1)]
            session.apply([Insert("counter", [a.counter("c")])])

        assert a.every(store, "counter") == [a.counter("a", 1), a.counter("c")]

    def test_a_part_that_is_left_is_undone(self, store: Store) -> None:
        """An exception of the caller's undoes the part that it leaves."""
        a.fill(store, "customer", [a.customer("ada", unique_phone="1")])
        with store.session() as session:
            with pytest.raises(_Refused), session.savepoint():
                session.apply([Delete(a.customer_ref("ada"))])
                session.apply(
                    [Insert("customer", [a.customer("bob", unique_phone="1")])]
                )
                raise _Refused
            session.apply([Add(a.customer_ref("ada"), {"points": 5})])

        assert a.every(store, "customer") == [
            a.customer("ada", unique_phone="1", points=5)
        ]

    def test_a_refused_value_is_no_end(self, store: Store) -> None:
        """A value that no store could keep ends the part, not the session."""
        with store.session() as session:
            with pytest.raises(UnsupportedValue), session.savepoint():
                session.apply([Insert("counter", [a.counter("\0")])])
            session.apply([Insert("counter", [a.counter("a")])])

        assert a.every(store, "counter") == [a.counter("a")]

    def test_a_failure_inside_cannot_be_swallowed(self, store: Store) -> None:
        """A part whose change failed ends with that failure, undone."""
        with store.session() as session:
            with pytest.raises(Duplicate), session.savepoint():
                session.apply([Insert("counter", [a.counter("a")])])
                with pytest.raises(Duplicate):
                    session.apply([Insert("counter", [a.counter("a")])])
                with pytest.raises(Unavailable):
                    session.get([a.counter_ref("a")])
            assert session.get([a.counter_ref("a")]) == [None]

        assert a.every(store, "counter") == []

    def test_parts_nest(self, store: Store) -> None:
        """A part in a part is undone alone, and with the one around it."""
        with store.session() as session:
            with session.savepoint():
                session.apply([Insert("counter", [a.counter("a")])])
                with pytest.raises(_Refused), session.savepoint():
                    session.apply([Insert("counter", [a.counter("b")])])
                    raise _Refused
                with session.savepoint():
                    session.apply([Insert("counter", [a.counter("c")])])
            with pytest.raises(_Refused), session.savepoint():
                with session.savepoint():
                    session.apply([Insert("counter", [a.counter("d")])])
                session.apply([Delete(a.counter_ref("a"))])
                raise _Refused
            with session.savepoint(), session.savepoint():
                session.apply([Insert("counter", [a.counter("e")])])

        assert a.every(store, "counter") == [a.counter(name) for name in "ace"]

    def test_a_part_that_only_reads(self, store: Store) -> None:
        """A part that changed nothing can be left by an exception."""
        with store.session() as session:
            session.apply([Insert("counter", [a.counter("a")])])
            with pytest.raises(_Refused), session.savepoint():
                assert session.get([a.counter_ref("a")]) == [a.counter("a")]
                raise _Refused
            session.apply([Add(a.counter_ref("a"), {"used": 1})])

        assert a.every(store, "counter") == [a.counter("a", 1)]

    def test_a_part_goes_with_its_session(self, store: Store) -> None:
        """What a part did is undone when the session fails later."""
        with pytest.raises(_Refused), store.session() as session:
            with session.savepoint():
                session.apply([Insert("counter", [a.counter("a")])])
            raise _Refused

        assert a.every(store, "counter") == []
