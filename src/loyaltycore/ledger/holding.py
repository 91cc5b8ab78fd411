"""
A card's state: totals per unit, the lots in question, and what it remembers.

A holding is what a decision sees.  It carries all totals but only those lots that were
loaded, soonest first; ``complete`` names the units of which it has every open lot.

``evolve`` is the one place that says what an entry does to totals and lots, and
``close`` what the end of a transaction does.  They never refuse.  ``fold`` over all
transactions of a card gives what the store holds; that is the law that ``verify()``
proves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.ledger.lots import Lot, LotState
from loyaltycore.ledger.transactions import (
    EntryKind,
    Transaction,
    TransactionKind,
    Unit,
)


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from loyaltycore.ledger.transactions import Entry, Facts

__all__ = ["Holding", "Total", "close", "evolve", "fold", "remember"]


@attrs.frozen
class Total:
    """
    One unit of a card, in smallest units.

    Attributes:
        remaining: in lots, pending ones too, held ones not.
        debt: owed by the customer; the next units repay it.
        earned: in all, once they counted; nothing takes away from it.
        spent: redeemed or captured, less what was given back.
        expired: in all, of what counted.
        peak: the highest balance there ever was behind a transaction.
        recent_peak: the highest balance since units last expired.
        by_rule: what remains and counts, by the rule that made it, without the rule ""
            and those of which nothing does.
        pending: of *remaining*, what does not count yet.
        held: reserved, on top of *remaining*.
        deadline: when all sliding lots end.
        last_fall: (recent peak before that expiry, its moment).
    """

    remaining: int = 0
    debt: int = 0
    earned: int = 0
    spent: int = 0
    expired: int = 0
    peak: int = 0
    recent_peak: int = 0
    by_rule: Mapping[str, int] = attrs.field(factory=dict[str, int])
    pending: int = 0
    held: int = 0
    deadline: datetime | None = None
    last_fall: tuple[int, datetime] | None = None

    @property
    def balance(self) -> int:
        """Units that can be redeemed; negative in debt."""
        return self.remaining - self.pending - self.debt

    def with_peaks(
        self, peak: int, recent_peak: int, last_fall: tuple[int, datetime] | None
    ) -> Total:
        """Return the same figures with other peaks."""
        # A third of the time that ``attrs.evolve`` takes, in every posting.
        return Total(
            self.remaining,
            self.debt,
            self.earned,
            self.spent,
            self.expired,
            peak,
            recent_peak,
            self.by_rule,
            self.pending,
            self.held,
            self.deadline,
            last_fall,
        )


NOTHING = Total()


@attrs.frozen(kw_only=True)
class Holding:
    """
    A card at a version.

    Attributes:
        digest: of the card's last transaction, which the next one chains to.
        last_at: when the card last changed; no decision is earlier.
        next_lot: the number that the next new lot gets.
        lots: loaded ones by number.
        complete: units of which every open lot is loaded.
        loaded_to: of the other units, the ``soonest`` key of the last open lot in line
            up to which none is left out.
        state: what the card remembers beside units, such as a plan, by name.
    """

    version: int = 0
    digest: str = ""
    last_at: datetime
    next_lot: int = 1
    totals: Mapping[Unit, Total] = attrs.field(factory=dict[Unit, Total])
    lots: Mapping[int, Lot] = attrs.field(factory=dict[int, Lot])
    complete: frozenset[Unit] = frozenset()
    loaded_to: Mapping[Unit, tuple[datetime, datetime, int]] = attrs.field(
        factory=dict[Unit, "tuple[datetime, datetime, int]"]
    )
    state: Facts = attrs.field(factory=dict[str, Any])

    def balance(self, unit: Unit) -> int:
        """Units that can be redeemed; negative in debt."""
        return self.totals.get(unit, NOTHING).balance

    def total(self, unit: Unit) -> Total:
        """All figures of one unit, zeros when there was never any."""
        return self.totals.get(unit, NOTHING)


def evolve(
    totals: dict[Unit, Total], lots: dict[int, Lot], entry: Entry, version: int
) -> None:
    """
    Do to *totals* and *lots* what the entry says.

    Every lot that the entry takes from has to be among *lots*.  What the lots do not
    cover becomes debt: amount = change of what remains and counts - change of debt.

    Args:
        version: of the transaction.
    """
    total = totals.get(entry.unit, NOTHING)
    moves = _Moves(total)
    if entry.lot is not None:
        moves.open(lots, _new_lot(entry, version))
    if entry.hold is not None:
        settled = sum(abs(taken) for _, taken in entry.takes)
        lots[entry.hold] = lots[entry.hold].less(settled)
        moves.held -= settled
    if entry.kind is EntryKind.ACTIVATE:
        moves.activate(lots, entry)
    elif entry.kind is not EntryKind.CAPTURE:  # which left its lots when it was held
        moves.take(lots, entry)
    grown = moves.remaining - moves.pending - total.remaining + total.pending
    totals[entry.unit] = Total(
        moves.remaining,
        total.debt + grown - entry.amount,
        total.earned + entry.earned,
        total.spent + entry.spent,
        total.expired - (entry.amount if entry.kind is EntryKind.EXPIRE else 0),
        total.peak,
        total.recent_peak,
        moves.by_rule,
        moves.pending,
        moves.held,
        total.deadline if entry.deadline is None else entry.deadline,
        total.last_fall,
    )


class _Moves:
    """What an entry does to the units in lots, as it does it."""

    def __init__(self, total: Total) -> None:
        self.remaining = total.remaining
        self.pending = total.pending
        self.held = total.held
        self.by_rule = total.by_rule

    def open(self, lots: dict[int, Lot], lot: Lot) -> None:
        """A new lot comes in."""
        lots[lot.number] = lot
        if lot.state is LotState.HELD:
            self.held += lot.amount
            return
        self.remaining += lot.amount
        if lot.state is LotState.PENDING:
            self.pending += lot.amount
        else:
            self._count(lot.rule, lot.amount)

    def activate(self, lots: dict[int, Lot], entry: Entry) -> None:
        """Lots that waited begin to count."""
        for number, moved in entry.takes:
            lot = lots[number] = lots[number].opened()
            self.pending -= moved
            self._count(lot.rule, moved)

    def take(self, lots: dict[int, Lot], entry: Entry) -> None:
        """Units leave their lots, or come back to them."""
        is_expiry = entry.kind is EntryKind.EXPIRE
        for number, taken in entry.takes:
            lot = lots[number]
            lots[number] = lot.less(taken, expired=taken if is_expiry else 0)
            self.remaining -= taken
            if lot.state is LotState.PENDING:
                self.pending -= taken
            else:
                self._count(lot.rule, -taken)

    def _count(self, rule: str, amount: int) -> None:
        if not rule:
            return
        by_rule = dict(self.by_rule)
        left = by_rule.pop(rule, 0) + amount
        if left:
            by_rule[rule] = left
        self.by_rule = by_rule


def close(
    totals: dict[Unit, Total],
    kind: TransactionKind,
    occurred_at: datetime,
    entries: Sequence[Entry],
) -> None:
    """Note the peaks and falls of the units that a whole transaction has changed."""
    for unit in {entry.unit for entry in entries}:
        total = totals[unit]
        balance = total.balance
        if kind is TransactionKind.EXPIRE and balance < total.recent_peak:
            fall = (total.recent_peak, occurred_at)
            totals[unit] = total.with_peaks(total.peak, balance, fall)
        elif balance > total.recent_peak:
            peak = max(balance, total.peak)
            totals[unit] = total.with_peaks(peak, balance, total.last_fall)


def remember(state: Facts, changes: Facts) -> Facts:
    """What a card remembers after a transaction; None forgets."""
    if not changes:
        return state
    both = {**state, **changes}
    return {name: value for name, value in both.items() if value is not None}


def fold(opened_at: datetime, transactions: Iterable[Transaction]) -> Holding:
    """
    Rebuild a card's holding, with every lot it ever had, from its transactions.

    Args:
        opened_at: when the card was issued.
        transactions: in order of version.
    """
    totals: dict[Unit, Total] = {}
    lots: dict[int, Lot] = {}
    state: Facts = {}
    version, last_at = 0, opened_at
    for each in transactions:
        version, last_at = each.version, each.recorded_at
        for entry in each.entries:
            evolve(totals, lots, entry, version)
        close(totals, each.kind, each.occurred_at, each.entries)
        state = remember(state, each.state)
    return Holding(
        version=version,
        last_at=last_at,
        next_lot=len(lots) + 1,
        totals=totals,
        lots=lots,
        complete=frozenset(Unit),
        state=state,
    )


def _new_lot(entry: Entry, version: int) -> Lot:
    assert entry.lot is not None, "an entry that opens a lot numbers it"
    assert entry.earned_at is not None, "an entry that opens a lot dates it"
    state, slides = LotState.OPEN, entry.deadline is not None
    amount = entry.amount
    if entry.kind is EntryKind.HOLD:
        state, slides, amount = LotState.HELD, False, -entry.amount
    elif entry.pending:
        state, amount = LotState.PENDING, entry.pending
    return Lot(
        entry.lot,
        entry.unit,
        entry.rule,
        amount,
        amount,
        0,
        entry.earned_at,
        entry.expires_at,
        entry.available_from,
        slides,
        state,
        version,
    )
