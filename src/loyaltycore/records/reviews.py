"""Reviews of customers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loyaltycore.customers.reviews import Review, rated
from loyaltycore.ports import Insert, Ref, Update
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.figures import review_figures


if TYPE_CHECKING:
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Change
    from loyaltycore.query.predicates import Row

__all__ = [
    "latest_reviews",
    "new_review",
    "review_of",
    "review_ref",
    "reviews_of_customer",
    "wordless",
]

_RATINGS = ("reviews", "rating_sum", "rating")


def review_ref(program_id: str, transaction_id: str) -> Ref:
    """The review of a visit."""
    return Ref("review", ("program_id", "transaction_id"), (program_id, transaction_id))


def reviews_of_customer(
    program_id: str, customer_id: str, limit: int = 100, cursor: str | None = None
) -> Query:
    """Reviews of a customer, newest first."""
    return Query(
        "review",
        where(program_id=program_id, customer_id=customer_id),
        (Order("recorded_at", descending=True), Order("id", descending=True)),
        limit,
        cursor,
    )


def latest_reviews(program_id: str, limit: int, cursor: str | None) -> Query:
    """Reviews of the program, newest first."""
    order = (Order("id", descending=True),)
    return Query("review", where(program_id=program_id), order, limit, cursor)


def new_review(program_id: str, customer: Customer, review: Review) -> list[Change]:
    """A review, its day, and what the customer's reviews add up to with it."""
    row = {
        "program_id": program_id,
        "id": review.id,
        "version": review.version,
        "customer_id": review.customer_id,
        "card_id": review.card_id,
        "transaction_id": review.transaction_id,
        "location_id": review.location_id,
        "actor_id": review.actor_id,
        "rating": review.rating,
        "text": json.dumps(review.text),
        "recorded_at": review.recorded_at,
        "local_day": review.local_day,
    }
    after = rated(customer, review.rating)
    ratings = {name: getattr(after, name) for name in _RATINGS}
    return [
        Insert("review", [row]),
        review_figures(program_id, review),
        Update(customer_ref(program_id, customer.id), ratings),
    ]


def wordless(program_id: str, review_id: str) -> Update:
    """A review without what was said in it; the rating stays."""
    ref = Ref("review", ("program_id", "id"), (program_id, review_id))
    return Update(ref, {"text": json.dumps(None)})


def review_of(row: Row) -> Review:
    """The opposite of ``new_review``."""
    return Review(
        id=row["id"],
        version=row["version"],
        customer_id=row["customer_id"],
        card_id=row["card_id"],
        transaction_id=row["transaction_id"],
        location_id=row["location_id"],
        actor_id=row["actor_id"],
        rating=row["rating"],
        text=json.loads(row["text"]),
        recorded_at=row["recorded_at"],
        local_day=row["local_day"],
    )
