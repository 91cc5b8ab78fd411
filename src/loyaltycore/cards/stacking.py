"""
What offers take off an order, alone and several together.

Offers are applied by priority, each on what the ones before it have left: of 105.00,
10 % and then 20 % from 100.00 on leave 94.50, because 94.50 is below 100.00; the other
way around they leave 75.60.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import attrs

from loyaltycore.cards.benefits import Percent, Units, discount_of
from loyaltycore.cards.offers import DiscountBase, NoEffect, Offer, Stacking
from loyaltycore.cards.orders import Bill, Order
from loyaltycore.errors import BelowMinimum, NotCombinable, Refusal, TakesNothing
from loyaltycore.values.money import amount_text, minor_units


__all__ = ["Taken", "apply_in_order", "apply_offers", "take_off"]


@attrs.frozen(kw_only=True)
class Taken:
    """
    What came of one offer.

    Attributes:
        by_line: minor units off each line of the order.
        refusal: why it was left out, or None where it was applied.
    """

    by_line: tuple[int, ...]
    refusal: Refusal | None = None

    @property
    def discount(self) -> int:
        """Minor units off the order."""
        return sum(self.by_line)


def take_off(offer: Offer, initial: Bill, left: Bill) -> Taken:
    """
    Say what an offer takes off an order, or why it cannot be used on it.

    Args:
        initial: the order before any discount.
        left: the same lines, after the discounts so far.
    """
    is_initial = offer.discount_base is DiscountBase.INITIAL
    measured = initial if is_initial else left
    if offer.min_spend is not None:
        least = minor_units(offer.min_spend, left.currency)
        if measured.total < least:
            return _none(left, _below(least, measured))
    base = measured if isinstance(offer.benefit, Percent) else left
    by_line = tuple(
        min(off, line.amount)
        for off, line in zip(
            discount_of(offer.benefit, base, offer.rounding_level),
            left.lines,
            strict=True,
        )
    )
    is_idle = not any(by_line) and not isinstance(offer.benefit, Units)
    if is_idle and offer.no_effect is NoEffect.PREVENT:
        message = "It takes nothing off this order; keep it for another one."
        return _none(left, TakesNothing(message))
    return Taken(by_line=by_line)


def apply_offers(
    offers: Sequence[Offer], order: Order, currency: str
) -> tuple[Taken, ...]:
    """
    Say what each of several offers takes off one order, in the order they are given.

    They are applied by priority.  One that cannot be used, or may not be combined with
    those before it, takes nothing and says why; the others go on without it.

    Raises:
        InvalidInput: an amount that the currency cannot hold.
    """
    by_priority = sorted(range(len(offers)), key=lambda index: offers[index].priority)
    in_order = [offers[index] for index in by_priority]
    applied = apply_in_order(in_order, order.bill(currency))
    taken = dict(zip(by_priority, applied, strict=True))
    return tuple(taken[index] for index in range(len(offers)))


def apply_in_order(offers: Sequence[Offer], bill: Bill) -> tuple[Taken, ...]:
    """
    Say the same of offers that are applied as they come, whatever their priority.

    Raises:
        InvalidInput: an amount that the currency cannot hold.
    """
    initial = left = bill
    taken: list[Taken] = []
    applied: set[Stacking] = set()
    for offer in offers:
        if _is_alone(offer.stacking, applied):
            message = "It cannot be combined with what this order has already."
            taken.append(_none(initial, NotCombinable(message)))
            continue
        taken.append(take_off(offer, initial, left))
        if taken[-1].refusal is None:
            applied.add(offer.stacking)
            left = left.less(taken[-1].by_line)
    return tuple(taken)


def _is_alone(stacking: Stacking, applied: set[Stacking]) -> bool:
    """Say whether one that stacks so is kept out by those that were applied."""
    match stacking:
        case Stacking.ALWAYS:
            return False
        case Stacking.COMMON:
            return Stacking.NEVER in applied
        case Stacking.NEVER:
            return not applied <= {Stacking.ALWAYS}
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


def _none(bill: Bill, refusal: Refusal | None = None) -> Taken:
    return Taken(by_line=(0,) * len(bill.lines), refusal=refusal)


def _below(least: int, bill: Bill) -> BelowMinimum:
    asked, has = (amount_text(n, bill.currency) for n in (least, bill.total))
    message = f"The order has to come to {asked} at least; it comes to {has}."
    return BelowMinimum(message, min_spend=least, order=bill.total)
