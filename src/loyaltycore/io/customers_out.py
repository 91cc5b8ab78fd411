"""
Customers as CSV, and a template to fill in.

Owns how a customer is written.  What is written here is read back by
``io.customer_plan`` as all unchanged.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from loyaltycore.customers.belongings import NO_BELONGINGS, Belongings
from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.io.cell_values import tags_text
from loyaltycore.io.columns import Holds
from loyaltycore.io.consent_columns import CONSENT
from loyaltycore.io.customer_columns import customer_columns
from loyaltycore.io.remembering import Remembered
from loyaltycore.io.writing import amount_text, written, written_as
from loyaltycore.values.money import exponent


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyaltycore.customers.customer import Customer
    from loyaltycore.io.columns import Column
    from loyaltycore.program.fields import FieldValue
    from loyaltycore.program.program import Program

__all__ = ["CustomerLine", "customer_template", "customers_csv"]

#: What people have typed in, and what a spreadsheet might run.
_TYPED: Final = {Holds.TEXT, Holds.PHONE, Holds.EMAIL, Holds.TAGS, Holds.OWN}
_FLAGS: Final = {None: None, True: "yes", False: "no"}


class CustomerLine(NamedTuple):
    """A customer who is written, with what belongs to them."""

    customer: Customer
    belongings: Belongings = NO_BELONGINGS


def customers_csv(
    lines: Iterable[CustomerLine], program: Program, consents: Iterable[str] = ()
) -> Iterator[str]:
    """
    Yield customers as text, a row at a time, the header first.

    Phones in E.164, days as 2026-03-01, moments local with their offset, money and
    points with a decimal point.  No cell is run by a spreadsheet; see ``io.cells``.

    Args:
        consents: on which anybody has said anything, beside marketing.
    """
    columns = [
        column
        for column in customer_columns(program, consents)
        if column.holds is not Holds.ACTION
    ]
    cells = _Cells(program, columns)
    header = [column.title for column in columns]
    typed = [place for place, column in enumerate(columns) if column.holds in _TYPED]
    return written_as(header, map(cells.of, lines), typed)


class _Cells:
    """What is written of customers of one program."""

    def __init__(self, program: Program, columns: Iterable[Column]) -> None:
        self._zone = program.zone
        self._own = [definition.name for definition in program.customer_form.fields]
        self._consents = [
            column.field.removeprefix(CONSENT)
            for column in columns
            if column.field.startswith(CONSENT)
        ]
        self._no_belongings: list[object] = [None] * (1 + len(self._consents))
        self._scale = exponent(program.currency)
        self._no_points = amount_text(0, POINT_SCALE)
        self._days = Remembered(date.isoformat)
        self._tags = Remembered(_tags_cell)

    def of(self, line: CustomerLine) -> list[object]:
        """Write a customer, in the order of the columns."""
        customer, belongings = line
        person, none = customer.person, self._no_points
        born = person.birth_date
        belonging = self._no_belongings
        if belongings is not NO_BELONGINGS:
            belonging = self._belonging(belongings)
        return [
            customer.id,
            person.external_id,
            person.first_name,
            person.last_name,
            person.phone,
            person.email,
            None if born is None else self._days[born],
            person.gender,
            person.source,
            person.utm,
            customer.registered_at.astimezone(self._zone).isoformat(),
            *belonging,
            *[_own_cell(customer.fields.get(name)) for name in self._own],
            customer.purchases,
            amount_text(customer.purchase_value, self._scale),
            *[
                amount_text(points, POINT_SCALE) if points else none
                for points in (
                    customer.points,
                    customer.points_earned,
                    customer.points_redeemed,
                    customer.points_expired,
                )
            ],
        ]

    def _belonging(self, belongings: Belongings) -> list[object]:
        flags, said = _FLAGS, belongings.consents.get
        cells: list[object] = [flags[said(about)] for about in self._consents]
        cells.insert(0, self._tags[belongings.tags])
        return cells


def customer_template(program: Program) -> Iterator[str]:
    """
    Yield a file to fill in: the columns that are read, and a row that shows them.

    The row asks to be skipped, so the template as it is creates nobody.
    """
    columns = [
        column
        for column in customer_columns(program)
        if column.holds is not Holds.FIGURE
    ]
    header = [column.title for column in columns]
    return written(header, [[column.sample for column in columns]])


def _tags_cell(tags: frozenset[str]) -> str:
    return tags_text(sorted(tags))


def _own_cell(value: FieldValue | None) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
