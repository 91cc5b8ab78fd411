"""Multipasses; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from loyaltycore import Money, cards, errors
from loyaltycore.testing.card_play import Player


CLAMP, DEBT, REFUSE = cards.Shortfall
DAYS = timedelta(days=1)
MINUTES = timedelta(minutes=1)
TEN = cards.Package("ten", 10, "200.00")
FIVE = cards.Package("five", 5, "110", validity=cards.Rolling(6, "days"))


def on_packages(**settings) -> Player:
    """Play with a pass on which a visit earns 20 points."""
    settings = {"packages": [TEN, FIVE], "bonus_points_per_visit": 20, **settings}
    return Player(cards.Multipass(**settings))


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"packages": [10]}, "packages: each is a Package"),
            ({"packages": [TEN] * 2}, "packages: each has a name of its own"),
            ({"packages": [TEN] * 101}, "packages: at most 100, not 101"),
            ({"visit_expiry": 30}, "visit_expiry: an instance of"),
            ({"bonus_points_per_visit": -1}, "bonus_points_per_visit: .* 0 or more"),
            ({"happy_hours": [5]}, "happy_hours: each is a HappyHour"),
            ({"max_visits_per_redeem": 0}, "max_visits_per_redeem: .* 1 or more"),
            ({"package_refund": "none"}, "package_refund: one of PackageRefund.PRO"),
            ({"package_refund": cards.PackageRefund.LIST_PRICE}, "list_price: say"),
            ({"list_price": 0}, "list_price: above 0"),
            ({"count_adjustments": 1}, "count_adjustments: True or False"),
            ({"paying": 1}, "paying: an instance of Paying"),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Multipass(**settings)

    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"name": " "}, "name: say it"),
            ({"visits": 0}, "visits: .* 1 to 1000"),
            ({"visits": 1_001}, "visits"),
            ({"price": -1}, "price: not below 0"),
            ({"validity": cards.Sliding(3, "days")}, "validity: an instance of Never"),
        ],
    )
    def test_a_package_that_cannot_be_is_named(self, settings, says):
        """A package has a name, visits and a price, and no deadline of the card's."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Package(**{"name": "ten", "visits": 10, **settings})

    @pytest.mark.parametrize(
        ("rules", "field"),
        [
            (cards.Multipass(packages=[cards.Package("a", 1, "0.001")]), "price"),
            (cards.Multipass(list_price="0.001"), "list_price"),
            (cards.Multipass(paying=cards.Paying(min_points="0.5")), "min_points"),
            (cards.Multipass(welcome_points="0.5"), "welcome_points"),
            (cards.Multipass(limits=cards.EarnLimits(per_day="0.5")), "per_day"),
        ],
    )
    def test_what_the_currency_cannot_hold_is_named(self, rules, field):
        """A tenth of a cent is no price in euros, half a point none in whole points."""
        with pytest.raises(errors.InvalidValue) as refused:
            rules.check("EUR")

        assert field == refused.value.field

    def test_limits_are_of_points(self):
        """Points with decimals have limits with decimals, though visits are whole."""
        rules = cards.Multipass(points_scale=1, limits=cards.EarnLimits(per_day="0.5"))

        rules.check("EUR")

        assert rules.limited is cards.Unit.POINT


