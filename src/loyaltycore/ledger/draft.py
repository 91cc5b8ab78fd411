"""
A transaction in the making.

A draft works on a copy of the holding.  Each of its methods writes an entry and evolves
the copy, so what follows in the same transaction sees what went before.  It is the only
place that writes entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.decision import Missing, Outcome
from loyaltycore.ledger.expiry import Never, expires_at
from loyaltycore.ledger.holding import NOTHING, Holding, evolve
from loyaltycore.ledger.lots import soonest
from loyaltycore.ledger.transactions import Entry, EntryKind
from loyaltycore.values.quantity import UNITS_MAX


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.ledger.decision import Context, Till
    from loyaltycore.ledger.expiry import ExpiryPolicy
    from loyaltycore.ledger.holding import Total
    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.transactions import Facts, Takes, TransactionKind, Unit

__all__ = ["Draft"]

_NEVER = Never()


class Draft:
    """One transaction on one card, until ``outcome`` closes it."""

    def __init__(self, holding: Holding, context: Context) -> None:
        self.holding = holding
        self.context = context
        self.entries: list[Entry] = []
        self.totals = dict(holding.totals)
        self.lots = dict(holding.lots)
        self.next_lot = holding.next_lot
        self._counters: dict[str, tuple[int, int | None]] = {}
        self._apart: set[int] = set()

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
        self._apart.update(numbers)
        missing = tuple(number for number in numbers if number not in self.lots)
        if missing:
            raise Missing(lots=missing)

    # -- entries ---------------------------------------------------------------------

    def credit(
        self,
        unit: Unit,
        amount: int,
        *,
        kind: EntryKind = EntryKind.EARN,
        rule: str = "",
        expiry: ExpiryPolicy = _NEVER,
    ) -> None:
        """
        Add units as a new lot; nothing happens for 0.

        Debt is repaid out of it first.  A lot whose time has passed already, because
        the purchase is reported late, expires at once.

        Raises:
            InvalidAmount: below 0, or more than can be counted.
        """
        if amount == 0:
            return
        _check_amount(amount, self.balance(unit))
        earned_at = self.context.occurred_at
        number = self.next_lot
        self.next_lot += 1
        self._write(
            unit,
            kind,
            amount,
            rule=rule,
            lot=number,
            earned_at=earned_at,
            expires_at=expires_at(expiry, earned_at, self.context.zone),
        )
        self._repay(unit, (number,))
        self.expire(self.lots[number])

    def debit(
        self,
        unit: Unit,
        amount: int,
        *,
        kind: EntryKind,
        rule: str | None = None,
        reverses: int | None = None,
    ) -> int:
        """
        Take units out of lots, soonest to expire first, and return how many were found.

        Args:
            kind: any but ``convert``, which is a method of its own.
            rule: only out of lots that this rule made.

        Raises:
            InvalidAmount: below 0.
            Missing: further lots have to be loaded first.
        """
        if kind is EntryKind.CONVERT:
            raise InvalidValue("kind", "convert() also says what it pays for.")
        return self._take(unit, amount, kind, rule, reverses)

    def convert(
        self,
        unit: Unit,
        amount: int,
        *,
        into: Unit,
        n: int,
        rule: str = "",
        expiry: ExpiryPolicy = _NEVER,
    ) -> None:
        """
        Turn units into *n* of another, which come as a new lot: ten stamps, a reward.

        A void turns them back, as far as the others were not used.

        Raises:
            InvalidAmount: there are fewer, or they come to nothing.
            Missing: further lots have to be loaded first.
        """
        if n < 1 or amount < 1 or amount > self.balance(unit):
            there = self.balance(unit)
            message = f"{there} {unit} units are there; {amount} into {n} do not go."
            raise InvalidAmount(message)
        self._take(unit, amount, EntryKind.CONVERT, None, None)
        self.credit(into, n, rule=rule, expiry=expiry)

    def take_from(
        self, lot: Lot, amount: int, *, kind: EntryKind, reverses: int | None = None
    ) -> int:
        """Take up to *amount* units out of one lot and return how many there were."""
        taken = min(amount, lot.remaining)
        if taken:
            takes = ((lot.number, taken),)
            self._write(lot.unit, kind, -taken, takes=takes, reverses=reverses)
        return taken

    def owe(self, unit: Unit, amount: int, *, reverses: int | None = None) -> None:
        """Let the customer owe units that are gone already."""
        self._write(unit, EntryKind.CLAWBACK, -amount, reverses=reverses)

    def forgive(self, unit: Unit, amount: int, *, reverses: int | None = None) -> bool:
        """Let the customer owe so much less; False where not so much is owed."""
        is_owed = amount <= self.total(unit).debt
        if is_owed:
            self._write(unit, EntryKind.ADJUST, amount, reverses=reverses)
        return is_owed

    def put_back(
        self, unit: Unit, takes: Takes, *, kind: EntryKind, reverses: int | None = None
    ) -> None:
        """
        Put units back into the lots they came from, the last one first.

        Units of a lot whose time has passed meanwhile expire at once; out of what is
        left, debt is repaid.
        """
        numbers = tuple(number for number, _ in takes)
        self.require(*numbers)
        back = tuple((number, -taken) for number, taken in reversed(takes))
        amount = sum(taken for _, taken in takes)
        self._write(unit, kind, amount, takes=back, reverses=reverses)
        for number in numbers:
            self.expire(self.lots[number])
        self._repay(unit, numbers)

    def expire(self, lot: Lot) -> None:
        """Expire what remains of a lot, if its time has passed."""
        if lot.remaining and lot.is_due(self.context.at):
            takes = ((lot.number, lot.remaining),)
            self._write(lot.unit, EntryKind.EXPIRE, -lot.remaining, takes=takes)

    def expire_together(self, lots: Iterable[Lot]) -> None:
        """Expire lots that share an instant, one entry a unit."""
        by_unit: dict[Unit, list[Lot]] = {}
        for lot in lots:
            by_unit.setdefault(lot.unit, []).append(lot)
        for unit, due in by_unit.items():
            takes = tuple((lot.number, lot.remaining) for lot in due)
            amount = sum(taken for _, taken in takes)
            self._write(unit, EntryKind.EXPIRE, -amount, takes=takes)

    # -- counters and the end --------------------------------------------------------

    def count(self, counter: str, n: int, *, at_most: int | None = None) -> None:
        """
        Add to a counter when the transaction is written.

        Args:
            at_most: what its sum may not pass.
        """
        before, _ = self._counters.get(counter, (0, None))
        self._counters[counter] = (before + n, at_most)

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
        facts = dict(pinned or {})
        if self._counters:
            facts["counters"] = {name: n for name, (n, _) in self._counters.items()}
        before = self.holding
        after = Holding(
            version=before.version + 1,
            digest=before.digest,
            last_at=self.context.at,
            next_lot=self.next_lot,
            totals=self.totals,
            lots=self.lots,
            complete=before.complete,
        )
        return Outcome(
            kind=kind,
            entries=tuple(self.entries),
            after=after,
            touched=frozenset(_touched(self.entries)),
            till=till,
            purchase_amount=purchase_amount,
            pinned=facts,
            counters=self._counters,
        )

    # -- inside ----------------------------------------------------------------------

    def _take(
        self,
        unit: Unit,
        amount: int,
        kind: EntryKind,
        rule: str | None,
        reverses: int | None,
    ) -> int:
        _check_amount(amount)
        takes = self._soonest_takes(unit, amount, rule)
        found = sum(taken for _, taken in takes)
        if found:
            self._write(unit, kind, -found, takes=takes, reverses=reverses)
        return found

    def _write(
        self, unit: Unit, kind: EntryKind, amount: int, **fields: object
    ) -> None:
        balance_after = self.total(unit).balance + amount
        entry = Entry(
            unit=unit,
            kind=kind,
            amount=amount,
            balance_after=balance_after,
            **fields,  # type: ignore[arg-type]
        )
        evolve(self.totals, self.lots, entry)
        self.entries.append(entry)

    def _repay(self, unit: Unit, numbers: Iterable[int]) -> None:
        """Move units of these lots onto the debt, as far as there is one."""
        debt = self.total(unit).debt
        if not debt:
            return
        takes: list[tuple[int, int]] = []
        for number in numbers:
            repaid = min(debt, self.lots[number].remaining)
            if repaid:
                takes.append((number, repaid))
                debt -= repaid
        if takes:
            self._write(unit, EntryKind.DEBT_REPAID, 0, takes=tuple(takes))

    def _soonest_takes(self, unit: Unit, amount: int, rule: str | None) -> Takes:
        lots, are_all = self._soonest_lots(unit)
        takes: list[tuple[int, int]] = []
        short = amount
        for lot in lots:
            if not short:
                break
            if (rule is None or lot.rule == rule) and not lot.is_due(self.context.at):
                taken = min(short, lot.remaining)
                takes.append((lot.number, taken))
                short -= taken
        if short and not are_all:
            raise Missing(unit=unit)
        return tuple(takes)

    def _soonest_lots(self, unit: Unit) -> tuple[list[Lot], bool]:
        """
        Open lots of a unit in order, none left out between them; and are they all?

        Lots are loaded soonest first, but some are known by number only, or are new.
        Of those, only what is not later than the last one in line is in its place.
        """
        lots = [lot for lot in self.lots.values() if lot.unit is unit and lot.remaining]
        lots.sort(key=soonest)
        if sum(lot.remaining for lot in lots) == self.total(unit).remaining:
            return lots, True
        if unit in self.holding.complete:
            return lots, False
        in_line = (
            soonest(lot)
            for lot in self.holding.lots.values()
            if lot.unit is unit and lot.number not in self._apart
        )
        last = max(in_line, default=None)
        if last is None:
            return [], False
        return [lot for lot in lots if soonest(lot) <= last], False


def _check_amount(amount: int, on_top_of: int = 0) -> None:
    if amount < 0:
        raise InvalidAmount(f"Give a number of units that is not below 0: {amount}.")
    if amount + on_top_of > UNITS_MAX:
        raise InvalidAmount("That is more than a card can hold; give a smaller amount.")


def _touched(entries: Iterable[Entry]) -> Iterable[int]:
    for entry in entries:
        if entry.lot is not None:
            yield entry.lot
        for number, _ in entry.takes:
            yield number
