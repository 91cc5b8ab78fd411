"""
Reviews: what customers say of a visit, in one to five stars and words.

Ratings are added up in hundredths, so that a mean has two decimals and is rounded once,
halves up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.words import paragraphs
from loyaltycore.errors import InvalidValue, NotEligible
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from datetime import date, datetime

    from loyaltycore.customers.customer import Customer

__all__ = [
    "HUNDREDTHS",
    "RATING_MAX",
    "Review",
    "check_visit",
    "given",
    "mean",
    "rated",
]

RATING_MAX: Final = 5
#: Of a star.
HUNDREDTHS: Final = 100

_NO_VISIT: Final = frozenset({"import", "system"})


@attrs.frozen(kw_only=True)
class Review:
    """
    What a customer said of a visit, or of the shop.

    Attributes:
        rating: 1 to 5.
        text: None when nothing was said, or the customer was erased.
        transaction_id: the visit, or None.
        location_id, actor_id: of the visit.
        local_day: in the program's zone.
    """

    id: str
    version: int
    customer_id: str
    rating: int
    text: str | None = attrs.field(default=None, repr=False)
    transaction_id: str | None = None
    card_id: str | None = None
    location_id: str | None = None
    actor_id: str | None = None
    recorded_at: datetime
    local_day: date


def given(review: Review) -> Review:
    """
    Check a review.

    Raises:
        InvalidValue: a rating that is none, or a text that cannot be one.
    """
    rating, text = review.rating, review.text
    if type(rating) is not int or not 1 <= rating <= RATING_MAX:
        raise InvalidValue("rating", f"a whole number from 1 to {RATING_MAX}.")
    return attrs.evolve(review, text=None if text is None else paragraphs("text", text))


def check_visit(*, is_own: bool, is_reversal: bool, source: str) -> None:
    """
    Refuse what is no visit of the customer.

    Raises:
        NotEligible: somebody else's, a void or the like, or nobody was there.
    """
    if not is_own or is_reversal or source in _NO_VISIT:
        raise NotEligible("A review is of a visit of this customer.")


def mean(rating_sum: int, reviews: int) -> int | None:
    """Of ratings in hundredths, in hundredths, halves up; None without one."""
    return divide(rating_sum, reviews, Rounding.HALF_UP) if reviews else None


def rated(customer: Customer, rating: int) -> Customer:
    """Count one more rating."""
    reviews = customer.reviews + 1
    rating_sum = customer.rating_sum + rating * HUNDREDTHS
    return attrs.evolve(
        customer,
        reviews=reviews,
        rating_sum=rating_sum,
        rating=mean(rating_sum, reviews),
    )
