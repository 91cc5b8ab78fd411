"""
Coupon: something off one order, so many times, while it is valid.

20 % with at most 15.00 takes 15.00 off an order of 100.00, once; the second time it is
refused.  Limits are for each customer, for the whole campaign, and of the money that it
gives away; whoever redeems is counted in the same write.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

import attrs
from attrs.validators import optional

from loyaltycore.cards.benefits import Units
from loyaltycore.cards.limited import Limited
from loyaltycore.cards.offers import NewCard, Offer, offer_of
from loyaltycore.cards.order_commands import DisableCoupon, RedeemCoupon, ReserveCoupon
from loyaltycore.cards.orders import Bill, Order, with_discount
from loyaltycore.cards.settings import one_of
from loyaltycore.cards.stacking import Taken, apply_in_order
from loyaltycore.errors import InvalidValue, NotAvailable, Refusal
from loyaltycore.ledger.commands import Adjust
from loyaltycore.ledger.decision import Context, IssueCard, Outcome, PostOn
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import Amount, Money, minor_units


if TYPE_CHECKING:
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["Coupon"]

CouponCommand: TypeAlias = RedeemCoupon | ReserveCoupon | DisableCoupon


@attrs.frozen(kw_only=True)
class Coupon(Limited[CouponCommand]):
    """
    The rules of a coupon.

    Attributes:
        offer: what it is good for, and on what terms; a benefit alone will do.
        converts_to: the card that it turns into.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    kind: ClassVar[str] = "coupon"
    commands: ClassVar[tuple[type, ...]] = get_args(CouponCommand)
    unit: ClassVar[Unit] = Unit.USE

    offer: Offer = attrs.field(converter=offer_of)
    converts_to: NewCard | None = attrs.field(
        default=None, validator=optional(one_of(NewCard))
    )

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        self.offer.check(currency)

    def templates_named(self) -> tuple[str, ...]:
        """See ``CardType.templates_named``: where units go, and the new card's."""
        named = (self.offer.benefit, self.converts_to)
        return tuple(
            each.template_id for each in named if isinstance(each, Units | NewCard)
        )

    def decide(
        self, holding: Holding, command: CouponCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case RedeemCoupon(purchase_amount=bought):
                return self._use(draft, command, bought)
            case ReserveCoupon():
                return self._use(draft, command, None)
            case DisableCoupon():
                if draft.recall("disabled"):
                    message = "This coupon is out of use already."
                    return NotAvailable(message, status="disabled")
                draft.state["disabled"] = True
                return draft.outcome(TransactionKind.CHANGE, self.till(draft))
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def smallest(self, asked: type[CouponCommand], currency: str) -> CouponCommand:
        """See ``CardType.smallest``; an order is as small as the offer allows."""
        if asked is DisableCoupon:
            return DisableCoupon()
        least = self.offer.min_spend or Money.of_minor(1, currency)
        order = Order(least)
        return RedeemCoupon(order) if asked is RedeemCoupon else ReserveCoupon(order)

    def follow_capture(self, draft: Draft, hold: Transaction) -> None:
        """What was reserved is redeemed: what it turns into comes now."""
        draft.pinned.update(whole=True, by_line=hold.pinned["by_line"])
        self._follow(draft)

    def _use(
        self,
        draft: Draft,
        command: RedeemCoupon | ReserveCoupon,
        bought: Amount | None,
    ) -> Outcome | Refusal:
        """Redeem the coupon for an order, or reserve it."""
        currency = draft.context.currency
        bill = None if command.order is None else command.order.bill(currency)
        taken = self._taken(command, bill)
        own = taken[-1]
        refusal = self.why_not(draft, command.presented_by) or own.refusal
        refusal = refusal or self.count_use(draft, own.discount)
        if refusal is not None:
            return refusal
        draft.pinned.update(whole=True, by_line=list(own.by_line))
        match command:
            case RedeemCoupon():
                draft.debit(Unit.USE, 1, kind=EntryKind.REDEEM)
                self._follow(draft)
                kind = TransactionKind.REDEEM
            case ReserveCoupon(minutes=minutes):
                until = draft.context.at + timedelta(minutes=minutes)
                draft.hold(Unit.USE, 1, until=until)
                kind = TransactionKind.HOLD
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)
        till = self.till(draft)
        if bill is not None:
            pay = bill.total - sum(each.discount for each in taken)
            till = with_discount(till, own.by_line, pay, currency)
        amount = None if bought is None else minor_units(bought, currency)
        return draft.outcome(kind, till, purchase_amount=amount)

    def _taken(
        self, command: RedeemCoupon | ReserveCoupon, bill: Bill | None
    ) -> tuple[Taken, ...]:
        """
        What each offer takes off the order, the coupon's own last.

        Raises:
            InvalidValue: there is no order, and the offer depends on one.
        """
        if bill is not None:
            return apply_in_order((*command.beside, self.offer), bill)
        if isinstance(self.offer.benefit, Units) and self.offer.min_spend is None:
            return (Taken(by_line=()),)
        raise InvalidValue("order", "give the order, or its total.")

    def _follow(self, draft: Draft) -> None:
        """What comes of it on other cards."""
        if isinstance(benefit := self.offer.benefit, Units):
            added = Adjust(benefit.unit, benefit.n)
            draft.effects.append(PostOn(benefit.template_id, added))
        if (new := self.converts_to) is not None:
            bonus = None if new.unit is None else Adjust(new.unit, new.n)
            draft.effects.append(IssueCard(new.template_id, bonus))
