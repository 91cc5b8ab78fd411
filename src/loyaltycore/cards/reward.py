"""
Reward card: points buy rewards from a catalogue.

200 points for each 10.00 spent make 1,000 of 50.00.  With 60 points and rewards at 0,
10, 50 and 300, claiming the one at 50 leaves 10 points and a voucher; those at 0 and 10
can still be claimed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

import attrs

from loyaltycore.cards.catalogue import Catalogue, VoucherCommand
from loyaltycore.cards.commands import (
    AddPoints,
    CheckIn,
    RecordPurchase,
    SubtractPoints,
)
from loyaltycore.cards.point_modes import (
    PointMode,
    VisitPoints,
    check_point_mode,
    only_multipliers,
    points_for,
    points_on,
)
from loyaltycore.cards.reward_commands import (
    ClaimVoucher,
    GrantVoucher,
    ReserveVoucher,
    UseVoucher,
)
from loyaltycore.cards.settings import one_of
from loyaltycore.cards.stamp_modes import Manual
from loyaltycore.errors import InvalidValue, Refusal
from loyaltycore.ledger.decision import Context, Outcome, Repriced
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.happy_effects import happy_facts
from loyaltycore.ledger.happy_hours import (
    HappyHour,
    Mechanic,
    happy_at,
    happy_hours,
    no_overlaps,
)
from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.values.money import minor_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["Reward"]

RewardCommand: TypeAlias = (
    RecordPurchase | CheckIn | AddPoints | SubtractPoints | VoucherCommand
)


@attrs.frozen(kw_only=True)
class Reward(Catalogue[RewardCommand]):
    """
    The rules of a reward card; a point is a whole one by default.

    Attributes:
        mode: what earns points: ``Manual``, ``SpendPoints`` or ``VisitPoints``.
        happy_hours: in which more is earned; each is a ``Multiplier``.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be, by name.
    """

    kind: ClassVar[str] = "reward"
    commands: ClassVar[tuple[type, ...]] = get_args(RewardCommand)
    unit: ClassVar[Unit] = Unit.POINT

    mode: PointMode = attrs.field(default=Manual(), validator=one_of(PointMode))
    happy_hours: tuple[HappyHour, ...] = attrs.field(
        default=(), converter=happy_hours, validator=no_overlaps
    )

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if not only_multipliers(self.happy_hours):
            message = "points have no percentage; use a Multiplier."
            raise InvalidValue("happy_hours", message)

    def scale_of_points(self, currency: str) -> int:
        """Decimals of a point; none by default."""
        return 0 if self.points_scale is None else super().scale_of_points(currency)

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Points have the decimals that are set; vouchers are whole."""
        return {Unit.POINT: self.scale_of_points(currency), Unit.REWARD: 0}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_point_mode(self.mode, currency)

    def decide(
        self, holding: Holding, command: RewardCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case RecordPurchase(amount):
                return self._earn(draft, minor_units(amount, context.currency))
            case CheckIn(n):
                return self._earn(draft, None, n)
            case AddPoints() | SubtractPoints():
                return self.points_by_hand(draft, command)
            case ClaimVoucher() | GrantVoucher() | UseVoucher() | ReserveVoucher():
                return self.vouchers(draft, command)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def smallest(self, asked: type[RewardCommand], currency: str) -> RewardCommand:
        """See ``CardType.smallest``; of the cheapest reward."""
        if issubclass(asked, (ClaimVoucher, GrantVoucher)):
            return asked(self.tiers[0].id)
        return super().smallest(asked, currency)

    def reprice(self, transaction: Transaction, net: int) -> Repriced:
        """Points on the net amount, where money earned them, at the pinned rate."""
        pinned = transaction.pinned
        return {Unit.POINT: points_on(pinned, net)} if "per" in pinned else {}

    def _earn(
        self, draft: Draft, amount: int | None, visits: int = 1
    ) -> Outcome | Refusal:
        """Credit the points of a purchase or a visit, as far as limits allow."""
        refusal = self.limits.refusal(draft, amount)
        if refusal is not None:
            return refusal
        context = draft.context
        scale = self.scale_of_points(context.currency)
        by_visit = isinstance(self.mode, VisitPoints)
        mechanic = Mechanic.VISIT if by_visit else Mechanic.SPEND
        hour = happy_at(self.happy_hours, context.occurred_at, context.zone, mechanic)
        asked, pinned = points_for(
            self.mode,
            amount,
            visits,
            scale=scale,
            happy=happy_facts(hour),
            currency=context.currency,
        )
        points = self.limits.admit(draft, Unit.POINT, asked, scale=scale)
        if isinstance(points, Refusal):
            return points
        self.credit(draft, Unit.POINT, points)
        till, kind = self.settle(draft), TransactionKind.EARN
        return draft.outcome(kind, till, purchase_amount=amount, pinned=pinned)
