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
from loyaltycore.cards.contract import CardType
from loyaltycore.cards.daily import once_a_day
from loyaltycore.cards.milestones import (
    Milestone,
    given_milestones,
    goals_of,
    reach,
    rewards_on,
    rule_of,
    unused,
)
from loyaltycore.cards.settings import an_expiry, flag, one_of, text, whole
from loyaltycore.cards.stamp_modes import Manual, Mode, check_mode, earn, stamps_on
from loyaltycore.errors import LimitReached, Refusal
from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.expiry import ExpiryPolicy, Never
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import exponent, minor_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["Stamp"]

_STAMPS_MAX = 100

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
class Stamp(CardType[StampCommand]):
    """
    The rules of a stamp card.

    Attributes:
        stamps_required: 1 to 100 stamps fill the card.
        reward: what a full card earns; needed unless a milestone says it.
        milestones: further rewards on the way, in rising order.
        mode: what earns stamps: ``Manual``, ``Visit``, ``Spend`` or ``Products``.
        stamp_life: when stamps stop counting.
        reward_validity: when an earned reward stops counting, from its earning on.
        max_unused_rewards: nothing more is earned while so many wait to be claimed.
        one_checkin_per_day: one earning a local day.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    kind: ClassVar[str] = "stamp"
    commands: ClassVar[tuple[type, ...]] = get_args(StampCommand)

    stamps_required: int = attrs.field(default=10, validator=whole(1, _STAMPS_MAX))
    reward: str | None = attrs.field(default=None, validator=text)
    milestones: tuple[Milestone, ...] = attrs.field(
        default=(), converter=given_milestones
    )
    mode: Mode = attrs.field(default=Manual(), validator=one_of(Mode))
    stamp_life: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    reward_validity: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    max_unused_rewards: int | None = attrs.field(default=None, validator=whole(1))
    one_checkin_per_day: bool = attrs.field(default=False, validator=flag)
    goals: tuple[Milestone, ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        goals = goals_of(self.milestones, self.stamps_required, self.reward)
        object.__setattr__(self, "goals", goals)

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Stamps and rewards are whole; carried spend has the currency's decimals."""
        return {Unit.STAMP: 0, Unit.REWARD: 0, Unit.SPEND: exponent(currency)}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        check_mode(self.mode, currency)

    def decide(
        self, holding: Holding, command: StampCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case RecordPurchase(amount=bought):
                return self._earn(draft, command, minor_units(bought, context.currency))
            case AddStamps(purchase_amount=bought) if bought is not None:
                return self._earn(draft, command, minor_units(bought, context.currency))
            case AddStamps() | CheckIn():
                return self._earn(draft, command, None)
            case SubtractStamps(n):
                return self.take(draft, Unit.STAMP, n, EntryKind.ADJUST)
            case AddRewards(n, milestone=at):
                rule = rule_of(self.goals, at) or str(self.stamps_required)
                draft.credit(Unit.REWARD, n, rule=rule, expiry=self.reward_validity)
                return draft.outcome(TransactionKind.ADJUST, self.till(draft))
            case SubtractRewards(n, milestone=at):
                return self._take_rewards(draft, n, at, EntryKind.ADJUST)
            case ClaimReward(at, n=n):
                return self._take_rewards(draft, n, at, EntryKind.REDEEM)
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
        """
        Stamps that the spend would have earned, and the rewards on their way.

        A carried remainder is not priced: the spend itself is taken back, and stamps
        with it where no spend is left over.
        """
        pinned = transaction.pinned
        if "per" not in pinned:
            return {}
        stamps = stamps_on(pinned, net)
        rewards = rewards_on(pinned, stamps)
        if pinned["carried"]:
            return {Unit.SPEND: net, Unit.REWARD: rewards}
        return {Unit.STAMP: stamps, Unit.REWARD: rewards}

    def settle(self, draft: Draft) -> Till:
        """A card that a void filled up again turns into its reward at once."""
        reach(draft, self.goals, self.stamps_required - 1, self.reward_validity)
        return self.till(draft)

    def _earn(
        self,
        draft: Draft,
        command: RecordPurchase | CheckIn | AddStamps,
        amount: int | None,
    ) -> Outcome | Refusal:
        refusal = once_a_day(draft, "check-in") if self.one_checkin_per_day else None
        if refusal is not None:
            return refusal
        before = draft.balance(Unit.STAMP)
        pinned = earn(self.mode, command, amount, draft, self.stamp_life)
        goals = reach(draft, self.goals, before, self.reward_validity)
        waiting, at_most = draft.holding.balance(Unit.REWARD), self.max_unused_rewards
        if at_most is not None and draft.balance(Unit.REWARD) > max(at_most, waiting):
            return LimitReached("unused rewards", used=waiting, at_most=at_most)
        return draft.outcome(
            TransactionKind.EARN,
            self.till(draft),
            purchase_amount=amount,
            pinned={**pinned, **goals} if pinned else None,
        )

    def _take_rewards(
        self, draft: Draft, n: int, milestone: int | None, kind: EntryKind
    ) -> Outcome | Refusal:
        rule = rule_of(self.goals, milestone)
        return self.take(draft, Unit.REWARD, n, kind, rule=rule)
