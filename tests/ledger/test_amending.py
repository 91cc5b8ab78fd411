"""Correcting the amount of a purchase."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore import cards, errors
from loyaltycore.ledger.transactions import Unit
from loyaltycore.testing.card_play import Player


DAY = timedelta(days=1)
TIERS = (
    cards.Tier("Bronze", 0, "1"),
    cards.Tier("Silver", 500, "3"),
    cards.Tier("Gold", 1500, "5"),
)


def figures(play: Player) -> dict[str, str]:
    """The balances now."""
    balances = play.shop.cards.show(play.card_id).balances
    return {unit: str(n) for unit, n in balances.items()}


def amend(play: Player, posted, amount: str, **options):
    """Amend, and prove the card."""
    done = play.shop.transactions.amend(posted.id, amount, **options)
    assert not play.shop.verify().problems
    return done


class TestCashback:
    @pytest.mark.parametrize(
        ("amount", "points"), [("50", "5.00"), ("150", "15.00"), ("0", "0.00")]
    )
    def test_units_are_recomputed(self, amount, points):
        """A purchase of 100.00 at 10 % was of another amount."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        amend(play, sale, amount)

        assert {"point": points, "spend": f"{amount}.00"} == figures(play)

    def test_the_difference_is_on_record(self):
        """The amendment points at the purchase, which stays as it was."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        done = amend(play, sale, "120").transaction

        assert ("amend", sale.id, 20_00) == (
            done.kind.value,
            done.reverses,
            done.purchase_amount,
        )
        assert sale.transaction == play.shop.transactions.get(sale.id)
        customer = play.shop.customers.get(sale.transaction.customer_id)
        assert (1, 120_00) == (customer.purchases, customer.purchase_value)

    def test_to_nothing_and_back(self):
        """A purchase of nothing is no purchase; corrected again, it is one."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        amend(play, sale, "0")
        gone = play.shop.customers.get(sale.transaction.customer_id)
        amend(play, sale, "80")
        back = play.shop.customers.get(sale.transaction.customer_id)

        assert [(0, 0), (1, 80_00)] == [
            (each.purchases, each.purchase_value) for each in (gone, back)
        ]
        assert {"point": "8.00", "spend": "80.00"} == figures(play)

    def test_with_the_rate_of_then(self):
        """Priced at 1 %, corrected beyond the next tier: still 1 %."""
        play = Player(cards.Cashback(tiers=TIERS))
        sale = play.ask(cards.RecordPurchase("400"))
        done = amend(play, sale, "600")

        assert {"point": "6.00", "spend": "600.00"} == figures(play)
        assert "Silver" == done.till.tier

    def test_across_a_tier_by_parts(self):
        """Split: of 600, 500 are at 1 % and 100 at 3 %; of 400 all at 1 %."""
        play = Player(cards.Cashback(tiers=TIERS, rate_at=cards.RateAt.SPLIT))
        sale = play.ask(cards.RecordPurchase("400"))
        amend(play, sale, "600")
        high = figures(play)
        down = amend(play, sale, "400")

        assert {"point": "8.00", "spend": "600.00"} == high
        assert {"point": "4.00", "spend": "400.00"} == figures(play)
        assert "Bronze" == down.till.tier

    def test_refunds_come_off(self):
        """100 less 30 refunded; corrected to 150, 120 count; below 30 is refused."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        play.refund(sale, "30")
        amend(play, sale, "150")
        with pytest.raises(errors.NotReversible, match="30.00 EUR of it was refunded"):
            amend(play, sale, "29.99")

        assert {"point": "12.00", "spend": "120.00"} == figures(play)

    def test_a_refund_after_it_and_a_void_of_the_rest(self):
        """100 corrected to 150, 60 refunded, the rest voided: nothing is left."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        amend(play, sale, "150")
        play.refund(sale, "60")
        between = figures(play)
        with pytest.raises(errors.NotReversible, match="90.00 is left"):
            play.refund(sale, "90.01")
        play.void(sale)

        assert {"point": "9.00", "spend": "90.00"} == between
        assert {"point": "0.00", "spend": "0.00"} == figures(play)
        assert not play.shop.verify().problems

    def test_what_comes_in_expires_with_the_rest(self):
        """Corrected 5 days later, the units still end with those of the purchase."""
        play = Player(
            cards.Cashback(percent=10, points_expiry=cards.Rolling(30, "days"))
        )
        sale = play.ask(cards.RecordPurchase("100"))
        play.now += 5 * DAY
        amend(play, sale, "150")
        lots = play.history().holding.lots.values()
        ends = {lot.expires_at for lot in lots if lot.unit is Unit.POINT}

        assert 1 == len(ends)

    def test_points_that_are_gone_fall_under_the_shortfall_rule(self):
        """10 earned and spent; corrected to half, 5 are owed."""
        rules = cards.Cashback(percent=10, shortfall=cards.Shortfall.DEBT)
        play = Player(rules)
        sale = play.ask(cards.RecordPurchase("100"))
        play.ask(cards.RedeemPoints(10))
        amend(play, sale, "50")

        assert "-5.00" == figures(play)["point"]

    def test_where_a_shortfall_is_refused_so_is_the_amendment(self):
        """Nothing of it is written then."""
        rules = cards.Cashback(percent=10, shortfall=cards.Shortfall.REFUSE)
        play = Player(rules)
        sale = play.ask(cards.RecordPurchase("100"))
        play.ask(cards.RedeemPoints(10))
        with pytest.raises(errors.NotReversible, match="are gone"):
            amend(play, sale, "50")

        assert {"point": "0.00", "spend": "100.00"} == figures(play)

    def test_a_limit_that_capped_it_still_does(self):
        """100 earned 5 of 10 points by a cap; corrected upwards, it stays at 5."""
        limits = cards.EarnLimits(per_day=5)
        play = Player(cards.Cashback(percent=10, limits=limits))
        sale = play.ask(cards.RecordPurchase("100"))
        amend(play, sale, "200")
        high = figures(play)
        amend(play, sale, "20")

        assert {"point": "5.00", "spend": "200.00"} == high
        assert {"point": "2.00", "spend": "20.00"} == figures(play)

    @pytest.mark.parametrize(
        ("limits", "points"),
        [
            (cards.EarnLimits(per_day=10), 10),
            (cards.EarnLimits(per_transaction=10), 5),
            (cards.EarnLimits(max_balance=10), 10),
        ],
    )
    def test_it_goes_round_no_limit(self, limits, points):
        """5 points of a purchase of 5.00 that was of 100.00: no more than allowed."""
        rules = cards.Cashback(percent=100, points_scale=0, limits=limits)
        play = Player(rules)
        sale = play.ask(cards.RecordPurchase("5"))
        amend(play, sale, "100")

        assert str(points) == figures(play)["point"]

    def test_what_it_used_of_a_limit_comes_back_with_a_void(self):
        """5 and 5 more by a correction, all voided: the day's 10 are free again."""
        limits = cards.EarnLimits(per_day=10)
        rules = cards.Cashback(percent=100, points_scale=0, limits=limits)
        play = Player(rules)
        sale = play.ask(cards.RecordPurchase("5"))
        amend(play, sale, "100")
        play.void(sale)
        play.ask(cards.RecordPurchase("20"))

        assert "10" == figures(play)["point"]
        assert not play.shop.verify().problems

    def test_a_purchase_of_nothing(self):
        """Rung up as 0.00 by mistake, it is corrected to what it was."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("0"))
        amend(play, sale, "50")

        assert {"point": "5.00", "spend": "50.00"} == figures(play)


class TestStamps:
    def test_across_a_full_card_upwards(self):
        """7 stamps for 70.00; it was 120.00: one reward, 2 stamps."""
        mode = cards.Spend(10)
        play = Player(cards.Stamp(stamps_required=10, reward="Tea", mode=mode))
        sale = play.ask(cards.RecordPurchase("70"))
        done = amend(play, sale, "120")

        assert (("Tea", 1),) == done.till.rewards
        assert (2, 10) == done.till.progress

    def test_across_a_full_card_downwards(self):
        """One reward and 2 stamps for 120.00; it was 70.00: 7 stamps."""
        mode = cards.Spend(10)
        play = Player(cards.Stamp(stamps_required=10, reward="Tea", mode=mode))
        sale = play.ask(cards.RecordPurchase("120"))
        done = amend(play, sale, "70")

        assert () == done.till.rewards
        assert (7, 10) == done.till.progress

    def test_with_what_is_carried(self):
        """14.00 carried to 17.00 make 3; the second was 7.00: 21.00 make 2."""
        mode = cards.Spend(10, carry_remainder=True)
        play = Player(cards.Stamp(reward="Tea", mode=mode))
        play.ask(cards.RecordPurchase("14"))
        sale = play.ask(cards.RecordPurchase("17"))
        before = figures(play)
        amend(play, sale, "7")
        lower = figures(play)
        amend(play, sale, "17")

        assert {"stamp": "3", "reward": "0", "spend": "1.00"} == before
        assert {"stamp": "2", "reward": "0", "spend": "1.00"} == lower
        assert before == figures(play)

    def test_what_a_limit_refuses_stays_carried(self):
        """2 stamps a day and no more: of 50.00 corrected from 20.00, 30.00 wait."""
        limits = cards.EarnLimits(per_day=2, on_exceed=cards.OnExceed.REJECT)
        mode = cards.Spend(10, carry_remainder=True)
        play = Player(cards.Stamp(reward="Tea", mode=mode, limits=limits))
        sale = play.ask(cards.RecordPurchase("20"))
        amend(play, sale, "50")

        assert {"stamp": "2", "reward": "0", "spend": "30.00"} == figures(play)

    def test_a_carried_refund_turns_whole_steps_back(self):
        """2 stamps for 10.00: of 20.00, 5.00 refunded leave 2 stamps and 5.00."""
        mode = cards.Spend(10, 2, carry_remainder=True)
        play = Player(cards.Stamp(reward="Tea", mode=mode))
        sale = play.ask(cards.RecordPurchase("20"))
        play.refund(sale, "5")
        refunded = figures(play)
        play.ask(cards.RecordPurchase("5"))

        assert {"stamp": "2", "reward": "0", "spend": "5.00"} == refunded
        assert {"stamp": "4", "reward": "0", "spend": "0.00"} == figures(play)

    def test_by_hand_only_the_amount_changes(self):
        """3 stamps beside a purchase of 20.00 stay when it was 5.00."""
        play = Player(cards.Stamp(reward="Tea"))
        sale = play.ask(cards.AddStamps(3, purchase_amount="20"))
        done = amend(play, sale, "5")

        assert (3, -15_00) == (done.balances["stamp"], done.transaction.purchase_amount)


class TestRefusals:
    def test_only_the_last_purchase(self):
        """An earlier one only where that is said; a voided one in between is none."""
        play = Player(cards.Cashback(percent=10))
        first = play.ask(cards.RecordPurchase("100"))
        second = play.ask(cards.RecordPurchase("10"))
        with pytest.raises(errors.NotReversible, match="A later purchase") as refused:
            amend(play, first, "50")
        assert {"transaction_id": first.id} == refused.value.details
        amend(play, first, "60", is_any=True)
        play.void(second)
        amend(play, first, "50")

        assert {"point": "5.00", "spend": "50.00"} == figures(play)

    def test_a_voided_one(self):
        """What is gone cannot be corrected."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        play.void(sale)
        with pytest.raises(errors.NotReversible, match="It was voided"):
            amend(play, sale, "50")

    def test_what_is_no_purchase(self):
        """Points by hand have no amount."""
        play = Player(cards.Cashback(percent=10))
        added = play.ask(cards.AddPoints(5))
        with pytest.raises(errors.NotReversible, match="no purchase amount"):
            amend(play, added, "50")

    def test_an_amount_below_0(self):
        """It is malformed before anything is read."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        with pytest.raises(errors.InvalidAmount, match="not below 0"):
            amend(play, sale, "-1")

    def test_an_amendment_cannot_be_voided(self):
        """It is corrected by another one."""
        play = Player(cards.Cashback(percent=10))
        sale = play.ask(cards.RecordPurchase("100"))
        done = amend(play, sale, "50")
        with pytest.raises(errors.NotReversible, match="of kind amend"):
            play.shop.transactions.void(done.id)
