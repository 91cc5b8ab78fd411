"""
What a coupon promises, and on what terms.

Owns the terms; ``stacking`` applies them.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import attrs
from attrs.validators import optional

from loyaltycore.cards.benefits import Benefit, check_benefit
from loyaltycore.cards.line_discounts import RoundingLevel
from loyaltycore.cards.settings import (
    above_zero,
    check_amount,
    member_of,
    not_negative,
    one_of,
    text,
    whole,
)
from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Amount, optional_amount
from loyaltycore.values.quantity import decimal_of


__all__ = ["DiscountBase", "NewCard", "NoEffect", "Offer", "Stacking", "offer_of"]

_PRIORITY_MAX = 1_000


class Stacking(StrEnum):
    """
    Which other offers one order may have beside an offer.

    ``common``: all but those that are never combined.  ``never``: none, except what
    always goes.  ``always``: any.
    """

    COMMON = "common"
    NEVER = "never"
    ALWAYS = "always"


class DiscountBase(StrEnum):
    """
    What a percentage and the minimum of an offer are measured by.

    ``discounted``: what earlier offers have left.  ``initial``: the order before any.
    """

    DISCOUNTED = "discounted"
    INITIAL = "initial"


class NoEffect(StrEnum):
    """
    What happens when an offer would take nothing off.

    ``force``: it is used all the same.  ``prevent``: it is refused, and kept for an
    order on which it is worth something.
    """

    FORCE = "force"
    PREVENT = "prevent"


@attrs.frozen
class Offer:
    """
    A benefit and its terms.

    Attributes:
        min_spend: what the order comes to at least, in the program's currency.
        stacking: what it is combined with.
        priority: 0 to 1,000; lower ones are applied first, equal ones as given.
        discount_base: what a percentage and *min_spend* are measured by.
        no_effect: what happens when nothing would come off; units on another card
            are an effect.
        rounding_level: where a percentage is rounded.
    """

    benefit: Benefit = attrs.field(validator=one_of(Benefit))
    min_spend: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero, kw_only=True
    )
    stacking: Stacking = attrs.field(
        default=Stacking.COMMON, validator=member_of(Stacking), kw_only=True
    )
    priority: int = attrs.field(
        default=0, validator=whole(0, _PRIORITY_MAX), kw_only=True
    )
    discount_base: DiscountBase = attrs.field(
        default=DiscountBase.DISCOUNTED,
        validator=member_of(DiscountBase),
        kw_only=True,
    )
    no_effect: NoEffect = attrs.field(
        default=NoEffect.FORCE, validator=member_of(NoEffect), kw_only=True
    )
    rounding_level: RoundingLevel = attrs.field(
        default=RoundingLevel.ORDER, validator=member_of(RoundingLevel), kw_only=True
    )

    def check(self, currency: str) -> None:
        """
        Refuse terms that the currency cannot hold.

        Raises:
            InvalidValue: naming the field.
            CurrencyMismatch: money of another currency.
        """
        check_benefit(self.benefit, currency)
        check_amount("min_spend", self.min_spend, currency)


def offer_of(value: Offer | Benefit) -> Offer:
    """Take a benefit alone for an offer without further terms."""
    return value if isinstance(value, Offer) else Offer(value)


@attrs.frozen
class NewCard:
    """
    A card of another template that a coupon turns into when it is redeemed.

    Attributes:
        unit: what the new card gets; needed where *n* is above 0.
        n: how much of it, with the decimals that it has there.
    """

    template_id: str = attrs.field(validator=text)
    unit: Unit | None = attrs.field(default=None, validator=optional(member_of(Unit)))
    n: Decimal = attrs.field(
        default=Decimal(0), converter=decimal_of, validator=not_negative
    )

    def __attrs_post_init__(self) -> None:
        if bool(self.n) is not (self.unit is not None):
            raise InvalidValue("unit", "give both the unit and how much, or neither.")
