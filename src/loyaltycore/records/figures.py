"""Day figures: what happened, by day, template, location and actor."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zlib import crc32

from loyaltycore.customers.reviews import HUNDREDTHS
from loyaltycore.ports import Add, Ref
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Query, total
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.figures import Figures
    from loyaltycore.customers.reviews import Review
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.program.program import Program

__all__ = [
    "FIGURE_MEASURES",
    "customer_figures",
    "day_change",
    "living_change",
    "program_figures",
    "review_figures",
]

_KEY = ("program_id", "day", "template_id", "location_id", "actor_id", "slot")
_SLOTS = 8
_COLUMNS = (
    "customers",
    "transactions",
    "purchases",
    "purchase_value",
    "points_earned",
    "points_redeemed",
    "points_expired",
    "reviews",
    "rating_sum",
)
_OF_REVIEW = ("reviews", "rating_sum")
_OF_TRANSACTION = tuple(
    name for name in _COLUMNS if name not in {"customers", *_OF_REVIEW}
)
FIGURE_MEASURES = {name: total(name) for name in _COLUMNS}


def day_change(program_id: str, transaction: Transaction, figures: Figures) -> Add:
    """
    Add a transaction to its day.

    The slot spreads a busy day over several rows, so that none of them is hot.
    """
    key = (
        program_id,
        transaction.local_day,
        transaction.template_id,
        transaction.location_id or "",
        transaction.actor_id or "",
        _slot(transaction.card_id),
    )
    deltas = {name: getattr(figures, name) for name in _OF_TRANSACTION}
    return Add(Ref("day_figure", _KEY, key), deltas)


def customer_figures(program: Program, customers: Iterable[Customer]) -> list[Add]:
    """Count new customers on the days of their registration."""
    counted = Counter(
        (
            local_day(customer.registered_at, program.zone),
            customer.location_id or "",
            customer.registered_by or "",
            _slot(customer.id),
        )
        for customer in customers
    )
    return [
        Add(
            Ref("day_figure", _KEY, (program.id, day, "", location_id, actor_id, slot)),
            {"customers": n, "living": n},
        )
        for (day, location_id, actor_id, slot), n in sorted(counted.items())
    ]


def living_change(
    program: Program, customer: Customer, at: datetime, change: int
) -> Add:
    """Count a customer who left every list, or came back, on the day of that."""
    day = local_day(at, program.zone)
    key = (program.id, day, "", customer.location_id or "", "", _slot(customer.id))
    return Add(Ref("day_figure", _KEY, key), {"living": change})


def review_figures(program_id: str, review: Review) -> Add:
    """Count a review on its day, its rating in hundredths."""
    key = (
        program_id,
        review.local_day,
        "",
        review.location_id or "",
        review.actor_id or "",
        _slot(review.id),
    )
    deltas = {"reviews": 1, "rating_sum": review.rating * HUNDREDTHS}
    return Add(Ref("day_figure", _KEY, key), deltas)


def _slot(id_: str) -> int:
    return crc32(id_.encode()) % _SLOTS


def program_figures(program_id: str) -> Query:
    """All day figures of a program."""
    return Query("day_figure", where(program_id=program_id))