class TestSelling:
    def test_a_package_says_how_many_and_what_they_cost(self):
        """Ten visits for 200.00, and the till says that they are there."""
        sold = on_packages().ask(cards.AddVisits(package="ten"))

        assert "10 visits left, 0 points" == str(sold.till)
        assert 200_00 == sold.transaction.purchase_amount
        assert "ten" == sold.transaction.entries[0].rule

    def test_a_till_may_say_otherwise(self):
        """Twelve visits of a package, for less than its price."""
        command = cards.AddVisits(12, package="ten", purchase_amount="180")
        sold = on_packages().ask(command)

        assert 12 == sold.balances["visit"]
        assert 180_00 == sold.transaction.purchase_amount

    def test_visits_can_be_given_away(self):
        """Without a package and a price nothing is bought."""
        sold = on_packages().ask(cards.AddVisits(3))

        assert 3 == sold.balances["visit"]
        assert "" == sold.transaction.entries[0].rule
        assert sold.transaction.purchase_amount is None

    def test_each_package_ends_by_its_own_rule(self):
        """Five visits end after six days; the other ten stay."""
        play = on_packages()
        play.ask(cards.AddVisits(package="ten"))
        play.ask(cards.AddVisits(package="five"))
        left = play.ask(cards.RedeemVisits(), after=7 * DAYS)

        assert 9 == left.balances["visit"]

    def test_other_visits_end_as_the_card_says(self):
        """Visits without a validity of their own end with the card's."""
        play = on_packages(visit_expiry=cards.Rolling(1, "days"))
        play.ask(cards.AddVisits(package="ten"))
        play.ask(cards.AddVisits(package="five"))

        assert 4 == play.ask(cards.RedeemVisits(), after=3 * DAYS).balances["visit"]

    def test_as_many_packages_as_there_may_be(self):
        """A hundred of them are sold."""
        packages = [cards.Package(f"p{n}", 1, 1) for n in range(100)]

        assert 100 == len(cards.Multipass(packages=packages).packages)

    @pytest.mark.parametrize("unit", ["visit", "point"])
    def test_each_unit_has_a_life_of_its_own(self, unit):
        """By hand, visits end as the card says and points by their own rule."""
        play = on_packages(
            visit_expiry=cards.Rolling(3, "days"),
            points_expiry=cards.Rolling(5, "days"),
        )
        (entry,) = play.ask(cards.Adjust(unit, 1)).transaction.entries

        assert entry.expires_at is not None
        assert {"visit": 3, "point": 5}[unit] == (entry.expires_at - play.now).days

    def test_visits_by_hand_end_as_the_card_says(self):
        """An adjustment up is dated like a sale."""
        play = on_packages(visit_expiry=cards.FixedDate(date(2026, 2, 3)))
        play.ask(cards.Adjust("visit", 3))

        with pytest.raises(errors.InsufficientBalance, match="0 visits, 1 asked"):
            play.ask(cards.RedeemVisits(), after=9 * DAYS)

    @pytest.mark.parametrize(
        ("rules", "says"),
        [
            (cards.Multipass(packages=[TEN, FIVE]), "^package: .*sells: ten, five"),
            (cards.Multipass(), "^package: .*sells: none"),
        ],
    )
    def test_an_unknown_package_is_named(self, rules, says):
        """The cashier is told which packages there are."""
        with pytest.raises(errors.InvalidValue, match=says):
            Player(rules).ask(cards.AddVisits(package="nine"))

    def test_nothing_is_sold_without_a_number(self):
        """Either a number or a package is needed, and a package has a name."""
        with pytest.raises(errors.InvalidValue, match="n: say how many visits"):
            cards.AddVisits()
        with pytest.raises(errors.InvalidValue, match="package: the name"):
            cards.AddVisits(package="")
        with pytest.raises(errors.InvalidAmount, match="1 to 1000"):
            cards.AddVisits(0)


