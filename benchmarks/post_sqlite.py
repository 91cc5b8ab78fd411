"""
One durable posting on ``SqliteStore`` against its own write statements on raw sqlite3.

Prepare a file with 200 cards of 20 purchases each. On one copy of it, post one
purchase a card and record the statements. Then, in five rounds, take two fresh
copies: on the one, post the same purchases through the public API; on the other,
replay the recorded writes, one transaction a posting (BEGIN IMMEDIATE ... COMMIT;
WAL, synchronous FULL on both). Posting and replay alternate; see ``pairing`` for why
drift cancels. What is above 1 is everything the engine does besides writing: reading
card, key, template and customer, deciding, hashing, encoding.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.files import copy_of, opened, prepare
from benchmarks.floor import both_sides
from benchmarks.pairing import Pairs
from benchmarks.shop import CARDS, HISTORY, post, purchases
from benchmarks.tracing import recorded, rows_written, writes_of


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.shop import Purchase
    from benchmarks.tracing import Call

__all__ = ["run"]

_ROUNDS = 5
_DISCARD = 10
_AIM = Aim("<=", 1.6)


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``post_sqlite_vs_raw``; print which rows a posting writes."""
    before = folder / "before.db"
    card_ids = prepare(before)
    measured = purchases(CARDS, "measured")
    trace = _trace(before, card_ids, measured)
    _print_rows(trace)
    pairs = Pairs()
    for number in range(_ROUNDS):
        with both_sides(before, card_ids) as (shop, raw):
            pairs.run(
                [partial(post, shop, card_ids, purchase) for purchase in measured],
                [partial(raw.transaction, writes) for writes in trace],
                discard=_DISCARD,
                first=number % 2,
            )
    yield Figure(
        name="post_sqlite_vs_raw",
        value=pairs.ratio,
        aim=_AIM,
        note=pairs.note("posting", "its writes alone"),
    )


def _trace(
    before: Path, card_ids: list[str], measured: Sequence[Purchase]
) -> list[tuple[Call, ...]]:
    """Post on a copy and return the writes of each posting."""
    trace: list[tuple[Call, ...]] = []
    with recorded() as calls, opened(copy_of(before, "traced"), card_ids) as shop:
        for purchase in measured:
            calls.clear()
            post(shop, card_ids, purchase)
            trace.append(writes_of(calls))
    return trace


def _print_rows(trace: Sequence[Sequence[Call]]) -> None:
    shapes = Counter(tuple(rows_written(writes).items()) for writes in trace)
    ((shape, count),) = shapes.most_common(1)
    print(
        f"One posting is {len(trace[0])} statements in one transaction and writes\n"
        f"({count} of {len(trace)} traced ones, each on a card of {HISTORY}):"
    )
    for table, rows in shape:
        print(f"  {table}: {rows}")
