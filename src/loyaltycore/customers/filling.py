"""
A customer's form as it is filled in: everything that is wrong with it, in one error.

Owns what may stand in each field of a person, and which fields are set once.  What
people write about themselves is in no message.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.customers.customer import (
    TEXT_MAX,
    Customer,
    Person,
    PersonFields,
    is_one_line,
)
from loyaltycore.customers.tags import TAGS_MAX, tags_of
from loyaltycore.errors import InvalidEmail, InvalidFields, InvalidPhone, InvalidValue
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.program.fields import filled_in
from loyaltycore.values.contact import parse_email, parse_phone


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from loyaltycore.program.fields import FieldValue
    from loyaltycore.program.program import Program

__all__ = [
    "Filled",
    "Registration",
    "changed_fields",
    "edited",
    "registered",
]

_PERSON: Final = tuple(field.name for field in attrs.fields(Person))
_SET_ONCE: Final = ("source", "utm")
_TEXTS: Final = frozenset(_PERSON) - {"phone", "email", "birth_date"}
_BESIDE: Final = frozenset(
    {"fields", "location", "registered_at", "device", "status", "status_reason", "tags"}
)
_REQUIRED: Final = "this is required."


class Registration(PersonFields, total=False):
    """
    All that can be said of a customer who is registered.

    Attributes:
        fields: the program's own fields, by name.
        location: where they are registered.
        registered_at: if that was before now.
        device: what they registered with, such as ``iPhone 15``.
        status: open, unless they are to be deactivated or blocked from the start.
        status_reason: why that.
        tags: what to tag them with.
    """

    fields: Mapping[str, object]
    location: str | None
    registered_at: datetime | None
    device: str | None
    status: CustomerStatus
    status_reason: str | None
    tags: Iterable[str]


@attrs.frozen(kw_only=True)
class Filled:
    """
    A form that was filled in well.

    Attributes:
        tags: different ones, in order.
    """

    person: Person
    fields: Mapping[str, FieldValue]
    device: str | None = None
    status: CustomerStatus = CustomerStatus.OPEN
    status_reason: str | None = attrs.field(default=None, repr=False)
    tags: tuple[str, ...] = ()


class _Problems(dict[str, str]):
    """A sentence for each bad field, by its name."""

    def text(self, field: str, value: object) -> str | None:
        """Read one line of text; blank is none."""
        if value is None:
            return None
        if not isinstance(value, str):
            self[field] = f"{field}: it takes text, not {type(value).__name__}."
            return None
        value = value.strip()
        if len(value) > TEXT_MAX:
            self[field] = f"{field}: at most {TEXT_MAX} characters."
        elif not is_one_line(value):
            self[field] = f"{field}: no line breaks and no control characters."
        return value or None

    def fill(
        self,
        program: Program,
        fields: Mapping[str, object],
        kept: Mapping[str, FieldValue] | None,
    ) -> dict[str, FieldValue]:
        """Read the program's own fields."""
        try:
            return filled_in(program.customer_form.fields, fields, kept)
        except InvalidFields as error:
            self.update(error.problems)
            return {}

    def raise_any(self) -> None:
        """Say all of them."""
        if self:
            raise InvalidFields(self)


def registered(program: Program, given: Registration) -> Filled:
    """
    Read what a registration says.

    Raises:
        InvalidFields: naming every bad field, and all that is required and missing.
        TypeError: a field that there is not, as for any function.
    """
    _check_known(given, {*_PERSON, *_BESIDE})
    problems = _Problems()
    person = _person(problems, program, given, Person())
    for name in program.customer_form.required:
        if getattr(person, name) is None:
            problems.setdefault(name, f"{name}: {_REQUIRED}")
    fields = problems.fill(program, given.get("fields") or {}, None)
    status = given.get("status", CustomerStatus.OPEN)
    if status not in set(CustomerStatus) or not CustomerStatus(status).is_living:
        problems["status"] = "status: one of open, deactivated, blocked."
    filled = Filled(
        person=person,
        fields=fields,
        device=problems.text("device", given.get("device")),
        status=CustomerStatus(status) if "status" not in problems else status,
        status_reason=problems.text("status_reason", given.get("status_reason")),
        tags=_tags(problems, given.get("tags") or ()),
    )
    problems.raise_any()
    return filled


def edited(
    program: Program,
    customer: Customer,
    given: PersonFields,
    fields: Mapping[str, object],
) -> Customer:
    """
    Change what is given, and nothing else; None empties a field.

    Raises:
        InvalidFields: naming every bad field: also one that is required and would be
            empty, and one that is set once.
        TypeError: a field that there is not, as for any function.
    """
    _check_known(given, {*_PERSON})
    problems = _Problems()
    before = customer.person
    person = _person(problems, program, given, before)
    for name in given:
        is_required = name in program.customer_form.required
        if is_required and getattr(person, name) is None:
            problems.setdefault(name, f"{name}: {_REQUIRED}")
    for name in _SET_ONCE:
        was = getattr(before, name)
        if was is not None and getattr(person, name) != was:
            message = f"{name}: it was told at first, and stays what it was."
            problems.setdefault(name, message)
    values = problems.fill(program, fields, customer.fields)
    problems.raise_any()
    return attrs.evolve(customer, person=person, fields=values)


def changed_fields(before: Customer, after: Customer) -> list[str]:
    """Names of the fields in which two states of a customer differ."""
    names = [
        name
        for name in _PERSON
        if getattr(before.person, name) != getattr(after.person, name)
    ]
    own = sorted({*before.fields, *after.fields})
    return names + [
        name for name in own if before.fields.get(name) != after.fields.get(name)
    ]


def _check_known(given: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(given.keys() - known)
    if unknown:
        there = ", ".join(sorted(known))
        message = f"there is no {', '.join(unknown)} to a customer; there are {there}"
        raise TypeError(message)


def _person(
    problems: _Problems, program: Program, given: Mapping[str, Any], before: Person
) -> Person:
    """Parse: phone and e-mail in their one form, texts trimmed."""
    values: dict[str, Any] = {}
    for name in _PERSON:
        if name not in given:
            continue
        value = given[name]
        if isinstance(value, str) and not value.strip():
            value = None
        if value is None or name in _TEXTS:
            values[name] = problems.text(name, value)
            continue
        try:
            if name == "phone":
                values[name] = parse_phone(value, program.phone_region)
            elif name == "email":
                values[name] = parse_email(value)
            elif type(value) is date:
                values[name] = value
            else:
                message = f"it takes a datetime.date, not {type(value).__name__}."
                problems[name] = f"{name}: {message}"
        except (InvalidPhone, InvalidEmail) as error:
            problems[name] = error.message
    return attrs.evolve(before, **values)


def _tags(problems: _Problems, given: Iterable[str]) -> tuple[str, ...]:
    try:
        tags = tags_of(given)
    except InvalidValue as error:
        problems["tags"] = error.message
        return ()
    if len(tags) > TAGS_MAX:
        problems["tags"] = f"tags: at most {TAGS_MAX}."
    return tags
