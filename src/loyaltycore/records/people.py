"""
Who was merged, and who they turned out to be: aliases of a program, or a customer.

A merged customer stays as an alias that names the customer they were merged into,
always the last of a chain.  ``records.finding`` follows one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.customers import customer_changes, customer_of, uniques_of
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Change, Session
    from loyaltycore.program.program import Program

__all__ = ["all_aliases", "taken_back"]

_ALIASES_A_PAGE = 5_000


def all_aliases(session: Session, program_id: str) -> dict[str, str]:
    """Every alias of a program, with the customer that it leads to."""
    is_merged = Compare("merged_into", Op.NE, None)
    terms = And((*where(program_id=program_id).terms, is_merged))
    order = (Order("merged_into"), Order("id"))
    rows = stream(session, Query("customer", terms, order, _ALIASES_A_PAGE))
    return {row["id"]: row["merged_into"] for row in rows}


def taken_back(
    session: Session, program: Program, pairs: Iterable[tuple[Customer, Customer]]
) -> list[Change]:
    """
    Say what the aliases of customers let go of, so that they themselves can have it.

    Args:
        pairs: customers as they are, and as they are to be.
    """
    wanted = {
        ref: after.id
        for before, after in pairs
        for ref in set(uniques_of(program, after)[0])
        - set(uniques_of(program, before)[0])
    }
    aliases: dict[str, tuple[Customer, list[str]]] = {}
    for (ref, owner_id), row in zip(
        wanted.items(), session.get([*wanted]), strict=True
    ):
        if row is not None and row["merged_into"] == owner_id:
            _, fields = aliases.setdefault(row["id"], (customer_of(row), []))
            fields.append(ref.columns[1].removeprefix("unique_"))
    return [
        change
        for alias, fields in aliases.values()
        for change in customer_changes(
            program,
            alias,
            attrs.evolve(
                alias, person=attrs.evolve(alias.person, **dict.fromkeys(fields))
            ),
        )
    ]
