"""What a card remembers of a membership, and what becomes of it."""

from __future__ import annotations

import json
from datetime import date

import attrs
import pytest

from loyaltycore import cards
from loyaltycore.cards.plans import Span
from loyaltycore.cards.subscription import NextPlan, Period, Subscription
from loyaltycore.cards.upgrading import change_plan, due_for, unused_value


APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
MONTH, WEEK = Span(1, "months"), Span(1, "weeks")
BASIC = Subscription(
    tier="Basic", period="month", starts=APRIL, anchor=APRIL, paid=1, price=30_00
)
TO_PREMIUM = NextPlan("Premium", "month", MAY, paid=1, price=60_00)
BY_WEEK = NextPlan("Premium", "week", MAY, paid=2, price=20_00)
PLANS = (cards.Plan("month", 30, 30), cards.Plan("month", 60, 60))


class TestFacts:
    def test_they_are_read_back(self):
        """Everything that was agreed is in the facts, which are JSON."""
        now = attrs.evolve(
            BASIC,
            until=JUNE,
            ends=MAY,
            locked=True,
            next_plan=TO_PREMIUM,
            share=(APRIL, 45),
            bills=((APRIL, 30_00), (MAY, 60_00)),
        )

        assert now == Subscription.of(json.loads(json.dumps(now.facts())))

    def test_from_before_there_were_bills(self):
        """Facts that tell of no payment are of a membership without one."""
        facts = dict(BASIC.facts())
        del facts["bills"]

        assert BASIC == Subscription.of(facts)


class TestChanged:
    """A change that was agreed comes by itself, on its day."""

    def test_to_another_tier(self):
        """Of the same period, the months go on from where they began."""
        now = attrs.evolve(BASIC, next_plan=TO_PREMIUM)

        assert now == now.changed(date(2026, 4, 30))
        assert attrs.evolve(BASIC, tier="Premium", paid=2, price=60_00) == now.changed(
            MAY
        )

    def test_to_another_period(self):
        """Weeks are counted from the day of the change, and so are those paid."""
        changed = attrs.evolve(BASIC, next_plan=BY_WEEK).changed(MAY)

        assert (
            attrs.evolve(
                BASIC, tier="Premium", period="week", anchor=MAY, paid=2, price=20_00
            )
            == changed
        )
        assert date(2026, 5, 15) == changed.paid_until(WEEK)


class TestRenewed:
    """A renewal pays one more period, and a cancellation is forgotten."""

    def test_of_the_same_plan(self):
        """Two months are paid where one was."""
        cancelled = attrs.evolve(BASIC, ends=MAY)

        assert attrs.evolve(BASIC, paid=2) == cancelled.renewed(MONTH)

    def test_of_the_plan_to_come(self):
        """The period that is paid is one of the plan it changes to."""
        cancelled = attrs.evolve(BASIC, next_plan=TO_PREMIUM, ends=MAY)
        more = attrs.evolve(TO_PREMIUM, paid=2)

        assert attrs.evolve(BASIC, next_plan=more) == cancelled.renewed(MONTH)

    def test_of_an_end_by_hand(self):
        """A month is added to the day that was set."""
        cancelled = attrs.evolve(BASIC, until=MAY, ends=MAY)

        assert attrs.evolve(BASIC, until=JUNE) == cancelled.renewed(MONTH)


class TestUnpaid:
    """What was given back ends the membership where its period begins."""

    @pytest.mark.parametrize(
        ("now", "start", "expected"),
        [
            # of this month: it is over on the day
            (BASIC, APRIL, {"paid": 0, "ends": date(2026, 4, 10)}),
            # of the month to come: it is over with this one
            (attrs.evolve(BASIC, paid=2), MAY, {"paid": 1, "ends": MAY}),
            # whichever end is earlier stays
            (attrs.evolve(BASIC, paid=3, ends=MAY), JUNE, {"paid": 2, "ends": MAY}),
            (attrs.evolve(BASIC, until=JUNE), MAY, {"until": MAY, "ends": MAY}),
            (attrs.evolve(BASIC, until=APRIL), MAY, {"until": APRIL, "ends": MAY}),
            # a plan to come is not agreed any more
            (
                attrs.evolve(BASIC, next_plan=TO_PREMIUM),
                MAY,
                {"next_plan": None, "ends": MAY},
            ),
        ],
    )
    def test_from_a_period_on(self, now, start, expected):
        """On 10 April, for periods that begin in April, May and June."""
        unpaid = now.unpaid(start, date(2026, 4, 10), MONTH)

        assert attrs.evolve(now, **expected) == unpaid

    def test_a_month_that_is_over(self):
        """It ends nothing."""
        now = attrs.evolve(BASIC, paid=2)

        assert now == now.unpaid(APRIL, MAY, MONTH)

    def test_before_it_begins(self):
        """It is over on the day."""
        unpaid = BASIC.unpaid(APRIL, date(2026, 3, 1), MONTH)

        assert attrs.evolve(BASIC, paid=0, ends=date(2026, 3, 1)) == unpaid

    def test_of_what_has_no_end(self):
        """A plan for once stays paid, and is over."""
        once = attrs.evolve(BASIC, period="once")

        assert attrs.evolve(once, ends=MAY) == once.unpaid(APRIL, MAY, None)


