"""
How much a card may earn, and what happens beyond.

A limit is a number for a window of local days: today, this ISO week, this month; or the
last 1, 7 or 30 days where windows are rolling; or the card's life.  What was earned is
kept in counters by day, so that a void gives its allowance back.  Most limits *cap*: of
10 points where 4 are left, 4 are earned.  Others *reject* the whole transaction.  (That
global limits cap and a limit for each transaction rejects is how Voucherify documents
its own.)
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.errors import (
    BelowMinimum,
    InvalidInput,
    InvalidValue,
    LimitReached,
    Refusal,
)
from loyaltycore.ledger.amounts import units_of
from loyaltycore.ledger.counted_windows import Windows, counted_windows
from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.values.days import RoundUp, end_of, round_day
from loyaltycore.values.money import Amount, amount_text, number_of, optional_amount
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.ledger.draft import Draft

__all__ = ["EarnLimits", "OnExceed", "Windows"]

_COUNT_MAX = 1_000


class OnExceed(StrEnum):
    """``cap`` earns what is left of the limit, ``reject`` refuses the transaction."""

    CAP = "cap"
    REJECT = "reject"


_CALENDAR = {
    "per_day": RoundUp.END_OF_DAY,
    "per_week": RoundUp.END_OF_WEEK,
    "per_month": RoundUp.END_OF_MONTH,
}
_UNIT_LIMITS = (
    "per_transaction",
    "max_balance",
    "per_day",
    "per_week",
    "per_month",
    "lifetime",
)


def _check_amount(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and number_of(value) < 0:
        raise InvalidValue(field.name, f"not below 0: {value}.")


def _check_count(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and (type(value) is not int or not 1 <= value <= _COUNT_MAX):
        raise InvalidValue(field.name, f"a whole number from 1 to {_COUNT_MAX:,}.")


def _check_enum(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    choices = {"on_exceed": OnExceed, "windows": Windows}[field.name]
    if not isinstance(value, choices):
        names = ", ".join(f"{choices.__name__}.{member.name}" for member in choices)
        raise InvalidValue(field.name, f"one of {names}.")


@attrs.frozen(kw_only=True)
class _InUnits:
    """
    Limits in smallest units.

    Attributes:
        windows: the names of those that are for a window.
        most: what each of these allows.
    """

    per_transaction: int | None
    max_balance: int | None
    windows: tuple[str, ...]
    most: tuple[int, ...]


@attrs.frozen(kw_only=True)
class EarnLimits:
    """
    Limits of what a card earns by rule; what staff enter by hand is not limited.

    Attributes:
        per_transaction: units; more are rejected.
        per_day, per_week, per_month, lifetime: units in a window.
        max_balance: units on the card; more are not earned.
        min_purchase: in the program's currency; a smaller purchase is rejected.
        cooldown_minutes: between two earnings, else the later one is rejected.
        checkins_per_day: how many earnings a local day has.
        on_exceed: what happens beyond a window's limit or the maximal balance.
        windows: calendar or rolling.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    per_transaction: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_amount
    )
    per_day: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_amount
    )
    per_week: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_amount
    )
    per_month: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_amount
    )
    lifetime: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_amount
    )
    max_balance: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_amount
    )
    min_purchase: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=_check_amount
    )
    cooldown_minutes: int | None = attrs.field(default=None, validator=_check_count)
    checkins_per_day: int | None = attrs.field(default=None, validator=_check_count)
    on_exceed: OnExceed = attrs.field(default=OnExceed.CAP, validator=_check_enum)
    windows: Windows = attrs.field(default=Windows.CALENDAR, validator=_check_enum)

    #: Which of the limits are numbers of units.
    of_units: tuple[str, ...] = attrs.field(init=False, eq=False, repr=False)
    # Worked out once for each unit: every earning asks for them.
    _in_units: dict[tuple[Unit, int, str], _InUnits] = attrs.field(
        init=False,
        eq=False,
        repr=False,
        factory=dict["tuple[Unit, int, str]", "_InUnits"],
    )

    def __attrs_post_init__(self) -> None:
        names = (name for name in _UNIT_LIMITS if getattr(self, name) is not None)
        object.__setattr__(self, "of_units", tuple(names))

    def check(self, unit: Unit, scale: int, currency: str) -> None:
        """
        Refuse amounts that the unit, or the currency, cannot have.

        Raises:
            InvalidValue: naming the field.
        """
        for name in (*_UNIT_LIMITS, "min_purchase"):
            amount = getattr(self, name)
            counted = Unit.SPEND if name == "min_purchase" else unit
            try:
                if amount is not None:
                    units_of(amount, counted, scale, currency)
            except InvalidInput as error:
                raise InvalidValue(name, error.message) from None

    def refusal(
        self,
        draft: Draft,
        purchase: int | None,
        *,
        kind: TransactionKind = TransactionKind.EARN,
    ) -> Refusal | None:
        """
        Why nothing at all is earned now, or None; counts the earning if it may be.

        Args:
            purchase: minor units, where something was bought.
            kind: of the transactions that earn.

        Raises:
            Missing: what was earned before has to be loaded first.
        """
        currency = draft.context.currency
        if self.min_purchase is not None and purchase is not None:
            least = units_of(self.min_purchase, Unit.SPEND, 0, currency)
            if purchase < least:
                shown = amount_text(least, currency)
                message = f"Purchases from {shown} {currency} on earn."
                return BelowMinimum(message)
        return self._too_soon(draft, kind) or self._too_often(draft)

    def admit(
        self,
        draft: Draft,
        unit: Unit,
        asked: int,
        *,
        scale: int = 0,
        step: int = 1,
        already: int = 0,
    ) -> int | Refusal:
        """
        How many of the units that a rule computed are earned; they are counted.

        Args:
            asked: smallest units.
            scale: decimals of the unit.
            step: where fewer are earned, only multiples of so many.
            already: what the same purchase has earned before it was amended.

        Raises:
            Missing: counters have to be loaded first.
        """
        if not self.of_units:
            return asked
        context, rejects = draft.context, self.on_exceed is OnExceed.REJECT
        limits = self._limits(unit, scale, context.currency)
        most = limits.per_transaction
        if most is not None and asked + already > most:
            return _reached(f"{unit}s a transaction", already, most, scale)
        allowed = asked
        most = limits.max_balance
        if most is not None:
            have = draft.balance(unit)
            allowed = min(allowed, max(0, most - have))
            if allowed < asked and rejects:
                return _reached(f"{unit}s on the card", have, most, scale)
        counted = counted_windows(unit, limits.windows, self.windows, context.local_day)
        context.see(counted.counters)
        for name, most, counters in zip(
            limits.windows, limits.most, counted.by_window, strict=True
        ):
            used = context.used(*counters)
            allowed = min(allowed, max(0, most - used))
            if allowed < asked and rejects:
                words = f"{unit}s {name.replace('per_', 'a ')}"
                return _reached(words, used, most, scale, self._resets_at(name, draft))
        if allowed < asked:
            allowed -= allowed % step
            draft.pinned["caps"] = {unit.value: allowed}
        if allowed:
            for counter in counted.added_to:
                draft.count(counter, allowed)
        return allowed

    def _limits(self, unit: Unit, scale: int, currency: str) -> _InUnits:
        """The limits of units, in smallest ones."""
        key = (unit, scale, currency)
        if key not in self._in_units:
            units = {
                name: units_of(getattr(self, name), unit, scale, currency)
                for name in self.of_units
            }
            self._in_units[key] = _InUnits(
                per_transaction=units.pop("per_transaction", None),
                max_balance=units.pop("max_balance", None),
                windows=tuple(units),
                most=tuple(units.values()),
            )
        return self._in_units[key]

    def _too_soon(self, draft: Draft, kind: TransactionKind) -> Refusal | None:
        if self.cooldown_minutes is None:
            return None
        last = draft.context.earned_last(kind)
        if last is None:
            return None
        again_at = last + timedelta(minutes=self.cooldown_minutes)
        pause = again_at - last
        if abs(draft.context.occurred_at - last) >= pause:
            return None
        limit = f"earning in {self.cooldown_minutes} minutes"
        return LimitReached(limit, used=1, at_most=1, resets_at=again_at)

    def _too_often(self, draft: Draft) -> Refusal | None:
        most = self.checkins_per_day
        if most is None:
            return None
        day = draft.context.local_day
        counter = f"check-in/{day.isoformat()}"
        used = draft.context.used(counter)
        if used >= most:
            ends_at = end_of(day, draft.context.zone)
            return LimitReached(
                "check-ins a day", used=used, at_most=most, resets_at=ends_at
            )
        draft.count(counter, 1, at_most=most)
        return None

    def _resets_at(self, name: str, draft: Draft) -> datetime | None:
        if name == "lifetime" or self.windows is Windows.ROLLING:
            return None
        last = round_day(draft.context.local_day, _CALENDAR[name])
        return end_of(last, draft.context.zone)


def _reached(
    limit: str, used: int, most: int, scale: int, resets_at: datetime | None = None
) -> LimitReached:
    return LimitReached(
        limit,
        used=from_units(used, scale),
        at_most=from_units(most, scale),
        resets_at=resets_at,
    )
