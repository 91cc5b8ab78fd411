"""
A thousand postings in one session against their write statements in one transaction.

As in ``post_sqlite``, but inside ``shop.batch()``: one commit for all, so the disk is
nearly out of the picture and what is compared is work.  Each of seven rounds is one
pair on fresh copies of the file; who goes first alternates, and the figure is the ratio
of the medians.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.files import copy_of, opened, prepare
from benchmarks.floor import both_sides
from benchmarks.pairing import Pairs
from benchmarks.shop import post, purchases
from benchmarks.tracing import recorded, writes_of


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.shop import Purchase
    from loyaltycore import Loyalty

__all__ = ["run"]

_POSTINGS = 1_000
_ROUNDS = 7
_AIM = Aim("<=", 3.5)


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``batch_sqlite_vs_raw``."""
    before = folder / "before.db"
    card_ids = prepare(before)
    measured = purchases(_POSTINGS, "batch")
    with recorded() as calls, opened(copy_of(before, "traced"), card_ids) as shop:
        calls.clear()
        _post_all(shop, card_ids, measured)
        writes = writes_of(calls)
    pairs = Pairs()
    for number in range(_ROUNDS):
        with both_sides(before, card_ids) as (shop, raw):
            pairs.run(
                [partial(_post_all, shop, card_ids, measured)],
                [partial(raw.transaction, writes)],
                first=number % 2,
            )
    yield Figure(
        name="batch_sqlite_vs_raw",
        value=pairs.ratio,
        aim=_AIM,
        note=pairs.note(f"{_POSTINGS} postings", "their writes alone"),
    )


def _post_all(shop: Loyalty, card_ids: list[str], measured: Sequence[Purchase]) -> None:
    with shop.batch() as batch:
        for purchase in measured:
            post(batch, card_ids, purchase)
