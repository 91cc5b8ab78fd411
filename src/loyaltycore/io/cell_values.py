"""
What a cell means, once it is said how the file writes days and numbers.

Owns the reading of one cell.  Nothing is guessed: a cell that does not fit the
declared form is refused with a code and a sentence, never mended.
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

from loyaltycore.customers.customer import TEXT_MAX, is_one_line
from loyaltycore.customers.tags import TAG_MAX, TAGS_MAX, tags_of
from loyaltycore.errors import (
    InvalidAmount,
    InvalidEmail,
    InvalidMoment,
    InvalidPhone,
    InvalidValue,
)
from loyaltycore.program.fields import FieldType
from loyaltycore.values.contact import email_shortcut, parse_email, parse_phone
from loyaltycore.values.days import start_of, utc
from loyaltycore.values.phone_shortcut import phone_shortcut
from loyaltycore.values.quantity import decimal_of


if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from loyaltycore.program.fields import FieldDefinition, FieldValue

__all__ = [
    "Action",
    "BadCell",
    "DateOrder",
    "NumberStyle",
    "action_of",
    "day_of",
    "email_of",
    "flag_of",
    "moment_of",
    "number_of",
    "own_of",
    "phone_of",
    "tags_in",
    "tags_text",
    "text_of",
]


class BadCell(Exception):
    """A cell that cannot be what its column holds."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Action(StrEnum):
    """What a row asks for in its column ``_action``; ``merge`` is the usual."""

    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    SKIP = "skip"


class DateOrder(StrEnum):
    """
    How the file writes a day.

    ``ymd``: 2026-03-01, with all of its digits.  ``dmy``: 1.3.2026, 01/03/2026 or
    01-03-2026.  ``mdy``: 3/1/2026 and the like.  The year has four digits.
    """

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class NumberStyle(StrEnum):
    """
    How the file writes a number.

    ``plain``: 1234.50.  ``comma``: 1234,50 or 1.234,50.  ``grouped``: 1,234.50.
    """

    PLAIN = "plain"
    COMMA = "comma"
    GROUPED = "grouped"


_DAYS: Final = {
    DateOrder.YMD: re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
    DateOrder.DMY: re.compile(
        r"(?P<d>[0-9]{1,2})([./-])(?P<m>[0-9]{1,2})\2(?P<y>[0-9]{4})"
    ),
    DateOrder.MDY: re.compile(
        r"(?P<m>[0-9]{1,2})([./-])(?P<d>[0-9]{1,2})\2(?P<y>[0-9]{4})"
    ),
}
_EXAMPLES: Final = {
    DateOrder.YMD: "2026-03-01",
    DateOrder.DMY: "01.03.2026",
    DateOrder.MDY: "03/01/2026",
}
_is_iso_moment = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
).fullmatch
_is_scientific = re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+").fullmatch
_NUMBERS: Final = {
    NumberStyle.PLAIN: re.compile(r"[+-]?[0-9]+([.][0-9]+)?"),
    NumberStyle.COMMA: re.compile(r"[+-]?([0-9]+|[0-9]{1,3}([.][0-9]{3})+)(,[0-9]+)?"),
    NumberStyle.GROUPED: re.compile(
        r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]+)?"
    ),
}
_FLAGS: Final = {"true": True, "false": False, "yes": True, "no": False}
_NUMBER_EXAMPLES: Final = {
    NumberStyle.PLAIN: "1234.50",
    NumberStyle.COMMA: "1234,50",
    NumberStyle.GROUPED: "1,234.50",
}


def text_of(cell: str) -> str:
    """Return a text of one line and at most 200 characters."""
    # Joiners in names and emoji are not printable, but on one line.
    if len(cell) > TEXT_MAX or not (cell.isprintable() or is_one_line(cell)):
        message = f"At most {TEXT_MAX} characters, on one line."
        raise BadCell("invalid_text", message)
    return cell


def action_of(cell: str) -> Action:
    """Return what is to be done with a row."""
    try:
        return Action(cell.lower())
    except ValueError:
        message = f"Write one of {', '.join(Action)}, or leave it empty."
        raise BadCell("invalid_action", message) from None


def day_of(cell: str, order: DateOrder) -> date:
    """Return a day of the calendar."""
    written = _DAYS[order].fullmatch(cell)
    try:
        if written is not None:
            return date(int(written["y"]), int(written["m"]), int(written["d"]))
    except ValueError:
        pass
    example = _EXAMPLES[order]
    raise BadCell("invalid_date", f"Write a day of the calendar like {example}.")


