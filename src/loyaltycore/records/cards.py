"""Cards with their holdings, lots and counters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from loyaltycore.cards.card import Card
from loyaltycore.ledger.holding import Holding, Total
from loyaltycore.ledger.lots import Lot
from loyaltycore.ledger.sealing import canonical
from loyaltycore.ledger.transactions import Unit
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.values.days import NEVER
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from loyaltycore.query.predicates import Row

__all__ = [
    "card_of",
    "card_ref",
    "card_row",
    "cards_of_customer",
    "counter_ref",
    "due_cards",
    "holding_of",
    "holding_values",
    "lot_of",
    "lot_ref",
    "lot_row",
    "lot_values",
    "open_lots",
    "serial_ref",
]

_CARD_KEY = ("program_id", "id")
_LOT_KEY = ("program_id", "card_id", "number")
_SOONEST = (Order("expires_at"), Order("earned_at"), Order("number"))
_LOTS_A_PAGE = 50


def card_ref(program_id: str, card_id: str) -> Ref:
    """One card."""
    return Ref("card", _CARD_KEY, (program_id, id_text("card_id", card_id)))


def serial_ref(program_id: str, serial: str) -> Ref:
    """One card by its serial number."""
    return Ref("card", ("program_id", "serial"), (program_id, serial))


def card_row(program_id: str, card: Card, holding: Holding) -> Row:
    """A card as it is issued."""
    return {
        "program_id": program_id,
        "id": card.id,
        "serial": card.serial,
        "template_id": card.template_id,
        "customer_id": card.customer_id,
        "issued_at": card.issued_at,
        **holding_values(holding, holding.digest, NEVER),
    }


def card_of(row: Row) -> Card:
    """The card without its state."""
    return Card(
        id=row["id"],
        serial=row["serial"],
        template_id=row["template_id"],
        customer_id=row["customer_id"],
        issued_at=row["issued_at"],
    )


def cards_of_customer(program_id: str, customer_id: str) -> Query:
    """A customer's cards, oldest first."""
    return Query(
        "card",
        where(program_id=program_id, customer_id=customer_id),
        (Order("issued_at"), Order("id")),
    )


def due_cards(
    program_id: str, at: datetime, limit: int, cursor: str | None = None
) -> Query:
    """Cards on which something falls due by *at*, longest overdue first."""
    by_then = Compare("next_due_at", Op.LE, at)
    return Query(
        "card",
        And((*where(program_id=program_id).terms, by_then)),
        (Order("next_due_at"), Order("id")),
        limit,
        cursor,
    )


def holding_values(holding: Holding, digest: str, next_due_at: datetime) -> Row:
    """
    The columns of a card that a transaction changes.

    Args:
        digest: of the last transaction.
        next_due_at: not after the first moment at which something falls due.
    """
    return {
        "version": holding.version,
        "digest": digest,
        "last_at": holding.last_at,
        "next_lot": holding.next_lot,
        "next_due_at": next_due_at,
        "totals": canonical(
            {unit: _compact(total) for unit, total in holding.totals.items()}
        ),
    }


def holding_of(row: Row) -> Holding:
    """A card's holding without any lot."""
    return Holding(
        version=row["version"],
        digest=row["digest"],
        last_at=row["last_at"],
        next_lot=row["next_lot"],
        totals={
            Unit(unit): Total(*figures)
            for unit, figures in json.loads(row["totals"]).items()
        },
    )


def open_lots(
    program_id: str, card_id: str, unit: Unit, cursor: str | None = None
) -> Query:
    """Lots of a unit that something remains of, soonest to expire first."""
    return Query(
        "lot",
        where(program_id=program_id, card_id=card_id, is_open=True, unit=unit.value),
        _SOONEST,
        _LOTS_A_PAGE,
        cursor,
    )


def lot_ref(program_id: str, card_id: str, number: int) -> Ref:
    """One lot."""
    return Ref("lot", _LOT_KEY, (program_id, card_id, number))


def lot_row(program_id: str, card_id: str, lot: Lot) -> Row:
    """A new lot."""
    return {
        "program_id": program_id,
        "card_id": card_id,
        "number": lot.number,
        "unit": lot.unit.value,
        "rule": lot.rule,
        "amount": lot.amount,
        "earned_at": lot.earned_at,
        "expires_at": lot.expires_at or NEVER,
        **lot_values(lot),
    }


def lot_values(lot: Lot) -> Row:
    """The columns of a lot that change."""
    return {
        "remaining": lot.remaining,
        "expired": lot.expired,
        "is_open": lot.remaining > 0,
    }


def lot_of(row: Row) -> Lot:
    """The opposite of ``lot_row``."""
    expires_at = row["expires_at"]
    return Lot(
        row["number"],
        Unit(row["unit"]),
        row["rule"],
        row["amount"],
        row["remaining"],
        row["expired"],
        row["earned_at"],
        None if expires_at == NEVER else expires_at,
    )


def counter_ref(program_id: str, name: str) -> Ref:
    """One counter."""
    return Ref("counter", ("program_id", "name"), (program_id, name))


def _compact(total: Total) -> list[int | Mapping[str, int]]:
    """The fields in order; without the last, when no rule is told apart."""
    figures: list[Any] = [
        total.remaining,
        total.debt,
        total.earned,
        total.spent,
        total.expired,
        total.peak,
    ]
    return [*figures, total.by_rule] if total.by_rule else figures
