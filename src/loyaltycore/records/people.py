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
from loyaltycore.records.customers import (
    contacts_of,
    customer_changes,
    customer_of,
    customer_ref,
    field_of,
)
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.customers.customer import Customer, Person
    from loyaltycore.ports import Change, Ref, Session
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = ["all_aliases", "let_go", "lets_go", "taken_back"]

_ALIASES_A_PAGE = 5_000


def all_aliases(session: Session, program_id: str) -> dict[str, str]:
    """Every alias of a program, with the customer that it leads to."""
    is_merged = Compare("merged_into", Op.NE, None)
    terms = And((*where(program_id=program_id).terms, is_merged))
    order = (Order("merged_into"), Order("id"))
    rows = stream(session, Query("customer", terms, order, _ALIASES_A_PAGE))
    return {row["id"]: row["merged_into"] for row in rows}


def taken_back(
    session: Session,
    program: Program,
    planned: Iterable[tuple[Customer | None, Person]],
) -> list[Change]:
    """
    Say what aliases let go of, so that living customers can have it.

    Args:
        planned: living customers, or None for somebody new, and who they are to be.
    """
    wanted: dict[Ref, str | None] = {}
    for before, person in planned:
        held = [] if before is None else contacts_of(program, before.person)
        owner_id = None if before is None else before.id
        new = (ref for ref in contacts_of(program, person) if ref not in held)
        wanted |= dict.fromkeys(new, owner_id)
    rows = session.get([*wanted])
    found = [
        (ref, row)
        for (ref, owner_id), row in zip(wanted.items(), rows, strict=True)
        if row is not None and lets_go(session, program.id, row, owner_id)
    ]
    return let_go(program, found)


def lets_go(session: Session, program_id: str, row: Row, owner_id: str | None) -> bool:
    """
    Is it an alias that has to let somebody have what it has?

    It has to let go for the customer whom it leads to, and for anybody where it leads
    to somebody who was deleted.
    """
    end_id = row["merged_into"]
    if end_id is None or end_id == owner_id:
        return end_id is not None
    (end,) = session.get([customer_ref(program_id, end_id)])
    return end is not None and not end["is_living"]


def let_go(program: Program, held: Iterable[tuple[Ref, Row]]) -> list[Change]:
    """
    Say how aliases let go of contacts.

    Args:
        held: what is let go of, with the row of the alias.
    """
    aliases: dict[str, tuple[Customer, list[str]]] = {}
    for ref, row in held:
        _, fields = aliases.setdefault(row["id"], (customer_of(row), []))
        fields.append(field_of(ref))
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
