"""Every row of a query, a page at a time, so that no table is ever loaded whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.query.queries import Query

__all__ = ["stream"]


def stream(session: Session, query: Query) -> Iterator[Row]:
    """Yield the rows of a query in its order; its limit is the size of a page."""
    page = session.select(query)
    yield from page.rows
    while page.cursor is not None:
        page = session.select(attrs.evolve(query, cursor=page.cursor))
        yield from page.rows
