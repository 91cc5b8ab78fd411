"""
The values that fields are compared with: checked and brought into one form.

What depends on the program, such as the region of a phone or the type of a field of the
program's own, is checked when the filter is used; see ``customers.filter_tests``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from loyaltycore.customers.customer import TEXT_MAX, is_one_line
from loyaltycore.customers.filter_kinds import FieldSpec, FilterOp, Kind
from loyaltycore.customers.search_keys import fold
from loyaltycore.errors import (
    InvalidAmount,
    InvalidEmail,
    InvalidFilter,
    InvalidMoment,
)
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.codes import normalise_code
from loyaltycore.values.contact import parse_email
from loyaltycore.values.days import utc
from loyaltycore.values.quantity import DIGITS_MAX, decimal_of


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DAYS_MAX", "VALUES_MAX", "FilterValue", "read_of", "read_value"]

One: TypeAlias = str | int | bool | Decimal | date | datetime
FilterValue: TypeAlias = One | tuple[One, ...]

#: The most values that one comparison may name.
VALUES_MAX: Final = 100
#: The most days that ``within_last`` goes back.
DAYS_MAX: Final = 3_660

_AGE_MAX: Final = 150
_MONTHS: Final = 12
_INTEGER_MAX: Final = 2**53 - 1
_OF_TEXT: Final = frozenset({FilterOp.CONTAINS, FilterOp.STARTS_WITH})
_SEVERAL: Final = frozenset({FilterOp.IN, FilterOp.NOT_IN})
_WANTED: Final[Mapping[Kind, str]] = {
    Kind.NUMBER: 'an exact number, such as 100 or "2.75"',
    Kind.AGE: f"years, 0 to {_AGE_MAX}",
    Kind.DAY: "a date, such as date(2026, 3, 1), in JSON 2026-03-01",
    Kind.MOMENT: "a date of the program's zone, in JSON 2026-03-01, or an aware moment",
    Kind.FLAG: "True or False",
    Kind.EMAIL: "an e-mail address",
    Kind.CUSTOM: "a text, a number, a day, True or False",
}
_A_TEXT: Final = f"a text of 1 to {TEXT_MAX} characters, without line breaks"


def read_value(spec: FieldSpec, op: FilterOp, value: object) -> FilterValue:
    """
    Bring what a field is compared with into its one form.

    Raises:
        InvalidFilter: naming field, operator and what may stand there, never the value.
    """
    match op:
        case FilterOp.IS_NULL:
            flag: bool = _whole(spec, op, value, bool, "True or False")
            return flag
        case FilterOp.WITHIN_LAST:
            days = _whole(spec, op, value, int, f"days, 1 to {DAYS_MAX}")
            return _within(spec, op, days, 1, DAYS_MAX, "days")
        case FilterOp.BIRTHDAY_IN:
            month = _whole(spec, op, value, int, f"a month, 1 to {_MONTHS}")
            return _within(spec, op, month, 1, _MONTHS, "a month")
        case FilterOp.BETWEEN:
            return _pair(spec, op, value)
        case _ if op in _SEVERAL:
            return _several(spec, op, value)
        case _:
            return _one(spec, op, value)


def read_of(
    spec: FieldSpec, given: Mapping[str, object]
) -> tuple[tuple[str, str], ...]:
    """
    Check what is said of a field beside the value, such as the unit of a balance.

    Raises:
        InvalidFilter: something is missing, too much, or no text.
    """
    known = (*spec.needs, *spec.may_take)
    if spec.needs and not given.keys() >= set(spec.needs):
        missing = next(name for name in spec.needs if name not in given)
        raise InvalidFilter(spec.name, None, f"say which {missing}.", known)
    for name, value in given.items():
        if name not in known:
            has = ", ".join(known) or "nothing"
            message = f"it takes {has} beside the value, not {name}."
            raise InvalidFilter(spec.name, None, message, known)
        if not _is_text(value):
            raise InvalidFilter(spec.name, None, f"{name} is {_A_TEXT}.", known)
    units = [unit.value for unit in Unit]
    if "unit" in given and given["unit"] not in units:
        message = f"there is no such unit; there are {', '.join(units)}."
        raise InvalidFilter(spec.name, None, message, units)
    return tuple((name, str(given[name])) for name in known if name in given)


def _one(spec: FieldSpec, op: FilterOp, value: object) -> One:
    read = _as_typed if op in _OF_TEXT else _READERS[spec.kind]
    found = read(spec.kind, value)
    if found is None:
        wanted = _WANTED.get(spec.kind, _A_TEXT)
        if op in _OF_TEXT:
            wanted = "some of its digits" if spec.kind is Kind.PHONE else _A_TEXT
        raise InvalidFilter(spec.name, op, f"it takes {wanted}.", (wanted,))
    if spec.words and found not in spec.words:
        words = ", ".join(spec.words)
        raise InvalidFilter(spec.name, op, f"it is one of {words}.", spec.words)
    return found


def _several(spec: FieldSpec, op: FilterOp, value: object) -> tuple[One, ...]:
    if isinstance(value, str | bytes | dict) or not _is_iterable(value):
        wanted = f"1 to {VALUES_MAX} values in a list or a tuple"
        raise InvalidFilter(spec.name, op, f"it takes {wanted}.", (wanted,))
    # the dictionary drops what is there twice, and keeps the order
    found = tuple(dict.fromkeys(_one(spec, op, each) for each in value))  # type: ignore[attr-defined]
    if not 1 <= len(found) <= VALUES_MAX:
        wanted = f"1 to {VALUES_MAX} values"
        raise InvalidFilter(spec.name, op, f"it takes {wanted}.", (wanted,))
    return found


def _pair(spec: FieldSpec, op: FilterOp, value: object) -> tuple[One, ...]:
    wanted = "the lowest and the highest value, both of one type"
    pair: tuple[Any, ...] = tuple(value) if isinstance(value, list | tuple) else ()  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    if len(pair) == 2:  # noqa: PLR2004 - a pair
        low: Any = _one(spec, op, pair[0])
        high: Any = _one(spec, op, pair[1])
        is_alike = isinstance(low, datetime) is isinstance(high, datetime)
        is_custom = spec.kind is Kind.CUSTOM  # whose type only the program knows
        if is_custom or (is_alike and low <= high):
            return (low, high)
    raise InvalidFilter(spec.name, op, f"it takes {wanted}.", (wanted,))


def _whole(
    spec: FieldSpec, op: FilterOp, value: object, type_: type, wanted: str
) -> Any:
    if type(value) is not type_:
        raise InvalidFilter(spec.name, op, f"it takes {wanted}.", (wanted,))
    return value


def _within(
    spec: FieldSpec, op: FilterOp, value: int, low: int, high: int, noun: str
) -> int:
    if not low <= value <= high:
        message = f"it takes {noun}, {low} to {high}."
        raise InvalidFilter(spec.name, op, message, (f"{low} to {high}",))
    return value


# -- one value of each kind; None where it is none -------------------------------------


def _is_iterable(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


def _is_text(value: object) -> bool:
    if type(value) is not str or not 0 < len(value) <= TEXT_MAX:
        return False
    return bool(value.strip()) and is_one_line(value)


def _text(_: Kind, value: object) -> str | None:
    return str(value) if _is_text(value) else None


def _as_typed(kind: Kind, value: object) -> str | None:
    """A part of a text, in the form in which the whole is kept."""
    if not _is_text(value):
        return None
    text = str(value)
    match kind:
        case Kind.NAME:
            return _name(kind, text)
        case Kind.EMAIL:
            return text.lower()
        case Kind.CODE:
            return normalise_code(text) or None
        case Kind.PHONE:
            plain = "".join(c for c in text if c.isdecimal() or c == "+")
            return plain if plain.isascii() and plain.strip("+") else None
        case _:
            return text


def _name(_: Kind, value: object) -> str | None:
    return fold(str(value)) or None if _is_text(value) else None


def _email(_: Kind, value: object) -> str | None:
    try:
        return parse_email(str(value)) if _is_text(value) else None
    except InvalidEmail:
        return None


def _code(_: Kind, value: object) -> str | None:
    return normalise_code(str(value)) or None if _is_text(value) else None


def _number(_: Kind, value: object) -> int | Decimal | None:
    if type(value) not in {int, str, Decimal}:
        return None
    try:
        number = decimal_of(value)  # type: ignore[arg-type]
    except InvalidAmount:
        return None
    if abs(number) > _INTEGER_MAX or number.adjusted() < -DIGITS_MAX:
        return None
    is_whole = number == number.to_integral_value()
    return int(number) if is_whole else number.normalize()


def _age(_: Kind, value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= _AGE_MAX else None


def _day(_: Kind, value: object) -> date | None:
    return value if type(value) is date else None


def _moment(_: Kind, value: object) -> date | datetime | None:
    if type(value) is date:
        return value
    try:
        # a plain datetime in UTC, whatever it came as
        return utc(value).astimezone(UTC) if isinstance(value, datetime) else None
    except InvalidMoment:
        return None


def _flag(_: Kind, value: object) -> bool | None:
    return value if type(value) is bool else None


def _custom(_: Kind, value: object) -> str | int | bool | None:
    """
    A value as JSON has it, so that it is the same after a way through a file.

    Days and decimals are text; what they are, the program's form says.
    """
    if type(value) is Decimal:
        return str(value) if value.is_finite() else None
    if type(value) is date:
        return value.isoformat()
    if type(value) is int:
        return value if abs(value) <= _INTEGER_MAX else None
    return value if type(value) is bool else _text(_, value)


_READERS: Final[Mapping[Kind, Callable[[Kind, object], One | None]]] = {
    Kind.NAME: _name,
    Kind.PHONE: _text,
    Kind.EMAIL: _email,
    Kind.TEXT: _text,
    Kind.WORD: _text,
    Kind.CODE: _code,
    Kind.NUMBER: _number,
    Kind.AGE: _age,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
    Kind.BIRTHDAY: _text,
    Kind.TAG: _text,
    Kind.CUSTOM: _custom,
}
