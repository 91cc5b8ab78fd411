"""
A program for ``test_power_cut.py``: it posts, and says so on standard output.

It runs under strace, which writes down what reaches the disk, and when.
"""

from __future__ import annotations

import os
import sys

from loyaltycore import Loyalty, Program, SqliteStore


CAFE = Program(id="cafe", currency="EUR", zone="UTC")


def main(path: str, synchronous: str, postings: str) -> None:
    """Post, and report each key once the posting has returned."""
    store = SqliteStore(path)
    store._links._synchronous = synchronous  # OFF is none that a user could ask for
    shop = Loyalty(store, CAFE)
    ((owner,), _) = shop.customers.page()
    (card,) = shop.cards.of(owner.id)
    for number in range(int(postings)):
        shop.cards.record_purchase(card.id, "12.34", key=f"cut/{number}")
        os.write(1, f"cut/{number}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
