"""What earns stamps: the till's word, a visit, money spent, or products bought."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, assert_never

import attrs

from loyaltycore.cards.asking import Amount, amount_of
from loyaltycore.cards.commands import AddStamps, CheckIn, RecordPurchase
from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Money, minor_units


if TYPE_CHECKING:
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.expiry import ExpiryPolicy
    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "Manual",
    "Mode",
    "Products",
    "Spend",
    "Visit",
    "check_mode",
    "earn",
    "stamps_on",
]


def _check_positive(_: object, field: attrs.Attribute[int], value: object) -> None:
    if type(value) is not int or value < 1:
        raise InvalidValue(field.name, f"a whole number above 0, not {value!r}.")


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

    stamps: int = attrs.field(default=1, validator=_check_positive)


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
    stamps: int = attrs.field(default=1, validator=_check_positive)
    carry_remainder: bool = False

    @per.validator
    def _check_per(self, _: object, value: Amount) -> None:
        amount = value.amount if isinstance(value, Money) else value
        if amount <= Decimal(0):
            raise InvalidValue("per", "an amount above 0.")


@attrs.frozen
class Products:
    """So many stamps for each item of a SKU; other items earn none."""

    stamps: Mapping[str, int] = attrs.field()

    @stamps.validator
    def _check_stamps(
        self, field: attrs.Attribute[int], value: Mapping[str, int]
    ) -> None:
        for n in value.values():
            _check_positive(self, field, n)


Mode: TypeAlias = Manual | Visit | Spend | Products


def check_mode(mode: Mode, currency: str) -> None:
    """
    Refuse a mode that the currency cannot hold.

    Raises:
        InvalidValue: so little for a stamp that no coin is so small.
    """
    if isinstance(mode, Spend):
        try:
            minor_units(mode.per, currency)
        except InvalidAmount as error:
            raise InvalidValue("per", error.message) from None


def earn(
    mode: Mode,
    command: RecordPurchase | CheckIn | AddStamps,
    amount: int | None,
    draft: Draft,
    life: ExpiryPolicy,
) -> Facts:
    """
    Credit the stamps that a command earns; return what has to be pinned.

    Args:
        amount: minor units of the purchase, where there was one.
        life: when the stamps stop counting.
    """
    if isinstance(command, AddStamps):
        draft.credit(Unit.STAMP, command.n, expiry=life)
        return {}
    match mode:
        case Manual():
            return {}
        case Visit(stamps):
            draft.credit(Unit.STAMP, stamps, expiry=life)
            return {}
        case Products(each):
            items = command.items if isinstance(command, RecordPurchase) else {}
            bought = sum(n * each.get(sku, 0) for sku, n in items.items())
            draft.credit(Unit.STAMP, bought, expiry=life)
            return {}
        case Spend():
            return _earn_on_spend(mode, amount or 0, draft, life)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def stamps_on(pinned: Facts, net: int) -> int:
    """How many stamps a purchase earns that turned out to be of *net*."""
    stamps: int = (pinned["remainder"] + net) // pinned["per"] * pinned["stamps"]
    return stamps


def _earn_on_spend(mode: Spend, spent: int, draft: Draft, life: ExpiryPolicy) -> Facts:
    """
    Earn on what was spent, and on what earlier purchases left over.

    What is carried stays on the card as spend: a purchase adds to it, and each full
    *per* is turned into stamps.  So a refund finds it there, or turns stamps back.
    """
    per = minor_units(mode.per, draft.context.currency)
    remainder = draft.balance(Unit.SPEND) if mode.carry_remainder else 0
    pinned = {
        "per": per,
        "stamps": mode.stamps,
        "carried": mode.carry_remainder,
        "remainder": remainder,
    }
    if not mode.carry_remainder:
        draft.credit(Unit.STAMP, spent // per * mode.stamps, expiry=life)
        return pinned
    draft.credit(Unit.SPEND, spent)
    times = draft.balance(Unit.SPEND) // per
    if times > 0:
        draft.convert(
            Unit.SPEND,
            times * per,
            into=Unit.STAMP,
            n=times * mode.stamps,
            expiry=life,
        )
    return pinned
