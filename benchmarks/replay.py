"""
A replayed key against a posting, on a SQLite file and on PostgreSQL.

A till that did not hear the answer asks again, so a replay has to be cheap.  Each pair
is a posting and a replay of the one before; the figure is the worse of both engines.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.files import opened, prepare, settle
from benchmarks.pairing import Pairs
from benchmarks.servers import server
from benchmarks.shop import CARDS, post, purchases, shop_in


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loyaltycore import Loyalty

__all__ = ["run"]

_DISCARD = 20


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``replay_vs_post``."""
    ratios: dict[str, Pairs] = {}
    file = folder / "before.db"
    card_ids = prepare(file)
    with opened(file, card_ids) as shop:
        settle(file)
        ratios["sqlite"] = _pairs(shop, card_ids)
    with server() as found:
        if found is not None:
            store, card_ids = found.prepared()
            ratios["postgresql"] = _pairs(shop_in(store), card_ids)
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
