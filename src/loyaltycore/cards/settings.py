"""
Checks of the settings of rules, for attrs fields; each refusal names the field.

What is None passes: a setting that may be left out is typed so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast, get_args

import attrs

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.values.expiry import ExpiryPolicy
from loyaltycore.values.money import Money, minor_units, number_of
from loyaltycore.values.quantity import percent_basis_points


if TYPE_CHECKING:
    from collections.abc import Callable

    Check: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]

__all__ = [
    "a_day",
    "above_zero",
    "an_expiry",
    "check_amount",
    "flag",
    "member_of",
    "not_negative",
    "one_of",
    "percentage",
    "several",
    "text",
    "whole",
]

T = TypeVar("T")


def member_of(choices: type[Enum]) -> Check:
    """Check that a field holds a member of an enum."""

    def check(_: object, field: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, choices):
            names = ", ".join(f"{choices.__name__}.{member.name}" for member in choices)
            raise InvalidValue(field.name, f"one of {names}.")

    return check


def one_of(union: Any) -> Check:
    """Check that a field holds an instance of a class, or of one in a union."""
    choices = get_args(union) or (union,)
    names = ", ".join(choice.__name__ for choice in choices)

    def check(_: object, field: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, choices):
            raise InvalidValue(field.name, f"an instance of {names}.")

    return check


an_expiry = one_of(ExpiryPolicy)


def whole(least: int, most: int | None = None) -> Check:
    """Check that a field holds a whole number from *least* to *most*."""
    words = f"{least} or more" if most is None else f"{least} to {most}"

    def check(_: object, field: attrs.Attribute[Any], value: object) -> None:
        if value is None:
            return
        if type(value) is not int or value < least or (most and value > most):
            raise InvalidValue(field.name, f"a whole number, {words}, not {value!r}.")

    return check


def above_zero(
    _: object, field: attrs.Attribute[Any], value: Decimal | Money | None
) -> None:
    """Check that a field holds an amount above 0."""
    if value is not None and number_of(value) <= 0:
        raise InvalidValue(field.name, f"above 0, not {value}.")


def not_negative(
    _: object, field: attrs.Attribute[Any], value: Decimal | Money
) -> None:
    """Check that a field holds an amount that is not below 0."""
    if number_of(value) < 0:
        raise InvalidValue(field.name, f"not below 0: {value}.")


def flag(_: object, field: attrs.Attribute[Any], value: object) -> None:
    """Check that a field holds True or False."""
    if type(value) is not bool:
        raise InvalidValue(field.name, f"True or False, not {value!r}.")


def percentage(_: object, field: attrs.Attribute[Any], value: Decimal | None) -> None:
    """Check that a field holds 0 to 100, with at most two decimals."""
    if value is not None:
        try:
            percent_basis_points(value)
        except InvalidAmount as error:
            raise InvalidValue(field.name, error.message) from None


def a_day(_: object, field: attrs.Attribute[Any], value: object) -> None:
    """Check that a field holds a date, which is no moment."""
    if value is not None and type(value) is not date:
        raise InvalidValue(field.name, f"a date, not {value!r}.")


def text(_: object, field: attrs.Attribute[Any], value: object) -> None:
    """Check that a field holds words."""
    if value is not None and (type(value) is not str or not value.strip()):
        raise InvalidValue(field.name, "say it in a word or more.")


def several(field: str, given: object, kind: type[T]) -> tuple[T, ...]:
    """
    Take a list as well as a tuple of instances of a class.

    Raises:
        InvalidValue: it is no list, or something else is in it.
    """
    if isinstance(given, Iterable):
        found = tuple(cast("Iterable[object]", given))
        if all(isinstance(each, kind) for each in found):
            return cast("tuple[T, ...]", found)
    raise InvalidValue(field, f"a list, and each is a {kind.__name__}.")


def check_amount(field: str, amount: Decimal | Money | None, currency: str) -> None:
    """
    Refuse a setting that the currency cannot hold; None passes.

    Raises:
        InvalidValue: naming the field.
        CurrencyMismatch: money of another currency.
    """
    if amount is not None:
        try:
            minor_units(amount, currency)
        except InvalidAmount as error:
            raise InvalidValue(field, error.message) from None
