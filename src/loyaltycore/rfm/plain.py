"""
Reading back dictionaries of plain values, as JSON holds them.

Owns how a key that is missing, unknown or of another kind is refused; knows no score.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar, cast

from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["check_keys", "day_of", "list_of", "mapping_of", "numbers_of", "value_of"]

_REMEDY = "pass what to_dict() returned"

T = TypeVar("T")


def check_keys(data: Mapping[str, object], known: Sequence[str]) -> None:
    """
    Refuse a dictionary that has other keys, or lacks one.

    Args:
        data: what was read.
        known: all the keys there have to be.

    Raises:
        InvalidValue: one is unknown or missing, or the data is no dictionary.
    """
    if not isinstance(data, dict):
        kind = type(data).__name__
        raise InvalidValue("data", f"is of type {kind}; {_REMEDY}")
    for key in data:
        if key not in known:
            raise InvalidValue(key, f"is unknown; there are {', '.join(known)}")
    for key in known:
        if key not in data:
            raise InvalidValue(key, f"is missing; {_REMEDY}")


def value_of(data: Mapping[str, object], key: str, kind: type[T]) -> T:
    """
    Read a value of exactly one type.

    Raises:
        InvalidValue: it is of another one.
    """
    value = data[key]
    if type(value) is not kind:
        given = "missing" if value is None else f"of type {type(value).__name__}"
        raise InvalidValue(key, f"is {given}, not of type {kind.__name__}; {_REMEDY}")
    return value


def day_of(data: Mapping[str, object], key: str) -> date:
    """
    Read a day that is written as ISO 8601 has it.

    Raises:
        InvalidValue: it is no such text.
    """
    try:
        return date.fromisoformat(value_of(data, key, str))
    except ValueError as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(key, f"is no day such as '2026-03-31'; {_REMEDY}") from None


def list_of(data: Mapping[str, object], key: str) -> list[object]:
    """
    Read a list; what is in it is checked by whoever asked.

    Raises:
        InvalidValue: it is something else.
    """
    values = data[key]
    if not isinstance(values, (list, tuple)):
        kind = type(values).__name__
        raise InvalidValue(key, f"is of type {kind}; pass a list")
    return list(cast("Iterable[object]", values))


def numbers_of(data: Mapping[str, object], key: str) -> tuple[int, ...]:
    """
    Read a list of numbers; the value that is made of them checks each.

    Raises:
        InvalidValue: it is no list.
    """
    return tuple(cast("Iterable[int]", list_of(data, key)))


def mapping_of(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    """
    Read a dictionary within the dictionary.

    Raises:
        InvalidValue: it is something else.
    """
    value = data[key]
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise InvalidValue(key, f"is of type {kind}; {_REMEDY}")
    return cast("Mapping[str, object]", value)
