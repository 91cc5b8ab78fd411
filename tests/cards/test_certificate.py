"""Certificates; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loyaltycore import cards, errors
from loyaltycore.testing.card_play import Player


CLAMP, DEBT, REFUSE = cards.Shortfall
DAYS = timedelta(days=1)
SINGLE = cards.Use.SINGLE
PAY_100 = cards.RedeemMoney(100)


def gift(initial: str | int = "100.00", **settings) -> Player:
    """Play with a gift card."""
    return Player(cards.Certificate(initial=initial, **settings))


def left(play: Player) -> str:
    """What the till shows now."""
    return str(play.shop.cards.show(play.card_id).till)


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"initial": -1}, "initial: not below 0"),
            ({"activation": "now"}, "activation: an instance of OnIssue, OnPayment"),
            ({"use": "single"}, "use: one of Use.MULTIPLE"),
            ({"reloadable": 1}, "reloadable: True or False"),
            ({"transferable": 1}, "transferable: True or False"),
            ({"max_balance": 0}, "max_balance: above 0"),
            ({"min_redeem": -1}, "min_redeem: not below 0"),
            ({"cash_out_below": 0}, "cash_out_below: above 0"),
            ({"expiry": 30}, "expiry: an instance of Never"),
            ({"redeem_at": [""]}, "redeem_at: each is the id"),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Certificate(**settings)

    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"initial": "0.001"}, "initial: "),
            ({"max_balance": "0.001"}, "max_balance: "),
            ({"min_redeem": "0.001"}, "min_redeem: "),
            ({"cash_out_below": "0.001"}, "cash_out_below: "),
            ({"initial": 101, "max_balance": 100}, "initial: at most max_balance"),
            ({"limits": cards.EarnLimits(per_day=1)}, "limits: money is loaded"),
        ],
    )
    def test_what_a_program_cannot_hold_is_named(self, settings, says):
        """A tenth of a cent is no amount in euros, and money is not earned."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Certificate(**settings).check("EUR")

    def test_what_a_program_can_hold(self):
        """The first amount may be as much as the most."""
        cards.Certificate(initial=100, max_balance=100).check("EUR")

    @pytest.mark.parametrize(
        "command", [cards.ClearBalance, cards.Deactivate, cards.BlockMoney]
    )
    @pytest.mark.parametrize("reason", ["", "Ada lost it", "x" * 41, None, "_"])
    def test_a_reason_is_a_code(self, command, reason):
        """No sentence about a person gets into the journal."""
        with pytest.raises(errors.InvalidValue, match="reason: a code of your own"):
            command(reason)

    def test_a_redemption_has_an_amount_or_an_order(self):
        """One of the two is needed, and both are above 0."""
        no_date: Any = "2026-12-31"
        with pytest.raises(errors.InvalidValue, match="amount: say how much"):
            cards.RedeemMoney()
        with pytest.raises(errors.InvalidValue, match="amount: above 0"):
            cards.RedeemMoney(0)
        with pytest.raises(errors.InvalidValue, match="order_total: above 0"):
            cards.RedeemMoney(order_total=0)
        with pytest.raises(errors.InvalidValue, match="until: a date, not str"):
            cards.ExtendExpiry(no_date)


