"""Segments, their members, and who entered and who left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.customers.filters import dumps, loads
from loyaltycore.customers.segments import MembershipChange, Segment, SegmentKind
from loyaltycore.ports import Add, Insert, Ref, Update
from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.filters import living_customers
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Predicate, Row

__all__ = [
    "all_segments",
    "changes_noted",
    "changes_of_members",
    "counted",
    "entering",
    "every_segment",
    "living_members",
    "members_gone",
    "members_of",
    "membership_change_of",
    "membership_ref",
    "newcomers",
    "no_longer_meant",
    "refreshed",
    "segment_of",
    "segment_ref",
    "segment_row",
    "segment_values",
    "segments_of",
    "their_memberships",
]

_CUSTOMERS_A_WRITE: Final = 500
_THEIR_SEGMENTS: Final = 1_000
_MEMBER_KEY: Final = ("program_id", "segment_id", "customer_id")


def segment_ref(program_id: str, segment_id: str) -> Ref:
    """One segment."""
    key = (program_id, id_text("segment_id", segment_id))
    return Ref("segment", ("program_id", "id"), key)


def segment_row(program_id: str, segment: Segment) -> Row:
    """A segment."""
    return {
        "program_id": program_id,
        "id": segment.id,
        "version": segment.version,
        "kind": segment.kind.value,
        "members": segment.members,
        "created_at": segment.created_at,
        "refreshed_at": segment.refreshed_at,
        **segment_values(segment),
    }


def segment_values(segment: Segment) -> Row:
    """What somebody can change of a segment."""
    filter_ = segment.filter
    return {
        "name": segment.name,
        "filter": None if filter_ is None else dumps(filter_),
    }


def segment_of(row: Row) -> Segment:
    """The opposite of ``segment_row``."""
    text = row["filter"]
    return Segment(
        id=row["id"],
        version=row["version"],
        name=row["name"],
        kind=SegmentKind(row["kind"]),
        filter=None if text is None else loads(text),
        members=row["members"],
        created_at=row["created_at"],
        refreshed_at=row["refreshed_at"],
    )


def all_segments(program_id: str, limit: int) -> Query:
    """All segments, by name."""
    return Query("segment", where(program_id=program_id), (Order("name"),), limit)


def every_segment(program_id: str) -> Query:
    """All segments, to be counted again."""
    return Query("segment", where(program_id=program_id))


def segments_of(program_id: str, customer_id: str) -> Query:
    """The segments that a customer is in, by name."""
    on = (("program_id", "program_id"), ("segment_id", "id"))
    is_in = Exists("segment_member", on, Compare("customer_id", Op.EQ, customer_id))
    terms = (*where(program_id=program_id).terms, is_in)
    return Query("segment", And(terms), (Order("name"),), _THEIR_SEGMENTS)


# -- members ---------------------------------------------------------------------------


def members_of(program_id: str, segment_id: str, limit: int) -> Query:
    """The members of a segment, as rows of their own, by customer."""
    theirs = where(program_id=program_id, segment_id=segment_id)
    return Query("segment_member", theirs, (Order("customer_id"),), limit)


def members_gone(program_id: str) -> Query:
    """Rows of membership of customers who are gone, of all segments."""
    on = (("program_id", "program_id"), ("id", "customer_id"))
    gone = Exists("customer", on, where(is_living=False))
    return Query("segment_member", And((*where(program_id=program_id).terms, gone)))


def living_members(
    program_id: str, segment_id: str, limit: int, cursor: str | None
) -> Query:
    """The members of a segment who are not gone, in the order of their ids."""
    on = (("program_id", "program_id"), ("id", "customer_id"))
    lives = Exists("customer", on, where(is_living=True))
    theirs = where(program_id=program_id, segment_id=segment_id).terms
    order = (Order("customer_id"),)
    return Query("segment_member", And((*theirs, lives)), order, limit, cursor)


def newcomers(
    program: Program, segment: Segment, at: datetime, cursor: str | None
) -> Query:
    """Customers whom the filter means and who are not in the segment yet."""
    meant = living_customers(segment.filter, program, at)
    outside = Not(_is_member(segment.id))
    where_ = And((*meant.terms, outside))
    return Query("customer", where_, (Order("id"),), _CUSTOMERS_A_WRITE, cursor)


def no_longer_meant(
    program: Program, segment: Segment, at: datetime, cursor: str | None
) -> Query:
    """Members whom the filter does not mean any more, or who are gone."""
    meant = living_customers(segment.filter, program, at)
    on = (("program_id", "program_id"), ("id", "customer_id"))
    theirs = where(program_id=program.id, segment_id=segment.id).terms
    where_ = And((*theirs, Not(Exists("customer", on, meant))))
    order = (Order("customer_id"),)
    return Query("segment_member", where_, order, _CUSTOMERS_A_WRITE, cursor)


def their_memberships(program_id: str, customer_id: str) -> Query:
    """The segments that a customer is in, as rows of membership."""
    theirs = where(program_id=program_id, customer_id=customer_id)
    return Query("segment_member", theirs, (Order("segment_id"),), _THEIR_SEGMENTS)


def membership_ref(program_id: str, segment_id: str, customer_id: str) -> Ref:
    """That a customer is in a segment."""
    key = (program_id, segment_id, id_text("customer_id", customer_id))
    return Ref("segment_member", _MEMBER_KEY, key)


def entering(
    program_id: str, segment_id: str, customer_ids: Sequence[str], at: datetime
) -> Insert:
    """Let customers in who are not in yet."""
    rows = [
        {
            "program_id": program_id,
            "segment_id": segment_id,
            "customer_id": each,
            "since": at,
        }
        for each in customer_ids
    ]
    return Insert("segment_member", rows)


def counted(program_id: str, segment_id: str, step: int) -> Add:
    """Count members."""
    return Add(segment_ref(program_id, segment_id), {"members": step})


def changes_noted(program_id: str, changes: Iterable[MembershipChange]) -> Insert:
    """Note down who entered and who left."""
    rows = [
        {
            "program_id": program_id,
            "id": each.id,
            "customer_id": each.customer_id,
            "left": None if each.has_entered else each.segment_id,
            "entered": each.segment_id if each.has_entered else None,
            "on": each.on,
            "recorded_at": each.recorded_at,
            "segment_id": each.segment_id,
        }
        for each in changes
    ]
    return Insert("segment_change", rows)


def changes_of_members(
    program_id: str, segment_id: str | None, last_id: str | None, limit: int
) -> Query:
    """Who entered and left a segment, or any, behind one such change."""
    terms = where(program_id=program_id).terms
    if segment_id is None:
        terms += (Compare("segment_id", Op.NE, None),)
    else:
        terms += (Compare("segment_id", Op.EQ, id_text("segment_id", segment_id)),)
    if last_id is not None:
        terms += (Compare("id", Op.GT, id_text("after", last_id)),)
    return Query("segment_change", And(terms), (Order("id"),), limit)


def membership_change_of(row: Row) -> MembershipChange:
    """One of them."""
    return MembershipChange(
        id=row["id"],
        segment_id=row["segment_id"],
        customer_id=row["customer_id"],
        has_entered=row["entered"] is not None,
        on=row["on"],
        recorded_at=row["recorded_at"],
    )


def _is_member(segment_id: str) -> Predicate:
    on = (("program_id", "program_id"), ("customer_id", "id"))
    return Exists("segment_member", on, Compare("segment_id", Op.EQ, segment_id))


def refreshed(program_id: str, segment_id: str, at: datetime) -> Update:
    """Note down when the filter was asked."""
    return Update(segment_ref(program_id, segment_id), {"refreshed_at": at})
