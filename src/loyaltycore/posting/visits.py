"""The visit that a review is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.reviews import check_visit
from loyaltycore.errors import AlreadyReviewed, UnknownTransaction
from loyaltycore.records.finding import everyone_who_became
from loyaltycore.records.journal import transaction_ref
from loyaltycore.records.reviews import review_ref


if TYPE_CHECKING:
    from loyaltycore.customers.reviews import Review
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk

__all__ = ["of_visit"]


def of_visit(
    session: Session, desk: Desk, review: Review, transaction_id: str | None
) -> Review:
    """
    Say of which visit a review is, if it is of one.

    Raises:
        UnknownTransaction: there is no such one.
        NotEligible: it is no visit of this customer.
        AlreadyReviewed: it was reviewed before.
    """
    if transaction_id is None:
        return review
    program_id = desk.program.id
    (visit,) = session.get([transaction_ref(program_id, transaction_id)])
    if visit is None:
        raise UnknownTransaction(transaction_id)
    check_visit(
        is_own=visit["customer_id"]
        in everyone_who_became(session, program_id, review.customer_id),
        is_reversal=visit["reverses"] is not None,
        source=visit["source"],
    )
    (earlier,) = session.get([review_ref(program_id, transaction_id)])
    if earlier is not None:
        raise AlreadyReviewed(transaction_id, earlier["id"])
    return attrs.evolve(
        review,
        transaction_id=transaction_id,
        card_id=visit["card_id"],
        location_id=visit["location_id"],
        actor_id=visit["actor_id"],
    )
