"""What earns stamps: the till's word, a visit, money spent, or products bought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

import attrs

from loyaltycore.cards.asking import NO_ITEMS
from loyaltycore.cards.commands import AddStamps, CheckIn, RecordPurchase
from loyaltycore.cards.milestones import rewards_on
from loyaltycore.cards.settings import whole
from loyaltycore.cards.spend_mode import Spend, stamps_carried
from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.happy_effects import happy_units
from loyaltycore.ledger.happy_hours import Mechanic
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import minor_units


if TYPE_CHECKING:
    from loyaltycore.ledger.decision import Repriced
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "Manual",
    "Mode",
    "Products",
    "Spend",
    "Visit",
    "check_mode",
    "mechanic_of",
    "repriced",
    "stamps_for",
    "stamps_on",
]


_at_least_one = whole(1)


def _check_products(
    _: object, field: attrs.Attribute[Any], value: Mapping[str, int]
) -> None:
    if not isinstance(value, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidValue(field.name, 'stamps by SKU, such as {"latte": 1}.')
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
    happy: Facts,
) -> tuple[int, Facts]:
    """
    How many stamps a command earns, and what has to be pinned.

    What is carried stays on the card as spend: a purchase adds to it, and each full
    *per* is turned into stamps.  So a refund finds it there, or turns stamps back.

    Args:
        amount: minor units of the purchase, where there was one.
        happy: what the hour does; stamps by hand stay as they are.
    """
    if isinstance(command, AddStamps):
        return command.n, {}
    match mode:
        case Manual():
            return 0, {}
        case Visit(stamps):
            visits = command.n if isinstance(command, CheckIn) else 1
            return happy_units(happy, visits * stamps), {}
        case Products(each):
            items = command.items if isinstance(command, RecordPurchase) else NO_ITEMS
            stamps = sum(n * each.get(sku, 0) for sku, n in items.items())
            return happy_units(happy, stamps), {}
        case Spend():
            pinned = {**_price(mode, draft), **happy}
            if mode.carry_remainder:
                draft.credit(Unit.SPEND, amount or 0)
                return stamps_carried(mode, draft, happy), pinned
            return stamps_on(pinned, amount or 0), pinned
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def mechanic_of(mode: Mode) -> Mechanic:
    """What stamps are earned by."""
    return Mechanic.VISIT if isinstance(mode, Visit) else Mechanic.SPEND


def stamps_on(pinned: Facts, net: int) -> int:
    """How many stamps a purchase earns that turned out to be of *net*."""
    stamps: int = (pinned["remainder"] + net) // pinned["per"] * pinned["stamps"]
    return happy_units(pinned, stamps)


def repriced(pinned: Facts, net: int) -> Repriced:
    """
    What ``stamps_for`` came to, and the rewards on the way, on another amount.

    A carried remainder is not priced: the spend itself is taken back, and stamps with
    it where no spend is left over.
    """
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
        # A refund turns whole steps back into spend.
        "turns": {Unit.STAMP.value: mode.stamps} if carried else {},
    }
