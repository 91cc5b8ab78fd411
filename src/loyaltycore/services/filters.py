"""Filters that are saved under a name, and asked of one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.filter_matching import matches
from loyaltycore.customers.filter_tests import Moment, check_filter
from loyaltycore.customers.saved_filters import FILTERS_MAX, SavedFilter
from loyaltycore.customers.segments import name_of
from loyaltycore.errors import QuotaReached, UnknownFilter
from loyaltycore.ports import Delete, Insert, Update
from loyaltycore.program.managers import Permission
from loyaltycore.records import saved_filters as records
from loyaltycore.records.filter_facts import filter_facts
from loyaltycore.records.finding import resolved


if TYPE_CHECKING:
    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["SavedFilters"]


class SavedFilters:
    """
    Filters of the program.

    A manager sees their own and everybody's; the host itself saves everybody's.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def save(
        self,
        name: str,
        filter: CustomerFilter,  # noqa: A002 - the word for it
        *,
        shared: bool = False,
    ) -> SavedFilter:
        """
        Save a filter under a name, in place of the one that has it.

        Args:
            shared: for everybody, which takes the permission ``settings``; else for
                the manager who acts.

        Raises:
            InvalidFilter: the program cannot answer this filter.
            InvalidValue: the name.
            QuotaReached: there are as many as there may be.
        """
        desk = self._shell.desk
        now = desk.now()
        saved = SavedFilter(
            name=name_of(name),
            filter=check_filter(filter, Moment(desk.program, now)),
            manager_id=self._owner(shared=shared),
            saved_at=now,
        )
        return self._shell.write(
            lambda session: self._write(session, saved), _permission(shared=shared)
        )

    def get(self, name: str) -> SavedFilter:
        """
        Return a saved filter: the manager's own, or else everybody's.

        Raises:
            UnknownFilter: there is none of this name.
        """
        owners = dict.fromkeys((self._shell.manager_id, None))
        refs = [records.filter_ref(self._shell.program_id, one, name) for one in owners]
        rows = self._shell.read(
            lambda session: session.get(refs), Permission.VIEW_CUSTOMERS
        )
        for row in rows:
            if row is not None:
                return records.saved_filter_of(row)
        raise UnknownFilter(name, by="name")

    def all(self) -> list[SavedFilter]:
        """Return the manager's own filters and everybody's, by name."""
        owners = ("", self._shell.manager_id or "")
        query = records.filters_of(self._shell.program_id, owners, 2 * FILTERS_MAX)
        page = self._shell.read(
            lambda session: session.select(query), Permission.VIEW_CUSTOMERS
        )
        return [records.saved_filter_of(row) for row in page.rows]

    def delete(self, name: str, *, shared: bool = False) -> None:
        """
        Delete a saved filter; segments keep theirs.

        Args:
            shared: everybody's; else the one of the manager who acts.

        Raises:
            UnknownFilter: there is none of this name.
        """
        ref = records.filter_ref(
            self._shell.program_id, self._owner(shared=shared), name
        )
        (n,) = self._shell.write(
            lambda session: session.apply([Delete(ref)]), _permission(shared=shared)
        )
        if not n:
            raise UnknownFilter(name, by="name")

    def fits(self, filter: CustomerFilter, customer_id: str) -> bool:  # noqa: A002 - the word for it
        """
        Say whether a customer, whatever became of them, satisfies a filter.

        Raises:
            InvalidFilter: the program cannot answer this filter.
            UnknownCustomer: there is none with this id.
        """
        desk = self._shell.desk

        def work(session: Session) -> bool:
            row = resolved(session, desk.program.id, customer_id)
            facts = filter_facts(session, row)
            return matches(filter, facts, desk.now(), desk.program)

        return self._shell.read(work, Permission.VIEW_CUSTOMERS)

    # -- inside ------------------------------------------------------------------------

    def _owner(self, *, shared: bool) -> str | None:
        return None if shared else self._shell.manager_id

    def _write(self, session: Session, saved: SavedFilter) -> SavedFilter:
        program_id = self._shell.program_id
        row = records.filter_row(program_id, saved)
        ref = records.filter_ref(program_id, saved.manager_id, saved.name)
        (before,) = session.get([ref], lock=True)
        if before is not None:
            values = {name: row[name] for name in ("filter", "saved_at")}
            session.apply([Update(ref, values)])
            return saved
        owner = (saved.manager_id or "",)
        query = records.filters_of(program_id, owner, FILTERS_MAX)
        if len(session.select(query).rows) >= FILTERS_MAX:
            raise QuotaReached("saved filters", FILTERS_MAX)
        session.apply([Insert("saved_filter", [row])])
        return saved


def _permission(*, shared: bool) -> Permission:
    return Permission.SETTINGS if shared else Permission.VIEW_CUSTOMERS
