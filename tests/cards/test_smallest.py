"""The smallest command of each class, by which it is found out what can be done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from loyaltycore import Money, cards
from loyaltycore.cards.smallest import smallest_command


@pytest.mark.parametrize(
    ("rules", "currency", "smallest"),
    [
        (
            cards.Stamp(reward="Tea"),
            "EUR",
            [
                cards.RecordPurchase("0.01"),
                cards.CheckIn(),
                cards.AddStamps(1),
                cards.SubtractStamps(1),
                cards.AddRewards(1),
                cards.SubtractRewards(1),
                cards.ClaimReward(),
            ],
        ),
        (
            cards.Cashback(percent=3, points_scale=1),
            "JPY",
            [
                cards.RecordPurchase(1),
                cards.AddPoints("0.1"),
                cards.SubtractPoints("0.1"),
                cards.AddSpend(1),
                cards.SubtractSpend(1),
                cards.RedeemPoints("0.1", order_total=Money(1, "JPY")),
            ],
        ),
        (
            cards.Certificate(),
            "EUR",
            [
                cards.Activate(),
                cards.LoadMoney("0.01"),
                cards.RedeemMoney(order_total="0.01"),
                cards.CashOut(),
                cards.ClearBalance("reason"),
                cards.Deactivate("reason"),
                cards.BlockMoney("reason"),
                cards.UnblockMoney(),
                cards.ExtendExpiry(date(9998, 12, 31)),
            ],
        ),
        (
            cards.Discount(percent=5),
            "EUR",
            [
                cards.RecordPurchase("0.01"),
                cards.RecordOrder(cards.Order(Decimal("0.01"))),
                cards.AddSpend("0.01"),
                cards.SubtractSpend("0.01"),
                cards.SetTier(),
            ],
        ),
        (
            cards.Coupon(offer=cards.Percent(10)),
            "EUR",
            [
                cards.RedeemCoupon(Money("0.01", "EUR")),
                cards.ReserveCoupon(Money("0.01", "EUR")),
                cards.DisableCoupon(),
            ],
        ),
    ],
)
def test_counts_are_one_and_amounts_the_smallest(
    rules: cards.CardType[Any], currency: str, smallest: list[object]
):
    """A cent of euros, a yen, a tenth of a point where points have one decimal."""
    made = [rules.smallest(each, currency) for each in rules.commands]

    assert smallest == made


@pytest.mark.parametrize(
    ("paying", "points", "order"),
    [
        (cards.Paying(), "0.01", "0.01"),
        (cards.Paying(min_points=500, value_per_point="0.01"), "500.00", "5.00"),
        (cards.Paying(min_points=450, multiple_of=100), "500.00", "500.00"),
        (cards.Paying(multiple_of=7, max_percent_of_order=50), "7.00", "14.00"),
        (cards.Paying(multiple_of=1, max_percent_of_order=30), "1.00", "3.34"),
        (cards.Paying(max_percent_of_order=0), "0.01", "0.01"),
    ],
)
def test_a_payment_is_of_as_few_points_as_are_taken(
    paying: cards.Paying, points: str, order: str
):
    """
    At least the minimum, in whole multiples, on an order of which it is the part.

    450 points in hundreds are 500; a point of 1.00 is 30 % of 3.34 and not of 3.33.
    """
    command = cards.Cashback(percent=1, paying=paying).smallest(
        cards.RedeemPoints, "EUR"
    )

    assert isinstance(command, cards.RedeemPoints)
    assert Decimal(points) == command.points
    assert f"{order} EUR" == str(command.order_total)


def test_a_field_without_a_smallest_value_is_named():
    """Only the card type knows what to put there."""

    @attrs.frozen
    class Rename:
        name: str

    with pytest.raises(TypeError, match="Rename.name has no smallest value"):
        smallest_command(Rename, {}, "EUR")
