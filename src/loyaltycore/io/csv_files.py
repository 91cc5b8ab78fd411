"""
A file of rows under a header, whatever program wrote it.

Owns the way from bytes to rows of text, with the line on which each begins.  What a
column means is its readers' affair.
"""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

import attrs

from loyaltycore.errors import FileUnreadable
from loyaltycore.io.cells import unescaped
from loyaltycore.io.dialects import Dialect, dialect_of
from loyaltycore.io.report import RowError
from loyaltycore.io.sources import Survey, binary, lines_of, survey


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loyaltycore.io.reading import Reading
    from loyaltycore.io.sources import Source

__all__ = ["CsvFile", "Record", "open_csv"]

_HEADER_LINES_MAX: Final = 50


#: The line on which a row begins, the file's first being 1; which row it is, the first
#: below the header being 1; its cells, one for each column; and what is wrong with it,
#: where it is none.
Record: TypeAlias = "tuple[int, int, list[str], RowError | None]"


@attrs.frozen(kw_only=True)
class CsvFile:
    """
    A file whose header has been read; its rows can be read any number of times.

    Attributes:
        survey: encoding, digest and length.
        header: the names of the columns, without blanks around them.
        reading: what the caller declared.
    """

    survey: Survey
    dialect: Dialect
    header: tuple[str, ...]
    reading: Reading
    file: BinaryIO = attrs.field(repr=False)

    def records(self) -> Iterator[Record]:
        """
        Yield the rows in the file's order; blank lines are not rows.

        A row that is not CSV is reported and the next line begins a new row, so after
        a quote that is never closed there may be several reports.
        """
        lines = lines_of(self.file, self.survey.encoding)
        skip = self.dialect.skip
        for _ in range(skip):
            next(lines)
        reader = csv.reader(lines, delimiter=self.dialect.delimiter, strict=True)
        _header_of(reader)
        width, length_max = len(self.header), self.reading.cell_length_max
        number = 0
        while True:
            line = skip + reader.line_num + 1
            try:
                for cells in reader:
                    text = "".join(cells)  # which tells most of a row at once
                    if text and not text.isspace():
                        number += 1
                        is_plain = len(cells) == width and len(text) <= length_max
                        if is_plain and "'" not in text:
                            yield line, number, cells, None
                        else:
                            yield self._checked(line, number, cells)
                    line = skip + reader.line_num + 1
            except csv.Error as error:
                number += 1
                yield _not_csv(line, number, str(error))
            else:
                return

    def _checked(self, line: int, number: int, cells: list[str]) -> Record:
        """Look closely at a row that is not plainly one."""
        cells = [unescaped(cell) for cell in cells]
        width = len(self.header)
        if not "".join(cells[width:]).strip():
            del cells[width:]  # spreadsheets fill rows up with empty cells
        if len(cells) != width:
            message = f"The row has {len(cells)} cells, the header {width}."
            return _bad(line, number, cells, "ragged_row", message)
        length_max = self.reading.cell_length_max
        if len(max(cells, key=len)) > length_max:
            message = f"A cell has more than {length_max} characters; shorten it."
            return _bad(line, number, cells, "cell_too_long", message)
        return line, number, cells, None


def open_csv(
    source: Source, *, is_known: Callable[[str], bool], reading: Reading
) -> CsvFile:
    """
    Find out how a file is written, and read its header.

    Args:
        is_known: whether the name of a column stands for something.

    Raises:
        FileUnreadable: no text, too long, no header, or a header with none of the
            columns in it.
    """
    file = binary(source)
    surveyed = survey(file, reading.encoding, lines_max=reading.lines_max)
    lines = list(islice(lines_of(file, surveyed.encoding), _HEADER_LINES_MAX))
    dialect = dialect_of(lines, is_known, reading.delimiter)
    reader = csv.reader(lines[dialect.skip :], delimiter=dialect.delimiter, strict=True)
    header = _header_of(reader)
    if len(header) > reading.columns_max:
        message = f"The file has more than {reading.columns_max} columns."
        raise FileUnreadable(message, reason="too_wide")
    return CsvFile(
        survey=surveyed, dialect=dialect, header=header, reading=reading, file=file
    )


def _header_of(reader: Iterator[list[str]]) -> tuple[str, ...]:
    """Read the first row that is not blank, without the empty cells at its end."""
    names: list[str] = []
    while not any(names):
        names = [unescaped(name.strip()) for name in next(reader)]
    while not names[-1]:
        del names[-1]
    return tuple(names)


def _not_csv(line: int, number: int, problem: str) -> Record:
    if problem.startswith("unexpected end"):
        message = (
            "A quote is opened here and never closed, so that everything after it is"
            " in one cell; close it, or write it twice where it is meant."
        )
        return _bad(line, number, [], "unclosed_quote", message)
    if problem.startswith("field larger"):
        message = "A cell is longer than any can be; is a quote not closed?"
        return _bad(line, number, [], "cell_too_long", message)
    message = f"The row is not CSV ({problem}); write quotes inside a cell twice."
    return _bad(line, number, [], "malformed_csv", message)


def _bad(line: int, number: int, cells: list[str], code: str, message: str) -> Record:
    error = RowError(line=line, column=None, code=code, message=message, record=number)
    return line, number, cells, error
