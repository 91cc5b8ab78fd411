"""Cashback cards; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, localcontext

import pytest

from loyaltycore import Money, Program, cards, errors
from loyaltycore.testing.card_play import Player


CLAMP, DEBT, REFUSE = cards.Shortfall
DAYS = timedelta(days=1)
TIERS = (
    cards.Tier("Bronze", 0, 1),
    cards.Tier("Silver", 500, 3),
    cards.Tier("Gold", 1500, 5),
)


def on_tiers(**settings) -> Player:
    """Play with a card of three tiers."""
    return Player(cards.Cashback(tiers=TIERS, **settings))


def plain(**settings) -> Player:
    """Play with a card on which every 1.00 earns a whole point."""
    return Player(cards.Cashback(percent=100, points_scale=0, **settings))


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({}, "tiers: give either percent or tiers."),
            ({"percent": 1, "tiers": TIERS}, "tiers: give either"),
            ({"tiers": TIERS[1:]}, "tiers: the first one starts"),
            ({"tiers": (TIERS[0], TIERS[2], TIERS[1])}, "tiers: each starts"),
            ({"tiers": (TIERS[0], TIERS[0])}, "tiers: each starts"),
            ({"tiers": TIERS * 7}, "tiers: at most 20"),
            ({"percent": 101}, "percent: A percentage"),
            ({"percent": "1.005"}, "percent: .*decimals"),
            ({"percent": 1, "points_scale": 5}, "points_scale: .*0 to 4"),
            ({"percent": 1, "points_scale": True}, "points_scale"),
            ({"percent": 1, "paying": 2}, "paying: an instance of Paying"),
            ({"percent": 1, "rate_at": "split"}, "rate_at: one of RateAt.BEFORE"),
            ({"percent": 1, "rounding": "floor"}, "rounding: one of Rounding.FLOOR"),
            ({"percent": 1, "downgrade": None}, "downgrade: one of Downgrade.NEVER"),
            ({"percent": 1, "shortfall": "debt"}, "shortfall: one of Shortfall.CLAMP"),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Cashback(**settings)

    @pytest.mark.parametrize("given", ["Bronze", [1]])
    def test_tiers_are_a_list_of_them(self, given):
        """Something else is refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match="^tiers: "):
            cards.Cashback(tiers=given)

    def test_as_many_tiers_as_there_may_be(self):
        """Twenty of them; one rate alone is a tier without a name, from nothing on."""
        many = [cards.Tier(f"T{n}", n, 1) for n in range(20)]

        assert 20 == len(cards.Cashback(tiers=many).table.tiers)
        assert (cards.Tier("", 0, 5),) == cards.Cashback(percent=5).table.tiers

    @pytest.mark.parametrize(
        ("rules", "field"),
        [
            (
                cards.Cashback(tiers=(TIERS[0], cards.Tier("B", "0.005", 3))),
                "spend_from",
            ),
            (
                cards.Cashback(
                    percent=1, points_scale=0, paying=cards.Paying(min_points="0.5")
                ),
                "min_points",
            ),
            (
                cards.Cashback(percent=1, paying=cards.Paying(multiple_of="0.001")),
                "multiple_of",
            ),
        ],
    )
    def test_what_the_currency_cannot_hold_is_named(self, rules, field):
        """Half a cent is no threshold in euros, half a point none in whole points."""
        with pytest.raises(errors.InvalidValue) as refused:
            Player(rules)

        assert field == refused.value.field

    def test_a_threshold_in_another_currency_is_refused(self):
        """500 dollars are no threshold of a programme in euros."""
        tiers = (TIERS[0], cards.Tier("Silver", Money(500, "USD"), 3))
        with pytest.raises(errors.CurrencyMismatch):
            Player(cards.Cashback(tiers=tiers))

    def test_thresholds_may_name_the_currency(self):
        """500 euros are the threshold that 500 is."""
        tiers = (TIERS[0], cards.Tier("Silver", Money(500, "EUR"), 3))
        sale = Player(cards.Cashback(tiers=tiers)).ask(cards.RecordPurchase(500))

        assert "Silver" == sale.till.tier


