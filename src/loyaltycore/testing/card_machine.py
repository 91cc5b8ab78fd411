"""
A state machine over cards: every command in any order, on two stores side by side.

Owns the machine.  It plays the steps of ``card_play`` on a card in memory and on its
twin in SQLite, and asserts the laws of ``card_proofs`` after every step; where the twin
writes something else, the stores differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from loyaltycore.stores.memory import MemoryStore
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing.card_play import (
    A_CAFE,
    PAUSES,
    Ask,
    Player,
    Step,
    steps_of,
)
from loyaltycore.testing.card_proofs import check_history, essence


if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from loyaltycore.cards.contract import CardType
    from loyaltycore.program.program import Program

__all__ = ["CardMachine", "Sample", "machine_of"]

Sample: TypeAlias = "tuple[CardType[Any], st.SearchStrategy[Any]]"


class CardMachine(RuleBasedStateMachine):
    """
    One card and its twin.

    Attributes:
        samples: configurations of card types, each with how its commands are drawn.
        program: that both cards are in.
    """

    samples: ClassVar[Sequence[Sample]] = ()
    program: ClassVar[Program] = A_CAFE

    def __init__(self) -> None:
        super().__init__()
        self.players: list[Player] = []
        self.commands: st.SearchStrategy[Any] = st.nothing()

    @initialize(data=st.data())
    def issue(self, data: st.DataObject) -> None:
        """Issue the card and its twin."""
        rules, self.commands = data.draw(st.sampled_from(self.samples))
        self.players = [
            Player(rules, store=store, program=self.program)
            for store in (MemoryStore(), SqliteStore(":memory:"))
        ]

    @rule(data=st.data(), pause=st.sampled_from(PAUSES))
    def ask(self, data: st.DataObject, pause: timedelta) -> None:
        """Ask for something that cards of the type do."""
        self.play(Ask(data.draw(self.commands), pause))

    @rule(data=st.data(), pause=st.sampled_from(PAUSES), late=st.sampled_from(PAUSES))
    def ask_late(self, data: st.DataObject, pause: timedelta, late: timedelta) -> None:
        """Ask for something that happened before."""
        self.play(Ask(data.draw(self.commands), pause, late))

    @precondition(lambda self: self.players[0].posted)
    @rule(step=steps_of(length_max=60))
    def do_otherwise(self, step: Step) -> None:
        """Take back, correct, hold, settle or sweep."""
        self.play(step)

    def play(self, step: Step) -> None:
        """Carry a step out on both stores and compare what came of it."""
        first, second = self.players
        here, there = (player.play(step) for player in self.players)
        assert type(first.refused) is type(second.refused)
        assert (here and here.transaction.entries) == (
            there and there.transaction.entries
        )

    @precondition(lambda self: self.players)
    @invariant()
    def the_laws_hold(self) -> None:
        """Whatever happened, the card adds up."""
        card = self.players[0]
        check_history(card.history(), card.opened_at)

    def teardown(self) -> None:
        """In the end, the cards are the same, and both programmes are proved."""
        first, *others = (essence(player.history()) for player in self.players)
        assert [first] * len(others) == others
        for player in self.players:
            problems = player.shop.verify().problems
            player.shop.store.close()
            assert not problems


def machine_of(samples: Sequence[Sample], program: Program) -> type[CardMachine]:
    """
    Make a state machine class for ``hypothesis.stateful.run_state_machine_as_test``.

    Args:
        samples: configurations of card types, each with how its commands are drawn.
    """
    return type("CardMachine", (CardMachine,), {"samples": samples, "program": program})
