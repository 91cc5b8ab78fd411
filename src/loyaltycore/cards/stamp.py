"""
Stamp card: collect stamps, and a full card turns into a reward.

Ten stamps, eight of them there, five more: the card fills up at ten, one reward is
earned and three stamps carry over.  With milestones (3, 6, 9) a reward is earned each
time one is reached; only the last one, the full card, uses the stamps up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

import attrs

from loyaltycore.cards.commands import (
    AddRewards,
    AddStamps,
    CheckIn,
    ClaimReward,
    RecordPurchase,
    SubtractRewards,
    SubtractStamps,
)
from loyaltycore.cards.filling import STAMPS_MAX, Filling
from loyaltycore.cards.milestones import reach, unused
from loyaltycore.cards.settings import an_expiry, flag, one_of, whole
from loyaltycore.cards.spend_mode import add_stamps, stamps_carried, step_of
from loyaltycore.cards.stamp_modes import (
    Manual,
    Mode,
    check_mode,
    mechanic_of,
    repriced,
    stamps_for,
)
from loyaltycore.errors import Refusal
from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.happy_effects import Multiplier
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.expiry import ExpiryPolicy, Never
from loyaltycore.values.money import Amount, exponent, minor_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Facts, Transaction

__all__ = ["Stamp"]

StampCommand: TypeAlias = (
    RecordPurchase
    | CheckIn
    | AddStamps
    | SubtractStamps
    | AddRewards
    | SubtractRewards
    | ClaimReward
)


@attrs.frozen(kw_only=True)
class Stamp(Filling[StampCommand]):
    """
    The rules of a stamp card.

    Attributes:
        mode: what earns stamps: ``Manual``, ``Visit``, ``Spend`` or ``Products``.
        stamp_life: when stamps stop counting.
        one_checkin_per_day: one earning a local day; short for a limit of that.
        welcome_stamps: on a new card.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    kind: ClassVar[str] = "stamp"
    commands: ClassVar[tuple[type, ...]] = get_args(StampCommand)
    unit: ClassVar[Unit] = Unit.STAMP
    happy_effects: ClassVar[tuple[type, ...]] = (Multiplier,)

    mode: Mode = attrs.field(default=Manual(), validator=one_of(Mode))
    stamp_life: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    one_checkin_per_day: bool = attrs.field(default=False, validator=flag)
    welcome_stamps: int = attrs.field(default=0, validator=whole(0, STAMPS_MAX))

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.one_checkin_per_day:
            limits = attrs.evolve(self.limits, checkins_per_day=1)
            object.__setattr__(self, "limits", limits)

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Stamps and rewards are whole; carried spend has the currency's decimals."""
        return {Unit.STAMP: 0, Unit.REWARD: 0, Unit.SPEND: exponent(currency)}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_mode(self.mode, currency)

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """See ``CardType.expiry_of``."""
        if unit is Unit.STAMP:
            return self.stamp_life
        return super().expiry_of(unit, draft)

    def opening(self, holding: Holding, context: Context) -> Outcome | None:
        """Welcome stamps."""
        if not self.welcome_stamps:
            return None
        draft = Draft(holding, context)
        self.credit(draft, Unit.STAMP, self.welcome_stamps, kind=EntryKind.BONUS)
        reach(draft, self.goals, 0, self.reward_validity)
        return draft.outcome(TransactionKind.ISSUE, self.till(draft))

    def decide(
        self, holding: Holding, command: StampCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case RecordPurchase(bought) | AddStamps(purchase_amount=bought):
                return self._earn(draft, command, bought)
            case CheckIn():
                return self._earn(draft, command, None)
            case SubtractStamps(n):
                return self.take(draft, Unit.STAMP, n, EntryKind.ADJUST)
            case AddRewards() | SubtractRewards() | ClaimReward():
                return self.rewards(draft, command)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def till(self, draft: Draft) -> Till:
        """Progress of the card, and rewards that wait."""
        stamps = draft.balance(Unit.STAMP)
        rewards = unused(self.goals, draft.total(Unit.REWARD))
        parts = [f"{stamps} of {self.stamps_required} stamps"]
        parts += [f"{n} {reward} to claim" for reward, n in rewards]
        return Till(
            text=", ".join(parts),
            balances=self.balances(draft),
            progress=(stamps, self.stamps_required),
            rewards=rewards,
        )

    def reprice(self, transaction: Transaction, net: int) -> Repriced:
        """See ``stamp_modes.repriced``."""
        return repriced(transaction.pinned, net)

    def settle(self, draft: Draft) -> Till:
        """Spend carried far enough turns into stamps, a full card into its reward."""
        if draft.came_in(Unit.SPEND):
            self._turn_carried(draft)
        reach(draft, self.goals, self.stamps_required - 1, self.reward_validity)
        return self.till(draft)

    def _earn(
        self,
        draft: Draft,
        command: RecordPurchase | CheckIn | AddStamps,
        bought: Amount | None,
    ) -> Outcome | Refusal:
        amount = None if bought is None else minor_units(bought, draft.context.currency)
        refusal = self.limits.refusal(draft, amount)
        if refusal is not None:
            return refusal
        before = draft.balance(Unit.STAMP)
        mode = Manual() if isinstance(command, AddStamps) else self.mode
        happy = self.happy(draft, mechanic_of(mode))
        asked, pinned = stamps_for(mode, command, amount, draft, happy)
        stamps = self._admit(draft, asked, mode, happy)
        if isinstance(stamps, Refusal):
            return stamps
        add_stamps(mode, stamps, draft, self.stamp_life, happy)
        goals = reach(draft, self.goals, before, self.reward_validity)
        if (full := self.too_many_unused(draft)) is not None:
            return full
        return draft.outcome(
            TransactionKind.EARN,
            self.till(draft),
            purchase_amount=amount,
            pinned={**pinned, **goals} if pinned else None,
        )

    def _turn_carried(self, draft: Draft) -> None:
        """Turn spend into stamps, as far as limits allow; the rest stays carried."""
        happy = self.happy(draft, mechanic_of(self.mode))
        asked = stamps_carried(self.mode, draft, happy)
        stamps = self._admit(draft, asked, self.mode, happy)
        if not isinstance(stamps, Refusal):
            add_stamps(self.mode, stamps, draft, self.stamp_life, happy)

    def _admit(
        self, draft: Draft, asked: int, mode: Mode, happy: Facts
    ) -> int | Refusal:
        """Stamps that limits allow; what is carried turns into whole steps of them."""
        return self.limits.admit(draft, Unit.STAMP, asked, step=step_of(mode, happy))
