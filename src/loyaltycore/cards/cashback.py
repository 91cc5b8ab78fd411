"""
Cashback card: a share of every purchase comes back as points.

At 1 % up to 500 spent, 3 % up to 1,500 and 5 % above: somebody who has spent 450 and
buys for 100 earns 1.00 by the tier before the purchase (the default), 3.00 by the tier
after it, and 2.00 when the purchase is split between the two.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

import attrs

from loyaltycore.cards.basis import EarnBasis, base_of, base_on
from loyaltycore.cards.commands import (
    AddPoints,
    AddSpend,
    RecordPurchase,
    RedeemPoints,
    SubtractPoints,
    SubtractSpend,
)
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.pointed import Pointed
from loyaltycore.cards.settings import member_of, one_of
from loyaltycore.cards.smallest import smallest_payment
from loyaltycore.cards.spend_tiers import units_priced
from loyaltycore.cards.tiered import Tiered
from loyaltycore.errors import Refusal
from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.happy_effects import NOT_HAPPY, HappyEffect
from loyaltycore.ledger.happy_hours import Mechanic
from loyaltycore.ledger.shortfall import may_be_short
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import exponent, minor_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Facts, Transaction
    from loyaltycore.values.expiry import ExpiryPolicy

__all__ = ["Cashback"]

CashbackCommand: TypeAlias = (
    RecordPurchase
    | AddPoints
    | SubtractPoints
    | AddSpend
    | SubtractSpend
    | RedeemPoints
)


@attrs.frozen(kw_only=True)
class Cashback(Tiered[CashbackCommand], Pointed[CashbackCommand]):
    """
    The rules of a cashback card; a point has the currency's decimals by default.

    Attributes:
        earn_basis: what part of a purchase earns.
        paying: what points are worth and how they are taken.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    kind: ClassVar[str] = "cashback"
    commands: ClassVar[tuple[type, ...]] = get_args(CashbackCommand)
    unit: ClassVar[Unit] = Unit.POINT
    happy_effects: ClassVar[tuple[type, ...]] = get_args(HappyEffect)

    earn_basis: EarnBasis = attrs.field(
        default=EarnBasis.NET_OF_DISCOUNTS, validator=member_of(EarnBasis)
    )
    paying: Paying = attrs.field(factory=Paying, validator=one_of(Paying))

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Spend has the currency's decimals; so have points unless they are set."""
        points = self.scale_of_points(currency)
        return {Unit.POINT: points, Unit.SPEND: exponent(currency)}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        self.paying.check(self.scale_of_points(currency))

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """Points end by the template, else by their tier, else by the program."""
        has_own = self.points_expiry is not None or not self.table.has_expiry
        if unit is Unit.POINT and not has_own:
            of_tier = self.tier_of(draft).points_expiry
            return of_tier or draft.context.program.points_expiry
        return super().expiry_of(unit, draft)

    def decide(
        self, holding: Holding, command: CashbackCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft, currency = Draft(holding, context), context.currency
        match command:
            case RecordPurchase():
                return self._earn(draft, command)
            case AddSpend(amount):
                return self._add_spend(draft, minor_units(amount, currency))
            case SubtractSpend(amount):
                return self._subtract_spend(draft, minor_units(amount, currency))
            case AddPoints() | SubtractPoints():
                return self.points_by_hand(draft, command)
            case RedeemPoints():
                take = partial(self.take, draft, Unit.POINT, kind=EntryKind.REDEEM)
                scale = self.scale_of_points(currency)
                return self.paying.redeem(command, take, scale, currency)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def till(self, draft: Draft) -> Till:
        """Points, and the tier with what is missing to the next."""
        currency = draft.context.currency
        points = self.shown(Unit.POINT, draft.balance(Unit.POINT), currency)
        standing = self.standing(draft)
        return Till(
            text=", ".join([f"{points} points", *standing.words]),
            balances=self.balances(draft),
            tier=standing.tier,
            to_next_tier=standing.to_next_tier,
        )

    def smallest(self, asked: type[CashbackCommand], currency: str) -> CashbackCommand:
        """See ``CardType.smallest``; the fewest points that can be paid with."""
        if asked is RedeemPoints:
            scale = self.scale_of_points(currency)
            return smallest_payment(self.paying, scale, currency)
        return super().smallest(asked, currency)

    def redeemable(self, balance: int, order_total: int | None, currency: str) -> int:
        """The most smallest units of points that an order of that total takes."""
        scale = self.scale_of_points(currency)
        return self.paying.redeemable(balance, order_total, scale, currency)

    def reprice(self, transaction: Transaction, net: int) -> Repriced:
        """Spend and points on the net amount, with the pinned rate."""
        base = base_on(transaction.pinned, net)
        return {Unit.SPEND: base, Unit.POINT: units_priced(transaction.pinned, base)}

    def _earn(self, draft: Draft, command: RecordPurchase) -> Outcome | Refusal:
        """Credit spend and the points on it, as far as limits allow."""
        currency = draft.context.currency
        amount = minor_units(command.amount, currency)
        refusal = self.limits.refusal(draft, amount)
        if refusal is not None:
            return refusal
        base = base_of(self.earn_basis, command, amount, currency)
        happy = self.happy(draft, Mechanic.SPEND)
        pinned = self._price(draft, draft.balance(Unit.SPEND), base, happy)
        if base != amount:
            pinned = {**pinned, "base": [base, amount]}
        asked, scale = units_priced(pinned, base), self.scale_of_points(currency)
        points = self.limits.admit(draft, Unit.POINT, asked, scale=scale)
        if isinstance(points, Refusal):
            return points
        self.credit(draft, Unit.POINT, points)
        self.credit(draft, Unit.SPEND, base)
        till, kind = self.till(draft), TransactionKind.EARN
        return draft.outcome(kind, till, purchase_amount=amount, pinned=pinned)

    def _add_spend(self, draft: Draft, amount: int) -> Outcome:
        """Credit spend by hand, and the points that it earns."""
        pinned = self._price(draft, draft.balance(Unit.SPEND), amount)
        self.credit(draft, Unit.POINT, units_priced(pinned, amount))
        self.credit(draft, Unit.SPEND, amount)
        return draft.outcome(TransactionKind.ADJUST, self.till(draft), pinned=pinned)

    def _subtract_spend(self, draft: Draft, amount: int) -> Outcome | Refusal:
        """Take spend and the points that adding it would earn now."""
        rest = draft.balance(Unit.SPEND) - amount
        if rest >= 0:
            asked = units_priced(self._price(draft, rest, amount), amount)
            found = draft.debit(Unit.POINT, asked, kind=EntryKind.ADJUST)
            missing = asked - found
            if not may_be_short(self.shortfall, draft, Unit.POINT, missing):
                return self.insufficient(draft, Unit.POINT, found, asked)
        return self.take(draft, Unit.SPEND, amount, EntryKind.ADJUST)

    def _price(
        self, draft: Draft, before: int, amount: int, happy: Facts = NOT_HAPPY
    ) -> Facts:
        currency = draft.context.currency
        shift = self.scale_of_points(currency) - exponent(currency)
        return self.price(draft, before, amount, shift=shift, happy=happy)
