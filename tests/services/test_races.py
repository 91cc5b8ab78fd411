"""
Races at the till that more than one may win.

Those with one winner are the race kit's, and every store runs them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from loyaltycore import Loyalty, cards, errors


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.posting import Posted

RACERS = 8


def race(do: Callable[[], Posted]) -> list[Posted | errors.Refusal]:
    """Let all racers do the same at the same moment; what each one got."""
    start = Barrier(RACERS)

    def racer(_: int) -> Posted | errors.Refusal:
        start.wait()
        try:
            return do()
        except errors.Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(racer, range(RACERS)))


def winners(results: list[Posted | errors.Refusal]) -> list[Posted]:
    """Those who wrote something."""
    return [
        each
        for each in results
        if not isinstance(each, errors.Refusal) and not each.replayed
    ]


@pytest.mark.parametrize("command", [cards.RedeemCoupon(10), cards.ReserveCoupon(10)])
def test_three_of_a_campaign(shop: Loyalty, command: object) -> None:
    """Eight coupons at eight tills, three redemptions in all: three are redeemed."""
    rules = cards.Coupon(offer=cards.Percent(10), max_redemptions=3)
    template = shop.templates.create("Coupon", rules)
    free = [
        shop.cards.issue(template.id, to=shop.customers.register().id).id
        for _ in range(RACERS)
    ]

    results = race(lambda: shop.cards.post(free.pop(), command))

    assert len(winners(results)) == 3
    assert {each.code for each in results if isinstance(each, errors.Refusal)} == {
        "limit_reached"
    }
    assert not shop.verify().problems
