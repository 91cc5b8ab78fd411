"""
The proof of one card: its journal, added up again, gives what is stored.

Owns the checks that need nothing but one card's transactions in their order, and the
card as it is stored.  A wrong row is reported once, where it is; what follows is
measured from what is stored there, so that one fault does not look like a thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.insight.reversal_proof import ReversalProof
from loyaltycore.insight.verification import Check
from loyaltycore.ledger.holding import Holding, Total, close, evolve, remember
from loyaltycore.ledger.lots import LotState
from loyaltycore.ledger.sealing import fingerprint, genesis, seal
from loyaltycore.ledger.transactions import EntryKind
from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from loyaltycore.cards.card import Card
    from loyaltycore.insight.verification import Findings
    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.sealing import SealedTransaction
    from loyaltycore.ledger.transactions import Entry, Facts, Transaction, Unit

__all__ = ["CardProof", "StoredLot"]

_RESTORE: Final = "compare it with a backup"
_NOTHING: Final = Total()

# What names lots without taking units that count.
_NOT_TAKING: Final = frozenset({EntryKind.ACTIVATE, EntryKind.CAPTURE})


@attrs.frozen
class StoredLot:
    """A lot as it is stored; *is_open* is what redemptions look for."""

    lot: Lot
    is_open: bool
    due_at: datetime


class CardProof:
    """
    The checks of one card: ``add`` its transactions in order, then ``close``.

    Args:
        card: as it is stored.
        findings: where problems go.
        aliases: who was merged, with whom they turned out to be.
    """

    def __init__(
        self, card: Card, findings: Findings, aliases: Mapping[str, str] | None = None
    ) -> None:
        self._card = card
        self._findings = findings
        self._aliases = aliases or {}
        self._version = 0
        self._digest = genesis(card.id)
        self._last_at = card.issued_at
        self._sums: dict[Unit, int] = {}
        self._totals: dict[Unit, Total] = {}
        self._lots: dict[int, Lot] = {}
        self._reversals = ReversalProof()
        self._state: Facts = {}
        self._till: Facts | None = None
        self._can_fold = True

    # -- the journal -----------------------------------------------------------------

    def add(self, stored: SealedTransaction) -> None:
        """Check the next transaction, as it is stored."""
        transaction = stored.transaction
        self._check_place(transaction)
        self._check_seal(stored)
        for wrong, message in self._reversals.add(transaction):
            if wrong is None:
                self._journal(Check.REVERSAL, transaction, message)
            else:
                self._entry(Check.REVERSAL, transaction, wrong, message)
        opened = len(self._lots)
        for number, entry in enumerate(transaction.entries):
            self._check_balance(transaction, number, entry)
            if self._can_fold and self._is_sound(transaction, number, entry):
                self._check_expiry(transaction, number, entry, opened)
                self._fold(transaction, number, entry)
            else:
                self._can_fold = False
        if self._can_fold:
            close(
                self._totals,
                transaction.kind,
                transaction.occurred_at,
                transaction.entries,
            )
        self._state = remember(self._state, transaction.state)
        self._till = transaction.till

    def skip(self, version: int, digest: str) -> None:
        """Go on behind a transaction that cannot be read."""
        self._version, self._digest = version, digest
        self._can_fold = False
        self._till = None

    def _check_place(self, transaction: Transaction) -> None:
        card, expected = self._card, self._version + 1
        if transaction.version != expected:
            self._journal(
                Check.SEQUENCE,
                transaction,
                f"it follows version {self._version}, so a transaction is missing",
            )
        self._version = transaction.version
        if transaction.recorded_at < self._last_at:
            self._journal(
                Check.SEQUENCE, transaction, "it was recorded before the one before it"
            )
        self._last_at = max(self._last_at, transaction.recorded_at)
        if transaction.occurred_at > transaction.recorded_at:
            self._journal(
                Check.SEQUENCE, transaction, "it occurred after it was recorded"
            )
        for name in ("customer_id", "template_id"):
            theirs, ours = getattr(transaction, name), getattr(card, name)
            if self._aliases.get(theirs, theirs) != ours:
                message = f"its {name} is {theirs}, that of its card {ours}"
                self._journal(Check.REFERENCE, transaction, message)

    def _check_seal(self, stored: SealedTransaction) -> None:
        transaction = stored.transaction
        sealed = seal(self._digest, transaction)
        if sealed.digest != stored.digest:
            self._journal(
                Check.CHAIN,
                transaction,
                "its digest does not fit its content and the transaction before it; "
                "one of them was changed, removed or exchanged",
            )
        elif sealed != stored:
            message = "its JSON is not written as it was sealed"
            self._journal(Check.CHAIN, transaction, message)
        self._digest = stored.digest
        asked = fingerprint(transaction.card_id, transaction.command)
        if asked != transaction.fingerprint:
            message = "its fingerprint is not that of its command"
            self._journal(Check.FINGERPRINT, transaction, message)

    # -- entries ---------------------------------------------------------------------

    def _check_balance(
        self, transaction: Transaction, number: int, entry: Entry
    ) -> None:
        balance = self._sums.get(entry.unit, 0) + entry.amount
        if entry.balance_after != balance:
            message = (
                f"it says that {entry.balance_after} {entry.unit} are there; "
                f"the entries up to here add up to {balance}"
            )
            self._entry(Check.BALANCE, transaction, number, message)
        self._sums[entry.unit] = entry.balance_after

    def _is_sound(self, transaction: Transaction, number: int, entry: Entry) -> bool:
        """Can the entry be folded?  It names lots that are there, or the next one."""
        wrong = None
        if (entry.lot is None) is not (entry.earned_at is None):
            wrong = "it opens a lot without a date, or dates no lot"
        elif entry.lot is not None and entry.lot != len(self._lots) + 1:
            wrong = f"it opens lot {entry.lot}; the next is {len(self._lots) + 1}"
        elif entry.lot is not None and not _opens_rightly(entry):
            wrong = f"it opens lot {entry.lot} with {entry.amount} units"
        elif entry.hold is not None and not self._is_held(entry.hold):
            wrong = f"it settles lot {entry.hold}, which holds nothing"
        else:
            for lot, _ in entry.takes:
                if lot not in self._lots:
                    wrong = f"it takes out of lot {lot}, which was not opened before"
                elif self._lots[lot].unit is not entry.unit:
                    wrong = f"it takes {entry.unit} out of a lot of another unit"
        if wrong:
            self._entry(Check.LOT, transaction, number, wrong)
        return wrong is None

    def _check_expiry(
        self, transaction: Transaction, number: int, entry: Entry, opened: int
    ) -> None:
        """
        Nothing is spent when its time has passed, and nothing expires before.

        A new lot that is reported so late that it is due already repays debt all the
        same, in the transaction that opens it; *opened* lots were there before.
        """
        for place, taken in entry.takes:
            if entry.kind in _NOT_TAKING:
                continue
            is_due = self._is_gone(self._lots[place], transaction.decided_at)
            if entry.kind is EntryKind.EXPIRE:
                if not is_due or taken <= 0:
                    message = f"{taken} units of lot {place} expire, which is not due"
                    self._entry(Check.EXPIRY, transaction, number, message)
            elif is_due and taken > 0:
                repays = entry.kind is EntryKind.DEBT_REPAID and place > opened
                if not repays:
                    message = f"it takes {taken} units of lot {place} after its expiry"
                    self._entry(Check.EXPIRY, transaction, number, message)

    def _fold(self, transaction: Transaction, number: int, entry: Entry) -> None:
        unit = entry.unit
        before = self._totals.get(unit, _NOTHING).debt
        evolve(self._totals, self._lots, entry, transaction.version)
        after = self._totals[unit].debt
        if after < 0 or not _may_owe(entry, after - before):
            message = (
                f"amount, lot and takes do not fit together: the debt goes from "
                f"{before} to {after} {unit}"
            )
            self._entry(Check.BALANCE, transaction, number, message)
        held = () if entry.hold is None else (entry.hold,)
        for place in (*held, *(place for place, _ in entry.takes)):
            lot = self._lots[place]
            if not 0 <= lot.remaining <= lot.amount:
                message = f"it leaves {lot.remaining} of {lot.amount} in lot {place}"
                self._entry(Check.LOT, transaction, number, message)

    # -- the card --------------------------------------------------------------------

    def close(
        self, stored: Holding, next_due_at: datetime, lots: Iterable[StoredLot]
    ) -> None:
        """
        Compare what the journal comes to with what is stored.

        Args:
            stored: the card's state, without lots.
            next_due_at: when the card says that something falls due.
            lots: every lot of the card, in order of number.
        """
        self._check_state("version", stored.version, self._version)
        self._check_state("digest", stored.digest, self._digest)
        self._check_state("last_at", stored.last_at, self._last_at)
        self._check_state("state", stored.state, self._state)
        if self._can_fold:
            self._check_state("next_lot", stored.next_lot, len(self._lots) + 1)
            for unit in sorted({*stored.totals, *self._totals}):
                have, should = stored.totals.get(unit), self._totals.get(unit)
                self._check_state(f"totals of {unit}", have, should)
        self._check_lots(stored, next_due_at, lots)

    def check_end(self, next_due_at: datetime, at: datetime) -> None:
        """
        See to it that the card's own end can be, and is waited for.

        Args:
            next_due_at: when the card says that something falls due.
            at: the present; an end that has passed has been dealt with.
        """
        end = self._card.expires_at or NEVER
        if end > NEVER:
            self._derived(Check.STATE, f"expires_at is {end}, which is after all time")
        elif end > max(at, self._last_at) and next_due_at > end:
            message = f"next_due_at is {next_due_at}, but the card ends at {end}"
            self._derived(Check.STATE, message)

    def tier(self, stored: str | None) -> str | None:
        """Say which tier the till was shown last; the stored one where it never was."""
        return stored if self._till is None else self._till.get("tier")

    def check_shown(
        self, stored: Mapping[str, object], should: Mapping[str, object]
    ) -> None:
        """Compare what filters look at with the card's totals and its last till."""
        for name, value in should.items():
            self._check_state(name, stored[name], value)

    def _check_lots(
        self, stored: Holding, next_due_at: datetime, lots: Iterable[StoredLot]
    ) -> None:
        missing = dict(self._lots)
        there: dict[tuple[Unit, LotState], int] = {}
        first = ended = NEVER
        for each in lots:
            lot = each.lot
            self._findings.count("lots")
            self._check_lot(each, missing.pop(lot.number, None))
            place = (lot.unit, lot.state)
            there[place] = there.get(place, 0) + lot.remaining
            if lot.remaining > 0:
                ended = min(ended, lot.due_at)
                if lot.slides:
                    first = min(first, stored.total(lot.unit).deadline or NEVER)
        if self._can_fold:
            for number in missing:
                self._lot(number, "it is missing; the journal opened it")
        for unit in {*self._sums, *(unit for unit, _ in there)}:
            left, owed = there.get((unit, LotState.OPEN), 0), stored.total(unit).debt
            if left - owed != self._sums.get(unit, 0):
                self._derived(
                    Check.BALANCE,
                    f"its lots hold {left} {unit} and {owed} are owed, but its entries "
                    f"add up to {self._sums.get(unit, 0)}",
                )
        first = min(first, ended)
        if ended <= self._last_at:
            message = f"a lot that ended at {ended} was open at {self._last_at}"
            self._derived(Check.EXPIRY, message)
        if next_due_at > first:
            message = f"next_due_at is {next_due_at}, but something is due at {first}"
            self._derived(Check.STATE, message)

    def _check_lot(self, stored: StoredLot, should: Lot | None) -> None:
        lot = stored.lot
        if not 0 <= lot.remaining <= lot.amount:
            self._lot(lot.number, f"{lot.remaining} of {lot.amount} cannot be left")
        if stored.is_open is not (lot.remaining > 0):
            message = f"is_open is {stored.is_open} with {lot.remaining} left"
            self._lot(lot.number, message)
        if stored.due_at != lot.due_at:
            message = f"due_at is {stored.due_at} and should be {lot.due_at}"
            self._lot(lot.number, message)
        if not self._can_fold:
            return
        if should is None:
            self._lot(lot.number, "no entry of the journal opened it")
        elif lot != should:
            names = [field.name for field in attrs.fields(type(lot))]
            differ = [
                f"{name} {getattr(lot, name)} should be {getattr(should, name)}"
                for name in names
                if getattr(lot, name) != getattr(should, name)
            ]
            self._lot(lot.number, f"by the journal, {'; '.join(differ)}")

    def _check_state(self, name: str, have: object, should: object) -> None:
        if have != should:
            message = f"its {name} is {have}; by its journal it should be {should}"
            self._derived(Check.STATE, message)

    def _is_held(self, number: int) -> bool:
        lot = self._lots.get(number)
        return lot is not None and lot.state is LotState.HELD

    def _is_gone(self, lot: Lot, at: datetime) -> bool:
        """Has a lot's last moment passed, or the deadline it slides with?"""
        total = self._totals.get(lot.unit, _NOTHING)
        if lot.slides and total.deadline is not None:
            return total.deadline <= at
        return lot.is_due(at)

    # -- findings --------------------------------------------------------------------

    def _journal(self, check: Check, transaction: Transaction, message: str) -> None:
        place = f"version {transaction.version} of card {self._card.id}"
        message = f"{place}: {message}; {_RESTORE}."
        self._findings.add(check, "transaction", transaction.id, message)

    def _entry(
        self, check: Check, transaction: Transaction, number: int, message: str
    ) -> None:
        where = f"{self._card.id}/{transaction.version}/{number}"
        self._findings.add(check, "entry", where, f"{message}; {_RESTORE}.")

    def _lot(self, number: int, message: str) -> None:
        where = f"{self._card.id}/{number}"
        self._findings.add(Check.LOT, "lot", where, f"{message}.")

    def _derived(self, check: Check, message: str) -> None:
        self._findings.add(check, "card", self._card.id, f"{message}.")


def _opens_rightly(entry: Entry) -> bool:
    """A hold opens a lot with what it takes away; any other lot comes with units."""
    if entry.kind is EntryKind.HOLD:
        return entry.amount == -sum(taken for _, taken in entry.takes) < 0
    is_pending = entry.amount == 0 < entry.pending
    return is_pending or (entry.amount > 0 and not entry.pending)


def _may_owe(entry: Entry, debt: int) -> bool:
    """
    May the debt change by so much?

    A claw-back of what is gone makes debt; new units repay it, and an adjustment that
    moves no lot forgives it.  Everything else is covered by lots.
    """
    if entry.lot is None and not entry.takes and entry.hold is None:
        rises = entry.kind is EntryKind.CLAWBACK and debt >= 0
        return rises or (entry.kind is EntryKind.ADJUST and debt <= 0)
    if entry.kind is EntryKind.DEBT_REPAID:
        return debt <= 0
    return debt == 0