class TestChangePlan:
    """What is agreed behind a change from Basic to Premium on 16 April."""

    DAY = date(2026, 4, 16)

    def changed(self, how: str, now: Subscription, plans=PLANS) -> Subscription:
        """Change as a template says."""
        period = Period(APRIL, MAY)
        return change_plan(
            cards.Upgrade[how], now, "Premium", plans, period, self.DAY, MAY, 60_00
        )

    NOW = attrs.evolve(
        BASIC,
        paid=3,
        until=JUNE,
        next_plan=TO_PREMIUM,
        share=(APRIL, 45),
        bills=((APRIL, 30_00),),
    )

    def test_at_once(self):
        """The month goes on at the new price, and no other change is to come."""
        expected = attrs.evolve(
            self.NOW, tier="Premium", price=60_00, next_plan=None, share=None
        )

        assert expected == self.changed("KEEP_USED", self.NOW)

    def test_by_days(self):
        """Half a month with 45 visits and half a month with 60 are 52 visits."""
        changed = self.changed("PRORATE", self.NOW)

        assert (APRIL, 52) == changed.share

    @pytest.mark.parametrize("limits", [(None, 60), (30, None), (None, None)])
    def test_by_days_where_one_has_no_limit(self, limits):
        """Where either plan has any number of visits, there is nothing to share."""
        plans = tuple(cards.Plan("month", 30, limit) for limit in limits)

        assert self.changed("PRORATE", BASIC, plans).share is None

    def test_anew(self):
        """A month begins on the day, paid once, and nothing of before counts."""
        expected = Subscription(
            tier="Premium",
            period="month",
            starts=self.DAY,
            anchor=self.DAY,
            paid=1,
            price=60_00,
        )

        assert expected == self.changed("RESET", self.NOW)

    def test_with_the_next_period(self):
        """All stays as it is, and Premium is to come at its price."""
        by_week = (PLANS[0], cards.Plan("week", 20, 7))
        expected = NextPlan("Premium", "week", MAY, paid=0, price=60_00)

        assert attrs.evolve(self.NOW, next_plan=expected) == self.changed(
            "AT_RENEWAL", self.NOW, by_week
        )

    @pytest.mark.parametrize(
        ("how", "due"),
        [("AT_RENEWAL", 0), ("RESET", 30_00), ("KEEP_USED", 0), ("PRORATE", 0)],
    )
    def test_down(self, how, due):
        """Who goes down pays nothing, unless a period begins."""
        down = (PLANS[1], PLANS[0])
        period = Period(APRIL, MAY)

        assert due == due_for(cards.Upgrade[how], down, period, self.DAY, "EUR")

    def test_what_has_no_end_has_no_days(self):
        """The whole difference is due, and all visits are of the new plan."""
        period = Period(APRIL, None)
        once = (cards.Plan("once", 30, 30), cards.Plan("once", 60, 60))
        prorate = cards.Upgrade.PRORATE
        changed = change_plan(
            prorate, BASIC, "Premium", once, period, self.DAY, self.DAY, 60_00
        )

        assert 30_00 == due_for(prorate, once, period, self.DAY, "EUR")
        assert (APRIL, 60) == changed.share


class TestUnusedValue:
    """What was paid and not used, by the visits that were made."""

    @pytest.mark.parametrize(("used", "unused"), [(0, 30_00), (29, 1_00), (31, 0)])
    def test_by_uses(self, used, unused):
        """One visit of 30 is 1.00; more than there are leave nothing."""
        now = attrs.evolve(BASIC, bills=((APRIL, 30_00),))

        assert unused == unused_value(cards.ProRata.USES, now, PLANS[0], APRIL, used)

    def test_in_a_trial(self):
        """A period that was paid in the trial was not used at all."""
        now = attrs.evolve(BASIC, anchor=date(2026, 4, 15), bills=((APRIL, 30_00),))

        assert 30_00 == unused_value(cards.ProRata.DAYS, now, PLANS[0], APRIL, 0)
