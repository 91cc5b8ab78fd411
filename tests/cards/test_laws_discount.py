"""Discount cards under the laws."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from tests.cards.test_laws import AMOUNTS, TIERS

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws


class TestDiscount(CardLaws):
    card_type = cards.Discount
    program = Program(id="laws", currency="EUR", zone="Europe/Berlin")

    def samples(self):
        """Rates, roundings, bases, downgrades and shortfalls."""
        nights = cards.HappyHour(
            list(cards.Weekday), "22:00", "01:00", cards.PercentPoints("7.5")
        )
        return {
            "plain": cards.Discount(percent=10),
            "tiers, by line, net, at night more": cards.Discount(
                tiers=TIERS,
                spend_basis=cards.SpendBasis.NET,
                rounding_level=cards.RoundingLevel.LINE,
                rate_at=cards.RateAt.SPLIT,
                happy_hours=[nights],
                shortfall=cards.Shortfall.DEBT,
            ),
            "tiers that end, at most so much": cards.Discount(
                tiers=TIERS,
                rate_at=cards.RateAt.AFTER,
                rounding=cards.Rounding.CEIL,
                max_discount=12,
                spend_expiry=cards.Rolling(30, "days"),
                downgrade=cards.Downgrade.ON_PERIOD,
                shortfall=cards.Shortfall.REFUSE,
            ),
            "with limits": cards.Discount(
                tiers=TIERS,
                limits=cards.EarnLimits(per_day=100, min_purchase=1),
                downgrade=cards.Downgrade.NEVER,
                grace_days=5,
            ),
        }

    def commands(self, rules):
        """Purchases, corrections and tiers by hand."""
        order = st.lists(
            st.builds(cards.Line, st.sampled_from(["tea", "mug"]), AMOUNTS),
            min_size=1,
            max_size=3,
        ).map(lambda lines: cards.Order(lines=lines))
        tiers = st.sampled_from([None, "Silver", "Gold", "Iron"])
        until = st.sampled_from([None, date(2026, 2, 14)])
        return {
            cards.RecordPurchase: st.builds(
                cards.RecordPurchase, AMOUNTS, discount=st.sampled_from([None, "1.00"])
            ),
            cards.RecordOrder: st.builds(cards.RecordOrder, order),
            cards.AddSpend: st.builds(cards.AddSpend, AMOUNTS),
            cards.SubtractSpend: st.builds(cards.SubtractSpend, AMOUNTS),
            cards.SetTier: st.builds(cards.SetTier, tiers, until=until),
        }
