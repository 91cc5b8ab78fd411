"""Registering customers, and changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.customers.customer import Customer, PersonFields
from loyaltycore.customers.filling import (
    Registration,
    changed_fields,
    edited,
    registered,
)
from loyaltycore.posting.registering import change_customer, register
from loyaltycore.program.managers import Permission
from loyaltycore.records import customers as records
from loyaltycore.records.finding import resolved
from loyaltycore.values.codes import make_code


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.shell import Shell

__all__ = ["CustomerRegister"]


class CustomerRegister:
    """Who the customers are."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def register(self, **given: Unpack[Registration]) -> Customer:
        """
        Register a customer.

        Args:
            given: names, phone, e-mail, the program's own ``fields``, ``location``,
                ``tags`` ...; see ``Registration``.

        Raises:
            InvalidFields: naming every field that cannot be, and each that the program
                requires and that is missing; no value is repeated.
            InvalidMoment: ``registered_at`` is naive or in the future.
            DuplicateCustomer: the phone, e-mail address or external id is taken.
            DuplicateField: the value of a unique field of the program's own is.
            UnknownLocation: the program has registered its locations, and this is none.
            TypeError: there is no such field.
        """
        desk, now = self._shell.desk, self._shell.desk.now()
        filled = registered(desk.program, given)
        told = given.get("registered_at")
        if told is not None:
            now = desk.moment("registered_at", told, now)
        customer = Customer(
            id=desk.ids.new(now),
            version=1,
            person=filled.person,
            registered_at=now,
            referral_code=make_code(desk.ids.random(records.REFERRAL_CODE_BYTES)),
            location_id=given.get("location") or self._shell.location_id,
            registered_by=self._shell.manager_id,
            status=filled.status,
            status_reason=filled.status_reason,
            device=filled.device,
            fields=filled.fields,
        )
        return self._shell.standing_at(given.get("location")).write(
            lambda session: register(session, desk, customer, filled.tags),
            Permission.ADD_CUSTOMER,
        )

    def edit(
        self,
        customer_id: str,
        *,
        fields: Mapping[str, object] | None = None,
        **person: Unpack[PersonFields],
    ) -> Customer:
        """
        Change what is given of a customer, and nothing else; None empties a field.

        The activity feed says which fields changed.  Where none does, nothing is
        written.

        Args:
            customer_id: also of one who turned out to be somebody else.
            fields: the program's own fields, by name.
            person: names, phone, e-mail ...; ``source`` and ``utm`` are set once.

        Raises:
            InvalidFields: naming every field that cannot be.
            UnknownCustomer: there is none with this id.
            CustomerGone: they were deleted or erased.
            DuplicateCustomer, DuplicateField: as ``register``.
            TypeError: there is no such field.
        """
        desk, actor_id = self._shell.desk, self._shell.manager_id

        def change(customer: Customer) -> Customer:
            return edited(desk.program, customer, person, fields or {})

        def told(before: Customer, after: Customer) -> list[FeedEntry]:
            now = desk.now()
            return [
                FeedEntry(
                    id=desk.ids.new(now),
                    customer_id=after.id,
                    happened_at=now,
                    kind=ActivityKind.EDIT,
                    details={"fields": changed_fields(before, after)},
                    actor_id=actor_id,
                )
            ]

        return self._shell.write(
            lambda session: change_customer(session, desk, customer_id, change, told),
            Permission.EDIT,
        )

    def get(self, customer_id: str) -> Customer:
        """
        Return a customer with their totals, whatever their status.

        The id of somebody who was merged is that of the customer they turned out to be.

        Raises:
            UnknownCustomer: there is none with this id.
        """
        program_id = self._shell.program_id
        row = self._shell.read(
            lambda session: resolved(session, program_id, customer_id),
            Permission.VIEW_CUSTOMERS,
        )
        return records.customer_of(row)

    def page(
        self, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[Customer], str | None]:
        """
        Return living customers by registration, and what to pass as *cursor* next.

        The second is None on the last page.
        """
        query = records.all_customers(self._shell.program_id, limit, cursor)
        page = self._shell.read(
            lambda session: session.select(query), Permission.VIEW_CUSTOMERS
        )
        return [records.customer_of(row) for row in page.rows], page.cursor
