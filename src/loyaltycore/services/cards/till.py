"""Cards at the till: find them, show them, and post on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from loyaltycore.cards.asking import permission_of
from loyaltycore.cards.card import CardStatus
from loyaltycore.cards.validity import check_living
from loyaltycore.errors import InvalidValue, UnknownCard, UnknownCustomer
from loyaltycore.ledger.commands import Transfer
from loyaltycore.posting import (
    actions,
    decider,
    post,
    post_many,
    quote,
    show,
    transfer,
)
from loyaltycore.program.managers import Permission
from loyaltycore.records import cards as records
from loyaltycore.records.customers import customer_ref
from loyaltycore.services.cards.commands import CardCommands, Options
from loyaltycore.services.cards.many import PostReport, asked_of
from loyaltycore.services.cards.prepaid import PrepaidCards
from loyaltycore.services.cards.requests import request_of
from loyaltycore.values.codes import normalise_code


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loyaltycore.cards.card import Card
    from loyaltycore.ports import Ref, Session
    from loyaltycore.posting import Action, Posted, Quote, Shown
    from loyaltycore.query.predicates import Row
    from loyaltycore.services.cards.many import Intent

__all__ = ["Cards", "Options"]


class Cards(CardCommands, PrepaidCards):
    """Cards of the program."""

    def get(self, card_id: str) -> Card:
        """
        Return a card, even one that was deleted.

        Raises:
            UnknownCard: there is none with this id.
        """
        return self._one(records.card_ref(self._shell.program_id, card_id), card_id)

    def scan(self, serial: str) -> Card:
        """
        Return the card with a serial number, typed or scanned in any notation.

        Raises:
            InvalidValue: it is no text.
            UnknownCard: there is none.
            CardDeleted: it was deleted and no longer functions.
        """
        if type(serial) is not str:
            kind = type(serial).__name__
            message = f"pass a serial number, such as card.serial, not {kind}."
            raise InvalidValue("serial", message)
        ref = records.serial_ref(self._shell.program_id, normalise_code(serial))
        card = self._one(ref, serial, by="serial number")
        check_living(card)
        return card

    def of(self, customer_id: str) -> list[Card]:
        """
        Return a customer's cards that were not deleted, oldest first.

        Raises:
            UnknownCustomer: there is no such customer.
        """
        program_id = self._shell.program_id
        ref = customer_ref(program_id, customer_id)
        query = records.cards_of_customer(program_id, customer_id)

        def read(session: Session) -> Sequence[Row]:
            rows = session.select(query).rows
            if not rows and not any(session.get([ref])):
                raise UnknownCustomer(customer_id)
            return rows

        rows = self._shell.read(read, Permission.VIEW_CUSTOMERS)
        cards = [records.card_of(row) for row in rows]
        return [card for card in cards if card.status is not CardStatus.DELETED]

    def show(self, card_id: str) -> Shown:
        """
        Return balances and till of a card as it stands now, without changing it.

        Raises:
            UnknownCard: there is no such card.
        """
        desk = self._shell.desk
        return self._shell.read(
            lambda session: show(session, desk, card_id), Permission.VIEW_CUSTOMERS
        )

    def actions(self, card_id: str) -> tuple[Action, ...]:
        """
        Say what can be done with a card now, and why the rest cannot.

        The smallest command of each kind that the card's type takes is tried, one stamp
        or one cent, and nothing is written.  A larger one may still be refused:
        ``quote`` tells.

        Raises:
            UnknownCard: there is no such card.
        """
        desk = self._shell.desk
        return self._shell.read(
            lambda session: actions(session, desk, card_id), Permission.VIEW_CUSTOMERS
        )

    def post(self, card_id: str, command: object, **options: Unpack[Options]) -> Posted:
        """
        Do what a command says and return the transaction.

        Args:
            options: ``key``, ``receipt_id``, ``location``, ``terminal``, ``actor``,
                ``occurred_at`` and ``source``; see ``Options``.  Only a key keeps a
                retry from counting twice; a receipt id is a label.

        Raises:
            Refusal: a rule says no; nothing was written.
            InvalidInput: something is malformed.
            UnknownCard: there is no such card.
        """
        shell = self._shell.standing_at(options.get("location"))
        desk, needs = shell.desk, permission_of(command)
        request = request_of(shell, card_id, command, options)
        if isinstance(command, Transfer):
            return shell.write(
                lambda session: transfer(session, desk, request, command), needs
            )
        decide = decider(command)
        return shell.write(lambda session: post(session, desk, request, decide), needs)

    def post_many(self, intents: Iterable[Intent]) -> PostReport:
        """
        Do what many commands say, in their order and one write; several times faster.

        Each stands for itself: what is refused leaves nothing behind, and the rest is
        posted.  Whatever else goes wrong, nothing at all is written, and the same call
        can be made again.

        Args:
            intents: at most ``INTENTS_MAX``; their cards are locked meanwhile.

        Raises:
            InvalidInput: there are too many, or one is malformed.
            PermissionDenied: one of them is not the manager's to do.
        """
        asked = asked_of(self._shell, intents)
        if not asked:
            return PostReport(())
        needed = {
            (shell.location_id, permission_of(each.command)): shell
            for shell, each in asked
        }
        requests = [each for _, each in asked]

        def work(session: Session) -> PostReport:
            for (_, needs), shell in needed.items():
                shell.check(session, needs)
            return PostReport(tuple(post_many(session, self._shell.desk, requests)))

        (_, needs), shell = next(iter(needed.items()))
        return shell.write(work, needs)

    def quote(self, card_id: str, command: object, **options: Unpack[Options]) -> Quote:
        """Say what ``post`` would do now, without doing it."""
        shell = self._shell.standing_at(options.get("location"))
        request = request_of(shell, card_id, command, options)
        decide = decider(command)
        return shell.read(
            lambda session: quote(session, shell.desk, request, decide),
            permission_of(command),
        )

    def _one(self, ref: Ref, asked_for: str, *, by: str = "id") -> Card:
        (row,) = self._shell.read(
            lambda session: session.get([ref]), Permission.VIEW_CUSTOMERS
        )
        if row is None:
            raise UnknownCard(asked_for, by=by)
        return records.card_of(row)