class TestBeginning:
    def test_a_first_amount_is_there_at_once(self):
        """By default a card can be used when it is issued."""
        assert "100.00 EUR" == left(gift())

    def test_a_card_without_a_first_amount_is_empty(self):
        """Nothing is written until something is loaded."""
        play = gift(0)

        assert "0.00 EUR" == left(play)
        assert () == play.history().transactions

    def test_a_card_waits_for_its_payment(self):
        """Until it is activated it cannot be used or loaded; then its time begins."""
        play = gift(activation=cards.OnPayment(), expiry=cards.Rolling(5, "days"))
        play.now += 30 * DAYS
        assert "0.00 EUR, pending" == left(play)
        for command in (PAY_100, cards.LoadMoney(1), cards.Hold(1)):
            with pytest.raises(errors.NotAvailable, match="is pending; .* activated"):
                play.ask(command)
        paid = play.ask(cards.Activate(purchase_amount="95"))

        assert "100.00 EUR" == str(paid.till)
        assert 95_00 == paid.transaction.purchase_amount
        with pytest.raises(errors.LimitReached, match="1 activations .* .1 used"):
            play.ask(cards.Activate())
        assert {"status": None} == paid.transaction.state
        assert 0 == play.ask(PAY_100, after=4 * DAYS).balances["money"]

    def test_a_card_that_waits_is_adjusted(self):
        """By hand something comes onto it, and goes."""
        play = gift(activation=cards.OnPayment())

        assert 5 == play.ask(cards.Adjust("money", 5)).balances["money"]

    def test_an_activation_can_be_voided(self):
        """Then the card waits again, and can be activated again."""
        play = gift(activation=cards.OnPayment())
        paid = play.ask(cards.Activate())
        assert "0.00 EUR, pending" == str(play.void(paid).till)

        assert 100 == play.ask(cards.Activate()).balances["money"]

    def test_a_card_that_is_there_is_not_activated(self):
        """There is nothing to wait for."""
        with pytest.raises(errors.LimitReached, match="activations"):
            gift().ask(cards.Activate())

    def test_a_card_may_count_from_a_day_on(self):
        """Issued on 31 January, it counts from the start of 14 February."""
        play = gift(activation=cards.FromDate(date(2026, 2, 14)))
        assert "0.00 EUR, pending" == left(play)
        with pytest.raises(errors.NotAvailable, match="pending"):
            play.ask(PAY_100, after=13 * DAYS)

        play.now += timedelta(minutes=30)
        assert "100.00 EUR" == left(play)
        assert 0 == play.ask(PAY_100).balances["money"]

    def test_a_day_that_was_is_no_wait(self):
        """A card issued after its day counts at once."""
        assert "100.00 EUR" == left(gift(activation=cards.FromDate(date(2026, 1, 14))))


class TestLoading:
    def test_a_card_is_loaded_once(self):
        """Where it is not reloadable, the first amount is the only one."""
        for play in (gift(), gift(0)):
            if not play.history().transactions:
                play.ask(cards.LoadMoney(100))
            with pytest.raises(
                errors.LimitReached, match="1 loads of a card .* .1 used"
            ):
                play.ask(cards.LoadMoney(10))

    def test_a_load_by_mistake_is_none(self):
        """What is voided can be loaded again."""
        play = gift(0)
        wrong = play.ask(cards.LoadMoney(1000))
        play.void(wrong)

        assert 100 == play.ask(cards.LoadMoney(100)).balances["money"]

    def test_no_more_than_the_most_is_on_a_card(self):
        """Held money is on it, too; so is what is adjusted."""
        play = gift(reloadable=True, max_balance="150")
        play.ask(cards.Hold("20"))
        assert 110 == play.ask(cards.LoadMoney(30)).balances["money"]

        for command in (cards.LoadMoney("20.01"), cards.Adjust("money", "20.01")):
            with pytest.raises(errors.LimitReached, match="150.00 EUR .*130.00 used"):
                play.ask(command)
        assert 100 == play.ask(cards.Adjust("money", -10)).balances["money"]
        with pytest.raises(errors.LimitReached):
            play.ask(cards.LoadMoney("30.01"))
        assert 130 == play.ask(cards.LoadMoney(30)).balances["money"]
        with pytest.raises(errors.LimitReached):
            play.ask(cards.LoadMoney("0.01"))

    def test_a_load_ends_by_the_cards_rule(self):
        """Each load has its own time."""
        play = gift(reloadable=True, expiry=cards.Rolling(5, "days"))
        play.ask(cards.LoadMoney(50), after=3 * DAYS)
        play.now += 3 * DAYS
        assert "50.00 EUR" == left(play)
        play.now += 3 * DAYS
        assert "0.00 EUR, expired" == left(play)

        assert 7 == play.ask(cards.LoadMoney(7)).balances["money"]


