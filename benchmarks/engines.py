"""The same pairs on a SQLite file and on PostgreSQL, where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.files import opened, prepare, settle
from benchmarks.servers import server
from benchmarks.shop import shop_in


if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.pairing import Pairs
    from loyaltycore import Loyalty

__all__ = ["on_both"]


def on_both(
    folder: Path, measure: Callable[[Loyalty, list[str]], Pairs]
) -> dict[str, Pairs]:
    """Measure on each engine, in a shop whose cards have a history."""
    found: dict[str, Pairs] = {}
    file = folder / "before.db"
    card_ids = prepare(file)
    with opened(file, card_ids) as shop:
        settle(file)
        found["sqlite"] = measure(shop, card_ids)
    with server() as there:
        if there is not None:
            store, card_ids = there.prepared()
            there.analyze()
            found["postgresql"] = measure(shop_in(store), card_ids)
    return found
