"""
Columns of a file: what each is called, and what its cells hold.

Owns names; which columns there are is said by each kind of file in a table of its own,
and how their cells are read by ``io.cell_readers``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import FileUnreadable, InvalidValue
from loyaltycore.io.dialects import plain_name


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from loyaltycore.program.fields import FieldDefinition

__all__ = ["REPORT_COLUMNS", "Column", "ColumnTable", "Holds"]

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
    FLAG = "flag"
    TAGS = "tags"
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
        tells_apart: hardly two rows of a file say the same in it.
    """

    field: str
    title: str
    holds: Holds = Holds.TEXT
    names: tuple[str, ...] = ()
    sample: str = ""
    definition: FieldDefinition | None = None
    tells_apart: bool = False


def _no_further(_: str) -> None:
    return None


class ColumnTable:
    """
    The columns of one kind of file, found by the names of a header.

    Args:
        further: finds a column beside these, by the header's name or its field.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        further: Callable[[str], Column | None] = _no_further,
    ) -> None:
        self._further = further
        self._by_field = {column.field: column for column in columns}
        self._by_name = {
            plain_name(name): column
            for column in columns
            for name in (column.title, column.field, *column.names)
        }

    def knows(self, name: str) -> bool:
        """Say whether a name stands for a column."""
        return self._named(name) is not None

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
                column = None if field is None else self._of_field(field)
            else:
                column = self._named(name)
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

    def _named(self, name: str) -> Column | None:
        return self._by_name.get(plain_name(name)) or self._further(name)

    def _of_field(self, field: str) -> Column | None:
        return self._by_field.get(field) or self._further(field)

    def _check(self, header: Sequence[str], columns: Mapping[str, str | None]) -> None:
        for name, field in columns.items():
            if field is not None and self._of_field(field) is None:
                known = ", ".join(self._by_field)
                raise InvalidValue("columns", f"{field!r} is none of {known}.")
            if name not in header:
                message = (
                    f"The header has no column {name!r}; name the one that is meant."
                )
                raise FileUnreadable(message, reason="header", column=name)
