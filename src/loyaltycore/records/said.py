"""What customers said, read through once in the order of their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.insight.people_proof import check_alias, check_consents, check_rating
from loyaltycore.records.consents import change_of, consent_of
from loyaltycore.records.reviews import review_of
from loyaltycore.records.streaming import stream
from loyaltycore.records.verification import Lines, by_customer


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.reviews import Review
    from loyaltycore.insight.verification import Findings
    from loyaltycore.ports import Session

__all__ = ["Said"]


class Said:
    """
    What customers said; they are asked for in the order of their ids.

    Args:
        aliases: who was merged, with whom they turned out to be.
    """

    def __init__(
        self, session: Session, program_id: str, aliases: Mapping[str, str]
    ) -> None:
        def lines(collection: str, *order: str) -> Lines:
            query = by_customer(program_id, collection, *order)
            return Lines(stream(session, query), "customer_id")

        self._aliases = aliases
        self._reviews = lines("review", "recorded_at", "id")
        self._consents = lines("consent", "channel", "purpose")
        self._changes = lines("consent_change", "changed_at", "id")

    def prove(self, customer: Customer, findings: Findings) -> list[Review]:
        """
        Compare what a customer said with what is kept of it; return their reviews.

        Raises:
            ValueError, TypeError: a row holds what it never should.
        """
        reviews = [review_of(row) for row in self._reviews.of(customer.id)]
        consents = [consent_of(row) for row in self._consents.of(customer.id)]
        changes = [change_of(row) for row in self._changes.of(customer.id)]
        check_alias(customer, self._aliases, findings)
        check_rating(customer, reviews, findings)
        check_consents(customer.id, consents, changes, findings)
        return reviews
