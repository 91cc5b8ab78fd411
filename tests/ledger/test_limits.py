"""How much a card may earn, and what happens beyond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loyaltycore import Program, cards, errors
from loyaltycore.testing.card_play import Player


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BERLIN = Program(id="p", currency="EUR", zone="Europe/Berlin")
REJECT = cards.OnExceed.REJECT
ROLLING = cards.Windows.ROLLING


def play_with(**limits) -> Player:
    """Play from a Friday noon with one point for each euro, within limits."""
    rules = cards.Cashback(
        percent=100, points_scale=0, limits=cards.EarnLimits(**limits)
    )
    play = Player(rules, program=BERLIN)
    play.now = datetime(2026, 2, 27, 12, tzinfo=UTC)
    return play


def buy(play: Player, amount: int | str, **when) -> int:
    """Buy, and say how many points are there."""
    return int(play.ask(cards.RecordPurchase(amount), **when).balances["point"])


class TestCaps:
    @pytest.mark.parametrize(
        ("limit", "pause", "points"),
        [
            ("per_day", HOUR, 10),
            ("per_day", DAY, 16),
            ("per_week", 2 * DAY, 10),
            ("per_week", 3 * DAY, 16),
            ("per_month", DAY, 10),
            ("per_month", 2 * DAY, 16),
            ("lifetime", 400 * DAY, 10),
            ("max_balance", 400 * DAY, 10),
        ],
    )
    def test_what_is_left_of_it_is_earned(self, limit, pause, points):
        """Of 8 and 8 within a window 10 are earned, in two windows 16 less a cap."""
        play = play_with(**{limit: 10})
        buy(play, 8)

        assert points == buy(play, 8, after=pause)
        assert not play.shop.verify().problems

    @pytest.mark.parametrize(
        ("limit", "days"), [("per_day", 1), ("per_week", 7), ("per_month", 30)]
    )
    def test_rolling_windows_end_today(self, limit, days):
        """So many local days back, today among them; one day more is outside."""
        inside, outside = (play_with(**{limit: 10}, windows=ROLLING) for _ in "12")
        for play in (inside, outside):
            buy(play, 8)

        assert 10 == buy(inside, 8, after=(days - 1) * DAY)
        assert 16 == buy(outside, 8, after=days * DAY)

    def test_the_window_is_that_of_the_purchase(self):
        """Reported today for yesterday, it counts for yesterday."""
        play = play_with(per_day=10)
        buy(play, 8)

        assert 16 == buy(play, 8, late=DAY)
        assert 18 == buy(play, 8, late=DAY)

    def test_a_void_gives_its_allowance_back(self):
        """8 earned and voided leave all 10 for the day."""
        play = play_with(per_day=10)
        first = play.ask(cards.RecordPurchase(8))
        play.void(first)

        assert 10 == buy(play, 20)

    def test_nothing_left_is_no_refusal(self):
        """The purchase is on record, and earns nothing."""
        play = play_with(per_day=10)
        buy(play, 10)

        assert 10 == buy(play, 5)
        assert "15.00" == str(play.posted[-1].balances["spend"])

    def test_more_than_may_be_there(self):
        """With 50 given by hand where 10 may be, purchases earn nothing."""
        play = play_with(max_balance=10)
        play.ask(cards.AddPoints(50))

        assert 50 == buy(play, 5)

    def test_an_odd_number_is_left(self):
        """Of 8 and 8 where 15 a day are allowed, 15 are earned, and it is said."""
        play = play_with(per_day=15)
        first = play.ask(cards.RecordPurchase(8)).transaction.pinned
        second = play.ask(cards.RecordPurchase(8))

        assert 15 == second.balances["point"]
        assert ("caps" in first, {"point": 7}) == (
            False,
            second.transaction.pinned["caps"],
        )

    def test_what_staff_add_is_not_limited(self):
        """By hand, more may be given."""
        play = play_with(per_day=10, max_balance=10)
        added = play.ask(cards.AddPoints(50))

        assert 50 == added.balances["point"]

    def test_a_refund_of_a_capped_purchase(self):
        """20 earned 10; a refund of 5 leaves 10, one of 15 leaves 5."""
        play = play_with(per_day=10)
        sale = play.ask(cards.RecordPurchase(20))
        small = play.refund(sale, "5").balances["point"]
        large = play.refund(sale, "10").balances["point"]

        assert (10, 5) == (small, large)


class TestRejections:
    @pytest.mark.parametrize(
        ("limit", "sentence"),
        [
            ("per_day", "10 points a day is reached .8 used..*2026-02-27T23:00"),
            ("per_week", "10 points a week .*2026-03-01T23:00"),
            ("per_month", "10 points a month .*2026-02-28T23:00"),
            ("lifetime", "10 points lifetime is reached .8 used..$"),
            ("max_balance", "10 points on the card is reached .8 used..$"),
        ],
    )
    def test_beyond_it_nothing_is_earned(self, limit, sentence):
        """8 and 3 of 10: refused, and it says until when; 2 go through."""
        play = play_with(**{limit: 10}, on_exceed=REJECT)
        buy(play, 8)
        with pytest.raises(errors.LimitReached, match=sentence):
            buy(play, 3)

        assert 10 == buy(play, 2)

    def test_too_much_at_once(self):
        """A limit for each transaction always rejects."""
        play = play_with(per_transaction=10)
        with pytest.raises(errors.LimitReached, match="10 points a transaction"):
            buy(play, 11)

        assert [10, 20] == [buy(play, 10), buy(play, 10)]

    def test_too_small_a_purchase(self):
        """9.99 where purchases from 10.00 on earn."""
        play = play_with(min_purchase="10")
        with pytest.raises(errors.BelowMinimum, match="from 10.00 EUR on earn"):
            buy(play, "9.99")

        assert 10 == buy(play, 10)
        assert 10 == buy(play_with(min_purchase="9.99"), "10.00")

    def test_too_soon(self):
        """Within 30 minutes of the last earning; voided, it does not count."""
        play = play_with(cooldown_minutes=30)
        first = play.ask(cards.RecordPurchase(1))
        with pytest.raises(errors.LimitReached) as refused:
            buy(play, 1, after=HOUR / 2 - timedelta(seconds=1))
        assert {
            "limit": "earning in 30 minutes",
            "used": 1,
            "at_most": 1,
            "resets_at": play.now + timedelta(seconds=1),
        } == refused.value.details
        at_last = buy(play, 1, after=timedelta(seconds=1))
        play.void(play.posted[-1])
        with pytest.raises(errors.LimitReached):
            buy(play, 1, late=timedelta(minutes=1))
        play.void(first)

        assert 2 == at_last
        assert 1 == buy(play, 1)

    def test_a_late_one_is_as_far_away(self):
        """Two days before the last earning is not too soon after it."""
        play = play_with(cooldown_minutes=30)
        buy(play, 1)

        assert 2 == buy(play, 1, after=timedelta(minutes=1), late=2 * DAY)

    def test_too_often(self):
        """Twice a local day, and the third waits for midnight."""
        play = play_with(checkins_per_day=2)
        buy(play, 1)
        buy(play, 1)
        with pytest.raises(errors.LimitReached) as refused:
            buy(play, 1)
        assert {
            "limit": "check-ins a day",
            "used": 2,
            "at_most": 2,
            "resets_at": datetime(2026, 2, 27, 23, tzinfo=UTC),
        } == refused.value.details

        assert 3 == buy(play, 1, after=11 * HOUR)


class TestStamps:
    def test_stamps_are_capped(self):
        """5 and 5 where 7 a day are allowed."""
        limits = cards.EarnLimits(per_day=7)
        play = Player(cards.Stamp(reward="Tea", limits=limits))
        play.ask(cards.AddStamps(5))

        assert 7 == play.ask(cards.AddStamps(5)).balances["stamp"]

    def test_what_is_carried_stays_carried(self):
        """At 2 stamps for 10.00 and 5 a day: 30.00 make 4, the rest waits."""
        mode = cards.Spend(10, 2, carry_remainder=True)
        limits = cards.EarnLimits(per_day=5)
        play = Player(cards.Stamp(reward="Tea", mode=mode, limits=limits))
        first = play.ask(cards.RecordPurchase(30))
        second = play.ask(cards.RecordPurchase(0), after=DAY)

        assert ("4", "10.00") == tuple(
            str(first.balances[unit]) for unit in ("stamp", "spend")
        )
        assert ("6", "0.00") == tuple(
            str(second.balances[unit]) for unit in ("stamp", "spend")
        )

    def test_too_many_at_once_on_a_stamp_card(self):
        """3 stamps where 2 are the most."""
        limits = cards.EarnLimits(per_transaction=2)
        play = Player(cards.Stamp(reward="Tea", limits=limits))
        with pytest.raises(errors.LimitReached, match="2 stamps a transaction"):
            play.ask(cards.AddStamps(3))


class TestSettings:
    def test_what_can_just_be(self):
        """Nothing at all in a day, and a thousand check-ins."""
        limits = cards.EarnLimits(per_day=0, checkins_per_day=1_000)

        assert (0, 1_000) == (limits.per_day, limits.checkins_per_day)

    @pytest.mark.parametrize(
        ("limits", "field"),
        [
            ({"per_day": -1}, "per_day"),
            ({"cooldown_minutes": 0}, "cooldown_minutes"),
            ({"checkins_per_day": 1.5}, "checkins_per_day"),
            ({"on_exceed": "drop"}, "on_exceed"),
            ({"windows": "lunar"}, "windows"),
        ],
    )
    def test_what_cannot_be_is_named(self, limits, field):
        """Each refusal names its field."""
        with pytest.raises(errors.InvalidValue, match=f"^{field}:"):
            cards.EarnLimits(**limits)

    @pytest.mark.parametrize("field", ["per_week", "min_purchase"])
    def test_what_the_unit_cannot_hold_is_named(self, field):
        """A third of a point or of a cent is refused when the template is made."""
        with pytest.raises(errors.InvalidValue, match=f"^{field}:"):
            play_with(**{field: "0.001"})
