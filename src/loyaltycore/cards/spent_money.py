"""
Money is spent from a card: in part, once only, or the little that is left in cash.

A card that is used once forfeits what its order did not take.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import attrs

from loyaltycore.cards.certificate_commands import (
    RedeemMoney,
)
from loyaltycore.cards.loaded_money import LoadedMoney
from loyaltycore.cards.money_status import Status, status_of
from loyaltycore.cards.settings import above_zero, check_amount, member_of
from loyaltycore.errors import (
    CommandNotSupported,
    InvalidAmount,
    LimitReached,
    Refusal,
)
from loyaltycore.ledger.commands import CardCommand, Hold, Receive, TransactionCommand
from loyaltycore.ledger.decision import Outcome, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import Amount, amount_text, minor_units, optional_amount
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    pass

__all__ = ["SpentMoney", "Use"]

CommandT = TypeVar("CommandT")

_USES = frozenset({EntryKind.REDEEM, EntryKind.CAPTURE})


class Use(StrEnum):
    """``multiple``: until nothing is left.  ``single``: once, the rest is forfeited."""

    MULTIPLE = "multiple"
    SINGLE = "single"


@attrs.frozen(kw_only=True)
class SpentMoney(LoadedMoney[CommandT]):
    """
    Rules of how money is spent from a card.

    Attributes:
        use: whether it can be used again.
        cash_out_below: the rest is paid out in cash once it is below this.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    use: Use = attrs.field(default=Use.MULTIPLE, validator=member_of(Use))
    cash_out_below: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero
    )

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_amount("cash_out_below", self.cash_out_below, currency)

    def forbids(
        self, draft: Draft, command: CardCommand | TransactionCommand | Receive
    ) -> Refusal | None:
        """What is used once is held once."""
        refusal = super().forbids(draft, command)
        return refusal or (self._in_use(draft) if isinstance(command, Hold) else None)

    def settle(self, draft: Draft) -> Till:
        """What is used once forfeits the rest."""
        is_used = any(entry.kind in _USES for entry in draft.entries)
        if self.use is Use.SINGLE and is_used:
            rest = max(0, draft.balance(Unit.MONEY))
            draft.debit(Unit.MONEY, rest, kind=EntryKind.FORFEIT)
        return self.till(draft)

    def till(self, draft: Draft) -> Till:
        """What is left, and the card's condition where it is not simply active."""
        currency, total = draft.context.currency, draft.total(Unit.MONEY)
        status, words = status_of(draft), [self._shown(draft, total.balance)]
        if total.held:
            words.append(f"{amount_text(total.held, currency)} held")
        if status is not Status.ACTIVE:
            words.append(status.value)
        balances = self.balances(draft)
        return Till(text=", ".join(words), balances=balances, status=status.value)

    def redeem(self, draft: Draft, command: RedeemMoney) -> Outcome | Refusal:
        """Pay an order, whole or in part."""
        currency, there = draft.context.currency, draft.balance(Unit.MONEY)
        total = None
        if command.order_total is not None:
            total = minor_units(command.order_total, currency)
        if command.amount is not None:
            asked = minor_units(command.amount, currency)
        else:
            assert total is not None, "a redemption has an amount, or an order"
            asked = max(1, min(there, total))
        if total is not None and asked > total:
            raise InvalidAmount("The order comes to less; redeem no more than it does.")
        refusal = self.unusable(draft, asked) or self._in_use(draft)
        if refusal is None and asked > there:
            refusal = self.insufficient(draft, Unit.MONEY, there, asked)
        if refusal is not None:
            return refusal
        draft.debit(Unit.MONEY, asked, kind=EntryKind.REDEEM, slides=self.expiry)
        till = self.settle(draft)
        if total is not None:
            pay = total - asked
            text = f"{till.text}, pay {self._shown(draft, pay)}"
            till = attrs.evolve(till, text=text, pay=pay)
        return draft.outcome(TransactionKind.REDEEM, till)

    def cash_out(self, draft: Draft) -> Outcome | Refusal:
        """Pay the little that is left out."""
        there, currency = draft.balance(Unit.MONEY), draft.context.currency
        if self.cash_out_below is None:
            message = "This certificate is not paid out in cash."
            return CommandNotSupported(message, command="CashOut")
        below = minor_units(self.cash_out_below, currency)
        refusal: Refusal | None = self.inactive(draft)
        if refusal is None and there >= below:
            scale = self.scales(currency)[Unit.MONEY]
            used, most = from_units(there, scale), from_units(below, scale)
            words = f"{currency} below which the rest is paid out"
            refusal = LimitReached(words, used=used, at_most=most)
        if refusal is not None:
            return refusal
        outcome = self.take(draft, Unit.MONEY, max(1, there), EntryKind.REDEEM)
        if isinstance(outcome, Refusal):
            return outcome
        text = f"{outcome.till.text}, {self._shown(draft, there)} in cash"
        till = attrs.evolve(outcome.till, text=text, pay_out=there)
        return attrs.evolve(outcome, till=till)

    def _in_use(self, draft: Draft) -> LimitReached | None:
        """Refuse a second use of what is used once, while the first is held."""
        if self.use is Use.SINGLE and draft.total(Unit.MONEY).held:
            return LimitReached("use", used=1, at_most=1)
        return None

    def _shown(self, draft: Draft, minor: int) -> str:
        currency = draft.context.currency
        return f"{amount_text(minor, currency)} {currency}"
