"""What happens when units that have to be taken back are gone."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never


if TYPE_CHECKING:
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Unit

__all__ = ["Shortfall", "may_be_short"]


class Shortfall(StrEnum):
    """
    The rule for units that are gone: 100 to take back, 60 there.

    ``clamp`` takes the 60 and forgives the rest, ``debt`` takes the 60 and lets the
    customer owe 40 until the next units repay it, ``refuse`` takes nothing back.
    """

    CLAMP = "clamp"
    DEBT = "debt"
    REFUSE = "refuse"


def may_be_short(
    rule: Shortfall, draft: Draft, unit: Unit, missing: int, reverses: int | None = None
) -> bool:
    """
    Do with *missing* units what the rule says; False where it refuses.

    Args:
        reverses: the index of the entry that is taken back.
    """
    if not missing:
        return True
    match rule:
        case Shortfall.CLAMP:
            return True
        case Shortfall.DEBT:
            draft.owe(unit, missing, reverses=reverses)
            return True
        case Shortfall.REFUSE:
            return False
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