class TestRecordPurchase:
    def test_the_till_shows_what_is_missing(self):
        """450 spent: 50 to Silver; 1,500: Gold, and nothing above."""
        play = on_tiers()
        first = play.ask(cards.RecordPurchase("450"))
        second = play.ask(cards.RecordPurchase("1050"))

        assert "4.50 points, Bronze, 50.00 EUR to Silver" == str(first.till)
        assert ("Bronze", 50_00) == (first.till.tier, first.till.to_next_tier)
        assert "15.00 points, Gold" == str(second.till)
        assert ("Gold", None) == (second.till.tier, second.till.to_next_tier)

    def test_one_rate_needs_no_tier(self):
        """A card with one percentage shows points only."""
        assert "5 points" == str(plain().ask(cards.RecordPurchase("5.99")).till)

    def test_points_have_the_currency_s_decimals(self):
        """3 % of 1,000 yen are 30 points; of 10 dinars, 0.300."""
        yen = Program(id="p", currency="JPY", zone="Asia/Tokyo")
        dinars = Program(id="p", currency="KWD", zone="Asia/Kuwait")
        rules = cards.Cashback(percent=3)

        assert "30 points" == str(
            Player(rules, program=yen).ask(cards.RecordPurchase(1000)).till
        )
        assert "0.300 points" == str(
            Player(rules, program=dinars).ask(cards.RecordPurchase(10)).till
        )

    def test_the_tier_is_on_record(self):
        """What priced a purchase says which tier that was."""
        play = on_tiers()
        first = play.ask(cards.RecordPurchase(500))
        second = play.ask(cards.RecordPurchase(10))

        assert ["Bronze", "Silver"] == [
            done.transaction.pinned["tier"] for done in (first, second)
        ]

    def test_below_nothing_is_refused(self):
        """A purchase of less than nothing is malformed, and so is another currency."""
        with pytest.raises(errors.InvalidAmount):
            plain().ask(cards.RecordPurchase(-1))
        with pytest.raises(errors.CurrencyMismatch):
            plain().ask(cards.RecordPurchase(Money(1, "USD")))

    def test_more_than_can_be_counted_is_refused(self):
        """An amount whose points no card can hold is malformed, not a broken store."""
        with pytest.raises(errors.InvalidAmount):
            Player(cards.Cashback(percent=100, points_scale=4)).ask(
                cards.RecordPurchase(Money.of_minor(2**53 - 1, "EUR"))
            )


class TestDowngrade:
    def test_the_tier_follows_a_refund_down(self):
        """600 spent and 200 refunded is Bronze again."""
        play = on_tiers()
        sale = play.ask(cards.RecordPurchase(600))
        refund = play.refund(sale, "200")

        assert ("Silver", "Bronze") == (sale.till.tier, refund.till.tier)

    @pytest.mark.parametrize("rate_at", list(cards.RateAt))
    def test_a_tier_that_is_never_lost_prices_what_follows(self, rate_at):
        """600 spent and refunded: Silver stays, and 100 earn 3.00."""
        play = on_tiers(downgrade=cards.Downgrade.NEVER, rate_at=rate_at)
        sale = play.ask(cards.RecordPurchase(600))
        refund = play.refund(sale, "600")
        later = play.ask(cards.RecordPurchase(100))

        assert "0.00 points, Silver, 1500.00 EUR to Gold" == str(refund.till)
        assert Decimal("3.00") == later.balances["point"]

    def test_spend_that_expires_lowers_the_tier(self):
        """Spend counts for 30 days; then the card is Bronze again."""
        play = on_tiers(spend_expiry=cards.Rolling(30, "days"))
        play.ask(cards.RecordPurchase(600))
        later = play.ask(cards.RecordPurchase(0), after=40 * DAYS)

        assert "Bronze" == later.till.tier

    def test_spend_that_is_owed_earns_all_the_same(self):
        """Spend below nothing is Bronze, and a purchase earns by that."""
        play = Player(cards.Cashback(percent=10, shortfall=DEBT))
        sale = play.ask(cards.RecordPurchase(100))
        play.ask(cards.SubtractSpend(100))
        voided = play.void(sale)
        later = play.ask(cards.RecordPurchase(50))

        assert (-100, -10) == (voided.balances["spend"], voided.balances["point"])
        assert (-50, -5) == (later.balances["spend"], later.balances["point"])


