"""A customer: who they are, and what adds up to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict

import attrs

from loyaltycore.program.customer_status import Activity, CustomerStatus


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from loyaltycore.program.fields import FieldValue

__all__ = ["TEXT_MAX", "Customer", "Person", "PersonFields", "is_one_line"]

#: The most characters of a name, an external id or a source.
TEXT_MAX = 200

_has_control = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").search


@attrs.frozen(kw_only=True)
class Person:
    """
    Who a customer is; everything may be missing.

    Attributes:
        phone: E.164.
        email: normalised, lower case.
        external_id: what the host calls this customer.
        gender: as your shop writes it.
        source: how they came: till, QR code, referral, import ...
        utm: the campaign that brought them, as it was first told.
    """

    first_name: str | None = attrs.field(default=None, repr=False)
    last_name: str | None = attrs.field(default=None, repr=False)
    phone: str | None = attrs.field(default=None, repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    external_id: str | None = attrs.field(default=None, repr=False)
    birth_date: date | None = attrs.field(default=None, repr=False)
    gender: str | None = attrs.field(default=None, repr=False)
    source: str | None = None
    utm: str | None = None


class PersonFields(TypedDict, total=False):
    """
    What can be said of a person, as it is typed in; see ``Person``.

    Attributes:
        phone: in any notation; without a country code it is read as one of the
            program's region.
        external_id: what your own system calls this customer.
        source: how they came, such as till or QR code.
        utm: the campaign that brought them.
    """

    first_name: str | None
    last_name: str | None
    phone: str | None
    email: str | None
    external_id: str | None
    birth_date: date | None
    gender: str | None
    source: str | None
    utm: str | None


@attrs.frozen(kw_only=True)
class Customer:
    """
    A person in a program, with totals over all their cards.

    Attributes:
        referral_code: what they pass on to friends.
        location_id: where they were first registered.
        registered_by: the manager who did that.
        status_reason: why they were deactivated or blocked.
        activity: active or inactive, where that was set by hand.
        merged_into: the id of the customer who this one turned out to be.
        device: on which a card of theirs was last installed.
        fields: the program's own fields, by name.
        transactions: how many, not counting voided ones and those that were imported or
            fell due by themselves.
        last_transaction_at: when the last of these happened.
        average_value: of a purchase, minor units, halves up; None without one.
        reviews: ratings given; rating_sum: their sum, in hundredths; rating: their
            mean, in hundredths, halves up.
        purchases: how many, not counting voided and fully refunded ones.
        purchase_value: minor units, net of refunds.
        points: what can be redeemed, in ten-thousandths, so that cards of different
            scales add up; the three that follow likewise.
        points_earned: in all; claw-backs do not lower it.
        points_redeemed: less what was given back.
        points_expired: in all.
    """

    id: str
    version: int
    person: Person
    registered_at: datetime
    referral_code: str
    location_id: str | None = None
    registered_by: str | None = None
    status: CustomerStatus = CustomerStatus.OPEN
    status_reason: str | None = attrs.field(default=None, repr=False)
    activity: Activity | None = None
    merged_into: str | None = None
    device: str | None = attrs.field(default=None, repr=False)
    fields: Mapping[str, FieldValue] = attrs.field(
        factory=dict[str, "FieldValue"], repr=False, hash=False
    )
    transactions: int = 0
    last_transaction_at: datetime | None = None
    purchases: int = 0
    purchase_value: int = 0
    average_value: int | None = None
    points: int = 0
    points_earned: int = 0
    points_redeemed: int = 0
    points_expired: int = 0
    reviews: int = 0
    rating_sum: int = 0
    rating: int | None = None

    @property
    def is_living(self) -> bool:
        """Are they in lists and counts?"""
        return self.status.is_living

    @property
    def first_name(self) -> str | None:
        """As given."""
        return self.person.first_name

    @property
    def last_name(self) -> str | None:
        """As given."""
        return self.person.last_name

    @property
    def phone(self) -> str | None:
        """E.164."""
        return self.person.phone

    @property
    def email(self) -> str | None:
        """Normalised, lower case."""
        return self.person.email

    @property
    def external_id(self) -> str | None:
        """As your own system calls them."""
        return self.person.external_id

    @property
    def birth_date(self) -> date | None:
        """As given."""
        return self.person.birth_date

    @property
    def gender(self) -> str | None:
        """As given."""
        return self.person.gender

    @property
    def source(self) -> str | None:
        """How they came, such as till or QR code."""
        return self.person.source

    @property
    def utm(self) -> str | None:
        """The campaign that brought them."""
        return self.person.utm


def is_one_line(text: str) -> bool:
    """Say whether a text has no line breaks, control characters or half characters."""
    return _has_control(text) is None
