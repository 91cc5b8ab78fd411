"""
The steps that voids, refunds and amendments share: taking entries back, last to first.

- Units that were spent go back to their own lots; what has expired there falls under
  the rule for returning units.
- Units that were earned are taken from the lot they were earned in, then from other
  lots, soonest to expire first; what is gone falls under the shortfall rule.
- Units that expired in their own lot are not asked for: nobody had any use of them.
- A conversion (ten stamps into a reward) is an entry of kind ``convert`` followed by
  the entry that it paid for.  A void undoes it, a refund only where units are missing,
  both as far as the product can be taken back.  A product that was used stays paid
  for, so that nobody pays for it twice.
- Units that another card sent are taken back whole, from their own lot, or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import NotReversible, Refusal
from loyaltycore.ledger.lots import Dates
from loyaltycore.ledger.returning import Forfeit, ends_at
from loyaltycore.ledger.shortfall import may_be_short
from loyaltycore.ledger.transactions import EntryKind


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.original import Original, Reversed
    from loyaltycore.ledger.transactions import Entry, Takes, Transaction

__all__ = ["TakingBack", "not_reversible", "part_of"]

# What took units out of their lots, and what puts them back.
_PUTS_BACK = {
    EntryKind.REDEEM: EntryKind.RESTORE,
    EntryKind.CAPTURE: EntryKind.RESTORE,
    EntryKind.ADJUST: EntryKind.ADJUST,
    EntryKind.FORFEIT: EntryKind.ADJUST,
    EntryKind.TRANSFER_OUT: EntryKind.TRANSFER_IN,
}


class TakingBack:
    """
    One reversal on one draft.

    Args:
        due: by the index of an entry, units of it to take or to put back.
    """

    def __init__(
        self, draft: Draft, rules: Reversed, original: Original, due: Sequence[int]
    ) -> None:
        self.draft = draft
        self.rules = rules
        self.entries = original.entries
        self.transaction = original.transaction
        self.due = due
        self.stands = original.stands()
        self.undone = original.undone

    def carry_out(self) -> Refusal | None:
        """
        Take back what is due of every entry, last to first.

        Raises:
            Missing: lots have to be loaded first.
        """
        self.draft.require(*self._lots())
        for index in reversed(range(len(self.entries))):
            why = self._undo(index, self.due[index])
            if why is not None:
                return not_reversible(self.transaction, why)
        return None

    def _undo(self, index: int, due: int) -> str | None:
        """Take back what is due of one entry; say why not, where it cannot be."""
        entry, draft = self.entries[index], self.draft
        if entry.reverses is not None:  # what an amendment has taken back
            return None
        if self._is_conversion(index):
            self._undo_conversion(index, self.due[index + 1])
        elif entry.kind is EntryKind.HOLD:
            return self._undo_hold(index, entry)
        elif entry.kind in _PUTS_BACK and entry.takes:
            self._put_back(index, _PUTS_BACK[entry.kind], due)
        elif entry.kind is EntryKind.CLAWBACK and due:
            if not draft.forgive(entry.unit, due, reverses=index):
                return "What it let the customer owe was repaid meanwhile."
        elif entry.kind is EntryKind.TRANSFER_IN:
            return self._take_whole(index, entry)
        elif entry.lot is not None and not self._is_product(index):
            missing = self._take_back(index, due)
            rule = self.rules.shortfall
            if not may_be_short(rule, draft, entry.unit, missing, index):
                return f"{missing} of its smallest {entry.unit} units are gone."
        return None

    def _undo_hold(self, index: int, entry: Entry) -> str | None:
        """Release what is reserved, if all of it still is."""
        held = self.draft.lot(_lot_of(entry))
        if held.remaining < held.amount:
            return "What it reserved was captured or released meanwhile."
        self.draft.put_back(
            entry.unit,
            entry.takes,
            kind=EntryKind.RELEASE,
            hold=held.number,
            reverses=index,
        )
        return None

    def _take_whole(self, index: int, entry: Entry) -> str | None:
        """Take back units that came from another card, if nobody used any."""
        lot = self.draft.lot(_lot_of(entry))
        if lot.remaining < lot.amount:
            return "Some of the units that it sent were used, or have expired."
        kind = EntryKind.TRANSFER_OUT
        self.draft.take_from(lot, lot.amount, kind=kind, reverses=index)
        return None

    def _take_back(self, index: int, due: int) -> int:
        """
        Take *due* of the units of an earning back; return how many are missing.

        Where units are missing, what the transaction itself converted is turned back.
        """
        at_most = self.undone[index] + due
        self.stands[index] -= due
        missing = self._collect(index, at_most)
        unit = self.entries[index].unit
        for conversion in reversed(range(index + 1, len(self.entries))):
            paid = self.entries[conversion]
            if missing and self._is_conversion(conversion) and paid.unit is unit:
                product = self.entries[conversion + 1]
                step = self.transaction.pinned.get("turns", {}).get(product.unit, 1)
                needed = -(missing * product.quantity // (paid.amount * step)) * step
                self._undo_conversion(conversion, needed)
                missing = self._collect(index, at_most)
        return missing

    def _collect(self, index: int, at_most: int) -> int:
        """
        Take units of an earning out of its own lot, then of others; say how many miss.

        What expired in its own lot comes off first: of 100 earned, 30 spent and 70
        expired, a void asks for 30, and a refund of half of it for none.

        Args:
            at_most: so many in all, with what was taken before.
        """
        entry, draft = self.entries[index], self.draft
        own = draft.lot(_lot_of(entry))
        asked = min(at_most, entry.quantity - self.stands[index] - own.expired)
        missing = max(0, asked - self.undone[index])
        kind = EntryKind.CLAWBACK
        taken = draft.take_from(own, missing, kind=kind, reverses=index)
        if taken < missing:
            rest, rule = missing - taken, entry.rule or None
            taken += draft.debit(entry.unit, rest, kind=kind, rule=rule, reverses=index)
        self.undone[index] += taken
        return missing - taken

    def _undo_conversion(self, index: int, due: int) -> None:
        """Put back what *due* units of its product cost, as far as they come back."""
        product = index + 1
        of = self.stands[product]
        due = min(due, of)
        if due:
            back = due - self._take_back(product, due)
            self._put_back(index, EntryKind.CONVERT, self.stands[index] * back // of)

    def _put_back(self, index: int, kind: EntryKind, amount: int) -> None:
        """Put units that an entry took back into their lots, the last ones first."""
        entry = self.entries[index]
        takes = part_of(entry.takes, self.undone[index], amount)
        if not takes:
            return
        self.undone[index] += amount
        self.stands[index] -= amount
        if kind is EntryKind.RESTORE:
            takes = self._restore_expired(index, takes)
        if takes:
            self.draft.put_back(entry.unit, takes, kind=kind, reverses=index)

    def _restore_expired(self, index: int, takes: Takes) -> Takes:
        """
        Give spent units whose lots have expired a lot of their own, by the rule.

        Returns:
            What goes back to the lots it came from.
        """
        returning, draft = self.rules.returning, self.draft
        if isinstance(returning, Forfeit):
            return takes
        expiry = self.rules.expiry_of(self.entries[index].unit, draft)
        for number, taken in takes:
            lot = draft.lot(number)
            if draft.is_gone(lot):
                draft.open_lot(
                    lot.unit,
                    EntryKind.RESTORE,
                    taken,
                    Dates(
                        earned_at=lot.earned_at,
                        expires_at=ends_at(returning, expiry, draft.context),
                    ),
                    rule=lot.rule,
                    reverses=index,
                )
        return tuple(take for take in takes if not draft.is_gone(draft.lot(take[0])))

    def _is_product(self, index: int) -> bool:
        """Is it what the conversion before it paid for?"""
        return index > 0 and self._is_conversion(index - 1)

    def _is_conversion(self, index: int) -> bool:
        """Does it pay for the entry behind it?"""
        entry = self.entries[index]
        return entry.kind is EntryKind.CONVERT and entry.reverses is None

    def _lots(self) -> list[int]:
        """All lots that the original has to do with, to be loaded in one go."""
        lots = {number for entry in self.entries for number, _ in entry.takes}
        lots |= {entry.lot for entry in self.entries if entry.lot is not None}
        return sorted(lots)


def part_of(takes: Takes, skip: int, amount: int) -> Takes:
    """Of what was taken last to first, *amount* units behind the last *skip* ones."""
    part: list[tuple[int, int]] = []
    for number, taken in reversed(takes):
        skipped = min(skip, taken)
        back = min(taken - skipped, amount)
        if back:
            part.append((number, back))
        skip -= skipped
        amount -= back
    return tuple(reversed(part))


def not_reversible(transaction: Transaction, why: str) -> NotReversible:
    """Say why a transaction cannot be taken back."""
    return NotReversible(
        f"Transaction {transaction.id} cannot be taken back. {why}",
        transaction_id=transaction.id,
    )


def _lot_of(entry: Entry) -> int:
    assert entry.lot is not None, "an earning opens a lot"
    return entry.lot
