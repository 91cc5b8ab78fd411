"""
One durable posting on ``SqliteStore`` against its own write statements on raw sqlite3.

Prepare a file with 200 cards of 20 purchases each.  On one copy of it, post one purchase a
card and record the statements.  Then, in five rounds, take two fresh copies: on the one,
post the same purchases through the public API; on the other, replay the recorded writes,
one transaction a posting (BEGIN IMMEDIATE ... COMMIT; WAL, synchronous FULL on both).
Posting and replay alternate; see ``pairing`` for why drift cancels.  What is above 1 is
everything the engine does besides writing: reading card, key, template and customer,
deciding, hashing, encoding.
"""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.pairing import Pairs
from benchmarks.shop import CARDS, HISTORY, post, prepare_file, purchases, shop_in
from benchmarks.tracing import Raw, recorded, row_counts, rows_written, writes_of
from loyaltycore import SqliteStore


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.shop import Purchase
    from benchmarks.tracing import Call

__all__ = ["run"]

_ROUNDS = 5
_DISCARD = 10


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``post_sqlite_vs_raw``; print which rows a posting writes."""
    before = folder / "before.db"
    card_ids = prepare_file(before)
    measured = purchases(CARDS, "measured")
    trace = _trace(before, card_ids, measured)
    _print_rows(trace)
    pairs = Pairs()
    for number in range(_ROUNDS):
        _round(before, card_ids, measured, trace, pairs, name=f"round-{number}")
    yield Figure(
        name="post_sqlite_vs_raw",
        value=pairs.ratio,
        aim=Aim("<=", 1.8),
        note=pairs.note("posting", "its writes alone"),
    )


def _trace(
    before: Path, card_ids: list[str], measured: Sequence[Purchase]
) -> list[tuple[Call, ...]]:
    """Post on a copy and return the writes of each posting."""
    copy = before.with_name("traced.db")
    shutil.copyfile(before, copy)
    trace: list[tuple[Call, ...]] = []
    with recorded() as calls:
        store = SqliteStore(copy)
        shop = shop_in(store)
        shop.cards.get(card_ids[0])  # opens the connection
        for purchase in measured:
            calls.clear()
            post(shop, card_ids, purchase)
            trace.append(writes_of(calls))
        store.close()
    return trace


def _round(
    before: Path,
    card_ids: list[str],
    measured: Sequence[Purchase],
    trace: Sequence[Sequence[Call]],
    pairs: Pairs,
    *,
    name: str,
) -> None:
    ours, theirs = before.with_name(f"{name}-a.db"), before.with_name(f"{name}-b.db")
    shutil.copyfile(before, ours)
    shutil.copyfile(before, theirs)
    store, raw = SqliteStore(ours), Raw(theirs)
    shop = shop_in(store)
    pairs.run(
        lambda number: post(shop, card_ids, measured[number]),
        lambda number: raw.transaction(trace[number]),
        range(len(measured)),
        discard=_DISCARD,
    )
    store.close()
    raw.close()
    assert row_counts(ours) == row_counts(theirs), "both sides wrote the same"


def _print_rows(trace: Sequence[Sequence[Call]]) -> None:
    shapes = Counter(tuple(rows_written(writes).items()) for writes in trace)
    ((shape, count),) = shapes.most_common(1)
    print(f"Rows that one posting writes ({count} of {len(trace)} traced, on cards of")
    print(f"{HISTORY} purchases; {len(trace[0])} statements in one transaction):")
    for table, rows in shape:
        print(f"  {table}: {rows}")
