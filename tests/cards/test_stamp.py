"""Stamp cards; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from loyaltycore import Money, cards, errors
from loyaltycore.testing.card_play import Player


DAYS = timedelta(days=1)
WAY = (cards.Milestone(3, "Cookie"), cards.Milestone(6, "Sandwich"))


def stamps(**settings) -> Player:
    """Play with a card of ten stamps."""
    return Player(cards.Stamp(**{"reward": "Tea", **settings}))


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"stamps_required": 0}, "stamps_required"),
            ({"stamps_required": 101}, "stamps_required: .*1 to 100, not 101"),
            ({"stamps_required": True}, "stamps_required"),
            ({"reward": None}, "reward: say what a full card earns"),
            ({"reward": " "}, "reward: say it"),
            ({"milestones": WAY[::-1]}, "milestones: .*rising order"),
            ({"milestones": (*WAY, WAY[1])}, "milestones: .*rising order"),
            ({"milestones": WAY, "stamps_required": 5}, "milestones: none is beyond"),
            ({"milestones": WAY, "stamps_required": 6}, "reward: a milestone already"),
            ({"max_unused_rewards": 0}, "max_unused_rewards"),
            ({"mode": "visit"}, "mode: an instance of Manual, Visit, Spend, Products"),
            (
                {"stamp_life": None},
                "stamp_life: an instance of Never, Rolling, Calendar, Slid",
            ),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Stamp(**{"reward": "Tea", **settings})

    @pytest.mark.parametrize(("at", "reward"), [(0, "Tea"), ("3", "Tea"), (3, "")])
    def test_a_milestone_has_a_number_and_a_name(self, at, reward):
        """A milestone at nothing, or for nothing, is refused."""
        with pytest.raises(errors.InvalidValue):
            cards.Milestone(at, reward)

    @pytest.mark.parametrize(
        ("mode", "settings"),
        [
            (cards.Visit, (0,)),
            (cards.Spend, (0,)),
            (cards.Spend, (10, 0)),
            (cards.Spend, (Money(-1, "EUR"),)),
            (cards.Products, ({"tea": 0},)),
        ],
    )
    def test_a_mode_earns_something(self, mode, settings):
        """No stamps for a visit, or for nothing spent, are refused."""
        with pytest.raises(errors.InvalidValue):
            mode(*settings)

    @pytest.mark.parametrize("given", ["latte", [("latte", 1)]])
    def test_products_are_by_sku(self, given):
        """Without numbers nobody knows what an item earns."""
        with pytest.raises(errors.InvalidValue, match="^stamps: stamps by SKU"):
            cards.Products(given)

    def test_what_the_currency_cannot_hold_is_named(self):
        """A tenth of a cent for a stamp is nothing in euros."""
        with pytest.raises(errors.InvalidValue, match="per: ") as refused:
            stamps(mode=cards.Spend("0.001"))

        assert "per" == refused.value.field

    def test_the_last_milestone_may_be_the_full_card(self):
        """With a milestone at ten, no other reward has to be named."""
        play = stamps(reward=None, milestones=(cards.Milestone(10, "Cake"),))

        assert (("Cake", 1),) == play.ask(cards.AddStamps(10)).till.rewards


class TestModes:
    def test_by_hand(self):
        """A purchase or a visit earns nothing by itself, and is on record."""
        play = stamps()
        bought = play.ask(cards.RecordPurchase(30))
        visit = play.ask(cards.CheckIn())

        assert (0, 30_00) == (
            bought.balances["stamp"],
            bought.transaction.purchase_amount,
        )
        assert (0, None) == (visit.balances["stamp"], visit.transaction.purchase_amount)

    def test_a_visit(self):
        """Every visit earns the same, with a purchase or without."""
        play = stamps(mode=cards.Visit(2))
        play.ask(cards.RecordPurchase(30))

        assert 4 == play.ask(cards.CheckIn()).balances["stamp"]
        assert 8 == play.ask(cards.CheckIn(2)).balances["stamp"]

    def test_nothing_is_spent(self):
        """A purchase of nothing earns nothing, where a cent is a stamp."""
        play = stamps(mode=cards.Spend("0.01"))

        assert 0 == play.ask(cards.RecordPurchase(0)).balances["stamp"]

    def test_what_is_pinned(self):
        """A visit is not priced, so nothing of it is kept for a refund."""
        play = stamps(mode=cards.Visit(), milestones=WAY)

        assert {} == play.ask(cards.CheckIn()).transaction.pinned

    def test_stamps_of_carried_spend_end_as_others_do(self):
        """Three days after the purchase that made them."""
        life = cards.Rolling(3, "days")
        play = stamps(mode=cards.Spend(10, carry_remainder=True), stamp_life=life)
        play.ask(cards.RecordPurchase(25))

        assert 0 == play.ask(cards.RecordPurchase(0), after=4 * DAYS).balances["stamp"]

    def test_a_happy_hour_of_purchases(self):
        """A visit earns what it always does, a purchase twice as much."""
        hour = cards.HappyHour(
            tuple(cards.Weekday),
            "00:00",
            "00:00",
            cards.Multiplier(2),
            mechanics=[cards.Mechanic.SPEND],
        )
        carried = cards.Spend(10, carry_remainder=True)
        earned = [
            stamps(mode=mode, happy_hours=[hour]).ask(cards.RecordPurchase(10))
            for mode in (cards.Visit(), cards.Spend(10), carried)
        ]

        assert [1, 2, 2] == [done.balances["stamp"] for done in earned]

    def test_limits_of_a_purchase(self):
        """One that is too small is refused, and what a day may earn is capped."""
        limits = cards.EarnLimits(min_purchase=5, per_day=3)
        play = stamps(mode=cards.Spend(1), limits=limits)
        with pytest.raises(errors.BelowMinimum):
            play.ask(cards.RecordPurchase("4.99"))

        assert 3 == play.ask(cards.RecordPurchase(5)).balances["stamp"]

    def test_a_visit_on_a_card_for_spending(self):
        """Without a purchase, nothing was spent."""
        play = stamps(mode=cards.Spend(10))

        assert 0 == play.ask(cards.CheckIn()).balances["stamp"]

    def test_products(self):
        """Two teas at one stamp and a cake at three are five; a mug earns none."""
        play = stamps(mode=cards.Products({"tea": 1, "cake": 3}))
        items = {"tea": 2, "cake": 1, "mug": 4}

        assert 5 == play.ask(cards.RecordPurchase(30, items=items)).balances["stamp"]
        assert 5 == play.ask(cards.CheckIn()).balances["stamp"]

    @pytest.mark.parametrize(
        ("carry_remainder", "remainder", "turns"),
        [(True, 7_00, {"stamp": 2}), (False, 0, {})],
    )
    def test_what_a_refund_will_need(self, carry_remainder, remainder, turns):
        """A purchase remembers what was carried when it came, if anything is."""
        mode = cards.Spend(10, 2, carry_remainder=carry_remainder)
        play = stamps(mode=mode)
        play.ask(cards.RecordPurchase(7))
        pinned = play.ask(cards.RecordPurchase(5)).transaction.pinned

        assert (10_00, 2, carry_remainder, remainder, turns) == tuple(
            pinned[name] for name in ("per", "stamps", "carried", "remainder", "turns")
        )

    def test_a_huge_purchase_is_one_conversion(self):
        """A million stamps at once are a hundred thousand rewards in four entries."""
        play = stamps(mode=cards.Spend("0.01"), milestones=WAY)
        sale = play.ask(cards.RecordPurchase(10_000))

        assert 300_000 == sale.balances["reward"]
        assert 5 == len(sale.transaction.entries)


class TestAddStamps:
    def test_with_a_purchase_for_the_record(self):
        """The amount counts for the customer's totals, not for stamps."""
        play = stamps(mode=cards.Spend(10))
        done = play.ask(cards.AddStamps(2, purchase_amount="50"))

        assert (2, 50_00) == (done.balances["stamp"], done.transaction.purchase_amount)
        assert 2 == play.refund(done, "50").balances["stamp"]

    def test_the_till_shows_the_way(self):
        """13 stamps: a full card, and three towards the next."""
        done = stamps().ask(cards.AddStamps(13))

        assert "3 of 10 stamps, 1 Tea to claim" == str(done.till)
        assert (3, 10) == done.till.progress


