"""What is asked of a multipass only."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs

from loyaltycore.cards.asking import count_of
from loyaltycore.errors import InvalidValue
from loyaltycore.program.managers import Permission
from loyaltycore.values.money import Amount, optional_amount


__all__ = ["AddVisits", "RedeemVisits", "SubtractVisits"]


def _optional_count(n: int | None) -> int | None:
    return None if n is None else count_of(n)


def _check_name(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (type(value) is not str or not value):
        raise InvalidValue(field.name, "the name of one of the card's packages.")


@attrs.frozen
class AddVisits:
    """
    Visits are sold: a package, or any number of them.

    Attributes:
        n: 1 to 1,000; by default those of the package.
        package: its name.
        purchase_amount: what was paid; by default the price of the package.

    Raises:
        InvalidValue: neither a number nor a package.
    """

    n: int | None = attrs.field(default=None, converter=_optional_count)
    package: str | None = attrs.field(default=None, validator=_check_name, kw_only=True)
    purchase_amount: Amount | None = attrs.field(
        default=None, converter=optional_amount, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.n is None and self.package is None:
            raise InvalidValue("n", "say how many visits, or which package.")


@attrs.frozen
class RedeemVisits:
    """Somebody comes: visits are used, those that expire soonest first."""

    permission: ClassVar[Permission] = Permission.REDEEM
    n: int = attrs.field(default=1, converter=count_of)


@attrs.frozen
class SubtractVisits:
    """Visits away by hand, not more than there are; they earn no bonus."""

    permission: ClassVar[Permission] = Permission.ADJUST
    n: int = attrs.field(default=1, converter=count_of)