class TestUsing:
    def test_no_more_at_a_time_than_allowed(self):
        """Three people do not come in on a card for two."""
        play = on_packages(max_visits_per_redeem=2)
        play.ask(cards.AddVisits(package="ten"))

        with pytest.raises(errors.LimitReached, match="2 visits at a time") as refused:
            play.ask(cards.RedeemVisits(3))
        assert (0, 2) == (
            refused.value.details["used"],
            refused.value.details["at_most"],
        )
        assert 8 == play.ask(cards.RedeemVisits(2)).balances["visit"]

    def test_points_have_the_decimals_they_are_given(self):
        """Twenty points of scale 2 are 2,000 smallest units."""
        play = on_packages(points_scale=2)
        play.ask(cards.AddVisits(package="ten"))

        assert "20.00" == str(play.ask(cards.RedeemVisits()).balances["point"])

    def test_a_use_puts_the_end_off(self):
        """Visits that end five days after the last use are there on the eighth day."""
        sliding = cards.Sliding(5, "days", resets_on=["redeem"])
        play = on_packages(visit_expiry=sliding)
        play.ask(cards.AddVisits(10))
        play.ask(cards.RedeemVisits(), after=4 * DAYS)

        assert 8 == play.ask(cards.RedeemVisits(), after=4 * DAYS).balances["visit"]

    def test_a_limit_has_the_decimals_of_points(self):
        """Of 20.0 points, 12.5 are earned."""
        play = on_packages(points_scale=1, limits=cards.EarnLimits(per_day="12.5"))
        play.ask(cards.AddVisits(package="ten"))

        assert "12.5" == str(play.ask(cards.RedeemVisits()).balances["point"])

    def test_a_limit_caps_the_bonus_and_not_the_visit(self):
        """Of 60 points 50 are earned, and three visits are used."""
        play = on_packages(limits=cards.EarnLimits(per_day=50))
        play.ask(cards.AddVisits(package="ten"))
        used = play.ask(cards.RedeemVisits(3))

        assert (7, 50) == (used.balances["visit"], used.balances["point"])

    def test_a_limit_may_refuse_the_visit(self):
        """With 40 points a transaction at most, three visits at once are refused."""
        play = on_packages(limits=cards.EarnLimits(per_transaction=40))
        play.ask(cards.AddVisits(package="ten"))

        with pytest.raises(errors.LimitReached, match="40 points a transaction"):
            play.ask(cards.RedeemVisits(3))

    def test_a_visit_waits_for_the_one_before(self):
        """With a pause of 30 minutes, a sale in between makes no difference."""
        play = on_packages(limits=cards.EarnLimits(cooldown_minutes=30))
        play.ask(cards.AddVisits(package="ten"))
        play.ask(cards.RedeemVisits())
        play.ask(cards.AddVisits(package="five"), after=20 * MINUTES)

        with pytest.raises(errors.LimitReached, match="earning in 30 minutes"):
            play.ask(cards.RedeemVisits(), after=9 * MINUTES)
        assert 13 == play.ask(cards.RedeemVisits(), after=MINUTES).balances["visit"]

    def test_one_visit_a_day(self):
        """The limit of check-ins counts visits."""
        play = on_packages(limits=cards.EarnLimits(checkins_per_day=1))
        play.ask(cards.AddVisits(package="ten"))
        first = play.ask(cards.RedeemVisits())

        with pytest.raises(errors.LimitReached, match="1 check-ins a day"):
            play.ask(cards.RedeemVisits())
        play.void(first)
        assert 9 == play.ask(cards.RedeemVisits()).balances["visit"]

    def test_a_correction_counts_as_a_visit_where_that_is_said(self):
        """Visits taken away by hand are used ones, or are not."""
        spent = []
        for count in (False, True):
            play = on_packages(count_adjustments=count)
            play.ask(cards.AddVisits(package="ten"))
            done = play.ask(cards.SubtractVisits(2))
            assert (8, 0) == (done.balances["visit"], done.balances["point"])
            spent.append(play.history().holding.total(cards.Unit.VISIT).spent)

        assert [0, 2] == spent

    def test_points_pay(self):
        """Bonus points pay an order, and are added and taken away by hand."""
        play = on_packages(paying=cards.Paying(value_per_point="0.10"))
        play.ask(cards.AddVisits(package="ten"))
        play.ask(cards.RedeemVisits(2))
        paid = play.ask(cards.RedeemPoints(30, order_total="10"))

        assert (10, 7_00) == (paid.balances["point"], paid.till.pay)
        assert 15 == play.ask(cards.AddPoints(5)).balances["point"]
        assert 11 == play.ask(cards.SubtractPoints(4)).balances["point"]

    def test_in_a_happy_hour(self):
        """Twice as many points, and the transaction says by what."""
        hour = cards.HappyHour(
            tuple(cards.Weekday), "00:00", "00:00", cards.Multiplier(2)
        )
        play = on_packages(happy_hours=[hour])
        play.ask(cards.AddVisits(package="ten"))
        used = play.ask(cards.RedeemVisits())

        assert 40 == used.balances["point"]
        assert {"happy": {"times": 200}} == used.transaction.pinned

    def test_welcome_points(self):
        """A new pass may begin with points."""
        play = on_packages(welcome_points=50)

        assert 50 == play.history().holding.balance(cards.Unit.POINT)


