"""Customers over their life: stopped, deleted, restored, erased, merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyaltycore.customers import standing
from loyaltycore.engagement.erasing import Balance, balance_of
from loyaltycore.engagement.merging import Stamps, stamps_of
from loyaltycore.posting.leaving import delete_customer, erase_customer
from loyaltycore.posting.merging import merge_customers
from loyaltycore.posting.people import change_standing, the_customer
from loyaltycore.program.customer_status import Activity, CustomerStatus
from loyaltycore.program.managers import Permission
from loyaltycore.records.whole_person import whole_person
from loyaltycore.services.customers.finding import CustomerFinder


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Session

__all__ = ["CustomerLife"]


class CustomerLife(CustomerFinder):
    """
    What becomes of a customer.

    Every method raises ``UnknownCustomer`` where there is no such one, and takes the id
    of somebody who was merged as that of the customer they turned out to be.
    """

    def deactivate(self, customer_id: str, reason: str) -> Customer:
        """
        Let a customer rest: they stay in every list and neither earn nor redeem.

        Args:
            reason: 1 to 255 characters on one line.

        Raises:
            CustomerGone: they were deleted or erased.
            InvalidValue: a reason that cannot be one.
        """
        status = CustomerStatus.DEACTIVATED
        return self._stand(
            customer_id,
            lambda customer: standing.stopped(customer, status, reason),
        )

    def block(self, customer_id: str, reason: str) -> Customer:
        """
        Block a customer for what they did; else as ``deactivate``.

        Raises:
            CustomerGone, InvalidValue: as ``deactivate`` says.
        """
        status = CustomerStatus.BLOCKED
        return self._stand(
            customer_id,
            lambda customer: standing.stopped(customer, status, reason),
        )

    def reopen(self, customer_id: str) -> Customer:
        """
        Let a deactivated or blocked customer earn and redeem again.

        Raises:
            CustomerGone: they were deleted or erased.
        """
        return self._stand(customer_id, standing.reopened)

    def set_activity(
        self, customer_id: str, activity: Activity | str | None
    ) -> Customer:
        """
        Say by hand that a customer is active or inactive; None: judge by what they do.

        Raises:
            CustomerGone: they were deleted or erased.
            InvalidValue: it is neither.
        """
        return self._stand(
            customer_id, lambda customer: standing.with_activity(customer, activity)
        )

    def delete(self, customer_id: str) -> Customer:
        """
        Delete a customer, and their cards along; again does nothing.

        They are in no list and found by nothing, and their phone, e-mail address and
        external id are free for others.  Their ledger stays.

        Raises:
            CustomerHasInstalledCard: a card of theirs is on a phone; delete the card
                first.  It stays on the phone and functions no longer.
            CustomerGone: they were erased.
        """
        desk, actor = self._shell.desk, self._shell.manager_id
        return self._shell.write(
            lambda session: delete_customer(session, desk, customer_id, actor),
            Permission.DELETE,
        )

    def restore(self, customer_id: str) -> Customer:
        """
        Bring a deleted customer back, open; whoever was not deleted stays as they are.

        Their cards stay deleted, for a deleted card never functions again: issue new
        ones.

        Raises:
            DuplicateCustomer, DuplicateField: somebody else has their phone, e-mail
                address, external id or another unique value by now.
            CustomerGone: they were erased.
        """
        return self._stand(customer_id, standing.restored, Permission.DELETE)

    def erase(
        self,
        customer_id: str,
        *,
        balance: Balance | str = Balance.KEEP,
        release: bool = False,
    ) -> Customer:
        """
        Erase a person for good; again does nothing.

        Names, contacts, fields, notes, tags, links and the words of reviews are gone
        from the store, and their cards are deleted.  What they bought and collected,
        ratings and totals stay, under an id that leads to nobody.  See
        ``docs/explanation/personal-data.md`` for what files may still hold.

        Args:
            balance: ``keep`` their units in the books, or ``forfeit`` them.
            release: held units are given back first; pending ones do not stand in the
                way.

        Raises:
            OutstandingUnits: units are held or pending, and *release* was not asked
                for.
            InvalidValue: a balance that is neither.
        """
        desk, actor = self._shell.desk, self._shell.manager_id
        kept = balance_of(balance)
        return self._shell.write(
            lambda session: erase_customer(
                session, desk, customer_id, actor, balance=kept, release=release
            ),
            Permission.ERASE,
        )

    def merge(
        self,
        source_id: str,
        *,
        into: str,
        fill: bool = True,
        stamps: Stamps | str = Stamps.KEEP,
    ) -> Customer:
        """
        Let a customer be another, for good, and return that one.

        Cards, notes, reviews, tags, totals and used limits go over; the source's id,
        contacts, serial numbers, receipts and referral code go on leading to the
        target.  Of two words on a consent, or on being blocked, the stricter holds.

        Args:
            into: the target's id, which stays.
            fill: what the target does not say (a phone, a birth date), the source says
                for it.
            stamps: ``keep`` stamp cards of the same template apart, or ``sum`` their
                stamps on the target's.

        Raises:
            NotMergeable: they are one, or one of them was merged, deleted or erased.
            LimitReached: the target would have been more than 100 customers.
            Refusal: stamps that cannot be transferred, as ``cards.transfer`` says.
        """
        desk, actor = self._shell.desk, self._shell.manager_id
        how = stamps_of(stamps)
        return self._shell.write(
            lambda session: merge_customers(
                session, desk, source_id, into, actor, fill=fill, stamps=how
            ),
            Permission.MERGE,
        )

    def export_person(self, customer_id: str) -> dict[str, Any]:
        """
        Return all that is kept of one person, fit for JSON.

        Profile, consents with their history, notes, tags, reviews, cards with their
        fields, transactions, the feed; also under ids they had before a merge.
        """
        desk = self._shell.desk

        def read(session: Session) -> dict[str, Any]:
            customer = the_customer(session, desk, customer_id)
            return whole_person(session, desk.program.id, customer.id)

        return self._shell.read(read, Permission.EXPORT)

    def _stand(
        self,
        customer_id: str,
        change: Callable[[Customer], Customer],
        permission: Permission = Permission.EDIT,
    ) -> Customer:
        desk, actor = self._shell.desk, self._shell.manager_id
        return self._shell.write(
            lambda session: change_standing(session, desk, customer_id, change, actor),
            permission,
        )
