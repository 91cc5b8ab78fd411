"""
A transaction in the making: how units move.

A draft works on a copy of the holding.  Each of its methods writes an entry and evolves
the copy, so what follows in the same transaction sees what went before.  It is the only
place that moves units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.ledger.lots import Dates, LotState
from loyaltycore.ledger.sheet import Sheet
from loyaltycore.ledger.taking import soonest_takes
from loyaltycore.ledger.transactions import EntryKind
from loyaltycore.values.expiry import (
    Immediate,
    Never,
    Sliding,
    available_from,
    expires_at,
)
from loyaltycore.values.quantity import UNITS_MAX


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from loyaltycore.ledger.lots import Lot
    from loyaltycore.ledger.transactions import Takes, Unit
    from loyaltycore.values.expiry import ExpiryPolicy, PendingPolicy

__all__ = ["TAKES_MAX", "Draft"]

#: Lots that one entry takes from; more make several entries, so that a row stays small.
TAKES_MAX = 1_000

_NEVER = Never()
_IMMEDIATE = Immediate()


class Draft(Sheet):
    """One transaction on one card, until ``outcome`` closes it."""

    # -- units come in ---------------------------------------------------------------

    def credit(
        self,
        unit: Unit,
        amount: int,
        *,
        kind: EntryKind = EntryKind.EARN,
        rule: str = "",
        expiry: ExpiryPolicy = _NEVER,
        pending: PendingPolicy = _IMMEDIATE,
    ) -> None:
        """
        Add units as a new lot; nothing happens for 0.

        Debt is repaid out of it first, once its units count.  A lot whose time has
        passed already, because the purchase is reported late, expires at once.

        Raises:
            InvalidAmount: below 0, or more than can be counted.
        """
        if amount == 0:
            return
        _check_amount(amount, self.total(unit).remaining)
        earned_at, zone = self.context.occurred_at, self.context.zone
        waits_until = available_from(pending, earned_at, zone)
        if waits_until is not None and waits_until <= self.context.at:
            waits_until = None
        ends_at = expires_at(expiry, waits_until or earned_at, zone)
        deadline = None
        if isinstance(expiry, Sliding):
            deadline = self._slide(unit, expiry, ends_at, kind)
            ends_at = None
        dates = Dates(
            earned_at=earned_at,
            available_from=waits_until,
            expires_at=ends_at,
            deadline=deadline,
        )
        self.open_lot(unit, kind, amount, dates, rule=rule)

    def open_lot(
        self,
        unit: Unit,
        kind: EntryKind,
        amount: int,
        dates: Dates,
        *,
        rule: str,
        reverses: int | None = None,
    ) -> None:
        """Add a lot with dates of its own: debt is repaid from it, or it waits."""
        number = self.next_number()
        waits = dates.available_from is not None
        self.write(
            unit,
            kind,
            0 if waits else amount,
            rule=rule,
            lot=number,
            pending=amount if waits else 0,
            earned_at=dates.earned_at,
            available_from=dates.available_from,
            expires_at=dates.expires_at,
            deadline=dates.deadline,
            reverses=reverses,
        )
        if not waits:
            self._repay(unit, (number,))
        self.expire(self.lots[number])

    def activate(self, lots: Iterable[Lot]) -> None:
        """Let the units of lots that wait count from now on."""
        for unit, takes in _by_unit(lots):
            amount = sum(moved for _, moved in takes)
            self.write(unit, EntryKind.ACTIVATE, amount, takes=takes)
            self._repay(unit, [number for number, _ in takes])

    # -- units go out ----------------------------------------------------------------

    def debit(
        self,
        unit: Unit,
        amount: int,
        *,
        kind: EntryKind,
        rule: str | None = None,
        slides: ExpiryPolicy = _NEVER,
        reverses: int | None = None,
    ) -> int:
        """
        Take units out of lots, soonest to expire first, and return how many were found.

        Args:
            kind: any but ``convert`` and ``hold``, which are methods of their own.
            rule: only out of lots that this rule made.
            slides: the unit's policy, where a redemption moves a deadline on.

        Raises:
            InvalidAmount: below 0.
            Missing: further lots have to be loaded first.
        """
        if kind in {EntryKind.CONVERT, EntryKind.HOLD}:
            raise InvalidValue("kind", "convert() and hold() say more about it.")
        _check_amount(amount)
        takes = soonest_takes(self, unit, amount, rule)
        deadline = None
        if takes and isinstance(slides, Sliding):
            own = expires_at(slides, self.context.occurred_at, self.context.zone)
            deadline = self._slide(unit, slides, own, kind)
        return self._take(unit, kind, takes, deadline=deadline, reverses=reverses)

    def convert(
        self,
        unit: Unit,
        amount: int,
        *,
        into: Unit,
        n: int,
        rule: str = "",
        expiry: ExpiryPolicy = _NEVER,
    ) -> None:
        """
        Turn units into *n* of another, which come as a new lot: ten stamps, a reward.

        A void turns them back, as far as the others were not used.

        Raises:
            InvalidAmount: there are fewer, or they come to nothing.
            Missing: further lots have to be loaded first.
        """
        if n < 1 or amount < 1 or amount > self.balance(unit):
            there = self.balance(unit)
            message = f"{there} {unit} units are there; {amount} into {n} do not go."
            raise InvalidAmount(message)
        takes = soonest_takes(self, unit, amount, None)
        self.write(unit, EntryKind.CONVERT, -amount, takes=takes)
        self.credit(into, n, rule=rule, expiry=expiry)

    def hold(
        self,
        unit: Unit,
        amount: int,
        *,
        until: datetime | None,
        rule: str | None = None,
    ) -> None:
        """
        Reserve units: they leave their lots and wait in one of their own.

        Args:
            rule: only out of lots that this rule made.
            until: when they are released by themselves.

        Raises:
            InvalidAmount: there are fewer.
            Missing: further lots have to be loaded first.
        """
        _check_amount(amount)
        takes = soonest_takes(self, unit, amount, rule)
        found = sum(taken for _, taken in takes)
        if found < amount:
            message = f"{found} {unit} units are there; {amount} cannot be held."
            raise InvalidAmount(message)
        for part in _parts(takes):
            self.write(
                unit,
                EntryKind.HOLD,
                -sum(taken for _, taken in part),
                takes=part,
                lot=self.next_number(),
                earned_at=self.context.occurred_at,
                expires_at=until,
            )

    def capture(self, unit: Unit, hold: int, takes: Takes) -> None:
        """Make reserved units spent ones; *takes* says which of them."""
        if takes:
            self.write(unit, EntryKind.CAPTURE, 0, takes=takes, hold=hold)

    def take_from(
        self, lot: Lot, amount: int, *, kind: EntryKind, reverses: int | None = None
    ) -> int:
        """Take up to *amount* units out of one lot and return how many there were."""
        taken = min(amount, lot.remaining)
        takes = ((lot.number, taken),) if taken else ()
        is_pending = lot.state is LotState.PENDING
        return self._take(
            lot.unit, kind, takes, is_pending=is_pending, reverses=reverses
        )

    def owe(self, unit: Unit, amount: int, *, reverses: int | None = None) -> None:
        """Let the customer owe units that are gone already."""
        self.write(unit, EntryKind.CLAWBACK, -amount, reverses=reverses)

    def forgive(self, unit: Unit, amount: int, *, reverses: int | None = None) -> bool:
        """Let the customer owe so much less; False where not so much is owed."""
        is_owed = amount <= self.total(unit).debt
        if is_owed:
            self.write(unit, EntryKind.ADJUST, amount, reverses=reverses)
        return is_owed

    def expire(self, lot: Lot) -> None:
        """Expire what remains of a lot, if its time has passed."""
        if lot.remaining and self.is_gone(lot):
            self.expire_together([lot])

    def expire_together(
        self, lots: Iterable[Lot], kind: EntryKind = EntryKind.EXPIRE
    ) -> None:
        """
        Expire lots that share an instant, one entry a unit.

        Args:
            kind: ``expire``, or ``forfeit`` where their card ends and not they.
        """
        every = list(lots)
        for is_pending in (False, True):
            alike = [
                lot for lot in every if (lot.state is LotState.PENDING) is is_pending
            ]
            for unit, takes in _by_unit(alike):
                self._take(unit, kind, takes, is_pending=is_pending)

    # -- units come back -------------------------------------------------------------

    def put_back(
        self,
        unit: Unit,
        takes: Takes,
        *,
        kind: EntryKind,
        hold: int | None = None,
        reverses: int | None = None,
    ) -> None:
        """
        Put units back into the lots they came from, the last one first.

        Units of a lot whose time has passed meanwhile expire at once; out of what is
        left, debt is repaid.

        Args:
            hold: the reserved lot that they come out of.
        """
        numbers = tuple(number for number, _ in takes)
        self.require(*numbers)
        back = tuple((number, -taken) for number, taken in reversed(takes))
        for part in _parts(back):
            amount = -sum(taken for _, taken in part)
            self.write(unit, kind, amount, takes=part, hold=hold, reverses=reverses)
        for number in numbers:
            self.expire(self.lots[number])
        self._repay(unit, numbers)

    # -- deadlines -------------------------------------------------------------------

    def set_deadline(self, unit: Unit, deadline: datetime) -> None:
        """Move the end of all sliding lots of a unit, wherever it was."""
        self.write(unit, EntryKind.ADJUST, 0, deadline=deadline)

    # -- inside ----------------------------------------------------------------------

    def _take(
        self,
        unit: Unit,
        kind: EntryKind,
        takes: Takes,
        *,
        is_pending: bool = False,
        deadline: datetime | None = None,
        reverses: int | None = None,
    ) -> int:
        """Write what was found, in entries of a size; pending units change no sum."""
        for part in _parts(takes):
            amount = 0 if is_pending else -sum(taken for _, taken in part)
            self.write(
                unit, kind, amount, takes=part, deadline=deadline, reverses=reverses
            )
        return sum(taken for _, taken in takes)

    def _slide(
        self, unit: Unit, policy: Sliding, own: datetime | None, kind: EntryKind
    ) -> datetime | None:
        """The unit's deadline behind an activity, which is pinned for a void."""
        before = self.total(unit).deadline
        is_activity = kind.value in policy.resets_on
        if own is None or (before is not None and not is_activity):
            return before
        pins = self.pinned.setdefault("slides", {})
        assert isinstance(pins, dict), "nobody else pins under this name"
        pins[unit.value] = own.isoformat()
        return own if before is None else max(before, own)

    def _repay(self, unit: Unit, numbers: Iterable[int]) -> None:
        """Move units of these lots onto the debt, as far as there is one."""
        debt = self.total(unit).debt
        if not debt:
            return
        takes: list[tuple[int, int]] = []
        for number in numbers:
            lot = self.lots[number]
            repaid = min(debt, lot.remaining)
            if repaid and lot.state is LotState.OPEN:
                takes.append((number, repaid))
                debt -= repaid
        if takes:
            self.write(unit, EntryKind.DEBT_REPAID, 0, takes=tuple(takes))


def _check_amount(amount: int, on_top_of: int = 0) -> None:
    if amount < 0:
        raise InvalidAmount(f"Give a number of units that is not below 0: {amount}.")
    if amount + on_top_of > UNITS_MAX:
        raise InvalidAmount("That is more than a card can hold; give a smaller amount.")


def _parts(takes: Takes) -> Iterator[Takes]:
    for first in range(0, len(takes), TAKES_MAX):
        yield takes[first : first + TAKES_MAX]


def _by_unit(lots: Iterable[Lot]) -> Iterator[tuple[Unit, Takes]]:
    by_unit: dict[Unit, list[tuple[int, int]]] = {}
    for lot in lots:
        by_unit.setdefault(lot.unit, []).append((lot.number, lot.remaining))
    return ((unit, tuple(takes)) for unit, takes in by_unit.items())
