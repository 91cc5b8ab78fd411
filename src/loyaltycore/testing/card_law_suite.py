"""
The tests behind ``card_laws.CardLaws``: each law, tried on generated histories.

Owns the laws as test methods.  What a history is, is in ``card_play``; what has to hold
after every step of one, in ``card_proofs``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyaltycore.errors import DuplicateKeyMismatch, InvalidInput
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.loyalty import Loyalty
from loyaltycore.stores.memory import MemoryStore
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing.card_history import all_rows
from loyaltycore.testing.card_play import (
    A_CAFE,
    Ask,
    Player,
    Step,
    Sweep,
    histories,
)
from loyaltycore.testing.card_proofs import check_history, essence, had_enough


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from loyaltycore.cards.contract import CardType
    from loyaltycore.errors import LoyaltyError
    from loyaltycore.ports import Store
    from loyaltycore.program.program import Program

__all__ = ["CardLawSuite"]

_NO_PAUSE: Final = timedelta(0)


class CardLawSuite:
    """See ``CardLaws``, which is the name to inherit."""

    card_type: ClassVar[type[CardType[Any]]]
    program: ClassVar[Program] = A_CAFE
    examples: ClassVar[int] = 25

    def samples(self) -> Mapping[str, CardType[Any]]:
        """Configurations of the type by name, as different as they can be."""
        return {}

    def commands(
        self,
        rules: Any,  # noqa: ARG002 - for overriding
    ) -> Mapping[type, st.SearchStrategy[Any]]:
        """How each command of a configuration is drawn, by its class."""
        return {}

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give each law that asks for ``rules`` every sample by its name."""
        if "rules" in metafunc.fixturenames:
            samples = self.samples()
            metafunc.parametrize("rules", samples.values(), ids=list(samples))

    # -- what the laws are tried on --------------------------------------------------

    def test_there_are_samples(self) -> None:
        """The type has samples, and every one of its commands is drawn."""
        samples = self.samples().values()
        drawn = {command for rules in samples for command in self.commands(rules)}

        assert samples, f"{self.card_type.__name__} has no samples"
        assert {self.card_type} == {type(rules) for rules in samples}
        assert set(self.card_type.commands) == drawn

    def test_rules_come_back_from_the_store(self, rules: CardType[Any]) -> None:
        """A template is read as it was written, by a process that never saw it."""
        store, types = MemoryStore(), (self.card_type,)
        shop = Loyalty(store, self.program, card_types=types)
        template = shop.templates.create("Card", rules)

        again = Loyalty(store, self.program, card_types=types)

        assert rules == again.templates.get(template.id).rules

    # -- the laws --------------------------------------------------------------------

    def test_a_history_adds_up(self, rules: CardType[Any]) -> None:
        """After every step, entries, lots, totals and the journal agree."""

        def law(player: Player, steps: list[Step]) -> None:
            for step in steps:
                player.play(step)

                check_history(player.history(), player.opened_at)
            assert not player.shop.verify().problems

        self._try(law, rules)

    def test_a_refusal_writes_nothing(self, rules: CardType[Any]) -> None:
        """A refused step leaves every row of every table as it was."""

        def law(player: Player, steps: list[Step]) -> None:
            for step in steps:
                before = all_rows(player.shop.store)
                player.play(step)

                if player.refused is not None:
                    assert before == all_rows(player.shop.store)

        self._try(law, rules)

    def test_a_replay_writes_nothing(self, rules: CardType[Any]) -> None:
        """The same key gives the first result; for another request it is refused."""

        def law(player: Player, steps: list[Step]) -> None:
            for step in steps:
                number = len(player.posted)
                posted = player.play(step)
                if not isinstance(step, Ask) or posted is None:
                    continue
                rows = all_rows(player.shop.store)
                options = player.options(step, number)
                again = player.shop.cards.post(player.card_id, step.command, **options)
                with pytest.raises(DuplicateKeyMismatch):
                    player.shop.transactions.void(posted.id, key=options["key"])

                assert again.replayed
                assert posted.transaction == again.transaction
                assert rows == all_rows(player.shop.store)

        self._try(law, rules)

    def test_a_second_void_changes_nothing(self, rules: CardType[Any]) -> None:
        """To void a transaction twice is to void it once."""

        def law(player: Player, steps: list[Step]) -> None:
            for step in steps:
                posted = player.play(step)
                if (
                    posted is None
                    or posted.transaction.kind is not TransactionKind.VOID
                ):
                    continue
                rows = all_rows(player.shop.store)
                original = posted.transaction.reverses
                assert original is not None
                again = player.shop.transactions.void(original)

                assert again.replayed
                assert posted.id == again.id
                assert rows == all_rows(player.shop.store)

        self._try(law, rules)

    def test_a_void_at_once_leaves_no_trace(self, rules: CardType[Any]) -> None:
        """
        What is voided before anything else happens leaves every balance as it was.

        A redemption leaves identical lots, where nobody owed anything, and nothing of
        what it earned.  A card that had enough before to turn units into something by
        itself, and was kept from it by a limit that is gone, does that after the void.
        """

        def law(player: Player, steps: list[Step]) -> None:
            for step in steps:
                player.now += step.pause
                player.shop.upkeep.sweep()
                before = player.history().holding
                posted = player.play(attrs.evolve(step, pause=_NO_PAUSE))
                if not isinstance(step, Ask) or posted is None:
                    continue
                player.void(posted)
                if had_enough(before, posted.transaction.entries):
                    continue
                after = player.history().holding

                for unit in after.totals:
                    assert before.balance(unit) == after.balance(unit)
                is_redeemed = posted.transaction.kind is TransactionKind.REDEEM
                if is_redeemed and not any(t.debt for t in before.totals.values()):
                    there = {number: after.lots[number] for number in before.lots}
                    assert before.lots == there
                    new = after.lots.keys() - there
                    assert not any(after.lots[number].remaining for number in new)
                player.play(attrs.evolve(step, pause=_NO_PAUSE))

        self._try(law, rules)

    def test_a_second_sweep_changes_nothing(self, rules: CardType[Any]) -> None:
        """To sweep twice is to sweep once; a sweep on the way makes no difference."""

        def law(player: Player, steps: list[Step], other: Player) -> None:
            for step in steps:
                player.play(step)
                other.play(step)
            pause = max(step.pause for step in steps)
            player.play(Sweep(pause))
            player.play(Sweep(pause))
            other.play(Sweep(pause * 2))
            rows = all_rows(player.shop.store)
            player.play(Sweep(_NO_PAUSE))

            assert rows == all_rows(player.shop.store)
            assert essence(other.history()) == essence(player.history())

        self._try(law, rules, MemoryStore)

    def test_a_late_sweep_changes_nothing(self, rules: CardType[Any]) -> None:
        """Whether anybody swept on the way or not, the same is spent and left."""

        def law(player: Player, steps: list[Step], other: Player) -> None:
            for step in steps:
                player.play(step)
                player.play(Sweep(_NO_PAUSE))
                if isinstance(step, Sweep):
                    other.now += step.pause
                else:
                    other.play(step)
            end = Sweep(max(step.pause for step in steps))
            player.play(end)
            other.play(end)

            assert essence(player.history()) == essence(other.history())

        self._try(law, rules, MemoryStore)

    def test_a_quote_tells_what_a_post_does(self, rules: CardType[Any]) -> None:
        """A quote names the same refusal or balances, and writes nothing."""

        def law(player: Player, steps: list[Step]) -> None:
            for step in steps:
                if not isinstance(step, Ask):
                    player.play(step)
                    continue
                player.now += step.pause
                rows = all_rows(player.shop.store)
                options = player.options(step, len(player.posted))
                ask = attrs.evolve(step, pause=_NO_PAUSE)
                malformed, quote = None, None
                try:
                    quote = player.shop.cards.quote(
                        player.card_id, step.command, **options
                    )
                except InvalidInput as error:
                    malformed = error
                assert rows == all_rows(player.shop.store)
                posted = player.play(ask)

                refused = malformed if quote is None else quote.refusal
                assert str(refused) == str(player.refused)
                assert (quote and quote.balances) == (posted and posted.balances)

        self._try(law, rules)

    def test_actions_tell_what_can_be_done(self, rules: CardType[Any]) -> None:
        """Each command is listed, with the refusal of a quote for the smallest."""

        def law(player: Player, steps: list[Step]) -> None:
            for step in steps:
                player.play(step)
            actions = player.shop.cards.actions(player.card_id)

            assert list(rules.commands) == [type(each.command) for each in actions]
            for action in actions:
                refused: LoyaltyError | None
                try:
                    quote = player.shop.cards.quote(player.card_id, action.command)
                    refused = quote.refusal
                except InvalidInput as error:
                    refused = error
                assert str(refused) == str(action.reason)

        self._try(law, rules)

    def test_stores_agree(self, rules: CardType[Any]) -> None:
        """A history comes to the same on every store of the package."""

        def law(player: Player, steps: list[Step], other: Player) -> None:
            for step in steps:
                player.play(step)
                other.play(step)

                assert type(player.refused) is type(other.refused)
            assert essence(player.history()) == essence(other.history())
            check_history(other.history(), other.opened_at)

        self._try(law, rules, lambda: SqliteStore(":memory:"))

    # -- how -------------------------------------------------------------------------

    def _try(
        self,
        law: Callable[..., None],
        rules: CardType[Any],
        other_store: Callable[[], Store] | None = None,
    ) -> None:
        """Try a law on many histories, played in memory, and on another store."""
        commands = st.one_of(*self.commands(rules).values())

        @settings(
            max_examples=self.examples,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(histories(commands))
        def attempt(steps: list[Step]) -> None:
            players = [Player(rules, program=self.program)]
            if other_store is not None:
                other = Player(rules, store=other_store(), program=self.program)
                players.append(other)
            try:
                law(players[0], steps, *players[1:])
            finally:
                for player in players:
                    player.shop.store.close()

        attempt()
