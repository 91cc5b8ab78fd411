"""Lists of customers: columns, filter, order, pages; and sets of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from loyaltycore.customers.grid import (
    DEFAULT_COLUMNS,
    GridCount,
    GridPage,
    cells,
    columns_of,
    sort_of,
)
from loyaltycore.customers.segments import name_of
from loyaltycore.errors import InvalidValue, QuotaReached
from loyaltycore.ports import Delete, Insert, Update
from loyaltycore.program.managers import Permission
from loyaltycore.records import grid as records
from loyaltycore.records.filters import living_customers


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["Grid"]

_SETS_MAX = 50
_COUNTED_TO = 1_000


class Grid:
    """Living customers as a list that somebody looks through."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def page(
        self,
        columns: Sequence[str] = DEFAULT_COLUMNS,
        *,
        filter: CustomerFilter | None = None,  # noqa: A002 - the word for it
        sort: str = "joined",
        descending: bool = True,
        limit: int = 50,
        cursor: str | None = None,
        count: Literal["none", "exact", "capped"] = "none",
    ) -> GridPage:
        """
        Return a page of the list.

        Args:
            columns: names of ``customers.grid.COLUMNS``, and ``field.<name>`` for the
                program's own fields, in the order in which they are shown.
            filter: whom to show; everybody by default.
            sort: any column that has an order; customers without a value come first,
                and descending last.
            limit: customers a page, 1 to 10,000.
            cursor: of the page before.
            count: of the whole list: not at all, exactly, or up to 1,000.

        Raises:
            InvalidValue: no such column, no order, or the limit or cursor cannot be.
            InvalidFilter: the program cannot answer this filter.
        """
        desk = self._shell.desk
        program, now = desk.program, desk.now()
        shown = columns_of(columns, program)
        asking = records.Asking(
            program_id=program.id,
            meant=living_customers(filter, program, now),
            sort=sort_of(sort, program),
            descending=descending,
        )
        at_most = _at_most(count)

        def work(session: Session) -> GridPage:
            rows, following = records.page_of_rows(session, asking, limit, cursor)
            needs = {column.needs for column in shown}
            asked = records.asked_of(session, rows, needs, program, now)
            counted = None
            if at_most != 0:
                counted = records.counted(session, asking.meant, at_most)
            return GridPage(
                columns=tuple(columns),
                rows=tuple(cells(shown, each) for each in asked),
                cursor=following,
                count=counted,
            )

        return self._shell.read(work, Permission.VIEW_CUSTOMERS)

    def count(
        self,
        filter: CustomerFilter | None = None,  # noqa: A002 - the word for it
        *,
        at_most: int | None = None,
    ) -> GridCount:
        """
        Count the customers whom a filter means.

        Args:
            at_most: count no further, 1 to 9,999; exactly by default.

        Raises:
            InvalidFilter: the program cannot answer this filter.
            InvalidValue: *at_most*.
        """
        desk = self._shell.desk
        meant = living_customers(filter, desk.program, desk.now())
        return self._shell.read(
            lambda session: records.counted(session, meant, at_most),
            Permission.VIEW_CUSTOMERS,
        )

    # -- sets of columns ---------------------------------------------------------------

    def save_columns(
        self, name: str, columns: Sequence[str], *, shared: bool = False
    ) -> None:
        """
        Save columns and their order under a name, in place of those that had it.

        Args:
            shared: for everybody, which takes the permission ``settings``; else for the
                manager who acts.  The host itself saves everybody's.

        Raises:
            InvalidValue: no such column; or the name.
            QuotaReached: there are as many sets as there may be.
        """
        columns_of(columns, self._shell.desk.program)
        owner, program_id = self._owner(shared=shared), self._shell.program_id
        ref = records.column_set_ref(program_id, owner, name_of(name))
        row = records.column_set_row(ref, columns)

        def work(session: Session) -> None:
            (before,) = session.get([ref], lock=True)
            if before is not None:
                session.apply([Update(ref, {"columns": row["columns"]})])
                return
            query = records.column_sets(program_id, (owner or "",), _SETS_MAX)
            if len(session.select(query).rows) >= _SETS_MAX:
                raise QuotaReached("sets of columns", _SETS_MAX)
            session.apply([Insert("column_set", [row])])

        self._shell.write(work, _permission(shared=shared))

    def column_sets(self) -> Mapping[str, tuple[str, ...]]:
        """
        Return everybody's sets of columns and the manager's own, by name.

        Where both have a name, the manager's own is meant.
        """
        owners = ("", self._shell.manager_id or "")
        query = records.column_sets(self._shell.program_id, owners, 2 * _SETS_MAX)
        page = self._shell.read(
            lambda session: session.select(query), Permission.VIEW_CUSTOMERS
        )
        return {row["name"]: records.columns_in(row) for row in page.rows}

    def delete_columns(self, name: str, *, shared: bool = False) -> bool:
        """Delete a set of columns; return whether there was one."""
        owner = self._owner(shared=shared)
        ref = records.column_set_ref(self._shell.program_id, owner, name)
        (n,) = self._shell.write(
            lambda session: session.apply([Delete(ref)]), _permission(shared=shared)
        )
        return bool(n)

    def _owner(self, *, shared: bool) -> str | None:
        return None if shared else self._shell.manager_id


def _permission(*, shared: bool) -> Permission:
    return Permission.SETTINGS if shared else Permission.VIEW_CUSTOMERS


def _at_most(count: str) -> int | None:
    """How far is counted; 0: not at all, None: to the end."""
    limits = {"none": 0, "capped": _COUNTED_TO, "exact": None}
    if count not in limits:
        raise InvalidValue("count", f"one of {', '.join(limits)}.")
    return limits[count]
