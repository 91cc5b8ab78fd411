"""Tags on customers, and what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.tags import TagChange, tag_change, tags_of
from loyaltycore.posting.granting import grant, grants_due
from loyaltycore.posting.people import living_customer, noted, the_customer
from loyaltycore.program.managers import Permission
from loyaltycore.records import tags as records
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["Tags"]


class Tags:
    """
    Tags on customers.

    A tag is put on once, and keeps the local day of that.  What reward cards give for
    it is granted in the same write: once for each customer, reward and tag, also when
    it is taken off and put on again, unless the grant says ``repeat``.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def add(self, customer_id: str, *tags: str) -> dict[str, date]:
        """
        Put tags on a customer, and return all that they have then.

        Args:
            tags: 1 to 64 characters each, on one line.

        Raises:
            UnknownCustomer: there is no such one.
            CustomerGone: they were deleted or erased.
            InvalidValue: a tag that cannot be one.
            LimitReached: they would have more than 100.
        """
        wanted = tags_of(tags)
        return self._change(customer_id, lambda kept: tag_change(kept, add=wanted))

    def remove(self, customer_id: str, *tags: str) -> dict[str, date]:
        """
        Take tags off a customer, and return those that are left.

        What was granted for a tag stays granted.

        Raises:
            UnknownCustomer, CustomerGone, InvalidValue: as ``add`` says.
        """
        gone = tags_of(tags)
        return self._change(customer_id, lambda kept: tag_change(kept, remove=gone))

    def replace(self, customer_id: str, tags: Iterable[str]) -> dict[str, date]:
        """
        Leave a customer with these tags and no others; who stays keeps its day.

        Raises:
            UnknownCustomer, CustomerGone, InvalidValue, LimitReached: as ``add``
                says.
        """
        wanted = tags_of(tags)

        def change(kept: Mapping[str, datetime]) -> TagChange:
            gone = tuple(tag for tag in kept if tag not in wanted)
            return tag_change(kept, add=wanted, remove=gone)

        return self._change(customer_id, change)

    def of_customer(self, customer_id: str) -> dict[str, date]:
        """
        Return a customer's tags, with the local day on which each was put on.

        Raises:
            UnknownCustomer: there is no such one.
        """
        desk = self._shell.desk

        def read(session: Session) -> dict[str, date]:
            customer = the_customer(session, desk, customer_id)
            return self._days(session, customer.id)

        return self._shell.read(read, Permission.VIEW_CUSTOMERS)

    def _change(
        self, customer_id: str, decide: Callable[[Mapping[str, datetime]], TagChange]
    ) -> dict[str, date]:
        desk, by = self._shell.desk, self._shell.by
        program_id, now = desk.program.id, desk.now()

        def write(session: Session) -> dict[str, date]:
            whose = living_customer(session, desk, customer_id).id
            change = decide(records.tags_on(session, program_id, whose))
            if any(change):
                kind, facts = ActivityKind.TAG, change.facts()
                told = noted(desk, whose, kind, facts, actor_id=by.actor_id)
                changes = records.tag_changes(program_id, whose, change, now)
                session.apply([*changes, told])
            for due in grants_due(session, desk, whose, of_tags=change.added):
                grant(session, desk, due, by)
            return self._days(session, whose)

        return self._shell.write(write, Permission.EDIT)

    def _days(self, session: Session, customer_id: str) -> dict[str, date]:
        program = self._shell.desk.program
        put_on = records.tags_on(session, program.id, customer_id)
        return {tag: local_day(at, program.zone) for tag, at in put_on.items()}