class TestGivingBack:
    def test_one_visit_of_three_takes_its_bonus_along(self):
        """A refund of a use gives visits back, and takes back what they earned."""
        play = on_packages()
        play.ask(cards.AddVisits(package="ten"))
        used = play.ask(cards.RedeemVisits(3))
        back = play.refund(used, "1")

        assert (8, 40) == (back.balances["visit"], back.balances["point"])
        assert back.till.pay_out is None
        rest = play.shop.transactions.refund(used.id)
        assert (10, 0) == (rest.balances["visit"], rest.balances["point"])

    def test_the_bonus_of_a_use_goes_in_whole_points(self):
        """Of 5 points for three visits, 3 stay for two and 1 for one."""
        hour = cards.HappyHour(
            tuple(cards.Weekday), "00:00", "00:00", cards.Multiplier("1.7")
        )
        play = on_packages(bonus_points_per_visit=1, happy_hours=[hour])
        play.ask(cards.AddVisits(package="ten"))
        used = play.ask(cards.RedeemVisits(3))
        points = [play.refund(used, "1").balances["point"] for _ in range(3)]

        assert 5 == used.balances["point"]
        assert [3, 1, 0] == points

    @pytest.mark.parametrize(
        ("rule", "points", "owed"), [(CLAMP, 0, 0), (DEBT, -10, 10)]
    )
    def test_a_bonus_that_is_gone_falls_short(self, rule, points, owed):
        """Of 20 points to take back 10 are left."""
        play = on_packages(shortfall=rule)
        play.ask(cards.AddVisits(package="ten"))
        used = play.ask(cards.RedeemVisits())
        play.ask(cards.RedeemPoints(10))
        back = play.refund(used, "1")

        assert points == back.balances["point"]
        assert owed == play.history().holding.total(cards.Unit.POINT).debt

    def test_a_bonus_that_is_gone_may_keep_the_visit(self):
        """Where nothing may fall short, a used bonus keeps its visit used."""
        play = on_packages(shortfall=REFUSE)
        play.ask(cards.AddVisits(package="ten"))
        used = play.ask(cards.RedeemVisits())
        play.ask(cards.RedeemPoints(10))

        with pytest.raises(errors.NotReversible, match="point units are gone"):
            play.refund(used, "1")

    def test_the_till_says_what_to_pay_out(self):
        """Six of ten visits for 200.00 are worth 120.00, once."""
        play = on_packages()
        sold = play.ask(cards.AddVisits(package="ten"))
        play.ask(cards.RedeemVisits(4))
        back = play.shop.transactions.refund(sold.id)

        assert 120_00 == back.till.pay_out
        assert "0 visits left, 80 points, 120.00 EUR back" == str(back.till)
        with pytest.raises(errors.NotReversible, match="0 visits of it are left"):
            play.shop.transactions.refund(sold.id)

    @pytest.mark.parametrize(
        ("policy", "first", "then"),
        [
            (cards.PackageRefund.PRO_RATA, 120_00, 80_00),
            (cards.PackageRefund.LIST_PRICE, 100_00, 100_00),
        ],
    )
    def test_a_second_refund_pays_the_rest(self, policy, first, then):
        """Visits that came back unused after a refund are worth what is left."""
        play = on_packages(package_refund=policy, list_price=25)
        sold = play.ask(cards.AddVisits(package="ten"))
        used = play.ask(cards.RedeemVisits(4))
        paid = [play.shop.transactions.refund(sold.id).till.pay_out]
        play.void(used)
        paid.append(play.shop.transactions.refund(sold.id).till.pay_out)

        assert [first, then] == paid

    def test_a_single_visit(self):
        """All that was paid for the one visit of a package comes back."""
        play = on_packages(packages=[cards.Package("one", 1, "25")])
        sold = play.ask(cards.AddVisits(package="one"))

        assert 25_00 == play.shop.transactions.refund(sold.id).till.pay_out

    def test_nothing_is_given_back_twice(self):
        """Once all ten visits are back, no price is left to divide."""
        play = on_packages()
        sold = play.ask(cards.AddVisits(package="ten"))
        paid = play.shop.transactions.refund(sold.id).till.pay_out

        assert 200_00 == paid
        with pytest.raises(errors.NotReversible, match="0 visits of it are left"):
            play.shop.transactions.refund(sold.id)

    def test_visits_that_were_held_are_refunded_in_full(self):
        """Two of ten visits for 200.00 are held at first, and worth 40.00 later."""
        play = on_packages()
        sold = play.ask(cards.AddVisits(package="ten"))
        held = play.ask(cards.Hold(2))
        paid = [play.shop.transactions.refund(sold.id).till.pay_out]
        play.shop.transactions.release(held.id)
        paid.append(play.shop.transactions.refund(sold.id).till.pay_out)

        assert [160_00, 40_00] == paid

    def test_visits_that_expired_are_worth_nothing(self):
        """Two visits of five were used, and three are over."""
        play = on_packages()
        play.ask(cards.AddVisits(package="ten"))
        sold = play.ask(cards.AddVisits(package="five"))
        play.ask(cards.RedeemVisits(2))
        play.now += 8 * DAYS

        with pytest.raises(errors.NotReversible, match="0 visits of it are left"):
            play.shop.transactions.refund(sold.id)

    def test_used_visits_may_cost_as_much_as_all(self):
        """At 50.00 for a single one, four of ten visits come to what was paid."""
        play = on_packages(package_refund=cards.PackageRefund.LIST_PRICE, list_price=50)
        sold = play.ask(cards.AddVisits(package="ten"))
        play.ask(cards.RedeemVisits(4))

        with pytest.raises(
            errors.NotReversible, match="6 visits of it are left, which"
        ):
            play.shop.transactions.refund(sold.id)

    def test_a_pass_may_not_be_given_back(self):
        """With the policy none, unused visits are worth nothing."""
        play = on_packages(package_refund=cards.PackageRefund.NONE)
        sold = play.ask(cards.AddVisits(package="ten"))

        with pytest.raises(errors.NotReversible, match="worth nothing"):
            play.shop.transactions.refund(sold.id)

    def test_a_corrected_price_changes_the_worth_and_not_the_visits(self):
        """Sold for 200.00 by mistake, for 150.00 by right: half is worth 75.00."""
        play = on_packages()
        sold = play.ask(cards.AddVisits(package="ten"))
        amended = play.shop.transactions.amend(sold.id, "150")
        play.ask(cards.RedeemVisits(5))

        assert 10 == amended.balances["visit"]
        assert 75_00 == play.shop.transactions.refund(sold.id).till.pay_out

    def test_money_off_the_price_leaves_the_visits(self):
        """A refund of an amount lowers what the rest is worth."""
        play = on_packages()
        sold = play.ask(cards.AddVisits(package="ten"))
        off = play.refund(sold, Money("20", "EUR"))

        assert (10, 20_00) == (off.balances["visit"], off.till.pay_out)
        assert 180_00 == play.shop.transactions.refund(sold.id).till.pay_out

    def test_visits_that_were_given_away_are_voided(self):
        """Without a price there is nothing to refund."""
        play = on_packages()
        given = play.ask(cards.AddVisits(3))

        with pytest.raises(errors.NotReversible, match="no purchase amount"):
            play.shop.transactions.refund(given.id)
        assert 0 == play.void(given).balances["visit"]

    def test_a_sale_is_voided_after_its_rest_was_given_back(self):
        """What is left to take back are the used visits, by the shortfall rule."""
        play = on_packages(shortfall=DEBT)
        sold = play.ask(cards.AddVisits(package="ten"))
        play.ask(cards.RedeemVisits(4))
        play.shop.transactions.refund(sold.id)
        void = play.void(sold)

        assert -4 == void.balances["visit"]
        assert -80_00 == void.transaction.purchase_amount
        assert not play.shop.verify().problems


def test_what_can_be_done_is_said():
    """A visit can be sold, and none be used; points have to be there to pay with."""
    play = on_packages()
    said = {
        action.name: action.code for action in play.shop.cards.actions(play.card_id)
    }

    assert {
        "AddVisits": None,
        "RedeemVisits": "insufficient_balance",
        "SubtractVisits": "insufficient_balance",
        "AddPoints": None,
        "SubtractPoints": "insufficient_balance",
        "RedeemPoints": "insufficient_balance",
    } == said


def test_commands_have_short_forms():
    """Sell a package, use three visits, take one away by mistake of the till."""
    play = on_packages()
    shop, card = play.shop.cards, play.card_id
    shop.add_visits(card, package="ten", key="a")
    shop.redeem_visits(card, 3)
    left = shop.subtract_visits(card)

    assert (6, 60) == (left.balances["visit"], left.balances["point"])
