"""Scores on customers, the run that gave them, and who changed segments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.insight.customer_scores import CustomerScore
from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Delete, Insert, Ref, Update
from loyaltycore.query.predicates import And, Compare, Exists, Op, Or, is_in, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.purchases import purchase_of, reversal_of
from loyaltycore.rfm.cuts import MEASURES, Cuts, Score
from loyaltycore.rfm.segments import SegmentTable
from loyaltycore.rfm.spec import RfmSpec
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from loyaltycore.insight.customer_scores import Difference
    from loyaltycore.insight.net_purchases import PostedPurchase, Reversal
    from loyaltycore.ports import Change, Session
    from loyaltycore.query.predicates import Predicate, Row

__all__ = [
    "Run",
    "SegmentChange",
    "alias_lines",
    "change_of",
    "change_to",
    "changes_after",
    "in_segment",
    "line_of",
    "merged_of",
    "moved",
    "purchase_lines",
    "run_begun",
    "run_change",
    "run_of",
    "run_ref",
    "score_of",
    "score_ref",
    "scores_in_order",
    "scores_of_aliases",
]

_ROWS_A_PAGE: Final = 2_000
_OF_CUSTOMER = (("program_id", "program_id"), ("customer_id", "id"))
_OF_CUSTOMER_ID = (("program_id", "program_id"), ("id", "customer_id"))
_NUMBERS = ("last_purchase", "orders", "revenue", "frequency", "monetary")


@attrs.frozen(kw_only=True)
class Run:
    """
    A refresh of all scores.

    Attributes:
        as_of: the local day the customers were looked at.
        cuts: by which everybody was scored.
        segments: the table that named the segments.
        scored_at: when it was done.
    """

    as_of: date
    spec: RfmSpec
    cuts: Cuts
    segments: SegmentTable
    scored_at: datetime


@attrs.frozen(kw_only=True)
class SegmentChange:
    """
    A customer left a segment or entered one, or both.

    Attributes:
        id: ascending in time.
        left: None: the customer had no scores before.
        entered: None: no purchase of the customer counts any more.
        on: the local day of the refresh that found it.
    """

    id: str
    customer_id: str
    left: str | None
    entered: str | None
    on: date


def purchase_lines(program_id: str, last_day: date) -> Query:
    """Purchases up to a local day and all that was taken back, customer by customer."""
    bought = (
        Compare("reverses", Op.EQ, None),
        Compare("purchase_amount", Op.NE, None),
        Compare("local_day", Op.LE, last_day),
    )
    taken_back = Compare("reverses", Op.NE, None)
    return Query(
        "transaction",
        And((*where(program_id=program_id).terms, Or((And(bought), taken_back)))),
        (Order("customer_id"), Order("occurred_at")),
        _ROWS_A_PAGE,
    )


def alias_lines(
    program_id: str, last_day: date, aliases: Mapping[str, str]
) -> Iterator[tuple[str, Query]]:
    """
    The same of customers who were merged, for each whom they turned out to be.

    Args:
        aliases: every merged customer, with whom they turned out to be.

    Yields:
        In the order of the customers' ids.
    """
    merged: dict[str, list[str]] = {}
    for alias_id, customer_id in aliases.items():
        merged.setdefault(customer_id, []).append(alias_id)
    for customer_id in sorted(merged):
        query = purchase_lines(program_id, last_day)
        those = is_in("customer_id", tuple(merged[customer_id]))
        yield customer_id, attrs.evolve(query, where=And((query.where, those)))


def line_of(
    row: Row, customer_id: str | None = None
) -> tuple[str, PostedPurchase | Reversal]:
    """One of them, under the id of its customer, or of whom that turned out to be."""
    whose = customer_id or row["customer_id"]
    if row["reverses"] is None:
        return whose, purchase_of(row)._replace(customer_id=whose)
    return whose, reversal_of(row)


def score_ref(program_id: str, customer_id: str) -> Ref:
    """A customer's scores."""
    key = (program_id, id_text("customer_id", customer_id))
    return Ref("rfm_score", ("program_id", "customer_id"), key)


def scores_in_order(program_id: str) -> Query:
    """All scores, by customer."""
    return Query(
        "rfm_score",
        where(program_id=program_id),
        (Order("customer_id"),),
        _ROWS_A_PAGE,
    )


def scores_of_aliases(program_id: str) -> Query:
    """Scores of customers who were merged; there should be none."""
    merged = Exists("customer", _OF_CUSTOMER_ID, Compare("merged_into", Op.NE, None))
    terms = And((*where(program_id=program_id).terms, merged))
    return Query("rfm_score", terms, (Order("customer_id"),), _ROWS_A_PAGE)


