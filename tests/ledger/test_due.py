"""What falls due by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore import cards, errors
from loyaltycore.ledger.transactions import Unit
from loyaltycore.testing.card_play import Player, Sweep


DAYS = timedelta(days=1)
POINT = Unit.POINT


def points(days: int = 3, **settings) -> Player:
    """Play with points that count for some days."""
    expiry = cards.Rolling(days, "days")
    rules = cards.Cashback(
        percent=100, points_scale=0, points_expiry=expiry, **settings
    )
    return Player(rules)


class TestPostDue:
    def test_each_instant_is_a_transaction_of_its_own(self):
        """Lots of two days expire in two transactions, each when it was due."""
        play = points()
        play.ask(cards.AddPoints(1))
        play.ask(cards.AddPoints(2))
        play.ask(cards.AddPoints(4), after=DAYS)
        play.ask(cards.AddPoints(8), after=30 * DAYS)
        due = [t for t in play.history().transactions if t.kind == "expire"]

        assert [-3, -4] == [entry.amount for t in due for entry in t.entries]
        assert [((1, 1), (2, 2)), ((3, 4),)] == [t.entries[0].takes for t in due]
        lots = play.history().holding.lots
        assert [lots[1].expires_at, lots[3].expires_at] == [t.occurred_at for t in due]
        assert {play.now} == {t.recorded_at for t in due}

    def test_units_that_share_an_instant_expire_together(self):
        """Points and spend of one purchase expire in one transaction."""
        play = points(spend_expiry=cards.Rolling(3, "days"))
        play.ask(cards.RecordPurchase("5"))
        play.ask(cards.AddPoints(1), after=9 * DAYS)
        (due,) = [t for t in play.history().transactions if t.kind == "expire"]

        assert {POINT, Unit.SPEND} == {entry.unit for entry in due.entries}

    def test_a_refusal_posts_nothing_of_it(self):
        """What fell due is not on record when the command behind it is refused."""
        play = points()
        play.ask(cards.AddPoints(5))
        with pytest.raises(errors.InsufficientBalance, match="0 points, 5 asked"):
            play.ask(cards.RedeemPoints(5), after=30 * DAYS)

        assert 1 == len(play.history().transactions)

    def test_nobody_spends_what_is_over(self):
        """At the last instant points are spent, at the next one they are not."""
        play = points()
        play.ask(cards.AddPoints(5))
        (lot,) = play.history().holding.lots.values()
        assert lot.expires_at is not None
        play.now = lot.expires_at - timedelta(microseconds=1)
        spent = play.ask(cards.RedeemPoints(2))
        with pytest.raises(errors.InsufficientBalance):
            play.ask(cards.RedeemPoints(2), after=timedelta(microseconds=1))

        assert 3 == spent.balances["point"]


class TestManyLots:
    def test_soonest_first_beyond_a_page(self):
        """Of 130 lots, each reported later and expiring sooner, the last go first."""
        play = points(days=400)
        play.now += 200 * DAYS
        for days in range(130):
            play.ask(cards.AddPoints(1), late=days * DAYS)
        spent = play.ask(cards.RedeemPoints(120))
        left = [lot for lot in play.history().holding.lots.values() if lot.remaining]

        assert list(range(130, 10, -1)) == [
            number for number, _ in spent.transaction.entries[0].takes
        ]
        assert list(range(1, 11)) == [lot.number for lot in left]

    def test_all_of_them_expire(self):
        """130 lots of as many days expire in as many transactions, in time order."""
        play = points()
        for _ in range(130):
            play.ask(cards.AddPoints(1), after=timedelta(minutes=1))
        play.ask(cards.AddPoints(1), after=30 * DAYS)
        due = [t for t in play.history().transactions if t.kind == "expire"]

        assert 130 == sum(-entry.amount for t in due for entry in t.entries)
        assert sorted(t.occurred_at for t in due) == [t.occurred_at for t in due]

    def test_old_stamps_fill_the_card_before_new_ones(self):
        """8 stamps that expire sooner and 10 new ones: the old 8 are used first."""
        rules = cards.Stamp(reward="Tea", stamp_life=cards.Rolling(9, "days"))
        play = Player(rules)
        play.ask(cards.AddStamps(8))
        done = play.ask(cards.AddStamps(10), after=DAYS)
        takes = [e.takes for e in done.transaction.entries if e.kind == "convert"]

        assert [((1, 8), (2, 2))] == takes


class TestInBetween:
    def test_what_was_used_meanwhile_does_not_expire(self):
        """Points begin to count, a reward takes them at once: none are left to end."""
        rules = cards.Reward(
            mode=cards.SpendPoints(1, 1),
            tiers=[cards.RewardTier("tea", "Tea", 10)],
            pending=cards.After(2, "days"),
            points_expiry=cards.Rolling(20, "days"),
            auto_redeem="tea",
        )
        play = Player(rules)
        play.ask(cards.AddPoints(4))
        play.ask(cards.RecordPurchase("6"))
        play.play(Sweep(60 * DAYS))
        kinds = [each.kind.value for each in play.history().transactions]

        assert ["adjust", "earn", "activate"] == kinds
        assert not play.shop.verify().problems
