"""
Database files in which every card has its history, copies of them, and what is in them.

Before anything is measured, files are brought into the state that they are in after a
day's work.  SQLite's log grows until its first checkpoint and is then written over and
over from its beginning; while it grows, each commit costs the file system a second
write.  ``settle`` takes a file past that point, on every side alike.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.shop import CARDS, HISTORY, issue_cards, post, purchases, shop_in
from loyaltycore import SqliteStore


if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from loyaltycore import Loyalty

__all__ = ["copy_of", "opened", "prepare", "row_counts", "settle"]

_MORE_THAN_A_CHECKPOINT = 6_000_000  # bytes; SQLite checkpoints at 1000 pages of 4096


def prepare(file: Path) -> list[str]:
    """Make a file in which every card has its history; return the ids of the cards."""
    store = SqliteStore(file)
    shop = shop_in(store)
    card_ids = issue_cards(shop)
    with shop.batch() as batch:
        for purchase in purchases(CARDS * HISTORY, "before"):
            post(batch, card_ids, purchase)
    store.close()  # the last one to leave moves the log into the file
    return card_ids


def copy_of(file: Path, name: str) -> Path:
    """Copy a file that nobody has open."""
    copy = file.with_name(f"{name}{file.suffix}")
    shutil.copyfile(file, copy)
    return copy


@contextmanager
def opened(file: Path, card_ids: list[str]) -> Generator[Loyalty, None, None]:
    """Open the programme in a file, with its connection made before the block."""
    store = SqliteStore(file)
    shop = shop_in(store)
    shop.cards.get(card_ids[0])
    yield shop
    store.close()


def settle(file: Path) -> None:
    """Let the log of a file that somebody has open reach its full size."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("CREATE TABLE scratch (content)")
    connection.execute(
        f"INSERT INTO scratch SELECT zeroblob({_MORE_THAN_A_CHECKPOINT})"
    )
    connection.execute("DROP TABLE scratch")
    connection.close()


def row_counts(file: Path) -> dict[str, int]:
    """Count the rows of every table, and add up the versions of the cards."""
    connection = sqlite3.connect(file)
    select = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    names = [name for (name,) in connection.execute(select)]
    counts = {
        name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]
        for name in names
    }
    versions = connection.execute("SELECT SUM(version) FROM loyalty_card")
    counts["versions of cards"] = versions.fetchone()[0]
    connection.close()
    return counts
