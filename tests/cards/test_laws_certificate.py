"""Certificates under the laws of every card type."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws


AMOUNTS = st.one_of(
    st.integers(1, 40_00), st.sampled_from([1, 9_99, 50_00, 100_00, 250_00])
).map(lambda minor: f"{minor // 100}.{minor % 100:02}")
SOMETIMES = st.one_of(st.none(), AMOUNTS)
REASONS = st.sampled_from(["lost", "fraud-2"])


class TestCertificate(CardLaws):
    card_type = cards.Certificate
    program = Program(id="laws", currency="EUR", zone="Europe/Berlin")

    def samples(self):
        """First amounts, activations, uses, lives and shortfalls."""
        return {
            "plain": cards.Certificate(initial="100.00"),
            "reloadable, owed": cards.Certificate(
                reloadable=True,
                max_balance="300.00",
                cash_out_below="10.00",
                shortfall=cards.Shortfall.DEBT,
            ),
            "once only, when it is paid": cards.Certificate(
                initial="50.00",
                use=cards.Use.SINGLE,
                activation=cards.OnPayment(),
                expiry=cards.Rolling(30, "days"),
                min_redeem="5.00",
                shortfall=cards.Shortfall.REFUSE,
            ),
            "from a day on, sliding": cards.Certificate(
                initial="80.00",
                activation=cards.FromDate(date(2026, 2, 9)),
                reloadable=True,
                use=cards.Use.SINGLE,
                expiry=cards.Sliding(20, "days", resets_on={"earn", "redeem"}),
                returning=cards.Grace(3),
            ),
            "for some days, kept": cards.Certificate(
                reloadable=True,
                transferable=False,
                expiry=cards.Rolling(9, "days"),
                returning=cards.NewLot(),
            ),
        }

    def commands(self, rules):
        """Money in and out, and everything that keeps it where it is."""
        redeem = st.one_of(
            st.builds(cards.RedeemMoney, AMOUNTS, order_total=SOMETIMES),
            st.builds(cards.RedeemMoney, order_total=AMOUNTS),
        )
        sold = st.one_of(st.none(), st.sampled_from(["0", "45.00", "50.00"]))
        days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
        return {
            cards.Activate: st.builds(cards.Activate, purchase_amount=sold),
            cards.LoadMoney: st.builds(
                cards.LoadMoney, AMOUNTS, purchase_amount=SOMETIMES
            ),
            cards.RedeemMoney: redeem,
            cards.CashOut: st.just(cards.CashOut()),
            cards.ClearBalance: st.builds(cards.ClearBalance, REASONS),
            cards.Deactivate: st.builds(cards.Deactivate, REASONS),
            cards.BlockMoney: st.builds(cards.BlockMoney, REASONS),
            cards.UnblockMoney: st.just(cards.UnblockMoney()),
            cards.ExtendExpiry: st.builds(cards.ExtendExpiry, days),
        }