class TestSpendByHand:
    @pytest.mark.parametrize("rate_at", list(cards.RateAt))
    def test_taken_away_it_is_as_if_never_added(self, rate_at):
        """450 spent, 100 added and taken away again: the points are as before."""
        play = on_tiers(rate_at=rate_at)
        first = play.ask(cards.RecordPurchase(450))
        added = play.ask(cards.AddSpend(100))
        taken = play.ask(cards.SubtractSpend(100))

        assert added.balances["point"] > first.balances["point"]
        assert first.balances == taken.balances
        assert 450_00 == added.transaction.pinned["spend_before"]
        assert added.transaction.purchase_amount is None

    def test_no_more_than_there_is(self):
        """Spend cannot be taken below nothing by hand."""
        play = plain()
        play.ask(cards.AddSpend(5))
        with pytest.raises(errors.InsufficientBalance, match="5.00 spends"):
            play.ask(cards.SubtractSpend("5.01"))

    def test_points_that_are_gone_fall_under_the_rule(self):
        """10 spent, 8 points used: taking 10 away leaves 0, owes 8, or is refused."""
        left = {}
        for rule in (CLAMP, DEBT):
            play = plain(shortfall=rule)
            play.ask(cards.AddSpend(10))
            play.ask(cards.RedeemPoints(8))
            left[rule] = play.ask(cards.SubtractSpend(10)).balances["point"]
        play = plain(shortfall=REFUSE)
        play.ask(cards.AddSpend(10))
        play.ask(cards.RedeemPoints(8))
        with pytest.raises(errors.InsufficientBalance, match="2 points, 10 asked"):
            play.ask(cards.SubtractSpend(10))

        assert {CLAMP: 0, DEBT: -8} == left


class TestPointsByHand:
    def test_spend_stays(self):
        """Points that staff give or take leave the spend alone."""
        play = plain()
        given = play.ask(cards.AddPoints(5))
        taken = play.ask(cards.SubtractPoints(3))

        assert {"point": 5, "spend": 0} == given.balances
        assert {"point": 2, "spend": 0} == taken.balances

    def test_no_more_than_there_are(self):
        """Points cannot be taken below nothing by hand."""
        with pytest.raises(errors.InsufficientBalance, match="0 points, 1 asked"):
            plain().ask(cards.SubtractPoints(1))

    def test_a_point_has_no_finer_parts(self):
        """Half a point does not exist on a card of whole points."""
        with pytest.raises(errors.InvalidAmount):
            plain().ask(cards.AddPoints("0.5"))


class TestRedeemPoints:
    def test_without_an_order(self):
        """Points become money off, and what is left to pay is not known."""
        play = plain()
        play.ask(cards.AddPoints(5))
        paid = play.ask(cards.RedeemPoints(2))

        assert "3 points, 2.00 EUR off" == str(paid.till)
        assert (2_00, None) == (paid.till.discount, paid.till.pay)

    def test_with_an_order(self):
        """2 points off an order of 10.00 leave 8.00 to pay."""
        play = plain()
        play.ask(cards.AddPoints(5))
        paid = play.ask(cards.RedeemPoints(2, order_total=10))

        assert "3 points, 2.00 EUR off, pay 8.00 EUR" == str(paid.till)

    def test_more_than_there_are(self):
        """Points that are not there pay nothing."""
        with pytest.raises(errors.InsufficientBalance, match="0 points, 2 asked"):
            plain().ask(cards.RedeemPoints(2, order_total=10))

    def test_none_are_below_the_minimum(self):
        """To redeem nothing is refused, whatever the minimum."""
        with pytest.raises(errors.BelowMinimum, match="At least 1 points"):
            plain().ask(cards.RedeemPoints(0))

    def test_more_than_the_order(self):
        """An order takes as many points as it is worth, and no more."""
        play = plain()
        play.ask(cards.AddPoints(50))
        with pytest.raises(errors.LimitReached) as refused:
            play.ask(cards.RedeemPoints(11, order_total="10.99"))

        assert {
            "limit": "smallest units of points on this order",
            "used": 0,
            "at_most": 10,
            "resets_at": None,
        } == refused.value.details

    def test_a_part_of_an_order_needs_the_order(self):
        """Where points pay at most half, nobody knows half of what."""
        play = plain(paying=cards.Paying(max_percent_of_order=50))
        play.ask(cards.AddPoints(50))
        with pytest.raises(errors.InvalidValue, match="order_total: .*50 %"):
            play.ask(cards.RedeemPoints(5))


