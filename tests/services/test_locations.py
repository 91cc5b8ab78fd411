"""Locations and terminals, on every store."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from loyaltycore import errors
from loyaltycore.program.locations import LocationKind


if TYPE_CHECKING:
    from loyaltycore import Loyalty


class TestLocations:
    def test_a_location_is_kept_as_said(self, shop: Loyalty):
        """EN-10: coordinates are degrees; a seventh decimal is rounded half up."""
        mitte = shop.locations.add(
            " Mitte ",
            latitude="52.5200085",
            longitude=Decimal("13.404954"),
            address=" Torstr. 1\n10119 Berlin ",
        )

        assert ("Mitte", LocationKind.PHYSICAL) == (mitte.name, mitte.kind)
        assert Decimal("52.520009") == mitte.latitude
        assert Decimal("13.404954") == mitte.longitude
        assert "Torstr. 1\n10119 Berlin" == mitte.address
        assert mitte == shop.locations.get(mitte.id)
        assert [mitte] == shop.locations.list()

    def test_online_is_nowhere(self, shop: Loyalty):
        """EN-10: a shop that goes online loses its coordinates, and takes none."""
        web = shop.locations.add("Web", kind="online")
        mitte = shop.locations.add("Mitte", latitude=52, longitude=13)
        gone = shop.locations.edit(mitte.id, kind=LocationKind.ONLINE)

        assert (LocationKind.ONLINE, None, None) == (
            web.kind,
            web.latitude,
            web.longitude,
        )
        assert None is gone.latitude is gone.longitude
        with pytest.raises(errors.InvalidValue):
            shop.locations.edit(web.id, latitude=52, longitude=13)

    def test_what_is_edited_and_what_stays(self, shop: Loyalty):
        """EN-10: one coordinate may be corrected by itself, an address emptied."""
        mitte = shop.locations.add(
            "Mitte", latitude="52.5", longitude="-13.4", address="Torstr. 1"
        )
        moved = shop.locations.edit(mitte.id, latitude="-0.5", address="  ")
        bare = shop.locations.edit(mitte.id, latitude=None, longitude=None)

        assert (Decimal("-0.500000"), Decimal("-13.400000")) == (
            moved.latitude,
            moved.longitude,
        )
        assert (None, 2) == (moved.address, moved.version)
        assert (None, None, "Mitte") == (bare.latitude, bare.longitude, bare.name)
        assert bare == shop.locations.edit(mitte.id, address=None)

    def test_a_location_is_deleted_and_restored(self, shop: Loyalty):
        """EN-10: one that is out of use is kept, and comes back under its id."""
        mitte = shop.locations.add("Mitte")
        gone = shop.locations.delete(mitte.id)

        assert gone == shop.locations.delete(mitte.id) == shop.locations.get(mitte.id)
        assert [] == shop.locations.list()
        assert [gone] == shop.locations.list(deleted=True)
        assert shop.locations.restore(mitte.id).deleted_at is None
        assert [mitte.id] == [each.id for each in shop.locations.list()]
        assert () == shop.verify().problems

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"name": " "}, "name"),
            ({"kind": "space"}, "kind"),
            ({"latitude": "90.000001", "longitude": 0}, "latitude"),
            ({"latitude": 0, "longitude": -181}, "longitude"),
            ({"latitude": 52}, "longitude"),
            ({"longitude": 13}, "latitude"),
            ({"latitude": 52.5, "longitude": 13}, "latitude"),
            ({"latitude": "north", "longitude": 13}, "latitude"),
            ({"address": "x" * 501}, "address"),
            ({"address": 7}, "address"),
        ],
    )
    def test_what_cannot_be(self, shop: Loyalty, fields: dict, field: str):
        """EN-10: a bad field is named, and there is no such location."""
        with pytest.raises(errors.InvalidValue) as caught:
            shop.locations.add(**{"name": "Mitte", **fields})

        assert field == caught.value.field
        assert [] == shop.locations.list(deleted=True)

    def test_which_is_not_there(self, shop: Loyalty):
        """EN-10: an unknown location or terminal is a typed error."""
        for ask in (
            lambda: shop.locations.get("x"),
            lambda: shop.locations.edit("x", name="Mitte"),
            lambda: shop.locations.add_terminal("x", "till"),
            lambda: shop.locations.terminals("x"),
        ):
            with pytest.raises(errors.UnknownLocation):
                ask()
        with pytest.raises(errors.UnknownTerminal):
            shop.locations.delete_terminal("x")


class TestNearest:
    def test_the_nearest_comes_first(self, shop: Loyalty):
        """EN-10: from the Brandenburg Gate, Potsdam is farther than the Reichstag."""
        potsdam = shop.locations.add(
            "Potsdam", latitude="52.396149", longitude="13.058540"
        )
        reichstag = shop.locations.add(
            "Reichstag", latitude="52.518623", longitude="13.376198"
        )
        shop.locations.add("Web", kind="online")
        gone = shop.locations.add("Gate", latitude="52.516275", longitude="13.377704")
        shop.locations.delete(gone.id)
        gate = ("52.516275", "13.377704")

        found = shop.locations.nearest(*gate)
        close = shop.locations.nearest(*gate, within_meters=280)

        assert [reichstag, potsdam] == [location for location, _ in found]
        assert found[:1] == close
        assert 260 < found[0][1] < 290
        assert 25_000 < found[1][1] < 27_000

    def test_what_cannot_be(self, shop: Loyalty):
        """Half a place, none, and less than no distance are refused."""
        for ask in (
            lambda: shop.locations.nearest(None, None),  # type: ignore[arg-type]
            lambda: shop.locations.nearest(52, None),  # type: ignore[arg-type]
            lambda: shop.locations.nearest(52, 13, within_meters=-1),
        ):
            with pytest.raises(errors.InvalidValue):
                ask()


class TestTerminals:
    def test_terminals_of_a_location(self, shop: Loyalty):
        """EN-10: each belongs to one location; a deleted one is listed no more."""
        mitte, wedding = shop.locations.add("Mitte"), shop.locations.add("Wedding")
        first = shop.locations.add_terminal(mitte.id, " till 1 ")
        second = shop.locations.add_terminal(mitte.id, "till 2")
        shop.locations.add_terminal(wedding.id, "till 1")
        gone = shop.locations.delete_terminal(first.id)

        assert ("till 1", mitte.id) == (first.name, first.location_id)
        assert gone == shop.locations.delete_terminal(first.id)
        assert (second,) == shop.locations.terminals(mitte.id)

    def test_nothing_is_added_to_what_is_out_of_use(self, shop: Loyalty):
        """EN-10: a location that was deleted gets no more terminals."""
        mitte = shop.locations.add("Mitte")
        shop.locations.delete(mitte.id)
        with pytest.raises(errors.UnknownLocation):
            shop.locations.add_terminal(mitte.id, "till")

    def test_not_without_end(self, shop: Loyalty, monkeypatch: pytest.MonkeyPatch):
        """EN-10: a location has so many terminals and no more."""
        monkeypatch.setattr("loyaltycore.services.locations._TERMINALS_MAX", 1)
        mitte = shop.locations.add("Mitte")
        shop.locations.add_terminal(mitte.id, "1")
        with pytest.raises(errors.InvalidValue):
            shop.locations.add_terminal(mitte.id, "2")
