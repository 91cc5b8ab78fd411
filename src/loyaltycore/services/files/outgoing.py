"""Files on their way out, and a whole program there and back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.io.cards_out import cards_csv
from loyaltycore.io.customers_out import customer_template, customers_csv
from loyaltycore.io.transactions_out import transactions_csv
from loyaltycore.posting.segmenting import load_segment
from loyaltycore.program.managers import Permission
from loyaltycore.records import customers as customer_records
from loyaltycore.records.card_lines import card_lines, cards_of_template
from loyaltycore.records.customer_belongings import all_consents
from loyaltycore.records.customer_lines import customer_lines, member_lines
from loyaltycore.records.dumping import any_row, dumped, header_of, insertions, rows_of
from loyaltycore.records.segments import living_members
from loyaltycore.records.transaction_lines import (
    transaction_lines,
    transactions_as_recorded,
)
from loyaltycore.services.files.incoming import Incoming


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.io.cards_out import CardLine
    from loyaltycore.io.customers_out import CustomerLine
    from loyaltycore.io.transactions_out import TransactionLine
    from loyaltycore.ports import Page, Session
    from loyaltycore.posting import Desk
    from loyaltycore.query.queries import Query

__all__ = ["Files"]

_PAGE = 1_000


class Files(Incoming):
    """Files of the program, in and out."""

    def customer_template(self) -> Iterator[str]:
        """Yield a CSV file to fill in; brought in as it is, it creates nobody."""
        return customer_template(self._shell.desk.program)

    def export_customers(self, segment_id: str | None = None) -> Iterator[str]:
        """
        Yield customers with their tags and consents as CSV, a row at a time.

        Args:
            segment_id: only those in this segment, as it was last refreshed, in the
                order of their ids; by default all, by registration.

        Raises:
            UnknownSegment: there is no such segment.
        """
        desk = self._shell.desk

        def read(session: Session) -> list[str]:
            if segment_id is not None:
                load_segment(session, desk, segment_id, lock=False)
            return all_consents(session, desk.program.id)

        consents = self._shell.read(read, Permission.EXPORT)
        return customers_csv(self._customer_lines(segment_id), desk.program, consents)

    def export_cards(self, template_id: str) -> Iterator[str]:
        """
        Yield the cards of a template as CSV: whose they are, and what they hold.

        The serial number of a coupon is its code.

        Raises:
            UnknownTemplate: there is no such template.
        """
        desk = self._shell.desk
        template = desk.template(self._template_row(template_id, Permission.EXPORT))
        return cards_csv(self._card_lines(template), desk.program)

    def export_transactions(self, template_id: str | None = None) -> Iterator[str]:
        """
        Yield all transactions as CSV, in the order in which they were recorded.

        Args:
            template_id: only those on cards of this template.

        Raises:
            UnknownTemplate: there is no such template; or one is of a card type that
                the program was not given.
        """
        if template_id is not None:
            self._template_row(template_id, Permission.EXPORT)
        return transactions_csv(
            self._transactions(template_id), self._shell.desk.program
        )

    def dump(self) -> Iterator[str]:
        """
        Yield the whole program as lines of JSON, for another store.

        One snapshot: the store is read in one session, which stays open until the last
        line or until the iterator is closed.  MemoryStore lets nobody write meanwhile:
        make the lines a list before you load them into the same one.
        """
        program = self._shell.desk.program
        self._shell.read(_nothing)
        if self._shell.session is not None:
            yield from dumped(self._shell.session, program)
            return
        with self._shell.store.session(write=False) as session:
            yield from dumped(session, program)

    def load(self, lines: Iterable[str]) -> int:
        """
        Fill this program, which has to be empty, with a dump; all of it, or nothing.

        Returns:
            How many rows there were.

        Raises:
            FileUnreadable: it is no dump, one of a later version, or damaged.
            InvalidValue: the dump's currency or zone is another one, or the program is
                not empty.
        """
        lines = iter(lines)
        program = self._shell.desk.program
        header = header_of(next(lines, ""))
        for field, theirs, ours in (
            ("currency", header.currency, program.currency),
            ("zone", header.zone, program.zone.key),
        ):
            if theirs != ours:
                message = f"the dump is in {theirs}, this program in {ours}."
                raise InvalidValue(field, message)
        with self._joined() as shell:
            return shell.write(partial(_load, program.id, lines))

    def _customer_lines(self, segment_id: str | None) -> Iterator[CustomerLine]:
        program_id = self._shell.program_id
        query = customer_records.all_customers(program_id, _PAGE, None)
        lines_of = customer_lines
        if segment_id is not None:
            query = living_members(program_id, segment_id, _PAGE, None)
            lines_of = member_lines
        for page in self._pages(query):
            read = partial(lines_of, program_id=program_id, rows=page.rows)
            yield from self._shell.read(read, Permission.EXPORT)

    def _card_lines(self, template: CardTemplate) -> Iterator[CardLine]:
        program = self._shell.desk.program
        scales = template.rules.scales(program.currency)
        query = cards_of_template(program.id, template.id, _PAGE, None)
        for page in self._pages(query):
            read = partial(
                card_lines, program_id=program.id, rows=page.rows, scales=scales
            )
            yield from self._shell.read(read, Permission.EXPORT)

    def _transactions(self, template_id: str | None) -> Iterator[TransactionLine]:
        desk = self._shell.desk
        query = transactions_as_recorded(desk.program.id, template_id, _PAGE, None)
        for page in self._pages(query):
            lines = self._shell.read(partial(_lines_of, desk, page), Permission.EXPORT)
            yield from lines

    def _pages(self, query: Query) -> Iterator[Page]:
        """Yield page by page, each in a session of its own."""
        while True:
            page = self._shell.read(partial(_select, query), Permission.EXPORT)
            yield page
            if page.cursor is None:
                return
            query = attrs.evolve(query, cursor=page.cursor)


def _nothing(_: Session) -> None:
    """Ask for nothing, to see whether one may: only the host itself."""


def _select(query: Query, session: Session) -> Page:
    return session.select(query)


def _lines_of(desk: Desk, page: Page, session: Session) -> list[TransactionLine]:
    currency = desk.program.currency
    return transaction_lines(
        session,
        desk.program.id,
        page.rows,
        desk.template,
        lambda template: template.rules.scales(currency),
    )


def _load(program_id: str, lines: Iterator[str], session: Session) -> int:
    if any_row(session, program_id):
        message = f"{program_id!r} is not empty; load into a program that is."
        raise InvalidValue("program", message)
    return sum(
        session.apply([insertion])[0]
        for insertion in insertions(rows_of(lines, program_id))
    )
