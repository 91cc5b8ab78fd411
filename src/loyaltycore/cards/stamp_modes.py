"""What earns stamps: the till's word, a visit, money spent, or products bought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

import attrs

from loyaltycore.cards.asking import NO_ITEMS
from loyaltycore.cards.commands import AddStamps, CheckIn, RecordPurchase
from loyaltycore.cards.milestones import rewards_on
from loyaltycore.cards.settings import above_zero, whole
from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Amount, amount_of, minor_units


if TYPE_CHECKING:
    from loyaltycore.ledger.decision import Repriced
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Facts
    from loyaltycore.values.expiry import ExpiryPolicy

__all__ = [
    "Manual",
    "Mode",
    "Products",
    "Spend",
    "Visit",
    "add_stamps",
    "check_mode",
    "repriced",
    "stamps_carried",
    "stamps_for",
    "stamps_on",
    "step_of",
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


def stamps_for(
    mode: Mode,
    command: RecordPurchase | CheckIn | AddStamps,
    amount: int | None,
    draft: Draft,
) -> tuple[int, Facts]:
    """
    How many stamps a command earns, and what has to be pinned.

    What is carried stays on the card as spend: a purchase adds to it, and each full
    *per* is turned into stamps.  So a refund finds it there, or turns stamps back.

    Args:
        amount: minor units of the purchase, where there was one.
    """
    if isinstance(command, AddStamps):
        return command.n, {}
    match mode:
        case Manual():
            return 0, {}
        case Visit(stamps):
            return stamps, {}
        case Products(each):
            items = command.items if isinstance(command, RecordPurchase) else NO_ITEMS
            return sum(n * each.get(sku, 0) for sku, n in items.items()), {}
        case Spend():
            pinned = _price(mode, draft)
            if mode.carry_remainder:
                draft.credit(Unit.SPEND, amount or 0)
                return stamps_carried(mode, draft), pinned
            return stamps_on(pinned, amount or 0), pinned
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def stamps_carried(mode: Mode, draft: Draft) -> int:
    """How many stamps the spend on the card comes to; none where none is carried."""
    if not (isinstance(mode, Spend) and mode.carry_remainder):
        return 0
    per = minor_units(mode.per, draft.context.currency)
    return max(0, draft.balance(Unit.SPEND) // per * mode.stamps)


def step_of(mode: Mode) -> int:
    """Spend that is carried turns into so many stamps at a time."""
    return mode.stamps if isinstance(mode, Spend) and mode.carry_remainder else 1


def add_stamps(mode: Mode, n: int, draft: Draft, life: ExpiryPolicy) -> None:
    """
    Credit stamps, or turn the spend that is carried for them into stamps.

    Args:
        life: when the stamps stop counting.
    """
    if n and isinstance(mode, Spend) and mode.carry_remainder:
        spend = n // mode.stamps * minor_units(mode.per, draft.context.currency)
        draft.convert(Unit.SPEND, spend, into=Unit.STAMP, n=n, expiry=life)
    else:
        draft.credit(Unit.STAMP, n, expiry=life)


def stamps_on(pinned: Facts, net: int) -> int:
    """How many stamps a purchase earns that turned out to be of *net*."""
    stamps: int = (pinned["remainder"] + net) // pinned["per"] * pinned["stamps"]
    return stamps


def repriced(pinned: Facts, net: int) -> Repriced:
    """What ``stamps_for`` came to, and the rewards on the way, on another amount."""
    if "per" not in pinned:
        return {}
    stamps = stamps_on(pinned, net)
    rewards = rewards_on(pinned, stamps)
    if pinned["carried"]:
        return {Unit.SPEND: net, Unit.REWARD: rewards}
    return {Unit.STAMP: stamps, Unit.REWARD: rewards}


def _price(mode: Spend, draft: Draft) -> Facts:
    carried = mode.carry_remainder
    return {
        "per": minor_units(mode.per, draft.context.currency),
        "stamps": mode.stamps,
        "carried": carried,
        "remainder": draft.balance(Unit.SPEND) if carried else 0,
    }
