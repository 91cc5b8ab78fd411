"""
Columns of a file: what each is called, and what its cells hold.

Owns names and the reading of one cell; which columns there are is said by each kind of
file in a table of its own.
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
    from loyaltycore.program.fields import FieldDefinition
    from loyaltycore.program.program import Program

__all__ = ["REPORT_COLUMNS", "Column", "ColumnTable", "Holds", "parser_for"]

#: What a file of failed rows adds, for its reader only.
REPORT_COLUMNS: Final = ("_line", "_error")


class Holds(StrEnum):
    """
    What the cells of a column hold.

    ``own`` is a field that the program has added; ``figure`` is written and never read.
    """

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    ACTION = "action"
    OWN = "own"
    FIGURE = "figure"


@attrs.frozen(kw_only=True)
class Column:
    """
    One column.

    Attributes:
        field: what it says something about.
        title: in templates and exports.
        names: further names, in the form of ``plain_name``.
        sample: what a template shows.
        definition: of a field that the program has added.
    """

    field: str
    title: str
    holds: Holds = Holds.TEXT
    names: tuple[str, ...] = ()
    sample: str = ""
    definition: FieldDefinition | None = None


class ColumnTable:
    """The columns of one kind of file, found by the names of a header."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._by_field = {column.field: column for column in columns}
        self._by_name = {
            plain_name(name): column
            for column in columns
            for name in (column.title, column.field, *column.names)
        }

    def knows(self, name: str) -> bool:
        """Say whether a plain name stands for a column."""
        return name in self._by_name

    def assigned(
        self, header: Sequence[str], columns: Mapping[str, str | None]
    ) -> dict[int, Column]:
        """
        Say which cell of a row is which column.

        Args:
            columns: what the caller calls them: a name of the header, and the field;
                None for a column that does not count.

        Raises:
            FileUnreadable: a column that the caller named is not there, or two columns
                are the same one; ``column`` names it.
            InvalidValue: there is no such field.
        """
        self._check(header, columns)
        found: dict[int, Column] = {}
        for place, name in enumerate(header):
            if name in columns:
                field = columns[name]
                column = None if field is None else self._by_field[field]
            else:
                column = self._by_name.get(plain_name(name))
            if column is None:
                continue
            if column in found.values():
                message = (
                    f"Two columns of the header are the {column.title}; rename one, or"
                    " say which one does not count."
                )
                raise FileUnreadable(message, reason="header", column=name)
            found[place] = column
        return found

    def _check(self, header: Sequence[str], columns: Mapping[str, str | None]) -> None:
        for name, field in columns.items():
            if field is not None and field not in self._by_field:
                known = ", ".join(self._by_field)
                raise InvalidValue("columns", f"{field!r} is none of {known}.")
            if name not in header:
                message = (
                    f"The header has no column {name!r}; name the one that is meant."
                )
                raise FileUnreadable(message, reason="header", column=name)


def parser_for(
    column: Column, reading: Reading, program: Program
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
        case Holds.NUMBER:
            return partial(cells.number_of, style=reading.numbers)
        case Holds.ACTION:
            return cells.action_of
        case Holds.OWN:
            assert column.definition is not None, "a field of the program's own has one"
            return partial(
                cells.own_of,
                definition=column.definition,
                order=order,
                style=reading.numbers,
            )
        case Holds.FIGURE:
            return None
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
