"""The program: one merchant's currency, zone and settings; the tenant."""

from __future__ import annotations

import re
from typing import get_args
from zoneinfo import ZoneInfo

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.values import money
from loyaltycore.values.expiry import ExpiryPolicy, Never


__all__ = ["CustomerFacts", "Program"]

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return ZoneInfo(zone)
    except (KeyError, OSError, ValueError) as error:  # what ZoneInfo raises
        hint = "use a name of the IANA time zone database, such as Europe/Berlin."
        raise InvalidValue("zone", f"{zone!r} is unknown; {hint}") from error


def _check_id(_: object, __: object, value: str) -> None:
    if type(value) is not str or not _ID.fullmatch(value):
        message = "use 1 to 64 lower-case letters, digits and . _ -"
        raise InvalidValue("id", message)


def _check_phone_region(_: object, __: object, value: str | None) -> None:
    if value is not None and not re.fullmatch("[A-Z]{2}", value):
        message = "two capital letters of ISO 3166, such as AT."
        raise InvalidValue("phone_region", message)


def _check_currency(_: object, __: object, value: str) -> None:
    money.exponent(value)


def _check_expiry(_: object, __: object, value: ExpiryPolicy) -> None:
    if not isinstance(value, get_args(ExpiryPolicy)):
        names = ", ".join(policy.__name__ for policy in get_args(ExpiryPolicy))
        raise InvalidValue("points_expiry", f"an instance of {names}.")


@attrs.frozen(kw_only=True)
class Program:
    """
    One merchant's loyalty programme.

    Attributes:
        id: lower-case letters, digits and ``. _ -``, at most 64; it leads every key.
        currency: ISO 4217 code; all money of the programme is in it, for good.
        zone: IANA name or ZoneInfo; local days are days of this zone.
        phone_region: ISO 3166 code for phone numbers without a country code; without
            one, only international numbers are taken.
        points_expiry: when points stop counting that no card template says more about.

    Raises:
        InvalidValue: a field that cannot be, by name.
        InvalidAmount: an unknown currency.
    """

    id: str = attrs.field(validator=_check_id)
    currency: str = attrs.field(validator=_check_currency)
    zone: ZoneInfo = attrs.field(converter=_zone)
    phone_region: str | None = attrs.field(default=None, validator=_check_phone_region)
    points_expiry: ExpiryPolicy = attrs.field(default=Never(), validator=_check_expiry)


@attrs.frozen(kw_only=True)
class CustomerFacts:
    """
    What a card's rules may know of the customer.

    Attributes:
        purchases: how many, not counting voided and fully refunded ones.
        purchase_value: their sum net of refunds, in minor units.
    """

    id: str
    purchases: int = 0
    purchase_value: int = 0
