"""Happy hours on the cards that earn: what they price, and what stays as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore import Loyalty, MemoryStore, Program, cards, errors
from loyaltycore.testing.card_play import Player


# Cards of the player are issued on Saturday, 31 January 2026, at 23:30 in Berlin.
NIGHT = {"weekdays": [cards.Weekday.SATURDAY], "start": "23:00", "end": "01:00"}
DAY = timedelta(days=1)


def hour(effect, **more) -> cards.HappyHour:
    """Make the hour that goes on when the player's cards are issued."""
    return cards.HappyHour(**NIGHT, effect=effect, **more)


def cashback(effect, **settings) -> Player:
    """Play with 2 % in cents."""
    settings = {"percent": 2, "happy_hours": [hour(effect)], **settings}
    return Player(cards.Cashback(**settings))


def stamps(mode, *, times="2", **settings) -> Player:
    """Play with a card of ten stamps that come twice in the night."""
    hours = [hour(cards.Multiplier(times))]
    rules = cards.Stamp(reward="Tea", mode=mode, happy_hours=hours, **settings)
    return Player(rules)


class TestRules:
    def test_hours_that_meet_are_refused(self):
        """What a moment is worth would depend on the order of two hours."""
        double = hour(cards.Multiplier(2))
        with pytest.raises(errors.InvalidValue, match="happy_hours: two of them"):
            cards.Cashback(percent=1, happy_hours=[double, double])

    def test_stamps_have_no_percentage(self):
        """An hour of percentage points says nothing to a stamp card."""
        with pytest.raises(errors.InvalidValue) as refused:
            cards.Stamp(reward="Tea", happy_hours=[hour(cards.PercentPoints(5))])

        expected = "happy_hours: on a stamp card an hour does Multiplier."
        assert expected == refused.value.message


class TestCashback:
    @pytest.mark.parametrize(
        ("effect", "points"),
        [
            (cards.Multiplier("2.5"), "5.00"),
            (cards.PercentPoints(5), "7.00"),
            (cards.Override(10), "10.00"),
        ],
    )
    def test_what_a_purchase_earns(self, effect, points):
        """2 % of 100.00 are 2.00; times 2.5, with 5 points more, or 10 % instead."""
        player = cashback(effect)

        player.ask(cards.RecordPurchase("100.00"))

        assert points == str(player.posted[-1].balances["point"])

    def test_the_hour_is_that_of_the_purchase(self):
        """What is reported the day after earns as it would have then."""
        player = cashback(cards.Multiplier(2))

        player.ask(cards.RecordPurchase("100.00"), after=DAY)
        plain = player.posted[-1].balances["point"]
        player.ask(cards.RecordPurchase("100.00"), late=DAY)

        assert ("2.00", "6.00") == (
            str(plain),
            str(player.posted[-1].balances["point"]),
        )

    def test_a_refund_and_an_amendment_keep_it(self):
        """A day later the purchase is still one of its hour."""
        player = cashback(cards.Multiplier("1.5"))
        sale = player.ask(cards.RecordPurchase("100.00"))

        refunded = player.refund(sale, "50.00", after=DAY)
        amended = player.shop.transactions.amend(sale.id, "200.00")

        assert "1.50" == str(refunded.balances["point"])
        assert "4.50" == str(amended.balances["point"])

    def test_limits_come_after_it(self):
        """Of 4.00 in the hour, a limit of 3.00 a day leaves 3.00."""
        limits = cards.EarnLimits(per_day="3.00")
        player = cashback(cards.Multiplier(2), limits=limits)

        earned = player.ask(cards.RecordPurchase("100.00"))

        assert "3.00" == str(earned.balances["point"])

    def test_what_is_entered_by_hand_is_not_happy(self):
        """Spend that staff add earns as it does at any time."""
        player = cashback(cards.Multiplier(2))

        added = player.ask(cards.AddSpend("100.00"))

        assert "2.00" == str(added.balances["point"])


