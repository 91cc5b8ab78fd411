"""Transactions: look at them, and take them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from loyaltycore.cards.asking import permission_of
from loyaltycore.cards.commands import describe
from loyaltycore.errors import InvalidValue, UnknownCard, UnknownTransaction
from loyaltycore.ledger.commands import Amend, Capture, Refund, Release, Void
from loyaltycore.posting import Request, reverse
from loyaltycore.posting.account import load_history, load_transaction
from loyaltycore.program.managers import Permission
from loyaltycore.records.cards import card_ref
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from loyaltycore.ledger.commands import TransactionCommand
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.posting import Posted
    from loyaltycore.shell import Shell
    from loyaltycore.values.money import AmountLike

__all__ = ["ByWhom", "Transactions"]

_LIMIT_MAX = 1_000


class ByWhom(TypedDict, total=False):
    """
    What goes with a command about a transaction.

    Attributes:
        key: your name for this intent; the same key again returns the first result.
        actor: the member of staff.
    """

    key: str
    actor: str


class Transactions:
    """The journal of the program."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get(self, transaction_id: str) -> Transaction:
        """
        Return a transaction with its entries.

        Raises:
            UnknownTransaction: there is none with this id.
        """
        program_id = self._shell.program_id
        found = self._shell.read(
            lambda session: load_transaction(session, program_id, transaction_id),
            Permission.VIEW_CUSTOMERS,
        )
        if found is None:
            raise UnknownTransaction(transaction_id)
        return found

    def of_card(
        self, card_id: str, *, after: int = 0, limit: int = 100
    ) -> list[Transaction]:
        """
        Return a card's transactions with their entries, oldest first.

        Args:
            after: those of later versions than this; the last one's for the next page.
            limit: how many at most, 1 to 1,000.

        Raises:
            InvalidValue: the limit, or something else than an id.
            UnknownCard: there is no such card.
        """
        if type(limit) is not int or not 1 <= limit <= _LIMIT_MAX:
            raise InvalidValue("limit", f"1 to {_LIMIT_MAX:,} transactions.")
        program_id = self._shell.program_id
        ref = card_ref(program_id, card_id)

        def read(session: Session) -> list[Transaction]:
            found = load_history(session, program_id, card_id, after, limit)
            if not found and not any(session.get([ref])):
                raise UnknownCard(card_id)
            return found

        return self._shell.read(read, Permission.VIEW_CUSTOMERS)

    def void(self, transaction_id: str, **options: Unpack[ByWhom]) -> Posted:
        """
        Cancel a transaction whole; voiding it again changes nothing.

        Raises:
            NotReversible: it is a void, a refund, or fell due by itself.
        """
        return self._do(Void(transaction_id), options)

    def refund(
        self,
        transaction_id: str,
        amount: AmountLike | None = None,
        **options: Unpack[ByWhom],
    ) -> Posted:
        """
        Take back part of a purchase; what it earned is recomputed on the rest.

        Without an amount it is as much as the card's rules give back: all that is left
        of it; of a package of visits, what the unused ones are worth.

        Of a redemption, the amount is in the units that were redeemed, and those go
        back to the lots they came from.

        Raises:
            NotReversible: it is neither, was voided, or less is left of it.
        """
        return self._do(Refund(transaction_id, amount), options)

    def amend(
        self,
        transaction_id: str,
        amount: AmountLike,
        *,
        is_any: bool = False,
        **options: Unpack[ByWhom],
    ) -> Posted:
        """
        Correct the amount of a purchase; what it earned is recomputed.

        Args:
            amount: what the purchase should have been, refunds not taken off.
            is_any: also where other purchases were recorded on the card since.

        Raises:
            NotReversible: it is no purchase, was voided, is not the card's last one, or
                more than the amount was refunded.
        """
        return self._do(Amend(transaction_id, amount, is_any=is_any), options)

    def capture(
        self,
        transaction_id: str,
        amount: AmountLike | None = None,
        **options: Unpack[ByWhom],
    ) -> Posted:
        """
        Use what a hold reserves, all or part; the rest is released.

        Raises:
            ExceedsHold: more than is held.
            NotReversible: it is no hold, or was settled.
        """
        return self._do(Capture(transaction_id, amount), options)

    def release(self, transaction_id: str, **options: Unpack[ByWhom]) -> Posted:
        """
        Give back what a hold reserves.

        Raises:
            NotReversible: it is no hold, or was settled.
        """
        return self._do(Release(transaction_id), options)

    def _do(self, command: TransactionCommand, options: ByWhom) -> Posted:
        id_text("transaction_id", command.transaction_id)
        shell = self._shell
        request = Request(
            card_id="",
            command=describe(command),
            key=options.get("key"),
            actor_id=shell.acting(options.get("actor")),
            location_id=shell.location_id,
        )
        return shell.write(
            lambda session: reverse(session, shell.desk, request, command),
            permission_of(command),
        )
