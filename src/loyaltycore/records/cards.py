"""Cards with their holdings, lots and counters."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.cards.card import Card, CardStatus
from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.ledger.decision import Scope
from loyaltycore.ledger.holding import Holding, Total
from loyaltycore.ledger.lots import Lot, LotState
from loyaltycore.ledger.sealing import canonical
from loyaltycore.ledger.transactions import Unit
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import And, Compare, Op, is_in, where
from loyaltycore.query.queries import LIMIT_MAX, Order, Query
from loyaltycore.records.custom_fields import fields_of, fields_text
from loyaltycore.values.days import NEVER
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.ledger.transactions import Facts
    from loyaltycore.query.predicates import Row

__all__ = [
    "BALANCE_COLUMNS",
    "balance_values",
    "card_of",
    "card_ref",
    "card_row",
    "cards_of_customer",
    "cards_of_templates",
    "counter_name",
    "counter_ref",
    "due_cards",
    "holder_prefix",
    "holding_of",
    "holding_values",
    "life_values",
    "lot_of",
    "lot_ref",
    "lot_row",
    "lot_values",
    "newest_of",
    "open_lots",
    "removed_cards",
    "serial_ref",
    "shown_values",
]

_CARD_KEY = ("program_id", "id")
_LOT_KEY = ("program_id", "card_id", "number")
_SOONEST = (Order("due_at"), Order("earned_at"), Order("number"))
_LOTS_A_PAGE = 50
_USED = frozenset({Unit.REWARD, Unit.VISIT, Unit.USE})

#: Where a card's balance of a unit stands, beside the totals that nobody compares.
BALANCE_COLUMNS = {unit: f"{unit.value}_balance" for unit in Unit}


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
        **life_values(card),
        **holding_values(holding, holding.digest, card.expires_at or NEVER),
        **shown_values(holding, POINT_SCALE, None),
    }


def card_of(row: Row) -> Card:
    """The card without its holding."""
    expires_at = row["expires_at"]
    return Card(
        id=row["id"],
        serial=row["serial"],
        template_id=row["template_id"],
        customer_id=row["customer_id"],
        issued_at=row["issued_at"],
        status=CardStatus(row["status"]),
        blocked=row["blocked"],
        device=row["device"],
        installed_at=row["installed_at"],
        expires_at=None if expires_at == NEVER else expires_at,
        utm=row["utm"],
        fields=fields_of(row["fields"]),
    )


def life_values(card: Card) -> Row:
    """The columns of a card that change over its life, without a transaction."""
    return {
        "status": card.status.value,
        "blocked": card.blocked,
        "device": card.device,
        "installed_at": card.installed_at,
        "expires_at": card.expires_at or NEVER,
        "utm": card.utm,
        "fields": fields_text(card.fields),
    }


def cards_of_customer(program_id: str, customer_id: str) -> Query:
    """A customer's cards, oldest first."""
    return Query(
        "card",
        where(program_id=program_id, customer_id=customer_id),
        (Order("issued_at"), Order("id")),
    )


def cards_of_templates(
    program_id: str, template_ids: Iterable[str], customer_ids: Iterable[str]
) -> Query:
    """Cards of some templates that some customers have."""
    those = is_in("template_id", tuple(template_ids))
    whose = is_in("customer_id", tuple(customer_ids))
    terms = And((*where(program_id=program_id).terms, those, whose))
    return Query("card", terms, (Order("id"),), LIMIT_MAX)


def newest_of(program_id: str, customer_id: str, template_id: str) -> Query:
    """A customer's newest card of a template that was not deleted."""
    those = where(
        program_id=program_id, customer_id=customer_id, template_id=template_id
    )
    living = Compare("status", Op.NE, CardStatus.DELETED.value)
    return Query(
        "card",
        And((*those.terms, living)),
        (Order("issued_at", descending=True), Order("id", descending=True)),
        1,
    )


def removed_cards(program_id: str, customer_id: str, template_id: str) -> Query:
    """A customer's removed cards of a template, oldest first."""
    return Query(
        "card",
        where(
            program_id=program_id,
            customer_id=id_text("customer_id", customer_id),
            template_id=id_text("template_id", template_id),
            status=CardStatus.REMOVED.value,
        ),
        (Order("issued_at"), Order("id")),
        limit=1,
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
        "state": canonical(holding.state) if holding.state else "{}",
    }