class TestStamp:
    @pytest.mark.parametrize(
        ("mode", "command", "n"),
        [
            (cards.Visit(), cards.CheckIn(), 2),
            (cards.Spend(10), cards.RecordPurchase("35.00"), 6),
            (
                cards.Products({"tea": 2}),
                cards.RecordPurchase("9.00", items={"tea": 2}),
                8,
            ),
            (cards.Visit(), cards.AddStamps(3), 3),
            (cards.Manual(), cards.RecordPurchase("9.00"), 0),
        ],
    )
    def test_twice_as_many(self, mode, command, n):
        """Visits, money and products count twice; what staff say counts as it is."""
        player = stamps(mode)

        assert n == player.ask(command).balances["stamp"]

    def test_visits_only(self):
        """An hour for visits leaves money as it is."""
        hours = [hour(cards.Multiplier(2), mechanics=[cards.Mechanic.VISIT])]
        player = Player(
            cards.Stamp(reward="Tea", mode=cards.Spend(10), happy_hours=hours)
        )

        assert 3 == player.ask(cards.RecordPurchase(30)).balances["stamp"]

    def test_a_refund_and_an_amendment_keep_it(self):
        """Of 30.00 at double stamps, 20.00 are left with 4; at 40.00 they are 8."""
        player = stamps(cards.Spend(10))
        sale = player.ask(cards.RecordPurchase("30.00"))

        refunded = player.refund(sale, "10.00", after=DAY)
        amended = player.shop.transactions.amend(sale.id, "50.00")

        assert (4, 8) == (refunded.balances["stamp"], amended.balances["stamp"])

    @pytest.mark.parametrize(
        ("times", "bought", "n", "left"),
        [("2", 35, 6, "5.00"), ("1.5", 35, 4, "5.00"), ("0.5", 35, 1, "15.00")],
    )
    def test_what_is_carried(self, times, bought, n, left):
        """Each full 10.00 counts so many times; what made no stamp is left over."""
        player = stamps(cards.Spend(10, carry_remainder=True), times=times)

        earned = player.ask(cards.RecordPurchase(bought))

        assert n == earned.balances["stamp"]
        assert left == str(earned.balances["spend"])

    def test_a_carried_purchase_is_refunded(self):
        """4 stamps for 20.00 in the hour; 10.00 back takes two of them."""
        player = stamps(cards.Spend(10, carry_remainder=True))
        sale = player.ask(cards.RecordPurchase("20.00"))

        refunded = player.refund(sale, "10.00", after=DAY)

        assert 2 == refunded.balances["stamp"]
        assert not player.shop.verify().problems

    def test_a_carried_purchase_is_amended(self):
        """What an amendment adds counts as in the hour of the purchase."""
        player = stamps(cards.Spend(10, carry_remainder=True))
        sale = player.ask(cards.RecordPurchase("10.00"))
        player.now += DAY

        amended = player.shop.transactions.amend(sale.id, "30.00")

        assert 6 == amended.balances["stamp"]

    def test_stamps_by_hand_use_no_carried_spend(self):
        """Staff add three stamps to a card on which nothing was spent."""
        player = stamps(cards.Spend(10, carry_remainder=True))

        assert 3 == player.ask(cards.AddStamps(3)).balances["stamp"]


def test_hours_come_back_from_the_store():
    """Local times and effects are read as they were written."""
    rules = cards.Cashback(
        percent=1,
        happy_hours=[
            hour(cards.Override("2.5")),
            cards.HappyHour(
                [cards.Weekday.MONDAY], "14:00:30", "15:00", cards.Multiplier("1.5")
            ),
        ],
    )
    store, program = MemoryStore(), Program(id="p", currency="EUR", zone="UTC")
    template = Loyalty(store, program).templates.create("Card", rules)

    assert rules == Loyalty(store, program).templates.get(template.id).rules
