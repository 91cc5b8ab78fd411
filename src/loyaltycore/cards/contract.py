"""
What a card type is.

A card type is a frozen value: its fields are the configuration, its methods the rules.
It says how much, when it is allowed and what it turns into; lots, expiry, refunds and
proof are the ledger's.  It may not add an entry kind, a table or a store method.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import attrs

from loyaltycore.cards.settings import member_of
from loyaltycore.errors import InsufficientBalance, Refusal
from loyaltycore.ledger.shortfall import Shortfall
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import EntryKind, Transaction, Unit

__all__ = ["CardType"]

CommandT = TypeVar("CommandT")


@attrs.frozen(kw_only=True)
class CardType(ABC, Generic[CommandT]):
    """
    The rules of one kind of card.

    Attributes:
        kind: the tag under which templates of this type are stored; lower case.
        commands: the classes of the closed union that ``decide`` takes.
        shortfall: what happens when units to be taken back are gone.
    """

    kind: ClassVar[str]
    commands: ClassVar[tuple[type, ...]]

    shortfall: Shortfall = attrs.field(
        default=Shortfall.CLAMP, validator=member_of(Shortfall)
    )

    @abstractmethod
    def scales(self, currency: str) -> Mapping[Unit, int]:
        """
        Decimals of every unit that the type uses.

        They never change for a template: amounts in the ledger are whole numbers of
        the smallest unit.
        """

    def check(self, currency: str) -> None:
        """
        Refuse rules that the currency cannot hold; called when a template is made.

        Raises:
            InvalidInput: such as a threshold of half a cent.
        """
        self.scales(currency)

    @abstractmethod
    def decide(
        self, holding: Holding, command: CommandT, context: Context
    ) -> Outcome | Refusal:
        """
        Say what the command does to the card, or why it may not.

        Pure: the same arguments give the same answer.  Entries are written through a
        ``Draft``.

        Raises:
            InvalidInput: the command itself is malformed.
            Missing: something has to be loaded first; the draft raises it.
        """

    @abstractmethod
    def till(self, draft: Draft) -> Till:
        """Say what the till shows for the draft's balances."""

    def reprice(
        self,
        transaction: Transaction,  # noqa: ARG002 - for overriding
        net: int,  # noqa: ARG002 - for overriding
    ) -> Repriced:
        """
        Units that a purchase would have earned on *net* minor units.

        Only units computed from the purchase amount are named, with the rates that the
        transaction pinned; where only some rules of a unit are meant, by rule.  By
        default none are: what staff entered by hand stays.  What units were converted
        into is not named, it is turned back where they are missing.
        """
        return {}

    def settle(self, draft: Draft) -> Till:
        """Do what the rules do by themselves after a void or refund."""
        return self.till(draft)

    def take(
        self,
        draft: Draft,
        unit: Unit,
        amount: int,
        kind: EntryKind,
        *,
        rule: str | None = None,
    ) -> Outcome | Refusal:
        """
        Redeem units, or take them away by hand; never more than there are.

        Args:
            amount: smallest units, not below 0.
            kind: ``redeem`` or ``adjust``.
            rule: only units that this rule made.
        """
        total = draft.total(unit)
        available = total.balance
        if rule is not None:
            available = min(available, total.by_rule.get(rule, 0))
        if amount > available:
            return self.insufficient(draft, unit, available, amount)
        draft.debit(unit, amount, kind=kind, rule=rule)
        return draft.outcome(TransactionKind(kind), self.till(draft))

    def insufficient(
        self, draft: Draft, unit: Unit, available: int, asked: int
    ) -> InsufficientBalance:
        """Say that fewer units are there than were asked for."""
        currency = draft.context.currency
        return InsufficientBalance(
            unit=f"{unit}s",
            available=self.shown(unit, available, currency),
            asked=self.shown(unit, asked, currency),
        )

    def balances(self, draft: Draft) -> dict[Unit, int]:
        """The balance of every unit that the type uses, for the till."""
        scales = self.scales(draft.context.currency)
        return {unit: draft.balance(unit) for unit in scales}

    def shown(self, unit: Unit, units: int, currency: str) -> str:
        """A quantity as people read it: 149 smallest points of scale 2 are 1.49."""
        return str(from_units(units, self.scales(currency)[unit]))
