"""What earns stamps: the till's word, a visit, money spent, or products bought."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, assert_never

import attrs

from loyaltycore.cards.commands import (
    AddStamps,
    Amount,
    CheckIn,
    RecordPurchase,
    amount_of,
)
from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Money, minor_units


if TYPE_CHECKING:
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Facts

__all__ = ["Manual", "Mode", "Products", "Spend", "Visit", "stamps_for"]


@attrs.frozen
class Manual:
    """Staff say how many; a purchase alone earns none."""


@attrs.frozen
class Visit:
    """
    Every purchase or check-in earns the same.

    Attributes:
        stamps: 1 or more.
    """

    stamps: int = attrs.field(default=1)

    @stamps.validator
    def _check_stamps(self, _: object, value: int) -> None:
        _positive("stamps", value)


@attrs.frozen
class Spend:
    """
    So many stamps for each full *per* spent.

    14.00 and then 17.00 at one stamp per 10.00 earn two stamps; with the remainder
    carried they earn three, and 1.00 is left over.

    Attributes:
        per: in the program's currency, above 0.
        stamps: 1 or more.
        carry_remainder: what is left over counts towards the next stamp.
    """

    per: Amount = attrs.field(converter=amount_of)
    stamps: int = attrs.field(default=1)
    carry_remainder: bool = False

    @per.validator
    def _check_per(self, _: object, value: Amount) -> None:
        amount = value.amount if isinstance(value, Money) else value
        if amount <= Decimal(0):
            raise InvalidValue("per", "an amount above 0.")

    @stamps.validator
    def _check_stamps(self, _: object, value: int) -> None:
        _positive("stamps", value)


@attrs.frozen
class Products:
    """So many stamps for each item of a SKU; other items earn none."""

    stamps: Mapping[str, int] = attrs.field()

    @stamps.validator
    def _check_stamps(self, _: object, value: Mapping[str, int]) -> None:
        for n in value.values():
            _positive("stamps", n)


Mode: TypeAlias = Manual | Visit | Spend | Products


def stamps_for(
    mode: Mode,
    command: RecordPurchase | CheckIn | AddStamps,
    amount: int | None,
    draft: Draft,
) -> tuple[int, Facts]:
    """
    Stamps that a command earns, and what has to be pinned to price it again.

    A carried remainder is what the spend on the card leaves over a full *per*; the
    spend is credited here.
    """
    if isinstance(command, AddStamps):
        return command.n, {}
    match mode:
        case Manual():
            return 0, {}
        case Visit(stamps):
            return stamps, {}
        case Products(stamps):
            items = command.items if isinstance(command, RecordPurchase) else {}
            return sum(n * stamps.get(sku, 0) for sku, n in items.items()), {}
        case Spend(per, stamps, carry_remainder):
            per_minor = minor_units(per, draft.context.currency)
            spent, remainder = amount or 0, 0
            if carry_remainder:
                remainder = draft.balance(Unit.SPEND) % per_minor
                draft.credit(Unit.SPEND, spent)
            pinned = {"per": per_minor, "stamps": stamps, "remainder": remainder}
            return (remainder + spent) // per_minor * stamps, pinned
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _positive(field: str, value: int) -> None:
    if type(value) is not int or value < 1:
        raise InvalidValue(field, f"a whole number above 0, not {value!r}.")