class TestSpending:
    def test_the_till_says_what_is_left_to_pay(self):
        """A gift card of 100.00 pays a part of 130.00."""
        paid = gift().ask(cards.RedeemMoney(order_total=130))

        assert 30_00 == paid.till.pay
        assert "0.00 EUR, spent, pay 30.00 EUR" == str(paid.till)

    def test_no_more_is_paid_than_an_order_comes_to(self):
        """An amount beyond the order is a mistake."""
        with pytest.raises(errors.InvalidAmount, match="comes to less"):
            gift().ask(cards.RedeemMoney(60, order_total=50))

    @pytest.mark.parametrize("command", [PAY_100, cards.RedeemMoney(order_total=5)])
    def test_an_empty_card_pays_nothing(self, command):
        """The refusal is in the currency."""
        with pytest.raises(errors.InsufficientBalance, match="0.00 EUR, "):
            gift(0).ask(command)

    def test_a_cent(self):
        """The least that is on a card keeps it active, and pays."""
        play = gift("0.01")
        with pytest.raises(errors.InsufficientBalance, match="0.00 EUR, 0.01 asked"):
            gift(0).ask(cards.RedeemMoney(order_total=5))

        assert "0.01 EUR" == left(play)
        assert 4_99 == play.ask(cards.RedeemMoney(order_total=5)).till.pay

    def test_a_use_puts_the_end_off(self):
        """Money that ends five days after the last use is there on the eighth day."""
        play = gift(expiry=cards.Sliding(5, "days", resets_on=["redeem"]))
        play.ask(cards.RedeemMoney(10), after=4 * DAYS)

        assert 80 == play.ask(cards.RedeemMoney(10), after=4 * DAYS).balances["money"]

    def test_a_use_of_all_that_is_there_leaves_nothing_to_forfeit(self):
        """One use that takes everything is one entry."""
        paid = gift(use=SINGLE).ask(PAY_100)

        assert ["redeem"] == [entry.kind for entry in paid.transaction.entries]

    def test_too_little_is_not_redeemed(self):
        """At least 20.00 at a time, unless less is left."""
        play = gift(min_redeem="20")
        with pytest.raises(errors.BelowMinimum, match=r"At least 20.00 EUR"):
            play.ask(cards.RedeemMoney("19.99"))
        with pytest.raises(errors.BelowMinimum):
            play.ask(cards.Hold("19.99"))

        assert 10 == play.ask(cards.RedeemMoney(90)).balances["money"]
        assert 0 == play.ask(cards.RedeemMoney(10)).balances["money"]

    def test_a_card_may_be_for_some_places(self):
        """It is redeemed and held there, and nowhere else."""
        play = gift(redeem_at=["station", "harbour"])
        for command in (PAY_100, cards.Hold(5)):
            with pytest.raises(
                errors.NotAvailable, match="at station, harbour only"
            ) as no:
                play.ask(command)
            assert {"status": "elsewhere"} == no.value.details
            with pytest.raises(errors.NotAvailable):
                play.shop.cards.post(play.card_id, command, location="airport")

        paid = play.shop.cards.post(play.card_id, PAY_100, location="harbour")
        assert 0 == paid.balances["money"]

    def test_what_is_used_once_is_held_once(self):
        """A hold is the one use; what a capture leaves is forfeited."""
        play = gift(use=SINGLE)
        hold = play.ask(cards.Hold(60))
        assert "40.00 EUR, 60.00 held" == str(hold.till)
        for command in (cards.Hold(1), cards.RedeemMoney(1)):
            with pytest.raises(errors.LimitReached, match="1 use .* .1 used"):
                play.ask(command)
        done = play.shop.transactions.capture(hold.id, "50")

        assert (0, "spent") == (done.balances["money"], done.till.status)
        assert 100 == play.void(done).balances["money"]

    def test_a_released_hold_is_no_use(self):
        """Nothing is forfeited, and the card can be used."""
        play = gift(use=SINGLE)
        hold = play.ask(cards.Hold(60))
        play.shop.transactions.release(hold.id)

        assert 0 == play.ask(PAY_100).balances["money"]

    def test_what_comes_back_to_a_used_card_can_be_used_once_more(self):
        """A refund of 20.00 is 20.00 on the card."""
        play = gift(use=SINGLE)
        paid = play.ask(cards.RedeemMoney(60))

        assert 20 == play.refund(paid, "20").balances["money"]

    def test_the_little_that_is_left_is_paid_out(self):
        """Below 10.00 it is, from 10.00 on it is not, and nothing is not either."""
        play = gift(cash_out_below=10)
        play.ask(cards.RedeemMoney(90))
        with pytest.raises(errors.LimitReached, match="10.00 EUR below .* .10.00 used"):
            play.ask(cards.CashOut())
        play.ask(cards.RedeemMoney("0.01"))
        out = play.ask(cards.CashOut())

        assert 9_99 == out.till.pay_out
        assert "0.00 EUR, spent, 9.99 EUR in cash" == str(out.till)
        with pytest.raises(errors.InsufficientBalance, match="0.00 EUR, 0.01 asked"):
            play.ask(cards.CashOut())

    def test_nothing_is_paid_out_that_is_not_said(self):
        """Without a threshold there is no cash."""
        with pytest.raises(errors.CommandNotSupported, match="not paid out") as refused:
            gift().ask(cards.CashOut())

        assert {"command": "CashOut"} == refused.value.details

    def test_money_out_of_use_is_not_paid_out(self):
        """A blocked card gives no cash."""
        play = gift(5, cash_out_below=10)
        play.ask(cards.BlockMoney("lost"))

        with pytest.raises(errors.NotAvailable, match="is blocked; unblock it first"):
            play.ask(cards.CashOut())


