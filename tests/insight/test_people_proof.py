"""What is found when a customer's ratings, consents or aliases do not fit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs
import pytest

from loyaltycore.customers.consents import Channel, ConsentChange
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.customers.reviews import Review
from loyaltycore.insight.people_proof import check_alias, check_consents, check_rating
from loyaltycore.insight.verification import Check, Findings
from loyaltycore.program.customer_status import CustomerStatus


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA = Customer(
    id="ada", version=1, person=Person(), registered_at=NOON, referral_code="A"
)
MERGED = attrs.evolve(ADA, status=CustomerStatus.MERGED, merged_into="bob")


def review(rating: int) -> Review:
    """Make a review."""
    return Review(
        id=f"r{rating}",
        version=1,
        customer_id="ada",
        rating=rating,
        recorded_at=NOON,
        local_day=date(2026, 3, 2),
    )


def said(*, is_given: bool) -> ConsentChange:
    """Make a change of a consent."""
    return ConsentChange(
        id="c",
        customer_id="ada",
        channel=Channel.SMS,
        purpose="marketing",
        is_given=is_given,
        changed_at=NOON,
    )


@pytest.mark.parametrize(
    ("customer", "aliases", "found"),
    [
        (ADA, {}, []),
        (MERGED, {"ada": "bob"}, []),
        (attrs.evolve(ADA, merged_into="bob"), {}, [Check.STATE]),
        (attrs.evolve(MERGED, merged_into=None), {}, [Check.STATE]),
        (MERGED, {"ada": "bob", "bob": "cem"}, [Check.REFERENCE]),
    ],
)
def test_an_alias_leads_to_a_customer(
    customer: Customer, aliases: dict[str, str], found: list[Check]
) -> None:
    """CU-18: who was merged names somebody who was not, and nobody else does."""
    findings = Findings()
    check_alias(customer, aliases, findings)

    assert found == [problem.check for problem in findings.report().problems]


def test_a_rating_is_that_of_the_reviews() -> None:
    """Number, sum and mean are compared, each named."""
    fine = attrs.evolve(ADA, reviews=2, rating_sum=900, rating=450)
    findings = Findings()
    check_rating(fine, [review(4), review(5)], findings)
    assert () == findings.report().problems

    check_rating(fine, [review(4)], findings)
    problems = findings.report().problems
    assert ["reviews", "rating_sum", "rating"] == [
        each.message.split(" ")[0] for each in problems
    ]


@pytest.mark.parametrize(
    ("stored", "changes", "problems"),
    [
        ([], [], 0),
        ([True], [True], 0),
        ([False], [True, False], 0),
        ([True], [True, False], 1),
        ([True], [], 1),
        ([], [True], 1),
    ],
)
def test_a_consent_is_what_was_said_last(
    stored: list[bool], changes: list[bool], problems: int
) -> None:
    """CU-20: how a consent stands is its last change."""
    findings = Findings()
    consents = [said(is_given=each).state for each in stored]
    check_consents("ada", consents, [said(is_given=each) for each in changes], findings)

    assert problems == len(findings.report().problems)
