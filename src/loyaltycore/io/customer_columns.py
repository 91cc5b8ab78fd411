"""
The columns of a file of customers: what each is called and what it holds.

Owns names and the reading and writing of one cell; what a row does is the planner's
affair.  A further attribute of a customer is one more line in the table below.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, assert_never

import attrs

from loyaltycore.errors import FileUnreadable, InvalidValue
from loyaltycore.io import cell_values as cells
from loyaltycore.io.dialects import plain_name
from loyaltycore.values.contact import check_region


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from loyaltycore.io.reading import Reading
    from loyaltycore.program.program import Program

__all__ = [
    "ACTION",
    "CUSTOMER_COLUMNS",
    "REPORT_COLUMNS",
    "CustomerColumn",
    "Holds",
    "assigned",
    "column_named",
    "parser_for",
]


class Holds(StrEnum):
    """What the cells of a column hold; ``figure`` is written and never read."""

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    DAY = "day"
    MOMENT = "moment"
    FIGURE = "figure"


@attrs.frozen(kw_only=True)
class CustomerColumn:
    """
    One column.

    Attributes:
        field: of the customer.
        title: in templates and exports.
        names: further names, in the form of ``plain_name``.
        sample: what a template shows.
    """

    field: str
    title: str
    holds: Holds = Holds.TEXT
    names: tuple[str, ...] = ()
    sample: str = ""


_PHONES: Final = (
    "contact number",
    "mobile",
    "mobile phone",
    "phone number",
    "telephone",
)
_EMAILS: Final = ("e mail", "e mail address", "email address", "mail")
_BIRTHS: Final = ("birth date", "birthdate", "birthday", "dob")
_EXTERNAL: Final = ("customer id", "customer number", "reference", "reference id")

#: In the order in which they are written.
CUSTOMER_COLUMNS: Final = (
    CustomerColumn(field="id", title="id", names=("loyalty id",)),
    CustomerColumn(
        field="external_id", title="external id", names=_EXTERNAL, sample="C-1001"
    ),
    CustomerColumn(
        field="first_name",
        title="first name",
        names=("firstname", "forename", "given name"),
        sample="Ada",
    ),
    CustomerColumn(
        field="last_name",
        title="last name",
        names=("lastname", "family name", "surname"),
        sample="Lovelace",
    ),
    CustomerColumn(
        field="phone",
        title="phone",
        holds=Holds.PHONE,
        names=_PHONES,
        sample="+44 20 7946 0958",
    ),
    CustomerColumn(
        field="email",
        title="email",
        holds=Holds.EMAIL,
        names=_EMAILS,
        sample="ada@example.com",
    ),
    CustomerColumn(
        field="birth_date",
        title="date of birth",
        holds=Holds.DAY,
        names=_BIRTHS,
        sample="1985-12-10",
    ),
    CustomerColumn(field="source", title="source", sample="till"),
    CustomerColumn(
        field="registered_at",
        title="registered at",
        holds=Holds.MOMENT,
        names=("created at", "joined", "registration date"),
        sample="2026-03-01",
    ),
    CustomerColumn(field="purchases", title="purchases", holds=Holds.FIGURE),
    CustomerColumn(field="purchase_value", title="purchase value", holds=Holds.FIGURE),
    CustomerColumn(field="points", title="points", holds=Holds.FIGURE),
    CustomerColumn(field="points_earned", title="points earned", holds=Holds.FIGURE),
    CustomerColumn(
        field="points_redeemed", title="points redeemed", holds=Holds.FIGURE
    ),
    CustomerColumn(field="points_expired", title="points expired", holds=Holds.FIGURE),
)

#: What is to be done with a row: create, update, merge or skip.
ACTION: Final = "_action"

#: What a file of failed rows adds, for its reader only.
REPORT_COLUMNS: Final = ("_line", "_error")

_BY_NAME: Final = {
    plain_name(name): column
    for column in CUSTOMER_COLUMNS
    for name in (column.title, column.field, *column.names)
}
_BY_FIELD: Final = {column.field: column for column in CUSTOMER_COLUMNS}


def column_named(name: str) -> CustomerColumn | None:
    """Return the column that a plain name stands for."""
    return _BY_NAME.get(name)


def assigned(
    header: Sequence[str], columns: Mapping[str, str | None]
) -> tuple[dict[int, CustomerColumn], int | None]:
    """
    Say which cell of a row is which column, and which one is the action.

    Args:
        columns: what the caller calls them: a name of the header, and the customer's
            field; None for a column that does not count.

    Raises:
        FileUnreadable: a column that the caller named is not there, or two columns are
            the same one; ``column`` names it.
        InvalidValue: the customer has no such field.
    """
    for name, field in columns.items():
        if field is not None and field not in _BY_FIELD:
            known = ", ".join(_BY_FIELD)
            raise InvalidValue("columns", f"{field!r} is none of {known}.")
        if name not in header:
            message = f"The header has no column {name!r}; name the one that is meant."
            raise FileUnreadable(message, reason="header", column=name)
    found: dict[int, CustomerColumn] = {}
    action: int | None = None
    for place, name in enumerate(header):
        plain = plain_name(name)
        if plain == ACTION:
            action = place
            continue
        if name in columns:
            field = columns[name]
            column = None if field is None else _BY_FIELD[field]
        else:
            column = _BY_NAME.get(plain)
        if column is None:
            continue
        if column in found.values():
            message = (
                f"Two columns of the header are the customer's {column.title}; rename"
                " one, or say which one does not count."
            )
            raise FileUnreadable(message, reason="header", column=name)
        found[place] = column
    return found, action


def parser_for(
    column: CustomerColumn, reading: Reading, program: Program
) -> Callable[[str], object] | None:
    """
    Return what reads a cell of the column; None: it is only ever written.

    Raises:
        InvalidValue: the phone region is none.
    """
    region = reading.phone_region or program.phone_region
    order, zone = reading.date_order, program.zone
    match column.holds:
        case Holds.TEXT:
            return cells.text_of
        case Holds.PHONE:
            check_region(region)
            return partial(cells.phone_of, region=region)
        case Holds.EMAIL:
            return cells.email_of
        case Holds.DAY:
            return partial(cells.day_of, order=order)
        case Holds.MOMENT:
            return partial(cells.moment_of, order=order, zone=zone)
        case Holds.FIGURE:
            return None
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
