"""
What a decision is given beside the card, and what it returns.

A decision is pure.  When it needs to see something that was not loaded, it raises
``Missing``; the caller loads that and asks again.  So an earning reads no lots at all,
and a redemption reads as many as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import attrs

from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import (
        Entry,
        Facts,
    )
    from loyaltycore.program.program import CustomerFacts, Program

__all__ = [
    "Context",
    "Counters",
    "Effect",
    "IssueCard",
    "LastEarning",
    "Missing",
    "MoreLots",
    "Need",
    "OpenedBy",
    "Outcome",
    "PostOn",
    "Repriced",
    "Scope",
    "Slides",
    "TheseLots",
    "Till",
    "counter_of",
]

#: Smallest units by unit; or by unit and rule, where its entries stand under rules.
Repriced: TypeAlias = Mapping[Unit, int | Mapping[str, int]]


@attrs.frozen
class MoreLots:
    """Further open lots of a unit, soonest first."""

    unit: Unit


@attrs.frozen
class TheseLots:
    """Lots by number."""

    numbers: tuple[int, ...]


@attrs.frozen
class Counters:
    """Counters by name."""

    names: tuple[str, ...]


@attrs.frozen
class LastEarning:
    """When the card last had a transaction that earns, voided ones apart."""

    kind: TransactionKind = TransactionKind.EARN


@attrs.frozen
class Slides:
    """The deadlines that activities have set, other than those of one transaction."""

    without: str


@attrs.frozen
class OpenedBy:
    """The numbers of the lots that a transaction of the card has opened."""

    transaction_id: str


Need: TypeAlias = MoreLots | TheseLots | Counters | LastEarning | Slides | OpenedBy


class Missing(Exception):
    """
    What a decision has to see before it can be taken.

    Attributes:
        need: what to load.
    """

    def __init__(self, need: Need) -> None:
        super().__init__(need)
        self.need = need


class Scope(StrEnum):
    """
    What a counter counts for.

    ``card``: this card.  ``holder``: all cards of the template that the customer has.
    ``template``: all cards of the template.
    """

    CARD = "card"
    HOLDER = "holder"
    TEMPLATE = "template"


@lru_cache(maxsize=1024)
def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    """A decision asks for the day of one moment again and again."""
    return local_day(moment, zone)


@attrs.frozen(kw_only=True)
class Context:
    """
    Everything a decision may know beside the holding.

    Attributes:
        at: the moment of decision; what is due by then has been posted.
        occurred_at: when it happened, not after *at*; it prices.
        issued_at: when the card was issued.
        location_id: where it happens, if that was said.
        counters: loaded counters by name, as they are stored.
        counted: what decisions before this one, in the same write, add to counters.
        last_earnings: by kind, when the card last earned, once that was asked for.
        slides: by unit, the latest deadline of other activities, once asked for.
        opened: lots by the transaction that opened them, once asked for.
        knows: for which needs the answer was loaded.
    """

    program: Program
    at: datetime
    occurred_at: datetime
    customer: CustomerFacts
    issued_at: datetime
    location_id: str | None = None
    counters: Mapping[str, int] = attrs.field(factory=dict[str, int])
    counted: Mapping[str, int] = attrs.field(factory=dict[str, int])
    last_earnings: Mapping[TransactionKind, datetime | None] = attrs.field(
        factory=dict[TransactionKind, "datetime | None"]
    )
    slides: Mapping[Unit, datetime] = attrs.field(factory=dict[Unit, "datetime"])
    opened: Mapping[str, tuple[int, ...]] = attrs.field(
        factory=dict[str, "tuple[int, ...]"]
    )
    knows: frozenset[Need] = frozenset()

    @property
    def currency(self) -> str:
        """The program's currency."""
        return self.program.currency

    @property
    def zone(self) -> ZoneInfo:
        """The program's zone."""
        return self.program.zone

    @property
    def local_day(self) -> date:
        """The day of ``occurred_at`` in the program's zone."""
        return _day_of(self.occurred_at, self.program.zone)

    def used(self, *counters: str) -> int:
        """
        How much of some counters is used up, in all.

        Raises:
            Missing: one was not loaded yet.
        """
        self.see(counters)
        used = 0
        for name in counters:
            used += self.counters[name] + self.counted.get(name, 0)
        return used

    def see(self, counters: Iterable[str]) -> None:
        """
        See to it that counters are loaded.

        Raises:
            Missing: some were not, which it names all at once.
        """
        missing = [name for name in counters if name not in self.counters]
        if missing:
            raise Missing(Counters(tuple(missing)))

    def behind(self, outcome: Outcome) -> Context:
        """The same context for what is decided on top of an outcome not written yet."""
        if not outcome.counters:
            return self
        counted = dict(self.counted)
        for name, (n, _) in outcome.counters.items():
            counted[name] = counted.get(name, 0) + n
        return attrs.evolve(self, counted=counted)

    def earned_last(
        self, kind: TransactionKind = TransactionKind.EARN
    ) -> datetime | None:
        """
        When the card last earned by rule; None for never.

        Args:
            kind: of the transactions that earn; on a pass they are redemptions.

        Raises:
            Missing: it was not loaded yet.
        """
        if kind not in self.last_earnings:
            raise Missing(LastEarning(kind))
        return self.last_earnings[kind]

    def slid_to(self, unit: Unit, *, without: str) -> datetime | None:
        """
        The latest deadline of a unit that other activities have set; None for none.

        Args:
            without: the transaction whose own activity does not count.

        Raises:
            Missing: it was not loaded yet.
        """
        self._ask(Slides(without))
        return self.slides.get(unit)

    def opened_by(self, transaction_id: str) -> tuple[int, ...]:
        """
        The lots that a transaction of the card has opened; none where it is not its.

        Raises:
            Missing: it was not loaded yet.
        """
        self._ask(OpenedBy(transaction_id))
        return self.opened[transaction_id]

    def _ask(self, need: Need) -> None:
        if need not in self.knows:
            raise Missing(need)


