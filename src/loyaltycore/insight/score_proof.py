"""
The proof of scores: whether they follow from what is kept beside them.

Owns checks of a refresh and of one customer's row.  The journal is not asked: it has
gone on since the refresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.insight.verification import Check
from loyaltycore.rfm.purchases import mean_half_up


if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from loyaltycore.insight.customer_scores import CustomerScore
    from loyaltycore.insight.verification import Findings
    from loyaltycore.rfm.cuts import Cuts
    from loyaltycore.rfm.segments import SegmentTable
    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["check_run", "check_score"]

_REMEDY = "refresh the scores."


def check_run(
    program_id: str,
    as_of: date,
    spec: RfmSpec,
    cuts: Cuts,
    table: SegmentTable,
    findings: Findings,
) -> bool:
    """
    See to it that a refresh was noted down as one that can have been.

    Returns:
        Whether it can, so that scores can be held against it.
    """
    wrong = {
        "day": as_of != spec.as_of,
        "cuts": cuts.shape != spec.shape,
        "segments": table.shape != spec.shape,
    }
    named = ", ".join(name for name, is_wrong in wrong.items() if is_wrong)
    if named:
        message = f"its {named} and its choices do not go together; {_REMEDY}"
        findings.add(Check.SCORE, "rfm_run", program_id, message)
    return not named


def check_score(
    one: CustomerScore,
    spec: RfmSpec,
    cuts: Cuts,
    table: SegmentTable,
    findings: Findings,
) -> None:
    """
    Score a customer once more by the cuts of the last refresh.

    Args:
        spec: its choices.
        table: its segments.
    """
    wrong = ", ".join(_impossible(one, spec))
    if wrong:
        message = f"its {wrong} cannot be what the last refresh found; {_REMEDY}"
        findings.add(Check.SCORE, "rfm_score", one.customer_id, message)
        return
    recency_days = (spec.as_of - one.last_purchase).days
    score = cuts.place(recency_days, one.frequency, one.monetary)
    segment = table.segment(score)
    if (one.score, one.segment) != (score, segment):
        have, should = f"{one.score}, {one.segment}", f"{score}, {segment}"
        message = f"its scores are {have}; they should be {should}: {_REMEDY}"
        findings.add(Check.SCORE, "rfm_score", one.customer_id, message)


def _impossible(one: CustomerScore, spec: RfmSpec) -> Iterator[str]:
    """Yield the numbers that do not follow from the others."""
    if not spec.first_day <= one.last_purchase <= spec.as_of:
        yield "last_purchase"
    if one.orders < 1:
        yield "orders"
        return
    by_days = spec.frequency == "days"
    if not (1 if by_days else one.orders) <= one.frequency <= one.orders:
        yield "frequency"
    is_mean = spec.monetary == "mean"
    value = mean_half_up(one.revenue, one.orders) if is_mean else one.revenue
    if one.monetary != value:
        yield "monetary"
