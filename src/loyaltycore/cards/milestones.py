"""
Rewards for reaching a number of stamps.

The last goal is the full card: reaching it turns its stamps into the reward, and a new
round begins.  The goals before it leave the stamps where they are.  From 2 to 14 stamps
on a card of ten with a goal at 3, that goal is reached twice (at 3 and at 13) and the
card is filled once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.settings import several, text, whole
from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.holding import Total
    from loyaltycore.ledger.transactions import Facts
    from loyaltycore.values.expiry import ExpiryPolicy

__all__ = [
    "Milestone",
    "given_milestones",
    "goals_of",
    "reach",
    "rewards_on",
    "rule_of",
    "unused",
]


@attrs.frozen
class Milestone:
    """
    A reward for reaching *at* stamps.

    Raises:
        InvalidValue: *at* is not a whole number above 0, or the reward has no name.
    """

    at: int = attrs.field(validator=whole(1))
    reward: str = attrs.field(validator=text)


def given_milestones(milestones: Iterable[Milestone]) -> tuple[Milestone, ...]:
    """
    Take a list as well as a tuple.

    Raises:
        InvalidValue: something else is among them.
    """
    return several("milestones", milestones, Milestone)


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
    if steps != sorted(set(steps)):
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
) -> Facts:
    """
    Earn the reward of every goal above *before* that the stamps have reached.

    Returns:
        What ``rewards_on`` asks for, to be pinned.
    """
    *way, last = goals
    pinned = {
        "stamps_before": before,
        "steps": [goal.at for goal in way],
        "full": last.at,
    }
    stamps = draft.balance(Unit.STAMP)
    for rule, n in rewards_on(pinned, stamps - before).items():
        draft.credit(Unit.REWARD, n, rule=rule, expiry=validity)
    rounds = stamps // last.at
    if rounds > 0:
        draft.convert(
            Unit.STAMP,
            rounds * last.at,
            into=Unit.REWARD,
            n=rounds,
            rule=str(last.at),
            expiry=validity,
        )
    return pinned


def rewards_on(pinned: Facts, stamps: int) -> Mapping[str, int]:
    """How many rewards on the way so many further stamps earn, by rule."""
    full, before = pinned["full"], pinned["stamps_before"]
    return {
        str(step): max(
            0, _times(step, full, before + stamps) - _times(step, full, before)
        )
        for step in pinned["steps"]
    }


def unused(goals: tuple[Milestone, ...], total: Total) -> tuple[tuple[str, int], ...]:
    """What can be claimed: (reward, how many), without those that there are none of."""
    counted = (
        (goal.reward, min(total.balance, total.by_rule.get(str(goal.at), 0)))
        for goal in goals
    )
    return tuple((reward, n) for reward, n in counted if n > 0)


def _times(step: int, full: int, stamps: int) -> int:
    """How often *stamps* on end reach a step: 3 of 10 is reached by 3, 13, 23 ..."""
    return 0 if stamps < step else (stamps - step) // full + 1
