"""Transactions and their entries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loyaltycore.customers.figures import UNCOUNTED_KINDS, UNCOUNTED_SOURCES
from loyaltycore.ledger.transactions import (
    Entry,
    EntryKind,
    Transaction,
    TransactionKind,
    Unit,
)
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import And, Compare, Not, Op, Or, is_in, where
from loyaltycore.query.queries import LIMIT_MAX, Order, Query
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loyaltycore.ledger.sealing import SealedTransaction
    from loyaltycore.query.predicates import Predicate, Row

__all__ = [
    "card_entries",
    "card_transactions",
    "caused_by",
    "counted_transactions",
    "customer_transactions",
    "entries_of",
    "entry_rows",
    "key_ref",
    "later_transactions",
    "of_customers",
    "receipt_transactions",
    "reversals",
    "transaction_of",
    "transaction_ref",
    "transaction_row",
    "transactions_of_import",
    "version_ref",
]

_ENTRIES_MAX = LIMIT_MAX
_PAGE = 20


def transaction_ref(program_id: str, transaction_id: str) -> Ref:
    """One transaction."""
    values = (program_id, id_text("transaction_id", transaction_id))
    return Ref("transaction", ("program_id", "id"), values)


def key_ref(program_id: str, key: str) -> Ref:
    """The transaction that an idempotency key stands for."""
    return Ref("transaction", ("program_id", "idempotency_key"), (program_id, key))


def version_ref(program_id: str, card_id: str, version: int) -> Ref:
    """The transaction that brought a card to a version."""
    columns = ("program_id", "card_id", "version")
    return Ref("transaction", columns, (program_id, card_id, version))


def reversals(program_id: str, transaction_id: str) -> Query:
    """What reverses a transaction."""
    return Query(
        "transaction",
        where(program_id=program_id, reverses=transaction_id),
        (Order("version"),),
        LIMIT_MAX,
    )


def counted_transactions(program_id: str, ids: tuple[str, ...]) -> Query:
    """
    What counts as a customer's transaction unless it was voided, newest first.

    Args:
        ids: under which there is something of the customer.
    """
    kinds = tuple(sorted(kind.value for kind in UNCOUNTED_KINDS))
    terms = (
        *where(program_id=program_id, reverses=None).terms,
        of_customers(ids),
        Not(is_in("source", tuple(sorted(UNCOUNTED_SOURCES)))),
        Not(is_in("kind", kinds)),
    )
    newest = (Order("occurred_at", descending=True), Order("id", descending=True))
    return Query("transaction", And(terms), newest, _PAGE)


def caused_by(program_id: str, transaction_id: str) -> Query:
    """What followed from a transaction, on whatever cards."""
    return Query(
        "transaction",
        where(program_id=program_id, cause=transaction_id),
        (Order("card_id"), Order("version")),
        LIMIT_MAX,
    )


def customer_transactions(
    program_id: str,
    customer_ids: Sequence[str],
    limit: int,
    cursor: str | None,
    search: str = "",
) -> Query:
    """
    A customer's transactions, newest first.

    Args:
        customer_ids: the customer, and who was merged into them.
        search: how the receipt id or the transaction's own id begins.
    """
    terms: tuple[Predicate, ...] = (
        *where(program_id=program_id).terms,
        of_customers(customer_ids),
    )
    if search:
        begins = tuple(
            Compare(column, Op.STARTS_WITH, search) for column in ("receipt_id", "id")
        )
        terms = (*terms, Or(begins))
    return Query(
        "transaction",
        And(terms),
        (Order("occurred_at", descending=True), Order("id", descending=True)),
        limit,
        cursor,
    )


def of_customers(customer_ids: Sequence[str]) -> Compare:
    """Say whose rows; those of one customer are found in the order of an index."""
    if len(customer_ids) == 1:
        return Compare("customer_id", Op.EQ, customer_ids[0])
    return is_in("customer_id", tuple(customer_ids))


def receipt_transactions(program_id: str, receipt_id: str) -> Query:
    """What was posted for one receipt."""
    return Query("transaction", where(program_id=program_id, receipt_id=receipt_id))


def transactions_of_import(program_id: str, prefix: str, limit: int) -> Query:
    """Transactions whose idempotency keys begin alike, newest first."""
    begins = Compare("idempotency_key", Op.STARTS_WITH, prefix)
    terms = (*where(program_id=program_id).terms, begins)
    return Query("transaction", And(terms), (Order("id", descending=True),), limit)


def card_transactions(
    program_id: str,
    card_id: str,
    *,
    limit: int = 500,
    newest_first: bool = False,
    cursor: str | None = None,
) -> Query:
    """A card's transactions by version."""
    return Query(
        "transaction",
        where(program_id=program_id, card_id=card_id),
        (Order("version", descending=newest_first),),
        limit,
        cursor,
    )