class TestPaying:
    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"value_per_point": 0}, "value_per_point"),
            ({"min_points": -1}, "min_points"),
            ({"multiple_of": 0}, "multiple_of"),
            ({"max_percent_of_order": 101}, "max_percent_of_order"),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, field):
        """A setting that makes no sense is refused by its name."""
        with pytest.raises(errors.InvalidValue) as refused:
            cards.Paying(**settings)

        assert field == refused.value.field

    @pytest.mark.parametrize("scale", [0, 1, 3])
    def test_what_a_point_is_worth(self, scale):
        """Twelve points at 0.25 pay 3.00, whatever the decimals of a point."""
        paying = cards.Paying(value_per_point="0.25")
        units = 12 * 10**scale

        assert 3_00 == paying.worth(units, scale, "EUR")
        assert units == paying.redeemable(10 * units, 3_00, scale, "EUR")

    def test_money_is_rounded_half_up(self):
        """Half a cent a point: 3 points are 0.02, 2 are 0.01."""
        paying = cards.Paying(value_per_point="0.005")

        assert [2, 1] == [paying.worth(n, 0, "EUR") for n in (3, 2)]

    def test_rounding_never_passes_the_order(self):
        """An order of 0.01 takes two points of half a cent; one pays it, rounded up."""
        play = plain(paying=cards.Paying(value_per_point="0.005"))
        play.ask(cards.AddPoints(5))
        paid = play.ask(cards.RedeemPoints(1, order_total="0.01"))

        assert (1, 0) == (paid.till.discount, paid.till.pay)

    def test_rounding_never_passes_the_cap(self):
        """Half of 0.01 is nothing: a point of half a cent pays nothing of it."""
        paying = cards.Paying(value_per_point="0.005", max_percent_of_order=50)
        play = plain(paying=paying)
        play.ask(cards.AddPoints(5))
        paid = play.ask(cards.RedeemPoints(1, order_total="0.01"))

        assert (0, 1) == (paid.till.discount, paid.till.pay)

    def test_the_application_s_decimal_context_changes_nothing(self):
        """With a precision of 3 digits, 10,000 points pay what they always pay."""
        paying = cards.Paying(value_per_point="0.01")
        with localcontext() as context:
            context.prec = 3
            worth = paying.worth(12_345, 0, "EUR")
            taken = paying.redeemable(99_999, 123_45, 0, "EUR")

        assert (123_45, 12_345) == (worth, taken)

    def test_points_with_the_currency_s_decimals(self):
        """Of 5.00 points in cents, an order of 3.00 takes 3.00."""
        rules = cards.Cashback(percent=1)

        assert 3_00 == rules.redeemable(5_00, 3_00, "EUR")
        assert 3 == rules.redeemable(5, 3, "JPY")

    def test_just_enough(self):
        """A balance of the minimum is redeemed whole, and one less not at all."""
        paying = cards.Paying(min_points=5)

        assert [0, 5] == [paying.redeemable(n, None, 0, "EUR") for n in (4, 5)]

    def test_a_debt_redeems_nothing(self):
        """Of a balance below nothing, no points are taken."""
        assert 0 == cards.Paying().redeemable(-5, None, 0, "EUR")