class TestOutOfUse:
    def test_a_blocked_card_does_nothing_until_it_is_unblocked(self):
        """It is not redeemed, loaded, held, captured or sent; a refund comes back."""
        play = gift(reloadable=True)
        paid = play.ask(cards.RedeemMoney(10))
        hold = play.ask(cards.Hold(20))
        assert "70.00 EUR, 20.00 held, blocked" == str(
            play.ask(cards.BlockMoney("lost_card")).till
        )
        for command in (
            PAY_100,
            cards.LoadMoney(1),
            cards.Hold(1),
        ):
            with pytest.raises(errors.NotAvailable, match="unblock it first") as no:
                play.ask(command)
            assert {"status": "blocked"} == no.value.details
        with pytest.raises(errors.NotAvailable):
            play.shop.transactions.capture(hold.id)
        play.shop.transactions.release(hold.id)
        play.refund(paid, "10")
        assert 105 == play.ask(cards.Adjust("money", 5)).balances["money"]
        free = play.ask(cards.UnblockMoney())

        assert {"blocked": None} == free.transaction.state
        assert 5 == play.ask(PAY_100).balances["money"]

    def test_a_block_that_was_lifted_is_not_voided(self):
        """What it set is not there any more."""
        play = gift()
        blocked = play.ask(cards.BlockMoney("lost"))
        play.ask(cards.UnblockMoney())

        with pytest.raises(errors.NotReversible, match="blocked was changed"):
            play.void(blocked)

    def test_a_block_outlasts_an_activation(self):
        """A card that waits for its payment is not activated while it is blocked."""
        play = gift(activation=cards.OnPayment())
        play.ask(cards.BlockMoney("fraud"))
        with pytest.raises(errors.NotAvailable, match="blocked"):
            play.ask(cards.Activate())

        assert "pending" == play.ask(cards.UnblockMoney()).till.status

    def test_a_deactivated_card_does_nothing_any_more(self):
        """Nothing comes on it, not by hand either, and nothing comes back to it."""
        play = gift(reloadable=True)
        paid = play.ask(cards.RedeemMoney(10))
        off = play.ask(cards.Deactivate("returned"))
        assert "90.00 EUR, deactivated" == str(off.till)
        for command in (
            PAY_100,
            cards.Activate(),
            cards.Adjust("money", 1),
            cards.ExtendExpiry(date(2027, 1, 1)),
        ):
            with pytest.raises(errors.NotAvailable, match="it is not used any more"):
                play.ask(command)
        with pytest.raises(errors.NotAvailable):
            play.refund(paid, "10")
        assert 0 == play.ask(cards.ClearBalance("returned")).balances["money"]

    def test_a_deactivation_by_mistake_is_voided(self):
        """Then the card is as it was."""
        play = gift()
        off = play.ask(cards.Deactivate("oops"))

        assert "100.00 EUR" == str(play.void(off).till)

    def test_a_cleared_balance_is_forfeited(self):
        """A void brings it back."""
        play = gift()
        cleared = play.ask(cards.ClearBalance("fraud"))
        assert [("forfeit", -100_00)] == [
            (entry.kind.value, entry.amount) for entry in cleared.transaction.entries
        ]

        assert 100 == play.void(cleared).balances["money"]

    def test_an_empty_card_is_cleared(self):
        """There is nothing to forfeit."""
        assert () == gift(0).ask(cards.ClearBalance("lost")).transaction.entries


