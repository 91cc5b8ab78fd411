"""
The proof of what customers said: ratings, consents; and of who they turned out to be.

Owns checks of one customer at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.reviews import HUNDREDTHS, mean
from loyaltycore.insight.verification import Check
from loyaltycore.program.customer_status import CustomerStatus


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from loyaltycore.customers.consents import Consent, ConsentChange
    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.reviews import Review
    from loyaltycore.insight.verification import Findings

__all__ = ["check_alias", "check_consents", "check_rating"]


def check_alias(
    customer: Customer, aliases: Mapping[str, str], findings: Findings
) -> None:
    """
    See to it that an alias leads to a customer, and nobody else leads anywhere.

    Args:
        aliases: who was merged, with whom they turned out to be.
    """
    is_merged = customer.status is CustomerStatus.MERGED
    if is_merged is not (customer.merged_into is not None):
        message = "its status and merged_into do not go together."
        findings.add(Check.STATE, "customer", customer.id, message)
    elif customer.merged_into in aliases:
        message = f"it leads to {customer.merged_into}, which was merged itself."
        findings.add(Check.REFERENCE, "customer", customer.id, message)


def check_rating(
    customer: Customer, reviews: Sequence[Review], findings: Findings
) -> None:
    """
    Compare a customer's rating with their reviews.

    Args:
        reviews: all of them.
    """
    total = HUNDREDTHS * sum(review.rating for review in reviews)
    n = len(reviews)
    expected = {"reviews": n, "rating_sum": total, "rating": mean(total, n)}
    for name, should in expected.items():
        have = getattr(customer, name)
        if have != should:
            message = f"{name} is {have}; the reviews add up to {should}."
            findings.add(Check.TOTALS, "customer", customer.id, message)


def check_consents(
    customer_id: str,
    consents: Iterable[Consent],
    changes: Iterable[ConsentChange],
    findings: Findings,
) -> None:
    """
    Compare how a customer's consents stand with what was said last.

    Args:
        changes: the earliest first.
    """
    last = {(each.channel, each.purpose): each.state for each in changes}
    stored = {(each.channel, each.purpose): each for each in consents}
    for key in sorted({*last, *stored}):
        if last.get(key) != stored.get(key):
            where = "/".join((customer_id, *key))
            message = "it is not what was said last; compare its changes."
            findings.add(Check.STATE, "consent", where, message)
