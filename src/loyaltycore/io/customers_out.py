"""
Customers as CSV, and a template to fill in.

Owns how a customer is written.  What is written here is read back by
``io.customer_plan`` as all unchanged.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.io.columns import Holds
from loyaltycore.io.customer_columns import customer_columns
from loyaltycore.io.writing import amount_text, written
from loyaltycore.values.money import exponent


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyaltycore.customers.customer import Customer
    from loyaltycore.program.fields import FieldValue
    from loyaltycore.program.program import Program

__all__ = ["customer_template", "customers_csv"]


def customers_csv(customers: Iterable[Customer], program: Program) -> Iterator[str]:
    """
    Yield customers as text, a row at a time, the header first.

    Phones in E.164, days as 2026-03-01, moments local with their offset, money and
    points with a decimal point.  No cell is run by a spreadsheet; see ``io.cells``.
    """
    zone, scale = program.zone, exponent(program.currency)
    titles = [
        column.title
        for column in customer_columns(program)
        if column.holds is not Holds.ACTION
    ]
    own = [definition.name for definition in program.customer_form.fields]

    def cells(customer: Customer) -> list[object]:
        person = customer.person
        return [
            customer.id,
            person.external_id,
            person.first_name,
            person.last_name,
            person.phone,
            person.email,
            person.birth_date,
            person.gender,
            person.source,
            person.utm,
            customer.registered_at.astimezone(zone).isoformat(),
            *(_own_cell(customer.fields.get(name)) for name in own),
            customer.purchases,
            amount_text(customer.purchase_value, scale),
            amount_text(customer.points, POINT_SCALE),
            amount_text(customer.points_earned, POINT_SCALE),
            amount_text(customer.points_redeemed, POINT_SCALE),
            amount_text(customer.points_expired, POINT_SCALE),
        ]

    return written(titles, map(cells, customers))


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


def _own_cell(value: FieldValue | None) -> object:
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case _:
            return value
