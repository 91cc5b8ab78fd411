"""Reward cards under the laws, in configurations that pull apart."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws


AMOUNTS = st.one_of(st.integers(0, 90), st.sampled_from([0, 5, 10, 150]))
POINTS = st.one_of(st.integers(0, 60), st.sampled_from([1, 10, 50])).map(str)
ORDERS = st.one_of(st.none(), st.just(cards.Order("40.00")))

TIERS = (
    cards.RewardTier("hello", "Hello", 0, usage_limit=1),
    cards.RewardTier("tea", "Tea", 10, cards.AmountOff(3)),
    cards.RewardTier("off", "20 % off", 25, cards.Percent(20, max_discount=5)),
)


class TestReward(CardLaws):
    card_type = cards.Reward
    program = Program(id="laws", currency="EUR", zone="Europe/Berlin")

    def samples(self):
        """Modes, limits, pending points, vouchers that end, and claims by itself."""
        return {
            "by hand": cards.Reward(tiers=TIERS),
            "on spend, owed, a happy morning": cards.Reward(
                tiers=TIERS,
                mode=cards.SpendPoints(5, 3),
                shortfall=cards.Shortfall.DEBT,
                points_expiry=cards.Rolling(20, "days"),
                happy_hours=[
                    cards.HappyHour(
                        list(cards.Weekday), "00:00", "09:00", cards.Multiplier("1.5")
                    )
                ],
            ),
            "claims by itself, what is there": cards.Reward(
                tiers=(
                    cards.RewardTier(
                        "tea",
                        "Tea",
                        4,
                        usage_limit=3,
                        usage_window=cards.UsageWindow.WEEK,
                        stock=7,
                    ),
                ),
                auto_redeem="tea",
                mode=cards.VisitPoints(3),
                pending=cards.After(1, "days"),
                voucher_validity=cards.Rolling(5, "days"),
            ),
            "finer points, refused, not always": cards.Reward(
                tiers=(
                    cards.RewardTier("a", "A", "0.5", stock=2),
                    cards.RewardTier(
                        "b", "B", 3, cards.FreeItem("tea"), valid_to=date(2026, 3, 1)
                    ),
                ),
                points_scale=1,
                mode=cards.SpendPoints(7),
                shortfall=cards.Shortfall.REFUSE,
                welcome_points=2,
                points_expiry=cards.Sliding(30, "days"),
                limits=cards.EarnLimits(per_day=9, checkins_per_day=3),
            ),
        }

    def commands(self, rules):
        """Purchases, visits, points by hand, and vouchers on their whole way."""
        tiers = st.sampled_from([tier.id for tier in rules.tiers])
        occasions = st.sampled_from([None, "birthday/a", "tag/vip"])
        marks = st.sampled_from(["once", "2026-03-01"])
        return {
            cards.RecordPurchase: st.builds(cards.RecordPurchase, AMOUNTS),
            cards.CheckIn: st.builds(cards.CheckIn, st.integers(1, 2)),
            cards.AddPoints: st.builds(cards.AddPoints, POINTS),
            cards.SubtractPoints: st.builds(cards.SubtractPoints, POINTS),
            cards.ClaimVoucher: st.builds(cards.ClaimVoucher, tiers, ORDERS),
            cards.GrantVoucher: st.builds(
                cards.GrantVoucher, tiers, occasion=occasions, mark=marks
            ),
            cards.UseVoucher: st.builds(cards.UseVoucher, st.none(), ORDERS),
            cards.ReserveVoucher: st.builds(cards.ReserveVoucher, st.none(), ORDERS),
        }
