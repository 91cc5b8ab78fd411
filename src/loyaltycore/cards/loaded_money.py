"""
Money comes onto a card: when it is issued, when it is paid, when more is loaded.

And back: a refund of a sale takes what was sold from the card, and is refused where too
little of it is unused.  The refund of what the card began with deactivates it, because
a gift card whose sale was taken back must not stay spendable.  A sale is voided only
while all of its own money is there.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import attrs

from loyaltycore.cards.money_status import Status
from loyaltycore.cards.settings import (
    an_expiry,
    check_amount,
    flag,
    not_negative,
    one_of,
)
from loyaltycore.cards.stored_money import StoredMoney
from loyaltycore.errors import InvalidValue, LimitReached, Refusal
from loyaltycore.ledger.taking_back import not_reversible
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.expiry import ExpiryPolicy, FromDate, Immediate, Never
from loyaltycore.values.money import Amount, amount_of, amount_text, minor_units
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from loyaltycore.cards.certificate_commands import Activate, LoadMoney
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.original import Original
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["Activation", "LoadedMoney", "OnIssue", "OnPayment"]

CommandT = TypeVar("CommandT")

_FIRST_LOT = 1


@attrs.frozen
class OnIssue:
    """The first amount counts as soon as the card is issued."""


@attrs.frozen
class OnPayment:
    """The first amount comes when the card is activated, because it was paid."""


Activation: TypeAlias = OnIssue | OnPayment | FromDate


@attrs.frozen(kw_only=True)
class LoadedMoney(StoredMoney[CommandT]):
    """
    Rules of how money comes onto a card.

    Attributes:
        initial: what a card holds at first, in the program's currency.
        activation: when that counts: ``OnIssue``, ``OnPayment`` or ``FromDate``.
        reloadable: money may be loaded more than once.
        expiry: when money stops counting, from when it counts on.  Some countries
            forbid that it does.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    initial: Amount = attrs.field(
        default=Decimal(0), converter=amount_of, validator=not_negative
    )
    activation: Activation = attrs.field(
        default=OnIssue(), validator=one_of(Activation)
    )
    reloadable: bool = attrs.field(default=False, validator=flag)
    expiry: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_amount("initial", self.initial, currency)
        if self.max_balance is not None:
            most = minor_units(self.max_balance, currency)
            if minor_units(self.initial, currency) > most:
                raise InvalidValue("initial", "at most max_balance.")

    def expiry_of(
        self,
        unit: Unit,  # noqa: ARG002 - there is one only
        draft: Draft,  # noqa: ARG002 - it does not depend on the card
    ) -> ExpiryPolicy:
        """See ``CardType.expiry_of``."""
        return self.expiry

    def begin(self, draft: Draft) -> None:
        """Credit the first amount, which may wait for its day."""
        activation = self.activation
        waits = activation if isinstance(activation, FromDate) else Immediate()
        units = minor_units(self.initial, draft.context.currency)
        draft.credit(Unit.MONEY, units, expiry=self.expiry, pending=waits)
        if units:
            self._count_load(draft)

    def activate(self, draft: Draft, command: Activate) -> Outcome | Refusal:
        """Credit the first amount of a card that waits for its payment."""
        refusal = self.inactive(draft, Status.PENDING)
        if refusal is not None:
            return refusal
        if draft.recall("status") != Status.PENDING:
            return LimitReached("activations", used=1, at_most=1)
        draft.state["status"] = None
        self.begin(draft)
        return self._sold(draft, command.purchase_amount)

    def load(self, draft: Draft, command: LoadMoney) -> Outcome | Refusal:
        """Credit what is loaded, if the card takes more."""
        units = minor_units(command.amount, draft.context.currency)
        refusal = self.inactive(draft) or self.too_much(draft, units)
        if refusal is not None:
            return refusal
        if not self.reloadable and draft.context.used("loads"):
            return LimitReached("loads of a card", used=1, at_most=1)
        draft.credit(Unit.MONEY, units, expiry=self.expiry)
        self._count_load(draft)
        return self._sold(draft, command.purchase_amount)

    def keeps(self, draft: Draft, transaction: Transaction) -> str | None:
        """
        A sale of which money was used, held or moved is not voided.

        What repaid a debt at once, or came when it was over, is no reason.
        """
        if transaction.kind is not TransactionKind.EARN:
            return None
        sold = [entry.lot for entry in transaction.entries if entry.lot is not None]
        draft.require(*sold)
        lots = [draft.lot(number) for number in sold]
        takes = [taken for entry in transaction.entries for _, taken in entry.takes]
        amount, own = (
            sum(lot.amount for lot in lots),
            sum(lot.remaining for lot in lots),
        )
        if own + sum(takes) == amount:
            return None
        there, currency = max(0, draft.balance(Unit.MONEY)), draft.context.currency
        unused = amount_text(min(there, amount), currency)
        remedy = "refund those" if transaction.purchase_amount else "adjust them"
        return f"{unused} {currency} are unused; {remedy}."

    def refund_of(
        self, draft: Draft, original: Original, asked: int | None
    ) -> int | Refusal:
        """
        Take what was sold from the card, as far as it is unused.

        Sold for less than it is worth, it goes back in proportion.
        """
        if original.redeemed:
            closed = self.inactive(draft, Status.PENDING, Status.BLOCKED)
            return closed or super().refund_of(draft, original, asked)
        sale, price = original.entries[0], original.net
        assert sale.lot is not None, "a sale of money opens a lot of it"
        sold, unused = original.stands()[0], max(0, draft.balance(Unit.MONEY))
        if asked is None:
            asked = price if unused >= sold else price * unused // sold
        units = divide(sold * asked, max(1, price), Rounding.CEIL)
        if units > unused and asked <= price:
            left, currency = amount_text(unused, draft.context.currency), draft.context
            why = f"{left} {currency.currency} are unused; refund less."
            return not_reversible(original.transaction, why)
        kind = EntryKind.CLAWBACK
        units -= draft.take_from(draft.lot(sale.lot), units, kind=kind, reverses=0)
        draft.debit(Unit.MONEY, units, kind=kind, reverses=0)
        if sale.lot == _FIRST_LOT:
            draft.state["status"] = Status.DEACTIVATED.value
        return asked

    def _count_load(self, draft: Draft) -> None:
        if not self.reloadable:
            draft.count("loads", 1, at_most=1)

    def _sold(self, draft: Draft, paid: Amount | None) -> Outcome:
        currency = draft.context.currency
        return draft.outcome(
            TransactionKind.EARN,
            self.settle(draft),
            purchase_amount=None if paid is None else minor_units(paid, currency),
        )
