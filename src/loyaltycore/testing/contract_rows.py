"""Rows, refs and small questions that the store contract is told in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.ledger.transactions import Unit
from loyaltycore.ports import Insert, Ref
from loyaltycore.query.queries import Query


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ports import Change, Session, Store
    from loyaltycore.query.predicates import Row, Scalar

__all__ = [
    "CAFE",
    "HOUR",
    "NEVER",
    "T0",
    "all_pages",
    "card",
    "change",
    "counter",
    "counter_ref",
    "customer",
    "customer_ref",
    "customers",
    "day_figure",
    "day_figure_ref",
    "every",
    "fill",
    "lot",
    "message",
    "names_of",
    "one",
    "program",
    "template",
    "token",
    "transaction",
    "transaction_ref",
]

CAFE: Final = "cafe"
T0: Final = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
NEVER: Final = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
_PAGES_MAX: Final = 1_000
_NAMES: Final = (
    None,
    "",
    "Ada",
    "ada",
    "Adá",
    "Ad%",
    "Ad_",
    "Ad\\",
    "Ad\ud7ff",
    "Ad\ue000",
)
_MORE_NAMES: Final = (
    "Ad\U0010ffff",
    "Ad\U0010ffffz",
    "Ae",
    "\U0010ffff",
    "😀",
    "😀a",
    "Z",
)


def program(**changes: object) -> dict[str, Any]:
    """One program."""
    row = {"program_id": CAFE, "currency": "EUR", "zone": "UTC", "created_at": T0}
    return row | changes


def counter(name: str, used: int = 0, **changes: object) -> dict[str, Any]:
    """One counter: the smallest row there is."""
    return {"program_id": CAFE, "name": name, "used": used, **changes}


def counter_ref(name: str) -> Ref:
    """Name a counter by its key."""
    return Ref("counter", ("program_id", "name"), (CAFE, name))


def customer(id: str, **changes: object) -> dict[str, Any]:  # noqa: A002 - the column's name
    """One customer, of whom little is known."""
    row = {
        "program_id": CAFE,
        "id": id,
        "version": 1,
        "first_name": None,
        "last_name": None,
        "phone": None,
        "email": None,
        "external_id": None,
        "birth_date": None,
        "gender": None,
        "source": None,
        "utm": None,
        "location_id": None,
        "registered_by": None,
        "registered_at": T0,
        "referral_code": id,
        "status": "open",
        "status_reason": None,
        "is_living": True,
        "activity": None,
        "merged_into": None,
        "device": None,
        "fields": "{}",
        "unique_phone": None,
        "unique_email": None,
        "unique_external_id": None,
        "folded_name": "",
        "birthday": None,
        "transactions": 0,
        "last_transaction_at": None,
        "purchases": 0,
        "purchase_value": 0,
        "average_value": None,
        "points": 0,
        "points_earned": 0,
        "points_redeemed": 0,
        "points_expired": 0,
        "reviews": 0,
        "rating_sum": 0,
        "rating": None,
    }
    return row | changes


def customer_ref(id: str) -> Ref:  # noqa: A002 - the column's name
    """Name a customer by the key."""
    return Ref("customer", ("program_id", "id"), (CAFE, id))


def customers() -> list[dict[str, Any]]:
    """Customers with ties, missing values and names that are hard to compare."""
    return [
        customer(
            f"c{number:02}",
            first_name=name,
            last_name=("Lovelace", None)[number % 2],
            unique_phone=None if number % 3 else f"+49{number}",
            birth_date=date(1990, 1, 1 + number) if number % 2 else None,
            registered_at=T0 + number % 4 * HOUR,
            points=number % 5 - 2,
        )
        for number, name in enumerate((*_NAMES, *_MORE_NAMES))
    ]


def token(word: str, customer_id: str) -> dict[str, Any]:
    """One word that finds a customer."""
    return {"program_id": CAFE, "token": word, "customer_id": customer_id}


def template(id: str, **changes: object) -> dict[str, Any]:  # noqa: A002 - the column's name
    """One card template."""
    row = {
        "program_id": CAFE,
        "id": id,
        "version": 1,
        "kind": "stamp",
        "name": "Coffee",
        "rules": "{}",
        "conditions": "{}",
        "created_at": T0,
        "changed_at": T0,
    }
    return row | changes


def card(id: str, **changes: object) -> dict[str, Any]:  # noqa: A002 - the column's name
    """One card, new."""
    row = {
        "program_id": CAFE,
        "id": id,
        "serial": f"serial-{id}",
        "template_id": "coffee",
        "customer_id": "ada",
        "issued_at": T0,
        "status": "issued",
        "blocked": None,
        "device": None,
        "installed_at": None,
        "expires_at": NEVER,
        "utm": None,
        "fields": "{}",
        "version": 0,
        "digest": "",
        "last_at": T0,
        "next_lot": 1,
        "next_due_at": NEVER,
        "totals": "{}",
        "state": "{}",
        **{f"{unit.value}_balance": 0 for unit in Unit},
        "uses": 0,
        "tier": None,
    }
    return row | changes


def lot(number: int, **changes: object) -> dict[str, Any]:
    """One open lot of the one card."""
    row = {
        "program_id": CAFE,
        "card_id": "card",
        "number": number,
        "unit": "point",
        "rule": "earn",
        "amount": 10,
        "remaining": 10,
        "expired": 0,
        "earned_at": T0,
        "expires_at": NEVER,
        "available_from": None,
        "slides": False,
        "version": 1,
        "state": "open",
        "due_at": NEVER,
        "is_open": True,
    }
    return row | changes


def transaction(id: str, version: int, **changes: object) -> dict[str, Any]:  # noqa: A002 - the column's name
    """One transaction of the one card."""
    row = {
        "program_id": CAFE,
        "id": id,
        "card_id": "card",
        "version": version,
        "customer_id": "ada",
        "template_id": "coffee",
        "template_version": 1,
        "kind": "earn",
        "source": "till",
        "occurred_at": T0,
        "recorded_at": T0,
        "local_day": date(2026, 1, 31),
        "actor_id": None,
        "location_id": None,
        "terminal_id": None,
        "receipt_id": None,
        "purchase_amount": None,
        "reverses": None,
        "cause": None,
        "idempotency_key": None,
        "fingerprint": "f",
        "command": "{}",
        "pinned": "{}",
        "state": "{}",
        "till": "{}",
        "digest": "d",
    }
    return row | changes


def transaction_ref(id: str) -> Ref:  # noqa: A002 - the column's name
    """Name a transaction by its key."""
    return Ref("transaction", ("program_id", "id"), (CAFE, id))


def day_figure(on: date, **changes: object) -> dict[str, Any]:
    """One day's figures, all zero."""
    row = {
        "program_id": CAFE,
        "day": on,
        "template_id": "coffee",
        "location_id": "",
        "actor_id": "",
        "slot": 0,
        "customers": 0,
        "living": 0,
        "transactions": 0,
        "purchases": 0,
        "purchase_value": 0,
        "redemptions": 0,
        "voids": 0,
        "amends": 0,
        "reviews": 0,
        "rating_sum": 0,
        "points_earned": 0,
        "points_redeemed": 0,
        "points_expired": 0,
    }
    return row | changes


