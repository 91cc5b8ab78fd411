"""Managers: who may do what where, and what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import attrs

from loyaltycore.errors import DuplicateField, UnknownLocation, UnknownManager
from loyaltycore.insight.days import check_days
from loyaltycore.insight.manager_statistics import manager_statistics
from loyaltycore.ports import Insert, Update
from loyaltycore.program.managers import Manager, ManagerFields, Permission, changed
from loyaltycore.records import acting
from loyaltycore.records import managers as records
from loyaltycore.records.figures import FIGURE_MEASURES, figures_between
from loyaltycore.records.locations import location_ref
from loyaltycore.records.quotas import take
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from loyaltycore.insight.manager_statistics import ManagerStatistics
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["Managers"]

_NEEDED = Permission.MANAGE_MANAGERS


class Managers:
    """
    Managers of the program.

    A manager who changes others gives nothing that is not theirs: no permission and no
    place that they do not have themselves, else ``PermissionDenied``.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def add(
        self,
        name: str,
        *,
        permissions: Iterable[Permission | str],
        locations: Iterable[str] = (),
        email: str | None = None,
    ) -> Manager:
        """
        Give somebody a seat.

        Args:
            permissions: what they may do, such as ``CASHIER``.
            locations: ids of where they may act; none of them, everywhere.

        Raises:
            InvalidValue, InvalidEmail: a field that cannot be.
            DuplicateField: another manager has this e-mail address.
            UnknownLocation: there is no such location.
            QuotaReached: every seat of the plan is taken.
        """
        desk = self._shell.desk
        now = desk.now()
        blank = Manager(
            id=desk.ids.new(now),
            version=1,
            name="",
            permissions=frozenset(),
            created_at=now,
        )
        fields: ManagerFields = {
            "name": name,
            "email": email,
            "permissions": permissions,
            "locations": locations,
        }
        manager = changed(blank, fields)

        def insert(session: Session) -> Manager:
            take(session, desk.program, "seats")
            self._check(session, manager)
            row = records.manager_row(desk.program.id, manager)
            session.apply([Insert("manager", [row])])
            return manager

        return self._shell.write(insert, _NEEDED)

    def edit(self, manager_id: str, **fields: Unpack[ManagerFields]) -> Manager:
        """
        Change what is said of a manager; what is not given stays.

        Args:
            fields: see ``ManagerFields``.

        Raises:
            UnknownManager: there is none with this id.
            InvalidValue, InvalidEmail, DuplicateField, UnknownLocation: as ``add``.
        """
        return self._change(manager_id, lambda manager: changed(manager, fields))

    def delete(self, manager_id: str) -> Manager:
        """
        Take a manager's seat away; what they did stays theirs.

        Raises:
            UnknownManager: there is none with this id.
        """
        now = self._shell.desk.now()
        return self._change(
            manager_id,
            lambda manager: attrs.evolve(manager, deleted_at=manager.deleted_at or now),
        )

    def restore(self, manager_id: str) -> Manager:
        """
        Give a manager who was deleted a seat again, with what they might do then.

        Raises:
            UnknownManager: there is none with this id.
            QuotaReached, DuplicateField, UnknownLocation: as ``add``.
        """
        return self._change(
            manager_id, lambda manager: attrs.evolve(manager, deleted_at=None)
        )

    def get(self, manager_id: str) -> Manager:
        """
        Return a manager, even one who was deleted.

        Raises:
            UnknownManager: there is none with this id.
        """
        ref = records.manager_ref(self._shell.program_id, manager_id)
        (row,) = self._shell.read(lambda session: session.get([ref]), _NEEDED)
        if row is None:
            raise UnknownManager(manager_id)
        return records.manager_of(row)

    def statistics(
        self,
        first: date,
        last: date,
        *,
        manager: str | None = None,
        location: str | None = None,
        units: bool = False,
    ) -> tuple[ManagerStatistics, ...]:
        """
        Return what each manager did from one local day to another.

        Sums come from the figures of the days.  Kinds, customers and last transactions
        are counted in the store, over what was recorded since the first of the days.

        Args:
            first, last: at most 3,660 days.
            manager: only this one, or whatever was named as the actor.
            location: only what was done there.
            units: also how many of each sort, for which every transaction of the days
                is read with its entries: thousands a second, not millions.

        Returns:
            One for each who did anything, by id; deleted managers, and names that your
            backend gave by hand, are among them.

        Raises:
            InvalidValue: a day that cannot be.
        """
        check_days(first, last)
        shell = self._shell.standing_at(location)
        program, place = shell.desk.program, location or shell.location_id
        only = {"actor_id": manager, "location_id": place}
        days = figures_between(program.id, first, last, only)
        posted = acting.posted_between(program, first, last, only)
        own = acting.posted_between(program, first, last, only, is_own=True)
        all_posted = acting.posted_between(program, first, last, {})

        def load(session: Session) -> tuple[ManagerStatistics, ...]:
            sees = shell.may(session, Permission.VIEW_REVENUE)
            flows = None
            if units:
                template_of = shell.desk.template
                flows = acting.flows_of(session, program, all_posted, template_of, only)
            return manager_statistics(
                session.summarize(days, by=("actor_id",), measures=FIGURE_MEASURES),
                acting.kinds_of(session, posted),
                acting.customers_of(session, own),
                flows,
                program.currency if sees else None,
            )

        return shell.ask(load, Permission.VIEW_STATISTICS)

    def list(self, *, deleted: bool = False) -> list[Manager]:
        """
        Return all managers, who came first first.

        Args:
            deleted: also those whose seat is free again.
        """
        query = records.all_managers(self._shell.program_id)
        rows = self._shell.read(lambda session: [*stream(session, query)], _NEEDED)
        managers = map(records.manager_of, rows)
        return [manager for manager in managers if deleted or manager.has_seat]

    # -- inside ------------------------------------------------------------------------

    def _change(self, manager_id: str, change: Callable[[Manager], Manager]) -> Manager:
        program = self._shell.desk.program
        ref = records.manager_ref(program.id, manager_id)

        def write(session: Session) -> Manager:
            (row,) = session.get([ref], lock=True)
            if row is None:
                raise UnknownManager(manager_id)
            before = records.manager_of(row)
            after = change(before)
            if after == before:
                return before
            after = attrs.evolve(after, version=before.version + 1)
            take(session, program, "seats", after.has_seat - before.has_seat)
            self._check(session, before, after)
            session.apply([Update(ref, records.manager_values(after))])
            return after

        return self._shell.write(write, _NEEDED)

    def _check(self, session: Session, *managers: Manager) -> None:
        """
        Refuse a manager who cannot be, or who is beyond the one who acts.

        Args:
            managers: as they were, and as they are to be.
        """
        program_id, acting = self._shell.program_id, self._shell.manager_id
        if acting is not None:
            (row,) = session.get([records.manager_ref(program_id, acting)])
            assert row is not None, "who acts was asked for before"
            for manager in managers:
                records.manager_of(row).check_over(manager)
        after = managers[-1]
        if not after.has_seat:
            return
        places = sorted(after.locations)
        refs = [location_ref(program_id, place) for place in places]
        for place, row in zip(places, session.get(refs), strict=True):
            if row is None or row["deleted_at"] is not None:
                raise UnknownLocation(place)
        if after.email is not None:
            query = records.managers_called(program_id, after.email)
            for row in stream(session, query):
                if row["id"] != after.id and row["deleted_at"] is None:
                    raise DuplicateField("email", row["id"])
