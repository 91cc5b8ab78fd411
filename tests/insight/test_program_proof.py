"""Checks of what is kept beside the journal, on values alone."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from loyaltycore.customers.customer import Customer, Person
from loyaltycore.engagement.messages import Message
from loyaltycore.insight.program_proof import (
    check_counters,
    check_customer,
    check_day,
)
from loyaltycore.insight.verification import Check, Findings


MOMENT = datetime(2025, 1, 1, tzinfo=UTC)
ADA = Customer(
    referral_code="ADA",
    id="k1",
    version=1,
    person=Person(first_name="Ada", last_name="Lovelace"),
    registered_at=MOMENT,
    purchases=2,
    purchase_value=1001,
    average_value=501,
    last_transaction_at=MOMENT,
    points=500,
)
TOKENS = frozenset({"name:ada", "name:lovelace"})


def test_a_customer_that_adds_up():
    """Totals and search keys as they should be are no problem."""
    findings = Findings()
    check_customer(ADA, {"purchases": 2, "points": 500}, MOMENT, TOKENS, findings)

    assert () == findings.report().problems


@pytest.mark.parametrize(
    ("sums", "tokens", "check", "message"),
    [
        (
            {"points": 501},
            TOKENS,
            Check.TOTALS,
            "points is 500; the journal adds up to",
        ),
        ({}, TOKENS | {"name:eve"}, Check.SEARCH, "search keys"),
        ({}, TOKENS - {"name:ada"}, Check.SEARCH, "search keys"),
    ],
)
def test_a_customer_that_does_not(
    sums: dict[str, int], tokens: frozenset[str], check: Check, message: str
):
    """Each difference is a problem of its own, named by the customer's id."""
    findings = Findings()
    check_customer(ADA, sums, MOMENT, tokens, findings)

    (problem,) = findings.report().problems
    assert (check, "customer k1") == (problem.check, problem.where)
    assert message in problem.message


def test_a_day_that_does_not_add_up():
    """Each figure that differs is named."""
    findings = Findings()
    stored = {"transactions": 3, "purchases": 2, "slot": 7}
    check_day("2025-01-01/t1", stored, {"transactions": 3, "purchases": 1}, findings)

    (problem,) = findings.report().problems
    assert (Check.FIGURES, "day_figure") == (problem.check, problem.collection)
    assert "purchases is 2; the journal adds up to 1." == problem.message


def test_counters_that_do_not_add_up():
    """A counter too many and one too few are found; nothing counted is like none."""
    findings = Findings()
    stored = {"c1/a": 1, "c1/b": 0, "c1/c": 2}
    check_counters("c1", stored, {"c1/a": 1, "c1/c": 3, "c1/d": 1}, findings)

    assert ["c1/c", "c1/d"] == [each.id for each in findings.report().problems]


def test_a_message_is_a_value():
    """Messages compare by what they say."""
    message = Message(
        id="m", card_id="c", card_version=1, topic="t", payload="{}", created_at=MOMENT
    )

    assert attrs.evolve(message, attempts=0) == message
