"""
What card types share that fill up: reaching a number of stamps earns a reward.

Owns the rewards: which there are, how many wait, and how they are handed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, assert_never

import attrs

from loyaltycore.cards.commands import AddRewards, ClaimReward, SubtractRewards
from loyaltycore.cards.contract import CardType
from loyaltycore.cards.milestones import (
    Milestone,
    given_milestones,
    goals_of,
    rule_of,
)
from loyaltycore.cards.settings import an_expiry, text, whole
from loyaltycore.errors import LimitReached, Refusal
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.expiry import ExpiryPolicy, Never


if TYPE_CHECKING:
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.draft import Draft

__all__ = ["STAMPS_MAX", "Filling"]

CommandT = TypeVar("CommandT")

STAMPS_MAX = 100


@attrs.frozen(kw_only=True)
class Filling(CardType[CommandT]):
    """
    Rules of a card that fills up.

    Attributes:
        stamps_required: 1 to 100 stamps fill the card.
        reward: what a full card earns; needed unless a milestone says it.
        milestones: further rewards on the way, in rising order.
        reward_validity: when an earned reward stops counting, from its earning on.
        max_unused_rewards: nothing more is earned while so many wait to be claimed.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    stamps_required: int = attrs.field(default=10, validator=whole(1, STAMPS_MAX))
    reward: str | None = attrs.field(default=None, validator=text)
    milestones: tuple[Milestone, ...] = attrs.field(
        default=(), converter=given_milestones
    )
    reward_validity: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    max_unused_rewards: int | None = attrs.field(default=None, validator=whole(1))
    goals: tuple[Milestone, ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        goals = goals_of(self.milestones, self.stamps_required, self.reward)
        object.__setattr__(self, "goals", goals)

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """See ``CardType.expiry_of``."""
        if unit is Unit.REWARD:
            return self.reward_validity
        return super().expiry_of(unit, draft)

    def rewards(
        self, draft: Draft, command: AddRewards | SubtractRewards | ClaimReward
    ) -> Outcome | Refusal:
        """Add rewards by hand, take them away, or hand them out."""
        rule = rule_of(self.goals, command.milestone)
        match command:
            case AddRewards(n):
                rule = rule or str(self.stamps_required)
                draft.credit(Unit.REWARD, n, rule=rule, expiry=self.reward_validity)
                return draft.outcome(TransactionKind.ADJUST, self.till(draft))
            case SubtractRewards(n):
                return self.take(draft, Unit.REWARD, n, EntryKind.ADJUST, rule=rule)
            case ClaimReward(n=n):
                return self.take(draft, Unit.REWARD, n, EntryKind.REDEEM, rule=rule)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def too_many_unused(self, draft: Draft) -> LimitReached | None:
        """Refuse an earning that lets more rewards wait than may be."""
        waiting, at_most = draft.holding.balance(Unit.REWARD), self.max_unused_rewards
        if at_most is None or draft.balance(Unit.REWARD) <= max(at_most, waiting):
            return None
        return LimitReached("unused rewards", used=waiting, at_most=at_most)
