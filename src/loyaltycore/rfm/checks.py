"""
What this package demands of a day, a whole number, a name and a choice.

Owns the sentences that refuse bad input; knows nothing of what the fields mean.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "check_choice",
    "check_day",
    "check_name",
    "check_number",
    "check_tuple",
    "check_whole",
]


def check_day(field: str, value: object) -> None:
    """
    Refuse anything but a plain day.

    Args:
        field: the name to blame.
        value: what was passed in.

    Raises:
        InvalidValue: it is a moment (whose day depends on the zone), text or a number.
    """
    if type(value) is date:
        return
    if isinstance(value, datetime):
        remedy = "pass the shop's local day, moment.astimezone(zone).date()"
        raise InvalidValue(field, f"is a moment, not a day; {remedy}")
    if not isinstance(value, date):
        remedy = "pass a datetime.date; date.fromisoformat() reads text"
        raise InvalidValue(field, f"is {_kind(value)}, not a day; {remedy}")


def check_whole(field: str, value: object, remedy: str) -> None:
    """
    Refuse anything but an ``int``; a ``bool`` is none.

    Args:
        field: the name to blame.
        value: what was passed in.
        remedy: what to pass instead.

    Raises:
        InvalidValue: it is a float (NaN included), a decimal, text or a truth value.
    """
    if type(value) is int:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValue(field, f"is {_kind(value)}, not an int; {remedy}")


def check_number(field: str, value: int, *, at_least: int, at_most: int) -> None:
    """
    Refuse anything but an ``int`` between two limits, both included.

    Args:
        field: the name to blame.
        value: what was passed in.
        at_least: the smallest number allowed.
        at_most: the largest number allowed.

    Raises:
        InvalidValue: it is no ``int``, or out of the limits.
    """
    limits = f"pass a whole number from {at_least} to {at_most}"
    check_whole(field, value, limits)
    if not at_least <= value <= at_most:
        raise InvalidValue(field, f"is {value}; {limits}")


def check_name(field: str, value: object, remedy: str) -> None:
    """
    Refuse anything but text that says something.

    Args:
        field: the name to blame.
        value: what was passed in; never repeated in the message.
        remedy: what to pass instead.

    Raises:
        InvalidValue: it is missing, blank or no text.
    """
    if not isinstance(value, str):
        raise InvalidValue(field, f"is {_kind(value)}, not text; {remedy}")
    if not value or value.isspace():
        raise InvalidValue(field, f"is blank; {remedy}")


def check_choice(field: str, value: object, choices: Sequence[str]) -> None:
    """
    Refuse anything but one of the named choices.

    Args:
        field: the name to blame.
        value: what was passed in.
        choices: all there are.

    Raises:
        InvalidValue: it is none of them.
    """
    if value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise InvalidValue(field, f"is {value!r}; choose one of {known}")


def check_tuple(field: str, value: object, remedy: str) -> None:
    """
    Refuse anything but a tuple; a list could change behind a frozen value's back.

    Args:
        field: the name to blame.
        value: what was passed in.
        remedy: what to pass instead.

    Raises:
        InvalidValue: it is something else.
    """
    if not isinstance(value, tuple):
        raise InvalidValue(field, f"is {_kind(value)}, not a tuple; {remedy}")


def _kind(value: object) -> str:
    """Name what was passed in without showing it."""
    return "missing" if value is None else f"of type {type(value).__name__}"
