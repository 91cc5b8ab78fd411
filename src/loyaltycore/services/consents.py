"""Consents of customers, by channel and purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.consents import (
    MARKETING,
    Channel,
    Consent,
    ConsentChange,
    changed,
    channel_of,
)
from loyaltycore.posting.people import living_customer, noted, the_customer
from loyaltycore.program.managers import Permission
from loyaltycore.records import consents as records
from loyaltycore.records.finding import everyone_who_became


if TYPE_CHECKING:
    from loyaltycore.ports import Page, Session
    from loyaltycore.shell import Shell

__all__ = ["ConsentPage", "Consents"]


@attrs.frozen
class ConsentPage:
    """Some changes of consents; *cursor* is None behind the last one."""

    changes: tuple[ConsentChange, ...]
    cursor: str | None


class Consents:
    """What customers allow, by which channel and for what purpose; nothing at first."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def give(
        self,
        customer_id: str,
        channel: Channel | str,
        purpose: str = MARKETING,
        *,
        source: str | None = None,
    ) -> Consent:
        """
        Note down that a customer allows something; what they allow already stays.

        Args:
            channel: sms, email, whatsapp, push, phone or post.
            purpose: a name, such as ``marketing`` or ``service``.
            source: where they said so, a name such as ``sign_up_form``.

        Raises:
            UnknownCustomer: there is no such one.
            CustomerGone: they were deleted or erased.
            InvalidValue: a channel that is none; a purpose or source that is no name.
        """
        return self._change(customer_id, channel, purpose, source, is_given=True)

    def withdraw(
        self,
        customer_id: str,
        channel: Channel | str,
        purpose: str = MARKETING,
        *,
        source: str | None = None,
    ) -> Consent:
        """
        Note down that a customer does not allow something, or no longer.

        Raises:
            UnknownCustomer, CustomerGone, InvalidValue: as ``give`` says.
        """
        return self._change(customer_id, channel, purpose, source, is_given=False)

    def is_given(
        self, customer_id: str, channel: Channel | str, purpose: str = MARKETING
    ) -> bool:
        """
        Does a customer allow it?  Not unless they said so, and not once they are gone.

        Raises:
            UnknownCustomer: there is no such one.
            InvalidValue: there is no such channel.
        """
        asked = channel_of(channel)
        return any(
            consent.is_given
            for consent in self.of_customer(customer_id)
            if (consent.channel, consent.purpose) == (asked, purpose)
        )

    def of_customer(self, customer_id: str) -> tuple[Consent, ...]:
        """
        Return how it stands with whatever a customer has said anything about.

        Raises:
            UnknownCustomer: there is no such one.
        """
        desk = self._shell.desk

        def read(session: Session) -> tuple[Consent, ...]:
            customer = the_customer(session, desk, customer_id)
            return records.consents_of(session, desk.program.id, customer.id)

        return self._shell.read(read, Permission.VIEW_CUSTOMERS)

    def history(
        self, customer_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> ConsentPage:
        """
        Return a page of all that a customer has said, newest first.

        Raises:
            UnknownCustomer: there is no such one.
            InvalidValue: the limit or cursor cannot be.
        """
        desk = self._shell.desk

        def read(session: Session) -> Page:
            customer = the_customer(session, desk, customer_id)
            ids = everyone_who_became(session, desk.program.id, customer.id)
            query = records.history_of(desk.program.id, ids, limit, cursor)
            return session.select(query)

        page = self._shell.read(read, Permission.VIEW_CUSTOMERS)
        return ConsentPage(tuple(map(records.change_of, page.rows)), page.cursor)

    def _change(
        self,
        customer_id: str,
        channel: Channel | str,
        purpose: str,
        source: str | None,
        *,
        is_given: bool,
    ) -> Consent:
        desk, actor = self._shell.desk, self._shell.manager_id
        program_id, now = desk.program.id, desk.now()
        said = changed(
            ConsentChange(
                id=desk.ids.new(now),
                customer_id=customer_id,
                channel=channel_of(channel),
                purpose=purpose,
                is_given=is_given,
                changed_at=now,
                source=source,
                actor_id=actor,
            )
        )

        def write(session: Session) -> Consent:
            whose = living_customer(session, desk, customer_id).id
            change = attrs.evolve(said, customer_id=whose)
            (row,) = session.get([records.consent_ref(program_id, change)])
            before = None if row is None else records.consent_of(row)
            if before is not None and before.is_given is is_given:
                return before
            kind, facts = ActivityKind.CONSENT, change.facts()
            told = noted(desk, whose, kind, facts, actor_id=actor)
            changes = records.consent_changes(program_id, before, change)
            session.apply([*changes, told])
            return change.state

        return self._shell.write(write, Permission.EDIT)
