"""
What can be asked of a card.

A command is a frozen value; what a caller writes ("49.90", 9) is checked when it is
made.  Which of them a card type takes is for the type to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

import attrs

from loyaltycore.cards.asking import (
    NO_ITEMS,
    count_of,
    describe,
    items_of,
    optional_points,
    points_of,
)
from loyaltycore.errors import ConfirmMismatch
from loyaltycore.program.managers import Permission
from loyaltycore.values.money import Amount, AmountLike, amount_of, optional_amount


__all__ = [
    "AddPoints",
    "AddRewards",
    "AddSpend",
    "AddStamps",
    "Amount",
    "AmountLike",
    "CheckIn",
    "ClaimReward",
    "RecordPurchase",
    "RedeemPoints",
    "SubtractPoints",
    "SubtractRewards",
    "SubtractSpend",
    "SubtractStamps",
    "describe",
]


@attrs.frozen
class RecordPurchase:
    """
    A purchase was paid.

    Attributes:
        amount: in the program's currency, not negative; before discounts.
        items: how many of each SKU, where the card counts products.
        discount: of the amount, what coupons and the like took off.
        paid_in_points: of the amount, what points have paid.
    """

    amount: Amount = attrs.field(converter=amount_of)
    items: Mapping[str, int] = attrs.field(
        default=NO_ITEMS, converter=items_of, kw_only=True
    )
    discount: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )
    paid_in_points: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )


@attrs.frozen
class CheckIn:
    """
    A visit, with or without a purchase.

    Attributes:
        n: how many at once, 1 to 1,000.
    """

    n: int = attrs.field(converter=count_of, default=1)


@attrs.frozen
class AddStamps:
    """
    Stamps by hand.

    Attributes:
        n: 1 to 1,000.
        purchase_amount: what was bought, for the customer's totals only.
    """

    n: int = attrs.field(converter=count_of)
    purchase_amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )


@attrs.frozen
class SubtractStamps:
    """Stamps away by hand, not more than there are."""

    permission: ClassVar[Permission] = Permission.ADJUST
    n: int = attrs.field(converter=count_of)


@attrs.frozen
class AddRewards:
    """
    Rewards by hand.

    Attributes:
        milestone: which one, by its number of stamps; None is the full card's.
    """

    permission: ClassVar[Permission] = Permission.ADJUST
    n: int = attrs.field(converter=count_of, default=1)
    milestone: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class SubtractRewards:
    """Unused rewards away by hand; *milestone* None takes the soonest to expire."""

    permission: ClassVar[Permission] = Permission.ADJUST
    n: int = attrs.field(converter=count_of, default=1)
    milestone: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ClaimReward:
    """
    Hand rewards out.

    Attributes:
        milestone: which one, by its number of stamps; None is the soonest to expire.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    milestone: int | None = None
    n: int = attrs.field(converter=count_of, default=1, kw_only=True)


@attrs.frozen
class AddPoints:
    """Points by hand; spend stays."""

    points: Decimal = attrs.field(converter=points_of)


@attrs.frozen
class SubtractPoints:
    """Points away by hand, not more than there are; spend stays."""

    permission: ClassVar[Permission] = Permission.ADJUST
    points: Decimal = attrs.field(converter=points_of)


@attrs.frozen
class AddSpend:
    """Spend by hand, with the points that it earns; no purchase is counted."""

    amount: Amount = attrs.field(converter=amount_of)


@attrs.frozen
class SubtractSpend:
    """Spend away by hand, with the points that adding it again would earn."""

    permission: ClassVar[Permission] = Permission.ADJUST
    amount: Amount = attrs.field(converter=amount_of)


@attrs.frozen
class RedeemPoints:
    """
    Pay with points.

    Attributes:
        order_total: of the order that is paid, for caps and what is left to pay.
        confirm: the points typed a second time.

    Raises:
        ConfirmMismatch: the two numbers of points differ.
    """

    permission: ClassVar[Permission] = Permission.REDEEM
    points: Decimal = attrs.field(converter=points_of)
    order_total: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )
    confirm: Decimal | None = attrs.field(
        default=None, converter=optional_points, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.confirm is not None and self.confirm != self.points:
            raise ConfirmMismatch("The two numbers of points differ; type them again.")
