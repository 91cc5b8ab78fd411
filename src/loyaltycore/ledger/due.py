"""
What falls due by itself, posted in time order before a decision.

So a late job cannot change history: whatever a decision spends is alive at its moment,
whether or not anybody swept before.  At one instant, what is held is released first,
then lots expire, then lots that wait begin to count; each is a transaction of its own.
"""

from __future__ import annotations

from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Protocol, assert_never

import attrs

from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.holds import give_back
from loyaltycore.ledger.lots import Lot, LotState
from loyaltycore.ledger.transactions import EntryKind, TransactionKind
from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from loyaltycore.ledger.decision import Context, Outcome, Till
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["Settling", "post_due"]


class Settling(Protocol):
    """What is asked of a card type when something falls due."""

    def settle(self, draft: Draft) -> Till:
        """Do what the rules do by themselves after a change, and say what is shown."""
        ...


class _Order(IntEnum):
    RELEASE = 0
    EXPIRE = 1
    FORFEIT = 2
    ACTIVATE = 3


_KINDS = {
    _Order.RELEASE: TransactionKind.RELEASE,
    _Order.EXPIRE: TransactionKind.EXPIRE,
    _Order.FORFEIT: TransactionKind.EXPIRE,
    _Order.ACTIVATE: TransactionKind.ACTIVATE,
}


def post_due(
    holding: Holding,
    context: Context,
    rules: Settling,
    opened_by: Callable[[int], Transaction],
    ends_at: datetime = NEVER,
) -> Iterator[tuple[datetime, Outcome]]:
    """
    Post what the loaded lots have due at ``context.at``, one outcome an instant.

    Args:
        holding: with every lot loaded that is due.
        opened_by: the transaction of a version of the card.
        ends_at: when all units of the card are forfeited; never by default.

    Yields:
        (due instant, outcome), each on top of the one before.

    Raises:
        Missing: lots have to be loaded first.
    """
    agenda = [
        (*due, number)
        for number, lot in holding.lots.items()
        if (due := _next(lot, holding, ends_at)) is not None
    ]
    heapify(agenda)
    while agenda and agenda[0][0] <= context.at:
        instant, order, number = heappop(agenda)
        numbers = [number]
        while agenda and agenda[0][:2] == (instant, order):
            numbers.append(heappop(agenda)[2])
        lots = [holding.lots[number] for number in numbers]
        then = attrs.evolve(context, at=instant, occurred_at=instant)
        draft = Draft(holding, then)
        _carry_out(draft, order, lots, opened_by)
        if not draft.entries:
            continue
        outcome = draft.outcome(_KINDS[order], rules.settle(draft))
        holding = attrs.evolve(outcome.after, last_at=context.at)
        outcome = attrs.evolve(outcome, after=holding)
        context = context.behind(outcome)
        for number in outcome.touched:
            due = _next(holding.lots[number], holding, ends_at)
            if due is not None:
                heappush(agenda, (max(due[0], instant), due[1], number))
        yield instant, outcome


def _next(
    lot: Lot, holding: Holding, ends_at: datetime
) -> tuple[datetime, _Order] | None:
    """What happens to a lot next by itself, and when; None if it is empty."""
    if not lot.remaining:
        return None
    if lot.state is LotState.HELD:
        return lot.due_at, _Order.RELEASE
    instant, order = lot.due_at, _Order.EXPIRE
    if lot.slides:
        instant = min(instant, holding.total(lot.unit).deadline or NEVER)
    waits = lot.state is LotState.PENDING and instant == lot.available_from
    if waits and instant != lot.expires_at:
        order = _Order.ACTIVATE
    return min((instant, order), (ends_at, _Order.FORFEIT))


def _carry_out(
    draft: Draft,
    order: _Order,
    lots: list[Lot],
    opened_by: Callable[[int], Transaction],
) -> None:
    # What was touched is on the agenda again: a lot may be there twice, or be empty.
    there = {lot.number: lot for lot in lots if lot.remaining}
    match order:
        case _Order.RELEASE:
            numbers = frozenset(there)
            for version in sorted({lot.version for lot in there.values()}):
                give_back(draft, opened_by(version), numbers)
        case _Order.EXPIRE:
            draft.expire_together(there.values())
        case _Order.FORFEIT:
            draft.expire_together(there.values(), EntryKind.FORFEIT)
        case _Order.ACTIVATE:
            waiting = LotState.PENDING
            draft.activate(lot for lot in there.values() if lot.state is waiting)
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
