"""The tiles: what they say when there is nothing, and how means are rounded."""

from __future__ import annotations

from decimal import Decimal

from loyaltycore import Money
from loyaltycore.insight.tiles import mean_rating, tiles


NOTHING: dict[str, int] = {
    "living": 0,
    "transactions": 0,
    "purchases": 0,
    "purchase_value": 0,
    "reviews": 0,
    "rating_sum": 0,
}


def test_nothing_yet():
    """Without a purchase there is no average, without a review no rating."""
    empty = tiles(NOTHING, "EUR")

    assert None is empty.average is empty.rating
    assert Money("0", "EUR") == empty.purchase_value


def test_the_average_is_rounded_half_up():
    """1.01 over 2 purchases is 0.505, so 0.51."""
    two = tiles({**NOTHING, "purchases": 2, "purchase_value": 101}, "EUR")

    assert Money("0.51", "EUR") == two.average


def test_money_is_left_out_where_nobody_may_see_it():
    """Without a currency there are no amounts; the rest stays."""
    two = tiles({**NOTHING, "purchases": 2, "purchase_value": 101}, None)

    assert (2, None, None) == (two.purchases, two.purchase_value, two.average)


def test_ratings_are_rounded_half_up():
    """CU-09: 5, 5, 4, 5, 4, 4, 5, 5 are 4.625 on average, so 4.63."""
    assert Decimal("4.63") == mean_rating(8, 3700)
    assert None is mean_rating(0, 0)
