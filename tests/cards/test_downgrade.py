"""When a tier is lost again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loyaltycore import Program, cards
from loyaltycore.testing.card_play import Player


UTC_SHOP = Program(id="p", currency="EUR", zone="UTC")
TIERS = (cards.Tier("Bronze", 0, 1), cards.Tier("Silver", 500, 3))
YEAR_END = cards.Calendar([(12, 31)])


def play_with(**settings) -> Player:
    """Play from June; spend counts for its calendar year."""
    rules = cards.Cashback(tiers=TIERS, spend_expiry=YEAR_END, **settings)
    play = Player(rules, program=UTC_SHOP)
    play.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    return play


def tier_on(play: Player, *day: int) -> str | None:
    """The tier on a later day."""
    year, month, day_of_month = day
    play.now = datetime(year, month, day_of_month, 12, tzinfo=UTC)
    return play.shop.cards.show(play.card_id).till.tier


@pytest.mark.parametrize(
    ("downgrade", "after_refund", "after_year"),
    [
        (cards.Downgrade.NEVER, "Silver", "Silver"),
        (cards.Downgrade.ON_REFUND, "Bronze", "Bronze"),
        (cards.Downgrade.ON_PERIOD, "Silver", "Bronze"),
    ],
)
def test_by_a_refund_or_with_the_year(downgrade, after_refund, after_year):
    """600 spent and 200 refunded; and then the year ends."""
    play = play_with(downgrade=downgrade)
    sale = play.ask(cards.RecordPurchase(600))
    refunded = play.refund(sale, "200").till.tier

    assert after_refund == refunded
    assert after_year == tier_on(play, 2027, 1, 1)


def test_days_of_grace():
    """The year's spend is gone on 1 January; the tier is kept for 30 days."""
    play = play_with(grace_days=30)
    play.ask(cards.RecordPurchase(600))

    assert "Silver" == tier_on(play, 2027, 1, 30)
    assert "Bronze" == tier_on(play, 2027, 1, 31)


def test_grace_prices_too():
    """In the days of grace a purchase still earns by the tier that is kept."""
    play = play_with(grace_days=30)
    play.ask(cards.RecordPurchase(600))
    play.now = datetime(2027, 1, 10, tzinfo=UTC)
    done = play.ask(cards.RecordPurchase(100))

    assert 600 * 1 // 100 + 3 == done.balances["point"]


def test_a_new_year_earns_the_tier_anew():
    """Lost on New Year's Eve, won again in March, kept until the year ends."""
    play = play_with(downgrade=cards.Downgrade.ON_PERIOD)
    play.ask(cards.RecordPurchase(600))
    play.now = datetime(2027, 3, 1, tzinfo=UTC)
    sale = play.ask(cards.RecordPurchase(500))
    play.refund(sale, "400")

    assert "Silver" == tier_on(play, 2027, 12, 31)
    assert "Bronze" == tier_on(play, 2028, 1, 1)


def test_a_late_purchase_of_last_year_is_no_fall():
    """Recorded and expired at once, it leaves this year's tier alone."""
    play = play_with(downgrade=cards.Downgrade.ON_PERIOD, grace_days=400)
    play.now = datetime(2027, 1, 5, tzinfo=UTC)
    done = play.ask(cards.RecordPurchase(600), late=timedelta(days=10))

    assert "Bronze" == done.till.tier
    assert not play.shop.verify().problems
