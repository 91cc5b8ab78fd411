"""
Fields that a merchant adds: what may stand in one, and the reading of a filled-in form.

Owns the definition and its checks; knows neither cards nor customers, both of which can
have fields.  What people write into a field is about a person, so no error repeats it.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

import attrs

from loyaltycore.errors import InvalidAmount, InvalidFields, InvalidValue
from loyaltycore.values.quantity import decimal_of


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "FieldDefinition",
    "FieldType",
    "FieldValue",
    "check_form",
    "compared",
    "filled_in",
]

FieldValue: TypeAlias = str | int | bool | Decimal | date

_NAME: Final = re.compile("[a-z][a-z0-9_]{0,39}")
_TEXT_MAX: Final = 255
_FIELDS_MAX: Final = 50
_INTEGER_MAX: Final = 2**53 - 1

_has_control = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").search


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


def _check_name(_: object, __: object, name: str) -> None:
    if type(name) is not str or not _NAME.fullmatch(name):
        message = "a small letter, then at most 39 small letters, digits and _."
        raise InvalidValue("name", message)


def _type(value: FieldType | str) -> FieldType:
    for member in FieldType:
        if value == member:
            return member
    raise InvalidValue("type", f"one of {', '.join(FieldType)}.")


def _check_flag(_: object, field: attrs.Attribute[bool], value: object) -> None:
    if type(value) is not bool:
        raise InvalidValue(field.name, f"True or False, not {value!r}.")


def _choices(choices: Iterable[str]) -> tuple[str, ...]:
    given = () if isinstance(choices, str) else tuple(choices)
    words = {choice.strip() for choice in given if _is_text(choice)}
    if isinstance(choices, str) or len(words) != len(given):
        message = f"different texts of 1 to {_TEXT_MAX} characters."
        raise InvalidValue("choices", message)
    return tuple(choice.strip() for choice in given)


@attrs.frozen
class FieldDefinition:
    """
    One field of a form.

    Attributes:
        name: small letters, digits and ``_``, at most 40; it names the field in code.
        required: a form without it is refused.
        unique: a value occurs once; not for true or false.
        choices: what can be chosen, for a choice and for nothing else.

    Raises:
        InvalidValue: a setting that cannot be, by name.
    """

    name: str = attrs.field(validator=_check_name)
    type: FieldType = attrs.field(default=FieldType.TEXT, converter=_type, kw_only=True)
    required: bool = attrs.field(default=False, validator=_check_flag, kw_only=True)
    unique: bool = attrs.field(default=False, validator=_check_flag, kw_only=True)
    choices: tuple[str, ...] = attrs.field(default=(), converter=_choices, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.unique and self.type is FieldType.BOOLEAN:
            raise InvalidValue("unique", "true and false are too few to be unique.")
        if bool(self.choices) is not (self.type is FieldType.CHOICE):
            raise InvalidValue("choices", "a choice has some, and nothing else has.")

    def read(self, value: object) -> FieldValue:
        """
        Check what somebody wrote into the field, and return it as it is kept.

        Args:
            value: a ``str`` for text and choices (blanks around it are dropped), an
                ``int``, a ``bool``; for a decimal also text or an ``int``, for a date
                also ISO 8601 text.

        Raises:
            InvalidValue: naming the field and what may stand there, never the value.
        """
        kept: FieldValue | None
        match self.type:
            case FieldType.TEXT:
                kept = _text(value)
                wanted = f"a text of 1 to {_TEXT_MAX} characters, on one line."
            case FieldType.INTEGER:
                kept, wanted = _integer(value), "a whole number within 53 bits."
            case FieldType.DECIMAL:
                kept, wanted = _decimal(value), 'an exact number, such as "2.75".'
            case FieldType.BOOLEAN:
                kept = value if isinstance(value, bool) else None
                wanted = "True or False."
            case FieldType.DATE:
                kept, wanted = _date(value), "a date, such as 2026-03-01."
            case FieldType.CHOICE:
                text = _text(value)
                kept = text if text in self.choices else None
                wanted = f"one of {', '.join(self.choices)}."
            case _ as never:  # pragma: no cover : the enum above is closed
                assert_never(never)
        if kept is None:
            raise InvalidValue(self.name, wanted)
        return kept


def check_form(form: tuple[FieldDefinition, ...]) -> None:
    """
    Refuse a form with a name twice, too many fields, or something else among them.

    Raises:
        InvalidValue: of ``form``.
    """
    if not all(isinstance(field, FieldDefinition) for field in form):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidValue("form", "each a FieldDefinition, and nothing else.")
    if len({field.name for field in form}) != len(form):
        raise InvalidValue("form", "every field has a name of its own.")
    if len(form) > _FIELDS_MAX:
        raise InvalidValue("form", f"at most {_FIELDS_MAX} fields.")


def filled_in(
    form: tuple[FieldDefinition, ...],
    given: Mapping[str, object],
    kept: Mapping[str, FieldValue] | None = None,
) -> dict[str, FieldValue]:
    """
    Read a form.

    Args:
        given: by the field's name; None leaves a field empty.
        kept: what stands there already and stays where nothing else is given; None for
            a new form, which has to have all that is required.

    Raises:
        InvalidFields: naming every bad field.
    """
    asked = dict(given)
    if kept is None:
        asked = {**dict.fromkeys(field.name for field in form), **asked}
    values = dict(kept or {})
    problems: dict[str, str] = {}
    by_name = {field.name: field for field in form}
    for name, value in asked.items():
        field = by_name.get(name)
        if field is None:
            known = ", ".join(by_name) or "none"
            problems[name] = f"{name}: there is no such field; there are {known}."
        elif value is not None:
            try:
                values[name] = field.read(value)
            except InvalidValue as error:
                problems[name] = error.message
        elif field.required:
            problems[name] = f"{name}: this is required."
        else:
            values.pop(name, None)
    if problems:
        raise InvalidFields(problems)
    return values


def compared(value: FieldValue) -> str:
    """A value as unique fields compare it: 1.5 and 1.50 are the same number."""
    match value:
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _is_text(value: object) -> bool:
    if type(value) is not str:
        return False
    text = value.strip()
    return 0 < len(text) <= _TEXT_MAX and _has_control(text) is None


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and _is_text(value) else None


def _integer(value: object) -> int | None:
    if type(value) is int and abs(value) <= _INTEGER_MAX:
        return value
    return None


def _decimal(value: object) -> Decimal | None:
    if not isinstance(value, Decimal | int | str):
        return None
    try:
        return decimal_of(value)
    except InvalidAmount:
        return None


def _date(value: object) -> date | None:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
