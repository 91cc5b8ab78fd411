"""What belongs together: sessions, savepoints, leases, and everybody at once."""

# ruff: noqa: PT012 - a session is part of what raises, with all that is in it

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from loyaltycore.errors import (
    AppendOnly,
    Duplicate,
    InvalidValue,
    Unavailable,
    UnsupportedValue,
    Unwritable,
)
from loyaltycore.ports import Add, Delete, Insert, MigrationReport, Update
from loyaltycore.query.queries import Query
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.contract_handles import Handles


if TYPE_CHECKING:
    from loyaltycore.ports import Store

__all__ = ["SessionContract"]

_TRIES_MAX: Final = 200
_PATIENCE: Final = 30.0  # seconds until a thread that has not come back is lost
_LATER: Final = a.T0 + timedelta(minutes=5)


class _Refused(Exception):
    """What a caller raises; one that holds a list of problems may be empty."""

    def __len__(self) -> int:
        return 0


class SessionContract(Handles):
    """All or nothing, one snapshot, no lost updates."""

    # -- all or nothing ----------------------------------------------------------------

    def test_a_session_commits(self, store: Store) -> None:
        """What a session did is there for the next one, here and elsewhere."""
        a.fill(store, "counter", [a.counter("n", 1)])

        assert a.every(store, "counter") == [a.counter("n", 1)]
        assert a.every(self.second(store), "counter") == [a.counter("n", 1)]

    def test_an_exception_undoes_everything(self, store: Store) -> None:
        """An exception leaves key, uniques, rows and their order as they were."""
        before = [a.customer(name, unique_phone=name) for name in ("ada", "bob", "cid")]
        a.fill(store, "customer", before)
        a.fill(store, "message", [a.message("m")])

        with pytest.raises(_Refused), store.session() as session:
            session.apply(
                [
                    Insert("customer", [a.customer("dan", unique_phone="dan")]),
                    Update(a.customer_ref("ada"), {"unique_phone": "new", "points": 1}),
                    Delete(a.customer_ref("bob")),
                    Insert("customer", [a.customer("bob", unique_phone="ada")]),
                    Add(a.customer_ref("cid"), {"points": 5}),
                    Add(a.counter_ref("n"), {"used": 5}),
                ]
            )
            session.lease(
                "message", a.CAFE, due=_LATER, limit=1, holder="x", until=_LATER
            )
            raise _Refused

        assert a.every(store, "customer") == before
        assert a.every(store, "counter") == []
        assert a.every(store, "message") == [a.message("m")]
        a.fill(store, "customer", [a.customer("dan", unique_phone="dan")])
        with pytest.raises(Duplicate):
            a.fill(store, "customer", [a.customer("eve", unique_phone="bob")])

    def test_a_failing_change_undoes_the_session(self, store: Store) -> None:
        """When one of several changes fails, the earlier ones do not stay."""
        with pytest.raises(Duplicate), store.session() as session:
            session.apply([Insert("counter", [a.counter("a")])])
            session.apply([Insert("counter", [a.counter("b"), a.counter("a")])])

        assert a.every(store, "counter") == []

    def test_a_failure_cannot_be_swallowed(self, store: Store) -> None:
        """A session whose change failed does nothing more, and does not commit."""
        with pytest.raises(Duplicate), store.session() as session:
            session.apply([Insert("counter", [a.counter("a")])])
            with pytest.raises(Duplicate):
                session.apply([Insert("counter", [a.counter("a")])])
            with pytest.raises(Unavailable):
                session.apply([Insert("counter", [a.counter("b")])])
            with pytest.raises(Unavailable):
                session.get([a.counter_ref("a")])

        assert a.every(store, "counter") == []

    def test_a_refused_question_harms_nothing(self, store: Store) -> None:
        """A question that was refused leaves the session as it was."""
        with store.session() as session:
            session.apply([Insert("counter", [a.counter("a")])])
            with pytest.raises(InvalidValue):
                session.select(Query("counter", cursor="x"))
            with pytest.raises(UnsupportedValue):
                session.select(Query("nothing"))

        assert a.every(store, "counter") == [a.counter("a")]

    def test_an_ended_session_does_nothing(self, store: Store) -> None:
        """After its end a session neither answers nor changes anything."""
        with store.session() as session:
            session.apply([])

        with pytest.raises(Unavailable):
            session.apply([Insert("counter", [a.counter("n")])])
        with pytest.raises(Unavailable):
            session.get([a.counter_ref("n")])
        with pytest.raises(Unavailable):
            session.select(Query("counter"))
        assert a.every(store, "counter") == []

    def test_a_reading_session_writes_nothing(self, store: Store) -> None:
        """A reading session refuses changes, leases and locks, and goes on reading."""
        a.fill(store, "message", [a.message("m")])

        with store.session(write=False) as session:
            with pytest.raises(Unwritable):
                session.apply([Insert("counter", [a.counter("n")])])
            with pytest.raises(Unwritable):
                session.lease(
                    "message", a.CAFE, due=_LATER, limit=1, holder="x", until=_LATER
                )
            with pytest.raises(Unwritable):
                session.get([a.counter_ref("n")], lock=True)
            assert session.select(Query("message")).rows == [a.message("m")]

        assert a.every(store, "counter") == []

    # -- lease -------------------------------------------------------------------------

    def test_lease(self, store: Store) -> None:
        """What is due comes earliest first, changed, and no more than asked for."""
        rows = [
            a.message(name, due)
            for name, due in (("a", 5), ("b", 1), ("c", 9), ("d", 1))
        ]
        a.fill(store, "message", rows)
        due = a.T0 + timedelta(seconds=5)

        with store.session() as session:
            first = session.lease(
                "message", a.CAFE, due=due, limit=2, holder="x", until=_LATER
            )
            second = session.lease(
                "message", a.CAFE, due=due, limit=2, holder="y", until=_LATER
            )

        assert first == [
            a.message(name, due_at=_LATER, holder="x") for name in ("b", "d")
        ]
        assert second == [a.message("a", due_at=_LATER, holder="y")]
        assert a.every(store, "message") == [second[0], first[0], rows[2], first[1]]

    def test_lease_of_one_program(self, store: Store) -> None:
        """Another program's rows are left alone, however long they have been due."""
        a.fill(store, "message", [a.message("a", program_id="bar"), a.message("b", 5)])

        with store.session() as session:
            taken = session.lease(
                "message", a.CAFE, due=_LATER, limit=9, holder="x", until=a.NEVER
            )

        assert taken == [a.message("b", due_at=a.NEVER, holder="x")]

    def test_lease_runs_out(self, store: Store) -> None:
        """A row whose holder died is due again when the lease is over, not before."""
        a.fill(store, "message", [a.message("m")])
        early, late = _LATER - timedelta(microseconds=1), _LATER

        with store.session() as session:
            session.lease(
                "message", a.CAFE, due=a.T0, limit=9, holder="x", until=_LATER
            )
        with store.session() as session:
            assert (
                session.lease(
                    "message", a.CAFE, due=early, limit=9, holder="y", until=a.NEVER
                )
                == []
            )
            again = session.lease(
                "message", a.CAFE, due=late, limit=9, holder="y", until=a.NEVER
            )

        assert again == [a.message("m", due_at=a.NEVER, holder="y")]

    @pytest.mark.parametrize(
        ("collection", "changes", "error"),
        [
            ("customer", {}, InvalidValue),
            ("nothing", {}, UnsupportedValue),
            ("transaction", {}, AppendOnly),
            ("message", {"limit": 0}, InvalidValue),
            ("message", {"limit": 10_001}, InvalidValue),
            ("message", {"limit": True}, InvalidValue),
            ("message", {"holder": "\0"}, UnsupportedValue),
            ("message", {"due": a.T0.replace(tzinfo=None)}, UnsupportedValue),
            ("message", {"until": "later"}, UnsupportedValue),
        ],
    )
    def test_malformed_leases(
        self, store: Store, collection: str, changes: Any, error: type[Exception]
    ) -> None:
        """Only what has a due moment and a holder is leased, and within reason."""
        asked = {"due": _LATER, "limit": 1, "holder": "x", "until": _LATER} | changes

        with pytest.raises(error), store.session() as session:
            session.lease(collection, a.CAFE, **asked)

    # -- bind --------------------------------------------------------------------------

    def test_bound_sessions_join(self, store: Store) -> None:
        """What a bound session did is there once the caller commits."""
        with self.transaction(store) as handle:
            with store.bind(handle).session() as session:
                session.apply([Insert("counter", [a.counter("n", 1)])])
            with store.bind(handle).session(write=False) as session:
                assert session.select(Query("counter")).rows == [a.counter("n", 1)]

        assert a.every(store, "counter") == [a.counter("n", 1)]

    def test_bound_sessions_never_commit(self, store: Store) -> None:
        """What bound sessions did goes when the caller rolls back."""
        with pytest.raises(_Refused), self.transaction(store) as handle:
            bound = store.bind(handle)
            for name in "ab":
                with bound.session() as session:
                    session.apply([Insert("counter", [a.counter(name)])])
            raise _Refused

        assert a.every(store, "counter") == []

    def test_a_failed_bound_session_is_undone_alone(self, store: Store) -> None:
        """The caller's transaction stays usable, with what came before and after."""
        with self.transaction(store) as handle:
            bound = store.bind(handle)
            with bound.session() as session:
                session.apply([Insert("counter", [a.counter("a", 1)])])
            with pytest.raises(Duplicate), bound.session() as session:
                session.apply([Update(a.counter_ref("a"), {"used": 2})])
                session.apply([Insert("counter", [a.counter("b"), a.counter("a")])])
            with pytest.raises(_Refused), bound.session() as session:
                session.apply([Delete(a.counter_ref("a"))])
                raise _Refused
            with bound.session() as session:
                session.apply([Insert("counter", [a.counter("c")])])

        assert a.every(store, "counter") == [a.counter("a", 1), a.counter("c")]

    def test_bound_sessions_nest(self, store: Store) -> None:
        """A savepoint in a savepoint is undone alone, and with the one around it."""
        with self.transaction(store) as handle:
            bound = store.bind(handle)
            with bound.session() as outer:
                outer.apply([Insert("counter", [a.counter("a")])])
                with pytest.raises(_Refused), bound.session() as inner:
                    inner.apply([Insert("counter", [a.counter("b")])])
                    raise _Refused
                with bound.session() as inner:
                    inner.apply([Insert("counter", [a.counter("c")])])
            with pytest.raises(_Refused), bound.session() as outer:
                with bound.session() as inner:
                    inner.apply([Insert("counter", [a.counter("d")])])
                raise _Refused

        assert a.every(store, "counter") == [a.counter("a"), a.counter("c")]

    def test_a_bound_store_closes_nothing(self, store: Store) -> None:
        """The handle is the caller's: closing the bound store leaves it open."""
        with self.transaction(store) as handle:
            store.bind(handle).close()
            with store.bind(handle).session() as session:
                session.apply([Insert("counter", [a.counter("n")])])

        assert a.every(store, "counter") == [a.counter("n")]

    def test_a_bound_store_says_what_it_is(self, store: Store) -> None:
        """A bound store is of the same engine, and its schema is as new."""
        with self.transaction(store) as handle:
            bound = store.bind(handle)
            assert bound.info.engine == store.info.engine
            assert bound.migrate().steps == ()
            assert bound.migrate(dry_run=True) == bound.migrate()

    @pytest.mark.parametrize("handle", [None, "handle", 7, object()])
    def test_bind_to_nothing(self, store: Store, handle: object) -> None:
        """What is no transaction of this engine is refused by name."""
        with pytest.raises(InvalidValue) as caught:
            store.bind(handle)

        assert caught.value.field == "handle"

    # -- the store itself --------------------------------------------------------------

    def test_migrate_again(self, store: Store) -> None:
        """A store that is as new as this package has nothing to migrate."""
        a.fill(store, "counter", [a.counter("n")])

        dry = store.migrate(dry_run=True)
        done = store.migrate()

        assert (
            dry == done == MigrationReport(before=dry.after, after=dry.after, steps=())
        )
        assert dry.after >= 1
        assert a.every(store, "counter") == [a.counter("n")]

    def test_info(self, store: Store) -> None:
        """A store says what it is, what it promises, and warns in whole sentences."""
        info = store.info

        assert info.engine
        assert info.version
        assert info.durability in {"none", "process", "power"}
        assert all(warning.endswith(".") for warning in info.warnings)

    def test_a_closed_store(self, store: Store) -> None:
        """A store that was closed says so, and may be closed again."""
        store.close()
        store.close()

        with pytest.raises(Unavailable), store.session():
            pass
