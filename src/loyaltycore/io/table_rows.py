"""
Rows of a file, read by the columns of its kind.

Owns what is wrong with a row by itself; what it is about is not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from loyaltycore.errors import FileUnreadable
from loyaltycore.io.cell_readers import NOTHING, reader_for
from loyaltycore.io.cell_values import BadCell
from loyaltycore.io.columns import REPORT_COLUMNS, Holds
from loyaltycore.io.csv_files import open_csv
from loyaltycore.io.dialects import plain_name
from loyaltycore.io.report import Failed, RowError


if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from loyaltycore.io.cell_readers import CellReader
    from loyaltycore.io.columns import ColumnTable
    from loyaltycore.io.csv_files import CsvFile
    from loyaltycore.io.reading import Reading
    from loyaltycore.io.sources import Source
    from loyaltycore.program.program import Program

__all__ = ["TableRow", "TableRows"]


class TableRow(NamedTuple):
    """
    One row as it was read.

    Attributes:
        number: 1 for the first row below the header.
        values: what the row says, by field; None empties the field.
        errors: what is wrong with it.
        cells: as they were written.
    """

    line: int
    number: int
    values: dict[str, Any]
    errors: tuple[RowError, ...]
    cells: list[str]


class TableRows:
    """
    The rows of a file; they can be read any number of times.

    Args:
        columns: what the caller calls them; see ``ColumnTable.assigned``.
        clear: fields that an empty cell empties.

    Raises:
        FileUnreadable: the file cannot be read at all, or its header has none of the
            columns, or one of them twice.
    """

    def __init__(
        self,
        source: Source,
        table: ColumnTable,
        program: Program,
        *,
        reading: Reading,
        columns: Mapping[str, str | None],
        clear: Collection[str] = (),
    ) -> None:
        named = {plain_name(name) for name, field in columns.items() if field}

        def is_known(name: str) -> bool:
            return plain_name(name) in named or table.knows(name)

        self.file: CsvFile = open_csv(source, is_known=is_known, reading=reading)
        found = table.assigned(self.file.header, columns)
        self._readers: list[tuple[int, str, CellReader]] = []
        for place, column in found.items():
            clears = column.field in clear
            read = reader_for(column, reading, program, clears=clears)
            if read is not None:
                self._readers.append((place, column.field, read))
        if not self._readers:
            message = "The file has figures only; no column of it can be read in."
            raise FileUnreadable(message, reason="header")
        #: what the header calls each field
        self.names = {
            column.field: self.file.header[place] for place, column in found.items()
        }
        #: columns of the header that are not read
        self.unused = tuple(
            name
            for place, name in enumerate(self.file.header)
            if name
            and plain_name(name) not in REPORT_COLUMNS
            and (place not in found or found[place].holds is Holds.FIGURE)
        )

    def __iter__(self) -> Iterator[TableRow]:
        readers, nothing = self._readers, NOTHING
        for line, number, cells, problem in self.file.records():
            if problem is not None:
                yield TableRow(line, number, {}, (problem,), cells)
                continue
            values: dict[str, Any] = {}
            errors: tuple[RowError, ...] = ()
            for place, field, read in readers:
                try:
                    said = read(cells[place])
                except BadCell as bad:
                    error = RowError(
                        line=line,
                        column=self.file.header[place],
                        code=bad.code,
                        message=bad.message,
                        record=number,
                        value=cells[place],
                    )
                    errors += (error,)
                else:
                    if said is not nothing:
                        values[field] = said
            yield TableRow(line, number, values, errors, cells)

    def batches(self, count: int, cut: int = 0) -> Iterator[list[TableRow]]:
        """Yield the rows, *count* at a time; a batch ends at line *cut*."""
        batch: list[TableRow] = []
        for row in self:
            batch.append(row)
            if len(batch) == count or row.line == cut:
                yield batch
                batch = []
        if batch:
            yield batch

    def failed(
        self, row: TableRow, code: str, message: str, field: str | None = None
    ) -> Failed:
        """Say why a row that was read well cannot be."""
        value = None if field is None else row.values.get(field)
        error = RowError(
            line=row.line,
            column=None if field is None else self.names.get(field),
            code=code,
            message=message,
            record=row.number,
            value=None if value is None else str(value),
        )
        return Failed(row.line, (error,), row.cells)
