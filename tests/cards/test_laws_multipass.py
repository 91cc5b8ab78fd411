"""Multipasses under the laws of every card type."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws


FEW = st.integers(1, 4)
POINTS = st.one_of(st.integers(0, 300), st.sampled_from([1, 5, 100]))
PRICES = st.one_of(st.none(), st.sampled_from(["0", "0.01", "10.00", "99.99"]))

PACKAGES = (
    cards.Package("ten", 10, "200.00"),
    cards.Package("five", 5, "99.99", validity=cards.Rolling(6, "days")),
    cards.Package("one", 1),
)
EVERY_DAY = tuple(cards.Weekday)
EVENING = cards.HappyHour(EVERY_DAY, "20:00", "02:00", cards.Multiplier("1.5"))


class TestMultipass(CardLaws):
    card_type = cards.Multipass
    program = Program(id="laws", currency="EUR", zone="Europe/Berlin")

    def samples(self):
        """Packages, bonuses, happy hours, limits and shortfalls."""
        return {
            "plain": cards.Multipass(packages=PACKAGES),
            "with a bonus, owed": cards.Multipass(
                packages=PACKAGES,
                bonus_points_per_visit=20,
                happy_hours=(EVENING,),
                points_expiry=cards.Rolling(20, "days"),
                shortfall=cards.Shortfall.DEBT,
            ),
            "a short life, refused": cards.Multipass(
                packages=PACKAGES,
                visit_expiry=cards.Rolling(1, "months", cards.RoundUp.END_OF_MONTH),
                bonus_points_per_visit=3,
                points_scale=2,
                max_visits_per_redeem=2,
                package_refund=cards.PackageRefund.LIST_PRICE,
                list_price="25.00",
                limits=cards.EarnLimits(per_day=5, cooldown_minutes=30),
                shortfall=cards.Shortfall.REFUSE,
            ),
            "sliding, counted, kept": cards.Multipass(
                packages=(PACKAGES[0], PACKAGES[2]),
                visit_expiry=cards.Sliding(10, "days", resets_on={"earn", "redeem"}),
                bonus_points_per_visit=1,
                pending=cards.After(2, "days"),
                package_refund=cards.PackageRefund.NONE,
                count_adjustments=True,
                limits=cards.EarnLimits(checkins_per_day=2, lifetime=50),
                returning=cards.Grace(3),
            ),
            "until a date": cards.Multipass(
                visit_expiry=cards.FixedDate(date(2026, 3, 1)),
                bonus_points_per_visit=7,
                welcome_points=10,
                paying=cards.Paying(value_per_point="0.05", min_points=2),
                returning=cards.NewLot(),
            ),
        }

    def commands(self, rules):
        """Sales of packages and of single visits, uses, corrections and points."""
        names = st.sampled_from([None, *(package.name for package in rules.packages)])
        by_name = names.filter(bool) if rules.packages else st.just("ten")
        return {
            cards.AddVisits: st.one_of(
                st.builds(cards.AddVisits, package=by_name),
                st.builds(
                    cards.AddVisits,
                    st.integers(1, 12),
                    package=names,
                    purchase_amount=PRICES,
                ),
            ),
            cards.RedeemVisits: st.builds(cards.RedeemVisits, FEW),
            cards.SubtractVisits: st.builds(cards.SubtractVisits, FEW),
            cards.AddPoints: st.builds(cards.AddPoints, POINTS),
            cards.SubtractPoints: st.builds(cards.SubtractPoints, POINTS),
            cards.RedeemPoints: st.builds(cards.RedeemPoints, POINTS),
        }
