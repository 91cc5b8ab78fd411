"""
The columns of a file of customers.

A further attribute of a customer is one more line in the table below.
"""

from __future__ import annotations

from typing import Final

from loyaltycore.io.cell_values import Action
from loyaltycore.io.columns import Column, ColumnTable, Holds


__all__ = ["ACTION", "CUSTOMER_COLUMNS", "CUSTOMER_TABLE"]

#: What is to be done with a row: create, update, merge or skip.
ACTION: Final = "_action"

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
    Column(field="id", title="id", names=("loyalty id",)),
    Column(field="external_id", title="external id", names=_EXTERNAL, sample="C-1001"),
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
    ),
    Column(
        field="email",
        title="email",
        holds=Holds.EMAIL,
        names=_EMAILS,
        sample="ada@example.com",
    ),
    Column(
        field="birth_date",
        title="date of birth",
        holds=Holds.DAY,
        names=_BIRTHS,
        sample="1985-12-10",
    ),
    Column(field="source", title="source", sample="till"),
    Column(
        field="registered_at",
        title="registered at",
        holds=Holds.MOMENT,
        names=("created at", "joined", "registration date"),
        sample="2026-03-01",
    ),
    Column(field="purchases", title="purchases", holds=Holds.FIGURE),
    Column(field="purchase_value", title="purchase value", holds=Holds.FIGURE),
    Column(field="points", title="points", holds=Holds.FIGURE),
    Column(field="points_earned", title="points earned", holds=Holds.FIGURE),
    Column(field="points_redeemed", title="points redeemed", holds=Holds.FIGURE),
    Column(field="points_expired", title="points expired", holds=Holds.FIGURE),
    Column(field=ACTION, title=ACTION, holds=Holds.ACTION, sample=Action.SKIP.value),
)

#: The same, by name.
CUSTOMER_TABLE: Final = ColumnTable(CUSTOMER_COLUMNS)
