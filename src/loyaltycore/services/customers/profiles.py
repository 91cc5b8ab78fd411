"""One customer, with all that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.clues import check_page
from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.posting.profiles import profile
from loyaltycore.program.managers import Permission
from loyaltycore.records.customers import customer_of
from loyaltycore.records.feed import feed_page
from loyaltycore.records.finding import everyone_who_became, resolved
from loyaltycore.records.journal import customer_transactions
from loyaltycore.records.transaction_lines import transaction_lines
from loyaltycore.services.customers.life import CustomerLife
from loyaltycore.values.ids import id_text
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from decimal import Decimal

    from loyaltycore.customers.profile import Feed, Profile
    from loyaltycore.io.transactions_out import TransactionLine
    from loyaltycore.ports import Session

__all__ = ["CustomerTransactions", "Customers"]


@attrs.frozen(kw_only=True)
class CustomerTransactions:
    """
    One page of a customer's transactions, newest first.

    Attributes:
        credited: points earned in all, whatever is searched; on deleted cards too.
        redeemed: points redeemed in all, less what was given back.
        cursor: where the next page starts; None: there is none.
    """

    lines: tuple[TransactionLine, ...]
    credited: Decimal
    redeemed: Decimal
    cursor: str | None


class Customers(CustomerLife):
    """
    Customers of the program.

    The methods below take the id of a customer, or of somebody who turned out to be
    them.
    """

    def profile(self, customer_id: str) -> Profile:
        """
        Return everything that a screen shows of a customer.

        Status, totals, cards, tags, the last seven entries of the feed; of the history
        behind those nothing is read.

        Raises:
            UnknownCustomer: there is no such customer.
        """
        desk, id_ = self._shell.desk, id_text("customer_id", customer_id)
        return self._shell.ask(
            lambda session: profile(session, desk, id_), Permission.VIEW_CUSTOMERS
        )

    def feed(
        self, customer_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> Feed:
        """
        Return a page of all that happened to a customer, newest first.

        The sign-up, edits, cards, tags, status changes ... and every transaction.

        Args:
            limit: entries a page, 1 to 1,000.
            cursor: of the page before.

        Raises:
            UnknownCustomer: there is no such customer.
            InvalidValue: the limit or the cursor cannot be.
        """
        program_id = self._shell.program_id
        id_text("customer_id", customer_id)
        check_page(limit)

        def load(session: Session) -> Feed:
            row = resolved(session, program_id, customer_id)
            everyone = everyone_who_became(session, program_id, row["id"])
            return feed_page(session, program_id, everyone, limit, cursor)

        return self._shell.read(load, Permission.VIEW_CUSTOMERS)

    def transactions(
        self,
        customer_id: str,
        *,
        search: str = "",
        limit: int = 50,
        cursor: str | None = None,
    ) -> CustomerTransactions:
        """
        Return a page of a customer's transactions, and totals of all of them.

        Args:
            search: how a receipt id, or a transaction's own id, begins.
            limit: transactions a page, 1 to 1,000.
            cursor: of the page before.

        Raises:
            UnknownCustomer: there is no such customer.
            InvalidValue: the search, the limit or the cursor cannot be.
        """
        id_text("customer_id", customer_id)
        check_page(limit, search)
        return self._shell.ask(
            lambda session: self._transactions(
                session, customer_id, search, limit, cursor
            ),
            Permission.VIEW_CUSTOMERS,
        )

    def _transactions(
        self,
        session: Session,
        customer_id: str,
        search: str,
        limit: int,
        cursor: str | None,
    ) -> CustomerTransactions:
        desk, program_id = self._shell.desk, self._shell.program_id
        currency = desk.program.currency
        customer = customer_of(resolved(session, program_id, customer_id))
        everyone = everyone_who_became(session, program_id, customer.id)
        page = session.select(
            customer_transactions(program_id, everyone, limit, cursor, search)
        )
        lines = transaction_lines(
            session,
            program_id,
            page.rows,
            desk.template,
            lambda template: template.rules.scales(currency),
        )
        return CustomerTransactions(
            lines=tuple(lines),
            credited=from_units(customer.points_earned, POINT_SCALE),
            redeemed=from_units(customer.points_redeemed, POINT_SCALE),
            cursor=page.cursor,
        )
