"""
What each manager did in some days.

Owns what the numbers mean; where the sums come from is a service's affair.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.insight.days import shown
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from decimal import Decimal

    from loyaltycore.ledger.transactions import Entry, Unit
    from loyaltycore.values.money import Money

__all__ = ["Flow", "Flows", "Kind", "ManagerStatistics", "manager_statistics"]

_BACK = frozenset({TransactionKind.VOID, TransactionKind.REFUND, TransactionKind.AMEND})


@attrs.frozen
class Flow:
    """
    Units of one sort, net of what was taken back.

    Attributes:
        added: came onto cards; taken: went off them.
    """

    added: Decimal
    taken: Decimal


class Flows:
    """
    Units of all sorts, transaction by transaction.

    What is taken back is taken off the side on which it was counted.
    """

    def __init__(self) -> None:
        self._added: Counter[Unit] = Counter()
        self._taken: Counter[Unit] = Counter()
        self._scales: dict[Unit, int] = {}

    def add(
        self,
        kind: TransactionKind,
        entries: Iterable[Entry],
        scales: Mapping[Unit, int],
    ) -> None:
        """Add what a transaction puts onto its card and takes off it."""
        for entry in entries:
            unit = entry.unit
            is_up = entry.amount > 0
            if kind in _BACK:
                is_up = not is_up or kind is TransactionKind.AMEND
            side, sign = (self._added, 1) if is_up else (self._taken, -1)
            finest = 10 ** (POINT_SCALE - scales[unit])
            side[unit] += sign * entry.amount * finest
            self._scales[unit] = max(scales[unit], self._scales.get(unit, 0))

    def sums(self) -> dict[str, Flow]:
        """All of it, by unit, with as many decimals as the finest card counts."""
        return {
            unit: Flow(
                self._number(self._added[unit], scale),
                self._number(self._taken[unit], scale),
            )
            for unit, scale in sorted(self._scales.items())
        }

    @staticmethod
    def _number(n: int, scale: int) -> Decimal:
        return from_units(n // 10 ** (POINT_SCALE - scale), scale)


class Kind(NamedTuple):
    """How many transactions of a kind somebody posted, and when the last happened."""

    actor_id: str | None
    kind: TransactionKind
    n: int
    last: datetime


@attrs.frozen(kw_only=True)
class ManagerStatistics:
    """
    What one manager did; a void is taken off on the day of the void.

    A void, a refund or an amendment changes the figures of whoever posted what it takes
    back; only *voids*, *amends*, *by_kind* and *last_transaction_at* are of whoever
    asked for it.

    Attributes:
        manager_id: or whatever was named as the actor; None where nobody was.
        new_customers: registered.
        customers: different ones on whose cards something was posted that takes
            nothing back; one who was voided later is among them.
        transactions: less voided ones, without imported ones.
        by_kind: how many of each kind were posted, voids and refunds among them.
        purchases: less those that were voided or refunded in full.
        revenue: of the purchases, less what was voided and refunded; None where the
            manager who asks may not see it.
        redemptions: less voided ones.
        voids, amends: how many they asked for.
        units: by sort, such as ``"point"``, if that was asked for.
        last_transaction_at: when the last one happened, of whatever kind.
    """

    manager_id: str | None
    new_customers: int
    customers: int
    transactions: int
    by_kind: Mapping[TransactionKind, int]
    purchases: int
    revenue: Money | None
    redemptions: int
    voids: int
    amends: int
    points_earned: Decimal
    points_redeemed: Decimal
    units: Mapping[str, Flow] | None = None
    last_transaction_at: datetime | None = None


def manager_statistics(
    sums: Iterable[Mapping[str, object]],
    kinds: Iterable[Kind],
    customers: Mapping[str | None, int],
    units: Mapping[str | None, Flows] | None,
    currency: str | None,
) -> tuple[ManagerStatistics, ...]:
    """
    Put the statistics together, one for each manager who did anything, by id.

    Args:
        sums: of day figures, each with its ``actor_id``; empty text is nobody.
        customers: how many, by who posted on their cards.
        units: None where nobody asked for them.
        currency: of the money; None leaves the revenue out.
    """
    by_actor: dict[str | None, Counter[str]] = {}
    for row in sums:
        actor = str(row["actor_id"]) or None
        numbers = {name: n for name, n in row.items() if isinstance(n, int)}
        if any(numbers.values()):
            by_actor[actor] = Counter(numbers)
    posted: dict[str | None, dict[TransactionKind, int]] = {}
    last: dict[str | None, datetime] = {}
    for actor, kind, n, moment in kinds:
        posted.setdefault(actor, {})[kind] = n
        last[actor] = max(moment, last.get(actor, moment))
    everybody = {*by_actor, *posted, *(units or {})}
    return tuple(
        _statistics(
            actor,
            by_actor.get(actor, Counter()),
            currency,
            customers=customers.get(actor, 0),
            by_kind=posted.get(actor, {}),
            units=None if units is None else units.get(actor, Flows()).sums(),
            last_transaction_at=last.get(actor),
        )
        for actor in sorted(everybody, key=lambda each: each or "")
    )


def _statistics(
    actor: str | None, sums: Counter[str], currency: str | None, **others: Any
) -> ManagerStatistics:
    return ManagerStatistics(manager_id=actor, **shown(sums, currency), **others)
