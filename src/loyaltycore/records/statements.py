"""What a points statement and a liability are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.statement import StatementLine, last_day
from loyaltycore.insight.breakage import EndedLot
from loyaltycore.insight.liability import OpenLot
from loyaltycore.ledger.lots import LotState
from loyaltycore.ledger.transactions import EntryKind, Unit
from loyaltycore.query.predicates import And, Compare, Exists, Op, is_in, where
from loyaltycore.query.queries import LIMIT_MAX, Order, Query
from loyaltycore.records.journal import of_customers
from loyaltycore.values.days import NEVER
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from loyaltycore.query.predicates import Predicate, Row

__all__ = [
    "ended_lot_of",
    "ended_point_lots",
    "line_of",
    "open_lot_of",
    "open_point_lots",
    "point_entries",
    "point_transactions",
]

_POINTS = where(unit=Unit.POINT.value)
_LOTS_A_PAGE = 2_000
_VERSION_OF_CARD = (
    ("program_id", "program_id"),
    ("card_id", "card_id"),
    ("version", "version"),
)


def point_transactions(
    program_id: str,
    customer_ids: Sequence[str],
    card_id: str | None,
    limit: int,
    cursor: str | None,
) -> Query:
    """
    A customer's transactions that moved points, newest first; or one card's.

    Args:
        customer_ids: the customer, and who was merged into them.
    """
    terms: tuple[Predicate, ...] = (
        *where(program_id=program_id).terms,
        of_customers(customer_ids),
    )
    if card_id is not None:
        terms = (*terms, *where(card_id=card_id).terms)
    return Query(
        "transaction",
        And((*terms, Exists("entry", _VERSION_OF_CARD, _POINTS))),
        (Order("occurred_at", descending=True), Order("id", descending=True)),
        limit,
        cursor,
    )


def point_entries(program_id: str, card_id: str, versions: tuple[int, ...]) -> Query:
    """The points entries of some versions of a card."""
    ours = where(program_id=program_id, card_id=card_id).terms
    return Query(
        "entry",
        And((*ours, *_POINTS.terms, is_in("version", versions))),
        (Order("version"), Order("number")),
        LIMIT_MAX,
    )


def line_of(
    transaction: Row, entry: Row, lot: Row | None, *, scale: int, zone: ZoneInfo
) -> StatementLine:
    """
    One line of a statement.

    Args:
        lot: the one that the entry opened, if it did.
        scale: decimals of the card's points.
    """
    expires_at = (
        None if lot is None or lot["expires_at"] == NEVER else lot["expires_at"]
    )
    return StatementLine(
        created_at=transaction["occurred_at"],
        card_id=transaction["card_id"],
        transaction_id=transaction["id"],
        location_id=transaction["location_id"],
        terminal_id=transaction["terminal_id"],
        type=EntryKind(entry["kind"]),
        points=from_units(entry["amount"], scale),
        expires_at=expires_at,
        expires_on=None if expires_at is None else last_day(expires_at, zone),
        points_left=None if lot is None else from_units(lot["remaining"], scale),
    )


def open_point_lots(program_id: str, template_id: str, at: datetime) -> Query:
    """Lots of points, on cards of a template, that count beyond *at*; for streaming."""
    is_open = Compare("is_open", Op.EQ, True)  # noqa: FBT003 - a value of a column
    ends = Compare("expires_at", Op.GT, at)
    return _point_lots(program_id, template_id, is_open, ends)


def open_lot_of(row: Row, template_id: str) -> OpenLot:
    """One of them."""
    expires_at = row["expires_at"]
    return OpenLot(
        template_id, row["remaining"], None if expires_at == NEVER else expires_at
    )


def ended_point_lots(program_id: str, template_id: str, at: datetime) -> Query:
    """Lots of points, on cards of a template, that ended by *at*; for streaming."""
    return _point_lots(program_id, template_id, Compare("expires_at", Op.LE, at))


def ended_lot_of(row: Row, template_id: str) -> EndedLot:
    """One of them; what no sweep has expired yet has ended all the same."""
    unused = row["expired"] + row["remaining"]
    return EndedLot(template_id, row["amount"], unused, row["expires_at"])


def _point_lots(program_id: str, template_id: str, *which: Predicate) -> Query:
    """Lots of points on cards of a template; what a hold keeps is in its own lot."""
    on_template = Exists(
        "card",
        (("program_id", "program_id"), ("id", "card_id")),
        where(template_id=template_id),
    )
    terms = (
        *where(program_id=program_id).terms,
        Compare("state", Op.NE, LotState.HELD.value),
        *_POINTS.terms,
        *which,
        on_template,
    )
    return Query("lot", And(terms), limit=_LOTS_A_PAGE)
