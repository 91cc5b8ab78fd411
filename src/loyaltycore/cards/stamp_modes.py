"""What earns stamps: the till's word, a visit, money spent, or products bought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

import attrs

from loyaltycore.cards.asking import NO_ITEMS, Amount, amount_of
from loyaltycore.cards.commands import AddStamps, CheckIn, RecordPurchase
from loyaltycore.cards.settings import above_zero, whole
from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import minor_units


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


_at_least_one = whole(1)


def _check_products(
    _: object, field: attrs.Attribute[Any], value: Mapping[str, int]
) -> None:
    for n in value.values():
        _at_least_one(None, field, n)


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

    stamps: int = attrs.field(default=1, validator=_at_least_one)


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

    per: Amount = attrs.field(converter=amount_of, validator=above_zero)
    stamps: int = attrs.field(default=1, validator=_at_least_one)
    carry_remainder: bool = False


@attrs.frozen
class Products:
    """So many stamps for each item of a SKU; other items earn none."""

    stamps: Mapping[str, int] = attrs.field(validator=_check_products)


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
            items = command.items if isinstance(command, RecordPurchase) else NO_ITEMS
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