def balance_values(holding: Holding, scale: int) -> dict[str, int]:
    """
    The columns of a card that filters look at, of the units that the card has had.

    Points are in ten-thousandths there, so that cards of different scales compare.  A
    use is a reward, a visit or a use that was redeemed and not given back.

    Args:
        scale: decimals of the card's points.
    """
    values: dict[str, int] = {}
    uses = 0
    for unit, total in holding.totals.items():
        balance = total.balance
        if unit is Unit.POINT:
            balance *= 10 ** (POINT_SCALE - scale)
        values[BALANCE_COLUMNS[unit]] = balance
        if unit in _USED:
            uses += total.spent
            values["uses"] = uses
    return values


def shown_values(holding: Holding, scale: int, tier: str | None) -> Row:
    """All columns of a card that filters look at; see ``balance_values``."""
    zeros = dict.fromkeys((*BALANCE_COLUMNS.values(), "uses"), 0)
    return {**zeros, **balance_values(holding, scale), "tier": tier}


def holding_of(row: Row) -> Holding:
    """A card's holding without any lot."""
    return Holding(
        version=row["version"],
        digest=row["digest"],
        last_at=row["last_at"],
        next_lot=row["next_lot"],
        totals={
            Unit(unit): _total(figures)
            for unit, figures in json.loads(row["totals"]).items()
        },
        state=_state(row["state"]),
    )


def open_lots(
    program_id: str,
    card_id: str,
    unit: Unit,
    state: LotState,
    cursor: str | None = None,
) -> Query:
    """Lots of a unit that something remains of, soonest due first."""
    on_card = where(
        program_id=program_id,
        card_id=card_id,
        is_open=True,
        state=state.value,
        unit=unit.value,
    )
    return Query("lot", on_card, _SOONEST, _LOTS_A_PAGE, cursor)


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
        "available_from": lot.available_from,
        "slides": lot.slides,
        "version": lot.version,
        **lot_values(lot),
    }


def lot_values(lot: Lot) -> Row:
    """The columns of a lot that change."""
    return {
        "remaining": lot.remaining,
        "expired": lot.expired,
        "state": lot.state.value,
        "is_open": lot.remaining > 0,
        "due_at": lot.due_at,
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
        row["available_from"],
        row["slides"],
        LotState(row["state"]),
        row["version"],
    )


def counter_ref(program_id: str, name: str) -> Ref:
    """One counter."""
    return Ref("counter", ("program_id", "name"), (program_id, name))


def counter_name(card: Card, name: str) -> str:
    """What a counter of a decision is called in the store: its scope, then its name."""
    scope, _, rest = name.rpartition(":")
    match scope:
        case Scope.TEMPLATE:
            return f"template:{card.template_id}/{rest}"
        case Scope.HOLDER:
            return f"{holder_prefix(card.template_id, card.customer_id)}{rest}"
        case _:
            return f"{card.id}/{name}"


def holder_prefix(template_id: str, customer_id: str) -> str:
    """How the names begin of counters for all of a customer's cards of a template."""
    return f"holder:{template_id}/{customer_id}/"


def _compact(total: Total) -> list[Any]:
    """The fields in order, without those at the end that are as in an empty total."""
    figures: list[Any] = [
        total.remaining,
        total.debt,
        total.earned,
        total.spent,
        total.expired,
        total.peak,
        total.recent_peak,
        total.by_rule,
        total.pending,
        total.held,
        total.deadline,
        total.last_fall,
    ]
    if total.deadline is not None:
        figures[_DEADLINE] = total.deadline.isoformat()
    if total.last_fall is not None:
        peak, fell_at = total.last_fall
        figures[_LAST_FALL] = [peak, fell_at.isoformat()]
    while figures and not figures[-1]:  # 0, None, and no rule at all
        figures.pop()
    return figures


def _state(text: str) -> Facts:
    """What a card remembers; most remember nothing."""
    facts: Facts = {} if text == "{}" else json.loads(text)
    return facts


def _total(figures: list[Any]) -> Total:
    """The opposite of ``_compact``."""
    if len(figures) > _DEADLINE and figures[_DEADLINE] is not None:
        figures[_DEADLINE] = datetime.fromisoformat(figures[_DEADLINE])
    if len(figures) > _LAST_FALL:
        peak, fell_at = figures[_LAST_FALL]
        figures[_LAST_FALL] = (peak, datetime.fromisoformat(fell_at))
    return Total(*figures)


_FIELDS = [field.name for field in attrs.fields(Total)]
_DEADLINE, _LAST_FALL = _FIELDS.index("deadline"), _FIELDS.index("last_fall")
