"""
A replayed key against a posting, on a SQLite file and on PostgreSQL.

A till that did not hear the answer asks again, so a replay has to be cheap.  Each pair
is a posting and a replay of the one before; the figure is the worse of both engines.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.engines import on_both
from benchmarks.figures import Aim, Figure
from benchmarks.pairing import Pairs
from benchmarks.shop import CARDS, post, purchases


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loyaltycore import Loyalty

__all__ = ["run"]

_DISCARD = 20


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``replay_vs_post``."""
    ratios = on_both(folder, _pairs)
    notes = [
        f"{name} {pairs.ratio:.2f}: {pairs.note('replay', 'posting')}"
        for name, pairs in ratios.items()
    ]
    yield Figure(
        name="replay_vs_post",
        value=max(pairs.ratio for pairs in ratios.values()),
        aim=Aim("<=", 0.33),
        note="; ".join(notes),
    )


def _pairs(shop: Loyalty, card_ids: list[str]) -> Pairs:
    pairs = Pairs()
    first, *others = purchases(CARDS + 1, "replayed")
    post(shop, card_ids, first)
    pairs.run(
        [partial(post, shop, card_ids, first) for _ in others],
        [partial(post, shop, card_ids, each) for each in others],
        discard=_DISCARD,
    )
    return pairs
