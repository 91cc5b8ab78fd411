"""Segments: filters with a name, and lists of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.filter_tests import Moment, check_filter
from loyaltycore.customers.segments import (
    CUSTOMERS_A_CALL_MAX,
    SEGMENTS_MAX,
    Segment,
    SegmentKind,
    SegmentMembers,
    SegmentRefresh,
    name_of,
)
from loyaltycore.errors import DuplicateField, InvalidValue, QuotaReached
from loyaltycore.ports import Insert, Update
from loyaltycore.posting import segmenting
from loyaltycore.program.managers import Permission
from loyaltycore.records import segments as records
from loyaltycore.records.customers import customer_of, customer_ref
from loyaltycore.records.finding import resolved


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.customers.segments import MembershipChange
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["Segments"]


class Segments:
    """Segments of customers; run ``refresh`` by a timer."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    # -- segments ----------------------------------------------------------------------

    def create(self, name: str, filter: CustomerFilter) -> Segment:  # noqa: A002 - the word for it
        """
        Create a dynamic segment; its members are found by ``refresh``.

        Raises:
            InvalidFilter: the program cannot answer this filter.
            InvalidValue: the name.
            DuplicateField: another segment has the name.
            QuotaReached: there are as many segments as there may be.
        """
        return self._create(name, SegmentKind.DYNAMIC, self._checked(filter), [])

    def create_static(self, name: str, customers: Iterable[str] = ()) -> Segment:
        """
        Create a segment that is a list of customers.

        Args:
            customers: ids of those who are in it from the start; more by ``add``.

        Raises:
            UnknownCustomer, CustomerGone: somebody is not there, or gone.
            InvalidValue: more than 1,000 of them; or the name.
            DuplicateField, QuotaReached: as ``create``.
        """
        return self._create(name, SegmentKind.STATIC, None, _ids(customers))

    def get(self, segment_id: str) -> Segment:
        """
        Return a segment.

        Raises:
            UnknownSegment: there is none with this id.
        """
        return self._load(segment_id, Permission.VIEW_CUSTOMERS)

    def all(self) -> list[Segment]:
        """Return all segments, by name."""
        return self._load_all(Permission.VIEW_CUSTOMERS)

    def of(self, customer_id: str) -> list[Segment]:
        """
        Return the segments that a customer is in, by name.

        Raises:
            UnknownCustomer: there is none with this id.
        """
        program_id = self._shell.program_id

        def work(session: Session) -> list[Segment]:
            whom = resolved(session, program_id, customer_id)["id"]
            page = session.select(records.segments_of(program_id, whom))
            return [records.segment_of(row) for row in page.rows]

        return self._shell.read(work, Permission.VIEW_CUSTOMERS)

    def change(
        self,
        segment_id: str,
        *,
        name: str | None = None,
        filter: CustomerFilter | None = None,  # noqa: A002 - the word for it
    ) -> Segment:
        """
        Give a segment another name, or a dynamic one another filter.

        Raises:
            UnknownSegment: there is none with this id.
            InvalidValue: a static segment was given a filter; or the name.
            InvalidFilter, DuplicateField: as ``create``.
        """
        checked = None if filter is None else self._checked(filter)

        def work(session: Session) -> Segment:
            before = segmenting.load_segment(session, self._shell.desk, segment_id)
            after = before
            if checked is not None:
                _must_be(before, SegmentKind.DYNAMIC)
                after = attrs.evolve(after, filter=checked)
            if name is not None and name_of(name) != before.name:
                after = attrs.evolve(after, name=name_of(name))
                self._check_name(session, after.name)
            after = attrs.evolve(after, version=before.version + 1)
            ref = records.segment_ref(self._shell.program_id, segment_id)
            values = {**records.segment_values(after), "version": after.version}
            session.apply([Update(ref, values)])
            return after

        return self._shell.write(work, Permission.EDIT)

    def delete(self, segment_id: str) -> None:
        """
        Delete a segment; nobody has left it by that, so no change is noted down.

        Raises:
            UnknownSegment: there is none with this id.
        """
        desk, is_gone = self._shell.desk, False
        while not is_gone:
            is_gone = self._shell.write(
                lambda session: segmenting.delete_some(session, desk, segment_id),
                Permission.EDIT,
            )

    # -- members -----------------------------------------------------------------------

    def members(
        self, segment_id: str, *, limit: int = 100, cursor: str | None = None
    ) -> SegmentMembers:
        """
        Return a page of the customers in a segment, in the order of their ids.

        Args:
            limit: customers a page, 1 to 10,000.
            cursor: of the page before.

        Raises:
            UnknownSegment: there is none with this id.
            InvalidValue: the limit or cursor cannot be.
        """
        desk = self._shell.desk
        program_id = desk.program.id
        query = records.living_members(program_id, segment_id, limit, cursor)

        def work(session: Session) -> SegmentMembers:
            segmenting.load_segment(session, desk, segment_id, lock=False)
            page = session.select(query)
            refs = [customer_ref(program_id, row["customer_id"]) for row in page.rows]
            rows = [row for row in session.get(refs) if row is not None]
            return SegmentMembers(tuple(map(customer_of, rows)), page.cursor)

        return self._shell.read(work, Permission.VIEW_CUSTOMERS)

    def add(self, segment_id: str, customers: Iterable[str]) -> int:
        """
        Put customers on the list of a static segment; return how many were not on it.

        Raises:
            UnknownSegment: there is none with this id.
            InvalidValue: it is dynamic, or these are more than 1,000.
            UnknownCustomer, CustomerGone: somebody is not there, or gone.
        """
        ids, desk = _ids(customers), self._shell.desk

        def work(session: Session) -> int:
            segment = segmenting.load_segment(session, desk, segment_id, lock=False)
            _must_be(segment, SegmentKind.STATIC)
            whom = segmenting.ids_of(session, desk, ids, living=True)
            segmenting.load_segment(session, desk, segment_id)
            return segmenting.let_in(session, desk, segment_id, whom)

        return self._shell.write(work, Permission.EDIT)

    def remove(self, segment_id: str, customers: Iterable[str]) -> int:
        """
        Take customers off the list of a static segment; return how many were on it.

        Raises:
            UnknownSegment, InvalidValue, UnknownCustomer: as ``add``.
        """
        ids, desk = _ids(customers), self._shell.desk

        def work(session: Session) -> int:
            segment = segmenting.load_segment(session, desk, segment_id, lock=False)
            _must_be(segment, SegmentKind.STATIC)
            whom = segmenting.ids_of(session, desk, ids, living=False)
            segmenting.load_segment(session, desk, segment_id)
            return segmenting.let_out(session, desk, segment_id, whom)

        return self._shell.write(work, Permission.EDIT)

    def refresh(self, segment_id: str | None = None) -> list[SegmentRefresh]:
        """
        Ask the filters anew, and let customers in and out.

        Only changes are read and written, 500 at a time, each time in a database
        transaction of its own; a refresh that was cut off is done again.  Static
        segments lose customers who are gone.

        Args:
            segment_id: only this one; all by default.

        Raises:
            UnknownSegment: there is none with this id.
        """
        ids = (
            [one.id for one in self._load_all(Permission.EDIT)]
            if segment_id is None
            else [segment_id]
        )
        found: list[SegmentRefresh] = []
        for each in ids:
            left = self._refresh(each, has_entered=False)
            entered = self._refresh(each, has_entered=True)
            segment = self._load(each, Permission.EDIT)
            found.append(SegmentRefresh(segment=segment, entered=entered, left=left))
        return found

    def changes(
        self,
        segment_id: str | None = None,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> list[MembershipChange]:
        """
        Return who entered and who left, each change once, in the order of time.

        Args:
            segment_id: only of this one; of all, deleted ones too, by default.
            after: the id of the last change that you have dealt with.
            limit: how many at most, 1 to 10,000.

        Raises:
            UnknownSegment: there is none with this id.
            InvalidValue: the limit.
        """
        desk = self._shell.desk
        query = records.changes_of_members(desk.program.id, segment_id, after, limit)

        def work(session: Session) -> list[MembershipChange]:
            if segment_id is not None:
                segmenting.load_segment(session, desk, segment_id, lock=False)
            page = session.select(query)
            return [records.membership_change_of(row) for row in page.rows]

        return self._shell.read(work, Permission.VIEW_CUSTOMERS)

    # -- inside ------------------------------------------------------------------------

    def _load(self, segment_id: str, permission: Permission) -> Segment:
        desk = self._shell.desk
        return self._shell.read(
            lambda session: segmenting.load_segment(
                session, desk, segment_id, lock=False
            ),
            permission,
        )

    def _load_all(self, permission: Permission) -> list[Segment]:
        query = records.all_segments(self._shell.program_id, SEGMENTS_MAX)
        page = self._shell.read(lambda session: session.select(query), permission)
        return [records.segment_of(row) for row in page.rows]

    def _create(
        self,
        name: str,
        kind: SegmentKind,
        filter_: CustomerFilter | None,
        members: list[str],
    ) -> Segment:
        desk = self._shell.desk
        now = desk.now()
        segment = Segment(
            id=desk.ids.new(now),
            version=1,
            name=name_of(name),
            kind=kind,
            filter=filter_,
            members=0,
            created_at=now,
        )

        def work(session: Session) -> Segment:
            self._check_name(session, segment.name)
            row = records.segment_row(desk.program.id, segment)
            session.apply([Insert("segment", [row])])
            whom = segmenting.ids_of(session, desk, members, living=True)
            n = segmenting.let_in(session, desk, segment.id, whom)
            return attrs.evolve(segment, members=n)

        return self._shell.write(work, Permission.EDIT)

    def _refresh(self, segment_id: str, *, has_entered: bool) -> int:
        """Let customers in or out a page at a time."""
        desk, cursor, moved = self._shell.desk, None, 0
        while True:
            n, cursor = self._shell.write(
                lambda session, cursor=cursor: segmenting.refresh_some(  # type: ignore[misc]
                    session, desk, segment_id, cursor, has_entered=has_entered
                ),
                Permission.EDIT,
            )
            moved += n
            if cursor is None:
                return moved

    def _checked(self, filter_: object) -> CustomerFilter:
        desk = self._shell.desk
        return check_filter(filter_, Moment(desk.program, desk.now()))

    def _check_name(self, session: Session, name: str) -> None:
        query = records.all_segments(self._shell.program_id, SEGMENTS_MAX)
        rows = session.select(query).rows
        taken = next((row["id"] for row in rows if row["name"] == name), None)
        if taken is not None:
            raise DuplicateField("name", taken)
        if len(rows) >= SEGMENTS_MAX:
            raise QuotaReached("segments", SEGMENTS_MAX)


def _ids(customers: Iterable[str]) -> list[str]:
    """Ids of customers, each once."""
    ids = list(dict.fromkeys(customers))
    if isinstance(customers, str) or len(ids) > CUSTOMERS_A_CALL_MAX:
        message = f"a list of ids, at most {CUSTOMERS_A_CALL_MAX:,} in one call."
        raise InvalidValue("customers", message)
    return ids


def _must_be(segment: Segment, kind: SegmentKind) -> None:
    if segment.kind is not kind:
        remedy = "change its filter" if kind is SegmentKind.STATIC else "list customers"
        message = f"this segment is {segment.kind}; {remedy} instead."
        raise InvalidValue("segment_id", message)
