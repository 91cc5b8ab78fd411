"""Reviews of customers, on every store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import rows_of
from tests.services.people import acting

from loyaltycore import cards, errors


if TYPE_CHECKING:
    from loyaltycore import Loyalty
    from loyaltycore.ports import Store


def visit(shop: Loyalty, customer_id: str, **options: Any) -> str:
    """Record a purchase and return the transaction's id."""
    template = shop.templates.create("Wallet", cards.Cashback(percent=1))
    card = shop.cards.issue(template.id, to=customer_id)
    return shop.cards.record_purchase(card.id, "10.00", **options).id


def test_reviews_add_up_to_a_rating(shop: Loyalty) -> None:
    """CU-09: a rating is the mean of a customer's reviews, halves up, two places."""
    ada = shop.customers.register().id
    for rating in (5, 4, 4):
        shop.feedback.record(ada, rating)
    customer = shop.customers.get(ada)

    assert (3, 1300, 433) == (customer.reviews, customer.rating_sum, customer.rating)
    for rating in (5, 5, 5, 5, 4):  # 37 / 8 = 4.625
        shop.feedback.record(ada, rating)
    assert 463 == shop.customers.get(ada).rating
    assert () == shop.verify().problems


def test_a_visit_is_reviewed_once(shop: Loyalty, store: Store) -> None:
    """A review of a visit has its place and its manager; a second one is refused."""
    ada = shop.customers.register().id
    transaction = visit(shop, ada, location="mitte", actor="eva")
    review = shop.feedback.record(ada, 3, "Cold tea", transaction_id=transaction)
    before = rows_of(store)

    assert ("mitte", "eva") == (review.location_id, review.actor_id)
    assert review.card_id is not None
    with pytest.raises(errors.AlreadyReviewed) as caught:
        shop.feedback.record(ada, 5, transaction_id=transaction)
    assert {"transaction_id": transaction, "review_id": review.id} == (
        caught.value.details
    )
    assert before == rows_of(store)


def test_only_own_visits_are_reviewed(shop: Loyalty) -> None:
    """Somebody else's visit, a void and what was imported are no visits."""
    ada, bob = shop.customers.register().id, shop.customers.register().id
    transaction = visit(shop, ada)
    void = shop.transactions.void(transaction).id

    with pytest.raises(errors.NotEligible):
        shop.feedback.record(bob, 5, transaction_id=transaction)
    with pytest.raises(errors.NotEligible):
        shop.feedback.record(ada, 5, transaction_id=void)
    with pytest.raises(errors.UnknownTransaction):
        shop.feedback.record(ada, 5, transaction_id="none")


def test_days_count_reviews(shop: Loyalty, store: Store) -> None:
    """CU-09: figures of the day, the place and the manager count a review."""
    ada = shop.customers.register().id
    shop.feedback.record(ada, 2, transaction_id=visit(shop, ada, location="mitte"))
    acting(shop, "eva").feedback.record(ada, 5)
    days = [row for row in rows_of(store)["day_figure"] if row["reviews"]]

    assert {("mitte", "", 1, 200), ("", "eva", 1, 500)} == {
        (row["location_id"], row["actor_id"], row["reviews"], row["rating_sum"])
        for row in days
    }


def test_reviews_are_listed(shop: Loyalty) -> None:
    """A customer's reviews, and everybody's, in pages, the newest first."""
    ada, bob = shop.customers.register().id, shop.customers.register().id
    first = shop.feedback.record(ada, 5, "Lovely")
    second = shop.feedback.record(bob, 1)
    third = shop.feedback.record(ada, 4)

    assert (third, first) == shop.feedback.of_customer(ada).reviews
    page = shop.feedback.page(limit=2)
    assert (third, second) == page.reviews
    assert (first,) == shop.feedback.page(cursor=page.cursor).reviews
    assert "Lovely" not in repr(first)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": True}, "rating"),
        ({"rating": 4.5}, "rating"),
        ({"rating": 5, "text": ""}, "text"),
        ({"rating": 5, "text": "x" * 4_001}, "text"),
    ],
)
def test_what_cannot_be_a_review(
    shop: Loyalty, store: Store, values: dict, field: str
) -> None:
    """One to five, and words that a store can keep."""
    ada = shop.customers.register().id
    before = rows_of(store)
    with pytest.raises(errors.InvalidValue) as caught:
        shop.feedback.record(ada, **values)

    assert field == caught.value.field
    assert before == rows_of(store)


def test_the_feed_tells_of_reviews(shop: Loyalty) -> None:
    """CU-05: the rating stands in the feed, the words do not."""
    ada = shop.customers.register().id
    review = shop.feedback.record(ada, 4, "Lovely")
    entry = shop.customers.feed(ada).entries[0]

    assert ("review", review.id, {"rating": 4}) == (
        entry.kind,
        entry.subject_id,
        entry.details,
    )
