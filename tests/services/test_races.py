"""Races at the till: eight at once, and exactly one wins; on every store."""

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


@pytest.fixture
def stamps(shop: Loyalty) -> str:
    """A stamp card with one reward that waits."""
    rules = cards.Stamp(reward="Free coffee", one_checkin_per_day=True)
    template = shop.templates.create("Coffee", rules)
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    shop.cards.post(card, cards.AddRewards())
    return card


@pytest.fixture
def wallet(shop: Loyalty) -> str:
    """A cashback card with 10.00 points."""
    template = shop.templates.create("Points", cards.Cashback(percent=10))
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    shop.cards.record_purchase(card, "100.00", key="sale")
    return card


def test_the_last_reward_is_claimed_once(shop: Loyalty, stamps: str) -> None:
    """Seven are told that there is none left."""
    results = race(lambda: shop.cards.claim_reward(stamps))

    assert len(winners(results)) == 1
    assert {each.code for each in results if isinstance(each, errors.Refusal)} == {
        "insufficient_balance"
    }
    assert not shop.verify().problems


def test_one_check_in_a_day(shop: Loyalty, stamps: str) -> None:
    """Seven are told when the limit opens again."""
    results = race(lambda: shop.cards.add_stamps(stamps))

    assert len(winners(results)) == 1
    assert {each.code for each in results if isinstance(each, errors.Refusal)} == {
        "limit_reached"
    }
    assert not shop.verify().problems


def test_all_points_are_spent_once(shop: Loyalty, wallet: str) -> None:
    """The balance never goes below zero."""
    results = race(lambda: shop.cards.redeem_points(wallet, "6.00"))

    assert len(winners(results)) == 1
    assert not shop.verify().problems


def test_one_key_counts_once(shop: Loyalty, wallet: str) -> None:
    """All eight get the same transaction."""
    results = race(lambda: shop.cards.record_purchase(wallet, "5.00", key="same"))
    ids = {each.id for each in results if not isinstance(each, errors.Refusal)}

    assert len(winners(results)) == 1
    assert len(ids) == 1
    assert not shop.verify().problems


def test_a_purchase_is_refunded_once(shop: Loyalty, wallet: str) -> None:
    """Seven are told how little of it is left."""
    sale = shop.cards.record_purchase(wallet, "100.00", key="sale").id
    results = race(lambda: shop.transactions.refund(sale, "60.00"))

    assert len(winners(results)) == 1
    assert not shop.verify().problems


def test_a_transaction_is_voided_once(shop: Loyalty, wallet: str) -> None:
    """The other seven get the one void."""
    sale = shop.cards.record_purchase(wallet, "100.00", key="sale").id
    results = race(lambda: shop.transactions.void(sale))
    ids = {each.id for each in results if not isinstance(each, errors.Refusal)}

    assert len(winners(results)) == 1
    assert len(ids) == 1
    assert not shop.verify().problems


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


def test_a_coupon_is_redeemed_once(shop: Loyalty) -> None:
    """One coupon at eight tills: seven hear that it was redeemed."""
    template = shop.templates.create("Coupon", cards.Coupon(offer=cards.Percent(10)))
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id

    results = race(lambda: shop.cards.post(card, cards.RedeemCoupon(10)))

    assert len(winners(results)) == 1
    assert {each.code for each in results if isinstance(each, errors.Refusal)} == {
        "already_redeemed"
    }
