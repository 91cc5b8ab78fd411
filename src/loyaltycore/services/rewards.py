"""Rewards: what can be claimed, what became of vouchers, and grants that are due."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from loyaltycore.cards.catalogue import Catalogue
from loyaltycore.cards.commands import describe
from loyaltycore.cards.reward_commands import ClaimVoucher
from loyaltycore.cards.reward_history import reward_history
from loyaltycore.errors import (
    CommandNotSupported,
    NotReversible,
    UnknownTransaction,
)
from loyaltycore.ledger.commands import Void
from loyaltycore.posting import Request, decider, quote, reverse
from loyaltycore.posting.account import load_history, load_transaction, open_account
from loyaltycore.posting.granting import grant, grants_due
from loyaltycore.program.managers import Permission
from loyaltycore.records.tags import tagged


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from loyaltycore.cards.reward_history import ClaimedReward
    from loyaltycore.cards.reward_tier import RewardTier
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Page, Session
    from loyaltycore.posting import Posted, Quote
    from loyaltycore.query.queries import Query
    from loyaltycore.shell import Shell

__all__ = ["Rewards"]

_PAGE = 200


class Rewards:
    """Rewards of the program's reward cards."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def available(self, card_id: str) -> list[tuple[RewardTier, Quote]]:
        """
        Return every reward of a card's catalogue, with what claiming it now would do.

        A reward can be claimed where its quote has no refusal; else that says why not.

        Raises:
            UnknownCard: there is no such card.
            CommandNotSupported: it is no reward card.
        """
        desk = self._shell.desk

        def read(session: Session) -> list[tuple[RewardTier, Quote]]:
            found: list[tuple[RewardTier, Quote]] = []
            for tier in self._catalogue(session, card_id).tiers:
                claim = ClaimVoucher(tier.id)
                request = Request(card_id=card_id, command=describe(claim))
                quoted = quote(session, desk, request, decider(claim))
                found.append((tier, quoted))
            return found

        return self._shell.read(read, Permission.VIEW_CUSTOMERS)

    def history(self, card_id: str) -> tuple[ClaimedReward, ...]:
        """
        Return the vouchers of a card with their status, in the order of their issue.

        Raises:
            UnknownCard: there is no such card.
            CommandNotSupported: it is no reward card.
        """
        program_id = self._shell.program_id

        def read(session: Session) -> tuple[ClaimedReward, ...]:
            self._catalogue(session, card_id)
            return reward_history(_journal_of(session, program_id, card_id))

        return self._shell.read(read, Permission.VIEW_CUSTOMERS)

    def cancel(self, voucher: str, *, actor: str | None = None) -> Posted:
        """
        Take a voucher back that was not used; its points go back to their lots.

        Raises:
            UnknownTransaction: there is no such voucher.
            NotReversible: it was used, has expired, or came with a purchase: then the
                purchase is what can be voided.
        """
        program_id, desk = self._shell.program_id, self._shell.desk
        command = Void(voucher)
        request = Request(
            card_id="",
            command=describe(command),
            actor_id=self._shell.acting(actor),
            location_id=self._shell.location_id,
        )

        def write(session: Session) -> Posted:
            claim = load_transaction(session, program_id, voucher)
            if claim is None:
                raise UnknownTransaction(voucher)
            if "voucher" not in claim.pinned:
                message = f"Transaction {voucher} is no voucher that was claimed."
                raise NotReversible(message, transaction_id=voucher)
            return reverse(session, desk, request, command)

        return self._shell.write(write, Permission.VOID)

    def grant_due(
        self, customer_id: str, *, tags: Mapping[str, date] | None = None
    ) -> list[Posted]:
        """
        Post what a customer is to get by itself today; asking again grants nothing.

        What a tag gives is granted when it is put on; this is for joining, birthdays,
        and tags that were there before the grant or the card.

        Args:
            tags: with the local day on which each was put on; those that the customer
                has by default.

        Returns:
            The grants, of all reward cards of the customer.

        Raises:
            UnknownCustomer: there is no such customer.
        """
        desk, by = self._shell.desk, self._shell.by
        due = self._shell.read(
            lambda session: grants_due(session, desk, customer_id, tags),
            Permission.EARN,
        )
        granted = [
            self._shell.write(
                partial(grant, desk=desk, due=one, by=by), Permission.EARN
            )
            for one in due
        ]
        return [posted for posted in granted if posted is not None]

    def grant_tagged(self, tag: str) -> int:
        """
        Post what everybody who has a tag is to get for it, when a grant is new.

        A customer at a time, so that no till waits; asking again grants nothing.

        Returns:
            How many vouchers were granted.
        """
        granted, cursor = 0, None
        while True:
            query = tagged(self._shell.program_id, tag, _PAGE, cursor)
            page = self._shell.read(partial(_page, query=query), Permission.EARN)
            for row in page.rows:
                granted += len(self.grant_due(row["customer_id"]))
            cursor = page.cursor
            if cursor is None:
                return granted

    # -- inside ----------------------------------------------------------------------

    def _catalogue(self, session: Session, card_id: str) -> Catalogue[Any]:
        account = open_account(session, self._shell.desk, card_id, None, lock=False)
        rules = account.template.rules
        if not isinstance(rules, Catalogue):
            message = f"A {rules.kind} card has no catalogue of rewards."
            raise CommandNotSupported(message, command="ClaimVoucher")
        return rules


def _page(session: Session, query: Query) -> Page:
    return session.select(query)


def _journal_of(
    session: Session, program_id: str, card_id: str
) -> Iterator[Transaction]:
    """All transactions of a card in order, read in pages."""
    after = 0
    while page := load_history(session, program_id, card_id, after, _PAGE):
        yield from page
        after = page[-1].version
