"""Purchases in the journal, and what took them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.insight.net_purchases import PostedPurchase, Reversal
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Order, Query


if TYPE_CHECKING:
    from datetime import date

    from loyaltycore.query.predicates import Row

__all__ = [
    "every_reversal",
    "newest_priced",
    "purchase_of",
    "purchases_until",
    "reversal_of",
]

_ROWS_A_PAGE = 1_000


def purchases_until(program_id: str, last_day: date) -> Query:
    """Purchases up to a local day, voided ones too; for streaming."""
    terms = (
        *where(program_id=program_id, reverses=None).terms,
        Compare("purchase_amount", Op.NE, None),
        Compare("local_day", Op.LE, last_day),
    )
    return Query("transaction", And(terms), limit=_ROWS_A_PAGE)


def newest_priced(
    program_id: str, customer_id: str, limit: int, cursor: str | None
) -> Query:
    """
    What a customer paid or got back, newest first.

    Reversals are among them: asked for without, an engine might look for everything
    that reverses nothing, which is nearly the whole journal.
    """
    terms = (
        *where(program_id=program_id, customer_id=customer_id).terms,
        Compare("purchase_amount", Op.NE, None),
    )
    order = (Order("occurred_at", descending=True), Order("id", descending=True))
    return Query("transaction", And(terms), order, limit, cursor)


def purchase_of(row: Row) -> PostedPurchase:
    """One of them."""
    return PostedPurchase(
        row["id"], row["customer_id"], row["local_day"], row["purchase_amount"]
    )


def every_reversal(program_id: str) -> Query:
    """Whatever takes a transaction back; for streaming."""
    terms = (
        *where(program_id=program_id).terms,
        Compare("reverses", Op.NE, None),
    )
    return Query("transaction", And(terms), limit=_ROWS_A_PAGE)


def reversal_of(row: Row) -> Reversal:
    """One of them."""
    return Reversal(
        row["reverses"],
        -(row["purchase_amount"] or 0),
        row["kind"] == TransactionKind.VOID,
    )