def in_segment(*segments: str) -> Predicate:
    """Of customers: those in one of the segments, for queries and filters."""
    return Exists("rfm_score", _OF_CUSTOMER, is_in("segment", segments))


def score_of(row: Row) -> CustomerScore:
    """What is kept of a customer."""
    return CustomerScore(
        customer_id=row["customer_id"],
        score=Score(*(row[f"{measure}_score"] for measure in MEASURES)),
        segment=row["segment"],
        segment_since=row["segment_since"],
        version=row["version"],
        **{name: row[name] for name in _NUMBERS},
    )


def merged_of(
    session: Session, program_id: str, portion: Sequence[Difference]
) -> frozenset[str]:
    """
    Say who of some customers was merged since they were looked at.

    All of them are locked, so that nobody is merged before their scores are written.
    """
    ids = [one.customer_id for one in portion]
    rows = session.get([customer_ref(program_id, each) for each in ids], lock=True)
    return frozenset(
        each
        for each, row in zip(ids, rows, strict=True)
        if row is not None and row["merged_into"] is not None
    )


def change_to(program_id: str, difference: Difference) -> Change:
    """Make the row what it has to be; its result is 0 where somebody else did."""
    before, after = difference
    if after is None:
        assert before is not None, "a difference has one side at least"
        return Delete(score_ref(program_id, before.customer_id))
    version = 0 if before is None else before.version
    values = {
        "version": version + 1,
        "segment": after.segment,
        "segment_since": after.segment_since,
        **{f"{m}_score": getattr(after.score, m) for m in MEASURES},
        **{name: getattr(after, name) for name in _NUMBERS},
    }
    if before is not None:
        ref = score_ref(program_id, after.customer_id)
        return Update(ref, values, expect=version)
    key = {"program_id": program_id, "customer_id": after.customer_id}
    return Insert("rfm_score", [{**key, **values}], on_duplicate="ignore")


def moved(
    program_id: str,
    difference: Difference,
    *,
    change_id: str,
    on: date,
    at: datetime,
) -> Row:
    """Note down that a customer has changed segments."""
    before, after = difference
    return {
        "program_id": program_id,
        "id": change_id,
        "customer_id": difference.customer_id,
        "left": None if before is None else before.segment,
        "entered": None if after is None else after.segment,
        "on": on,
        "recorded_at": at,
        "segment_id": None,
    }


def changes_after(program_id: str, last_id: str | None, limit: int) -> Query:
    """Changes of segments behind one of them, in the order in which they were found."""
    terms = where(program_id=program_id, segment_id=None).terms
    if last_id is not None:
        terms += (Compare("id", Op.GT, id_text("after", last_id)),)
    return Query("segment_change", And(terms), (Order("id"),), limit)


def change_of(row: Row) -> SegmentChange:
    """One of them."""
    names = ("id", "customer_id", "left", "entered", "on")
    return SegmentChange(**{name: row[name] for name in names})


def run_ref(program_id: str) -> Ref:
    """The last refresh."""
    return Ref("rfm_run", ("program_id",), (program_id,))


def run_begun(program_id: str, at: datetime) -> Change:
    """Note down that a refresh has begun, beside the last one."""
    return Update(run_ref(program_id), {"begun_at": at})


def run_change(
    program_id: str, run: Run, *, is_first: bool, begun_at: datetime | None = None
) -> Change:
    """
    Note down a refresh as the last one.

    Args:
        begun_at: of a refresh whose scores are not all there yet, or not all its own;
            None: every score is of this one.
    """
    values = {
        "as_of": run.as_of,
        "spec": canonical(run.spec.to_dict()),
        "cuts": canonical(run.cuts.to_dict()),
        "segments": canonical(run.segments.to_dict()),
        "scored_at": run.scored_at,
        "begun_at": begun_at,
    }
    if is_first:
        return Insert("rfm_run", [{"program_id": program_id, **values}])
    return Update(run_ref(program_id), values)


def run_of(row: Row) -> Run:
    """The last refresh, as it was noted down."""
    return Run(
        as_of=row["as_of"],
        spec=RfmSpec.from_dict(json.loads(row["spec"])),
        cuts=Cuts.from_dict(json.loads(row["cuts"])),
        segments=SegmentTable.from_dict(json.loads(row["segments"])),
        scored_at=row["scored_at"],
    )
