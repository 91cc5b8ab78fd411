"""
Histories: what several processes did and saw at once, and whether that can be.

Owns the check.  Every write counts a row up by one, so the values of a row are the
order of its writes, and whoever saw a value stood between two of them.  From that
follows who must have been before whom; a store is right when nobody is before himself.
The idea is that of Elle (Kingsbury and Alvaro, 2020).
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from time import monotonic_ns  # noqa: TID251 - who was done before whom began
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import Conflict, Duplicate, Unavailable
from loyaltycore.ports import Update
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random  # noqa: TID251 - seeded by whoever observes

    from loyaltycore.ports import Session, Store

__all__ = ["Observed", "anomalies", "observe"]

_TRIES_MAX: Final = 1_000


@attrs.frozen(kw_only=True)
class Observed:
    """
    One session, as whoever had it saw it.

    Attributes:
        saw: the value of each row that it read, by name.
        wrote: the value of each row that it wrote.
        began: nanoseconds of a clock that all processes share.
        ended: likewise, when it was told that it is done.
    """

    saw: dict[str, int] = attrs.field(factory=dict[str, int])
    wrote: dict[str, int] = attrs.field(factory=dict[str, int])
    began: int = 0
    ended: int = 0


def anomalies(history: Iterable[Observed]) -> list[str]:
    """Say what cannot be, in sentences; empty: there is an order that explains all."""
    done = list(history)
    found: list[str] = []
    writers: dict[tuple[str, int], int] = {}
    for number, each in enumerate(done):
        for name, value in each.wrote.items():
            if writers.setdefault((name, value), number) != number:
                found.append(f"Lost update: {name} became {value} twice.")
    before: dict[int, set[int]] = {number: set() for number in range(len(done))}
    for number, each in enumerate(done):
        for name, value in each.wrote.items():
            if (earlier := writers.get((name, value - 1))) is not None:
                before[number].add(earlier)
        for name, value in each.saw.items():
            if (writer := writers.get((name, value))) is not None:
                before[number].add(writer)
            later = writers.get((name, value + 1))
            if later is not None and later != number:
                before[later].add(number)
    found += _stale(done)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        found.append(f"Fractured: {len(error.args[1]) - 1} sessions saw each other.")
    return found


def _stale(done: Sequence[Observed]) -> list[str]:
    """Whoever began after a write had been confirmed has to see at least that."""
    found: list[str] = []
    confirmed: dict[str, int] = {}
    moments = [(each.ended, 0, each) for each in done]
    moments += [(each.began, 1, each) for each in done]
    known: dict[int, dict[str, int]] = {}
    for _, is_beginning, each in sorted(moments, key=lambda moment: moment[:2]):
        if is_beginning:
            known[id(each)] = dict(confirmed)
            continue
        for name, value in each.wrote.items():
            confirmed[name] = max(value, confirmed.get(name, 0))
        for name, value in each.saw.items():
            if value < known.get(id(each), {}).get(name, 0):
                found.append(f"Stale: {name} was {value} after it had been more.")
    return found


def observe(
    store: Store, names: Sequence[str], sessions: int, chance: Random
) -> list[Observed]:
    """
    Do so many sessions on counters of these names, and note what they saw.

    Each second one reads two rows, one after the other; the others count two rows up,
    from what they read with a lock.
    """
    history: list[Observed] = []
    for _ in range(sessions):
        pair = chance.sample(list(names), 2)
        if chance.random() < 0.5:  # noqa: PLR2004 - every second one
            history.append(_read(store, pair))
        else:
            history.append(_counted_up(store, pair))
    return history


def _read(store: Store, pair: Sequence[str]) -> Observed:
    began = monotonic_ns()
    with store.session(write=False) as session:
        saw = {name: _value(session, name) for name in pair}
    return Observed(saw=saw, began=began, ended=monotonic_ns())


def _counted_up(store: Store, pair: Sequence[str]) -> Observed:
    began = monotonic_ns()
    for _ in range(_TRIES_MAX):
        try:
            with store.session() as session:
                refs = [a.counter_ref(name) for name in pair]
                rows = session.get(refs, lock=True)
                saw = {row["name"]: row["used"] for row in rows if row is not None}
                wrote = {name: value + 1 for name, value in saw.items()}
                session.apply(
                    [
                        Update(a.counter_ref(name), {"used": wrote[name]})
                        for name in pair
                    ]
                )
        except (Conflict, Duplicate, Unavailable):
            continue
        return Observed(saw=saw, wrote=wrote, began=began, ended=monotonic_ns())
    raise AssertionError("somebody else was faster every time")


def _value(session: Session, name: str) -> int:
    (row,) = session.get([a.counter_ref(name)])
    assert row is not None, "the counters are there before"
    value: int = row["used"]
    return value
