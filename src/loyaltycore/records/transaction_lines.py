"""Transactions with their customers, cards and templates, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.io.transactions_out import TransactionLine
from loyaltycore.query.predicates import And, is_in, where
from loyaltycore.query.queries import LIMIT_MAX, Order, Query
from loyaltycore.records.cards import card_ref
from loyaltycore.records.customers import customer_of, customer_ref
from loyaltycore.records.journal import entries_of, transaction_of
from loyaltycore.records.streaming import stream
from loyaltycore.records.templates import template_ref


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ledger.transactions import Entry, Unit
    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row

__all__ = ["entries_by_place", "transaction_lines", "transactions_as_recorded"]


def transactions_as_recorded(
    program_id: str, template_id: str | None, limit: int, cursor: str | None
) -> Query:
    """All transactions, or those of one template's cards, in the order of their ids."""
    terms = where(program_id=program_id)
    if template_id is not None:
        terms = where(program_id=program_id, template_id=template_id)
    return Query("transaction", terms, (Order("id"),), limit, cursor)


def transaction_lines(
    session: Session,
    program_id: str,
    rows: Sequence[Row],
    template_of: Callable[[Row], CardTemplate],
    scales_of: Callable[[CardTemplate], Mapping[Unit, int]],
) -> list[TransactionLine]:
    """Put headers together with everything that they are about."""
    names = [
        {row[column]: None for row in rows}
        for column in ("customer_id", "card_id", "template_id")
    ]
    customers, cards, templates = names
    found = session.get(
        [
            *(customer_ref(program_id, each) for each in customers),
            *(card_ref(program_id, each) for each in cards),
            *(template_ref(program_id, each) for each in templates),
        ]
    )
    known = {row["id"]: row for row in found if row is not None}
    entries = entries_by_place(session, program_id, rows)
    by_template = {each: template_of(known[each]) for each in templates}
    return [
        TransactionLine(
            transaction=transaction_of(
                row, entries.get((row["card_id"], row["version"]), ())
            ),
            customer=customer_of(known[row["customer_id"]]),
            template=by_template[row["template_id"]].name,
            serial=known[row["card_id"]]["serial"],
            scales=scales_of(by_template[row["template_id"]]),
        )
        for row in rows
    ]


def entries_by_place(
    session: Session, program_id: str, rows: Sequence[Row]
) -> dict[tuple[str, int], tuple[Entry, ...]]:
    """Load the entries of some transactions, by card and version."""
    versions: dict[str, list[int]] = {}
    for row in rows:
        versions.setdefault(row["card_id"], []).append(row["version"])
    found: dict[tuple[str, int], list[Row]] = {}
    for card_id, wanted in versions.items():
        for row in _entries_of(session, program_id, card_id, tuple(wanted)):
            found.setdefault((card_id, row["version"]), []).append(row)
    return {place: entries_of(rows) for place, rows in found.items()}


def _entries_of(
    session: Session, program_id: str, card_id: str, versions: tuple[int, ...]
) -> Iterator[Row]:
    terms = where(program_id=program_id, card_id=card_id).terms
    return stream(
        session,
        Query(
            "entry",
            And((*terms, is_in("version", versions))),
            (Order("version"), Order("number")),
            LIMIT_MAX,
        ),
    )
