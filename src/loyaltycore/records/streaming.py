"""Every row of a query, a page at a time, so that no table is ever loaded whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import Corrupt
from loyaltycore.query.predicates import equalities


if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.query.queries import Query

__all__ = ["stream"]


def stream(session: Session, query: Query) -> Iterator[Row]:
    """
    Yield the rows of a query in its order; its limit is the size of a page.

    Raises:
        Corrupt: a row is of another program than was asked for.  An engine that finds
            rows by an index trusts the index; a damaged row shows only here.
    """
    program_id = equalities(query.where).get("program_id")
    page = session.select(query)
    yield from _checked(page.rows, program_id)
    while page.cursor is not None:
        page = session.select(attrs.evolve(query, cursor=page.cursor))
        yield from _checked(page.rows, program_id)


def _checked(rows: list[Row], program_id: object) -> list[Row]:
    if program_id is None:
        return rows
    for row in rows:
        if row["program_id"] != program_id:
            message = "A row is not where it belongs; restore a copy of the database."
            raise Corrupt(message, program_id=program_id)
    return rows
