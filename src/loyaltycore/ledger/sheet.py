"""
What a transaction in the making is written on: a copy of the holding, and its entries.

Owns the copy, the counters and what closes a transaction; the moves of units are in
``draft``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.ledger.decision import Missing, Outcome, TheseLots
from loyaltycore.ledger.holding import NOTHING, Holding, close, evolve, remember
from loyaltycore.ledger.transactions import Entry


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.ledger.decision import Context, Effect, Till
    from loyaltycore.ledger.holding import Total
    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.transactions import (
        EntryKind,
        Facts,
        Transaction,
        TransactionKind,
        Unit,
    )

__all__ = ["Sheet"]


class Sheet:
    """
    A copy of a holding that entries are written on.

    Attributes:
        pinned: what prices the transaction, by name.
        state: what the card remembers from now on, by name; None forgets.
        effects: what follows on other cards.
    """

    def __init__(self, holding: Holding, context: Context) -> None:
        self.holding = holding
        self.context = context
        self.entries: list[Entry] = []
        self.totals = dict(holding.totals)
        self.lots = dict(holding.lots)
        self.next_lot = holding.next_lot
        self.pinned: dict[str, object] = {}
        self.state: dict[str, object] = {}
        self.effects: list[Effect] = []
        self._version = holding.version + 1
        self._counters: dict[str, tuple[int, int | None]] = {}

    # -- what there is ---------------------------------------------------------------

    def total(self, unit: Unit) -> Total:
        """All figures of a unit, as they are by now."""
        return self.totals.get(unit, NOTHING)

    def balance(self, unit: Unit) -> int:
        """Units that can be redeemed by now; negative in debt."""
        return self.total(unit).balance

    def lot(self, number: int) -> Lot:
        """
        One lot by its number.

        Raises:
            Missing: it was not loaded.
        """
        self.require(number)
        return self.lots[number]

    def require(self, *numbers: int) -> None:
        """
        See to it that these lots are loaded.

        Raises:
            Missing: one of them was not.
        """
        missing = tuple(number for number in numbers if number not in self.lots)
        if missing:
            raise Missing(TheseLots(missing))

    def is_gone(self, lot: Lot) -> bool:
        """Has its last moment passed?"""
        at = self.context.at
        if lot.slides:
            deadline = self.total(lot.unit).deadline
            return deadline is not None and deadline <= at
        return lot.is_due(at)

    def came_in(self, unit: Unit) -> bool:
        """Has this transaction opened a lot of the unit?"""
        return any(each.unit is unit and each.lot is not None for each in self.entries)

    def recall(self, name: str) -> object:
        """What the card remembers by now under a name; None for nothing."""
        return self.state[name] if name in self.state else self.holding.state.get(name)

    # -- what is written -------------------------------------------------------------

    def write(self, unit: Unit, kind: EntryKind, amount: int, **fields: object) -> None:
        """Write an entry, and let the copy evolve."""
        balance_after = self.total(unit).balance + amount
        entry = Entry(
            unit=unit,
            kind=kind,
            amount=amount,
            balance_after=balance_after,
            **fields,  # type: ignore[arg-type]
        )
        evolve(self.totals, self.lots, entry, self._version)
        self.entries.append(entry)

    def next_number(self) -> int:
        """Take the number of a new lot."""
        number = self.next_lot
        self.next_lot += 1
        return number

    def count(self, counter: str, n: int, *, at_most: int | None = None) -> None:
        """
        Add to a counter when the transaction is written.

        Args:
            counter: its plain name where it counts for the card; see ``counter_of``.
            at_most: what its sum may not pass.
        """
        before, _ = self._counters.get(counter, (0, None))
        self._counters[counter] = (before + n, at_most)

    def count_back(self, transaction: Transaction) -> None:
        """Give back what another transaction counted, or the hold that it captured."""
        for facts in ("counters", "held_counters"):
            for name, n in transaction.pinned.get(facts, {}).items():
                self.count(name, -n)

    def outcome(
        self,
        kind: TransactionKind,
        till: Till,
        *,
        purchase_amount: int | None = None,
        pinned: Facts | None = None,
    ) -> Outcome:
        """
        Close the draft.

        What was counted is pinned as well, so that a void can give it back.
        """
        facts = {**self.pinned, **(pinned or {})}
        if self._counters:
            facts["counters"] = {name: n for name, (n, _) in self._counters.items()}
        if self.state:
            before = {name: self.holding.state.get(name) for name in self.state}
            facts["state_before"] = before
        close(self.totals, kind, self.context.occurred_at, self.entries)
        after = Holding(
            version=self._version,
            digest=self.holding.digest,
            last_at=self.context.at,
            next_lot=self.next_lot,
            totals=self.totals,
            lots=self.lots,
            complete=self.holding.complete,
            loaded_to=self.holding.loaded_to,
            state=remember(self.holding.state, self.state),
        )
        return Outcome(
            kind=kind,
            entries=tuple(self.entries),
            after=after,
            touched=_touched(self.entries),
            till=till,
            purchase_amount=purchase_amount,
            pinned=facts,
            counters=self._counters,
            state=self.state,
            effects=tuple(self.effects),
        )


def _touched(entries: Iterable[Entry]) -> frozenset[int]:
    touched: set[int] = set()
    for entry in entries:
        if entry.lot is not None:
            touched.add(entry.lot)
        if entry.hold is not None:
            touched.add(entry.hold)
        touched.update(number for number, _ in entry.takes)
    return frozenset(touched)
