"""What a store does when everybody comes at once."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import Conflict, Duplicate, Unavailable
from loyaltycore.ports import Add, Update
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Query, count
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.contract_handles import Handles


if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from loyaltycore.ports import Store

__all__ = ["RaceContract"]

_TRIES_MAX: Final = 200
_PATIENCE: Final = 30.0  # seconds until a thread that has not come back is lost


class RaceContract(Handles):
    """Snapshots, leases, additions and locks, several threads at a time."""

    def test_a_reading_session_sees_one_snapshot(self, store: Store) -> None:
        """What others commit meanwhile does not show until the next session."""
        a.fill(store, "counter", [a.counter("n", 1)])
        other = self.second(store)

        with store.session(write=False) as session:
            before = session.select(Query("counter")).rows
            writer = _Thread(
                lambda: _again(other, Add(a.counter_ref("n"), {"used": 1}))
            )
            writer.join(0.2)  # it writes now, or has to wait for this session
            during = session.get([a.counter_ref("n")])
            (counted,) = session.summarize(
                Query("counter", where(used=1)), measures={"n": count()}
            )
        writer.finish()

        assert before == during == [a.counter("n", 1)]
        assert counted["n"] == 1
        assert a.every(store, "counter") == [a.counter("n", 2)]

    def test_nobody_sees_what_is_not_committed(self, store: Store) -> None:
        """Half of a session is never shown to others."""
        a.fill(store, "counter", [a.counter("n", 1)])
        other = self.second(store)
        seen: list[Any] = []

        with store.session() as session:
            session.apply([Update(a.counter_ref("n"), {"used": 2})])
            reader = _Thread(lambda: seen.extend(a.every(other, "counter")))
            reader.join(0.2)  # it reads now, or has to wait for this session
            session.apply([Update(a.counter_ref("n"), {"used": 3})])
        reader.finish()

        assert seen in ([a.counter("n", 1)], [a.counter("n", 3)])

    def test_lease_of_many(self, store: Store) -> None:
        """Several holders at once share the rows; nobody gets one twice."""
        a.fill(store, "message", [a.message(f"{n:02}", n) for n in range(40)])
        taken: list[tuple[str, Any]] = []
        due = a.T0 + timedelta(hours=1)

        def work(holder: str) -> None:
            handle = self.second(store)
            for _ in range(_TRIES_MAX):
                try:
                    with handle.session() as session:
                        rows = session.lease(
                            "message",
                            a.CAFE,
                            due=due,
                            limit=3,
                            holder=holder,
                            until=a.NEVER,
                        )
                except (Conflict, Unavailable):
                    continue
                if not rows:
                    return
                taken.extend((holder, row["id"]) for row in rows)

        _at_once([lambda name=name: work(name) for name in "wxyz"])  # type: ignore[misc]

        assert sorted(id for _, id in taken) == [f"{n:02}" for n in range(40)]  # noqa: A001 - the column's name
        held = {row["id"]: row["holder"] for row in a.every(store, "message")}
        assert held == {id: holder for holder, id in taken}  # noqa: A001 - the column's name

    # -- everybody at once -------------------------------------------------------------

    def test_no_addition_is_lost(self, store: Store) -> None:
        """Four threads add fifty times each, and the sum is two hundred."""

        def work() -> None:
            handle = self.second(store)
            for _ in range(50):
                _again(handle, Add(a.counter_ref("n"), {"used": 1}))

        _at_once([work] * 4)

        assert a.every(store, "counter") == [a.counter("n", 200)]

    def test_no_raise_is_lost(self, store: Store) -> None:
        """Four threads raise a moment, each to its own, and the latest stays."""
        a.fill(store, "customer", [a.customer("ada")])
        hours = [7, 3, 40, 12]

        def work(first: int) -> Callable[[], None]:
            def raise_and_add() -> None:
                handle = self.second(store)
                for hour in range(first, 0, -1):
                    raises = {"registered_at": a.T0 + hour * a.HOUR}
                    add = Add(a.customer_ref("ada"), {"points": 1}, raises=raises)
                    _again(handle, add)

            return raise_and_add

        _at_once([work(first) for first in hours])

        latest = a.T0 + max(hours) * a.HOUR
        expected = a.customer("ada", points=sum(hours), registered_at=latest)
        assert a.every(store, "customer") == [expected]

    def test_one_of_eight_wins(self, store: Store) -> None:
        """Of eight who want the last one exactly one gets it."""
        results: list[int] = []

        def work() -> None:
            add = Add(a.counter_ref("last"), {"used": 1}, at_most={"used": 1})
            results.extend(_again(self.second(store), add))

        _at_once([work] * 8)

        assert sorted(results) == [0] * 7 + [1]

    def test_no_update_is_lost(self, store: Store) -> None:
        """Who reads with a lock and writes what follows overwrites nobody."""
        a.fill(store, "counter", [a.counter("n")])

        def work() -> None:
            handle = self.second(store)
            for _ in range(25):
                _retried(lambda: _increment(handle))

        _at_once([work] * 4)

        assert a.every(store, "counter") == [a.counter("n", 100)]

    def test_one_version_wins(self, store: Store) -> None:
        """Of several updates that expect the same version exactly one happens."""
        a.fill(store, "customer", [a.customer("ada")])
        results: list[int] = []

        def work() -> None:
            update = Update(a.customer_ref("ada"), {"version": 2}, expect=1)
            results.extend(_again(self.second(store), update))

        _at_once([work] * 6)

        assert sorted(results) == [0] * 5 + [1]

    def test_locks_in_either_order(self, store: Store) -> None:
        """Two who lock the same rows in opposite orders both come through."""
        a.fill(store, "counter", [a.counter("a"), a.counter("b")])

        def work(names: str) -> Callable[[], None]:
            def transfer() -> None:
                handle = self.second(store)
                for _ in range(20):
                    _swap(handle, names)  # sorted locks never cross, so none is lost

            return transfer

        _at_once([work("ab"), work("ba")])

        used = [row["used"] for row in a.every(store, "counter")]
        assert used == [0, 0]


def _increment(store: Store) -> None:
    ref = a.counter_ref("n")
    with store.session() as session:
        (row,) = session.get([ref], lock=True)
        assert row is not None
        time.sleep(0)  # noqa: TID251 - lets the others run into it
        session.apply([Update(ref, {"used": row["used"] + 1})])


def _swap(store: Store, names: str) -> None:
    refs = [a.counter_ref(name) for name in names]
    with store.session() as session:
        session.get(refs, lock=True)
        session.apply([Add(refs[0], {"used": 1}), Add(refs[1], {"used": -1})])


def _again(store: Store, *changes: Any) -> list[int]:
    """Carry out changes; begin anew when somebody was faster."""
    done: list[int] = []

    def once() -> None:
        done[:] = a.change(store, *changes)

    _retried(once)
    return done


def _retried(work: Callable[[], None]) -> None:
    for _ in range(_TRIES_MAX):
        with _losing() as lost:
            work()
        if not lost:
            return
    raise AssertionError("somebody else was faster every time")


@contextmanager
def _losing() -> Generator[list[Exception]]:
    lost: list[Exception] = []
    try:
        yield lost
    except (Conflict, Duplicate, Unavailable) as error:
        lost.append(error)


class _Thread:
    """Work beside the test; what it raises is raised again at its end."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self._error = error

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def finish(self) -> None:
        self._thread.join(_PATIENCE)
        assert not self._thread.is_alive(), "it never came back"
        if self._error is not None:
            raise self._error


def _at_once(works: list[Callable[[], None]]) -> None:
    """Start all together and wait for all."""
    gate = threading.Barrier(len(works))

    def behind(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            gate.wait(_PATIENCE)
            work()

        return run

    for thread in [_Thread(behind(work)) for work in works]:
        thread.finish()
