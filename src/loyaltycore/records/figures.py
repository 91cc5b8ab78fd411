"""Day figures: what happened, by day, template, location and actor."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zlib import crc32

from loyaltycore.customers.reviews import HUNDREDTHS
from loyaltycore.insight.days import Split
from loyaltycore.ports import Add, Ref
from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Query, total
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.figures import Figures
    from loyaltycore.customers.reviews import Review
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.program.program import Program

__all__ = [
    "COLUMN_OF",
    "FIGURE_MEASURES",
    "SLOTS",
    "TILE_MEASURES",
    "customer_figures",
    "day_changes",
    "figures_between",
    "living_change",
    "program_figures",
    "review_figures",
    "slot_of",
]

_KEY = ("program_id", "day", "template_id", "location_id", "actor_id", "slot")
SLOTS = 8
_COLUMNS = (
    "customers",
    "transactions",
    "purchases",
    "purchase_value",
    "redemptions",
    "voids",
    "amends",
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
_OF_WHO_ASKED = ("voids", "amends")
TILE_MEASURES = {**FIGURE_MEASURES, "living": total("living")}


#: By what figures are told apart, and where that is kept.
COLUMN_OF = {
    Split.TEMPLATE: "template_id",
    Split.LOCATION: "location_id",
    Split.MANAGER: "actor_id",
}


def day_changes(
    program_id: str, transaction: Transaction, figures: Figures
) -> list[Add]:
    """
    Add a transaction to its day.

    The slot spreads a busy day over several rows, so that none of them is hot.  What a
    reversal takes back is taken off whom it counts for; that it was a void, or an
    amendment, counts for who asked for it.
    """
    deltas = {name: getattr(figures, name) for name in _OF_TRANSACTION}
    own = transaction.actor_id, transaction.location_id
    for_whom = transaction.pinned.get("counted_for")
    if for_whom is None:
        return [_of_day(program_id, transaction, *own, deltas)]
    asked = {name: deltas[name] for name in _OF_WHO_ASKED}
    theirs = for_whom["actor_id"], for_whom["location_id"]
    rest = {**deltas, **dict.fromkeys(_OF_WHO_ASKED, 0)}
    return [
        _of_day(program_id, transaction, *theirs, rest),
        _of_day(program_id, transaction, *own, asked),
    ]


def _of_day(
    program_id: str,
    transaction: Transaction,
    actor_id: str | None,
    location_id: str | None,
    deltas: dict[str, int],
) -> Add:
    key = (
        program_id,
        transaction.local_day,
        transaction.template_id,
        location_id or "",
        actor_id or "",
        slot_of(transaction.card_id),
    )
    return Add(Ref("day_figure", _KEY, key), deltas)


def customer_figures(program: Program, customers: Iterable[Customer]) -> list[Add]:
    """Count new customers on the days of their registration."""
    counted = Counter(
        (
            local_day(customer.registered_at, program.zone),
            customer.location_id or "",
            customer.registered_by or "",
            slot_of(customer.id),
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
    key = (program.id, day, "", customer.location_id or "", "", slot_of(customer.id))
    return Add(Ref("day_figure", _KEY, key), {"living": change})


def review_figures(program_id: str, review: Review) -> Add:
    """Count a review on its day, its rating in hundredths."""
    key = (
        program_id,
        review.local_day,
        "",
        review.location_id or "",
        review.actor_id or "",
        slot_of(review.id),
    )
    deltas = {"reviews": 1, "rating_sum": review.rating * HUNDREDTHS}
    return Add(Ref("day_figure", _KEY, key), deltas)


def slot_of(id_: str) -> int:
    """In which of the rows that share a number something is counted."""
    return crc32(id_.encode()) % SLOTS


def program_figures(program_id: str, location_id: str | None = None) -> Query:
    """All day figures of a program, or of one of its locations."""
    terms = where(program_id=program_id)
    if location_id is not None:
        terms = where(program_id=program_id, location_id=location_id)
    return Query("day_figure", terms)


def figures_between(
    program_id: str, first: date, last: date, only: Mapping[str, str | None]
) -> Query:
    """
    Day figures of some days.

    Args:
        only: columns and what they hold; None is whatever they hold.
    """
    columns = {name: value for name, value in only.items() if value is not None}
    terms = (
        *where(program_id=program_id, **columns).terms,
        Compare("day", Op.GE, first),
        Compare("day", Op.LE, last),
    )
    return Query("day_figure", And(terms))
