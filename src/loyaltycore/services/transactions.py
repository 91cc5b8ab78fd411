"""Transactions: look at them, and take them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import UnknownTransaction
from loyaltycore.ledger.reversal import Refund, Void
from loyaltycore.posting import Request, reverse
from loyaltycore.posting.account import load_transaction
from loyaltycore.values.money import minor_units


if TYPE_CHECKING:
    from loyaltycore.cards.commands import AmountLike
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.posting import Posted
    from loyaltycore.shell import Shell

__all__ = ["Transactions"]


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
            lambda session: load_transaction(session, program_id, transaction_id)
        )
        if found is None:
            raise UnknownTransaction(transaction_id)
        return found

    def void(
        self, transaction_id: str, *, key: str | None = None, actor: str | None = None
    ) -> Posted:
        """
        Cancel a transaction whole; voiding it again changes nothing.

        Raises:
            NotReversible: it is a void, a refund, or fell due by itself.
        """
        command = Void(transaction_id)
        facts = {"type": "Void", "transaction_id": transaction_id}
        request = Request(card_id="", command=facts, key=key, actor_id=actor)
        return self._shell.write(
            lambda session: reverse(session, self._shell.desk, request, command)
        )

    def refund(
        self,
        transaction_id: str,
        amount: AmountLike,
        *,
        key: str | None = None,
        actor: str | None = None,
    ) -> Posted:
        """
        Take back part of a purchase; what it earned is recomputed on the rest.

        Raises:
            NotReversible: it is no purchase, was voided, or less is left of it.
        """
        minor = minor_units(amount, self._shell.desk.program.currency)
        command = Refund(transaction_id, minor)
        facts = {"type": "Refund", "transaction_id": transaction_id, "amount": minor}
        request = Request(card_id="", command=facts, key=key, actor_id=actor)
        return self._shell.write(
            lambda session: reverse(session, self._shell.desk, request, command)
        )
