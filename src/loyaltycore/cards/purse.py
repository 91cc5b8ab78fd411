"""
What a card of any type does with its units: date, credit, take and show them.

A card type is a purse with rules.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import InsufficientBalance, Refusal
from loyaltycore.ledger.transactions import EntryKind, TransactionKind
from loyaltycore.values.expiry import (
    ExpiryPolicy,
    Immediate,
    Never,
    PendingPolicy,
)
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.decision import Outcome, Till
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Unit

__all__ = ["Purse"]

_NEVER = Never()
_IMMEDIATE = Immediate()


@attrs.frozen(kw_only=True)
class Purse(ABC):
    """Units of some kinds, each with its decimals and its dates."""

    @abstractmethod
    def scales(self, currency: str) -> Mapping[Unit, int]:
        """
        Decimals of every unit that the type uses.

        They never change for a template: amounts in the ledger are whole numbers of
        the smallest unit.
        """

    @abstractmethod
    def till(self, draft: Draft) -> Till:
        """Say what the till shows for the draft's balances."""

    def expiry_of(
        self,
        unit: Unit,  # noqa: ARG002 - for overriding
        draft: Draft,  # noqa: ARG002 - for overriding
    ) -> ExpiryPolicy:
        """Say when units that are earned now stop counting; never, by default."""
        return _NEVER

    def pending_of(
        self,
        unit: Unit,  # noqa: ARG002 - for overriding
    ) -> PendingPolicy:
        """Say from when on units that are earned now count; at once, by default."""
        return _IMMEDIATE

    def credit(
        self,
        draft: Draft,
        unit: Unit,
        amount: int,
        *,
        kind: EntryKind = EntryKind.EARN,
        rule: str = "",
    ) -> None:
        """Add units as the type's own policies date them; nothing happens for 0."""
        draft.credit(
            unit,
            amount,
            kind=kind,
            rule=rule,
            expiry=self.expiry_of(unit, draft),
            pending=self.pending_of(unit),
        )

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
        slides = self.expiry_of(unit, draft)
        draft.debit(unit, amount, kind=kind, rule=rule, slides=slides)
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
