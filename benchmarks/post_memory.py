"""
Postings per second on the reference store: what the engine itself costs.

Nine rounds, each on a new ``MemoryStore`` with 200 cards: 400 purchases unmeasured,
then 2,000 measured, ten a card. The figure is the fastest round: interruptions only
ever slow a round down, so the fastest is the nearest to what the code costs. The
garbage collector stays on, as in an application.
"""

from __future__ import annotations

import gc
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.shop import CARDS, issue_cards, post, purchases, shop_in
from loyaltycore import MemoryStore


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run"]

_ROUNDS = 9
_WARM_UP = 2 * CARDS
_MEASURED = 10 * CARDS


def run(folder: Path) -> Iterator[Figure]:  # noqa: ARG001 - as all of them
    """Measure ``post_memory_per_s``."""
    rates = [_round() for _ in range(_ROUNDS)]
    yield Figure(
        name="post_memory_per_s",
        value=max(rates),
        digits=0,
        aim=Aim(">=", 12_000),
        note=f"best of {_ROUNDS} rounds, {CARDS} cards; median {median(rates):.0f}",
    )


def _round() -> float:
    shop = shop_in(MemoryStore())
    card_ids = issue_cards(shop)
    for purchase in purchases(_WARM_UP, "warm-up"):
        post(shop, card_ids, purchase)
    measured = purchases(_MEASURED, "measured")
    gc.collect()
    start = perf_counter()
    for purchase in measured:
        post(shop, card_ids, purchase)
    return _MEASURED / (perf_counter() - start)