class TestSubtractStamps:
    def test_no_more_than_there_are(self):
        """Two of three go; two more do not."""
        play = stamps()
        play.ask(cards.AddStamps(3))
        left = play.ask(cards.SubtractStamps(2))
        with pytest.raises(errors.InsufficientBalance, match="1 stamps, 2 asked"):
            play.ask(cards.SubtractStamps(2))

        assert 1 == left.balances["stamp"]


class TestRewards:
    def test_by_hand(self):
        """Rewards that staff give are of the full card, or of a milestone."""
        play = stamps(milestones=WAY)
        play.ask(cards.AddRewards())
        given = play.ask(cards.AddRewards(2, milestone=3))
        taken = play.ask(cards.SubtractRewards(milestone=3))

        assert (("Cookie", 2), ("Tea", 1)) == given.till.rewards
        assert (("Cookie", 1), ("Tea", 1)) == taken.till.rewards

    @pytest.mark.parametrize(
        "command",
        [
            cards.AddRewards(milestone=4),
            cards.SubtractRewards(milestone=4),
            cards.ClaimReward(4),
        ],
    )
    def test_a_milestone_that_is_not_there(self, command):
        """The card says which milestones it has."""
        with pytest.raises(errors.InvalidValue, match="milestone: .*3, 6, 10, not 4"):
            stamps(milestones=WAY).ask(command)

    def test_any_reward_is_the_soonest_to_expire(self):
        """Without a milestone, a claim takes what would be lost first."""
        play = stamps(milestones=WAY, reward_validity=cards.Rolling(5, "days"))
        play.ask(cards.AddRewards(milestone=6))
        play.ask(cards.AddRewards(milestone=3), after=DAYS)

        assert (("Cookie", 1),) == play.ask(cards.ClaimReward()).till.rewards

    def test_a_reward_has_a_life_of_its_own(self):
        """Earned by stamps that count for good, it is gone after five days."""
        play = stamps(reward_validity=cards.Rolling(5, "days"))
        play.ask(cards.AddStamps(12))
        with pytest.raises(errors.InsufficientBalance, match="0 rewards, 1 asked"):
            play.ask(cards.ClaimReward(), after=9 * DAYS)

    @pytest.mark.parametrize(
        ("unit", "days"), [("stamp", 3), ("reward", 5), ("spend", None)]
    )
    @pytest.mark.parametrize("command", [cards.Adjust, cards.Import])
    def test_each_unit_has_a_life_of_its_own(self, command, unit, days):
        """By hand or from another system, stamps and rewards end as the card says."""
        play = stamps(
            stamp_life=cards.Rolling(3, "days"),
            reward_validity=cards.Rolling(5, "days"),
        )
        (entry,) = play.ask(command(unit, 1)).transaction.entries
        end = None if entry.expires_at is None else (entry.expires_at - play.now).days

        assert days == end

    def test_a_reward_by_hand_ends_too(self):
        """Five days later it is not there any more."""
        play = stamps(reward_validity=cards.Rolling(5, "days"))
        play.ask(cards.AddRewards())

        assert 0 == play.ask(cards.AddStamps(1), after=6 * DAYS).balances["reward"]

    def test_no_more_are_earned_than_may_wait(self):
        """With two waiting, a purchase that would earn a third is refused."""
        play = stamps(max_unused_rewards=2)
        play.ask(cards.AddStamps(29))
        with pytest.raises(errors.LimitReached) as refused:
            play.ask(cards.AddStamps(1))
        play.ask(cards.ClaimReward())
        done = play.ask(cards.AddStamps(1))

        assert (2, 2) == (
            refused.value.details["used"],
            refused.value.details["at_most"],
        )
        assert 2 == done.balances["reward"]

    def test_rewards_by_hand_do_not_stop_stamps(self):
        """Three given by hand where two may wait: further stamps are still earned."""
        play = stamps(max_unused_rewards=2)
        play.ask(cards.AddRewards(3))

        assert 9 == play.ask(cards.AddStamps(9)).balances["stamp"]


