"""
Who is in which segment: let in and out, counted and noted down in the same write.

Each change is noted down once: whoever was in, or out, already is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.customers.segments import MembershipChange, Segment, SegmentKind
from loyaltycore.errors import CustomerGone, UnknownSegment
from loyaltycore.ports import Delete
from loyaltycore.records import segments as records
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.finding import resolved
from loyaltycore.records.streaming import stream
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk

__all__ = [
    "delete_some",
    "ids_of",
    "leave_all",
    "let_in",
    "let_out",
    "load_segment",
    "move_all",
    "refresh_some",
]

_A_WRITE: Final = 500


def load_segment(
    session: Session, desk: Desk, segment_id: str, *, lock: bool = True
) -> Segment:
    """
    Load a segment.

    Raises:
        UnknownSegment: there is none with this id.
    """
    (row,) = session.get([records.segment_ref(desk.program.id, segment_id)], lock=lock)
    if row is None:
        raise UnknownSegment(segment_id)
    return records.segment_of(row)


def ids_of(
    session: Session, desk: Desk, customer_ids: Sequence[str], *, living: bool
) -> list[str]:
    """
    Whom some ids mean, each once; a merged customer is who they turned out to be.

    Args:
        living: whoever is gone is refused.

    Raises:
        UnknownCustomer: there is none with this id.
        CustomerGone: they were deleted or erased.
    """
    program_id = desk.program.id
    refs = [customer_ref(program_id, each) for each in customer_ids]
    found: dict[str, None] = {}
    for customer_id, row in zip(customer_ids, session.get(refs), strict=True):
        if row is None or row["merged_into"] is not None:
            row = resolved(session, program_id, customer_id)  # noqa: PLW2901 - the one who is meant
        if living and not row["is_living"]:
            raise CustomerGone(row["id"], row["status"])
        found[row["id"]] = None
    return list(found)


def let_in(
    session: Session, desk: Desk, segment_id: str, customer_ids: Sequence[str]
) -> int:
    """Let customers into a segment, whose row is locked; return how many were out."""
    program_id, now = desk.program.id, desk.now()
    refs = [
        records.membership_ref(program_id, segment_id, each) for each in customer_ids
    ]
    there = session.get(refs)
    moved = [each for each, row in zip(customer_ids, there, strict=True) if row is None]
    if moved:
        session.apply([records.entering(program_id, segment_id, moved, now)])
    _note_down(session, desk, segment_id, moved, now, has_entered=True)
    return len(moved)


def let_out(
    session: Session, desk: Desk, segment_id: str, customer_ids: Sequence[str]
) -> int:
    """Let customers out of a segment, whose row is locked; return how many were in."""
    program_id, now = desk.program.id, desk.now()
    changes = [
        Delete(records.membership_ref(program_id, segment_id, each))
        for each in customer_ids
    ]
    results = session.apply(changes)
    moved = [each for each, n in zip(customer_ids, results, strict=True) if n]
    _note_down(session, desk, segment_id, moved, now, has_entered=False)
    return len(moved)


def leave_all(session: Session, desk: Desk, customer_id: str) -> int:
    """Let a customer who is gone out of every segment; return out of how many."""
    segment_ids = _their_segments(session, desk, customer_id)
    return sum(let_out(session, desk, each, [customer_id]) for each in segment_ids)


def move_all(session: Session, desk: Desk, source_id: str, target_id: str) -> None:
    """Let a customer into every segment that another one is in, who leaves them."""
    for segment_id in _their_segments(session, desk, source_id):
        let_out(session, desk, segment_id, [source_id])
        let_in(session, desk, segment_id, [target_id])


def refresh_some(
    session: Session,
    desk: Desk,
    segment_id: str,
    cursor: str | None,
    *,
    has_entered: bool,
) -> tuple[int, str | None]:
    """
    Let in the next customers whom the filter means, or out whom it no longer does.

    Returns:
        How many, and where to go on; None when all were seen.

    Raises:
        UnknownSegment: it was deleted in the meantime.
    """
    segment = load_segment(session, desk, segment_id)
    program, now = desk.program, desk.now()
    if not has_entered:
        query = records.no_longer_meant(program, segment, now, cursor)
        page = session.select(query)
        gone = [row["customer_id"] for row in page.rows]
        return let_out(session, desk, segment_id, gone), page.cursor
    if segment.kind is SegmentKind.STATIC:
        return 0, None
    page = session.select(records.newcomers(program, segment, now, cursor))
    new = [row["id"] for row in page.rows]
    n = let_in(session, desk, segment_id, new)
    if page.cursor is None:
        session.apply([records.refreshed(program.id, segment_id, now)])
    return n, page.cursor


def delete_some(session: Session, desk: Desk, segment_id: str) -> bool:
    """
    Delete some members of a segment, and the segment itself with the last of them.

    Returns:
        Whether it is gone.
    """
    program_id = desk.program.id
    load_segment(session, desk, segment_id)
    page = session.select(records.members_of(program_id, segment_id, _A_WRITE))
    session.apply(
        [
            Delete(records.membership_ref(program_id, segment_id, row["customer_id"]))
            for row in page.rows
        ]
    )
    if page.cursor is not None:
        session.apply([records.counted(program_id, segment_id, -len(page.rows))])
        return False
    session.apply([Delete(records.segment_ref(program_id, segment_id))])
    return True


def _their_segments(session: Session, desk: Desk, customer_id: str) -> list[str]:
    """The segments that a customer is in, locked."""
    program_id = desk.program.id
    query = records.their_memberships(program_id, customer_id)
    segment_ids = [row["segment_id"] for row in stream(session, query)]
    if segment_ids:
        refs = [records.segment_ref(program_id, each) for each in segment_ids]
        session.get(refs, lock=True)
    return segment_ids


def _note_down(
    session: Session,
    desk: Desk,
    segment_id: str,
    customer_ids: Sequence[str],
    at: datetime,
    *,
    has_entered: bool,
) -> None:
    if not customer_ids:
        return
    program = desk.program
    changes = [
        MembershipChange(
            id=desk.ids.new(at),
            segment_id=segment_id,
            customer_id=each,
            has_entered=has_entered,
            on=local_day(at, program.zone),
            recorded_at=at,
        )
        for each in customer_ids
    ]
    step = len(changes) if has_entered else -len(changes)
    session.apply(
        [
            records.changes_noted(program.id, changes),
            records.counted(program.id, segment_id, step),
        ]
    )
