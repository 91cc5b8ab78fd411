"""
What a program asks of its customers: what is required, what is unique, own fields.

Owns the setting and its checks; the reading of a filled-in form is in
``program.fields``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.program.fields import FieldDefinition, check_form


if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CONTACT_FIELDS", "NAMED_AND_REACHABLE", "UNIQUE_FIELDS", "CustomerForm"]

#: What can be known of every customer, by name.
CONTACT_FIELDS: Final = (
    "first_name",
    "last_name",
    "phone",
    "email",
    "external_id",
    "birth_date",
    "gender",
    "source",
)
#: Those that can be unique.
UNIQUE_FIELDS: Final = ("phone", "email", "external_id")


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _fields(given: Iterable[FieldDefinition]) -> tuple[FieldDefinition, ...]:
    return (given,) if isinstance(given, FieldDefinition) else tuple(given)


def _check_names(
    _: object, field: attrs.Attribute[Any], names: tuple[str, ...]
) -> None:
    known = UNIQUE_FIELDS if field.name == "unique" else CONTACT_FIELDS
    if not set(names) <= set(known):
        raise InvalidValue(field.name, f"some of {', '.join(known)}.")


def _check_fields(_: object, __: object, fields: tuple[FieldDefinition, ...]) -> None:
    check_form(fields)
    taken = sorted({field.name for field in fields} & set(CONTACT_FIELDS))
    if taken:
        raise InvalidValue("fields", f"{taken[0]} is asked for anyway.")


@attrs.frozen(kw_only=True)
class CustomerForm:
    """
    What is asked of a customer.

    Attributes:
        required: a registration without one of these is refused.
        unique: no two living customers share one of these.
        fields: the program's own, each typed, required or not, unique or not.

    Raises:
        InvalidValue: a field that is not known, or that is asked for twice.
    """

    required: tuple[str, ...] = attrs.field(
        default=(), converter=_names, validator=_check_names
    )
    unique: tuple[str, ...] = attrs.field(
        default=UNIQUE_FIELDS, converter=_names, validator=_check_names
    )
    fields: tuple[FieldDefinition, ...] = attrs.field(
        default=(), converter=_fields, validator=_check_fields
    )


#: First name, last name, phone and e-mail, all required.
NAMED_AND_REACHABLE: Final = CustomerForm(
    required=("first_name", "last_name", "phone", "email")
)
