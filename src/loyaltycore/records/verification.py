"""What a verification reads: whole cards, and rows that point at nothing."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.customers.figures import Figures
from loyaltycore.insight.card_proof import StoredLot
from loyaltycore.ledger.sealing import SealedTransaction
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records import cards, journal
from loyaltycore.records.custom_fields import CUSTOMER_FORM
from loyaltycore.records.customers import totals_of
from loyaltycore.schema import COLLECTIONS


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.query.predicates import Predicate, Row, Scalar

__all__ = [
    "REFERENCES",
    "CustomerSums",
    "Lines",
    "Reference",
    "all_counters",
    "all_of_card",
    "by_customer",
    "card_counters",
    "chunks",
    "customer_tokens",
    "orphans",
    "row_id",
    "row_key",
    "sealed_of",
    "stored_lot_of",
    "values_of_customer",
]

_PAGE = 1_000


@attrs.frozen
class Reference:
    """
    Rows of one collection, and the row of another that each of them points at.

    Attributes:
        on: pairs (their column, our column).
        those: which of our rows; by default all.
    """

    collection: str
    other: str
    on: tuple[tuple[str, str], ...]
    those: Predicate = And()


_VERSION = (("id", "template_id"), ("version", "template_version"))
_OF_CUSTOMER = Compare("form", Op.EQ, CUSTOMER_FORM)
_OF_TRANSACTION = Compare("topic", Op.STARTS_WITH, "transaction.")

_WAS_MERGED = Compare("merged_into", Op.NE, None)

REFERENCES = (
    Reference("customer", "customer", (("id", "merged_into"),), _WAS_MERGED),
    Reference("card", "customer", (("id", "customer_id"),)),
    Reference("card", "template", (("id", "template_id"),)),
    Reference("template_version", "template", (("id", "id"),)),
    Reference("transaction", "template_version", _VERSION),
    Reference("lot", "card", (("id", "card_id"),)),
    Reference("transaction", "card", (("id", "card_id"),)),
    Reference("entry", "transaction", (("card_id", "card_id"), ("version", "version"))),
    Reference("message", "card", (("id", "card_id"),)),
    Reference("message", "transaction", (("id", "id"),), _OF_TRANSACTION),
    Reference("unique_field", "card", (("id", "owner_id"),), Not(_OF_CUSTOMER)),
    Reference("unique_field", "customer", (("id", "owner_id"),), _OF_CUSTOMER),
    Reference("search_token", "customer", (("id", "customer_id"),)),
    Reference("field_value", "customer", (("id", "customer_id"),)),
    Reference("customer_tag", "customer", (("id", "customer_id"),)),
    Reference("consent", "customer", (("id", "customer_id"),)),
    Reference("consent_change", "customer", (("id", "customer_id"),)),
    Reference("note", "customer", (("id", "customer_id"),)),
    Reference("review", "customer", (("id", "customer_id"),)),
    Reference("activity", "customer", (("id", "customer_id"),)),
    Reference("segment_member", "customer", (("id", "customer_id"),)),
    Reference("segment_member", "segment", (("id", "segment_id"),)),
    Reference("rfm_score", "customer", (("id", "customer_id"),)),
)


def orphans(program_id: str, reference: Reference) -> Query:
    """Rows that point at one that is not there."""
    there = Exists(reference.other, (("program_id", "program_id"), *reference.on))
    ours = where(program_id=program_id).terms
    alone = And((*ours, reference.those, Not(there)))
    return Query(reference.collection, alone, (), _PAGE)


def all_of_card(program_id: str, collection: str, card_id: str) -> Query:
    """A card's lots or entries, in the order of their key."""
    order = tuple(Order(name) for name in COLLECTIONS[collection].key[2:])
    return Query(
        collection, where(program_id=program_id, card_id=card_id), order, _PAGE
    )


def card_counters(program_id: str, card_id: str) -> Query:
    """What is counted for one card."""
    of_card = Compare("name", Op.STARTS_WITH, f"{card_id}/")
    return Query(
        "counter", And((*where(program_id=program_id).terms, of_card)), (), _PAGE
    )


def all_counters(program_id: str) -> Query:
    """Everything that is counted."""
    return Query("counter", where(program_id=program_id), (), _PAGE)


def customer_tokens(program_id: str, customer_id: str) -> Query:
    """What a customer is found by."""
    return Query("search_token", where(program_id=program_id, customer_id=customer_id))


def by_customer(program_id: str, collection: str, *order: str) -> Query:
    """Rows of all customers, customer by customer."""
    named = tuple(Order(name) for name in ("customer_id", *order))
    return Query(collection, where(program_id=program_id), named, _PAGE)


def values_of_customer(program_id: str, customer_id: str) -> Query:
    """The fields of a customer, as filters compare them."""
    return Query("field_value", where(program_id=program_id, customer_id=customer_id))


def sealed_of(row: Row, lines: Sequence[Row]) -> SealedTransaction:
    """
    A transaction as it is stored, its digest included.

    Raises:
        ValueError, TypeError: a value that no transaction has.
    """
    return SealedTransaction(
        journal.transaction_of(row, journal.entries_of(lines)),
        row["command"],
        row["pinned"],
        row["state"],
        row["till"],
        tuple(line["takes"] for line in lines),
        row["digest"],
    )


def stored_lot_of(row: Row) -> StoredLot:
    """
    A lot as it is stored.

    Raises:
        ValueError: its unit is none.
    """
    return StoredLot(cards.lot_of(row), row["is_open"], row["due_at"])


def row_key(collection: str, row: Row) -> tuple[Scalar, ...]:
    """The values of a row's key, the program's id first."""
    return tuple(row[name] for name in COLLECTIONS[collection].key)


def row_id(collection: str, row: Row) -> str:
    """What names a row in its program: its key, parts divided by ``/``."""
    return "/".join(map(str, row_key(collection, row)[1:]))


class CustomerSums:
    """What the journal of a customer's cards adds up to."""

    def __init__(self) -> None:
        self.totals = Counter(totals_of(Figures()))
        self._moments: dict[str, datetime] = {}

    def add(self, transaction: Transaction, figures: Figures) -> None:
        """Add a transaction."""
        self.totals.update(totals_of(figures))
        if figures.transactions > 0:
            self._moments[transaction.id] = transaction.occurred_at
        elif transaction.kind is TransactionKind.VOID and transaction.reverses:
            self._moments.pop(transaction.reverses, None)

    @property
    def last_at(self) -> datetime | None:
        """When the last transaction happened that was not voided."""
        return max(self._moments.values(), default=None)


class Lines:
    """
    Rows handed out in rising order of a column, such as entries by version.

    Args:
        rows: in that order.
    """

    def __init__(self, rows: Iterable[Row], by: str = "version") -> None:
        self._groups = groupby(rows, key=itemgetter(by))
        self._key, self._rows = self._next()

    def of(self, key: int | str) -> list[Row]:
        """The rows of one value; those of values before it are passed over."""
        while self._key is not None and self._key < key:
            self._key, self._rows = self._next()
        return self._rows if self._key == key else []

    def _next(self) -> tuple[Any, list[Row]]:
        key, rows = next(self._groups, (None, ()))
        return key, list(rows)


def chunks(rows: Iterable[Row], n: int) -> Iterator[list[Row]]:
    """Divide rows into lists of at most so many."""
    rows = iter(rows)
    while chunk := list(islice(rows, n)):
        yield chunk
