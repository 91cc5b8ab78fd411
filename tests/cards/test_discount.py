"""Discount cards; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from loyaltycore import cards, errors
from loyaltycore.testing.card_play import Player


DAYS = timedelta(days=1)
NO_DATE: Any = "2026-02-01"
TIERS = (
    cards.Tier("Basic", 0, 5),
    cards.Tier("Silver", 500, 10),
    cards.Tier("Gold", 1000, 15),
)


def tiered(**settings) -> Player:
    """Play with a card of 5, 10 and 15 %."""
    return Player(cards.Discount(tiers=TIERS, **settings))


def lines(*prices) -> cards.RecordOrder:
    """Buy one article at each price."""
    bought = [cards.Line(f"a{n}", price) for n, price in enumerate(prices)]
    return cards.RecordOrder(cards.Order(lines=bought))


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"tiers": [*TIERS, cards.Tier("X", 2000, 20)], "tiers_max": 3}, "at most"),
            ({"percent": 5, "tiers_max": 21}, "tiers_max: .*1 to 20"),
            ({"percent": 5, "max_discount": 0}, "max_discount: above 0"),
            ({"percent": 5, "spend_basis": "net"}, "spend_basis: one of"),
            ({"percent": 5, "rounding_level": "line"}, "rounding_level: one of"),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Discount(**settings)

    def test_as_many_tiers_as_there_may_be(self):
        """Three of three, and a fourth is refused by the name of the field."""
        assert 3 == len(cards.Discount(tiers=TIERS, tiers_max=3).tiers)
        with pytest.raises(
            errors.InvalidValue, match="^tiers: at most 2; raise tiers_"
        ):
            cards.Discount(tiers=TIERS, tiers_max=2)

    def test_what_the_currency_cannot_hold_is_named(self):
        """Half a cent is no most."""
        with pytest.raises(errors.InvalidValue, match="^max_discount: "):
            Player(cards.Discount(percent=5, max_discount="0.005"))


class TestPurchase:
    def test_what_the_till_shows(self):
        """What comes off, what is left to pay, and where the card stands."""
        bought = tiered().ask(cards.RecordPurchase("500.00"))

        assert (25_00, 475_00) == (bought.till.discount, bought.till.pay)
        assert 500_00 == bought.till.to_next_tier
        expected = "25.00 EUR off, pay 475.00 EUR, 10 %, Silver, 500.00 EUR to Gold"
        assert f"{expected}, 25.00 EUR saved" == bought.till.text

    def test_what_is_off_or_paid_already(self):
        """5 % of what a coupon has left; points pay of the rest, at most all of it."""
        command = cards.RecordPurchase("100", discount="20", paid_in_points="30")
        bought = tiered().ask(command)
        more = tiered().ask(cards.RecordPurchase("100", paid_in_points="100"))

        assert (4_00, 46_00) == (bought.till.discount, bought.till.pay)
        assert "80.00" == str(bought.balances["spend"])
        assert 0 == more.till.pay

    def test_nothing_off_is_shown_too(self):
        """0.09 at 5 % are less than half a cent."""
        bought = tiered().ask(cards.RecordPurchase("0.09"))

        assert (0, 9) == (bought.till.discount, bought.till.pay)

    @pytest.mark.parametrize(
        ("level", "by_line"),
        [
            (cards.RoundingLevel.LINE, (11, 21, 31, 41)),
            (cards.RoundingLevel.ORDER, (10, 21, 31, 40)),
        ],
    )
    def test_rounding(self, level, by_line):
        """10 % of 1.06, 2.06, 3.06 and 4.06 are 1.04, or 1.02 on their total."""
        player = Player(cards.Discount(percent=10, rounding_level=level))

        bought = player.ask(lines("1.06", "2.06", "3.06", "4.06"))

        assert {1_04, 1_02} >= {bought.till.discount}
        assert sum(bought.till.by_line) == bought.till.discount
        assert (1_04 if level is cards.RoundingLevel.LINE else 1_02) == sum(
            bought.till.by_line
        )
        assert len(by_line) == len(bought.till.by_line)

    def test_split_by_line(self):
        """Lines fall into the tiers one after another: 25.00 and 10.00 off."""
        player = tiered(
            rate_at=cards.RateAt.SPLIT, rounding_level=cards.RoundingLevel.LINE
        )

        bought = player.ask(lines(500, 100))
        assert ((25_00, 10_00), 565_00) == (bought.till.by_line, bought.till.pay)
        assert (5_00, 35_00, 15_00) == (
            player.void(bought) and player.ask(lines(100, 550, 150)).till.by_line
        )

    def test_at_most(self):
        """A most is of each purchase, and stays with it."""
        player = tiered(max_discount=10)

        bought = player.ask(cards.RecordPurchase(400))
        refunded = player.refund(bought, "300")

        assert 10_00 == bought.till.discount
        assert (-5_00, "5.00") == (
            refunded.till.discount,
            str(refunded.balances["money"]),
        )

    def test_an_override(self):
        """In the hour everybody has 50 %."""
        hour = cards.HappyHour(
            [cards.Weekday.SATURDAY], "23:00", "00:00", cards.Override(50)
        )

        bought = tiered(happy_hours=[hour]).ask(cards.RecordPurchase(10))

        assert 5_00 == bought.till.discount

    def test_never_more_than_the_price(self):
        """95 % and ten points more are all of it, on a line as on an order."""
        hour = cards.HappyHour(
            [cards.Weekday.SATURDAY], "23:00", "00:00", cards.PercentPoints(10)
        )
        for level in cards.RoundingLevel:
            rules = cards.Discount(percent=95, rounding_level=level, happy_hours=[hour])
            assert 0 == Player(rules).ask(lines(10, 1)).till.pay

    def test_limits(self):
        """Small purchases are refused; what counts as spent in a day is capped."""
        limits = cards.EarnLimits(min_purchase=5, per_day=100)
        player = tiered(limits=limits)

        with pytest.raises(errors.BelowMinimum):
            player.ask(cards.RecordPurchase("4.99"))
        bought = player.ask(cards.RecordPurchase(300))

        assert (15_00, "100.00") == (
            bought.till.discount,
            str(bought.balances["spend"]),
        )

    def test_limits_in_cents(self):
        """What counts as spent in a day may end in the middle of a euro."""
        player = tiered(limits=cards.EarnLimits(per_day="10.50"))

        assert "10.50" == str(player.ask(cards.RecordPurchase(30)).balances["spend"])

    def test_limits_that_reject(self):
        """More than a transaction may have is refused."""
        player = tiered(limits=cards.EarnLimits(per_transaction=100))

        with pytest.raises(errors.LimitReached):
            player.ask(cards.RecordPurchase(101))


class TestTakingBack:
    def test_a_refund_of_what_was_paid_otherwise(self):
        """Of 100.00 a coupon paid 20.00: on the other half, 2.00 stay saved."""
        player = tiered()
        bought = player.ask(cards.RecordPurchase("100", discount="20"))
        refunded = player.refund(bought, "50")

        assert ("40.00", "2.00") == (
            str(refunded.balances["spend"]),
            str(refunded.balances["money"]),
        )

    def test_a_purchase_for_nothing_is_amended_to_nothing(self):
        """What was worth nothing earns nothing on any amount."""
        player = tiered()
        free = player.ask(cards.RecordPurchase(0))
        amended = player.shop.transactions.amend(free.id, "10")

        assert (0, 0) == (amended.balances["spend"], amended.balances["money"])

    def test_a_refund_keeps_the_rate(self):
        """What a purchase of 100.00 at 5 % has saved is 2.50 when half is left."""
        player = tiered()
        bought = player.ask(cards.RecordPurchase(100))
        player.ask(cards.AddSpend(500))

        refunded = player.refund(bought, "50")

        assert ("2.50", "550.00") == (
            str(refunded.balances["money"]),
            str(refunded.balances["spend"]),
        )

    @pytest.mark.parametrize("basis", list(cards.SpendBasis))
    def test_a_void_leaves_nothing(self, basis):
        """Spend and what was saved are gone."""
        player = tiered(spend_basis=basis)
        bought = player.ask(cards.RecordPurchase("33.33"))

        voided = player.void(bought)

        assert {"0.00"} == {str(balance) for balance in voided.balances.values()}

    def test_an_order_is_amended_by_its_lines(self):
        """10.00 and 30.00 corrected to 20.00 are 5.00 and 15.00."""
        player = tiered(
            rounding_level=cards.RoundingLevel.LINE, spend_basis=cards.SpendBasis.NET
        )
        bought = player.ask(lines(10, 30))

        amended = player.shop.transactions.amend(bought.id, 20)
        emptied = player.shop.transactions.amend(bought.id, 0)

        assert ("1.00", "19.00") == (
            str(amended.balances["money"]),
            str(amended.balances["spend"]),
        )
        assert {"0.00"} == {str(balance) for balance in emptied.balances.values()}

    def test_spend_by_hand(self):
        """It is added and taken away without a purchase, never more than there is."""
        player = tiered()
        player.ask(cards.AddSpend(600))

        less = player.ask(cards.SubtractSpend(200))

        assert ("Basic", None) == (less.till.tier, less.till.discount)
        with pytest.raises(errors.InsufficientBalance):
            player.ask(cards.SubtractSpend(401))

    @pytest.mark.parametrize("command", [cards.Hold(1), cards.Transfer("c", 1)])
    def test_spend_is_neither_held_nor_sent(self, command):
        """There is nothing to redeem."""
        player = tiered()

        quote = player.shop.cards.quote(player.card_id, command)

        assert isinstance(quote.refusal, errors.CommandNotSupported)


class TestTierByHand:
    def test_while_it_is_held(self):
        """Gold until 2 February: 15 % that day, 5 % on the next."""
        player = tiered()
        player.ask(cards.SetTier("Gold", until=date(2026, 2, 2)))

        held = player.ask(cards.RecordPurchase(100), after=2 * DAYS)
        over = player.ask(cards.RecordPurchase(100), after=DAYS)

        assert ("Gold", 15_00) == (held.till.tier, held.till.discount)
        assert ("Basic", 5_00) == (over.till.tier, over.till.discount)

    def test_it_is_the_least(self):
        """Who has spent for Gold is not held back by Silver."""
        player = tiered()
        player.ask(cards.AddSpend(1000))

        assert "Gold" == player.ask(cards.SetTier("Silver")).till.tier

    def test_for_today(self):
        """The last day may be this one."""
        held = tiered().ask(cards.SetTier("Gold", until=date(2026, 1, 31)))

        assert "Gold" == held.till.tier

    def test_forgotten_and_voided(self):
        """None takes it away; a void of that brings it back."""
        player = tiered()
        player.ask(cards.SetTier("Gold"))
        forgotten = player.ask(cards.SetTier())

        assert "Basic" == forgotten.till.tier
        assert "Gold" == player.void(forgotten).till.tier

    @pytest.mark.parametrize(
        ("command", "says"),
        [
            (lambda: cards.SetTier("Iron"), "tier: this card has Basic, Silver, Gold"),
            (lambda: cards.SetTier("Gold", until=date(2026, 1, 30)), "until: today"),
            (lambda: cards.SetTier("Gold", until=NO_DATE), "until: a date"),
        ],
    )
    def test_what_cannot_be(self, command, says):
        """A tier that is not there, or a day that is over, is refused by name."""
        with pytest.raises(errors.InvalidValue, match=says):
            tiered().ask(command())

    def test_a_card_without_tiers(self):
        """There is none to be set."""
        with pytest.raises(errors.InvalidValue, match="this card has none"):
            Player(cards.Discount(percent=5)).ask(cards.SetTier("Gold"))
