"""
What a row of a file of customers comes to, and what a customer is recognised by.

Owns the outcomes and the identities; which row comes to what is decided in
``io.customer_plan``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import attrs

from loyaltycore.customers.belongings import NO_BELONGINGS, Belongings
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.io.consent_columns import CONSENT
from loyaltycore.io.customer_columns import TAGS, own_field
from loyaltycore.io.customer_rules import IDENTITY
from loyaltycore.io.report import Failed, Outcome, Skipped
from loyaltycore.program.fields import compared


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from loyaltycore.io.table_rows import TableRow
    from loyaltycore.program.customer_form import CustomerForm
    from loyaltycore.program.fields import FieldValue

__all__ = [
    "Create",
    "Identity",
    "Known",
    "PlannedRow",
    "Unchanged",
    "Update",
    "identities_in",
    "identities_of",
    "recognised_by",
    "unique_values",
]

#: A field of ``IDENTITY`` and its value.
Identity: TypeAlias = tuple[str, str]


class Known(NamedTuple):
    """
    What is known of those whom rows may be about.

    Attributes:
        customers: by each identity, those who have one of the rows' at least.
        taken: values of unique fields that the program has added, and who has them.
        belongings: tags and consents by the customer's id, where rows speak of them.
    """

    customers: Mapping[Identity, Customer] = MappingProxyType({})
    taken: Mapping[Identity, str] = MappingProxyType({})
    belongings: Mapping[str, Belongings] = MappingProxyType({})


class Create(NamedTuple):
    """A new customer."""

    line: int
    person: Person
    registered_at: datetime | None
    fields: Mapping[str, FieldValue] = MappingProxyType({})
    belongings: Belongings = NO_BELONGINGS

    @property
    def outcome(self) -> Outcome:
        """Created."""
        return Outcome.CREATED


class Update(NamedTuple):
    """
    Other facts about a known one.

    Attributes:
        had: tags and consents, where the file says anything of them.
        belongings: the same as they will be.
    """

    line: int
    customer: Customer
    person: Person
    fields: Mapping[str, FieldValue]
    had: Belongings = NO_BELONGINGS
    belongings: Belongings = NO_BELONGINGS

    @property
    def outcome(self) -> Outcome:
        """Updated."""
        return Outcome.UPDATED

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What was and what will be, by field."""
        before, own = self.customer.person, self.customer.fields
        person = {
            field.name: (was, will)
            for field in attrs.fields(Person)
            if (was := getattr(before, field.name))
            != (will := getattr(self.person, field.name))
        }
        fields = {
            own_field(name): (own.get(name), self.fields.get(name))
            for name in sorted({*own, *self.fields})
            if own.get(name) != self.fields.get(name)
        }
        consents = {
            f"{CONSENT}{about}": (self.had.consents.get(about), is_given)
            for about, is_given in self.belongings.said_anew(self.had).items()
        }
        tags = {}
        if self.had.tags != self.belongings.tags:
            tags[TAGS] = sorted(self.had.tags), sorted(self.belongings.tags)
        return {**person, **fields, **tags, **consents}


class Unchanged(NamedTuple):
    """The row says what is known."""

    line: int
    customer_id: str

    @property
    def outcome(self) -> Outcome:
        """Unchanged."""
        return Outcome.UNCHANGED


PlannedRow: TypeAlias = Create | Update | Unchanged | Skipped | Failed


def identities_of(customer: Customer, form: CustomerForm) -> list[Identity]:
    """Everything that a customer is recognised by: what only they may have."""
    person = customer.person
    unique = [field for field in IDENTITY[1:] if field in form.unique]
    values = [(field, getattr(person, field)) for field in unique]
    return [("id", customer.id), *(each for each in values if each[1])]


def recognised_by(form: CustomerForm, fields: Collection[str]) -> tuple[str, ...]:
    """
    Say which of some fields recognise a customer.

    One that the program does not keep unique recognises nobody.
    """
    return tuple(
        field
        for field in IDENTITY
        if field in fields and (field == "id" or field in form.unique)
    )


def identities_in(row: TableRow, fields: Iterable[str]) -> list[Identity]:
    """List what a row says in fields that recognise its customer."""
    values = row.values
    return [(field, value) for field in fields if (value := values.get(field))]


def unique_values(
    form: CustomerForm, fields: Mapping[str, FieldValue]
) -> list[Identity]:
    """List what only one customer may have in a field that the program has added."""
    return [
        (own_field(field.name), compared(fields[field.name]))
        for field in form.fields
        if field.unique and field.name in fields
    ]
