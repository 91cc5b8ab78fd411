"""What card types share whose rate depends on how much was spent."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import attrs

from loyaltycore.cards.contract import CardType
from loyaltycore.cards.settings import an_expiry, member_of, percentage, whole
from loyaltycore.cards.spend_tiers import TierTable
from loyaltycore.cards.tier import Tier, given
from loyaltycore.ledger.happy_effects import NOT_HAPPY, RATE_SHIFT, happy_ladder
from loyaltycore.ledger.tiers import Downgrade, RateAt
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.expiry import ExpiryPolicy, Never
from loyaltycore.values.quantity import Rounding, decimal_of


if TYPE_CHECKING:
    from loyaltycore.cards.spend_tiers import Standing
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Facts

__all__ = ["Tiered"]

CommandT = TypeVar("CommandT")

_GRACE_MAX = 3_650


@attrs.frozen(kw_only=True)
class Tiered(CardType[CommandT]):
    """
    Rules by tiers of spend.

    Attributes:
        percent: one rate for all; or else
        tiers: 1 to 20 rates by spend, the first from 0.
        rate_at: which tier prices a purchase that crosses into another.
        rounding: of what a purchase earns or takes off.
        spend_expiry: when spend stops counting towards a tier; never is a lifetime,
            ``Calendar`` a calendar year.
        downgrade: when a tier is lost again.
        grace_days: for which a tier is kept when its spend has expired.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    percent: Decimal | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(decimal_of),
        validator=percentage,
    )
    tiers: tuple[Tier, ...] = attrs.field(default=(), converter=given)
    rate_at: RateAt = attrs.field(default=RateAt.BEFORE, validator=member_of(RateAt))
    rounding: Rounding = attrs.field(
        default=Rounding.FLOOR, validator=member_of(Rounding)
    )
    spend_expiry: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    downgrade: Downgrade = attrs.field(
        default=Downgrade.ON_REFUND, validator=member_of(Downgrade)
    )
    grace_days: int = attrs.field(default=0, validator=whole(0, _GRACE_MAX))
    table: TierTable = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        table = TierTable(
            self.tiers,
            self.percent,
            rate_at=self.rate_at,
            downgrade=self.downgrade,
            rounding=self.rounding,
            grace_days=self.grace_days,
        )
        object.__setattr__(self, "table", table)

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        self.table.ladder(currency)

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """See ``CardType.expiry_of``."""
        if unit is Unit.SPEND:
            return self.spend_expiry
        return super().expiry_of(unit, draft)

    def tier_of(self, draft: Draft) -> Tier:
        """The tier that the card holds when the transaction happens."""
        context, spend = draft.context, draft.total(Unit.SPEND)
        index = self.table.tier_at(
            spend, spend.balance, context.occurred_at, context.currency
        )
        index = max(index, self.least_tier(draft))
        return self.table.tiers[index]

    def standing(self, draft: Draft) -> Standing:
        """Where the card stands now, for the till."""
        context, spend = draft.context, draft.total(Unit.SPEND)
        least = self.least_tier(draft)
        return self.table.standing(spend, context.at, context.currency, least=least)

    def price(
        self,
        draft: Draft,
        before: int,
        amount: int,
        *,
        shift: int = 0,
        happy: Facts = NOT_HAPPY,
    ) -> Facts:
        """
        What prices *amount* of spend on top of *before*, to be pinned.

        Args:
            shift: decimals of what is priced less those of the currency.
            happy: what an hour does to the rates.
        """
        context, spend = draft.context, draft.total(Unit.SPEND)
        pinned = self.table.price(
            spend,
            before,
            amount,
            context.occurred_at,
            shift=shift,
            currency=context.currency,
            least=self.least_tier(draft),
        )
        if not happy:
            return pinned
        ladder = happy_ladder(happy, pinned["ladder"])
        return {**pinned, "ladder": ladder, "shift": shift + RATE_SHIFT}

    def least_tier(
        self,
        draft: Draft,  # noqa: ARG002 - for overriding
    ) -> int:
        """The index of a tier that the card holds whatever was spent; 0 by default."""
        return 0
