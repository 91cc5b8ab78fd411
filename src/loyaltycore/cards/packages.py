"""
Packages of visits: what is sold, and what comes back of one that is returned.

Ten visits are sold for 200.00, and four of them are used.  In proportion the other six
are worth 120.00; where each used one counts 25.00, the price of a single visit, 100.00
are left.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

import attrs

from loyaltycore.cards.settings import not_negative, one_of, text, whole
from loyaltycore.errors import InvalidValue
from loyaltycore.values.expiry import (
    Calendar,
    ExpiryPolicy,
    FixedDate,
    Never,
    Rolling,
)
from loyaltycore.values.money import Amount, amount_of
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "Package",
    "PackageRefund",
    "check_packages",
    "given_packages",
    "worth_of",
]

_PACKAGES_MAX = 100


class PackageRefund(StrEnum):
    """
    What unused visits are worth when they are given back.

    ``pro_rata``: their share of the price.  ``list_price``: the price less what the
    used ones would have cost one by one.  ``none``: they are not given back.
    """

    PRO_RATA = "pro_rata"
    LIST_PRICE = "list_price"
    NONE = "none"


@attrs.frozen
class Package:
    """
    Visits that are sold together.

    Attributes:
        name: unique on its card.
        visits: 1 to 1,000.
        price: of all of them, in the program's currency.
        validity: when they stop counting, if not as the card's other visits do; not
            ``Sliding``, because a deadline is the whole card's.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    name: str = attrs.field(validator=text)
    visits: int = attrs.field(validator=whole(1, 1_000))
    price: Amount = attrs.field(
        default=Decimal(0), converter=amount_of, validator=not_negative
    )
    validity: ExpiryPolicy | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(
            one_of(Never | Rolling | Calendar | FixedDate)
        ),
        kw_only=True,
    )


def given_packages(packages: Iterable[Package]) -> tuple[Package, ...]:
    """Take a list as well as a tuple."""
    return tuple(packages)


def check_packages(
    _: object, field: attrs.Attribute[Any], packages: tuple[Any, ...]
) -> None:
    """Check that a field holds packages of which each has a name of its own."""
    if not all(isinstance(package, Package) for package in packages):
        raise InvalidValue(field.name, "each is a Package.")
    if len(packages) > _PACKAGES_MAX:
        message = f"at most {_PACKAGES_MAX}, not {len(packages)}."
        raise InvalidValue(field.name, message)
    if len({package.name for package in packages}) < len(packages):
        raise InvalidValue(field.name, "each has a name of its own.")


def worth_of(pinned: Facts, price: int, kept: int, unused: int) -> int:
    """
    Minor units that unused visits are worth, by what their sale has pinned.

    Args:
        price: minor units that were paid for all, less refunds.
        kept: visits that were sold, less those that refunds have taken back.
    """
    policy = PackageRefund(pinned["returns"])
    match policy:
        case PackageRefund.PRO_RATA:
            return divide(price * unused, max(1, kept), Rounding.HALF_UP)
        case PackageRefund.LIST_PRICE:
            used: int = (kept - unused) * pinned["list_price"]
            return max(0, price - used)
        case PackageRefund.NONE:
            return 0
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
