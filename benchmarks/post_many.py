"""
Purchases in one ``post_many``, against the same one by one in a batch.

Both sides are the public API, one database transaction of 500 purchases each, on one
store; who goes first alternates.  The figure is how many times as fast the one call is,
the lower of the two engines.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.engines import on_both
from benchmarks.figures import Figure
from benchmarks.pairing import Pairs
from benchmarks.shop import post, purchases
from loyaltycore import Intent, cards


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.shop import Purchase
    from loyaltycore import Loyalty

__all__ = ["run"]

_POSTINGS = 500
_ROUNDS = 8


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``post_many_vs_batch``."""
    ratios = on_both(folder, _pairs)
    notes = [
        f"{name} {1 / pairs.ratio:.1f}: {pairs.note(f'{_POSTINGS} at once', 'a batch')}"
        for name, pairs in ratios.items()
    ]
    yield Figure(
        name="post_many_vs_batch",
        value=min(1 / pairs.ratio for pairs in ratios.values()),
        note="; ".join(notes),
    )


def _pairs(shop: Loyalty, card_ids: list[str]) -> Pairs:
    pairs = Pairs()
    asked = [purchases(_POSTINGS, f"many-{number}") for number in range(_ROUNDS)]
    others = [purchases(_POSTINGS, f"batch-{number}") for number in range(_ROUNDS)]
    pairs.run(
        [partial(_at_once, shop, card_ids, each) for each in asked],
        [partial(_in_a_batch, shop, card_ids, each) for each in others],
        discard=1,
    )
    return pairs


def _at_once(shop: Loyalty, card_ids: list[str], asked: Sequence[Purchase]) -> None:
    report = shop.cards.post_many(
        Intent(
            card_ids[each.card],
            cards.RecordPurchase(each.amount),
            key=each.key,
            receipt_id=each.receipt_id,
        )
        for each in asked
    )
    assert not report.refused, "every purchase can be posted"


def _in_a_batch(shop: Loyalty, card_ids: list[str], asked: Sequence[Purchase]) -> None:
    with shop.batch() as batch:
        for each in asked:
            post(batch, card_ids, each)
