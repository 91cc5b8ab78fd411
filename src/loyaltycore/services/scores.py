"""Scores: recency, frequency, monetary value and segment, kept on each customer."""

from __future__ import annotations

from array import array
from itertools import islice
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.insight.customer_scores import (
    differences,
    habits_in_order,
    rescored,
)
from loyaltycore.insight.net_purchases import lines_of_people
from loyaltycore.ports import Insert
from loyaltycore.program.managers import Permission
from loyaltycore.query.predicates import And, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records import scores as records
from loyaltycore.records.customers import customer_of
from loyaltycore.records.people import all_aliases
from loyaltycore.rfm.presets import RF10
from loyaltycore.rfm.scoring import cuts_of_values
from loyaltycore.rfm.spec import RfmSpec
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from typing import Unpack

    from loyaltycore.customers.customer import Customer
    from loyaltycore.insight.customer_scores import CustomerScore, Difference
    from loyaltycore.ports import Page, Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.records.scores import Run, SegmentChange
    from loyaltycore.rfm.cuts import Cuts
    from loyaltycore.rfm.purchases import Habit
    from loyaltycore.rfm.segments import SegmentTable
    from loyaltycore.rfm.spec import Choices
    from loyaltycore.shell import Shell

__all__ = ["Members", "RefreshReport", "Scores"]

_CUSTOMERS_A_WRITE: Final = 500


@attrs.frozen(kw_only=True)
class RefreshReport:
    """
    What a refresh did.

    Attributes:
        customers: how many have scores.
        changed: of how many something was written.
        moved: how many left a segment or entered one.
        run: the day, the choices and the cuts.
    """

    customers: int
    changed: int
    moved: int
    run: Run


@attrs.frozen
class Members:
    """A page of the customers of a segment; *cursor* is None behind the last one."""

    customers: tuple[Customer, ...]
    cursor: str | None


