"""
A thousand postings in one session against their write statements in one raw transaction.

As in ``post_sqlite``, but inside ``shop.batch()``: one commit for all, so the disk is out
of the picture and what is compared is work.  Each of seven rounds runs both sides on fresh
copies of the file, who goes first alternates, and the figure is the ratio of the medians.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.pairing import Pairs
from benchmarks.shop import post, prepare_file, purchases, shop_in
from benchmarks.tracing import Raw, recorded, row_counts, writes_of
from loyaltycore import SqliteStore


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.shop import Purchase
    from loyaltycore import Loyalty

__all__ = ["run"]

_POSTINGS = 1_000
_ROUNDS = 7


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``batch_sqlite_vs_raw``."""
    before = folder / "before.db"
    card_ids = prepare_file(before)
    measured = purchases(_POSTINGS, "batch")

    traced = _copy(before, "traced")
    with recorded() as calls:
        store = SqliteStore(traced)
        shop = shop_in(store)
        shop.cards.get(card_ids[0])  # opens the connection
        calls.clear()
        _post_all(shop, card_ids, measured)
        writes = writes_of(calls)
        store.close()

    pairs = Pairs()
    for number in range(_ROUNDS):
        ours, theirs = _copy(before, f"{number}-a"), _copy(before, f"{number}-b")
        store, raw = SqliteStore(ours), Raw(theirs)
        shop = shop_in(store)
        shop.cards.get(card_ids[0])
        works = [
            lambda shop=shop: _post_all(shop, card_ids, measured),
            lambda raw=raw: raw.transaction(writes),
        ]
        pairs.run_one(*works, is_turned=bool(number % 2))
        store.close()
        raw.close()
        assert row_counts(ours) == row_counts(theirs), "both sides wrote the same"
    yield Figure(
        name="batch_sqlite_vs_raw",
        value=pairs.ratio,
        aim=Aim("<=", 3.5),
        note=pairs.note(f"{_POSTINGS} postings", "their writes alone"),
    )


def _copy(before: Path, name: str) -> Path:
    copy = before.with_name(f"{name}.db")
    shutil.copyfile(before, copy)
    return copy


def _post_all(
    shop: Loyalty, card_ids: list[str], measured: Sequence[Purchase]
) -> None:
    with shop.batch() as batch:
        for purchase in measured:
            post(batch, card_ids, purchase)
