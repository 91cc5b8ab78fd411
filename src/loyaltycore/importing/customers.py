"""The work on a file of customers: look them up, decide, write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import Conflict, QuotaReached
from loyaltycore.importing.tag_grants import giving_tags, grant_for_tags, hold_cards
from loyaltycore.io.customer_plan import Create, CustomerPlanner, Update
from loyaltycore.io.planned_customers import Known
from loyaltycore.records.customer_belongings import belongings_of
from loyaltycore.records.customer_imports import (
    planned_changes,
    recognised,
    taken_values,
)
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.people import taken_back
from loyaltycore.records.quotas import room


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.customers.belongings import Belongings
    from loyaltycore.io.customer_rules import CustomerImport
    from loyaltycore.io.report import Planned
    from loyaltycore.io.table_rows import TableRow, TableRows
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["CustomerWork"]


class CustomerWork:
    """See ``Work``."""

    def __init__(self, shell: Shell, rows: TableRows, rules: CustomerImport) -> None:
        self._desk, self._by, self._rows = shell.desk, shell.by, rows
        self._is_quiet = not rules.notify
        self._giving: Mapping[str, frozenset[str]] = {}
        self._new = self._promised = 0
        self._has_aliases = False
        self._planner = CustomerPlanner(rows, rules, shell.desk.program.customer_form)

    def plan(self, session: Session, batch: Sequence[TableRow]) -> Sequence[Planned]:
        """Decide what rows do."""
        left = room(session, self._desk.program)
        if left is not None:
            left -= self._promised  # to rows that were planned, and are not written
        planned = self._planned(session, batch, left)
        self._new = sum(isinstance(row, Create) for row in planned)
        return planned

    def carry_out(
        self, session: Session, batch: Sequence[TableRow]
    ) -> Sequence[Planned]:
        """
        Decide what rows do, and do it.

        Raises:
            Conflict: somebody else changed a customer meanwhile.
        """
        desk = self._desk
        left = room(session, desk.program, hold=True)
        planned = self._planned(session, batch, left, hold=True)
        self._new = 0
        changes, updates = planned_changes(
            desk.program, planned, desk.now(), desk.ids, self._by.actor_id
        )
        if self._has_aliases:
            written = (
                (row.customer if isinstance(row, Update) else None, row.person)
                for row in planned
                if isinstance(row, Update | Create)
            )
            session.apply(taken_back(session, desk.program, written))
        results = session.apply(changes)
        if 0 in results[:updates]:
            raise Conflict("A customer changed in the meantime; try again.")
        grant_for_tags(
            session, desk, self._giving, planned, self._by, is_quiet=self._is_quiet
        )
        return planned

    def settle(self) -> None:
        """Take the last batch as done."""
        self._planner.settle()
        self._promised += self._new

    def _planned(
        self,
        session: Session,
        batch: Sequence[TableRow],
        left: int | None,
        *,
        hold: bool = False,
    ) -> list[Planned]:
        """
        Decide what rows do, and refuse new customers beyond what is left.

        Args:
            hold: nobody else changes the tags and consents that were read.
        """
        program = self._desk.program
        known, self._has_aliases = recognised(session, program, batch)
        taken = taken_values(session, program, batch)
        belongings: Mapping[str, Belongings] = {}
        if self._planner.asks_belongings:
            whose = sorted({customer.id for customer in known.values()})
            if hold:
                self._giving = giving_tags(session, self._desk)
                hold_cards(session, self._desk, self._giving, whose)
                refs = [customer_ref(program.id, each) for each in whose]
                session.get(refs, lock=True)
            belongings = belongings_of(session, program.id, whose)
        plans = self._planner.plan(batch, Known(known, taken, belongings))
        planned: list[Planned] = []
        for row, plan in zip(batch, plans, strict=True):
            planned.append(plan)
            if left is not None and isinstance(plan, Create):
                left -= 1
                if left < 0:
                    quota = QuotaReached("customers", self._most)
                    planned[-1] = self._rows.failed(row, quota.code, quota.message)
        return planned

    @property
    def _most(self) -> int:
        return self._desk.program.quotas.customers or 0
