"""
Discount card: a percentage off every purchase, and a better one the more was spent.

At 5 % up to 500 and 10 % above: somebody who has spent 480 and buys for 50.00 pays
47.50, has spent 530 by then, and gets 10 % off the next time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

import attrs

from loyaltycore.cards.basis import EarnBasis, base_of, base_on
from loyaltycore.cards.commands import AddSpend, RecordPurchase, SubtractSpend
from loyaltycore.cards.line_discounts import RoundingLevel
from loyaltycore.cards.order_commands import RecordOrder
from loyaltycore.cards.orders import with_discount
from loyaltycore.cards.rebate import SpendBasis, rebate_on, rebates, spend_on
from loyaltycore.cards.settings import above_zero, check_amount, member_of, whole
from loyaltycore.cards.tier import TIERS_MAX
from loyaltycore.cards.tier_by_hand import SetTier, held_tier, set_tier
from loyaltycore.cards.tiered import Tiered
from loyaltycore.errors import InvalidValue, Refusal
from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.happy_effects import Override, PercentPoints
from loyaltycore.ledger.happy_hours import Mechanic
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import (
    Amount,
    amount_text,
    exponent,
    minor_units,
    optional_amount,
)
from loyaltycore.values.quantity import Rounding


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Facts, Transaction

__all__ = ["Discount"]

DiscountCommand: TypeAlias = (
    RecordPurchase | RecordOrder | AddSpend | SubtractSpend | SetTier
)


@attrs.frozen(kw_only=True)
class Discount(Tiered[DiscountCommand]):
    """
    The rules of a discount card.

    The card counts spend, and as money what it has saved the customer in all.

    Attributes:
        tiers_max: how many tiers there may be, up to 20.
        rounding: of what comes off, half up by default.
        rounding_level: whether that is rounded on the order or on each line.
        spend_basis: what of a purchase counts as spent.
        max_discount: the most that comes off a purchase, in the program's currency.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    kind: ClassVar[str] = "discount"
    commands: ClassVar[tuple[type, ...]] = get_args(DiscountCommand)
    unit: ClassVar[Unit] = Unit.SPEND
    happy_effects: ClassVar[tuple[type, ...]] = (PercentPoints, Override)

    tiers_max: int = attrs.field(default=6, validator=whole(1, TIERS_MAX))
    rounding: Rounding = attrs.field(
        default=Rounding.HALF_UP, validator=member_of(Rounding)
    )
    rounding_level: RoundingLevel = attrs.field(
        default=RoundingLevel.ORDER, validator=member_of(RoundingLevel)
    )
    spend_basis: SpendBasis = attrs.field(
        default=SpendBasis.GROSS, validator=member_of(SpendBasis)
    )
    max_discount: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero
    )

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if len(self.tiers) > self.tiers_max:
            raise InvalidValue("tiers", f"at most {self.tiers_max}; raise tiers_max.")

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Both have the currency's decimals."""
        return {Unit.SPEND: exponent(currency), Unit.MONEY: exponent(currency)}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_amount("max_discount", self.max_discount, currency)

    def is_holdable(self, unit: Unit) -> bool:  # noqa: ARG002 - none of them
        """Nothing on the card can be redeemed."""
        return False

    def is_sendable(self, unit: Unit) -> bool:  # noqa: ARG002 - none of them
        """What one customer spent is not another's."""
        return False

    def decide(
        self, holding: Holding, command: DiscountCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft, currency = Draft(holding, context), context.currency
        match command:
            case RecordPurchase(amount, paid_in_points=points):
                gross = minor_units(amount, currency)
                due = base_of(EarnBasis.NET_OF_DISCOUNTS, command, gross, currency)
                paid = 0 if points is None else minor_units(points, currency)
                return self._sell(draft, (due,), gross, paid)
            case RecordOrder(order):
                bill = order.bill(currency)
                return self._sell(draft, bill.amounts, bill.total)
            case AddSpend(amount):
                self.credit(draft, Unit.SPEND, minor_units(amount, currency))
                return draft.outcome(TransactionKind.ADJUST, self.till(draft))
            case SubtractSpend(amount):
                spend = minor_units(amount, currency)
                return self.take(draft, Unit.SPEND, spend, EntryKind.ADJUST)
            case SetTier():
                set_tier(draft, command, self.tiers)
                return draft.outcome(TransactionKind.CHANGE, self.till(draft))
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def till(self, draft: Draft) -> Till:
        """The rate now, the tier, what was saved in all, and with this transaction."""
        currency, standing = draft.context.currency, self.standing(draft)
        saved = amount_text(draft.balance(Unit.MONEY), currency)
        changes = [each.amount for each in draft.entries if each.unit is Unit.MONEY]
        percent, saved = self.tier_of(draft).percent, f"{saved} {currency} saved"
        return Till(
            text=", ".join([f"{percent:f} %", *standing.words, saved]),
            balances=self.balances(draft),
            tier=standing.tier,
            to_next_tier=standing.to_next_tier,
            discount=sum(changes) if changes else None,
        )

    def reprice(self, transaction: Transaction, net: int) -> Repriced:
        """Spend, and what comes off, on the net amount and with the pinned rate."""
        pinned = transaction.pinned
        due = base_on(pinned, net)
        off = rebate_on(pinned, due)
        return {Unit.SPEND: spend_on(pinned, due, off), Unit.MONEY: off}

    def least_tier(self, draft: Draft) -> int:
        """The tier that staff have set, while it is held."""
        return held_tier(draft, self.tiers)

    def _sell(
        self, draft: Draft, lines: tuple[int, ...], gross: int, paid: int = 0
    ) -> Outcome | Refusal:
        """Take the discount off what is due by line, and count what was spent."""
        if (refusal := self.limits.refusal(draft, gross)) is not None:
            return refusal
        currency, due = draft.context.currency, sum(lines)
        happy, before = self.happy(draft, Mechanic.SPEND), draft.balance(Unit.SPEND)
        pinned: Facts = {
            **self.price(draft, before, due, happy=happy),
            "lines": list(lines),
            "base": [due, gross],
            "level": self.rounding_level.value,
            "most": self.max_discount and minor_units(self.max_discount, currency),
            "spend_basis": self.spend_basis.value,
        }
        by_line = rebates(pinned, lines)
        off = sum(by_line)
        spend = self.limits.admit(
            draft, Unit.SPEND, spend_on(pinned, due, off), scale=exponent(currency)
        )
        if isinstance(spend, Refusal):
            return spend
        self.credit(draft, Unit.MONEY, off)
        self.credit(draft, Unit.SPEND, spend)
        pay, till = max(0, due - off - paid), self.till(draft)
        return draft.outcome(
            TransactionKind.EARN,
            with_discount(till, by_line, pay, currency),
            purchase_amount=gross,
            pinned=pinned,
        )
