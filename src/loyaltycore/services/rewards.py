"""Rewards: what can be claimed, what became of vouchers, and grants that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyaltycore.cards.catalogue import Catalogue
from loyaltycore.cards.commands import describe
from loyaltycore.cards.grants import GrantFacts, due_grants
from loyaltycore.cards.reward_commands import ClaimVoucher
from loyaltycore.cards.reward_history import reward_history
from loyaltycore.errors import (
    CommandNotSupported,
    LimitReached,
    NotAvailable,
    NotReversible,
    UnknownCustomer,
    UnknownTransaction,
)
from loyaltycore.ledger.commands import Void
from loyaltycore.posting import Request, decider, post, quote, reverse
from loyaltycore.posting.account import load_history, load_transaction, open_account
from loyaltycore.program.managers import Permission
from loyaltycore.records import cards as card_records
from loyaltycore.records import customers as customer_records
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from loyaltycore.cards.reward_commands import GrantVoucher
    from loyaltycore.cards.reward_history import ClaimedReward
    from loyaltycore.cards.reward_tier import RewardTier
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.posting import Posted, Quote
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

        Args:
            tags: the customer's tags, with the local day on which each was put on.

        Returns:
            The grants, of all reward cards of the customer.

        Raises:
            UnknownCustomer: there is no such customer.
        """
        desk = self._shell.desk
        today = local_day(desk.now(), desk.program.zone)
        facts, card_ids = self._shell.read(
            lambda session: self._facts(session, customer_id, tags or {}),
            Permission.EARN,
        )
        due = [
            (card_id, command)
            for card_id in card_ids
            for command in self._due(card_id, facts, today)
        ]
        granted = [self._grant(card_id, command) for card_id, command in due]
        return [posted for posted in granted if posted and not posted.replayed]

    # -- inside ----------------------------------------------------------------------

    def _facts(
        self, session: Session, customer_id: str, tags: Mapping[str, date]
    ) -> tuple[GrantFacts, list[str]]:
        """What the customer's grants depend on, and their cards."""
        desk = self._shell.desk
        ref = customer_records.customer_ref(desk.program.id, customer_id)
        (row,) = session.get([ref])
        if row is None:
            raise UnknownCustomer(customer_id)
        facts = GrantFacts(
            registered_on=local_day(row["registered_at"], desk.program.zone),
            birth_date=row["birth_date"],
            tags=tags,
        )
        query = card_records.cards_of_customer(desk.program.id, customer_id)
        return facts, [card["id"] for card in session.select(query).rows]

    def _due(self, card_id: str, facts: GrantFacts, on: date) -> list[GrantVoucher]:
        """What one card is due; nothing where it is of another type."""

        def read(session: Session) -> list[GrantVoucher]:
            account = open_account(session, self._shell.desk, card_id, None, lock=False)
            rules = account.template.rules
            if not isinstance(rules, Catalogue):
                return []
            return list(due_grants(rules.grants, facts, on, account.holding.state))

        return self._shell.read(read, Permission.EARN)

    def _grant(self, card_id: str, command: GrantVoucher) -> Posted | None:
        """Post a grant once; None where the catalogue does not have it today."""
        desk = self._shell.desk
        request = Request(
            card_id=card_id,
            command=describe(command),
            key=f"grant/{card_id}/{command.occasion}/{command.mark}",
            actor_id=self._shell.manager_id,
            source="automation",
        )
        try:
            return self._shell.write(
                lambda session: post(session, desk, request, decider(command)),
                Permission.EARN,
            )
        except (LimitReached, NotAvailable):  # out of stock, or not in its season
            return None

    def _catalogue(self, session: Session, card_id: str) -> Catalogue[Any]:
        account = open_account(session, self._shell.desk, card_id, None, lock=False)
        rules = account.template.rules
        if not isinstance(rules, Catalogue):
            message = f"A {rules.kind} card has no catalogue of rewards."
            raise CommandNotSupported(message, command="ClaimVoucher")
        return rules


def _journal_of(
    session: Session, program_id: str, card_id: str
) -> Iterator[Transaction]:
    """All transactions of a card in order, read in pages."""
    after = 0
    while page := load_history(session, program_id, card_id, after, _PAGE):
        yield from page
        after = page[-1].version
