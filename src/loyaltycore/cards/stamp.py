"""
Stamp card: collect stamps, and a full card turns into a reward.

Ten stamps, eight of them there, five more: the card fills up at ten, one reward is
earned and three stamps carry over.  With milestones (3, 6, 9) a reward is earned each
time one is reached; only the last one, the full card, uses the stamps up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never

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
from loyaltycore.cards.milestones import Milestone, goals_of, reach, rule_of
from loyaltycore.cards.stamp_modes import Manual, Mode, stamps_for
from loyaltycore.errors import InvalidValue, LimitReached, Refusal
from loyaltycore.ledger.decision import Context, Outcome, Till
from loyaltycore.ledger.draft import Draft, balances
from loyaltycore.ledger.expiry import ExpiryPolicy, Never
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.days import end_of
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
    commands: ClassVar[tuple[type, ...]] = (
        RecordPurchase,
        CheckIn,
        AddStamps,
        SubtractStamps,
        AddRewards,
        SubtractRewards,
        ClaimReward,
    )

    stamps_required: int = attrs.field(default=10)
    reward: str | None = None
    milestones: tuple[Milestone, ...] = attrs.field(default=(), converter=tuple)
    mode: Mode = Manual()
    stamp_life: ExpiryPolicy = Never()
    reward_validity: ExpiryPolicy = Never()
    max_unused_rewards: int | None = None
    one_checkin_per_day: bool = False
    goals: tuple[Milestone, ...] = attrs.field(init=False, eq=False, repr=False)

    @stamps_required.validator
    def _check_stamps_required(self, _: object, value: int) -> None:
        if type(value) is not int or not 1 <= value <= _STAMPS_MAX:
            raise InvalidValue("stamps_required", f"1 to {_STAMPS_MAX}, not {value!r}.")

    def __attrs_post_init__(self) -> None:
        goals = goals_of(self.milestones, self.stamps_required, self.reward)
        object.__setattr__(self, "goals", goals)

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Stamps and rewards are whole; spend has the currency's decimals."""
        return {Unit.STAMP: 0, Unit.REWARD: 0, Unit.SPEND: exponent(currency)}

    def decide(
        self, holding: Holding, command: StampCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case RecordPurchase(amount=amount):
                minor = minor_units(amount, context.currency)
                return self._earn(draft, command, minor)
            case CheckIn():
                return self._earn(draft, command, None)
            case AddStamps(purchase_amount=amount):
                minor = None if amount is None else minor_units(amount, context.currency)
                return self._earn(draft, command, minor)
            case SubtractStamps(n):
                return self.take(draft, Unit.STAMP, n, EntryKind.ADJUST)
            case AddRewards(n, milestone=at):
                rule = rule_of(self.goals, at) or str(self.stamps_required)
                draft.credit(Unit.REWARD, n, rule=rule, expiry=self.reward_validity)
                return draft.outcome(TransactionKind.ADJUST, self.till(draft))
            case SubtractRewards(n, milestone=at):
                rule = rule_of(self.goals, at)
                return self.take(draft, Unit.REWARD, n, EntryKind.ADJUST, rule=rule)
            case ClaimReward(at, n=n):
                rule = rule_of(self.goals, at)
                return self.take(draft, Unit.REWARD, n, EntryKind.REDEEM, rule=rule)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def till(self, draft: Draft) -> Till:
        """Progress of the card, and rewards that wait."""
        stamps = draft.balance(Unit.STAMP)
        unused = draft.total(Unit.REWARD).by_rule
        rewards = tuple(
            (goal.reward, unused[str(goal.at)])
            for goal in self.goals
            if unused.get(str(goal.at))
        )
        progress = (stamps, self.stamps_required)
        parts = [f"{stamps} of {self.stamps_required} stamps"]
        parts += [f"{n} {reward} to claim" for reward, n in rewards]
        return Till(
            text=", ".join(parts),
            balances=balances(draft.totals),
            progress=progress,
            rewards=rewards,
        )

    def reprice(self, transaction: Transaction, net: int) -> Mapping[Unit, int]:
        """Stamps that the spend would have earned, with the carried remainder."""
        pinned = transaction.pinned
        if "per" not in pinned:
            return {}
        stamps = (pinned["remainder"] + net) // pinned["per"] * pinned["stamps"]
        return {Unit.STAMP: stamps, Unit.SPEND: net}

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
        if self.one_checkin_per_day:
            refusal = self._check_in(draft)
            if refusal is not None:
                return refusal
        before = draft.balance(Unit.STAMP)
        earned, pinned = stamps_for(self.mode, command, amount, draft)
        draft.credit(Unit.STAMP, earned, expiry=self.stamp_life)
        reach(draft, self.goals, before, self.reward_validity)
        unused, at_most = draft.holding.balance(Unit.REWARD), self.max_unused_rewards
        if at_most is not None and draft.balance(Unit.REWARD) > max(at_most, unused):
            return LimitReached("unused rewards", used=unused, at_most=at_most)
        return draft.outcome(
            TransactionKind.EARN,
            self.till(draft),
            purchase_amount=amount,
            pinned=pinned,
        )

    def _check_in(self, draft: Draft) -> Refusal | None:
        day = draft.context.local_day
        counter = f"checkin/{day.isoformat()}"
        used = draft.context.used(counter)
        if used:
            resets_at = end_of(day, draft.context.zone)
            return LimitReached(
                "check-in a day", used=used, at_most=1, resets_at=resets_at
            )
        draft.count(counter, 1, at_most=1)
        return None

