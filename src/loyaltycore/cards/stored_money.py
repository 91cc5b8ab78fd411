"""Money on a card: whether it is used now, where, and how much of it there may be."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import attrs

from loyaltycore.cards.contract import CardType
from loyaltycore.cards.money_status import REMEDIES, Status, status_of
from loyaltycore.cards.settings import above_zero, check_amount, flag, not_negative
from loyaltycore.errors import (
    BelowMinimum,
    InsufficientBalance,
    InvalidValue,
    LimitReached,
    NotAvailable,
    Refusal,
)
from loyaltycore.ledger.commands import (
    Adjust,
    Capture,
    CardCommand,
    Hold,
    Receive,
    TransactionCommand,
    Transfer,
)
from loyaltycore.ledger.limits import EarnLimits
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import (
    Amount,
    amount_of,
    amount_text,
    exponent,
    minor_units,
    optional_amount,
)
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from loyaltycore.ledger.draft import Draft

__all__ = ["StoredMoney"]

CommandT = TypeVar("CommandT")


def _places(places: Iterable[str]) -> tuple[str, ...]:
    return tuple(places)


def _check_places(_: object, __: object, places: tuple[object, ...]) -> None:
    if not all(type(place) is str and place for place in places):
        raise InvalidValue("redeem_at", "each is the id of a location.")


@attrs.frozen(kw_only=True)
class StoredMoney(CardType[CommandT]):
    """
    Rules of money on a card.

    Attributes:
        max_balance: no more is on the card, held money included.
        transferable: money may go to another card, and come from one.
        min_redeem: less is not taken at a time, unless it is all that is left.
        redeem_at: ids of the locations where the card is used; by default, all.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    max_balance: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero
    )
    transferable: bool = attrs.field(default=True, validator=flag)
    min_redeem: Amount = attrs.field(
        default=Decimal(0), converter=amount_of, validator=not_negative
    )
    redeem_at: tuple[str, ...] = attrs.field(
        default=(), converter=_places, validator=_check_places
    )

    def scales(self, currency: str) -> Mapping[Unit, int]:
        """Money has the currency's decimals."""
        return {Unit.MONEY: exponent(currency)}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        if self.limits != EarnLimits():
            message = "money is loaded, not earned; max_balance limits what is there."
            raise InvalidValue("limits", message)
        check_amount("max_balance", self.max_balance, currency)
        check_amount("min_redeem", self.min_redeem, currency)

    def is_sendable(self, unit: Unit) -> bool:
        """See ``CardType.is_sendable``."""
        return self.transferable and super().is_sendable(unit)

    def forbids(
        self, draft: Draft, command: CardCommand | TransactionCommand | Receive
    ) -> Refusal | None:
        """Money that cannot be used is not held, sent, captured or received either."""
        match command:
            case Hold(amount=amount):
                units = minor_units(amount, draft.context.currency)
                return self.unusable(draft, units)
            case Transfer():
                return self.inactive(draft)
            case Capture():
                return self.inactive(draft, Status.PENDING)
            case Receive(amount=units):
                return self.inactive(draft) or self.too_much(draft, units)
            case Adjust(amount=amount):
                units = minor_units(amount, draft.context.currency, minimum=None)
                refusal = self.inactive(draft, Status.PENDING, Status.BLOCKED)
                return refusal or self.too_much(draft, units)
            case _:
                return None

    def unusable(self, draft: Draft, units: int) -> Refusal | None:
        """Why so much cannot be used here and now, were it there; or None."""
        refusal = self.inactive(draft)
        if refusal is not None:
            return refusal
        if self.redeem_at and draft.context.location_id not in self.redeem_at:
            message = f"The card is used at {', '.join(self.redeem_at)} only."
            return NotAvailable(message, status="elsewhere")
        currency = draft.context.currency
        least = minor_units(self.min_redeem, currency)
        if units < min(least, draft.balance(Unit.MONEY)):
            shown = amount_text(least, currency)
            return BelowMinimum(f"At least {shown} {currency} are redeemed at a time.")
        return None

    def inactive(self, draft: Draft, *but: Status) -> NotAvailable | None:
        """Why the card is out of use, unless it is for one of some conditions."""
        status = status_of(draft)
        if status in but or status not in REMEDIES:
            return None
        message = f"The card is {status}; {REMEDIES[status]}."
        return NotAvailable(message, status=status.value)

    def too_much(self, draft: Draft, units: int) -> LimitReached | None:
        """Refuse more money than may be on the card."""
        if self.max_balance is None or units <= 0:
            return None
        currency, total = draft.context.currency, draft.total(Unit.MONEY)
        most, there = (
            minor_units(self.max_balance, currency),
            total.remaining + total.held,
        )
        if there + units <= most:
            return None
        used, at_most = (from_units(n, exponent(currency)) for n in (there, most))
        return LimitReached(f"{currency} on the card", used=used, at_most=at_most)

    def insufficient(
        self, draft: Draft, unit: Unit, available: int, asked: int
    ) -> InsufficientBalance:
        """Say so in the currency."""
        currency = draft.context.currency
        return InsufficientBalance(
            unit=currency,
            available=self.shown(unit, available, currency),
            asked=self.shown(unit, asked, currency),
        )
