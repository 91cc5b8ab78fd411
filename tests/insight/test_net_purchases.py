"""What voids and refunds leave of purchases."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.insight.net_purchases import (
    PostedPurchase,
    Reversal,
    net_purchases,
    returned,
)
from loyaltycore.rfm import Purchase


DAY = date(2026, 3, 1)
POSTED = [PostedPurchase("t1", "ada", DAY, 1000), PostedPurchase("t2", "ada", DAY, 500)]


def test_nothing_taken_back():
    """Without reversals, purchases stand as they were rung up."""
    expected = [Purchase("ada", DAY, 1000), Purchase("ada", DAY, 500)]

    assert expected == list(net_purchases(POSTED, returned([])))


def test_refunds_add_up():
    """Two refunds of one purchase lower it by both; the other is not touched."""
    back = returned([Reversal("t1", 300, False), Reversal("t1", 200, False)])

    assert [500, 500] == [p.net for p in net_purchases(POSTED, back)]


def test_a_full_refund_is_still_a_purchase():
    """A purchase that was refunded whole happened, for nothing."""
    back = returned([Reversal("t2", 500, False)])

    assert [1000, 0] == [p.net for p in net_purchases(POSTED, back)]


@given(
    st.permutations(
        [
            Reversal("t1", 300, False),
            Reversal("t1", 700, True),
            Reversal("t1", 0, False),
        ]
    )
)
def test_a_void_takes_the_purchase_away(reversals: list[Reversal]):
    """A voided purchase never happened, whatever was refunded before or after."""
    back = returned(reversals)

    assert ["t2"] == [
        one.transaction_id for one in POSTED if list(net_purchases([one], back))
    ]


def test_reversals_of_something_else():
    """What was taken back of a redemption does not matter here."""
    back = returned([Reversal("elsewhere", 0, True)])

    assert 2 == len(list(net_purchases(POSTED, back)))


def test_amended_upwards():
    """What was corrected upwards is a purchase of the corrected amount."""
    back = returned([Reversal("t1", -500, False), Reversal("t1", 200, False)])

    first = next(iter(net_purchases(POSTED, back)))

    assert (POSTED[0].amount + 300, 0) == (first.net, first.refunded)
