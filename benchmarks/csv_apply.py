"""
Bringing twenty thousand customers into a SQLite file, against its writes alone.

The write statements of one import are recorded, and sent again by plain sqlite3 in
transactions of the same sizes.  Files are empty at the beginning of each round; sides
take turns, and each counts by the median of its rounds.
"""

from __future__ import annotations

from contextlib import closing
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks import people
from benchmarks.figures import Aim, Figure
from benchmarks.tracing import Raw, recorded, writes_of
from loyaltycore import Loyalty, SqliteStore


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.tracing import Call

__all__ = ["run"]

_ROWS = 20_000
_ROUNDS = 3


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``csv_apply_sqlite_vs_raw``."""
    data = "".join(people.lines(_ROWS)).encode()
    with recorded() as calls:
        _ours(folder / "traced.db", data)
    batches = _transactions(calls)
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(_ROUNDS):
        ours.append(_ours(folder / f"ours{number}.db", data))
        theirs.append(_raw(folder / f"raw{number}.db", batches))
    own, other = median(ours), median(theirs)
    yield Figure(
        name="csv_apply_sqlite_vs_raw",
        value=own / other,
        aim=Aim("<=", 3),
        note=(
            f"{_ROWS} rows in {own:.2f} s, their writes alone in {other:.2f} s, in"
            f" {len(batches)} transactions"
        ),
    )


def _empty(file: Path) -> SqliteStore:
    store = SqliteStore(file)
    store.migrate()
    return store


def _ours(file: Path, data: bytes) -> float:
    with closing(_empty(file)) as store:
        shop = Loyalty(store, people.PROGRAM)
        start = perf_counter()
        shop.files.import_customers(data)
        return perf_counter() - start


def _raw(file: Path, batches: Sequence[Sequence[Call]]) -> float:
    _empty(file).close()
    raw = Raw(file)
    start = perf_counter()
    for batch in batches:
        raw.transaction(batch)
    took = perf_counter() - start
    raw.close()
    return took


def _transactions(calls: Sequence[Call]) -> list[tuple[Call, ...]]:
    """Divide what was recorded, and leave out what only reads or makes tables."""
    starts = [n for n, call in enumerate(calls) if call.sql == "BEGIN IMMEDIATE"]
    found = [
        writes_of(_until_commit(calls[first:last]))
        for first, last in pairwise([*starts, len(calls)])
    ]
    return [writes for writes in found if any("customer" in w.sql for w in writes)]


def _until_commit(calls: Sequence[Call]) -> Sequence[Call]:
    texts = [call.sql for call in calls]
    return calls[: texts.index("COMMIT") + 1]
