"""Rows as columns of plain values, for data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.query.predicates import Row, Scalar

__all__ = [
    "CUSTOMER",
    "PERSONAL",
    "TRANSACTION",
    "Columns",
    "columns_of",
    "customers_in_order",
    "transactions_in_order",
]

#: One list a column, all of the same length.
Columns: TypeAlias = "dict[str, list[Scalar]]"

TRANSACTION: Final = (
    "id",
    "card_id",
    "customer_id",
    "template_id",
    "kind",
    "source",
    "occurred_at",
    "local_day",
    "location_id",
    "purchase_amount",
    "reverses",
)

CUSTOMER: Final = (
    "id",
    "registered_at",
    "source",
    "purchases",
    "purchase_value",
    "points",
    "points_earned",
    "points_redeemed",
    "points_expired",
)

#: What says who a customer is.
PERSONAL: Final = (
    "first_name",
    "last_name",
    "phone",
    "email",
    "external_id",
    "birth_date",
)


def transactions_in_order(program_id: str, limit: int) -> Query:
    """All transactions, in the order of their ids, which is that of time."""
    return Query("transaction", where(program_id=program_id), (Order("id"),), limit)


def customers_in_order(program_id: str, limit: int) -> Query:
    """All customers, by registration."""
    order = (Order("registered_at"), Order("id"))
    return Query("customer", where(program_id=program_id), order, limit)


def columns_of(rows: Sequence[Row], names: Sequence[str]) -> Columns:
    """Turn rows into columns."""
    return {name: [row[name] for row in rows] for name in names}
