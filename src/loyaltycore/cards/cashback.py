"""
Cashback card: a share of every purchase comes back as points.

At 1 % up to 500 spent, 3 % up to 1,500 and 5 % above: somebody who has spent 450 and
buys for 100 earns 1.00 by the tier before the purchase (the default), 3.00 by the tier
after it, and 2.00 when the purchase is split between the two.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

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
from loyaltycore.cards.settings import an_expiry, member_of, one_of, percentage, whole
from loyaltycore.cards.spend_tiers import Tier, TierTable, given, units_priced
from loyaltycore.errors import Refusal
from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.expiry import ExpiryPolicy, Never
from loyaltycore.ledger.shortfall import may_be_short
from loyaltycore.ledger.tiers import Downgrade, RateAt
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import exponent, minor_units
from loyaltycore.values.quantity import Rounding, decimal_of, to_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Facts, Transaction

__all__ = ["Cashback"]

_SCALE_MAX = 4

CashbackCommand: TypeAlias = (
    RecordPurchase
    | AddPoints
    | SubtractPoints
    | AddSpend
    | SubtractSpend
    | RedeemPoints
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
    commands: ClassVar[tuple[type, ...]] = get_args(CashbackCommand)

    percent: Decimal | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(decimal_of),
        validator=percentage,
    )
    tiers: tuple[Tier, ...] = attrs.field(default=(), converter=given)
    rate_at: RateAt = attrs.field(default=RateAt.BEFORE, validator=member_of(RateAt))
    points_scale: int | None = attrs.field(default=None, validator=whole(0, _SCALE_MAX))
    rounding: Rounding = attrs.field(
        default=Rounding.FLOOR, validator=member_of(Rounding)
    )
    spend_expiry: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    downgrade: Downgrade = attrs.field(
        default=Downgrade.ON_REFUND, validator=member_of(Downgrade)
    )
    points_expiry: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    paying: Paying = attrs.field(factory=Paying, validator=one_of(Paying))
    table: TierTable = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        table = TierTable(
            self.tiers,
            self.percent,
            rate_at=self.rate_at,
            downgrade=self.downgrade,
            rounding=self.rounding,
        )
        object.__setattr__(self, "table", table)

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Spend has the currency's decimals; so have points unless they are set."""
        return {Unit.POINT: self._scale(currency), Unit.SPEND: exponent(currency)}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        self.table.ladder(currency)
        self.paying.check(self._scale(currency))

    def decide(
        self, holding: Holding, command: CashbackCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft, currency = Draft(holding, context), context.currency
        match command:
            case RecordPurchase(amount=amount):
                minor = minor_units(amount, currency)
                return self._earn(draft, TransactionKind.EARN, minor)
            case AddSpend(amount):
                minor = minor_units(amount, currency)
                return self._earn(draft, TransactionKind.ADJUST, minor)
            case SubtractSpend(amount):
                return self._subtract_spend(draft, minor_units(amount, currency))
            case AddPoints(points):
                units = to_units(points, self._scale(currency))
                draft.credit(Unit.POINT, units, expiry=self.points_expiry)
                return draft.outcome(TransactionKind.ADJUST, self.till(draft))
            case SubtractPoints(points):
                units = to_units(points, self._scale(currency))
                return self.take(draft, Unit.POINT, units, EntryKind.ADJUST)
            case RedeemPoints():
                take = partial(self.take, draft, Unit.POINT, kind=EntryKind.REDEEM)
                scale = self._scale(currency)
                return self.paying.redeem(command, take, scale, currency)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def till(self, draft: Draft) -> Till:
        """Points, and the tier with what is missing to the next."""
        currency = draft.context.currency
        points = self.shown(Unit.POINT, draft.balance(Unit.POINT), currency)
        standing = self.table.standing(draft.total(Unit.SPEND), currency)
        return Till(
            text=", ".join([f"{points} points", *standing.words]),
            balances=self.balances(draft),
            tier=standing.tier,
            to_next_tier=standing.to_next_tier,
        )

    def redeemable(self, balance: int, order_total: int | None, currency: str) -> int:
        """The most smallest units of points that an order of that total takes."""
        scale = self._scale(currency)
        return self.paying.redeemable(balance, order_total, scale, currency)

    def reprice(self, transaction: Transaction, net: int) -> Repriced:
        """Spend and points on the net amount, with the pinned rate."""
        return {Unit.SPEND: net, Unit.POINT: units_priced(transaction.pinned, net)}

    def _earn(self, draft: Draft, kind: TransactionKind, amount: int) -> Outcome:
        """Credit spend and the points on it."""
        pinned = self._price(draft, draft.balance(Unit.SPEND), amount)
        draft.credit(Unit.SPEND, amount, expiry=self.spend_expiry)
        points = units_priced(pinned, amount)
        draft.credit(Unit.POINT, points, expiry=self.points_expiry)
        bought = amount if kind is TransactionKind.EARN else None
        till = self.till(draft)
        return draft.outcome(kind, till, purchase_amount=bought, pinned=pinned)

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

    def _price(self, draft: Draft, before: int, amount: int) -> Facts:
        currency, total = draft.context.currency, draft.total(Unit.SPEND)
        shift = self._scale(currency) - exponent(currency)
        return self.table.price(total, before, amount, shift=shift, currency=currency)

    def _scale(self, currency: str) -> int:
        return exponent(currency) if self.points_scale is None else self.points_scale