def moment_of(cell: str, order: DateOrder, zone: ZoneInfo) -> datetime:
    """
    Return a moment in UTC.

    ``2026-03-01T14:05:00+01:00``; without an offset it is local to *zone*, and a day
    alone, written in its declared order, is that day's first instant there.
    """
    try:
        if _is_iso_moment(cell):
            moment = datetime.fromisoformat(cell)
            return utc(moment if moment.tzinfo else moment.replace(tzinfo=zone))
        return start_of(day_of(cell, order), zone).astimezone(UTC)
    except BadCell:
        example = f"2026-03-01T14:05:00+01:00, or a day like {_EXAMPLES[order]}"
    except (ValueError, InvalidMoment):
        example = "2026-03-01T14:05:00+01:00, one of the calendar"
    raise BadCell("invalid_date", f"Write a moment like {example}.")


def number_of(cell: str, style: NumberStyle) -> Decimal:
    """Return an exact number, with a decimal comma or thousands only if declared."""
    if _NUMBERS[style].fullmatch(cell):
        if style is NumberStyle.COMMA:
            cell = cell.replace(".", "").replace(",", ".")
        try:
            return decimal_of(cell.replace(",", ""))
        except InvalidAmount as error:
            raise BadCell("invalid_number", error.message) from None
    example = _NUMBER_EXAMPLES[style]
    message = f"Write a number like {example}, or declare how the file writes them."
    raise BadCell("invalid_number", message)


def own_of(
    cell: str, definition: FieldDefinition, order: DateOrder, style: NumberStyle
) -> FieldValue:
    """Return what a field that the program has added holds."""
    value: object = cell
    match definition.type:
        case FieldType.INTEGER:
            value = _whole_of(cell, definition.name, style)
        case FieldType.DECIMAL:
            value = number_of(cell, style)
        case FieldType.BOOLEAN:
            value = _FLAGS.get(cell.casefold())
        case FieldType.DATE:
            value = day_of(cell, order)
        case FieldType.TEXT | FieldType.CHOICE:
            pass
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
    try:
        return definition.read(value)
    except InvalidValue as error:
        message = error.message
        if definition.type is FieldType.BOOLEAN:
            message = f"{definition.name}: write {', '.join(_FLAGS)}."
        raise BadCell("invalid_field", message) from None


def flag_of(cell: str) -> bool:
    """Return yes or no."""
    flag = _FLAGS.get(cell.casefold())
    if flag is None:
        raise BadCell("invalid_flag", f"Write one of {', '.join(_FLAGS)}.")
    return flag


def tags_in(cell: str) -> tuple[str, ...]:
    """Return tags with commas between them; one with a comma in it is in quotes."""
    try:
        (tags,) = csv.reader([cell], skipinitialspace=True, strict=True)
        found = tags_of(tag for tag in tags if tag.strip())
    except (csv.Error, ValueError, InvalidValue):
        found = None
    if found is None or len(found) > TAGS_MAX:
        message = (
            f"At most {TAGS_MAX} tags of {TAG_MAX} characters each, with commas"
            " between them; put one that has a comma in it in quotes."
        )
        raise BadCell("invalid_tags", message)
    return found


def tags_text(tags: Iterable[str]) -> str:
    """Return what ``tags_in`` reads as these tags."""
    return ", ".join(
        '"{}"'.format(tag.replace('"', '""')) if "," in tag or '"' in tag else tag
        for tag in tags
    )


def _whole_of(cell: str, name: str, style: NumberStyle) -> int | Decimal:
    try:
        number = number_of(cell, style)
    except BadCell as error:
        raise BadCell(error.code, f"{name}: write a whole number.") from None
    return int(number) if number == int(number) else number


def phone_of(cell: str, region: str | None) -> str:
    """Return a phone number in E.164; a spreadsheet's quote before it is no part."""
    plain = cell.removeprefix("'")
    quick = phone_shortcut(plain, region)
    if quick is not None:
        return quick
    try:
        return parse_phone(plain, region)
    except InvalidPhone as error:
        message = error.message
    if _is_scientific(cell):
        message = (
            "A spreadsheet has rounded the phone number; format the column as text"
            " there and give the number again."
        )
        raise BadCell("excel_scientific", message)
    if region is None and not cell.startswith("+"):
        raise BadCell("missing_region", message)
    raise BadCell("invalid_phone", message)


def email_of(cell: str) -> str:
    """Return an e-mail address in lower case."""
    quick = email_shortcut(cell)
    if quick is not None:
        return quick
    try:
        return parse_email(cell)
    except InvalidEmail as error:
        raise BadCell("invalid_email", error.message) from None