class Scores:
    """Scores and segments of customers; run ``refresh`` by a timer, once a day."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def refresh(
        self,
        as_of: date | None = None,
        *,
        segments: SegmentTable = RF10,
        **choices: Unpack[Choices],
    ) -> RefreshReport:
        """
        Score every customer anew, and write what differs.

        The purchases are streamed twice: for the cuts, of which only three numbers a
        customer are kept, and for the scores.  Nothing else grows with the customers,
        and each write is short; a refresh that was cut off is done again.

        Args:
            as_of: the local day to look at the customers; today by default.
            segments: a table with as many scores as the choices ask for.
            **choices: as ``RfmSpec`` explains them.  ``ntile`` is not among them: it
                scores by ids where customers are equal, which no cut can say.

        Raises:
            InvalidValue: a choice cannot be, or the table does not fit it.
            StoreError: the store could not be read or written; what was written stays.
        """
        desk = self._shell.desk
        now = desk.now()
        day = local_day(now, desk.program.zone) if as_of is None else as_of
        spec = RfmSpec(as_of=day, **choices)
        _check(spec, segments)
        cuts = self._cuts(spec)
        run = records.Run(
            as_of=day, spec=spec, cuts=cuts, segments=segments, scored_at=now
        )
        self._shell.write(
            lambda session: self._begin(session, run), Permission.SETTINGS
        )
        report, lost = self._write_all(run)
        self._shell.write(
            lambda session: self._end(session, run, lost), Permission.SETTINGS
        )
        return report

    def of(self, customer_id: str) -> CustomerScore | None:
        """Return a customer's scores; None where no purchase counts."""
        ref = records.score_ref(self._shell.program_id, customer_id)
        (row,) = self._shell.read(
            lambda session: session.get([ref]), Permission.VIEW_CUSTOMERS
        )
        return None if row is None else records.score_of(row)

    def last_run(self) -> Run | None:
        """Return the last refresh, with the cuts that score anybody at the till."""
        ref = records.run_ref(self._shell.program_id)
        (row,) = self._shell.read(
            lambda session: session.get([ref]), Permission.VIEW_STATISTICS
        )
        return None if row is None else records.run_of(row)

    def members(
        self, *segments: str, limit: int = 100, cursor: str | None = None
    ) -> Members:
        """
        Return a page of the customers in some segments, by registration.

        Args:
            limit: customers a page, 1 to 10,000.
            cursor: of the page before.

        Raises:
            InvalidValue: the limit or cursor cannot be.
        """
        terms = (
            *where(program_id=self._shell.program_id, is_living=True).terms,
            records.in_segment(*segments),
        )
        order = (Order("registered_at"), Order("id"))
        query = Query("customer", And(terms), order, limit, cursor)
        page = self._page(query, Permission.VIEW_CUSTOMERS)
        return Members(tuple(map(customer_of, page.rows)), page.cursor)

    def changes(
        self, after: str | None = None, *, limit: int = 100
    ) -> list[SegmentChange]:
        """
        Return who entered and who left segments, in the order in which it was found.

        Args:
            after: the id of the last change that you have dealt with.
            limit: how many at most, 1 to 10,000.

        Raises:
            InvalidValue: the limit.
        """
        query = records.changes_after(self._shell.program_id, after, limit)
        page = self._page(query, Permission.VIEW_CUSTOMERS)
        return [records.change_of(row) for row in page.rows]

    # -- inside ------------------------------------------------------------------------

    def _cuts(self, spec: RfmSpec) -> Cuts:
        """Take the first way through the purchases."""
        recency, frequency, monetary = array("q"), array("q"), array("q")
        if spec.given_cuts is None:
            for habit in self._habits(spec):
                recency.append(habit.recency_days)
                frequency.append(habit.frequency)
                monetary.append(habit.monetary)
        return cuts_of_values((recency, frequency, monetary), spec)

    def _habits(self, spec: RfmSpec) -> Iterator[Habit]:
        program_id = self._shell.program_id
        aliases = self._shell.read(
            lambda session: all_aliases(session, program_id), Permission.SETTINGS
        )
        query = records.purchase_lines(program_id, spec.as_of)
        lines = map(records.line_of, self._rows(query))
        merged = (
            records.line_of(row, customer_id)
            for customer_id, those in records.alias_lines(
                program_id, spec.as_of, aliases
            )
            for row in self._rows(those)
        )
        return habits_in_order(lines_of_people(lines, merged, aliases), spec)

    def _rows(self, query: Query) -> Iterator[Row]:
        """Yield rows a page at a time, no session left open in between."""
        page = self._page(query)
        yield from page.rows
        while page.cursor is not None:
            page = self._page(attrs.evolve(query, cursor=page.cursor))
            yield from page.rows

    def _page(self, query: Query, permission: Permission = Permission.SETTINGS) -> Page:
        return self._shell.read(lambda session: session.select(query), permission)

    def _write_all(self, run: Run) -> tuple[RefreshReport, int]:
        """
        Take the second way, and write in portions what differs.

        Returns:
            Also how many customers were left to another refresh.
        """
        customers = 0

        def now() -> Iterator[CustomerScore]:
            nonlocal customers
            habits = self._habits(run.spec)
            for one in rescored(habits, run.cuts, run.segments, run.as_of):
                customers += 1
                yield one

        stored = self._rows(records.scores_in_order(self._shell.program_id))
        found = differences(map(records.score_of, stored), now())
        changed = moved = lost = 0
        while portion := list(islice(found, _CUSTOMERS_A_WRITE)):
            wrote = self._write(portion, run)
            changed += wrote[0]
            moved += wrote[1]
            lost += wrote[2]
        report = RefreshReport(
            customers=customers, changed=changed, moved=moved, run=run
        )
        return report, lost

    def _write(self, portion: Sequence[Difference], run: Run) -> tuple[int, int, int]:
        """
        Write some customers; whom another refresh wrote first is left to it.

        Who was merged since they were found gets no scores; the merge has taken away
        those that they had.

        Returns:
            How many were written, how many of them have moved, and how many were left.
        """
        program_id, ids = self._shell.program_id, self._shell.desk.ids

        def apply(session: Session) -> tuple[int, int, int]:
            merged = records.merged_of(session, program_id, portion)
            due = [
                one
                for one in portion
                if one.after is None or one.customer_id not in merged
            ]
            results = session.apply([records.change_to(program_id, one) for one in due])
            wrote = [*zip(due, results, strict=True)]
            written = [one for one, n in wrote if n]
            left = [one for one, n in wrote if not n and one.customer_id not in merged]
            events = [
                records.moved(
                    program_id,
                    one,
                    change_id=ids.new(run.scored_at),
                    on=run.as_of,
                    at=run.scored_at,
                )
                for one in written
                if one.has_moved
            ]
            if events:
                session.apply([Insert("segment_change", events)])
            return len(written), len(events), len(left)

        return self._shell.write(apply, Permission.SETTINGS)

    def _begin(self, session: Session, run: Run) -> None:
        """Note down that scores are about to be of two refreshes."""
        program_id, at = self._shell.program_id, run.scored_at
        (row,) = session.get([records.run_ref(program_id)], lock=True)
        first = records.run_change(program_id, run, is_first=True, begun_at=at)
        change = records.run_begun(program_id, at) if row is not None else first
        session.apply([change])

    def _end(self, session: Session, run: Run, lost: int) -> None:
        """Note the refresh down as the last one; all scores are its own, or some."""
        program_id, at = self._shell.program_id, run.scored_at
        (row,) = session.get([records.run_ref(program_id)], lock=True)
        is_alone = row is not None and row["begun_at"] == at and not lost
        begun_at = None if is_alone else at
        change = records.run_change(
            program_id, run, is_first=row is None, begun_at=begun_at
        )
        session.apply([change])


def _check(spec: RfmSpec, segments: SegmentTable) -> None:
    """Refuse choices that cannot be kept on customers."""
    if spec.rule == "ntile":
        remedy = "use 'rank', which never splits equal customers"
        raise InvalidValue("method", f"'ntile' has no cuts to score by; {remedy}")
    if segments.shape != spec.shape:
        given, own = ("x".join(map(str, s)) for s in (segments.shape, spec.shape))
        remedy = "pass a table of that shape"
        raise InvalidValue("segments", f"has {given} scores, not {own}; {remedy}")
