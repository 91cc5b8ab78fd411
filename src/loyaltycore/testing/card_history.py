"""
What a store holds, read row by row, for tests that prove something about it.

Owns reading only.  It goes past the services, so that a test of a law does not trust
what it is about to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.ledger.transactions import Unit
from loyaltycore.query.predicates import And, where
from loyaltycore.query.queries import LIMIT_MAX, Query
from loyaltycore.records import cards as card_records
from loyaltycore.records import journal
from loyaltycore.schema import COLLECTIONS


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.loyalty import Loyalty
    from loyaltycore.ports import Session, Store
    from loyaltycore.query.predicates import Predicate, Row

__all__ = ["CardHistory", "all_rows", "read_history"]

_PAGES_MAX = 1_000


@attrs.frozen
class CardHistory:
    """
    One card as it is stored.

    Attributes:
        holding: totals as the card's row has them, with every lot that it ever had.
        transactions: all of them, oldest first.
    """

    holding: Holding
    transactions: tuple[Transaction, ...]


def read_history(shop: Loyalty, card_id: str) -> CardHistory:
    """Read a card's row, its lots and its journal in one snapshot."""
    program_id = shop.program.id
    on_card: Mapping[str, Any] = {"program_id": program_id, "card_id": card_id}
    with shop.store.session(write=False) as session:
        (card,) = session.get([card_records.card_ref(program_id, card_id)])
        lots = _rows(session, "lot", where(**on_card))
        headers = _rows(session, "transaction", where(**on_card))
        entries = _rows(session, "entry", where(**on_card))
    assert card is not None, "a card that was issued is there"
    by_version: dict[int, list[Row]] = {header["version"]: [] for header in headers}
    for row in sorted(entries, key=lambda row: (row["version"], row["number"])):
        by_version[row["version"]].append(row)
    headers.sort(key=lambda header: header["version"])
    return CardHistory(
        attrs.evolve(
            card_records.holding_of(card),
            lots={row["number"]: card_records.lot_of(row) for row in lots},
            complete=frozenset(Unit),
        ),
        tuple(
            journal.transaction_of(
                header, journal.entries_of(by_version[header["version"]])
            )
            for header in headers
        ),
    )


def all_rows(store: Store) -> dict[str, list[Row]]:
    """Read every row of every table, to see that nothing at all was changed."""
    with store.session(write=False) as session:
        return {name: _rows(session, name, And()) for name in COLLECTIONS}


def _rows(session: Session, collection: str, condition: Predicate) -> list[Row]:
    rows: list[Row] = []
    cursor = None
    for _ in range(_PAGES_MAX):
        page = session.select(
            Query(collection, condition, limit=LIMIT_MAX, cursor=cursor)
        )
        rows += page.rows
        cursor = page.cursor
        if cursor is None:
            return rows
    message = f"More than {_PAGES_MAX * LIMIT_MAX} rows of {collection} in a test."
    raise AssertionError(message)
