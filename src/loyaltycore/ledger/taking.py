"""
Which lots units are taken from: soonest to expire first, as far as they are loaded.

A holding has a unit's open lots in order from the first one on, but not all of them;
beside those, some are known by number only, or are new.  Owns the care that none is
skipped in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.ledger.decision import Missing, MoreLots
from loyaltycore.ledger.lots import LotState, soonest


if TYPE_CHECKING:
    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.sheet import Sheet
    from loyaltycore.ledger.transactions import Takes, Unit

__all__ = ["counts", "soonest_takes"]


def counts(lot: Lot, unit: Unit) -> bool:
    """Is it a lot of the unit that something can be redeemed from?"""
    return lot.unit is unit and lot.remaining > 0 and lot.state is LotState.OPEN


def soonest_takes(sheet: Sheet, unit: Unit, amount: int, rule: str | None) -> Takes:
    """
    Say which lots *amount* units come from; fewer where there are not so many.

    Args:
        rule: only out of lots that this rule made.

    Raises:
        Missing: further lots have to be loaded first.
    """
    lots, are_all = _in_line(sheet, unit)
    takes: list[tuple[int, int]] = []
    short = amount
    for lot in lots:
        if not short:
            break
        if (rule is None or lot.rule == rule) and not sheet.is_gone(lot):
            taken = min(short, lot.remaining)
            takes.append((lot.number, taken))
            short -= taken
    if short and not are_all:
        raise Missing(MoreLots(unit))
    return tuple(takes)


def _in_line(sheet: Sheet, unit: Unit) -> tuple[list[Lot], bool]:
    """
    Open lots of a unit in order, none left out between them; and are they all?

    Of those that are known by number only, or are new, only what is not later than the
    last one in line is in its place.
    """
    lots = [lot for lot in sheet.lots.values() if counts(lot, unit)]
    lots.sort(key=soonest)
    total = sheet.total(unit)
    if sum(lot.remaining for lot in lots) == total.remaining - total.pending:
        return lots, True
    if unit in sheet.holding.complete:
        return lots, False
    last = sheet.holding.loaded_to.get(unit)
    if last is None:
        return [], False
    return [lot for lot in lots if soonest(lot) <= last], False
