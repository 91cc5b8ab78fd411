"""
Cashback card: a share of every purchase comes back as points.

At 1 % up to 500 spent, 3 % up to 1,500 and 5 % above: somebody who has spent 450 and
buys for 100 earns 1.00 by the tier before the purchase (the default), 3.00 by the tier
after it, and 2.00 when the purchase is split between the two.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never

import attrs

from loyaltycore.cards.commands import (
    AddPoints,
    AddSpend,
    RecordPurchase,
    RedeemPoints,
    SubtractPoints,
    SubtractSpend,
)
from loyaltycore.cards.contract import CardType
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.spend_tiers import Tier, TierTable, tiers_of
from loyaltycore.errors import (
    BelowMinimum,
    ConfirmMismatch,
    InvalidAmount,
    InvalidValue,
    LimitReached,
    Refusal,
)
from loyaltycore.ledger.draft import Draft, balances
from loyaltycore.ledger.decision import Context, Outcome, Till
from loyaltycore.ledger.expiry import ExpiryPolicy, Never
from loyaltycore.ledger.tiers import Downgrade, RateAt, ladder_at, level, units_on
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import amount_text, exponent, minor_units
from loyaltycore.values.quantity import Rounding, decimal_of, to_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Facts, Transaction

__all__ = ["Cashback"]

_SCALE_MAX = 4

CashbackCommand: TypeAlias = (
    RecordPurchase | AddPoints | SubtractPoints | AddSpend | SubtractSpend | RedeemPoints
)


@attrs.frozen(kw_only=True)
class Cashback(CardType[CashbackCommand]):
    """
    The rules of a cashback card.

    Attributes:
        percent: one rate for all; or else
        tiers: 1 to 20 rates by spend, the first from 0.
        rate_at: which tier prices a purchase that crosses into another.
        points_scale: decimals of a point, 0 to 4; by default the currency's.
        rounding: of the points that a purchase earns.
        spend_expiry: when spend stops counting towards a tier; never is a lifetime.
        downgrade: when a tier is lost again.
        points_expiry: when earned points stop counting.
        paying: what points are worth and how they are taken.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    kind: ClassVar[str] = "cashback"
    commands: ClassVar[tuple[type, ...]] = (
        RecordPurchase,
        AddPoints,
        SubtractPoints,
        AddSpend,
        SubtractSpend,
        RedeemPoints,
    )

    percent: Decimal | None = attrs.field(
        default=None, converter=attrs.converters.optional(decimal_of)
    )
    tiers: tuple[Tier, ...] = attrs.field(default=(), converter=tuple)
    rate_at: RateAt = attrs.field(default=RateAt.BEFORE, converter=RateAt)
    points_scale: int | None = attrs.field(default=None)
    rounding: Rounding = attrs.field(default=Rounding.FLOOR, converter=Rounding)
    spend_expiry: ExpiryPolicy = Never()
    downgrade: Downgrade = attrs.field(default=Downgrade.ON_REFUND, converter=Downgrade)
    points_expiry: ExpiryPolicy = Never()
    paying: Paying = attrs.field(factory=Paying)
    table: TierTable = attrs.field(init=False, eq=False, repr=False)

    @points_scale.validator
    def _check_points_scale(self, _: object, value: int | None) -> None:
        if value is not None and (type(value) is not int or not 0 <= value <= _SCALE_MAX):
            raise InvalidValue("points_scale", f"0 to {_SCALE_MAX} decimals.")

    def __attrs_post_init__(self) -> None:
        table = TierTable(tiers_of(self.tiers, self.percent))
        object.__setattr__(self, "table", table)

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Spend has the currency's decimals; so have points unless they are set."""
        decimals = exponent(currency)
        scale = decimals if self.points_scale is None else self.points_scale
        return {Unit.POINT: scale, Unit.SPEND: decimals}

    def decide(
        self, holding: Holding, command: CashbackCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case RecordPurchase(amount=amount):
                minor = minor_units(amount, context.currency)
                pinned = self._earn(draft, minor)
                return self._close(draft, TransactionKind.EARN, minor, pinned)
            case AddSpend(amount):
                pinned = self._earn(draft, minor_units(amount, context.currency))
                return self._close(draft, TransactionKind.ADJUST, None, pinned)
            case SubtractSpend(amount):
                return self._subtract_spend(
                    draft, minor_units(amount, context.currency)
                )
            case AddPoints(points):
                units = self._points(points, context.currency)
                draft.credit(Unit.POINT, units, expiry=self.points_expiry)
                return self._close(draft, TransactionKind.ADJUST)
            case SubtractPoints(points):
                units = self._points(points, context.currency)
                return self.take(draft, Unit.POINT, units, EntryKind.ADJUST)
            case RedeemPoints():
                return self._redeem(draft, command)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def till(self, draft: Draft) -> Till:
        """Points, and the tier with what is missing to the next."""
        currency = draft.context.currency
        points = self.shown(Unit.POINT, draft.balance(Unit.POINT), currency)
        standing = self.table.standing(self._spend(draft), currency)
        return Till(
            text=", ".join([f"{points} points", *standing.words]),
            balances=balances(draft.totals),
            tier=standing.tier,
            to_next_tier=standing.to_next_tier,
        )

    def redeemable(
        self, balance: int, order_total: int | None, currency: str
    ) -> int:
        """The most smallest units of points that an order of that total takes."""
        scale = self.scales(currency)[Unit.POINT]
        return self.paying.redeemable(balance, order_total, scale, currency)

    def reprice(self, transaction: Transaction, net: int) -> Mapping[Unit, int]:
        """Spend and points on the net amount, with the pinned rate."""
        if "ladder" not in transaction.pinned:
            return {}
        return {Unit.SPEND: net, Unit.POINT: _priced(transaction.pinned, net)}

    def _earn(self, draft: Draft, amount: int) -> Facts:
        """Credit spend and the points on it; return what priced them."""
        before = draft.balance(Unit.SPEND)
        pinned = self._pricing(draft, before, amount)
        draft.credit(Unit.SPEND, amount, expiry=self.spend_expiry)
        points = _priced(pinned, amount)
        draft.credit(Unit.POINT, points, expiry=self.points_expiry)
        return pinned

    def _pricing(self, draft: Draft, before: int, amount: int) -> Facts:
        currency = draft.context.currency
        ladder = self.table.ladder(currency)
        tier = level(ladder, self._spend(draft))
        scales = self.scales(currency)
        return {
            "ladder": ladder_at(ladder, self.rate_at, tier, before + amount),
            "spend_before": before,
            "shift": scales[Unit.POINT] - scales[Unit.SPEND],
            "rounding": self.rounding,
            "tier": self.table.tiers[tier].name,
        }

    def _subtract_spend(self, draft: Draft, amount: int) -> Outcome | Refusal:
        balance = draft.balance(Unit.SPEND)
        if amount <= balance:
            pinned = self._pricing(draft, balance - amount, 0)
            points = _priced(pinned, amount)
            draft.debit(Unit.POINT, points, kind=EntryKind.ADJUST)
        return self.take(draft, Unit.SPEND, amount, EntryKind.ADJUST)

    def _redeem(self, draft: Draft, command: RedeemPoints) -> Outcome | Refusal:
        currency = draft.context.currency
        if command.confirm is not None and command.confirm != command.points:
            raise ConfirmMismatch("The two numbers of points differ; type them again.")
        units = self._points(command.points, currency)
        total = command.order_total
        order = None if total is None else minor_units(total, currency)
        scale = self.scales(currency)[Unit.POINT]
        least = max(1, self.paying.least(scale))
        if units < least:
            shown = self.shown(Unit.POINT, least, currency)
            return BelowMinimum(f"At least {shown} points are redeemed at a time.")
        if units % self.paying.step(scale):
            return BelowMinimum(f"Points go in multiples of {self.paying.multiple_of}.")
        cap = self.redeemable(units, order, currency)
        if units > cap:
            return LimitReached("smallest points on this order", used=0, at_most=cap)
        outcome = self.take(draft, Unit.POINT, units, EntryKind.REDEEM)
        if isinstance(outcome, Refusal):
            return outcome
        discount = self.paying.worth(units, scale, currency)
        return self._with_payment(outcome, discount, order, currency)

    def _with_payment(
        self, outcome: Outcome, discount: int, order: int | None, currency: str
    ) -> Outcome:
        words = [outcome.till.text, f"{amount_text(discount, currency)} {currency} off"]
        pay = None
        if order is not None:
            pay = order - discount
            words.append(f"pay {amount_text(pay, currency)} {currency}")
        till = attrs.evolve(
            outcome.till, text=", ".join(words), discount=discount, pay=pay
        )
        return attrs.evolve(outcome, till=till)

    def _points(self, points: Decimal, currency: str) -> int:
        units = to_units(points, self.scales(currency)[Unit.POINT])
        if units < 0:
            raise InvalidAmount("Give a number of points that is not negative.")
        return units

    def _spend(self, draft: Draft) -> int:
        """The spend that decides the tier."""
        total = draft.total(Unit.SPEND)
        return total.peak if self.downgrade is Downgrade.NEVER else total.balance

    def _close(
        self,
        draft: Draft,
        kind: TransactionKind,
        purchase_amount: int | None = None,
        pinned: Facts | None = None,
    ) -> Outcome:
        till = self.till(draft)
        return draft.outcome(
            kind, till, purchase_amount=purchase_amount, pinned=pinned
        )


def _priced(pinned: Facts, amount: int) -> int:
    return units_on(
        pinned["ladder"],
        pinned["spend_before"],
        amount,
        shift=pinned["shift"],
        rounding=pinned["rounding"],
    )
