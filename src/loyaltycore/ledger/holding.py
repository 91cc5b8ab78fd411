"""
A card's state: totals per unit and the lots in question.

A holding is what a decision sees.  It carries all totals but only those lots that were
loaded, soonest first; ``complete`` names the units of which it has every open lot.

``evolve`` is the one place that says what an entry does to totals and lots.  It never
refuses.  ``fold`` over all transactions of a card gives what the store holds; that is
the law that ``verify()`` proves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.ledger.lots import Lot
from loyaltycore.ledger.transactions import EntryKind, Transaction, Unit


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from loyaltycore.ledger.transactions import Entry

__all__ = ["Holding", "Total", "evolve", "fold"]

_SPENT = frozenset({EntryKind.REDEEM, EntryKind.RESTORE})


@attrs.frozen
class Total:
    """
    One unit of a card, in smallest units.

    Attributes:
        remaining: in open lots.
        debt: owed by the customer; the next units repay it.
        earned: in all lots at their opening; nothing takes away from it.
        spent: redeemed, less what was given back.
        expired: in all.
        peak: the highest balance there ever was.
        by_rule: what remains, by the rule that made it; without the rule "".
    """

    remaining: int = 0
    debt: int = 0
    earned: int = 0
    spent: int = 0
    expired: int = 0
    peak: int = 0
    by_rule: Mapping[str, int] = attrs.field(factory=dict[str, int])

    @property
    def balance(self) -> int:
        """Units that can be redeemed; negative in debt."""
        return self.remaining - self.debt


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
    """

    version: int = 0
    digest: str = ""
    last_at: datetime
    next_lot: int = 1
    totals: Mapping[Unit, Total] = attrs.field(factory=dict[Unit, Total])
    lots: Mapping[int, Lot] = attrs.field(factory=dict[int, Lot])
    complete: frozenset[Unit] = frozenset()

    def balance(self, unit: Unit) -> int:
        """Units that can be redeemed; negative in debt."""
        return self.totals.get(unit, NOTHING).balance

    def total(self, unit: Unit) -> Total:
        """All figures of one unit, zeros when there was never any."""
        return self.totals.get(unit, NOTHING)


def evolve(totals: dict[Unit, Total], lots: dict[int, Lot], entry: Entry) -> None:
    """
    Do to *totals* and *lots* what the entry says.

    Every lot that the entry takes from has to be among *lots*.  What the lots do not
    cover becomes debt: amount = change of remaining - change of debt.
    """
    unit, amount = entry.unit, entry.amount
    total = totals.get(unit, NOTHING)
    by_rule = total.by_rule
    moved = 0
    if entry.lot is not None:
        assert entry.earned_at is not None, "an entry that opens a lot dates it"
        lots[entry.lot] = Lot(
            entry.lot,
            unit,
            entry.rule,
            amount,
            amount,
            0,
            entry.earned_at,
            entry.expires_at,
        )
        moved = amount
        if entry.rule:
            by_rule = {**by_rule, entry.rule: by_rule.get(entry.rule, 0) + amount}
    for number, taken in entry.takes:
        lot = lots[number]
        expired = lot.expired + taken if entry.kind is EntryKind.EXPIRE else lot.expired
        lots[number] = attrs.evolve(
            lot, remaining=lot.remaining - taken, expired=expired
        )
        moved -= taken
        if lot.rule:
            by_rule = {**by_rule, lot.rule: by_rule.get(lot.rule, 0) - taken}
    remaining = total.remaining + moved
    debt = total.debt + moved - amount
    totals[unit] = Total(
        remaining,
        debt,
        total.earned + (amount if entry.lot is not None else 0),
        total.spent - (amount if entry.kind in _SPENT else 0),
        total.expired - (amount if entry.kind is EntryKind.EXPIRE else 0),
        max(total.peak, remaining - debt),
        by_rule,
    )


def fold(opened_at: datetime, transactions: Iterable[Transaction]) -> Holding:
    """
    Rebuild a card's holding, with every lot it ever had, from its transactions.

    Args:
        opened_at: when the card was issued.
        transactions: in order of version.
    """
    totals: dict[Unit, Total] = {}
    lots: dict[int, Lot] = {}
    version, last_at = 0, opened_at
    for transaction in transactions:
        for entry in transaction.entries:
            evolve(totals, lots, entry)
        version, last_at = transaction.version, transaction.recorded_at
    return Holding(
        version=version,
        last_at=last_at,
        next_lot=len(lots) + 1,
        totals=totals,
        lots=lots,
        complete=frozenset(Unit),
    )
