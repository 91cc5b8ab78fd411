"""
Moving units from one card to another.

Lots keep their dates on the way, but not where they came from: what the source earned
is taken back at the source alone, and the receiver keeps what it was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.lots import Dates
from loyaltycore.ledger.transactions import EntryKind, TransactionKind


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.original import Reversed
from loyaltycore.ledger.transactions import Unit


__all__ = ["Parcel", "decide_receive", "decide_send", "parcels_of"]

#: A lot as the source had it, and how many of its units are sent.
Parcel: TypeAlias = "tuple[Lot, int]"


def decide_send(
    rules: Reversed, holding: Holding, unit: Unit, units: int, context: Context
) -> Outcome:
    """
    Let units leave a card that has them.

    Raises:
        Missing: lots have to be loaded first.
    """
    draft = Draft(holding, context)
    draft.debit(unit, units, kind=EntryKind.TRANSFER_OUT)
    return draft.outcome(TransactionKind.TRANSFER, rules.settle(draft))


def parcels_of(outcome: Outcome) -> list[Parcel]:
    """
    What a sending transaction has taken out of which lots.

    A lot that slides ends with the deadline that its card has now.
    """
    return [
        (_dated(outcome.after, outcome.after.lots[number]), taken)
        for entry in outcome.entries
        if entry.kind is EntryKind.TRANSFER_OUT
        for number, taken in entry.takes
    ]


def decide_receive(
    rules: Reversed, holding: Holding, parcels: Iterable[Parcel], context: Context
) -> Outcome:
    """Let units come in that another card has sent, each lot with its dates."""
    draft = Draft(holding, context)
    for lot, units in parcels:
        draft.open_lot(
            lot.unit,
            EntryKind.TRANSFER_IN,
            units,
            Dates(earned_at=lot.earned_at, expires_at=lot.expires_at),
            rule=lot.rule,
        )
    return draft.outcome(TransactionKind.TRANSFER, rules.settle(draft))


def _dated(holding: Holding, lot: Lot) -> Lot:
    if not lot.slides:
        return lot
    return attrs.evolve(lot, expires_at=holding.total(lot.unit).deadline, slides=False)
