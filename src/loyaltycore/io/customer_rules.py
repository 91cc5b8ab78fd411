"""
How a file of customers is read, and what its rows do.

Owns the caller's choices; nothing is decided here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.io.consent_columns import consent_column
from loyaltycore.io.customer_columns import customer_table
from loyaltycore.io.reading import Reading
from loyaltycore.io.table_rows import TableRows


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.io.sources import Source
    from loyaltycore.program.program import Program

__all__ = [
    "IDENTITY",
    "CustomerImport",
    "Duplicates",
    "OnMatch",
    "OnNew",
    "Tagging",
    "customer_rows",
]

#: By what a customer is recognised, the first that is found deciding.
IDENTITY: Final = ("id", "external_id", "phone", "email")


class OnMatch(StrEnum):
    """What becomes of a row whose customer is known."""

    UPDATE = "update"
    SKIP = "skip"
    ERROR = "error"


class OnNew(StrEnum):
    """What becomes of a row whose customer is not known."""

    CREATE = "create"
    SKIP = "skip"
    ERROR = "error"


class Duplicates(StrEnum):
    """
    What becomes of a row whose customer is in the file on another line as well.

    ``error`` refuses the later ones and names the first line; ``first`` and ``last``
    take that one and skip the others.
    """

    ERROR = "error"
    FIRST = "first"
    LAST = "last"


class Tagging(StrEnum):
    """What the tags of a row do to those that a customer has."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


@attrs.frozen(kw_only=True)
class CustomerImport:
    """
    How a file of customers is read, and what its rows do.

    Attributes:
        reading: encoding, delimiter, days, numbers, limits.
        columns: the header's name of a column, to the letter, and the customer's field
            that it is, ``fields.`` in front of one of the program's own; None for a
            column that does not count.  Columns with a name of ours need no mention.
        identity: by what a customer is recognised, in this order.
        on_match: what becomes of a row whose customer is known.
        on_new: what becomes of a row whose customer is not.
        duplicates: what becomes of a row whose customer is in the file twice.
        tags: whether a row's tags are put on, are all that stay, or are taken off.
        clear: fields that an empty cell empties; in others it leaves what is there.
        notify: whether messages tell of the vouchers that reward cards give for tags;
            else nobody hears of them.

    Raises:
        InvalidValue: a field that there is not, or none to recognise a customer by.
    """

    reading: Reading = attrs.field(factory=Reading)
    columns: Mapping[str, str | None] = attrs.field(factory=dict[str, "str | None"])
    identity: tuple[str, ...] = IDENTITY
    on_match: OnMatch = attrs.field(default=OnMatch.UPDATE, converter=OnMatch)
    on_new: OnNew = attrs.field(default=OnNew.CREATE, converter=OnNew)
    duplicates: Duplicates = attrs.field(default=Duplicates.ERROR, converter=Duplicates)
    tags: Tagging = attrs.field(default=Tagging.ADD, converter=Tagging)
    clear: frozenset[str] = attrs.field(default=frozenset(), converter=frozenset)
    notify: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.identity or not {*self.identity} <= {*IDENTITY}:
            message = f"one or more of {', '.join(IDENTITY)}."
            raise InvalidValue("identity", message)
        if self.clear & {"id", "registered_at"}:
            message = "a customer keeps their id and the moment of registration."
            raise InvalidValue("clear", message)
        if any(map(consent_column, self.clear)):
            message = "a consent is given or withdrawn in words."
            raise InvalidValue("clear", message)


def customer_rows(source: Source, rules: CustomerImport, program: Program) -> TableRows:
    """
    Open a file of customers.

    Raises:
        FileUnreadable: it cannot be read at all; see ``TableRows``.
    """
    return TableRows(
        source,
        customer_table(program),
        program,
        reading=rules.reading,
        columns=rules.columns,
        clear=rules.clear,
    )
