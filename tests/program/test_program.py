"""The program: what a merchant's settings have to look like."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from loyaltycore import Program, errors


def test_a_zone_is_given_by_name_or_as_it_is() -> None:
    """Both ways name the same zone."""
    by_name = Program(id="shop", currency="EUR", zone="Europe/Rome")
    as_it_is = Program(id="shop", currency="EUR", zone=ZoneInfo("Europe/Rome"))

    assert by_name == as_it_is


@pytest.mark.parametrize("zone", ["Middle/Earth", "", "../etc/passwd", "CEST+2"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """The error names the field and what a zone looks like."""
    with pytest.raises(errors.InvalidValue) as caught:
        Program(id="shop", currency="EUR", zone=zone)

    assert caught.value.field == "zone"
    assert "Europe/Berlin" in str(caught.value)


@pytest.mark.parametrize("program_id", ["", "Shop", "a b", "-a", "a" * 65, "shöp"])
def test_an_id_that_not_every_store_keeps_alike_is_refused(program_id: str) -> None:
    """An id leads every key, so it is plain and short."""
    with pytest.raises(errors.InvalidValue) as caught:
        Program(id=program_id, currency="EUR", zone="UTC")

    assert caught.value.field == "id"


@pytest.mark.parametrize("currency", ["", "EURO", "eur", "XXQ"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    """Amounts need the number of decimals that ISO 4217 gives."""
    with pytest.raises(errors.InvalidAmount) as caught:
        Program(id="shop", currency=currency, zone="UTC")

    assert caught.value.code == "invalid_amount"


@pytest.mark.parametrize("region", ["Austria", "at", "A1", ""])
def test_an_unknown_phone_region_is_refused_at_once(region: str) -> None:
    """The mistake shows when the program is written, not at the first phone."""
    with pytest.raises(errors.InvalidValue) as caught:
        Program(id="shop", currency="EUR", zone="UTC", phone_region=region)

    assert caught.value.field == "phone_region"
