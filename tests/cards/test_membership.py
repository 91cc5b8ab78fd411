"""Membership cards; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from loyaltycore import cards, errors
from loyaltycore.cards.plans import Span
from loyaltycore.testing.card_play import Player


DAYS = timedelta(days=1)
ANY: Any = cards  # to be called with what cannot be
BASIC = cards.MembershipTier(
    "Basic",
    [cards.Plan("month", 30, 30), cards.Plan("year", 300), cards.Plan("once", 99, 5)],
    benefits=["towels"],
)
PREMIUM = cards.MembershipTier(
    "Premium", [cards.Plan("month", 60, 60), cards.Plan("week", 20, 7)]
)
TRIAL = cards.MembershipTier(
    "Trial", [cards.Plan("month", 30, 10, trial_days=14), cards.Plan("week", 8, 3)]
)


def play(*tiers, day=date(2026, 4, 1), **settings) -> Player:
    """Play with a membership card at noon of a day, UTC."""
    player = Player(cards.Membership(tiers=tiers or (BASIC, PREMIUM), **settings))
    player.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return player


def member(*tiers, tier=None, period=None, **settings) -> Player:
    """Play with a card that was subscribed on 1 April, a month of 30 days."""
    player = play(*tiers, **settings)
    player.ask(cards.Subscribe(tier, period))
    return player


def status(player) -> str:
    """What the membership is now."""
    return player.shop.cards.show(player.card_id).till.status


class TestRules:
    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda: cards.Membership(tiers=()), "tiers: 1 to 20"),
            (lambda: ANY.Membership(tiers=("Basic",)), "tiers: a list, and each"),
            (lambda: cards.Membership(tiers=(BASIC, BASIC)), "tiers: .*of its own"),
            (lambda: cards.Membership(tiers=(BASIC,), grace_days=-1), "grace_days"),
            (
                lambda: ANY.Membership(tiers=(BASIC,), upgrade="reset"),
                "upgrade: one of Upgrade.KEEP_USED",
            ),
            (lambda: cards.MembershipTier("A", ()), "plans: give one Plan"),
            (lambda: ANY.MembershipTier("A", ["month"]), "plans: a list, and each"),
            (
                lambda: cards.MembershipTier("A", [cards.Plan("day", 1)] * 2),
                "plans: each has a period",
            ),
            (lambda: cards.Plan("fortnight", 1), "period: day, week"),
            (lambda: cards.Plan("1001 days", 1), "period: .*not '1001"),
            (lambda: ANY.Plan(30, 1), "period: a word"),
            (lambda: cards.Plan("day", -1), "price: not below 0"),
            (lambda: cards.Plan("day", 1, 0), "limit: a whole number"),
            (lambda: cards.Plan("day", 1, trial_days=31), "trial_days: .*0 to 30"),
        ],
    )
    def test_what_cannot_be_is_named(self, make, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            make()

    def test_a_price_the_currency_cannot_hold(self):
        """A tenth of a cent is no price in euros."""
        tier = cards.MembershipTier("A", [cards.Plan("day", "0.001")])
        with pytest.raises(errors.InvalidValue, match="^price: "):
            Player(cards.Membership(tiers=(tier,)))

    def test_limits_the_currency_cannot_hold(self):
        """Nor is it a least purchase."""
        limits = cards.EarnLimits(min_purchase="0.001")
        with pytest.raises(errors.InvalidInput, match="^min_purchase: "):
            play(limits=limits)

    def test_as_many_tiers_as_there_may_be(self):
        """Twenty of them."""
        tiers = [
            cards.MembershipTier(f"T{n}", [cards.Plan("day", 1)]) for n in range(20)
        ]

        assert 20 == len(cards.Membership(tiers=tiers).tiers)

    def test_the_longest_period(self):
        """A thousand days are a period, and a thousand and one are not."""
        assert Span(1000, "days") == cards.Plan("1000 days", 1).span


class TestPeriods:
    @pytest.mark.parametrize(
        ("span", "day", "start"),
        [
            (Span(1, "months"), date(2026, 2, 27), date(2026, 1, 31)),
            (Span(1, "months"), date(2026, 2, 28), date(2026, 2, 28)),
            (Span(1, "months"), date(2026, 3, 30), date(2026, 2, 28)),
            (Span(3, "months"), date(2026, 4, 29), date(2026, 1, 31)),
            (Span(3, "months"), date(2026, 4, 30), date(2026, 4, 30)),
            (Span(1, "years"), date(2027, 1, 30), date(2026, 1, 31)),
            (Span(1, "years"), date(2027, 1, 31), date(2027, 1, 31)),
            (Span(2, "weeks"), date(2026, 2, 13), date(2026, 1, 31)),
            (Span(2, "weeks"), date(2026, 2, 14), date(2026, 2, 14)),
            (Span(45, "days"), date(2026, 3, 17), date(2026, 3, 17)),
        ],
    )
    def test_they_are_counted_from_the_anchor(self, span, day, start):
        """From 31 January, each period begins at the anchor and so many of them."""
        anchor = date(2026, 1, 31)

        assert start == span.start(anchor, span.index(anchor, day))

    def test_the_calendar_ends(self):
        """A period beyond the year 9999 begins on its last day."""
        assert date.max == Span(1000, "years").start(date(2026, 1, 31), 9)

    def test_a_custom_one(self):
        """45 days from 1 April end on 15 May."""
        player = member(cards.MembershipTier("A", [cards.Plan("45 days", 1, 3)]))

        assert "A, active, 3 of 3 visits left until 2026-05-15" == str(
            player.shop.cards.show(player.card_id).till
        )


class TestSubscribe:
    def test_before_it_there_is_nothing(self):
        """A new card has no membership, and lets nobody in."""
        player = play()
        shown = player.shop.cards.show(player.card_id).till

        assert ("no membership", "none") == (str(shown), shown.status)
        for command in (cards.CheckIn(), cards.RenewMembership()):
            with pytest.raises(
                errors.NotAvailable, match="no membership yet; sub"
            ) as r:
                player.ask(command)

            assert {"status": "none"} == r.value.details

    def test_it_is_a_purchase(self):
        """The price counts for the customer, and a void takes all of it back."""
        player = play()
        bought = player.ask(cards.Subscribe(payment_ref="pay-7"))
        voided = player.void(bought)

        assert () == bought.transaction.entries
        assert "2026-04-01" == bought.transaction.pinned["pays"]
        assert 30_00 == bought.transaction.purchase_amount
        assert -30_00 == voided.transaction.purchase_amount
        assert "none" == status(player)

    def test_while_it_runs_it_is_not_begun_again(self):
        """What runs, or is locked, is changed and not subscribed."""
        player = member()
        with pytest.raises(
            errors.NotAvailable, match="is active; change its"
        ) as active:
            player.ask(cards.Subscribe())
        player.ask(cards.LockMembership())
        with pytest.raises(
            errors.NotAvailable, match="is locked; change its"
        ) as locked:
            player.ask(cards.Subscribe())

        assert {"status": "active"} == active.value.details
        assert {"status": "locked"} == locked.value.details

    def test_in_the_future(self):
        """Before its first day it is pending, and nobody comes in."""
        player = play()
        begun = player.ask(cards.Subscribe(starts_on=date(2026, 4, 3)))
        with pytest.raises(errors.NotAvailable, match="pending; come back"):
            player.ask(cards.CheckIn())
        with pytest.raises(errors.NotAvailable, match="pending; change it when"):
            player.ask(cards.ChangeTier("Premium"))
        player.now += 2 * DAYS

        assert "Basic, pending" == str(begun.till)
        assert "active" == player.ask(cards.CheckIn()).till.status

    def test_not_in_the_past(self):
        """Yesterday is no first day."""
        with pytest.raises(errors.InvalidValue, match="starts_on: not before today"):
            play().ask(cards.Subscribe(starts_on=date(2026, 3, 31)))

    @pytest.mark.parametrize(
        ("command", "says"),
        [
            (cards.Subscribe("Gold"), "tier: this card has Basic, Premium, not Gold"),
            (cards.Subscribe("Basic", "day"), "period: Basic has month, year, once"),
        ],
    )
    def test_what_there_is_not(self, command, says):
        """An unknown tier or plan is named with those that there are."""
        with pytest.raises(errors.InvalidValue, match=says):
            play().ask(command)

    @pytest.mark.parametrize("is_voided", [True, False])
    def test_again_with_all_its_visits(self, is_voided):
        """Visits of what was voided or cancelled do not count in what comes after."""
        player = play()
        bought = player.ask(cards.Subscribe())
        player.ask(cards.CheckIn(30))
        if is_voided:
            player.void(bought)
        else:
            player.ask(cards.CancelMembership(at_period_end=False), after=DAYS)
        again = player.ask(cards.Subscribe())

        assert 0 == again.balances["visit"]
        assert 1 == player.ask(cards.CheckIn()).balances["visit"]


class TestTrial:
    def test_two_weeks_for_nothing(self):
        """A trial costs nothing, and the first renewal pays the first period."""
        player = play(TRIAL)
        begun = player.ask(cards.Subscribe())
        renewed = player.ask(cards.RenewMembership())
        after = player.ask(cards.CheckIn(), after=14 * DAYS)

        assert begun.transaction.purchase_amount is None
        assert "Trial, trial, 10 of 10 visits left until 2026-04-14" == str(begun.till)
        assert 30_00 == renewed.transaction.purchase_amount
        assert "Trial, active, 9 of 10 visits left until 2026-05-14" == str(after.till)

    def test_once_a_card(self):
        """Who subscribes again pays at once."""
        player = member(TRIAL)
        player.now += 14 * DAYS

        assert "expired" == status(player)
        assert 30_00 == player.ask(cards.Subscribe()).transaction.purchase_amount

    @pytest.mark.parametrize(
        ("how", "due"), [("KEEP_USED", None), ("AT_RENEWAL", None), ("RESET", 60_00)]
    )
    def test_a_change_in_it(self, how, due):
        """In a trial a change costs nothing, unless a new period begins."""
        player = member(TRIAL, PREMIUM, upgrade=cards.Upgrade[how])
        changed = player.ask(cards.ChangeTier("Premium"))

        assert due == changed.transaction.purchase_amount

    def test_nothing_of_it_was_paid(self):
        """A trial that is cancelled has no price left, unless a period was paid."""
        player = member(TRIAL)
        cancelled = player.ask(cards.CancelMembership(at_period_end=False))
        player.void(cancelled)
        player.ask(cards.RenewMembership())
        again = player.ask(cards.CancelMembership(at_period_end=False))

        assert 0 == cancelled.transaction.pinned["unused"]
        assert 30_00 == again.transaction.pinned["unused"]


class TestRenewal:
    def test_one_more_period(self):
        """Two paid months end on 31 May, and the visits are those of each month."""
        player = member()
        player.ask(cards.CheckIn(30))
        player.ask(cards.RenewMembership())
        may = player.ask(cards.CheckIn(), after=30 * DAYS)
        player.now += 31 * DAYS

        assert "Basic, active, 29 of 30 visits left until 2026-05-31" == str(may.till)
        assert "expired" == status(player)
        with pytest.raises(errors.NotAvailable, match="is expired; unlock it, or sub"):
            player.ask(cards.RenewMembership())

    def test_what_renews_itself(self):
        """Years later it is active still, and is not renewed or ended by hand."""
        player = member(renews_itself=True)
        player.now += 1000 * DAYS

        assert "active" == status(player)
        for command in (cards.RenewMembership(), cards.SetMembershipEnd()):
            with pytest.raises(
                errors.CommandNotSupported, match="billed else"
            ) as asked:
                player.ask(command)

            assert {"command": type(command).__name__} == asked.value.details

    def test_what_has_no_end(self):
        """A plan for once is neither renewed nor over."""
        player = member(period="once")
        player.ask(cards.CheckIn(2))
        later = player.ask(cards.CheckIn(2), after=400 * DAYS)
        with pytest.raises(
            errors.CommandNotSupported, match="no second per"
        ) as renewed:
            player.ask(cards.RenewMembership())
        with pytest.raises(errors.LimitReached) as refused:
            player.ask(cards.CheckIn(2))

        assert "Basic, active, 1 of 5 visits left" == str(later.till)
        assert {"command": "RenewMembership"} == renewed.value.details
        assert refused.value.details["resets_at"] is None

    def test_its_end_by_hand(self):
        """A last day that was set counts, and a renewal adds a period to it."""
        player = member()
        player.ask(cards.SetMembershipEnd(date(2026, 4, 10)))
        player.ask(cards.RenewMembership())
        player.now += 39 * DAYS
        before = status(player)
        player.now += DAYS
        after = status(player)
        player.ask(cards.SetMembershipEnd())

        assert ("active", "expired") == (before, after)
        assert "expired" == status(player)

    def test_locked(self):
        """A locked membership lets nobody in until it is unlocked."""
        player = member()
        player.ask(cards.LockMembership())
        with pytest.raises(errors.NotAvailable, match="is locked; unlock it when"):
            player.ask(cards.CheckIn())
        player.ask(cards.UnlockMembership())

        assert "active" == player.ask(cards.CheckIn()).till.status


class TestCheckIn:
    def test_any_number(self):
        """A plan without a limit counts visits all the same."""
        player = member(period="year")
        made = player.ask(cards.CheckIn(40))

        assert "Basic, active, 40 visits until 2027-03-31" == str(made.till)

    def test_no_more_than_the_plan_has(self):
        """The refusal says how many were made, of how many, and when there are new."""
        player = member()
        player.ask(cards.CheckIn(28))
        with pytest.raises(errors.LimitReached, match="visits a month") as refused:
            player.ask(cards.CheckIn(3))

        assert {
            "limit": "visits a month",
            "used": 28,
            "at_most": 30,
            "resets_at": datetime(2026, 4, 30, 22, tzinfo=UTC),
        } == refused.value.details

    def test_no_more_than_a_place_has(self):
        """Two visits at each of two places, and those of each month."""
        plan = cards.Plan("month", 30, per_location_limit=2)
        player = member(cards.MembershipTier("A", [plan]))
        shop = player.shop
        east, west = (shop.locations.add(name).id for name in ("East", "West"))
        shop.cards.post(player.card_id, cards.CheckIn(2), location=east)
        made = shop.cards.post(player.card_id, cards.CheckIn(2), location=west)
        with pytest.raises(errors.LimitReached, match=f"visits a month at {west}"):
            shop.cards.post(player.card_id, cards.CheckIn(), location=west)

        assert f"2026-04-01/{west}" == made.transaction.entries[0].rule

    def test_as_the_period_ends(self):
        """A visit of the last minute that comes in at midnight is one more."""
        player = member(renews_itself=True)
        player.now = datetime(2026, 4, 30, 22, tzinfo=UTC)
        late = player.ask(cards.CheckIn(31), late=timedelta(minutes=1))

        assert 0 == late.balances["visit"]

    def test_what_is_over_has_none_left(self):
        """The till of an expired membership tells of no visits."""
        player = member()
        player.now += 30 * DAYS

        assert "Basic, expired" == str(player.shop.cards.show(player.card_id).till)

    def test_a_void_gives_it_back(self):
        """In its period a void gives a visit back, and afterwards nothing changes."""
        player = member(renews_itself=True)
        first = player.ask(cards.CheckIn(3))
        second = player.ask(cards.CheckIn(2))
        voided = player.void(first)
        player.ask(cards.CheckIn(1), after=30 * DAYS)
        late = player.void(second)

        assert 2 == voided.balances["visit"]
        assert 1 == late.balances["visit"]

    def test_a_late_one(self):
        """A visit of last month is recorded there; this month has all of its own."""
        player = member(renews_itself=True)
        player.ask(cards.CheckIn(30))
        player.now += 31 * DAYS
        late = player.ask(cards.CheckIn(5), late=10 * DAYS)

        assert 0 == late.balances["visit"]

    def test_where_it_has_to_be_said(self):
        """Visits that are limited by location need one."""
        tier = cards.MembershipTier("A", [cards.Plan("day", 1, per_location_limit=2)])
        with pytest.raises(errors.InvalidValue, match="location: say where"):
            member(tier).ask(cards.CheckIn())

    def test_limits_of_earning(self):
        """A cool-down is between visits, not behind the subscription."""
        limits = cards.EarnLimits(cooldown_minutes=60, per_transaction=2)
        player = member(limits=limits)
        player.ask(cards.CheckIn())
        with pytest.raises(errors.LimitReached, match="60 minutes"):
            player.ask(cards.CheckIn())
        with pytest.raises(errors.LimitReached, match="visits a transaction"):
            player.ask(cards.CheckIn(3), after=DAYS)

    def test_visits_that_were_made_stay(self):
        """They are corrected by hand, and neither held nor sent."""
        player = member()
        shop, card = player.shop, player.card_id
        mine = shop.cards.get(card)
        other = shop.cards.issue(mine.template_id, to=mine.customer_id)
        added = shop.cards.adjust(card, "visit", 4)
        with pytest.raises(errors.CommandNotSupported, match="cannot be held") as held:
            shop.cards.hold(card, 1)
        with pytest.raises(errors.CommandNotSupported, match="stay on a memb") as sent:
            shop.cards.transfer(card, 1, to=other.id)
        assert {"command": "Hold"} == held.value.details
        assert {"command": "Transfer"} == sent.value.details

        assert 4 == added.balances["visit"]
        assert 3 == shop.cards.adjust(card, "visit", -1).balances["visit"]

    def test_by_hand_without_a_membership(self):
        """Visits on a card without a membership have no end."""
        player = play()
        added = player.shop.cards.adjust(player.card_id, "visit", 4)

        assert added.transaction.entries[0].expires_at is None


class TestChangeTier:
    def test_half_way_by_days(self):
        """After 15 of 30 days, 12 of 30 visits made: 45 in this month, for 15.00."""
        player = member(upgrade=cards.Upgrade.PRORATE)
        player.ask(cards.CheckIn(12))
        player.now += 15 * DAYS
        changed = player.ask(cards.ChangeTier("Premium", payment_ref="pay-8"))
        player.ask(cards.RenewMembership())
        player.now += 15 * DAYS
        shown = player.shop.cards.show(player.card_id).till

        assert 15_00 == changed.transaction.purchase_amount
        assert "2026-04-01" == changed.transaction.pinned["pays"]
        assert "Premium, active, 33 of 45 visits left until 2026-04-30" == str(
            changed.till
        )
        assert "Premium, active, 60 of 60 visits left until 2026-05-31" == str(shown)

    @pytest.mark.parametrize(("period", "limit"), [("year", None), ("once", 5)])
    def test_by_days_without_numbers(self, period, limit):
        """Where a plan has no limit, or no end, there is nothing to share."""
        plans = [cards.Plan(period, 1, limit)]
        tiers = [cards.MembershipTier(name, plans) for name in "AB"]
        player = member(*tiers, upgrade=cards.Upgrade.PRORATE)

        assert "B" == player.ask(cards.ChangeTier("B")).till.tier

    def test_down_costs_nothing(self):
        """Who goes down pays nothing, and gets nothing back by it."""
        player = member(tier="Premium")
        changed = player.ask(cards.ChangeTier("Basic"))

        assert changed.transaction.purchase_amount is None
        assert "Basic" == changed.till.tier

    def test_anew(self):
        """A new period begins with all its visits; a void brings the old one back."""
        player = member(upgrade=cards.Upgrade.RESET)
        player.ask(cards.CheckIn(12))
        player.now += 15 * DAYS
        changed = player.ask(cards.ChangeTier("Premium"))
        voided = player.void(changed)

        assert 60_00 == changed.transaction.purchase_amount
        assert "2026-04-16" == changed.transaction.pinned["pays"]
        assert "Premium, active, 60 of 60 visits left until 2026-05-15" == str(
            changed.till
        )
        assert "Basic, active, 18 of 30 visits left until 2026-04-30" == str(
            voided.till
        )

    def test_to_another_period(self):
        """From a month to a week begins anew, whatever the template says."""
        player = member()
        changed = player.ask(cards.ChangeTier("Premium", "week"))

        assert "Premium, active, 7 of 7 visits left until 2026-04-07" == str(
            changed.till
        )
        assert 20_00 == changed.transaction.purchase_amount

    def test_a_month_stays_a_month(self):
        """Where the new tier has the same period, it goes on, at its price."""
        gold = cards.MembershipTier(
            "Gold", [cards.Plan("week", 25, 9), cards.Plan("month", 80, 40)]
        )
        changed = member(BASIC, gold).ask(cards.ChangeTier("Gold"))

        assert 50_00 == changed.transaction.purchase_amount
        assert "Gold, active, 40 of 40 visits left until 2026-04-30" == str(
            changed.till
        )

    def test_the_usual_plan_where_there_is_no_other(self):
        """Premium has no year, so a year becomes its month."""
        player = member(period="year")

        assert "2026-04-30" in str(player.ask(cards.ChangeTier("Premium")).till)

    def test_with_the_next_period(self):
        """Paid to the end of April, it is Basic until then and Premium from May on."""
        player = member(upgrade=cards.Upgrade.AT_RENEWAL)
        changed = player.ask(cards.ChangeTier("Premium"))
        renewed = player.ask(cards.RenewMembership())
        player.now += 30 * DAYS
        shown = player.shop.cards.show(player.card_id).till

        assert "Basic" == changed.till.tier
        assert changed.transaction.purchase_amount is None
        assert 60_00 == renewed.transaction.purchase_amount
        assert "2026-05-01" == renewed.transaction.pinned["pays"]
        assert "Premium, active, 60 of 60 visits left until 2026-05-31" == str(shown)

    @pytest.mark.parametrize("renews_itself", [True, False])
    def test_with_the_next_period_to_another_one(self, renews_itself):
        """From May on in weeks: the first of which has to be paid, or renews itself."""
        player = member(upgrade=cards.Upgrade.AT_RENEWAL, renews_itself=renews_itself)
        player.ask(cards.ChangeTier("Premium", "week"))
        player.now += 30 * DAYS

        assert ("active" if renews_itself else "expired") == status(player)

    def test_a_renewal_of_another_period_to_come(self):
        """The first week is paid, from the end of April on."""
        player = member(upgrade=cards.Upgrade.AT_RENEWAL)
        player.ask(cards.ChangeTier("Premium", "week"))
        renewed = player.ask(cards.RenewMembership())

        assert 20_00 == renewed.transaction.purchase_amount
        assert "2026-05-01" == renewed.transaction.pinned["pays"]

    def test_with_the_next_period_of_what_renews_itself(self):
        """In its second month, from the third month on."""
        player = member(upgrade=cards.Upgrade.AT_RENEWAL, renews_itself=True)
        player.now += 40 * DAYS
        changed = player.ask(cards.ChangeTier("Premium"))
        player.now += 21 * DAYS

        assert "Basic" == changed.till.tier
        assert "Premium" == player.shop.cards.show(player.card_id).till.tier

    def test_with_the_next_period_of_what_has_none(self):
        """A plan for once has no next period, so it changes on the day."""
        player = member(upgrade=cards.Upgrade.AT_RENEWAL, period="once")

        assert "Premium" == player.ask(cards.ChangeTier("Premium")).till.tier

    def test_a_void_after_another_change(self):
        """A change on which another one builds is not taken back."""
        player = member()
        changed = player.ask(cards.ChangeTier("Premium"))
        player.ask(cards.LockMembership())
        with pytest.raises(errors.NotReversible, match="membership was changed"):
            player.void(changed)


class TestCancel:
    def test_at_the_end(self):
        """What is paid is used up; a renewal before that keeps it."""
        player = member()
        cancelled = player.ask(cards.CancelMembership())
        kept = player.ask(cards.RenewMembership())
        player.void(kept)
        player.now += 30 * DAYS

        assert "active" == cancelled.till.status
        assert "cancelled" == status(player)
        with pytest.raises(errors.NotAvailable, match="cancelled; subscribe again"):
            player.ask(cards.CheckIn())

    @pytest.mark.parametrize("at_period_end", [True, False])
    def test_a_change_to_come_is_cancelled_too(self, at_period_end):
        """Premium would have begun with May, and does not any more."""
        player = member(upgrade=cards.Upgrade.AT_RENEWAL)
        player.ask(cards.ChangeTier("Premium"))
        player.ask(cards.CancelMembership(at_period_end=at_period_end))
        player.now += 30 * DAYS

        assert "Basic, cancelled" == str(player.shop.cards.show(player.card_id).till)

    def test_what_renews_itself_ends_with_its_period(self):
        """Cancelled on 10 May, it ends with May."""
        player = member(renews_itself=True)
        player.now += 39 * DAYS
        player.ask(cards.CancelMembership())
        player.now += 21 * DAYS
        before = status(player)
        player.now += DAYS

        assert ("active", "cancelled") == (before, status(player))

    def test_what_has_no_end_ends_now(self):
        """A plan for once is over on the day."""
        player = member(period="once")

        assert "cancelled" == player.ask(cards.CancelMembership()).till.status

    def test_in_grace(self):
        """Past what was paid it is over on the day."""
        player = member(grace_days=9)
        player.now += 32 * DAYS

        assert "cancelled" == player.ask(cards.CancelMembership()).till.status

    @pytest.mark.parametrize(
        ("settings", "days", "unused"),
        [
            ({}, 14, 15_00),
            ({"pro_rata": cards.ProRata.USES}, 14, 20_00),
            ({"pro_rata": cards.ProRata.NONE}, 14, 0),
            ({"grace_days": 9}, 30, 0),
            ({"renews_itself": True}, 30 + 30, 0),
            ({"renews_itself": True}, 30 + 15, 14_52),
            ({"pro_rata": cards.ProRata.USES, "period": "year"}, 14, 0),
            ({"pro_rata": cards.ProRata.USES, "period": "once", "made": 2}, 14, 59_40),
            ({"period": "once", "made": 2}, 14, 0),
        ],
    )
    def test_what_was_not_used(self, settings, days, unused):
        """Of 30.00, 15 of 30 days are 15.00 and 20 of 30 visits 20.00."""
        settings = dict(settings)
        made = settings.pop("made", 10)
        player = member(**settings)
        player.ask(cards.CheckIn(made))
        player.now += days * DAYS
        ended = player.ask(cards.CancelMembership(at_period_end=False))

        assert "cancelled" == ended.till.status
        assert unused == ended.transaction.pinned["unused"]

    def test_what_was_paid_ahead_and_given_back(self):
        """Half of April and all of May come to 45.00, which is refunded."""
        player = play()
        bought = player.ask(cards.Subscribe())
        ahead = player.ask(cards.RenewMembership())
        player.now += 14 * DAYS
        ended = player.ask(cards.CancelMembership(at_period_end=False))
        player.refund(ahead, "30")
        player.refund(bought, "15")
        customer = player.shop.cards.get(player.card_id).customer_id

        assert 45_00 == ended.transaction.pinned["unused"]
        assert 15_00 == player.shop.customers.get(customer).purchase_value

    def test_no_visit_made(self):
        """By visits, all of a price is unused on a card that nobody came with."""
        assert 30_00 == unused(member(pro_rata=cards.ProRata.USES))

    def test_on_the_first_day_behind_a_trial(self):
        """The first month is billed elsewhere, and 29 of its 30 days are unused."""
        player = member(TRIAL, renews_itself=True)
        player.now += 14 * DAYS

        assert 29_00 == unused(player)

    def test_an_end_by_hand_has_no_rest(self):
        """Where the end was set by hand, nobody knows what was paid for it."""
        player = member()
        player.ask(cards.SetMembershipEnd(date(2026, 6, 30)))
        ended = player.ask(cards.CancelMembership(at_period_end=False))

        assert 0 == ended.transaction.pinned["unused"]

    def test_before_it_begins(self):
        """Nothing of it was used."""
        player = play()
        player.ask(cards.Subscribe(starts_on=date(2026, 5, 1)))
        ended = player.ask(cards.CancelMembership())

        assert 30_00 == ended.transaction.pinned["unused"]
        assert "cancelled" == ended.till.status


def test_the_smallest_of_each_command():
    """The till lists what can be done: a visit now, no second subscription."""
    player = member()
    found = {
        action.name: action.is_possible
        for action in player.shop.cards.actions(player.card_id)
    }

    assert found["CheckIn"]
    assert found["ChangeTier"]
    assert not found["Subscribe"]
    assert cards.ChangeTier("Premium") == player.rules.smallest(cards.ChangeTier, "EUR")


def spent(player) -> int:
    """Minor units that the customer has paid, less what came back."""
    customer = player.shop.cards.get(player.card_id).customer_id
    return player.shop.customers.get(customer).purchase_value


def unused(player) -> int:
    """What an immediate end leaves unused."""
    ended = player.ask(cards.CancelMembership(at_period_end=False))
    return ended.transaction.pinned["unused"]


class TestWhatWasPaid:
    """The unused part is of what was paid, not of what a plan costs now."""

    @pytest.mark.parametrize("how", ["KEEP_USED", "RESET", "PRORATE"])
    def test_paid_ahead_there_is_no_change_at_once(self, how):
        """Later periods were paid as Basic, so Premium waits for the last of them."""
        player = member(upgrade=cards.Upgrade[how])
        player.ask(cards.RenewMembership())
        with pytest.raises(errors.NotAvailable, match="Later periods are") as refused:
            player.ask(cards.ChangeTier("Premium"))
        player.now += 30 * DAYS
        changed = player.ask(cards.ChangeTier("Premium"))

        assert {"status": "active"} == refused.value.details
        assert "Premium" == changed.till.tier

    def test_a_paid_period_of_the_next_plan_stays(self):
        """What was paid of a plan to come is not given up by another change."""
        player = member(upgrade=cards.Upgrade.AT_RENEWAL)
        player.ask(cards.ChangeTier("Premium"))
        player.ask(cards.RenewMembership())
        with pytest.raises(errors.NotAvailable, match="Later periods are paid ahead"):
            player.ask(cards.ChangeTier("Basic"))

        assert 29_00 + 60_00 == unused(player)
        assert 30_00 + 60_00 == spent(player)

    def test_a_period_of_a_trial_stays(self):
        """A first period that was paid in the trial is not made another for nothing."""
        player = member(TRIAL, PREMIUM)
        player.ask(cards.RenewMembership())
        with pytest.raises(errors.NotAvailable, match="Later periods are paid ahead"):
            player.ask(cards.ChangeTier("Premium"))

    def test_a_new_price_changes_nothing(self):
        """Of 30.00 that were paid, 29 of 30 days are 29.00, whatever it costs now."""
        player = member()
        template = player.shop.cards.get(player.card_id).template_id
        dear = attrs.evolve(BASIC, plans=[cards.Plan("month", 300), *BASIC.plans[1:]])
        player.shop.templates.change(
            template, rules=cards.Membership(tiers=[dear, PREMIUM])
        )

        assert 29_00 == unused(player)

    def test_what_was_refunded_was_not_paid(self):
        """After 12.00 of 30.00 came back, 29 of 30 days are 17.40."""
        player = play()
        player.refund(player.ask(cards.Subscribe()), "12")

        assert 17_40 == unused(player)

    def test_an_upgrade_was_paid_as_well(self):
        """30.00 and 30.00 more for the month come to 58.00 of 29 days."""
        player = member()
        player.ask(cards.ChangeTier("Premium"))

        assert 58_00 == unused(player)

    def test_billed_elsewhere_at_the_price_that_was_agreed(self):
        """In its second month an upgrade adds the difference to what is billed."""
        player = member(renews_itself=True)
        player.now += 30 * DAYS
        player.ask(cards.ChangeTier("Premium"))

        assert 58_06 == unused(player)

    def test_billed_elsewhere_at_the_price_of_the_change(self):
        """Premium since April: of 60.00 for May, 30 of 31 days are 58.06."""
        player = member(renews_itself=True)
        player.ask(cards.ChangeTier("Premium"))
        player.now += 30 * DAYS

        assert 58_06 == unused(player)

    @pytest.mark.parametrize("how", ["KEEP_USED", "AT_RENEWAL"])
    def test_of_a_month_that_is_over_nothing_is_kept(self, how):
        """What was paid for April is forgotten with what is paid in May."""
        player = member(upgrade=cards.Upgrade[how])
        player.ask(cards.RenewMembership())
        player.now += 30 * DAYS
        renewed = player.ask(cards.RenewMembership())

        assert [["2026-05-01", 30_00], ["2026-06-01", 30_00]] == (
            renewed.transaction.state["membership"]["bills"]
        )


class TestRefund:
    """A membership of which all was given back is over."""

    def test_all_of_it(self):
        """Nobody comes in on a month that was given back."""
        player = play()
        bought = player.ask(cards.Subscribe())
        part = player.refund(bought, "10")
        rest = player.refund(bought, "20")
        with pytest.raises(errors.NotAvailable, match="cancelled; subscribe again"):
            player.ask(cards.CheckIn())

        assert ("active", "cancelled") == (part.till.status, rest.till.status)
        assert "active" == player.ask(cards.Subscribe()).till.status

    def test_all_of_it_without_an_amount(self):
        """All that was paid comes back, and it is over."""
        player = play()
        refunded = player.refund(player.ask(cards.Subscribe()))

        assert -30_00 == refunded.transaction.purchase_amount
        assert "cancelled" == refunded.till.status

    def test_all_but_a_cent(self):
        """Somebody who has paid a cent is a member."""
        player = play()

        assert (
            "active"
            == player.refund(player.ask(cards.Subscribe()), "29.99").till.status
        )

    def test_of_a_month_to_come(self):
        """April goes on; May that was given back is paid again, or it is over."""
        player = member()
        ahead = player.ask(cards.RenewMembership())
        refunded = player.refund(ahead, "30")
        again = player.ask(cards.RenewMembership())
        player.void(again)
        player.now += 30 * DAYS

        assert "active" == refunded.till.status
        assert "cancelled" == status(player)

    def test_of_a_month_that_is_over(self):
        """April given back in May does not end what is paid for May."""
        player = play()
        bought = player.ask(cards.Subscribe())
        player.ask(cards.RenewMembership())
        player.now += 30 * DAYS

        assert "active" == player.refund(bought, "30").till.status

    def test_of_what_was_begun_anew(self):
        """What was paid before a new beginning does not end it."""
        player = play(upgrade=cards.Upgrade.RESET)
        bought = player.ask(cards.Subscribe())
        player.now += DAYS
        player.ask(cards.ChangeTier("Premium"))

        assert "active" == player.refund(bought, "30").till.status

    def test_before_it_begins(self):
        """What begins in May and was given back is over at once."""
        player = play()
        bought = player.ask(cards.Subscribe(starts_on=date(2026, 5, 1)))

        assert "cancelled" == player.refund(bought, "30").till.status

    def test_of_what_has_no_end(self):
        """A plan for once that was given back is over, with an end by hand too."""
        player = play()
        bought = player.ask(cards.Subscribe(period="once"))
        player.ask(cards.SetMembershipEnd(date(2026, 6, 30)))

        assert "cancelled" == player.refund(bought, "99").till.status


def test_a_visit_before_what_is_agreed_now():
    """A visit that is reported when the card has begun anew is refused with why."""
    player = member(upgrade=cards.Upgrade.RESET)
    player.now += 9 * DAYS
    player.ask(cards.ChangeTier("Premium"))
    with pytest.raises(
        errors.NotAvailable, match="before this membership, which began"
    ) as refused:
        player.ask(cards.CheckIn(), late=DAYS)

    assert {"status": "pending"} == refused.value.details
