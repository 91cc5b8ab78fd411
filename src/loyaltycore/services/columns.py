"""Columns: what the store holds, in portions that data frames take as they are."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.insight.net_purchases import lines_of_people, purchases_by_customer
from loyaltycore.program.managers import Permission
from loyaltycore.query.queries import LIMIT_MAX
from loyaltycore.records import columns as records
from loyaltycore.records.people import all_aliases
from loyaltycore.records.scores import alias_lines, line_of, purchase_lines
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from loyaltycore.ports import Page
    from loyaltycore.query.predicates import Row
    from loyaltycore.query.queries import Query
    from loyaltycore.records.columns import Columns as Portion
    from loyaltycore.rfm.purchases import Purchase
    from loyaltycore.shell import Shell

__all__ = ["Columns"]

_ROWS: Final = 10_000


class Columns:
    """
    Columns for data frames, a portion at a time; the store is never loaded whole.

    Each portion is a dictionary of lists of the same length, as ``pandas.DataFrame``,
    ``polars.DataFrame`` and ``pyarrow.table`` take it.  Money is in minor units.  Each
    page is read by itself: what is posted meanwhile may be in a later portion.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def purchases(
        self, until: date | None = None, *, rows: int = _ROWS
    ) -> Iterator[Portion]:
        """
        Yield purchases as they stand.

        The columns are ``customer_id``, ``on``, ``amount`` and ``refunded``, those that
        ``rfm_frame(..., refunded="refunded")`` takes.  A customer's purchases follow
        one another; voided ones are left out.

        Args:
            until: the last local day; today by default.
            rows: how many a portion, 1 to 10,000.

        Raises:
            InvalidValue: the rows are out of their limits.
        """
        _check(rows)
        desk = self._shell.desk
        last = local_day(desk.now(), desk.program.zone) if until is None else until
        found = self._purchases(last)
        while portion := list(islice(found, rows)):
            yield {
                "customer_id": [one.customer_id for one in portion],
                "on": [one.on for one in portion],
                "amount": [one.amount for one in portion],
                "refunded": [one.refunded for one in portion],
            }

    def transactions(self, *, rows: int = _ROWS) -> Iterator[Portion]:
        """
        Yield the headers of all transactions, in the order of time.

        Who was merged stands under the id of the customer they turned out to be.

        Args:
            rows: how many a portion, 1 to 10,000.

        Raises:
            InvalidValue: the rows are out of their limits.
        """
        _check(rows)
        query = records.transactions_in_order(self._shell.program_id, rows)
        aliases = self._aliases()
        for page in self._pages(query):
            columns = records.columns_of(page, records.TRANSACTION)
            whose = columns["customer_id"]
            columns["customer_id"] = [aliases.get(str(id_), id_) for id_ in whose]
            yield columns

    def customers(
        self, *, personal: bool = False, rows: int = _ROWS
    ) -> Iterator[Portion]:
        """
        Yield customers with their totals, by registration.

        Args:
            personal: names, phone, e-mail, external id and birth date as well.
            rows: how many a portion, 1 to 10,000.

        Raises:
            InvalidValue: the rows are out of their limits.
        """
        _check(rows)
        names = records.CUSTOMER + (records.PERSONAL if personal else ())
        query = records.customers_in_order(self._shell.program_id, rows)
        for page in self._pages(query):
            yield records.columns_of(page, names)

    # -- inside ------------------------------------------------------------------------

    def _purchases(self, last: date) -> Iterator[Purchase]:
        program_id, aliases = self._shell.program_id, self._aliases()
        query = purchase_lines(program_id, last)
        lines = (line_of(row) for page in self._pages(query) for row in page)
        merged = (
            line_of(row, customer_id)
            for customer_id, those in alias_lines(program_id, last, aliases)
            for page in self._pages(those)
            for row in page
        )
        of_people = lines_of_people(lines, merged, aliases)
        return chain.from_iterable(purchases_by_customer(of_people))

    def _aliases(self) -> dict[str, str]:
        program_id = self._shell.program_id
        return self._shell.read(
            lambda session: all_aliases(session, program_id), Permission.EXPORT
        )

    def _pages(self, query: Query) -> Iterator[list[Row]]:
        """Yield pages that are not empty, no session left open in between."""
        page = self._page(query)
        while page.rows:
            yield page.rows
            if page.cursor is None:
                return
            page = self._page(attrs.evolve(query, cursor=page.cursor))

    def _page(self, query: Query) -> Page:
        return self._shell.read(
            lambda session: session.select(query), Permission.EXPORT
        )


def _check(rows: int) -> None:
    """Refuse portions that no page could hold."""
    if type(rows) is not int or not 1 <= rows <= LIMIT_MAX:
        raise InvalidValue("rows", f"1 to {LIMIT_MAX:,} a portion.")
