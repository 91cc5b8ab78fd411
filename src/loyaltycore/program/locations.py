"""
Locations: where it happens; and the tills that stand there.

Owns what a location is, and how its coordinates are read.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypedDict

import attrs

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.program.names import name_of
from loyaltycore.values.geo import distance
from loyaltycore.values.quantity import (
    Rounding,
    decimal_of,
    from_units,
    round_units,
)


if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

__all__ = [
    "Location",
    "LocationFields",
    "LocationKind",
    "Place",
    "Terminal",
    "changed",
    "place_of",
]

#: Decimals of a coordinate: a millionth of a degree is some ten centimetres.
_SCALE: Final = 6
_ADDRESS_MAX: Final = 500


class LocationKind(StrEnum):
    """A shop that one can walk into, or one that one cannot."""

    PHYSICAL = "physical"
    ONLINE = "online"


@attrs.frozen
class Place:
    """
    A point on the earth.

    Attributes:
        latitude: millionths of a degree, south below 0.
        longitude: likewise, west below 0.
    """

    latitude: int
    longitude: int

    def meters_to(self, other: Place) -> int:
        """Along the surface, to the nearest meter."""
        return distance(
            (self.latitude, self.longitude), (other.latitude, other.longitude)
        )


@attrs.frozen(kw_only=True)
class Location:
    """
    Where something happens; the word on other screens may be space or store.

    Attributes:
        place: its coordinates, if they are known; an online shop has none.
        deleted_at: since when nothing happens there; what did stays in the journal.
    """

    id: str
    version: int
    name: str
    kind: LocationKind = LocationKind.PHYSICAL
    place: Place | None = None
    address: str | None = None
    created_at: datetime
    deleted_at: datetime | None = None

    @property
    def latitude(self) -> Decimal | None:
        """Degrees, with six decimals."""
        return None if self.place is None else from_units(self.place.latitude, _SCALE)

    @property
    def longitude(self) -> Decimal | None:
        """Degrees, with six decimals."""
        return None if self.place is None else from_units(self.place.longitude, _SCALE)


@attrs.frozen(kw_only=True)
class Terminal:
    """A till or another device at a location."""

    id: str
    location_id: str
    name: str
    created_at: datetime
    deleted_at: datetime | None = None


class LocationFields(TypedDict, total=False):
    """
    What can be said of a location.

    Attributes:
        kind: physical, unless it is online.
        latitude: degrees from -90 to 90, as an exact number such as ``"52.520008"``;
            six decimals are kept.  Both coordinates are given, or none.
        longitude: degrees from -180 to 180.
        address: as it is written on a letter.
    """

    name: str
    kind: LocationKind | str
    latitude: Decimal | int | str | None
    longitude: Decimal | int | str | None
    address: str | None


def changed(location: Location, fields: LocationFields) -> Location:
    """
    Say something else of a location; what is not given stays.

    Raises:
        InvalidValue: a field that cannot be.
    """
    changes: dict[str, Any] = {}
    if "name" in fields:
        changes["name"] = name_of(fields["name"])
    if "kind" in fields:
        changes["kind"] = _kind_of(fields["kind"])
    if "address" in fields:
        changes["address"] = _address_of(fields["address"])
    if "latitude" in fields or "longitude" in fields:
        changes["place"] = place_of(
            fields.get("latitude", location.latitude),
            fields.get("longitude", location.longitude),
        )
    after = attrs.evolve(location, **changes)
    if after.kind is LocationKind.ONLINE and after.place is not None:
        if changes.get("place") is not None:
            raise InvalidValue("latitude", "what is online is nowhere on the globe.")
        after = attrs.evolve(after, place=None)
    return after


def place_of(
    latitude: Decimal | int | str | None, longitude: Decimal | int | str | None
) -> Place | None:
    """
    Read coordinates in degrees; further decimals than six are rounded.

    Raises:
        InvalidValue: one without the other, no number, or beyond the globe.
    """
    if latitude is None and longitude is None:
        return None
    return Place(
        _degrees("latitude", latitude, 90), _degrees("longitude", longitude, 180)
    )


def _kind_of(kind: LocationKind | str) -> LocationKind:
    try:
        return LocationKind(kind)
    except ValueError:
        known = " or ".join(LocationKind)
        raise InvalidValue("kind", f"{known}.") from None


def _address_of(address: str | None) -> str | None:
    if address is None:
        return None
    text = address.strip() if isinstance(address, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
    if text is None or len(text) > _ADDRESS_MAX:
        raise InvalidValue("address", f"at most {_ADDRESS_MAX} characters.")
    return text or None


def _degrees(field: str, value: Decimal | int | str | None, most: int) -> int:
    message = f'degrees from -{most} to {most}, no float, such as "52.520008".'
    if value is None:
        raise InvalidValue(field, message)
    try:
        units = round_units(decimal_of(value).scaleb(_SCALE), Rounding.HALF_UP)
    except InvalidAmount:
        raise InvalidValue(field, message) from None
    if abs(units) > most * 10**_SCALE:
        raise InvalidValue(field, message)
    return units
