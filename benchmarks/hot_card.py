"""
Four processes post on one card, as fast as they can, on PostgreSQL.

Each opens the store, says that it is ready, and waits for the word; what is timed is
from the word to the last posting of the last of them.  Afterwards the card has to be
where all the postings put it, and the books have to add up.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.servers import schema_of, server
from benchmarks.shop import shop_in
from loyaltycore import cards
from loyaltycore.stores.sql import SqlStore


if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["run"]

_PROCESSES = 4
_POSTINGS = 2_000


def run(_: Path) -> Iterator[Figure]:
    """Measure ``hot_card_postgres_per_s``."""
    with server() as found:
        if found is None:
            return
        store = found.store()
        shop = shop_in(store)
        template = shop.templates.create("Points", cards.Cashback(percent=3))
        card = shop.cards.issue(template.id, to=shop.customers.register().id).id
        each = _POSTINGS // _PROCESSES
        place = (found.url, schema_of(store), card, str(each))
        racers = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.hot_card", *place, str(number)],
                cwd=Path(__file__).parents[1],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(_PROCESSES)
        ]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        start = perf_counter()
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        codes = [racer.wait() for racer in racers]
        seconds = perf_counter() - start
        assert codes == [0] * _PROCESSES, "a process failed"
        report = shop.verify()
        assert not report.problems, "the books do not add up"
        lost = _POSTINGS - report.transactions
        yield Figure(
            name="hot_card_postgres_per_s",
            value=_POSTINGS / seconds,
            digits=0,
            note=f"{_PROCESSES} processes, {_POSTINGS} postings, {lost} lost",
        )


def _race(url: str, schema: str, card: str, postings: str, name: str) -> None:
    shop = shop_in(SqlStore(url, schema=schema))
    shop.cards.get(card)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(postings)):
        shop.cards.record_purchase(card, "12.34", key=f"{name}/{number}")


if __name__ == "__main__":
    _race(*sys.argv[1:])
