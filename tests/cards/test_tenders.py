"""What an order is paid with, and how a refund goes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import cards, errors


TENDERS = st.lists(st.integers(0, 10**7), min_size=1, max_size=6)


class TestPayWith:
    @pytest.mark.parametrize(
        ("balances", "due", "expected"),
        [
            ((50_00,), 90_00, (50_00,)),
            ((100_00,), 90_00, (90_00,)),
            ((100_00, 100_00), 2000_00, (100_00, 100_00)),
            ((0, 30_00, 30_00), 40_00, (0, 30_00, 10_00)),
            ((-5_00, 30_00), 40_00, (0, 30_00)),
            ((), 40_00, ()),
            ((10_00,), 0, (0,)),
        ],
    )
    def test_the_first_pays_first(self, balances, due, expected):
        """Each card pays what it can of what is left; a card that owes pays nothing."""
        assert expected == cards.pay_with(balances, due)

    @pytest.mark.parametrize(("gift", "pay"), [(50_00, 40_00), (100_00, 0)])
    def test_discounts_come_first(self, gift, pay):
        """Of 100.00 with 10 % off, a gift card of 50.00 leaves 40.00 to pay."""
        order = cards.Order(100)
        (coupon,) = cards.apply_offers([cards.Offer(cards.Percent(10))], order, "EUR")
        due = order.bill("EUR").total - coupon.discount
        (paid,) = cards.pay_with([gift], due)

        assert pay == due - paid

    @given(balances=TENDERS, due=st.integers(0, 10**8))
    def test_the_cards_pay_what_they_can(self, balances, due):
        """Together they pay the order or all they have, and none more than it has."""
        paid = cards.pay_with(balances, due)

        assert min(due, sum(balances)) == sum(paid)
        assert all(0 <= part <= n for part, n in zip(paid, balances, strict=True))


class TestSplitRefund:
    def test_in_proportion(self):
        """60 paid with 40 from a gift card and 20 in cash: 30 back are 20 and 10."""
        assert (20_00, 10_00) == cards.split_refund(30_00, (40_00, 20_00))

    def test_nothing_of_nothing(self):
        """A refund of 0 gives nothing back, even where nothing was paid."""
        assert (0, 0) == cards.split_refund(0, (0, 0))

    def test_not_more_than_was_paid(self):
        """A refund beyond what the tenders hold is refused with what is left."""
        with pytest.raises(errors.NotReversible, match="More is ref") as refused:
            cards.split_refund(60_01, (40_00, 20_00))

        assert {"asked": 60_01, "left": 60_00} == refused.value.details

    def test_not_below_0(self):
        """A refund of less than nothing is no refund."""
        with pytest.raises(errors.InvalidAmount, match="not below 0"):
            cards.split_refund(-1, (40_00,))

    @given(tenders=TENDERS, shares=st.lists(st.integers(0, 100), max_size=5))
    def test_refunds_give_each_tender_its_own(self, tenders, shares):
        """However often parts are refunded, no tender gets more than it brought."""
        left = list(tenders)
        for percent in (*shares, 100):
            amount = sum(left) * percent // 100
            back = cards.split_refund(amount, left)
            assert amount == sum(back)
            assert all(0 <= part <= n for part, n in zip(back, left, strict=True))
            left = [n - part for n, part in zip(left, back, strict=True)]

        assert [0] * len(tenders) == left
