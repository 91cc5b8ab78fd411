"""How many seats, customers and locations a plan of the merchant's allows."""

from __future__ import annotations

from typing import Any

import attrs

from loyaltycore.errors import InvalidValue


__all__ = ["Quotas"]


def _check(_: object, field: attrs.Attribute[Any], value: int | None) -> None:
    if value is not None and (type(value) is not int or value < 0):
        raise InvalidValue(field.name, "a whole number from 0, or None for no limit.")


@attrs.frozen(kw_only=True)
class Quotas:
    """
    Limits of the program; None is no limit.

    Attributes:
        seats: managers who are not deleted.
        customers: living ones.
        locations: those that are not deleted.
    """

    seats: int | None = attrs.field(default=None, validator=_check)
    customers: int | None = attrs.field(default=None, validator=_check)
    locations: int | None = attrs.field(default=None, validator=_check)
