"""The race kit: how a race is judged."""

from __future__ import annotations

import pytest

from loyaltycore.errors import Unavailable
from loyaltycore.testing.race_kit import RACES, RaceResult


def judged(kind: str, **changes) -> list[str]:
    """Judge a race that went well, but for the changes."""
    told: dict = {"winners": ("t",), "replays": (), "refusals": (), "failures": ()}
    return RaceResult(race=RACES[kind], **(told | changes)).problems


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("last reward", {"refusals": ("insufficient_balance",) * 7}),
        ("last reward", {}),
        ("same key", {"replays": ("t",) * 7}),
    ],
)
def test_one_winner(kind: str, changes: dict):
    """One wins, and the others are told what they should be."""
    assert judged(kind, **changes) == []


@pytest.mark.parametrize(
    ("kind", "changes", "problem"),
    [
        ("last reward", {"winners": ("t", "u")}, "last reward: 2 won."),
        ("last reward", {"winners": ()}, "last reward: 0 won."),
        ("last reward", {"refusals": ("not_reversible",)}, "refused with"),
        ("last reward", {"replays": ("t",)}, "refused with"),
        ("same key", {"replays": ("u",)}, "a loser was not told of the winner."),
        ("same key", {"refusals": ("limit_reached",)}, "a loser was not told"),
        ("void twice", {"failures": (Unavailable("Busy."),)}, "Unavailable"),
    ],
)
def test_problems(kind: str, changes: dict, problem: str):
    """Whatever is otherwise is said, and begins with the kind."""
    (found,) = judged(kind, **changes)

    assert found.startswith(kind)
    assert problem in found