class TestLongerLife:
    def test_money_counts_longer(self):
        """What ends on 5 February counts through the 20th, and is not earned anew."""
        play = gift(expiry=cards.FixedDate(date(2026, 2, 5)))
        play.ask(cards.ExtendExpiry(date(2026, 2, 20)))
        play.now += 15 * DAYS
        total = play.history().holding.total(cards.Unit.MONEY)

        assert 100_00 == total.earned
        assert 0 == play.ask(PAY_100).balances["money"]

    def test_nothing_ends_sooner(self):
        """What never ends, or later, stays as it is."""
        for policy in (cards.Never(), cards.FixedDate(date(2026, 3, 5))):
            play = gift(expiry=policy)
            extended = play.ask(cards.ExtendExpiry(date(2026, 3, 5)))

            assert () == extended.transaction.entries

    def test_a_sliding_end_is_moved_as_well(self):
        """The deadline of the card is left behind."""
        play = gift(expiry=cards.Sliding(3, "days"))
        play.ask(cards.ExtendExpiry(date(2026, 2, 20)))

        assert 0 == play.ask(PAY_100, after=10 * DAYS).balances["money"]

    def test_a_longer_life_is_voided(self):
        """The money goes back to the lot that it came from, and ends with it."""
        play = gift(expiry=cards.FixedDate(date(2026, 2, 5)))
        longer = play.ask(cards.ExtendExpiry(date(2026, 2, 20)))
        play.void(longer)
        play.now += 9 * DAYS

        assert "0.00 EUR, expired" == left(play)

    def test_money_of_several_lots(self):
        """Only what would end sooner counts longer, in the order in which it ends."""
        play = gift(expiry=cards.Rolling(5, "days"), reloadable=True)
        play.ask(cards.LoadMoney(20), after=DAYS)
        play.ask(cards.LoadMoney(30), after=9 * DAYS)
        play.ask(cards.LoadMoney(40), after=DAYS)
        extended = play.ask(cards.ExtendExpiry(play.now.date() + 5 * DAYS))
        (out, into) = extended.transaction.entries

        assert ("transfer_out", 30_00) == (out.kind, out.quantity)
        assert ("transfer_in", 30_00) == (into.kind, into.quantity)
        (lot,) = (
            lot
            for lot in play.history().holding.lots.values()
            if lot.number == into.lot
        )
        assert lot.expires_at == into.expires_at

    def test_what_waits_for_its_day_stays(self):
        """Money that does not count yet is not moved."""
        play = gift(activation=cards.FromDate(date(2026, 3, 1)))

        assert () == play.ask(cards.ExtendExpiry(date(2026, 4, 1))).transaction.entries

    def test_of_a_card_out_of_use(self):
        """A blocked card, or one that waits for its payment, counts longer too."""
        play = gift(expiry=cards.FixedDate(date(2026, 2, 5)))
        play.ask(cards.BlockMoney("lost"))
        longer = cards.ExtendExpiry(date(2026, 2, 20))

        assert 2 == len(play.ask(longer).transaction.entries)
        assert "pending" == gift(activation=cards.OnPayment()).ask(longer).till.status

    def test_no_day_of_the_past(self):
        """The last day is today or later."""
        play = gift()

        for late in (datetime(2026, 2, 5, 23, tzinfo=UTC), play.now + 9 * DAYS):
            play.now = late
            with pytest.raises(
                errors.InvalidValue, match="until: a day that is not ov"
            ):
                play.ask(cards.ExtendExpiry(date(2026, 2, 5)))


