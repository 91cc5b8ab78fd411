"""Coupons; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loyaltycore import Loyalty, MemoryStore, Program, cards, errors
from loyaltycore.cards.commands import describe
from loyaltycore.testing.card_play import Player


DAYS = timedelta(days=1)
TENTH = cards.Percent(10)
REDEEM = cards.RedeemCoupon("100.00")
WRONG: Any = [TENTH]
RESERVE = cards.ReserveCoupon("100.00")
# A player's card is issued on Saturday, 31 January 2026, at 23:30 in Berlin.
SATURDAY = cards.Window([cards.Weekday.SATURDAY], "22:00", "00:00")
SUNDAY = cards.Window([cards.Weekday.SUNDAY], "22:00", "00:00")


def coupon(offer: Any = TENTH, **settings) -> Player:
    """Play with a coupon of 10 %."""
    return Player(cards.Coupon(offer=offer, **settings))


def refused(player: Player, command: Any = REDEEM) -> errors.Refusal:
    """Ask what is not given, and see that nothing is written, and why it is said."""
    before = player.history()
    with pytest.raises(errors.Refusal) as refusal:
        player.ask(command)

    assert before == player.history()
    assert refusal.value.message
    return refusal.value


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"uses": 0}, "uses: .*1 to 1000"),
            ({"per_customer": 0}, "per_customer"),
            ({"max_redemptions": 0}, "max_redemptions"),
            ({"budget": 0}, "budget: above 0"),
            ({"valid_from": "2026-03-01"}, "valid_from: a date"),
            (
                {"valid_from": date(2026, 3, 2), "valid_to": date(2026, 3, 1)},
                "valid_to: not before valid_from",
            ),
            ({"valid_after_issue": cards.Never()}, "valid_after_issue: .*Rolling"),
            ({"windows": ["22:00"]}, "windows: each is a Window"),
            ({"first_visit_only": 1}, "first_visit_only: True or False"),
            ({"holder_only": None}, "holder_only: True or False"),
            ({"converts_to": "t"}, "converts_to: .*NewCard"),
            ({"offer": "10 %"}, "benefit: an instance of Percent"),
            (
                {
                    "happy_hours": [
                        cards.HappyHour(
                            [cards.Weekday.MONDAY],
                            "1:00".zfill(5),
                            "02:00",
                            cards.Multiplier(2),
                        )
                    ]
                },
                "happy_hours: on a coupon card an hour does nothing",
            ),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Coupon(**{"offer": TENTH, **settings})

    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"offer": cards.AmountOff("0.005")}, "amount"),
            ({"budget": "0.005"}, "budget"),
            ({"offer": cards.Offer(TENTH, min_spend="0.005")}, "min_spend"),
            ({"limits": cards.EarnLimits(min_purchase="0.005")}, "min_purchase"),
        ],
    )
    def test_what_the_currency_cannot_hold_is_named(self, settings, field):
        """Half a cent is no budget, and nothing that could come off."""
        with pytest.raises(errors.InvalidValue) as refused:
            coupon(**settings)

        assert field == refused.value.field

    @pytest.mark.parametrize("given", [{"n": 1}, {"unit": cards.Unit.STAMP}])
    def test_a_new_card_gets_so_much_of_something(self, given):
        """A number without a unit says nothing, nor does a unit without one."""
        with pytest.raises(errors.InvalidValue, match="unit: give both"):
            cards.NewCard("t", **given)


class TestCommands:
    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda: cards.RedeemCoupon(1, beside=WRONG), "beside: each is an Offer"),
            (lambda: cards.RedeemCoupon(1, presented_by=" "), "presented_by"),
            (lambda: cards.ReserveCoupon(1, minutes=0), "minutes: .*1 to 527040"),
        ],
    )
    def test_malformed(self, make, says):
        """A command that makes no sense is refused when it is made."""
        with pytest.raises(errors.InvalidValue, match=says):
            make()

    def test_an_order_is_written_down_whole(self):
        """The journal keeps lines and offers, as a replay is known by them."""
        order = cards.Order(lines=[cards.Line("tea", "2.50", 2)])
        command = cards.RedeemCoupon(order, beside=[cards.Offer(TENTH)])

        line = {"type": "Line", "sku": "tea", "price": "2.5", "quantity": 2}
        benefit = {"type": "Percent", "percent": "10"}
        assert {
            "type": "RedeemCoupon",
            "order": {"type": "Order", "lines": [line]},
            "beside": [{"type": "Offer", "benefit": benefit}],
        } == describe(command)

    def test_a_coupon_of_money_needs_an_order(self):
        """Nobody can say what 10 % of nothing known are."""
        with pytest.raises(errors.InvalidValue, match="order: give the order"):
            coupon().ask(cards.RedeemCoupon())

    def test_a_use_is_neither_held_nor_sent(self):
        """A hold would not look at the order; a holder's coupon stays with them."""
        player = coupon()

        for command in (cards.Hold(1), cards.Transfer("c", 1)):
            quote = player.shop.cards.quote(player.card_id, command)
            assert isinstance(quote.refusal, errors.CommandNotSupported)