def day_figure_ref(on: date) -> Ref:
    """Name a day's figures by their key."""
    key = ("program_id", "day", "template_id", "location_id", "actor_id", "slot")
    return Ref("day_figure", key, (CAFE, on, "coffee", "", "", 0))


def message(id: str, due_in: int = 0, **changes: object) -> dict[str, Any]:  # noqa: A002 - the column's name
    """One message, due so many seconds after ``T0``."""
    row = {
        "program_id": CAFE,
        "id": id,
        "card_id": "card",
        "card_version": 1,
        "topic": "earned",
        "payload": "{}",
        "created_at": T0,
        "due_at": T0 + timedelta(seconds=due_in),
        "holder": None,
        "attempts": 0,
        "sent_at": None,
    }
    return row | changes


# -- small questions, each in a session of its own -------------------------------------


def change(store: Store, *changes: Change) -> list[int]:
    """Carry out changes and keep them."""
    with store.session() as session:
        return session.apply(changes)


def one(store: Store, ref: Ref) -> Row | None:
    """Read one row."""
    with store.session(write=False) as session:
        return session.get([ref])[0]


def every(store: Store, collection: str) -> list[Row]:
    """Read all rows of a collection, in the order of its key."""
    with store.session(write=False) as session:
        return all_pages(session, Query(collection))


def all_pages(session: Session, query: Query) -> list[Row]:
    """Follow the cursors to the end, and never for ever."""
    rows: list[Row] = []
    for _ in range(_PAGES_MAX):
        page = session.select(query)
        assert len(page.rows) <= query.limit
        rows += page.rows
        if page.cursor is None:
            return rows
        assert len(page.rows) == query.limit, "only a full page has another after it"
        query = attrs.evolve(query, cursor=page.cursor)
    raise AssertionError("the pages never end")


def names_of(rows: Sequence[Row], column: str = "id") -> list[Scalar]:
    """Take one column out of rows."""
    return [row[column] for row in rows]


def fill(store: Store, collection: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows and keep them."""
    change(store, Insert(collection, rows))
