"""Locations of the program, and their terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.ports import Ref
from loyaltycore.program.locations import Location, LocationKind, Place, Terminal
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from loyaltycore.query.predicates import Row

__all__ = [
    "all_locations",
    "location_of",
    "location_ref",
    "location_row",
    "location_values",
    "terminal_of",
    "terminal_ref",
    "terminal_row",
    "terminals_at",
]

_PAGE = 500
_IN_ORDER = (Order("created_at"), Order("id"))


def location_ref(program_id: str, location_id: str) -> Ref:
    """One location."""
    values = program_id, id_text("location_id", location_id)
    return Ref("location", ("program_id", "id"), values)


def terminal_ref(program_id: str, terminal_id: str) -> Ref:
    """One terminal."""
    values = program_id, id_text("terminal_id", terminal_id)
    return Ref("terminal", ("program_id", "id"), values)


def all_locations(program_id: str) -> Query:
    """Every location there ever was, oldest first."""
    return Query("location", where(program_id=program_id), _IN_ORDER, _PAGE)


def terminals_at(program_id: str, location_id: str) -> Query:
    """Every terminal that a location ever had, oldest first."""
    terms = where(program_id=program_id, location_id=location_id)
    return Query("terminal", terms, _IN_ORDER, _PAGE)


def location_row(program_id: str, location: Location) -> Row:
    """A location."""
    place = location.place
    return {
        "program_id": program_id,
        "id": location.id,
        "version": location.version,
        "name": location.name,
        "kind": location.kind.value,
        "latitude": None if place is None else place.latitude,
        "longitude": None if place is None else place.longitude,
        "address": location.address,
        "created_at": location.created_at,
        "deleted_at": location.deleted_at,
    }


def location_values(location: Location) -> Row:
    """All of a location that may change."""
    row = location_row("", location)
    return {name: row[name] for name in row if name not in {"program_id", "id"}}


def location_of(row: Row) -> Location:
    """The opposite of ``location_row``."""
    is_known = row["latitude"] is not None
    return Location(
        id=row["id"],
        version=row["version"],
        name=row["name"],
        kind=LocationKind(row["kind"]),
        place=Place(row["latitude"], row["longitude"]) if is_known else None,
        address=row["address"],
        created_at=row["created_at"],
        deleted_at=row["deleted_at"],
    )


def terminal_row(program_id: str, terminal: Terminal) -> Row:
    """A terminal."""
    return {
        "program_id": program_id,
        "id": terminal.id,
        "location_id": terminal.location_id,
        "name": terminal.name,
        "created_at": terminal.created_at,
        "deleted_at": terminal.deleted_at,
    }


def terminal_of(row: Row) -> Terminal:
    """The opposite of ``terminal_row``."""
    return Terminal(
        id=row["id"],
        location_id=row["location_id"],
        name=row["name"],
        created_at=row["created_at"],
        deleted_at=row["deleted_at"],
    )
