"""
Reserving units, and settling what was reserved.

A hold of 15 takes 15 out of their lots and keeps them apart.  A capture of 10 makes 10
of them spent ones and gives 5 back; a release, or the end of the hold's time, gives all
of them back.  Units of a lot that expired meanwhile are forfeited.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from loyaltycore.errors import ExceedsHold, NotReversible, Refusal
from loyaltycore.ledger.amounts import units_of
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import EntryKind, TransactionKind
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from loyaltycore.ledger.commands import Capture
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.original import Reversed
    from loyaltycore.ledger.transactions import Entry, Takes, Transaction, Unit

__all__ = ["decide_capture", "decide_hold", "decide_release", "give_back"]


def decide_hold(
    rules: Reversed,
    holding: Holding,
    unit: Unit,
    units: int,
    minutes: int,
    context: Context,
) -> Outcome:
    """
    Reserve units that are there.

    Args:
        units: smallest ones, not more than the balance.

    Raises:
        Missing: lots have to be loaded first.
    """
    draft = Draft(holding, context)
    draft.hold(unit, units, until=context.at + timedelta(minutes=minutes))
    return draft.outcome(TransactionKind.HOLD, rules.settle(draft))


def decide_capture(
    rules: Reversed,
    holding: Holding,
    transaction: Transaction,
    command: Capture,
    context: Context,
) -> Outcome | Refusal:
    """
    Spend what a hold reserves, or part of it; the rest goes back.

    What the hold counted is pinned with it: now it is the capture that a void takes
    back.

    Raises:
        InvalidAmount: an amount that the unit cannot have.
        Missing: lots have to be loaded first.
    """
    draft = Draft(holding, context)
    held = _held_by(draft, transaction)
    if not held:
        return _not_held(transaction)
    unit = held[0].unit
    scale = rules.scales(context.currency)[unit]
    there = sum(entry.quantity for entry in held)
    asked = there
    if command.amount is not None:
        asked = units_of(command.amount, unit, scale, context.currency)
    if asked > there:
        return ExceedsHold(
            held=str(from_units(there, scale)), asked=str(from_units(asked, scale))
        )
    for entry in held:
        used, rest = _split(entry.takes, asked)
        asked -= sum(taken for _, taken in used)
        assert entry.lot is not None, "a hold keeps units in a lot"
        draft.capture(unit, entry.lot, used)
        _release(draft, entry, rest)
    if "counters" in transaction.pinned:
        draft.pinned["held_counters"] = transaction.pinned["counters"]
    rules.follow_capture(draft, transaction)
    return draft.outcome(TransactionKind.CAPTURE, rules.settle(draft))


def decide_release(
    rules: Reversed, holding: Holding, transaction: Transaction, context: Context
) -> Outcome | Refusal:
    """
    Give back what a hold reserves.

    Raises:
        Missing: lots have to be loaded first.
    """
    draft = Draft(holding, context)
    held = _held_by(draft, transaction)
    if not held:
        return _not_held(transaction)
    for entry in held:
        _release(draft, entry, entry.takes)
    draft.count_back(transaction)
    return draft.outcome(TransactionKind.RELEASE, rules.settle(draft))


def give_back(draft: Draft, transaction: Transaction, lots: frozenset[int]) -> None:
    """Release those reserved lots of a hold whose time has passed."""
    for entry in [each for each in transaction.entries if each.lot in lots]:
        _release(draft, entry, entry.takes)
    draft.count_back(transaction)


def _held_by(draft: Draft, transaction: Transaction) -> list[Entry]:
    """The entries of a hold that still reserve something; it does so whole or not."""
    held = [entry for entry in transaction.entries if entry.kind is EntryKind.HOLD]
    numbers = [number for entry in held for number, _ in entry.takes]
    draft.require(*(entry.lot for entry in held if entry.lot is not None), *numbers)
    return [
        entry
        for entry in held
        if entry.lot is not None and draft.lot(entry.lot).remaining
    ]


def _release(draft: Draft, entry: Entry, takes: Takes) -> None:
    if takes:
        draft.put_back(entry.unit, takes, kind=EntryKind.RELEASE, hold=entry.lot)


def _split(takes: Takes, amount: int) -> tuple[Takes, Takes]:
    """The first *amount* units of what was taken, and the rest."""
    used: list[tuple[int, int]] = []
    rest: list[tuple[int, int]] = []
    for number, taken in takes:
        first = min(taken, amount)
        amount -= first
        if first:
            used.append((number, first))
        if taken > first:
            rest.append((number, taken - first))
    return tuple(used), tuple(rest)


def _not_held(transaction: Transaction) -> Refusal:
    """Say why nothing can be captured or released."""
    if transaction.kind is TransactionKind.HOLD:
        message = (
            "The hold was captured or released already, or its time is over;"
            " hold again."
        )
    else:
        message = f"Transaction {transaction.id} reserves nothing; pass a hold's id."
    return NotReversible(message, transaction_id=transaction.id)
