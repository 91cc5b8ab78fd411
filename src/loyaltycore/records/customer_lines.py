"""Customers with what belongs to them, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.belongings import NO_BELONGINGS
from loyaltycore.io.customers_out import CustomerLine
from loyaltycore.records.customer_belongings import belongings_of
from loyaltycore.records.customers import customer_of, customer_ref


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row

__all__ = ["customer_lines", "member_lines"]


def customer_lines(
    session: Session, program_id: str, rows: Sequence[Row]
) -> list[CustomerLine]:
    """Put customers together with their tags and consents."""
    belongings = belongings_of(session, program_id, [row["id"] for row in rows])
    return [
        CustomerLine(customer_of(row), belongings.get(row["id"], NO_BELONGINGS))
        for row in rows
    ]


def member_lines(
    session: Session, program_id: str, rows: Sequence[Row]
) -> list[CustomerLine]:
    """The same of the members of a segment."""
    found = session.get([customer_ref(program_id, row["customer_id"]) for row in rows])
    return customer_lines(session, program_id, [row for row in found if row])