def later_transactions(program_id: str, card_id: str, after: int, limit: int) -> Query:
    """A card's transactions behind a version, oldest first."""
    later = Compare("version", Op.GT, after)
    return Query(
        "transaction",
        And((*where(program_id=program_id, card_id=card_id).terms, later)),
        (Order("version"),),
        limit,
    )


def card_entries(
    program_id: str, card_id: str, first: int, last: int, cursor: str | None = None
) -> Query:
    """A card's entries of versions *first* to *last*, in order."""
    between = (
        Compare("version", Op.GE, first),
        Compare("version", Op.LE, last),
    )
    return Query(
        "entry",
        And((*where(program_id=program_id, card_id=card_id).terms, *between)),
        (Order("version"), Order("number")),
        _ENTRIES_MAX,
        cursor,
    )


def transaction_row(program_id: str, sealed: SealedTransaction) -> Row:
    """The header."""
    transaction = sealed.transaction
    return {
        "program_id": program_id,
        "id": transaction.id,
        "card_id": transaction.card_id,
        "version": transaction.version,
        "customer_id": transaction.customer_id,
        "template_id": transaction.template_id,
        "template_version": transaction.template_version,
        "kind": transaction.kind.value,
        "source": transaction.source,
        "occurred_at": transaction.occurred_at,
        "recorded_at": transaction.recorded_at,
        "local_day": transaction.local_day,
        "actor_id": transaction.actor_id,
        "location_id": transaction.location_id,
        "terminal_id": transaction.terminal_id,
        "receipt_id": transaction.receipt_id,
        "purchase_amount": transaction.purchase_amount,
        "reverses": transaction.reverses,
        "cause": transaction.cause,
        "idempotency_key": transaction.idempotency_key,
        "fingerprint": transaction.fingerprint,
        "command": sealed.command,
        "pinned": sealed.pinned,
        "state": sealed.state,
        "till": sealed.till,
        "digest": sealed.digest,
    }


def entry_rows(program_id: str, sealed: SealedTransaction) -> list[Row]:
    """The lines."""
    transaction = sealed.transaction
    return [
        {
            "program_id": program_id,
            "card_id": transaction.card_id,
            "version": transaction.version,
            "number": number,
            "unit": entry.unit.value,
            "kind": entry.kind.value,
            "rule": entry.rule,
            "amount": entry.amount,
            "takes": takes,
            "lot": entry.lot,
            "pending": entry.pending,
            "earned_at": entry.earned_at,
            "available_from": entry.available_from,
            "expires_at": entry.expires_at,
            "hold": entry.hold,
            "deadline": entry.deadline,
            "reverses": entry.reverses,
            "balance_after": entry.balance_after,
        }
        for number, (entry, takes) in enumerate(
            zip(transaction.entries, sealed.takes, strict=True)
        )
    ]


def entries_of(rows: Iterable[Row]) -> tuple[Entry, ...]:
    """The opposite of ``entry_rows``."""
    return tuple(
        Entry(
            unit=Unit(row["unit"]),
            kind=EntryKind(row["kind"]),
            amount=row["amount"],
            rule=row["rule"],
            takes=tuple((lot, taken) for lot, taken in json.loads(row["takes"])),
            lot=row["lot"],
            pending=row["pending"],
            earned_at=row["earned_at"],
            available_from=row["available_from"],
            expires_at=row["expires_at"],
            hold=row["hold"],
            deadline=row["deadline"],
            reverses=row["reverses"],
            balance_after=row["balance_after"],
        )
        for row in rows
    )


def transaction_of(row: Row, entries: Sequence[Entry]) -> Transaction:
    """The opposite of ``transaction_row``, with its entries."""
    return Transaction(
        id=row["id"],
        card_id=row["card_id"],
        version=row["version"],
        customer_id=row["customer_id"],
        template_id=row["template_id"],
        template_version=row["template_version"],
        kind=TransactionKind(row["kind"]),
        source=row["source"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        local_day=row["local_day"],
        actor_id=row["actor_id"],
        location_id=row["location_id"],
        terminal_id=row["terminal_id"],
        receipt_id=row["receipt_id"],
        purchase_amount=row["purchase_amount"],
        reverses=row["reverses"],
        cause=row["cause"],
        idempotency_key=row["idempotency_key"],
        fingerprint=row["fingerprint"],
        command=json.loads(row["command"]),
        pinned=json.loads(row["pinned"]),
        state=json.loads(row["state"]),
        till=json.loads(row["till"]),
        entries=tuple(entries),
    )