class TestWelcome:
    def test_stamps_of_a_new_card(self):
        """They are a bonus, and reach the first milestone."""
        play = stamps(welcome_stamps=3, milestones=WAY)
        (opening,) = play.history().transactions

        assert ["bonus", "earn"] == [entry.kind for entry in opening.entries]
        assert 3 == play.shop.cards.show(play.card_id).balances["stamp"]

    def test_the_first_stamp_is_a_milestone(self):
        """It is reached by the welcome, and not once more."""
        play = stamps(welcome_stamps=1, milestones=[cards.Milestone(1, "Hello")])
        done = play.ask(cards.AddStamps(1))

        assert (("Hello", 1),) == done.till.rewards


class TestMilestones:
    def test_each_is_reached_once(self):
        """The cookie at 3 is not earned again by the fourth stamp."""
        play = stamps(milestones=WAY)
        play.ask(cards.AddStamps(3))

        assert (("Cookie", 1),) == play.ask(cards.AddStamps(1)).till.rewards

    def test_what_they_earn_ends(self):
        """Five days later a cookie is not there any more."""
        play = stamps(milestones=WAY, reward_validity=cards.Rolling(5, "days"))
        play.ask(cards.AddStamps(3))

        assert () == play.ask(cards.AddStamps(1), after=6 * DAYS).till.rewards

    @pytest.mark.parametrize("given", [3, [3]])
    def test_they_are_a_list(self, given):
        """Something else is refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match="^milestones: "):
            stamps(milestones=given)

    def test_a_round_begins_anew(self):
        """From 2 to 14 the cookie is reached at 3 and 13, the sandwich at 6."""
        play = stamps(milestones=WAY)
        play.ask(cards.AddStamps(2))
        done = play.ask(cards.AddStamps(12))

        assert (("Cookie", 2), ("Sandwich", 1), ("Tea", 1)) == done.till.rewards
        assert 4 == done.balances["stamp"]

    def test_out_of_debt_each_is_reached_once(self):
        """From 2 owed to 4, the cookie is reached once."""
        play = stamps(milestones=WAY, shortfall=cards.Shortfall.DEBT)
        mistake = play.ask(cards.AddStamps(2))
        play.ask(cards.SubtractStamps(2))
        voided = play.void(mistake)
        done = play.ask(cards.AddStamps(6))

        assert -2 == voided.balances["stamp"]
        assert (("Cookie", 1),) == done.till.rewards


class TestOnceADay:
    def test_the_refusal_says_when_it_opens_again(self):
        """The next check-in is possible when the local day is over."""
        play = stamps(one_checkin_per_day=True)
        play.ask(cards.AddStamps(1))
        with pytest.raises(errors.LimitReached, match="check-ins a day") as refused:
            play.ask(cards.AddStamps(1))
        opens_at = refused.value.details["resets_at"]
        assert isinstance(opens_at, datetime)
        play.now = opens_at

        assert 2 == play.ask(cards.AddStamps(1)).balances["stamp"]

    def test_a_late_report_counts_for_its_own_day(self):
        """Yesterday's visit is reported today, beside today's."""
        play = stamps(one_checkin_per_day=True)
        play.ask(cards.AddStamps(1), after=9 * DAYS)
        play.ask(cards.AddStamps(1), late=DAYS)
        with pytest.raises(errors.LimitReached):
            play.ask(cards.AddStamps(1), late=DAYS)


class TestOtherCommands:
    def test_a_command_of_another_type_is_refused(self):
        """A stamp card has no points."""
        with pytest.raises(
            errors.CommandNotSupported, match="no AddPoints; it has RecordPurchase, "
        ):
            stamps().ask(cards.AddPoints(1))


def test_a_limit_beside_stamps_that_expire():
    """What fell due by itself is decided too where the rules have to see counters."""
    limits = cards.EarnLimits(per_day=3)
    life = cards.Rolling(1, "days")
    player = stamps(mode=cards.Visit(), stamp_life=life, limits=limits)
    player.ask(cards.CheckIn())

    again = player.ask(cards.CheckIn(), after=5 * DAYS)

    assert 1 == again.balances["stamp"]
