"""Locations and terminals: where things happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import attrs

from loyaltycore.errors import InvalidValue, UnknownLocation, UnknownTerminal
from loyaltycore.ports import Insert, Update
from loyaltycore.program.locations import (
    Location,
    LocationFields,
    LocationKind,
    Terminal,
    changed,
    place_of,
)
from loyaltycore.program.managers import Permission
from loyaltycore.program.names import name_of
from loyaltycore.records import locations as records
from loyaltycore.records.quotas import take
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.shell import Shell

__all__ = ["LocationFields", "Locations"]

_TERMINALS_MAX = 1_000


class Locations:
    """Locations of the program, and their terminals."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def add(
        self,
        name: str,
        *,
        kind: LocationKind | str = LocationKind.PHYSICAL,
        latitude: Decimal | int | str | None = None,
        longitude: Decimal | int | str | None = None,
        address: str | None = None,
    ) -> Location:
        """
        Add a location.

        Args:
            kind: physical or online.
            latitude: degrees from -90 to 90, as an exact number such as
                ``"52.520008"``; six decimals are kept.  Both coordinates, or none.
            longitude: degrees from -180 to 180.
            address: as it is written on a letter.

        Raises:
            InvalidValue: a field that cannot be.
            QuotaReached: the plan has no more locations.
        """
        desk = self._shell.desk
        now = desk.now()
        blank = Location(id=desk.ids.new(now), version=1, name="", created_at=now)
        fields: LocationFields = {
            "name": name,
            "kind": kind,
            "latitude": latitude,
            "longitude": longitude,
            "address": address,
        }
        location = changed(blank, fields)

        def insert(session: Session) -> Location:
            take(session, desk.program, "locations")
            row = records.location_row(desk.program.id, location)
            session.apply([Insert("location", [row])])
            return location

        return self._shell.write(insert, Permission.SETTINGS)

    def edit(self, location_id: str, **fields: Unpack[LocationFields]) -> Location:
        """
        Change what is said of a location; what is not given stays.

        Args:
            fields: see ``LocationFields``.

        Raises:
            UnknownLocation: there is none with this id.
            InvalidValue: a field that cannot be.
        """
        return self._change(location_id, lambda location: changed(location, fields))

    def delete(self, location_id: str) -> Location:
        """
        Take a location out of use; what happened there stays in the journal.

        No manager can act there any more.

        Raises:
            UnknownLocation: there is none with this id.
        """
        now = self._shell.desk.now()
        return self._change(
            location_id,
            lambda location: attrs.evolve(
                location, deleted_at=location.deleted_at or now
            ),
        )

    def restore(self, location_id: str) -> Location:
        """
        Take a location that was deleted into use again.

        Raises:
            UnknownLocation: there is none with this id.
            QuotaReached: the plan has no more locations.
        """
        return self._change(
            location_id, lambda location: attrs.evolve(location, deleted_at=None)
        )

    def get(self, location_id: str) -> Location:
        """
        Return a location, even one that was deleted.

        Raises:
            UnknownLocation: there is none with this id.
        """
        ref = records.location_ref(self._shell.program_id, location_id)
        (row,) = self._shell.read(
            lambda session: session.get([ref]), Permission.VIEW_CUSTOMERS
        )
        if row is None:
            raise UnknownLocation(location_id)
        return records.location_of(row)

    def nearest(
        self,
        latitude: Decimal | int | str,
        longitude: Decimal | int | str,
        *,
        within_meters: int | None = None,
    ) -> tuple[tuple[Location, int], ...]:
        """
        Return locations and how many meters off they are, the nearest first.

        Locations without coordinates are left out.

        Raises:
            InvalidValue: the coordinates are none, or the meters are below 0.
        """
        here = place_of(latitude, longitude)
        if here is None:
            raise InvalidValue("latitude", "say where you are.")
        if within_meters is not None and within_meters < 0:
            raise InvalidValue("within_meters", "0 or more.")
        found = [
            (location, here.meters_to(location.place))
            for location in self._all()
            if location.place is not None and location.deleted_at is None
        ]
        if within_meters is not None:
            found = [each for each in found if each[1] <= within_meters]
        return tuple(sorted(found, key=lambda each: (each[1], each[0].id)))

    # -- terminals ---------------------------------------------------------------------

    def add_terminal(self, location_id: str, name: str) -> Terminal:
        """
        Add a till, or another device, to a location.

        Raises:
            UnknownLocation: there is no such location, or none any more.
            InvalidValue: the name cannot be one, or there are 1,000 terminals.
        """
        desk, program_id = self._shell.desk, self._shell.program_id
        now = desk.now()
        terminal = Terminal(
            id=desk.ids.new(now),
            location_id=location_id,
            name=name_of(name),
            created_at=now,
        )
        ref = records.location_ref(program_id, location_id)

        def insert(session: Session) -> Terminal:
            (row,) = session.get([ref], lock=True)
            if row is None or row["deleted_at"] is not None:
                raise UnknownLocation(location_id)
            if len(self._terminals(session, location_id)) >= _TERMINALS_MAX:
                raise InvalidValue("location_id", f"{_TERMINALS_MAX:,} are there.")
            row = records.terminal_row(program_id, terminal)
            session.apply([Insert("terminal", [row])])
            return terminal

        return self._shell.write(insert, Permission.SETTINGS)

    def delete_terminal(self, terminal_id: str) -> Terminal:
        """
        Take a terminal out of use.

        Raises:
            UnknownTerminal: there is none with this id.
        """
        desk = self._shell.desk
        now = desk.now()
        ref = records.terminal_ref(desk.program.id, terminal_id)

        def write(session: Session) -> Terminal:
            (row,) = session.get([ref], lock=True)
            if row is None:
                raise UnknownTerminal(terminal_id)
            terminal = records.terminal_of(row)
            if terminal.deleted_at is not None:
                return terminal
            session.apply([Update(ref, {"deleted_at": now})])
            return attrs.evolve(terminal, deleted_at=now)

        return self._shell.write(write, Permission.SETTINGS)

    def terminals(self, location_id: str) -> tuple[Terminal, ...]:
        """
        Return the terminals of a location, oldest first.

        Raises:
            UnknownLocation: there is no such location.
        """
        ref = records.location_ref(self._shell.program_id, location_id)

        def read(session: Session) -> tuple[Terminal, ...]:
            if not any(session.get([ref])):
                raise UnknownLocation(location_id)
            return self._terminals(session, location_id)

        return self._shell.read(read, Permission.VIEW_CUSTOMERS)

    def list(self, *, deleted: bool = False) -> list[Location]:
        """
        Return all locations, oldest first.

        Args:
            deleted: also those that are out of use.
        """
        return [
            location
            for location in self._all()
            if deleted or location.deleted_at is None
        ]

    # -- inside ------------------------------------------------------------------------

    def _all(self) -> Iterator[Location]:
        query = records.all_locations(self._shell.program_id)
        rows: list[Row] = self._shell.read(
            lambda session: [*stream(session, query)], Permission.VIEW_CUSTOMERS
        )
        return map(records.location_of, rows)

    def _terminals(self, session: Session, location_id: str) -> tuple[Terminal, ...]:
        query = records.terminals_at(self._shell.program_id, location_id)
        terminals = map(records.terminal_of, stream(session, query))
        return tuple(each for each in terminals if each.deleted_at is None)

    def _change(
        self, location_id: str, change: Callable[[Location], Location]
    ) -> Location:
        program = self._shell.desk.program
        ref = records.location_ref(program.id, location_id)

        def write(session: Session) -> Location:
            (row,) = session.get([ref], lock=True)
            if row is None:
                raise UnknownLocation(location_id)
            before = records.location_of(row)
            after = change(before)
            if after == before:
                return before
            after = attrs.evolve(after, version=before.version + 1)
            was, is_open = before.deleted_at is None, after.deleted_at is None
            take(session, program, "locations", is_open - was)
            session.apply([Update(ref, records.location_values(after))])
            return after

        return self._shell.write(write, Permission.SETTINGS)