class TestRedeem:
    def test_each_use(self):
        """Two uses are two redemptions, and the third is refused."""
        player = coupon(uses=2)

        first, second = player.ask(REDEEM), player.ask(REDEEM)

        assert ("active", "redeemed") == (first.till.status, second.till.status)
        text = "10.00 EUR off, pay 90.00 EUR, redeemed, 0 of 2 uses left"
        assert text == second.till.text
        assert "already_redeemed" == refused(player).code

    def test_a_void_gives_use_and_counts_back(self):
        """What a void takes back can be redeemed again, within every limit."""
        player = coupon(max_redemptions=1, budget=10)
        done = player.ask(REDEEM)

        assert "active" == player.void(done).till.status
        assert "redeemed" == player.ask(REDEEM).till.status
        assert not player.shop.verify().problems

    def test_a_redemption_is_not_refunded_in_part(self):
        """It is taken back whole, with its counts, or not at all."""
        player = coupon()
        done = player.ask(cards.RedeemCoupon(100, purchase_amount=90))

        with pytest.raises(errors.NotReversible, match="as one; void it"):
            player.refund(done, "1.00")

    @pytest.mark.parametrize(
        ("settings", "limit", "used", "at_most"),
        [
            ({"per_customer": 1}, "uses a customer", "1", "1"),
            ({"max_redemptions": 1}, "uses in all", "1", "1"),
            ({"budget": "19.99"}, "EUR of its budget", "10.00", "19.99"),
        ],
    )
    def test_limits(self, settings, limit, used, at_most):
        """The second of two uses is beyond each of them."""
        player = coupon(uses=2, **settings)
        player.ask(REDEEM)

        refusal = refused(player)
        told = {name: str(value) for name, value in refusal.details.items()}

        assert "limit_reached" == refusal.code
        assert {
            "limit": limit,
            "used": used,
            "at_most": at_most,
            "resets_at": "None",
        } == told

    def test_terms_of_the_offer(self):
        """An order below the minimum keeps the coupon."""
        player = coupon(cards.Offer(TENTH, min_spend=101))

        assert "below_minimum" == refused(player).code

    def test_beside_another_offer(self):
        """What is never combined is refused where an order has something already."""
        alone = cards.Offer(TENTH, stacking=cards.Stacking.NEVER)
        command = cards.RedeemCoupon(100, beside=[cards.Offer(cards.Percent(20))])

        assert "not_combinable" == refused(coupon(alone), command).code
        assert 72_00 == coupon().ask(command).till.pay


