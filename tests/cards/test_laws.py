"""Every registered card type under the laws, in configurations that pull apart."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws


AMOUNTS = st.one_of(
    st.integers(0, 40_00), st.sampled_from([0, 1, 9_99, 10_00, 150_00, 2_000_00])
).map(lambda minor: f"{minor // 100}.{minor % 100:02}")
POINTS = st.one_of(st.integers(0, 300), st.sampled_from([1, 5, 100])).map(str)
FEW = st.integers(1, 4)
MANY = st.integers(1, 25)

TIERS = (
    cards.Tier("Bronze", 0, "1"),
    cards.Tier("Silver", 100, "3"),
    cards.Tier("Gold", 300, "12.5"),
)
WEEK = tuple(cards.Weekday)
SHORTFALLS = tuple(cards.Shortfall)


class TestCashback(CardLaws):
    card_type = cards.Cashback
    program = Program(id="laws", currency="EUR", zone="Europe/Berlin")

    def samples(self):
        """Rates, scales, expiries and shortfalls."""
        return {
            "plain": cards.Cashback(percent=10),
            "whole points, owed, for six days": cards.Cashback(
                percent=100,
                points_scale=0,
                points_expiry=cards.Rolling(6, "days"),
                shortfall=cards.Shortfall.DEBT,
            ),
            "split tiers that are never lost": cards.Cashback(
                tiers=TIERS,
                rate_at=cards.RateAt.SPLIT,
                points_scale=4,
                downgrade=cards.Downgrade.NEVER,
                points_expiry=cards.Rolling(1, "months", cards.RoundUp.END_OF_MONTH),
                shortfall=cards.Shortfall.REFUSE,
            ),
            "tiers reached, spend that expires": cards.Cashback(
                tiers=TIERS,
                rate_at=cards.RateAt.AFTER,
                points_scale=1,
                rounding=cards.Rounding.HALF_UP,
                spend_expiry=cards.Rolling(30, "days"),
                points_expiry=cards.Rolling(20, "days", cards.RoundUp.EXACT),
                shortfall=cards.Shortfall.DEBT,
            ),
            "more at night": cards.Cashback(
                tiers=TIERS,
                happy_hours=[
                    cards.HappyHour(WEEK, "21:00", "03:00", cards.Multiplier("2.5")),
                    cards.HappyHour(WEEK, "03:00", "12:00", cards.Override("33.33")),
                    cards.HappyHour(WEEK, "12:00", "21:00", cards.PercentPoints(4)),
                ],
                limits=cards.EarnLimits(per_day=40),
                shortfall=cards.Shortfall.DEBT,
            ),
            "paying by rule until a date": cards.Cashback(
                percent="33.33",
                points_scale=0,
                rounding=cards.Rounding.CEIL,
                points_expiry=cards.FixedDate(date(2026, 3, 1)),
                paying=cards.Paying(
                    value_per_point="0.05",
                    min_points=2,
                    multiple_of=2,
                    max_percent_of_order=50,
                ),
            ),
        }

    def commands(self, rules):
        """Purchases, corrections and redemptions, too large ones among them."""
        total = st.just("100.00") if rules.paying.min_points else st.none()
        return {
            cards.RecordPurchase: st.builds(cards.RecordPurchase, AMOUNTS),
            cards.AddPoints: st.builds(cards.AddPoints, POINTS),
            cards.SubtractPoints: st.builds(cards.SubtractPoints, POINTS),
            cards.AddSpend: st.builds(cards.AddSpend, AMOUNTS),
            cards.SubtractSpend: st.builds(cards.SubtractSpend, AMOUNTS),
            cards.RedeemPoints: st.builds(
                cards.RedeemPoints, POINTS, order_total=total
            ),
        }


class TestStamp(CardLaws):
    card_type = cards.Stamp
    program = Program(id="laws", currency="JPY", zone="Asia/Tokyo")

    def samples(self):
        """Modes, milestones, lives and shortfalls."""
        return {
            "plain": cards.Stamp(reward="Tea"),
            "three to fill, owed": cards.Stamp(
                stamps_required=3,
                reward="Tea",
                mode=cards.Visit(2),
                shortfall=cards.Shortfall.DEBT,
            ),
            "on spend, with a way": cards.Stamp(
                stamps_required=9,
                milestones=(
                    cards.Milestone(3, "Cookie"),
                    cards.Milestone(6, "Sandwich"),
                    cards.Milestone(9, "Cake"),
                ),
                mode=cards.Spend(5),
                stamp_life=cards.Rolling(10, "days"),
                reward_validity=cards.Rolling(5, "days"),
            ),
            "carried, owed": cards.Stamp(
                stamps_required=4,
                reward="Tea",
                milestones=(cards.Milestone(2, "Cookie"),),
                mode=cards.Spend(7, 2, carry_remainder=True),
                stamp_life=cards.Rolling(1, "months"),
                shortfall=cards.Shortfall.DEBT,
            ),
            "carried, refused, one a day": cards.Stamp(
                stamps_required=5,
                reward="Tea",
                mode=cards.Spend(3, carry_remainder=True),
                max_unused_rewards=2,
                one_checkin_per_day=True,
                shortfall=cards.Shortfall.REFUSE,
            ),
            "carried, more at night": cards.Stamp(
                stamps_required=6,
                reward="Tea",
                mode=cards.Spend(4, carry_remainder=True),
                stamp_life=cards.Rolling(20, "days"),
                happy_hours=[
                    cards.HappyHour(WEEK, "20:00", "08:00", cards.Multiplier("1.5"))
                ],
                limits=cards.EarnLimits(per_day=9),
            ),
            "products": cards.Stamp(
                stamps_required=1,
                reward="Tea",
                mode=cards.Products({"coffee": 1, "beans": 3}),
                reward_validity=cards.Rolling(0, "days", cards.RoundUp.END_OF_WEEK),
            ),
        }

    def commands(self, rules):
        """Purchases, visits and corrections, and claims of every milestone."""
        steps = st.sampled_from([None, *(goal.at for goal in rules.goals)])
        items = st.dictionaries(st.sampled_from(["coffee", "beans", "mug"]), FEW)
        yen = st.integers(0, 60)
        return {
            cards.RecordPurchase: st.builds(cards.RecordPurchase, yen, items=items),
            cards.CheckIn: st.just(cards.CheckIn()),
            cards.AddStamps: st.builds(
                cards.AddStamps, MANY, purchase_amount=st.one_of(st.none(), yen)
            ),
            cards.SubtractStamps: st.builds(cards.SubtractStamps, MANY),
            cards.AddRewards: st.builds(cards.AddRewards, FEW, milestone=steps),
            cards.SubtractRewards: st.builds(
                cards.SubtractRewards, FEW, milestone=steps
            ),
            cards.ClaimReward: st.builds(cards.ClaimReward, steps, n=FEW),
        }