class TestGivingBack:
    def sold(self, **settings):
        """A card of 100.00 that was sold for 90.00."""
        play = gift(activation=cards.OnPayment(), **settings)
        return play, play.ask(cards.Activate(purchase_amount=90))

    def test_an_unused_card_is_given_back_whole(self):
        """The money leaves the card, which is deactivated."""
        play, sale = self.sold()
        back = play.shop.transactions.refund(sale.id)

        assert "0.00 EUR, deactivated, 90.00 EUR back" == str(back.till)
        assert 90_00 == back.till.pay_out

    def test_a_used_card_is_given_back_in_proportion(self):
        """40.00 of 100.00 are used: 54.00 of the 90.00 go back, at most."""
        play, sale = self.sold()
        play.ask(cards.RedeemMoney(40))
        with pytest.raises(errors.NotReversible, match="60.00 EUR are unused"):
            play.refund(sale, "54.01")
        back = play.shop.transactions.refund(sale.id)

        assert (54_00, 0) == (back.till.pay_out, back.balances["money"])

    def test_a_part_may_be_given_back(self):
        """What is left stays on the card and cannot be spent; it can be given back."""
        play, sale = self.sold()
        assert "90.00 EUR, deactivated" == str(play.refund(sale, "9").till)
        with pytest.raises(errors.NotAvailable):
            play.ask(PAY_100)

        assert 81_00 == play.shop.transactions.refund(sale.id).till.pay_out
        with pytest.raises(errors.NotReversible, match="refunded in full already"):
            play.shop.transactions.refund(sale.id)

    def test_no_more_than_was_paid_is_given_back(self):
        """What was adjusted up is no part of the sale."""
        play, sale = self.sold()
        play.ask(cards.Adjust("money", 50))

        with pytest.raises(errors.NotReversible, match="90.01 EUR .* 90.00 is left"):
            play.refund(sale, "90.01")

    def test_a_load_is_given_back_and_the_card_lives_on(self):
        """Only the refund of what the card began with deactivates it."""
        play = gift(reloadable=True)
        load = play.ask(cards.LoadMoney(50, purchase_amount=50))
        play.ask(cards.RedeemMoney(120))
        back = play.shop.transactions.refund(load.id)

        assert (30_00, "spent") == (back.till.pay_out, back.till.status)

    def test_money_that_counts_longer_can_be_given_back(self):
        """It is in another lot by now, and taken for the sale all the same."""
        play, sale = self.sold(expiry=cards.Rolling(5, "days"))
        play.ask(cards.ExtendExpiry(date(2026, 6, 1)))
        back = play.shop.transactions.refund(sale.id)
        (taken,) = back.transaction.entries

        assert 90_00 == back.till.pay_out
        assert (cards.Unit.MONEY, 0) == (taken.unit, taken.reverses)

    def test_all_that_was_paid_for_a_used_card(self):
        """90.00 are no more than was paid, but 40.00 of the card are used."""
        play, sale = self.sold()
        play.ask(cards.RedeemMoney(40))
        with pytest.raises(errors.NotReversible, match="60.00 EUR are unused; refund"):
            play.refund(sale, "90")

    def test_a_card_that_was_used_up(self):
        """Nothing is left, so nothing goes back."""
        play, sale = self.sold()
        play.ask(PAY_100)
        with pytest.raises(errors.NotReversible, match="0.00 EUR was asked back"):
            play.shop.transactions.refund(sale.id)

    def test_a_card_for_a_cent(self):
        """Sold for the least there is, it is given back for that."""
        play = gift(activation=cards.OnPayment())
        sale = play.ask(cards.Activate(purchase_amount="0.01"))
        back = play.shop.transactions.refund(sale.id)

        assert (1, 0) == (back.till.pay_out, back.balances["money"])

    def test_a_redemption_on_a_blocked_card(self):
        """What was paid with a card that is blocked since comes back to it."""
        play = gift()
        paid = play.ask(cards.RedeemMoney(60))
        play.ask(cards.BlockMoney("lost"))

        assert 70 == play.refund(paid, "30").balances["money"]

    @pytest.mark.parametrize("use", [cards.RedeemMoney(70), cards.Hold(70)])
    def test_a_used_card_is_refunded_and_not_voided(self, use):
        """A void would pay 90.00 back for the 30.00 that are unused."""
        play, sale = self.sold()
        play.ask(use)
        with pytest.raises(errors.NotReversible, match="30.00 EUR are unused; refund"):
            play.void(sale)

        assert 27_00 == play.shop.transactions.refund(sale.id).till.pay_out

    def test_a_void_takes_no_money_of_another_sale(self):
        """The 50.00 that are left were loaded later."""
        play, sale = self.sold(reloadable=True)
        load = play.ask(cards.LoadMoney(50))
        used = play.ask(PAY_100)
        with pytest.raises(errors.NotReversible, match="50.00 EUR are unused; refund"):
            play.void(sale)
        play.void(used)
        assert 50 == play.void(sale).balances["money"]

        assert 0 == play.void(load).balances["money"]

    def test_what_was_loaded_for_nothing_is_adjusted(self):
        """Without a price there is nothing to refund."""
        play = gift(0)
        load = play.ask(cards.LoadMoney(100))
        play.ask(cards.RedeemMoney(60))

        with pytest.raises(errors.NotReversible, match="40.00 EUR are unused; adjust"):
            play.void(load)
        play.ask(cards.RedeemMoney(40))
        with pytest.raises(errors.NotReversible, match=" 0.00 EUR are unused; adjust"):
            play.void(load)

    def test_a_load_that_repaid_a_debt_is_voided(self):
        """Then the money is owed again."""
        play = gift(0, reloadable=True, shortfall=DEBT)
        wrong = play.ask(cards.Adjust("money", 30))
        play.ask(cards.RedeemMoney(30))
        play.void(wrong)
        load = play.ask(cards.LoadMoney(50))

        assert (20, -30) == (load.balances["money"], play.void(load).balances["money"])

    def test_a_corrected_price_leaves_the_balance(self):
        """Only an adjustment changes what is on the card."""
        play, sale = self.sold()
        amended = play.shop.transactions.amend(sale.id, "95")

        assert 100 == amended.balances["money"]

    def test_a_redemption_is_given_back_whole_without_an_amount(self):
        """Of 60.00, 20.00 have come back, and the other 40.00 do."""
        play = gift()
        paid = play.ask(cards.RedeemMoney(60))
        play.refund(paid, "20")

        assert 100 == play.shop.transactions.refund(paid.id).balances["money"]