class TestWhen:
    def test_from_a_day_on(self):
        """Local days count: at 23:30 it is not 1 February yet."""
        player = coupon(valid_from=date(2026, 2, 1))

        assert "not_begun" == refused(player).details["status"]
        player.ask(REDEEM, after=DAYS)

    @pytest.mark.parametrize(
        "settings",
        [
            {"valid_to": date(2026, 2, 2)},
            {"valid_after_issue": cards.Rolling(2, "days")},
            {
                "valid_to": date(2026, 2, 2),
                "valid_after_issue": cards.Rolling(9, "days"),
            },
            {
                "valid_to": date(2026, 3, 2),
                "valid_after_issue": cards.Rolling(2, "days"),
            },
        ],
    )
    def test_until_a_day(self, settings):
        """Whatever ends first, it is valid through 2 February."""
        player = coupon(uses=2, **settings)
        player.ask(REDEEM, after=2 * DAYS)
        player.now += DAYS

        assert {"status": "expired"} == refused(coupon_expired(settings)).details
        assert "already_redeemed" == refused(player).code

    def test_hours(self):
        """Outside of its windows it is not taken, and kept."""
        player = coupon(windows=[SUNDAY])

        assert "closed" == refused(player).details["status"]
        player.ask(REDEEM, after=DAYS)
        coupon(windows=[SUNDAY, SATURDAY]).ask(REDEEM)

    def test_for_a_day(self):
        """The first day may be the last one, and ends at midnight in Berlin."""
        day = date(2026, 1, 31)
        player = coupon(valid_from=day, valid_to=day, uses=2)
        shown = player.ask(REDEEM).till
        player.now += timedelta(minutes=30)

        assert "10.00 EUR off, pay 90.00 EUR, active, 1 of 2 uses left" == str(shown)
        assert "already_redeemed" == refused(player).code

    @pytest.mark.parametrize(
        ("last", "days"), [(date(2026, 2, 1), 1), (date(2026, 2, 28), 2)]
    )
    def test_what_ends_first(self, last, days):
        """The last day of all, or two days after the issue."""
        rules = {"valid_to": last, "valid_after_issue": cards.Rolling(2, "days")}
        (lot,) = coupon(**rules).history().holding.lots.values()

        assert datetime(2026, 1, 31, 23, tzinfo=UTC) + days * DAYS == lot.expires_at

    def test_hours_are_those_of_the_shop(self):
        """From 23:00 on in Berlin, where it is 22:30 in London."""
        late = cards.Window([cards.Weekday.SATURDAY], "23:00", "00:00")

        assert "redeemed" == coupon(windows=[late]).ask(REDEEM).till.status

    def test_out_of_use(self):
        """Staff disable it; a void puts it back, and twice is refused."""
        player = coupon()
        disabled = player.ask(cards.DisableCoupon())

        assert "disabled" == disabled.till.status
        assert {"status": "disabled"} == refused(player).details
        again = refused(player, cards.DisableCoupon())
        assert ("not_available", {"status": "disabled"}) == (again.code, again.details)
        assert "active" == player.void(disabled).till.status

    def test_taken_away(self):
        """A coupon whose use was taken by hand is empty."""
        player = coupon()
        player.ask(cards.Adjust("use", -1))

        assert {"status": "empty"} == refused(player).details


def coupon_expired(settings) -> Player:
    """Play with a coupon that nobody redeemed in time."""
    player = coupon(**settings)
    player.now += 3 * DAYS
    return player


class TestWho:
    def test_the_holder_only(self):
        """It is for its holder, unless the template says otherwise."""
        other = cards.RedeemCoupon(100, presented_by="somebody")

        assert "not_eligible" == refused(coupon(), other).code
        coupon(holder_only=False).ask(other)
        player = coupon()
        holder = player.history().transactions[0].customer_id
        player.ask(cards.RedeemCoupon(100, presented_by=holder))

    def test_a_first_purchase_only(self):
        """Who has bought before is refused."""
        player = coupon(uses=2, first_visit_only=True)
        player.ask(cards.RedeemCoupon(100, purchase_amount=90))

        assert "not_eligible" == refused(player).code


