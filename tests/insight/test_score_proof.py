"""Checks of one customer's scores, on values alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from loyaltycore.insight.customer_scores import CustomerScore
from loyaltycore.insight.score_proof import check_run, check_score
from loyaltycore.insight.verification import Check, Findings
from loyaltycore.rfm import RF10, VISITS9, Cuts, RfmSpec, Score


DAY = date(2026, 3, 2)
SPEC = RfmSpec(as_of=DAY, since=date(2025, 3, 2))
CUTS = Cuts(
    shape=(5, 5, 5),
    recency=(7, 30, 60, 90),
    frequency=(1, 2, 4, 8),
    monetary=(500, 1000, 2000, 4000),
)
# 10 days ago: 4; three purchases: 3; 15.00 in all: 3
ADA = CustomerScore(
    customer_id="ada",
    last_purchase=date(2026, 2, 20),
    orders=3,
    revenue=1500,
    frequency=3,
    monetary=1500,
    score=Score(4, 3, 3),
    segment="potential_loyalists",
    segment_since=date(2026, 1, 1),
)


def messages(
    one: CustomerScore, spec: RfmSpec = SPEC, cuts: Cuts = CUTS, table: Any = RF10
) -> list[str]:
    """What is said of a row."""
    findings = Findings()
    check_score(one, spec, cuts, table, findings)
    found = findings.report().problems
    assert {(Check.SCORE, "rfm_score", "ada")} >= {
        (each.check, each.collection, each.id) for each in found
    }
    return [each.message for each in found]


@pytest.mark.parametrize(
    ("one", "spec"),
    [
        (ADA, SPEC),
        (attrs.evolve(ADA, frequency=2), attrs.evolve(SPEC, frequency="days")),
        (
            attrs.evolve(ADA, monetary=500, score=Score(4, 3, 1)),
            attrs.evolve(SPEC, monetary="mean"),
        ),
    ],
)
def test_what_follows_is_fine(one: CustomerScore, spec: RfmSpec):
    """Two of three orders may be of one day; 15.00 are 5.00 in the mean."""
    if spec.frequency == "days":
        one = attrs.evolve(one, score=Score(4, 2, 3))

    assert [] == messages(one, spec)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"last_purchase": date(2026, 3, 3)}, "last_purchase"),
        ({"last_purchase": date(2025, 3, 1)}, "last_purchase"),
        ({"orders": 4}, "frequency"),
        ({"orders": 0, "frequency": 0}, "orders"),
        ({"revenue": 1501}, "monetary"),
        ({"score": Score(5, 3, 3)}, "scores are 533"),
        ({"score": Score(4, 4, 3)}, "scores are 443"),
        ({"score": Score(4, 3, 4)}, "scores are 434"),
        ({"score": Score(4, 3, 1003)}, "scores are 4-3-1003"),
        ({"segment": "loyal"}, "433, loyal; they should be 433, potential_loyalists"),
    ],
)
def test_what_does_not_follow_is_named(changes: dict[str, Any], what: str):
    """One finding a customer, with what is wrong and what to do."""
    (message,) = messages(attrs.evolve(ADA, **changes))

    assert what in message
    assert "refresh the scores" in message


@pytest.mark.parametrize("frequency", [0, 4])
def test_days_are_no_more_than_orders(frequency: int):
    """Three purchases are on one, two or three days."""
    spec = attrs.evolve(SPEC, frequency="days")
    (message,) = messages(attrs.evolve(ADA, frequency=frequency), spec)

    assert "frequency" in message


def test_a_mean_is_that_of_the_orders():
    """15.01 by three are 5.00, not 5.01."""
    spec = attrs.evolve(SPEC, monetary="mean")
    one = attrs.evolve(ADA, revenue=1501, monetary=501, score=Score(4, 3, 2))
    (message,) = messages(one, spec)

    assert "monetary" in message


@pytest.mark.parametrize(
    ("as_of", "cuts", "table", "is_fine"),
    [
        (DAY, CUTS, RF10, True),
        (date(2026, 3, 1), CUTS, RF10, False),
        (DAY, attrs.evolve(CUTS, shape=(4, 5, 5), recency=(7, 30, 60)), RF10, False),
        (DAY, CUTS, VISITS9, False),
    ],
)
def test_a_run_fits_together(as_of: date, cuts: Cuts, table: Any, is_fine: bool):
    """Day, cuts and segments are those that the choices ask for."""
    findings = Findings()

    assert is_fine is check_run("cafe", as_of, SPEC, cuts, table, findings)
    assert is_fine is not bool(findings.report().problems)
