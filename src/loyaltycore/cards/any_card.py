"""
What can be asked of a card of any type: the ledger's own commands, decided once.

A card type says which unit it is about, what may be sent to another card, and how units
that come in by hand are dated; the rest is the same for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from loyaltycore.errors import CommandNotSupported, InvalidValue, Refusal
from loyaltycore.ledger.amounts import units_of
from loyaltycore.ledger.commands import Adjust, CardCommand, Hold, Import, Transfer
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.holds import decide_hold
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.ledger.transfers import decide_send


if TYPE_CHECKING:
    from loyaltycore.cards.contract import CardType
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.values.money import Amount

__all__ = ["decide_any"]


def decide_any(
    rules: CardType[Any], holding: Holding, command: CardCommand, context: Context
) -> Outcome | Refusal:
    """
    Decide a command that every card takes.

    Raises:
        InvalidInput: the amount is none of the unit's, or the card has no such unit.
        Missing: lots have to be loaded first.
    """
    unit = command.unit or rules.unit
    amount = command.amount
    units = _units(rules, unit, amount, context)
    forbidden = rules.forbids(Draft(holding, context), command)
    if forbidden is not None:
        return forbidden
    match command:
        case Adjust():
            return _adjust(rules, Draft(holding, context), unit, units)
        case Import(is_total=is_total):
            draft = Draft(holding, context)
            return _bring_in(rules, draft, unit, units, is_total=is_total)
        case Hold(minutes=minutes):
            if not rules.is_holdable(unit):
                message = f"Units of {unit} on a {rules.kind} card cannot be held."
                return CommandNotSupported(message, command="Hold")
            short = _short(rules, holding, unit, units, context)
            return short or decide_hold(rules, holding, unit, units, minutes, context)
        case Transfer():
            if not rules.is_sendable(unit):
                message = f"Units of {unit} stay on a {rules.kind} card."
                return CommandNotSupported(message, command="Transfer")
            short = _short(rules, holding, unit, units, context)
            return short or decide_send(rules, holding, unit, units, context)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _units(rules: CardType[Any], unit: Unit, amount: Amount, context: Context) -> int:
    scales = rules.scales(context.currency)
    if unit not in scales:
        has = ", ".join(scales)
        raise InvalidValue("unit", f"a {rules.kind} card counts {has}, not {unit}.")
    return units_of(amount, unit, scales[unit], context.currency)


def _adjust(
    rules: CardType[Any], draft: Draft, unit: Unit, units: int
) -> Outcome | Refusal:
    if units < 0:
        return rules.take(draft, unit, -units, EntryKind.ADJUST)
    expiry = rules.expiry_of(unit, draft)
    draft.credit(unit, units, kind=EntryKind.ADJUST, expiry=expiry)
    return draft.outcome(TransactionKind.ADJUST, rules.settle(draft))


def _bring_in(
    rules: CardType[Any], draft: Draft, unit: Unit, units: int, *, is_total: bool
) -> Outcome:
    missing = units - draft.balance(unit) if is_total else units
    if missing < 0:
        draft.debit(unit, -missing, kind=EntryKind.ADJUST)
    else:
        expiry = rules.expiry_of(unit, draft)
        draft.credit(unit, missing, kind=EntryKind.IMPORT, expiry=expiry)
    return draft.outcome(TransactionKind.IMPORT, rules.settle(draft))


def _short(
    rules: CardType[Any], holding: Holding, unit: Unit, units: int, context: Context
) -> Refusal | None:
    there = holding.balance(unit)
    if units <= there:
        return None
    return rules.insufficient(Draft(holding, context), unit, there, units)