class TestReserve:
    def test_capture(self):
        """A reserved use is redeemed when the order is paid; a void gives all back."""
        player = coupon(max_redemptions=1, budget=10)
        reserved = player.ask(RESERVE)

        assert [10_00] == reserved.transaction.pinned["by_line"]
        assert "reserved" == reserved.till.status
        assert {"status": "reserved"} == refused(player).details
        captured = player.shop.transactions.capture(reserved.id)
        assert "redeemed" == captured.till.status
        pinned = captured.transaction.pinned
        assert (True, [10_00]) == (pinned["whole"], pinned["by_line"])
        voided = player.shop.transactions.void(captured.id)
        assert "active" == voided.till.status
        player.ask(REDEEM)
        assert not player.shop.verify().problems

    @pytest.mark.parametrize("way", ["release", "void", "time"])
    def test_release(self, way):
        """What is released, or runs out, counts against no limit."""
        player = coupon(max_redemptions=1, budget=10)
        reserved = player.ask(RESERVE)

        if way == "time":
            player.now += timedelta(minutes=15)
        else:
            getattr(player.shop.transactions, way)(reserved.id)

        player.ask(REDEEM)
        assert not player.shop.verify().problems


class Town:
    """A shop with a stamp template, and a coupon for its first customer."""

    def __init__(self, **settings) -> None:
        program = Program(id="p", currency="EUR", zone="UTC")
        self.shop = Loyalty(MemoryStore(), program)
        rules = cards.Stamp(reward="Tea", welcome_stamps=2)
        self.stamp = self.shop.templates.create("Stamps", rules).id
        given = {name: make(self.stamp) for name, make in settings.items()}
        rules = cards.Coupon(**{"offer": TENTH, **given})
        template = self.shop.templates.create("Coupon", rules)
        self.ada = self.shop.customers.register(first_name="Ada").id
        self.coupon = self.shop.cards.issue(template.id, to=self.ada).id

    def stamps(self) -> list[str]:
        """What the customer's stamp cards show, and whether they live."""
        found = self.shop.cards.of(self.ada)
        return [
            f"{self.shop.cards.show(card.id).till}, {card.status}"
            for card in found
            if card.template_id == self.stamp
        ]


class TestConvert:
    def test_into_a_card(self):
        """It turns into a stamp card with welcome stamps and one more."""
        town = Town(converts_to=lambda to: cards.NewCard(to, cards.Unit.STAMP, 1))

        town.shop.cards.post(town.coupon, REDEEM)

        assert ["3 of 10 stamps, issued"] == town.stamps()

    def test_into_an_empty_card_when_it_is_captured(self):
        """A reservation gives no card, its capture does."""
        town = Town(converts_to=cards.NewCard)
        reserved = town.shop.cards.post(town.coupon, RESERVE)
        before = town.stamps()

        town.shop.transactions.capture(reserved.id)

        assert ([], ["2 of 10 stamps, issued"]) == (before, town.stamps())

    def test_a_void_deletes_the_card(self):
        """Nothing else was done with the new card, so it goes."""
        town = Town(converts_to=lambda to: cards.NewCard(to, cards.Unit.STAMP, 1))
        done = town.shop.cards.post(town.coupon, REDEEM)

        voided = town.shop.transactions.void(done.id)

        assert "active" == voided.till.status
        assert not any("issued" in card for card in town.stamps())
        assert not town.shop.verify().problems

    def test_a_card_that_was_used_stays(self):
        """The void is refused, and takes nothing."""
        town = Town(converts_to=lambda to: cards.NewCard(to, cards.Unit.STAMP, 1))
        done = town.shop.cards.post(town.coupon, REDEEM)
        new = town.shop.cards.of(town.ada)[-1].id
        town.shop.cards.post(new, cards.AddStamps(4))

        with pytest.raises(errors.NotReversible, match="was used since"):
            town.shop.transactions.void(done.id)

        assert ["7 of 10 stamps, issued"] == town.stamps()

    def test_units_on_another_card(self):
        """They come on the customer's card, or on a new one, and a void takes them."""
        town = Town(offer=lambda to: cards.Units(to, cards.Unit.STAMP, 5))

        done = town.shop.cards.post(town.coupon, cards.RedeemCoupon())
        assert ["7 of 10 stamps, issued"] == town.stamps()
        town.shop.transactions.void(done.id)

        assert ["2 of 10 stamps, issued"] == town.stamps()


def test_what_can_be_done_is_tried_on_an_order():
    """Actions ask for an order as small as the offer takes."""
    player = coupon(cards.Offer(TENTH, min_spend=5))

    actions = player.shop.cards.actions(player.card_id)

    assert [None, None, None] == [action.code for action in actions]
