"""
The columns of a file of customers.

A further attribute of a customer is one more line in the table below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.io.cell_values import Action
from loyaltycore.io.columns import Column, ColumnTable, Holds
from loyaltycore.io.consent_columns import (
    MARKETING_COLUMNS,
    column_about,
    consent_column,
)
from loyaltycore.io.dialects import plain_name
from loyaltycore.program.fields import FieldType


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.program.program import Program

__all__ = [
    "ACTION",
    "CUSTOMER_COLUMNS",
    "OWN",
    "TAGS",
    "customer_columns",
    "customer_table",
    "own_field",
]

#: What is to be done with a row: create, update, merge or skip.
ACTION: Final = "_action"

#: Words that the shop has put on a customer.
TAGS: Final = "tags"

#: Before the names of fields that the program has added.
OWN: Final = "field."

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
    Column(field="id", title="id", names=("loyalty id",), tells_apart=True),
    Column(
        field="external_id",
        title="external id",
        names=_EXTERNAL,
        sample="C-1001",
        tells_apart=True,
    ),
    Column(
        field="first_name",
        title="first name",
        names=("firstname", "forename", "given name"),
        sample="Ada",
    ),
    Column(
        field="last_name",
        title="last name",
        names=("lastname", "family name", "surname"),
        sample="Lovelace",
    ),
    Column(
        field="phone",
        title="phone",
        holds=Holds.PHONE,
        names=_PHONES,
        sample="+44 20 7946 0958",
        tells_apart=True,
    ),
    Column(
        field="email",
        title="email",
        holds=Holds.EMAIL,
        names=_EMAILS,
        sample="ada@example.com",
        tells_apart=True,
    ),
    Column(
        field="birth_date",
        title="date of birth",
        holds=Holds.DAY,
        names=_BIRTHS,
        sample="1985-12-10",
    ),
    Column(field="gender", title="gender", sample="female"),
    Column(field="source", title="source", sample="till"),
    Column(field="utm", title="utm", sample="utm_source=flyer"),
    Column(
        field="registered_at",
        title="registered at",
        holds=Holds.MOMENT,
        names=("created at", "joined", "registration date"),
        sample="2026-03-01",
    ),
    Column(field=TAGS, title=TAGS, holds=Holds.TAGS, sample="regular, likes tea"),
    *MARKETING_COLUMNS,
    Column(field="purchases", title="purchases", holds=Holds.FIGURE),
    Column(field="purchase_value", title="purchase value", holds=Holds.FIGURE),
    Column(field="points", title="points", holds=Holds.FIGURE),
    Column(field="points_earned", title="points earned", holds=Holds.FIGURE),
    Column(field="points_redeemed", title="points redeemed", holds=Holds.FIGURE),
    Column(field="points_expired", title="points expired", holds=Holds.FIGURE),
    Column(field=ACTION, title=ACTION, holds=Holds.ACTION, sample=Action.SKIP.value),
)

_TABLE: Final = ColumnTable(CUSTOMER_COLUMNS, consent_column)
_SAMPLES: Final = {
    FieldType.TEXT: "",
    FieldType.INTEGER: "3",
    FieldType.DECIMAL: "2.75",
    FieldType.BOOLEAN: "yes",
    FieldType.DATE: "2026-03-01",
}


def customer_columns(
    program: Program, consents: Iterable[str] = ()
) -> tuple[Column, ...]:
    """
    All columns of a program's file, in the order in which they are written.

    The program's own fields are before the figures, under their names; one whose name
    means something else in a file is called ``own`` and its name.

    Args:
        consents: further ones than those to marketing, which are there anyway.
    """
    names: set[str] = set()
    own: list[Column] = []
    for definition in program.customer_form.fields:
        title = definition.name
        while _TABLE.knows(title) or plain_name(title) in names:
            title = f"own {title}"
        names.add(plain_name(title))
        sample = _SAMPLES.get(definition.type) or ""
        if definition.choices:
            sample = definition.choices[0]
        own.append(
            Column(
                field=own_field(definition.name),
                title=title,
                holds=Holds.OWN,
                sample=sample,
                definition=definition,
            )
        )
    first_figure = next(
        place
        for place, column in enumerate(CUSTOMER_COLUMNS)
        if column.holds is Holds.FIGURE
    )
    further = dict.fromkeys(map(column_about, consents))
    for column in MARKETING_COLUMNS:
        further.pop(column, None)
    return (
        *CUSTOMER_COLUMNS[:first_figure],
        *further,
        *own,
        *CUSTOMER_COLUMNS[first_figure:],
    )


def customer_table(program: Program) -> ColumnTable:
    """The columns of a program's file as they are found by their names."""
    return ColumnTable(customer_columns(program), consent_column)


def own_field(name: str) -> str:
    """What the values of a field that the program has added are called in a row."""
    return f"{OWN}{name}"
