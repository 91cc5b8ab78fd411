"""
Rows of a file, read as customers.

Owns what is wrong with a row by itself; whether its customer is known is not asked.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from loyaltycore.errors import FileUnreadable, InvalidValue
from loyaltycore.io.cell_values import BadCell
from loyaltycore.io.csv_files import BadRecord, open_csv
from loyaltycore.io.customer_columns import (
    REPORT_COLUMNS,
    Holds,
    assigned,
    column_named,
    parser_for,
)
from loyaltycore.io.dialects import plain_name
from loyaltycore.io.reading import Reading
from loyaltycore.io.report import RowError


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from loyaltycore.io.csv_files import CsvFile, Record
    from loyaltycore.io.sources import Source
    from loyaltycore.program.program import Program

__all__ = [
    "IDENTITY",
    "Action",
    "CustomerImport",
    "CustomerRow",
    "CustomerRows",
    "Duplicates",
    "OnMatch",
    "OnNew",
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


class Action(StrEnum):
    """What a row asks for in its column ``_action``; ``merge`` is the usual."""

    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    SKIP = "skip"


@attrs.frozen(kw_only=True)
class CustomerImport:
    """
    How a file of customers is read, and what its rows do.

    Attributes:
        reading: encoding, delimiter, days, numbers, limits.
        columns: the header's name of a column, to the letter, and the customer's field
            that it is; None for a column that does not count.  Columns with a name of
            ours need no mention.
        identity: by what a customer is recognised, in this order.
        on_match: what becomes of a row whose customer is known.
        on_new: what becomes of a row whose customer is not.
        duplicates: what becomes of a row whose customer is in the file twice.
        clear: fields that an empty cell empties; in others it leaves what is there.

    Raises:
        InvalidValue: a field that there is not, or none to recognise a customer by.
    """

    reading: Reading = attrs.field(factory=Reading)
    columns: Mapping[str, str | None] = attrs.field(factory=dict[str, "str | None"])
    identity: tuple[str, ...] = IDENTITY
    on_match: OnMatch = attrs.field(default=OnMatch.UPDATE, converter=OnMatch)
    on_new: OnNew = attrs.field(default=OnNew.CREATE, converter=OnNew)
    duplicates: Duplicates = attrs.field(default=Duplicates.ERROR, converter=Duplicates)
    clear: frozenset[str] = attrs.field(default=frozenset(), converter=frozenset)

    def __attrs_post_init__(self) -> None:
        if not self.identity or not {*self.identity} <= {*IDENTITY}:
            message = f"one or more of {', '.join(IDENTITY)}."
            raise InvalidValue("identity", message)
        if self.clear & {"id", "registered_at"}:
            message = "a customer keeps their id and the moment of registration."
            raise InvalidValue("clear", message)


class CustomerRow(NamedTuple):
    """
    One row as it was read.

    Attributes:
        values: what the row says of its customer, by field; None empties the field.
        errors: what is wrong with it.
        cells: as they were written.
    """

    line: int
    number: int
    action: Action | None
    values: dict[str, Any]
    errors: tuple[RowError, ...]
    cells: list[str]


class CustomerRows:
    """
    The rows of a file of customers; they can be read any number of times.

    Raises:
        FileUnreadable: the file cannot be read at all, or its header has no column of
            a customer, or one of them twice.
    """

    def __init__(self, source: Source, rules: CustomerImport, program: Program) -> None:
        named = {plain_name(name) for name, field in rules.columns.items() if field}

        def is_known(name: str) -> bool:
            return name in named or column_named(name) is not None

        self.file: CsvFile = open_csv(source, is_known=is_known, reading=rules.reading)
        columns, self._action = assigned(self.file.header, rules.columns)
        self._parsers: list[tuple[int, str, Callable[[str], object], bool]] = []
        for place, column in columns.items():
            parse = parser_for(column, rules.reading, program)
            if parse is not None:
                clears = column.field in rules.clear
                self._parsers.append((place, column.field, parse, clears))
        if not self._parsers:
            message = "The file has figures only; no column of it can be read in."
            raise FileUnreadable(message, reason="header")
        #: what the header calls each field
        self.names = {
            column.field: self.file.header[place] for place, column in columns.items()
        }
        named_places = {*columns, self._action}
        self.unused: tuple[str, ...] = tuple(
            name
            for place, name in enumerate(self.file.header)
            if place not in named_places
            and plain_name(name) not in REPORT_COLUMNS
            and name
        ) + tuple(
            self.file.header[place]
            for place, column in columns.items()
            if column.holds is Holds.FIGURE
        )

    def __iter__(self) -> Iterator[CustomerRow]:
        for record in self.file.records():
            if isinstance(record, BadRecord):
                yield CustomerRow(
                    record.line, record.number, None, {}, (record.error,), record.cells
                )
            else:
                yield self._row(record)

    def _row(self, record: Record) -> CustomerRow:
        cells = record.cells
        values: dict[str, Any] = {}
        errors: list[RowError] = []
        for place, field, parse, clears in self._parsers:
            cell = cells[place].strip()
            if not cell:
                if clears:
                    values[field] = None
                continue
            try:
                values[field] = parse(cell)
            except BadCell as bad:
                errors.append(self._error(record, place, bad.code, bad.message))
        action = None
        if self._action is not None:
            written = cells[self._action].strip().lower()
            if written:
                try:
                    action = Action(written)
                except ValueError:
                    message = f"Write one of {', '.join(Action)}, or leave it empty."
                    errors.append(
                        self._error(record, self._action, "invalid_action", message)
                    )
        return CustomerRow(
            record.line, record.number, action, values, tuple(errors), cells
        )

    def _error(self, record: Record, place: int, code: str, message: str) -> RowError:
        return RowError(
            line=record.line,
            column=self.file.header[place],
            code=code,
            message=message,
            record=record.number,
            value=record.cells[place],
        )
