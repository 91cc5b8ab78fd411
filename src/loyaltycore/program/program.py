"""The program: one merchant's currency, zone and settings; the tenant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.program.quotas import Quotas
from loyaltycore.values import money
from loyaltycore.values.expiry import ExpiryPolicy, Never


if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CustomerFacts", "Program"]

_DAYS_MAX = 3_660
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


def _check_inactive_after(_: object, __: object, days: int) -> None:
    if type(days) is not int or not 1 <= days <= _DAYS_MAX:
        raise InvalidValue("inactive_after", f"1 to {_DAYS_MAX} days.")


def _check_link_base(_: object, __: object, url: str | None) -> None:
    if url is not None and not re.fullmatch(r"https?://[!-~]{1,200}", url):
        message = "an address that begins with https://, without blanks."
        raise InvalidValue("link_base", message)


def _check_of(kind: type) -> Callable[[object, attrs.Attribute[Any], object], None]:
    def check(_: object, field: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, kind):
            raise InvalidValue(field.name, f"an instance of {kind.__name__}.")

    return check


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
        customer_form: what is asked of customers.
        inactive_after: days without a transaction, 1 to 3,660, after which a customer
            counts as inactive, unless that was set by hand.
        link_base: what sign-up, card and referral links begin with, such as
            ``https://coffee.example/l``; without one there are tokens only.
        quotas: how many seats, customers and locations there may be.

    Raises:
        InvalidValue: a field that cannot be, by name.
        InvalidAmount: an unknown currency.
    """

    id: str = attrs.field(validator=_check_id)
    currency: str = attrs.field(validator=_check_currency)
    zone: ZoneInfo = attrs.field(converter=_zone)
    phone_region: str | None = attrs.field(default=None, validator=_check_phone_region)
    points_expiry: ExpiryPolicy = attrs.field(default=Never(), validator=_check_expiry)
    customer_form: CustomerForm = attrs.field(
        default=CustomerForm(), validator=_check_of(CustomerForm)
    )
    inactive_after: int = attrs.field(default=90, validator=_check_inactive_after)
    link_base: str | None = attrs.field(default=None, validator=_check_link_base)
    quotas: Quotas = attrs.field(default=Quotas(), validator=_check_of(Quotas))


@attrs.frozen(kw_only=True)
class CustomerFacts:
    """
    What a card's rules may know of the customer.

    Attributes:
        purchases: how many, not counting voided and fully refunded ones.
        purchase_value: their sum net of refunds, in minor units.
        status: who is not open neither earns nor redeems.
    """

    id: str
    status: CustomerStatus = CustomerStatus.OPEN
    purchases: int = 0
    purchase_value: int = 0
