"""Reviews of customers: ratings of one to five, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.reviews import Review, given
from loyaltycore.posting.people import living_customer, noted, the_customer
from loyaltycore.posting.visits import of_visit
from loyaltycore.program.managers import Permission
from loyaltycore.records import reviews as records
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from loyaltycore.ports import Page, Session
    from loyaltycore.shell import Shell

__all__ = ["Feedback", "ReviewPage"]


@attrs.frozen
class ReviewPage:
    """Some reviews; *cursor* is None behind the last one."""

    reviews: tuple[Review, ...]
    cursor: str | None


class Feedback:
    """What customers say of their visits."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def record(
        self,
        customer_id: str,
        rating: int,
        text: str | None = None,
        *,
        transaction_id: str | None = None,
    ) -> Review:
        """
        Note down a review; the customer's rating and the day's figures follow.

        Args:
            rating: 1 to 5.
            text: at most 4,000 characters.
            transaction_id: the visit; its location and manager are the review's.

        Raises:
            UnknownCustomer, UnknownTransaction: there is no such one.
            CustomerGone: the customer was deleted or erased.
            NotEligible: the transaction is no visit of this customer.
            AlreadyReviewed: the visit was reviewed before.
            InvalidValue: a rating or a text that cannot be one.
        """
        desk, shell = self._shell.desk, self._shell
        now = desk.now()
        said = given(
            Review(
                id=desk.ids.new(now),
                version=1,
                customer_id=customer_id,
                rating=rating,
                text=text,
                location_id=shell.location_id,
                actor_id=shell.manager_id,
                recorded_at=now,
                local_day=local_day(now, desk.program.zone),
            )
        )

        def write(session: Session) -> Review:
            customer = living_customer(session, desk, customer_id)
            own = attrs.evolve(said, customer_id=customer.id)
            review = of_visit(session, desk, own, transaction_id)
            changes = records.new_review(desk.program.id, customer, review)
            told = noted(
                desk,
                customer.id,
                ActivityKind.REVIEW,
                {"rating": review.rating},
                actor_id=shell.manager_id,
                subject_id=review.id,
            )
            session.apply([*changes, told])
            return review

        return shell.write(write, Permission.EDIT)

    def of_customer(
        self, customer_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> ReviewPage:
        """
        Return a page of a customer's reviews, newest first.

        Raises:
            UnknownCustomer: there is no such one.
            InvalidValue: the limit or cursor cannot be.
        """
        desk = self._shell.desk

        def read(session: Session) -> Page:
            customer = the_customer(session, desk, customer_id)
            query = records.reviews_of_customer(
                desk.program.id, customer.id, limit, cursor
            )
            return session.select(query)

        return _paged(self._shell.read(read, Permission.VIEW_CUSTOMERS))

    def page(self, *, limit: int = 50, cursor: str | None = None) -> ReviewPage:
        """
        Return a page of everybody's reviews, newest first.

        Raises:
            InvalidValue: the limit or cursor cannot be.
        """
        query = records.latest_reviews(self._shell.program_id, limit, cursor)
        return _paged(
            self._shell.read(
                lambda session: session.select(query), Permission.VIEW_CUSTOMERS
            )
        )


def _paged(page: Page) -> ReviewPage:
    return ReviewPage(tuple(map(records.review_of, page.rows)), page.cursor)
