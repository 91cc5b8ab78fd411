"""Scores, held against the refresh that they come from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from loyaltycore.insight.score_proof import check_run, check_score
from loyaltycore.insight.verification import Check
from loyaltycore.records import scores as records
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.insight.verification import Findings
    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row

__all__ = ["prove_scores"]

#: A refresh that has not come to its end in this time never will.
_REFRESH_MAX: Final = timedelta(days=1)


def prove_scores(
    session: Session, program_id: str, at: datetime, findings: Findings
) -> None:
    """
    Nobody who was merged has scores, and all others those of the last refresh.

    While a refresh is under way, some scores are of the last one and some of the next;
    then they are not compared.

    Raises:
        ValueError, TypeError: the refresh was noted down as none that there can be.
    """
    for row in stream(session, records.scores_of_aliases(program_id)):
        _merged(session, program_id, row["customer_id"], findings)
    query = records.scores_in_order(program_id)
    (run_row,) = session.get([records.run_ref(program_id)])
    if run_row is None:
        if session.select(query).rows:
            message = "there are scores and no refresh; refresh the scores."
            findings.add(Check.REFERENCE, "rfm_run", program_id, message)
    elif run_row["begun_at"] is not None:
        _under_way(program_id, run_row["begun_at"], at, findings)
    else:
        _compare(session, program_id, run_row, findings)


def _merged(
    session: Session, program_id: str, customer_id: str, findings: Findings
) -> None:
    (customer,) = session.get([customer_ref(program_id, customer_id)])
    assert customer is not None, "it was asked for by what its customer is"
    into = customer["merged_into"]
    message = f"its customer was merged into {into}; refresh the scores."
    findings.add(Check.REFERENCE, "rfm_score", customer_id, message)


def _under_way(
    program_id: str, begun_at: datetime, at: datetime, findings: Findings
) -> None:
    if at - begun_at >= _REFRESH_MAX:
        message = (
            f"the refresh of {begun_at.isoformat()} was cut off, or ran beside "
            "another; refresh the scores."
        )
        findings.add(Check.SCORE, "rfm_run", program_id, message)


def _compare(
    session: Session, program_id: str, run_row: Row, findings: Findings
) -> None:
    run = records.run_of(run_row)
    spec, cuts, table = run.spec, run.cuts, run.segments
    if check_run(program_id, run.as_of, spec, cuts, table, findings):
        for row in stream(session, records.scores_in_order(program_id)):
            check_score(records.score_of(row), spec, cuts, table, findings)
