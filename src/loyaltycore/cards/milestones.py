"""
Rewards for reaching a number of stamps.

The last goal is the full card: reaching it uses its stamps up, and a new round begins.
The goals before it leave the stamps where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.transactions import EntryKind, Unit


if TYPE_CHECKING:
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.expiry import ExpiryPolicy

__all__ = ["Milestone", "goals_of", "reach", "rule_of"]


@attrs.frozen
class Milestone:
    """A reward for reaching *at* stamps."""

    at: int
    reward: str


def goals_of(
    milestones: tuple[Milestone, ...], required: int, reward: str | None
) -> tuple[Milestone, ...]:
    """
    Milestones with the full card's reward as the last one.

    Raises:
        InvalidValue: they are out of order or beyond the card, or the full card's
            reward is missing or named twice.
    """
    steps = [milestone.at for milestone in milestones]
    if steps != sorted(set(steps)) or (steps and steps[0] < 1):
        raise InvalidValue("milestones", "give them once each, in rising order.")
    if steps and steps[-1] > required:
        raise InvalidValue("milestones", "none is beyond the full card.")
    if steps and steps[-1] == required:
        if reward is not None:
            raise InvalidValue("reward", "a milestone already names the full card's.")
        return milestones
    if reward is None:
        raise InvalidValue("reward", "say what a full card earns.")
    return (*milestones, Milestone(required, reward))


def rule_of(goals: tuple[Milestone, ...], at: int | None) -> str | None:
    """
    The rule under which the lots of a milestone's rewards stand; None for any.

    Raises:
        InvalidValue: the card has no such milestone.
    """
    if at is None:
        return None
    steps = [goal.at for goal in goals]
    if at not in steps:
        has = ", ".join(str(step) for step in steps)
        raise InvalidValue("milestone", f"this card has {has}, not {at}.")
    return str(at)


def reach(
    draft: Draft, goals: tuple[Milestone, ...], before: int, validity: ExpiryPolicy
) -> None:
    """Earn the reward of every goal above *before* that the stamps have reached."""
    full = goals[-1].at
    stamps = draft.balance(Unit.STAMP)
    while stamps > before:
        for goal in goals:
            if before < goal.at <= stamps:
                if goal.at == full:
                    draft.debit(Unit.STAMP, full, kind=EntryKind.CONVERT)
                draft.credit(Unit.REWARD, 1, rule=str(goal.at), expiry=validity)
        stamps, before = stamps - full, 0