class TestSending:
    def two(self, **settings):
        """A programme with two cards of one template."""
        play = gift(**settings)
        shop = play.shop
        card = shop.cards.get(play.card_id)
        other = shop.cards.issue(card.template_id, to=card.customer_id)
        return play, other.id

    def test_money_goes_to_another_card(self):
        """As much as that may hold."""
        play, other = self.two(max_balance="120")
        play.ask(cards.Transfer(other, 20))

        assert 120 == play.shop.cards.show(other).balances["money"]
        with pytest.raises(errors.LimitReached, match="EUR on the card"):
            play.ask(cards.Transfer(other, 1))

    def test_no_money_goes_to_a_blocked_card(self):
        """Nor comes any from one."""
        play, other = self.two()
        back = play.shop.cards.post(other, cards.BlockMoney("lost"))

        with pytest.raises(errors.NotAvailable):
            play.ask(cards.Transfer(other, 1))
        play.void(back)
        play.ask(cards.BlockMoney("lost"))
        with pytest.raises(errors.NotAvailable):
            play.ask(cards.Transfer(other, 1))

    def test_money_may_have_to_stay(self):
        """Where it is not transferable, it is not sent."""
        play, other = self.two(transferable=False)

        with pytest.raises(errors.CommandNotSupported, match="stay on a certificate"):
            play.ask(cards.Transfer(other, 1))


def test_what_can_be_done_is_said():
    """A card that waits can be activated, blocked and the like, and not be used."""
    play = gift(activation=cards.OnPayment(), min_redeem=5, cash_out_below=1)
    said = {
        action.name: action.code for action in play.shop.cards.actions(play.card_id)
    }

    assert {
        "Activate": None,
        "LoadMoney": "not_available",
        "RedeemMoney": "not_available",
        "CashOut": "not_available",
        "ClearBalance": None,
        "Deactivate": None,
        "BlockMoney": None,
        "UnblockMoney": None,
        "ExtendExpiry": None,
    } == said


def test_commands_have_short_forms():
    """Activate, load and pay, each in one line."""
    play = gift(activation=cards.OnPayment(), reloadable=True)
    shop, card = play.shop.cards, play.card_id
    shop.activate(card, purchase_amount=100)
    shop.load_money(card, 20, purchase_amount=20)
    shop.redeem_money(card, 50)
    paid = shop.redeem_money(card, order_total=80, key="order")

    assert (0, 10_00) == (paid.balances["money"], paid.till.pay)
