"""Registering customers and finding them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from loyaltycore.customers.customer import Customer, Person, PersonFields, person_of
from loyaltycore.customers.search_keys import tokens_for
from loyaltycore.errors import DuplicateCustomer, UnknownCustomer
from loyaltycore.program.fields import filled_in
from loyaltycore.program.managers import Permission
from loyaltycore.records import customers as records
from loyaltycore.records.quotas import make_room
from loyaltycore.values.codes import make_code
from loyaltycore.values.contact import parse_email, parse_phone


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.shell import Shell

__all__ = ["Customers"]

_MATCHES_MAX = 500


class Customers:
    """Customers of the program."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def register(
        self,
        *,
        fields: Mapping[str, object] | None = None,
        location: str | None = None,
        registered_at: datetime | None = None,
        **person: Unpack[PersonFields],
    ) -> Customer:
        """
        Register a customer.

        Args:
            fields: the program's own fields, by name.
            location: where they are registered.
            registered_at: if that was before now.
            person: names, phone, e-mail ...; see ``PersonFields``.

        Raises:
            InvalidPhone, InvalidEmail, InvalidValue, InvalidFields, InvalidMoment: a
                field that cannot be.
            DuplicateCustomer: the phone, e-mail address or external id is taken.
            QuotaReached: the plan has as many customers as it may have.
        """
        desk = self._shell.desk
        asked = desk.program.customer_form
        now = desk.now()
        if registered_at is not None:
            now = desk.moment("registered_at", registered_at, now)
        customer = Customer(
            id=desk.ids.new(now),
            version=1,
            person=person_of(Person(**person), desk.program),
            registered_at=now,
            referral_code=make_code(desk.ids.random(records.REFERRAL_CODE_BYTES)),
            location_id=location or self._shell.location_id,
            registered_by=self._shell.manager_id,
            fields=filled_in(asked.fields, fields or {}),
        )
        shell = self._shell.standing_at(location)
        return shell.write(
            lambda session: self._insert(session, customer), Permission.ADD_CUSTOMER
        )

    def get(self, customer_id: str) -> Customer:
        """
        Return a customer with their totals.

        Raises:
            UnknownCustomer: there is none with this id.
        """
        ref = records.customer_ref(self._shell.program_id, customer_id)
        (row,) = self._shell.read(
            lambda session: session.get([ref]), Permission.VIEW_CUSTOMERS
        )
        if row is None:
            raise UnknownCustomer(customer_id)
        return records.customer_of(row)

    def find(
        self,
        *,
        phone: str | None = None,
        email: str | None = None,
        external_id: str | None = None,
    ) -> Customer | None:
        """
        Return the one customer with this phone, e-mail address or external id.

        The first of the three that is given decides.
        """
        region = self._shell.desk.program.phone_region
        wanted = {
            "phone": parse_phone(phone, region) if phone else None,
            "email": parse_email(email) if email else None,
            "external_id": external_id,
        }
        field, value = next(
            ((field, value) for field, value in wanted.items() if value), ("", "")
        )
        if not value:
            return None
        return self._shell.read(
            lambda session: self._by_unique(session, field, value),
            Permission.VIEW_CUSTOMERS,
        )

    def search(self, text: str, *, limit: int = 50) -> list[Customer]:
        """
        Return customers that a search box's text fits, earliest registered first.

        The beginning of any word of a name (case and accents aside), of the e-mail
        address or external id, or the last digits of a phone, at least four; several
        words all have to fit.
        """
        words = tokens_for(text)
        program_id = self._shell.program_id

        def find(session: Session) -> list[Row | None]:
            found: set[str] | None = None
            for prefixes in words:
                query = records.tokens_like(program_id, prefixes, _MATCHES_MAX)
                ids = {row["customer_id"] for row in session.select(query).rows}
                found = ids if found is None else found & ids
            refs = [records.customer_ref(program_id, each) for each in found or ()]
            return session.get(refs)

        found = self._shell.read(find, Permission.VIEW_CUSTOMERS)
        rows = (row for row in found if row is not None)
        customers = sorted(map(records.customer_of, rows), key=_age)
        return customers[:limit]

    def page(
        self, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[Customer], str | None]:
        """
        Return customers by registration, and what to pass as *cursor* for the next.

        The second is None on the last page.
        """
        query = records.all_customers(self._shell.program_id, limit, cursor)
        page = self._shell.read(
            lambda session: session.select(query), Permission.VIEW_CUSTOMERS
        )
        return [records.customer_of(row) for row in page.rows], page.cursor

    def _insert(self, session: Session, customer: Customer) -> Customer:
        program = self._shell.desk.program
        for field in program.customer_form.unique:
            value = getattr(customer.person, field)
            if value is not None:
                taken = self._by_unique(session, field, value)
                if taken is not None:
                    raise DuplicateCustomer(field, taken.id)
        make_room(session, program)
        session.apply(records.registration_changes(program, [customer]))
        return customer

    def _by_unique(self, session: Session, field: str, value: str) -> Customer | None:
        ref = records.unique_ref(self._shell.program_id, field, value)
        (row,) = session.get([ref])
        return None if row is None else records.customer_of(row)


def _age(customer: Customer) -> tuple[datetime, str]:
    return customer.registered_at, customer.id