def counter_of(scope: Scope, name: str) -> str:
    """The name under which a decision counts in a scope; a plain one is the card's."""
    return f"{scope}:{name}"


@attrs.frozen
class IssueCard:
    """
    A card of another template for the same customer, and what is done with it.

    Attributes:
        command: posted on the new card at once; None issues it only.
    """

    template_id: str
    command: object | None = None


@attrs.frozen
class PostOn:
    """A command on the customer's newest card of a template, or on a new one."""

    template_id: str
    command: object


Effect: TypeAlias = IssueCard | PostOn


@attrs.frozen(kw_only=True)
class Till:
    """
    What the till shows after a transaction, and ``str()`` of it in one line.

    Attributes:
        text: one line for the cashier.
        balances: smallest units by unit.
        progress: (have, needed) towards the next reward.
        tier: its name.
        to_next_tier: minor units of spend that are missing.
        rewards: (reward, how many) that can be claimed.
        discount: minor units off this order.
        pay: minor units left to pay of this order.
        by_line: minor units off each line of this order, where it had lines.
        pay_out: minor units that are handed to the customer.
        status: what the card's type says of its condition, such as ``spent``.
    """

    text: str
    balances: Mapping[Unit, int]
    progress: tuple[int, int] | None = None
    tier: str | None = None
    to_next_tier: int | None = None
    rewards: tuple[tuple[str, int], ...] = ()
    discount: int | None = None
    pay: int | None = None
    pay_out: int | None = None
    status: str | None = None
    by_line: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.text

    def with_order(
        self, text: str, *, discount: int, pay: int, by_line: tuple[int, ...]
    ) -> Till:
        """Return the same with what came off an order and is left to pay of it."""
        # A third of the time that ``attrs.evolve`` takes.
        return Till(
            text=text,
            balances=self.balances,
            progress=self.progress,
            tier=self.tier,
            to_next_tier=self.to_next_tier,
            rewards=self.rewards,
            discount=discount,
            pay=pay,
            pay_out=self.pay_out,
            status=self.status,
            by_line=by_line,
        )

    def facts(self) -> Facts:
        """As JSON data, without what is not shown."""
        facts: dict[str, object] = {"text": self.text, "balances": self.balances}
        for name in _OPTIONAL:
            value = getattr(self, name)
            if value is not None:
                facts[name] = value
        if self.progress is not None:
            facts["progress"] = list(self.progress)
        if self.rewards:
            facts["rewards"] = [list(reward) for reward in self.rewards]
        if self.by_line:
            facts["by_line"] = list(self.by_line)
        return facts

    @classmethod
    def of(cls, facts: Facts) -> Till:
        """The opposite of ``facts``, also after a way through JSON."""
        progress = facts.get("progress")
        return cls(
            text=facts["text"],
            balances={Unit(unit): n for unit, n in facts["balances"].items()},
            progress=tuple(progress) if progress else None,
            rewards=tuple((name, n) for name, n in facts.get("rewards", ())),
            by_line=tuple(facts.get("by_line", ())),
            **{name: facts.get(name) for name in _OPTIONAL},
        )


_OPTIONAL = ("tier", "to_next_tier", "discount", "pay", "pay_out", "status")


@attrs.frozen(kw_only=True)
class Outcome:
    """
    What a decision came to; nothing of it has happened yet.

    Attributes:
        after: the holding behind the entries, its digest still the one before.
        touched: lots that are new or other than before, by number.
        counters: what is added to counters, with the limit that may not be passed.
        state: what the card remembers from now on; None forgets.
        effects: what follows on other cards, in the same write.
    """

    kind: TransactionKind
    entries: tuple[Entry, ...]
    after: Holding
    touched: frozenset[int]
    till: Till
    purchase_amount: int | None = None
    pinned: Facts = attrs.field(factory=dict[str, object])
    counters: Mapping[str, tuple[int, int | None]] = attrs.field(
        factory=dict[str, tuple[int, "int | None"]]
    )
    state: Facts = attrs.field(factory=dict[str, object])
    effects: tuple[Effect, ...] = ()
