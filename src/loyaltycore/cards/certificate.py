"""
Certificate: a gift card, money that is paid before and spent later.

A certificate of 1,000.00 that pays 300.00 has 700.00 left.  One that is used once only
forfeits what its order did not take: of 100.00, an order of 60.00 leaves nothing.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, get_args

import attrs

from loyaltycore.cards.certificate_commands import (
    Activate,
    BlockMoney,
    CashOut,
    ClearBalance,
    Deactivate,
    ExtendExpiry,
    LoadMoney,
    RedeemMoney,
    UnblockMoney,
)
from loyaltycore.cards.loaded_money import OnPayment
from loyaltycore.cards.money_status import Status
from loyaltycore.cards.spent_money import SpentMoney
from loyaltycore.errors import (
    InvalidValue,
    Refusal,
)
from loyaltycore.ledger.decision import Context, Outcome
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.extending import extend
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.days import end_of
from loyaltycore.values.money import exponent, number_of
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from loyaltycore.ledger.holding import Holding

__all__ = ["Certificate"]

CertificateCommand: TypeAlias = (
    Activate
    | LoadMoney
    | RedeemMoney
    | CashOut
    | ClearBalance
    | Deactivate
    | BlockMoney
    | UnblockMoney
    | ExtendExpiry
)

_FAR = date(9998, 12, 31)


@attrs.frozen(kw_only=True)
class Certificate(SpentMoney[CertificateCommand]):
    """
    The rules of a certificate; its settings are those of loaded and of spent money.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    kind: ClassVar[str] = "certificate"
    commands: ClassVar[tuple[type, ...]] = get_args(CertificateCommand)
    unit: ClassVar[Unit] = Unit.MONEY

    def opening(self, holding: Holding, context: Context) -> Outcome | None:
        """What the card holds at first, or that it waits for its payment."""
        draft = Draft(holding, context)
        if isinstance(self.activation, OnPayment):
            draft.state["status"] = Status.PENDING.value
        else:
            self.begin(draft)
        return draft.outcome(TransactionKind.ISSUE, self.till(draft))

    def decide(
        self, holding: Holding, command: CertificateCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case Activate():
                return self.activate(draft, command)
            case LoadMoney():
                return self.load(draft, command)
            case RedeemMoney():
                return self.redeem(draft, command)
            case CashOut():
                return self.cash_out(draft)
            case ClearBalance():
                there = max(0, draft.balance(Unit.MONEY))
                draft.debit(Unit.MONEY, there, kind=EntryKind.FORFEIT)
                return draft.outcome(TransactionKind.ADJUST, self.till(draft))
            case ExtendExpiry(until):
                return self._extend(draft, until)
            case Deactivate():
                draft.state["status"] = Status.DEACTIVATED.value
            case BlockMoney(reason):
                draft.state["blocked"] = reason
            case UnblockMoney():
                draft.state["blocked"] = None
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)
        return draft.outcome(TransactionKind.CHANGE, self.till(draft))

    def _extend(self, draft: Draft, until: date) -> Outcome | Refusal:
        ends_at = end_of(until, draft.context.zone)
        if ends_at <= draft.context.at:
            raise InvalidValue("until", "a day that is not over yet.")
        refusal = self.inactive(draft, Status.PENDING, Status.BLOCKED)
        if refusal is not None:
            return refusal
        extend(draft, Unit.MONEY, ends_at)
        return draft.outcome(TransactionKind.CHANGE, self.till(draft))

    def smallest(
        self, asked: type[CertificateCommand], currency: str
    ) -> CertificateCommand:
        """See ``CardType.smallest``; an order that takes the least, a far day."""
        cent = from_units(1, exponent(currency))
        least = max(cent, number_of(self.min_redeem))
        given: dict[type[CertificateCommand], CertificateCommand] = {
            RedeemMoney: RedeemMoney(order_total=least),
            ExtendExpiry: ExtendExpiry(_FAR),
            ClearBalance: ClearBalance("reason"),
            Deactivate: Deactivate("reason"),
            BlockMoney: BlockMoney("reason"),
        }
        return given.get(asked) or super().smallest(asked, currency)
