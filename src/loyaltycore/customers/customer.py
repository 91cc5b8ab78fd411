"""A customer, and what a registration has to look like."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.values.contact import parse_email, parse_phone


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.program.program import Program

__all__ = ["TEXT_MAX", "Customer", "Person", "is_one_line", "person_of"]

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
        source: how they came: till, QR code, referral, import ...
    """

    first_name: str | None = attrs.field(default=None, repr=False)
    last_name: str | None = attrs.field(default=None, repr=False)
    phone: str | None = attrs.field(default=None, repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    external_id: str | None = attrs.field(default=None, repr=False)
    birth_date: date | None = attrs.field(default=None, repr=False)
    source: str | None = None


@attrs.frozen(kw_only=True)
class Customer:
    """
    A person in a program, with totals over all their cards.

    Attributes:
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
    purchases: int = 0
    purchase_value: int = 0
    points: int = 0
    points_earned: int = 0
    points_redeemed: int = 0
    points_expired: int = 0

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


def person_of(person: Person, program: Program) -> Person:
    """
    Parse what was typed in: phone and e-mail in their one form, names trimmed.

    Raises:
        InvalidPhone, InvalidEmail: they cannot be one.
        InvalidValue: a text is too long, or has a line break or a control character.
    """
    phone, email, born = person.phone, person.email, person.birth_date
    if born is not None and type(born) is not date:
        message = f"it takes a datetime.date, not {type(born).__name__}."
        raise InvalidValue("birth_date", message)
    return attrs.evolve(
        person,
        first_name=_text("first_name", person.first_name),
        last_name=_text("last_name", person.last_name),
        phone=parse_phone(phone, program.phone_region) if phone else None,
        email=parse_email(email) if email else None,
        external_id=_text("external_id", person.external_id),
        source=_text("source", person.source),
    )


def is_one_line(text: str) -> bool:
    """Say whether a text has no line breaks, control characters or half characters."""
    return _has_control(text) is None


def _text(field: str, value: str | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidValue(field, f"it takes text, not {type(value).__name__}.")
    value = value.strip()
    if len(value) > TEXT_MAX:
        raise InvalidValue(field, f"at most {TEXT_MAX} characters.")
    if not is_one_line(value):
        raise InvalidValue(field, "no line breaks and no control characters.")
    return value or None
