"""Registering customers and finding them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.customer import Customer, Person, person_of
from loyaltycore.customers.search_keys import tokens_for, tokens_of
from loyaltycore.errors import DuplicateCustomer, UnknownCustomer
from loyaltycore.ports import Insert
from loyaltycore.records import customers as records
from loyaltycore.values.contact import parse_email, parse_phone


if TYPE_CHECKING:
    from datetime import date, datetime

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
        first_name: str | None = None,
        last_name: str | None = None,
        phone: str | None = None,
        email: str | None = None,
        external_id: str | None = None,
        birth_date: date | None = None,
        source: str | None = None,
        registered_at: datetime | None = None,
    ) -> Customer:
        """
        Register a customer.

        Args:
            phone: in any notation; without a country code it is read as one of the
                program's region.
            external_id: what your own system calls this customer.
            registered_at: if that was before now.

        Raises:
            InvalidPhone, InvalidEmail, InvalidValue, InvalidMoment: a field that
                cannot be.
            DuplicateCustomer: the phone, e-mail address or external id is taken.
        """
        desk = self._shell.desk
        person = person_of(
            Person(
                first_name=first_name,
                last_name=last_name,
                phone=phone,
                email=email,
                external_id=external_id,
                birth_date=birth_date,
                source=source,
            ),
            desk.program,
        )
        now = desk.now()
        if registered_at is not None:
            now = desk.moment("registered_at", registered_at, now)
        customer = Customer(
            id=desk.ids.new(now), version=1, person=person, registered_at=now
        )
        return self._shell.write(lambda session: self._insert(session, customer))

    def get(self, customer_id: str) -> Customer:
        """
        Return a customer with their totals.

        Raises:
            UnknownCustomer: there is none with this id.
        """
        ref = records.customer_ref(self._shell.program_id, customer_id)
        (row,) = self._shell.read(lambda session: session.get([ref]))
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
        return self._shell.read(lambda session: self._by_unique(session, field, value))

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

        rows = (row for row in self._shell.read(find) if row is not None)
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
        page = self._shell.read(lambda session: session.select(query))
        return [records.customer_of(row) for row in page.rows], page.cursor

    def _insert(self, session: Session, customer: Customer) -> Customer:
        program_id = self._shell.program_id
        for field in records.UNIQUE_FIELDS:
            value = getattr(customer.person, field)
            if value is not None:
                taken = self._by_unique(session, field, value)
                if taken is not None:
                    raise DuplicateCustomer(field, taken.id)
        tokens = tokens_of(customer.person)
        session.apply(
            [
                Insert("customer", [records.customer_row(program_id, customer)]),
                records.token_rows(program_id, customer.id, tokens),
            ]
        )
        return customer

    def _by_unique(self, session: Session, field: str, value: str) -> Customer | None:
        ref = records.unique_ref(self._shell.program_id, field, value)
        (row,) = session.get([ref])
        return None if row is None else records.customer_of(row)


def _age(customer: Customer) -> tuple[datetime, str]:
    return customer.registered_at, customer.id
