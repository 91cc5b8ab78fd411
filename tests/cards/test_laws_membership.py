"""Membership cards under the laws, in configurations that pull apart."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws


TIERS = (
    cards.MembershipTier(
        "Basic",
        [
            cards.Plan("month", 30, 6),
            cards.Plan("week", 9, 2, trial_days=3),
            cards.Plan("once", 99, 5),
        ],
    ),
    cards.MembershipTier(
        "Gold", [cards.Plan("month", 60, 12), cards.Plan("year", 600)]
    ),
)


class TestMembership(CardLaws):
    card_type = cards.Membership
    program = Program(id="laws", currency="EUR", zone="Pacific/Auckland")

    def samples(self):
        """Renewals, upgrades, grace and limits."""
        return {
            "by renewal": cards.Membership(tiers=TIERS, grace_days=5),
            "by itself, by days": cards.Membership(
                tiers=TIERS,
                renews_itself=True,
                upgrade=cards.Upgrade.PRORATE,
                limits=cards.EarnLimits(per_day=3, cooldown_minutes=3),
            ),
            "begins anew, by uses": cards.Membership(
                tiers=TIERS,
                upgrade=cards.Upgrade.RESET,
                pro_rata=cards.ProRata.USES,
                shortfall=cards.Shortfall.REFUSE,
            ),
            "with the next period, nothing back": cards.Membership(
                tiers=TIERS,
                upgrade=cards.Upgrade.AT_RENEWAL,
                pro_rata=cards.ProRata.NONE,
                grace_days=40,
                shortfall=cards.Shortfall.DEBT,
            ),
        }

    def commands(self, rules):
        """Visits, and all that can be agreed."""
        tiers = st.sampled_from(["Basic", "Gold"])
        periods = st.sampled_from([None, "month", "week", "once", "year"])
        days = st.sampled_from([None, date(2026, 2, 3), date(2026, 3, 9)])
        return {
            cards.CheckIn: st.builds(cards.CheckIn, st.integers(1, 4)),
            cards.Subscribe: st.builds(cards.Subscribe, tiers, periods, starts_on=days),
            cards.RenewMembership: st.just(cards.RenewMembership()),
            cards.ChangeTier: st.builds(cards.ChangeTier, tiers, periods),
            cards.CancelMembership: st.builds(cards.CancelMembership, st.booleans()),
            cards.SetMembershipEnd: st.builds(cards.SetMembershipEnd, days),
            cards.LockMembership: st.just(cards.LockMembership()),
            cards.UnlockMembership: st.just(cards.UnlockMembership()),
        }
