"""The work on a file of customers: look them up, decide, write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import Conflict
from loyaltycore.io.customer_plan import CustomerPlanner, Update
from loyaltycore.records.customer_imports import (
    planned_changes,
    recognised,
    taken_values,
)
from loyaltycore.records.people import taken_back


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.io.customer_rules import CustomerImport
    from loyaltycore.io.report import Planned
    from loyaltycore.io.table_rows import TableRow, TableRows
    from loyaltycore.ports import Session
    from loyaltycore.posting import Desk

__all__ = ["CustomerWork"]


class CustomerWork:
    """See ``Work``."""

    def __init__(self, desk: Desk, rows: TableRows, rules: CustomerImport) -> None:
        self._desk = desk
        self._planner = CustomerPlanner(rows, rules, desk.program.customer_form)
        self.settle = self._planner.settle

    def plan(self, session: Session, batch: Sequence[TableRow]) -> Sequence[Planned]:
        """Decide what rows do."""
        known = recognised(session, self._desk.program, batch)
        taken = taken_values(session, self._desk.program, batch)
        return self._planner.plan(batch, known, taken)

    def carry_out(
        self, session: Session, batch: Sequence[TableRow]
    ) -> Sequence[Planned]:
        """
        Decide what rows do, and do it.

        Raises:
            Conflict: somebody else changed a customer meanwhile.
        """
        planned = self.plan(session, batch)
        desk = self._desk
        changes, updates = planned_changes(desk.program, planned, desk.now(), desk.ids)
        changed = (
            (row.customer, attrs.evolve(row.customer, person=row.person))
            for row in planned
            if isinstance(row, Update)
        )
        session.apply(taken_back(session, desk.program, changed))
        results = session.apply(changes)
        if 0 in results[:updates]:
            raise Conflict("A customer changed in the meantime; try again.")
        return planned
