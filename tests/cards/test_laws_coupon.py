"""Coupons under the laws."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws


ORDERS = st.one_of(
    st.sampled_from(["0.00", "9.99", "10.00", "250.00"]),
    st.just(
        cards.Order(lines=[cards.Line("tea", "2.50", 3), cards.Line("mug", "9.90")])
    ),
)
BESIDE = st.lists(
    st.sampled_from(
        [
            cards.Offer(cards.Percent(10)),
            cards.Offer(cards.AmountOff(5), stacking=cards.Stacking.NEVER),
        ]
    ),
    max_size=2,
)


class TestCoupon(CardLaws):
    card_type = cards.Coupon
    program = Program(id="laws", currency="EUR", zone="Europe/Berlin")

    def samples(self):
        """Benefits, limits and validity."""
        return {
            "plain": cards.Coupon(offer=cards.Percent(20, max_discount=15)),
            "many uses, few in all": cards.Coupon(
                offer=cards.Offer(cards.AmountOff(7), no_effect=cards.NoEffect.PREVENT),
                uses=6,
                max_redemptions=3,
                budget=20,
                returning=cards.NewLot(),
            ),
            "some days, some hours": cards.Coupon(
                offer=cards.Offer(cards.FreeItem("tea"), min_spend=10),
                uses=4,
                per_customer=2,
                valid_from=date(2026, 2, 1),
                valid_to=date(2026, 3, 15),
                valid_after_issue=cards.Rolling(30, "days"),
                windows=[cards.Window(list(cards.Weekday), "18:00", "02:00")],
            ),
            "of the first, for anybody": cards.Coupon(
                offer=cards.NewPrice(3),
                uses=3,
                first_visit_only=True,
                holder_only=False,
                returning=cards.Grace(3),
            ),
        }

    def commands(self, rules):
        """Redemptions and reservations, and a coupon put out of use."""
        who = st.sampled_from([None, None, "somebody"])
        bought = st.sampled_from([None, "9.90"])
        return {
            cards.RedeemCoupon: st.builds(
                cards.RedeemCoupon,
                ORDERS,
                beside=BESIDE,
                presented_by=who,
                purchase_amount=bought,
            ),
            cards.ReserveCoupon: st.builds(
                cards.ReserveCoupon,
                ORDERS,
                beside=BESIDE,
                presented_by=who,
                minutes=st.sampled_from([1, 15, 60 * 24 * 9]),
            ),
            cards.DisableCoupon: st.just(cards.DisableCoupon()),
        }
