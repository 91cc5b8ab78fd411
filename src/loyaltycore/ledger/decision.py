"""
What a decision is given beside the card, and what it returns.

A decision is pure.  When it needs to see something that was not loaded, it raises
``Missing``; the caller loads that and asks again.  So an earning reads no lots at all,
and a redemption reads as many as it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import attrs

from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import (
        Entry,
        Facts,
        TransactionKind,
    )
    from loyaltycore.program.program import CustomerFacts, Program

__all__ = ["Context", "Missing", "Outcome", "Repriced", "Till"]

#: Smallest units by unit; or by unit and rule, where its entries stand under rules.
Repriced: TypeAlias = Mapping[Unit, int | Mapping[str, int]]


class Missing(Exception):
    """
    What a decision has to see before it can be taken.

    Attributes:
        unit: further open lots of this unit, soonest first.
        lots: lots by number.
        counter: a counter by name.
    """

    def __init__(
        self,
        *,
        unit: Unit | None = None,
        lots: tuple[int, ...] = (),
        counter: str | None = None,
    ) -> None:
        super().__init__(unit, lots, counter)
        self.unit = unit
        self.lots = lots
        self.counter = counter


@attrs.frozen(kw_only=True)
class Context:
    """
    Everything a decision may know beside the holding.

    Attributes:
        at: the moment of decision; what is due by then has been posted.
        occurred_at: when it happened, not after *at*; it prices.
        counters: loaded counters by name.
    """

    program: Program
    at: datetime
    occurred_at: datetime
    customer: CustomerFacts
    counters: Mapping[str, int] = attrs.field(factory=dict[str, int])

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
        return local_day(self.occurred_at, self.program.zone)

    def used(self, counter: str) -> int:
        """
        How much of a counter is used up.

        Raises:
            Missing: it was not loaded yet.
        """
        try:
            return self.counters[counter]
        except KeyError:
            raise Missing(counter=counter) from None


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
    """

    text: str
    balances: Mapping[Unit, int]
    progress: tuple[int, int] | None = None
    tier: str | None = None
    to_next_tier: int | None = None
    rewards: tuple[tuple[str, int], ...] = ()
    discount: int | None = None
    pay: int | None = None

    def __str__(self) -> str:
        return self.text

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
            **{name: facts.get(name) for name in _OPTIONAL},
        )


_OPTIONAL = ("tier", "to_next_tier", "discount", "pay")


@attrs.frozen(kw_only=True)
class Outcome:
    """
    What a decision came to; nothing of it has happened yet.

    Attributes:
        after: the holding behind the entries, its digest still the one before.
        touched: lots that are new or other than before, by number.
        counters: what is added to counters, with the limit that may not be passed.
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
