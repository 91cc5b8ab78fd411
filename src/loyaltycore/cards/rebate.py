"""
What a discount card takes off a purchase, from what was pinned when it was priced.

5 % of 50.00 are 2.50; of 10.00, to which it is corrected, they are 0.50.  Amounts are
minor units.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from loyaltycore.cards.line_discounts import RoundingLevel, amount_off, at_most
from loyaltycore.cards.spend_tiers import units_priced
from loyaltycore.values.quantity import allocate


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ledger.transactions import Facts

__all__ = ["SpendBasis", "rebate_on", "rebates", "spend_on"]


class SpendBasis(StrEnum):
    """
    What of a purchase counts as spent towards the next tier.

    ``gross``: what it comes to before the card's discount.  ``net``: what is paid.
    """

    GROSS = "gross"
    NET = "net"


def spend_on(pinned: Facts, due: int, off: int) -> int:
    """
    What of a purchase counts as spent.

    Args:
        due: before the card's discount.
        off: the discount.
    """
    return due if pinned["spend_basis"] == SpendBasis.GROSS else due - off


def rebates(pinned: Facts, amounts: Sequence[int]) -> tuple[int, ...]:
    """
    What comes off each line.

    Args:
        pinned: what ``TierTable.price`` says, with ``level`` and ``most``.
        amounts: of the lines, before the discount.
    """
    if pinned["level"] == RoundingLevel.ORDER:
        off = amount_off(amounts, units_priced(pinned, sum(amounts)))
    else:
        before, each = pinned["spend_before"], list[int]()
        for amount in amounts:
            line = {**pinned, "spend_before": before}
            each.append(min(amount, units_priced(line, amount)))
            before += amount
        off = tuple(each)
    return off if pinned["most"] is None else at_most(off, pinned["most"])


def rebate_on(pinned: Facts, net: int) -> int:
    """What comes off a purchase that turned out to be of *net*, each line its part."""
    return sum(rebates(pinned, allocate(net, pinned["lines"]))) if net else 0
