"""The tiles: what they say when there is nothing, and how the average is rounded."""

from __future__ import annotations

from loyaltycore import Money
from loyaltycore.insight.tiles import tiles


def test_nothing_yet():
    """Without a purchase there is no average."""
    empty = tiles(
        customers=0, transactions=0, purchases=0, purchase_value=0, currency="EUR"
    )

    assert empty.average is None
    assert Money("0", "EUR") == empty.purchase_value


def test_the_average_is_rounded_half_up():
    """1.01 over 2 purchases is 0.505, so 0.51."""
    two = tiles(
        customers=1, transactions=2, purchases=2, purchase_value=101, currency="EUR"
    )

    assert Money("0.51", "EUR") == two.average
