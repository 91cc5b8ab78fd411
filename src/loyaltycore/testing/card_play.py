"""
Histories of one card: how they are drawn, and how they are played.

Owns the steps of a history and the player that carries them out through the public API
of a programme.  What has to hold afterwards is in ``card_proofs``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from hypothesis import strategies as st

from loyaltycore.errors import InvalidInput, Refusal
from loyaltycore.ledger.commands import Hold
from loyaltycore.ledger.transactions import EntryKind
from loyaltycore.loyalty import Loyalty
from loyaltycore.program.program import Program
from loyaltycore.stores.memory import MemoryStore
from loyaltycore.testing.card_history import read_history
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from decimal import Decimal

    from loyaltycore.cards.contract import CardType
    from loyaltycore.ledger.transactions import Unit
    from loyaltycore.ports import Store
    from loyaltycore.posting import Posted
    from loyaltycore.testing.card_history import CardHistory

__all__ = [
    "A_CAFE",
    "PAUSES",
    "Ask",
    "Correct",
    "Player",
    "Reserve",
    "Settle",
    "Step",
    "Sweep",
    "TakeBack",
    "histories",
    "steps_of",
]

A_CAFE: Final = Program(id="cafe", currency="EUR", zone="Europe/Berlin")
_OPENED_AT: Final = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)

_NO_PAUSE: Final = timedelta(0)
PAUSES: Final = (
    _NO_PAUSE,
    _NO_PAUSE,
    timedelta(minutes=5),
    timedelta(hours=20),
    timedelta(days=8),
    timedelta(days=33),
    timedelta(days=370),
)


@attrs.frozen
class Ask:
    """
    A command, asked after a pause.

    Attributes:
        late: how long before that moment it happened.
    """

    command: object
    pause: timedelta
    late: timedelta = _NO_PAUSE


@attrs.frozen
class TakeBack:
    """
    A void, or a refund, of one of the transactions so far.

    Attributes:
        which: counts from the first one, and around.
        percent: of the purchase that is refunded; 0 is as much as the card's rules
            give back, and None voids the transaction.
    """

    which: int
    percent: int | None
    pause: timedelta


@attrs.frozen
class Correct:
    """
    An amendment of one of the purchases so far.

    Attributes:
        which: counts from the first transaction, and around.
        percent: of the purchase, what it should have been.
    """

    which: int
    percent: int
    pause: timedelta


@attrs.frozen
class Reserve:
    """
    A hold.

    Attributes:
        percent: of the balance of the type's first unit.
        minutes: until it is released by itself.
    """

    percent: int
    minutes: int
    pause: timedelta


@attrs.frozen
class Settle:
    """
    A capture, or a release, of one of the transactions so far, a hold or not.

    Attributes:
        which: counts from the first transaction, and around.
        percent: of what was held is captured; None releases it.
    """

    which: int
    percent: int | None
    pause: timedelta


@attrs.frozen
class Sweep:
    """Upkeep after a pause."""

    pause: timedelta


Step: TypeAlias = Ask | TakeBack | Correct | Reserve | Settle | Sweep


def steps_of(*, length_max: int = 12) -> st.SearchStrategy[Step]:
    """Steps that are asked of a card of any type, about any of so many transactions."""
    pauses, which = st.sampled_from(PAUSES), st.integers(0, length_max)
    percent = st.integers(1, 120)
    return st.one_of(
        st.builds(TakeBack, which, st.none(), pauses),
        st.builds(TakeBack, which, st.integers(0, 100), pauses),
        st.builds(Correct, which, st.integers(0, 300), pauses),
        st.builds(Reserve, percent, st.sampled_from([5, 1_500, 20_000]), pauses),
        st.builds(Settle, which, st.one_of(st.none(), percent), pauses),
        st.builds(Sweep, pauses),
    )


def histories(
    commands: st.SearchStrategy[Any], *, length_max: int = 12
) -> st.SearchStrategy[list[Step]]:
    """Histories of a card: mostly commands, some late, some taken back or corrected."""
    pauses = st.sampled_from(PAUSES)
    asked = st.builds(Ask, commands, pauses)
    late = st.builds(Ask, commands, pauses, pauses)
    otherwise = steps_of(length_max=length_max)
    steps = st.one_of(asked, asked, late, otherwise, otherwise)
    return st.lists(steps, min_size=1, max_size=length_max)


class Player:
    """
    A programme with one customer and one card, and a clock that is moved by hand.

    Args:
        rules: of the card; its type is the only one that the programme knows.
        store: in memory by default.
        program: in euros and in Berlin by default.

    Attributes:
        posted: what was posted and not swept, in order.
        refused: what the last step was refused with, or None.
    """

    def __init__(
        self,
        rules: CardType[Any],
        *,
        store: Store | None = None,
        program: Program = A_CAFE,
    ) -> None:
        self._always = Loyalty(
            store or MemoryStore(), program, card_types=(type(rules),)
        )
        self.rules = rules
        self.now = _OPENED_AT
        template = self.shop.templates.create("Card", rules)
        customer = self.shop.customers.register(first_name="Ada")
        self.card_id = self.shop.cards.issue(template.id, to=customer.id).id
        self.opened_at = self.now
        self.posted: list[Posted] = []
        self.refused: Refusal | InvalidInput | None = None

    @property
    def shop(self) -> Loyalty:
        """The programme as it is now."""
        return self._always.at(self.now)

    def history(self) -> CardHistory:
        """Read the card as it is stored."""
        return read_history(self.shop, self.card_id)

    def key(self, number: int) -> str:
        """The key of the n-th transaction in ``posted``."""
        return f"till/{number}"

    def options(self, step: Ask, number: int) -> dict[str, Any]:
        """What goes with a command, to become the n-th transaction in ``posted``."""
        options: dict[str, Any] = {"key": self.key(number)}
        if step.late:
            options["occurred_at"] = self.now - step.late
        return options

    def ask(
        self,
        command: object,
        *,
        after: timedelta = _NO_PAUSE,
        late: timedelta = _NO_PAUSE,
    ) -> Posted:
        """Post a command; raises what it is refused with."""
        return self._kept(self._post(Ask(command, after, late)))

    def void(self, posted: Posted, *, after: timedelta = _NO_PAUSE) -> Posted:
        """Void a transaction; raises what it is refused with."""
        self.now += after
        return self._kept(self.shop.transactions.void(posted.id))

    def refund(
        self,
        posted: Posted,
        amount: Money | str | None = None,
        *,
        after: timedelta = _NO_PAUSE,
    ) -> Posted:
        """Refund a purchase or redemption; raises what it is refused with."""
        self.now += after
        return self._kept(self.shop.transactions.refund(posted.id, amount))

    def play(self, step: Step) -> Posted | None:
        """Carry a step out; None where it posted nothing, or was refused."""
        self.refused = None
        try:
            match step:
                case Ask():
                    return self._kept(self._post(step))
                case TakeBack():
                    return self._take_back(step)
                case Correct():
                    return self._correct(step)
                case Reserve():
                    return self._reserve(step)
                case Settle():
                    return self._settle(step)
                case Sweep(pause):
                    self.now += pause
                    self.shop.upkeep.sweep()
                    return None
        except (Refusal, InvalidInput) as refused:
            self.refused = refused
            return None

    def _post(self, step: Ask) -> Posted:
        self.now += step.pause
        options = self.options(step, len(self.posted))
        return self.shop.cards.post(self.card_id, step.command, **options)

    def _take_back(self, step: TakeBack) -> Posted | None:
        if not self.posted:
            self.now += step.pause
            return None
        original = self.posted[step.which % len(self.posted)]
        if step.percent is None:
            return self.void(original, after=step.pause)
        if step.percent == 0:
            return self.refund(original, after=step.pause)
        bought = original.transaction.purchase_amount or 0
        part = max(1, bought * step.percent // 100)
        money = Money.of_minor(part, self.shop.program.currency)
        return self.refund(original, money, after=step.pause)

    def _correct(self, step: Correct) -> Posted | None:
        self.now += step.pause
        if not self.posted:
            return None
        original = self.posted[step.which % len(self.posted)]
        bought = original.transaction.purchase_amount or 0
        minor = max(0, bought * step.percent // 100)
        money = Money.of_minor(minor, self.shop.program.currency)
        return self._kept(self.shop.transactions.amend(original.id, money, is_any=True))

    def _reserve(self, step: Reserve) -> Posted | None:
        self.now += step.pause
        unit = self.rules.unit
        there = self.shop.cards.show(self.card_id).till.balances[unit]
        amount = self._amount(unit, max(1, there * step.percent // 100))
        hold = Hold(amount, minutes=step.minutes)
        return self._kept(self.shop.cards.post(self.card_id, hold))

    def _settle(self, step: Settle) -> Posted | None:
        self.now += step.pause
        if not self.posted:
            return None
        original = self.posted[step.which % len(self.posted)]
        transactions = self.shop.transactions
        if step.percent is None:
            return self._kept(transactions.release(original.id))
        held = sum(
            entry.quantity
            for entry in original.transaction.entries
            if entry.kind is EntryKind.HOLD
        )
        amount = self._amount(self.rules.unit, max(1, held * step.percent // 100))
        return self._kept(transactions.capture(original.id, amount))

    def _amount(self, unit: Unit, n: int) -> Decimal:
        """Smallest units as a caller gives them."""
        return from_units(n, self.rules.scales(self.shop.program.currency)[unit])

    def _kept(self, posted: Posted) -> Posted:
        if not posted.replayed:
            self.posted.append(posted)
        return posted
