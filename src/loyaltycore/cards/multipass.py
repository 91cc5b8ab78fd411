"""
Multipass: visits are paid beforehand and used one by one.

Twelve visits are sold, and each of them earns 20 points when it is used: after the
first, 11 visits and 20 points are there.  Every visit knows the package that it came
with, so that it ends with that, and is worth its share of the price when the package is
given back.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

import attrs

from loyaltycore.cards.commands import AddPoints, RedeemPoints, SubtractPoints
from loyaltycore.cards.multipass_commands import (
    AddVisits,
    RedeemVisits,
    SubtractVisits,
)
from loyaltycore.cards.packaged import Packaged
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.pointed import Pointed
from loyaltycore.cards.settings import flag, one_of, whole
from loyaltycore.cards.smallest import smallest_payment
from loyaltycore.errors import LimitReached, Refusal
from loyaltycore.ledger.decision import Context, Outcome, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.happy_effects import Multiplier, happy_units
from loyaltycore.ledger.happy_hours import Mechanic
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.quantity import to_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding

__all__ = ["Multipass"]

MultipassCommand: TypeAlias = (
    AddVisits
    | RedeemVisits
    | SubtractVisits
    | AddPoints
    | SubtractPoints
    | RedeemPoints
)


@attrs.frozen(kw_only=True)
class Multipass(Packaged[MultipassCommand], Pointed[MultipassCommand]):
    """
    The rules of a multipass; points are whole by default, and limits are of them.

    Attributes:
        bonus_points_per_visit: points that a used visit earns.
        max_visits_per_redeem: how many are used at a time.
        count_adjustments: visits taken away by hand count as used ones.
        paying: what points are worth and how they are taken.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    kind: ClassVar[str] = "multipass"
    commands: ClassVar[tuple[type, ...]] = get_args(MultipassCommand)
    unit: ClassVar[Unit] = Unit.VISIT
    happy_effects: ClassVar[tuple[type, ...]] = (Multiplier,)

    bonus_points_per_visit: int = attrs.field(default=0, validator=whole(0))
    max_visits_per_redeem: int | None = attrs.field(default=None, validator=whole(1))
    count_adjustments: bool = attrs.field(default=False, validator=flag)
    paying: Paying = attrs.field(factory=Paying, validator=one_of(Paying))

    def scale_of_points(self, currency: str) -> int:  # noqa: ARG002 - as its others
        """Points are whole unless they are set otherwise."""
        return self.points_scale or 0

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Visits are whole."""
        return {Unit.VISIT: 0, Unit.POINT: self.scale_of_points(currency)}

    @property
    def limited(self) -> Unit:
        """What is sold is not limited, only what visits earn."""
        return Unit.POINT

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        self.paying.check(self.scale_of_points(currency))

    def decide(
        self, holding: Holding, command: MultipassCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case AddVisits():
                return self.sell(draft, command)
            case RedeemVisits(n):
                return self._use(draft, n)
            case SubtractVisits(n):
                counts = self.count_adjustments
                kind = EntryKind.REDEEM if counts else EntryKind.ADJUST
                return self.take(draft, Unit.VISIT, n, kind)
            case AddPoints() | SubtractPoints():
                return self.points_by_hand(draft, command)
            case RedeemPoints():
                take = partial(self.take, draft, Unit.POINT, kind=EntryKind.REDEEM)
                scale = self.scale_of_points(context.currency)
                return self.paying.redeem(command, take, scale, context.currency)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def smallest(
        self, asked: type[MultipassCommand], currency: str
    ) -> MultipassCommand:
        """See ``CardType.smallest``; one visit, the fewest points to pay with."""
        if asked is AddVisits:
            return AddVisits(1)
        if asked is RedeemPoints:
            scale = self.scale_of_points(currency)
            return smallest_payment(self.paying, scale, currency)
        return super().smallest(asked, currency)

    def till(self, draft: Draft) -> Till:
        """Visits that are left, and points."""
        points = self.shown(
            Unit.POINT, draft.balance(Unit.POINT), draft.context.currency
        )
        left = draft.balance(Unit.VISIT)
        return Till(
            text=f"{left} visits left, {points} points", balances=self.balances(draft)
        )

    def _use(self, draft: Draft, n: int) -> Outcome | Refusal:
        """Redeem visits, and credit the bonus on them."""
        there, most = draft.balance(Unit.VISIT), self.max_visits_per_redeem
        if most is not None and n > most:
            return LimitReached("visits at a time", used=0, at_most=most)
        kind, context = TransactionKind.REDEEM, draft.context
        refusal = self.limits.refusal(draft, None, kind=kind)
        if refusal is None and n > there:
            refusal = self.insufficient(draft, Unit.VISIT, there, n)
        if refusal is not None:
            return refusal
        slides = self.visit_expiry
        draft.debit(Unit.VISIT, n, kind=EntryKind.REDEEM, slides=slides)
        happy = self.happy(draft, Mechanic.VISIT)
        scale = self.scale_of_points(context.currency)
        asked = happy_units(happy, to_units(n * self.bonus_points_per_visit, scale))
        points = self.limits.admit(draft, Unit.POINT, asked, scale=scale)
        if isinstance(points, Refusal):
            return points
        self.credit(draft, Unit.POINT, points, kind=EntryKind.BONUS)
        pinned = {"happy": happy} if happy else None
        return draft.outcome(kind, self.till(draft), pinned=pinned)
