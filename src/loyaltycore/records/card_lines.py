"""The cards of a template with whose they are, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.io.cards_out import CardLine
from loyaltycore.ledger.transactions import Unit
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.cards import BALANCE_COLUMNS, card_of
from loyaltycore.records.customers import customer_of, customer_ref
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row

__all__ = ["card_lines", "cards_of_template"]


def cards_of_template(
    program_id: str, template_id: str, limit: int, cursor: str | None
) -> Query:
    """All cards of a template, whatever became of them, in the order of their ids."""
    terms = where(program_id=program_id, template_id=template_id)
    return Query("card", terms, (Order("id"),), limit, cursor)


def card_lines(
    session: Session, program_id: str, rows: Sequence[Row], scales: Mapping[Unit, int]
) -> list[CardLine]:
    """
    Put cards together with their customers.

    Args:
        scales: decimals of the units of the template.
    """
    whose = dict.fromkeys(row["customer_id"] for row in rows)
    found = session.get([customer_ref(program_id, each) for each in whose])
    customers = {row["id"]: customer_of(row) for row in found if row is not None}
    return [
        CardLine(
            card=card_of(row),
            customer=customers[row["customer_id"]],
            used=row["uses"],
            tier=row["tier"],
            balances={
                unit: _balance(row, unit, scale) for unit, scale in scales.items()
            },
        )
        for row in rows
    ]


def _balance(row: Row, unit: Unit, scale: int) -> Decimal:
    balance: int = row[BALANCE_COLUMNS[unit]]
    if unit is Unit.POINT:  # kept alike for cards of all scales
        balance //= 10 ** (POINT_SCALE - scale)
    return from_units(balance, scale)
