"""
Purchases out of a CSV file.

Owns how a file of purchases is read and what is said about each row that cannot be.
Nothing is guessed: the caller names the columns, the delimiter and the order of day,
month and year, and a row that does not fit is reported, never mended.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import FileUnreadable, InvalidAmount, InvalidValue
from loyaltycore.io.cell_values import BadCell, DateOrder, day_of, text_of
from loyaltycore.io.report import ERRORS_MAX, RowError
from loyaltycore.values.money import exponent, minor_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

__all__ = [
    "ERRORS_MAX",
    "DateOrder",
    "PurchaseColumns",
    "PurchaseFile",
    "PurchaseRow",
    "RowError",
    "read_purchases",
    "scan_purchases",
]

_BOM = "\ufeff"
_QUANTITY_MAX = 1_000_000_000
_is_whole = re.compile(r"[0-9]{1,10}").fullmatch


@attrs.frozen(kw_only=True)
class PurchaseColumns:
    """
    What the columns are called in the header, to the letter.

    Attributes:
        customer: who bought; any text that names a customer.
        date: the local day.
        amount: in the program's currency, with a decimal point.
        quantity: how many pieces; a whole number.  None: the file does not say.
        receipt: of the sale.  None: the file does not say.

    Raises:
        InvalidValue: a name is blank, or two are the same.
    """

    customer: str = "customer"
    date: str = "date"
    amount: str = "amount"
    quantity: str | None = None
    receipt: str | None = None

    def __attrs_post_init__(self) -> None:
        names = self.names
        if not all(name.strip() for name in names):
            raise InvalidValue("columns", "name each column, or pass None.")
        if len(set(names)) < len(names):
            raise InvalidValue("columns", "two of them have the same name.")

    @property
    def names(self) -> tuple[str, ...]:
        """Those that the file has to have."""
        named = (self.customer, self.date, self.amount, self.quantity, self.receipt)
        return tuple(name for name in named if name is not None)


@attrs.frozen(kw_only=True)
class PurchaseRow:
    """
    One purchase of the file.

    Attributes:
        line: of the file, the header being on line 1; where the row begins.
        customer: as the file calls them.
        on: the local day.
        amount: minor units, 0 or more.
        quantity: how many pieces, or None.
        receipt: of the sale, or None.
    """

    line: int
    customer: str = attrs.field(repr=False)
    on: date
    amount: int
    quantity: int | None = None
    receipt: str | None = None


@attrs.frozen(kw_only=True)
class PurchaseFile:
    """
    A file that was read to its end.

    Attributes:
        rows: those without an error, in the file's order.
        errors: the first ``ERRORS_MAX``.
        error_count: how many there are.
    """

    rows: tuple[PurchaseRow, ...]
    errors: tuple[RowError, ...]
    error_count: int


def read_purchases(
    lines: Iterable[str],
    *,
    currency: str,
    columns: PurchaseColumns | None = None,
    delimiter: str = ",",
    date_order: DateOrder = DateOrder.YMD,
) -> PurchaseFile:
    """
    Read a whole file; see `scan_purchases` for one that is too large to be kept.

    Args:
        lines: an open text file (``newline=""``), or lines from anywhere.
        currency: ISO 4217 code that the amounts are in.
        columns: what the columns are called; ``customer``, ``date`` and ``amount``
            by default.
        delimiter: one character.
        date_order: how days are written.

    Raises:
        FileUnreadable: it is no text, or its header is not the one that was named.
        InvalidValue, InvalidAmount: the delimiter, or the currency, cannot be.
    """
    rows: list[PurchaseRow] = []
    errors: list[RowError] = []
    error_count = 0
    for found in scan_purchases(
        lines,
        currency=currency,
        columns=columns,
        delimiter=delimiter,
        date_order=date_order,
    ):
        if isinstance(found, PurchaseRow):
            rows.append(found)
            continue
        error_count += 1
        if error_count <= ERRORS_MAX:
            errors.append(found)
    return PurchaseFile(rows=tuple(rows), errors=tuple(errors), error_count=error_count)


def scan_purchases(
    lines: Iterable[str],
    *,
    currency: str,
    columns: PurchaseColumns | None = None,
    delimiter: str = ",",
    date_order: DateOrder = DateOrder.YMD,
) -> Iterator[PurchaseRow | RowError]:
    """
    Yield the purchases of a file and the errors of its rows, in the file's order.

    The header is checked before this returns.  Blank lines, and rows of empty cells,
    are not rows.  Arguments and errors are those of `read_purchases`; beside them,
    FileUnreadable may come while rows are read, where the text cannot be decoded.
    """
    exponent(currency)
    if len(delimiter) != 1 or delimiter in '"\r\n' or delimiter == _BOM:
        raise InvalidValue("delimiter", "one character, such as a comma.")
    wanted = columns or PurchaseColumns()
    counted = _Lines(lines)
    reader = csv.reader(counted, delimiter=delimiter, strict=True)
    header = _header(reader)
    parser = _Parser(header, wanted, currency, DateOrder(date_order))
    return _rows(reader, counted, len(header), parser)


class _Lines:
    """The lines of a file, counted, without the mark that some programs put first."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.count += 1
        if self.count == 1 and isinstance(line, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            return line.removeprefix(_BOM)
        return line


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        header = next(reader, None)
    except (csv.Error, UnicodeError) as error:
        raise _unreadable(error) from error
    if not header:
        raise FileUnreadable("The file is empty; its first line has to be a header.")
    return [name.strip() for name in header]


def _unreadable(error: Exception) -> FileUnreadable:
    if isinstance(error, UnicodeError):
        message = "The file is not text in this encoding; open it with its own."
        return FileUnreadable(message)
    return FileUnreadable(f"The file is not CSV: {error}.")


def _rows(
    reader: Iterator[list[str]], lines: _Lines, width: int, parser: _Parser
) -> Iterator[PurchaseRow | RowError]:
    while True:
        line = lines.count + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeError as error:
            raise _unreadable(error) from error
        except csv.Error as error:
            message = f"The row is not CSV ({error}); nothing after it was read."
            yield RowError(
                line=line, column=None, code="malformed_csv", message=message
            )
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            message = f"The row has {len(cells)} cells, the header {width}."
            yield RowError(line=line, column=None, code="ragged_row", message=message)
            continue
        yield from parser.read(line, cells)


class _Parser:
    """Reads the cells of a row by the columns that were named."""

    def __init__(
        self,
        header: Sequence[str],
        columns: PurchaseColumns,
        currency: str,
        date_order: DateOrder,
    ) -> None:
        _check_header(header, columns)
        self._at = {name: header.index(name) for name in columns.names}
        self._columns = columns
        self._currency = currency
        self._date_order = date_order

    def read(self, line: int, cells: Sequence[str]) -> Iterator[PurchaseRow | RowError]:
        """Yield the row, or each thing that is wrong with it."""
        columns = self._columns
        ways = (
            ("customer", columns.customer, _text),
            ("on", columns.date, self._day),
            ("amount", columns.amount, self._amount),
            ("quantity", columns.quantity, _quantity),
            ("receipt", columns.receipt, _receipt),
        )
        values: dict[str, object] = {}
        errors: list[RowError] = []
        for field, name, parse in ways:
            if name is None:
                continue
            try:
                values[field] = parse(cells[self._at[name]].strip())
            except BadCell as bad:
                errors.append(
                    RowError(line=line, column=name, code=bad.code, message=bad.message)
                )
        if errors:
            yield from errors
        else:
            yield PurchaseRow(line=line, **values)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    def _day(self, cell: str) -> date:
        _check_given(cell)
        return day_of(cell, self._date_order)

    def _amount(self, cell: str) -> int:
        _check_given(cell)
        try:
            return minor_units(cell, self._currency)
        except InvalidAmount as error:
            raise BadCell("invalid_amount", error.message) from None


def _check_header(header: Sequence[str], columns: PurchaseColumns) -> None:
    for name in columns.names:
        there = header.count(name)
        if there == 0:
            message = f"The header has no column {name!r}; name the one that is meant."
            raise FileUnreadable(message, column=name)
        if there > 1:
            message = f"The header has {there} columns {name!r}; rename all but one."
            raise FileUnreadable(message, column=name)


def _check_given(cell: str) -> None:
    if not cell:
        raise BadCell("missing_value", "The cell is empty; fill it in.")


def _text(cell: str) -> str:
    _check_given(cell)
    return text_of(cell)


def _receipt(cell: str) -> str | None:
    return _text(cell) if cell else None


def _quantity(cell: str) -> int:
    _check_given(cell)
    if not _is_whole(cell) or int(cell) > _QUANTITY_MAX:
        raise BadCell("invalid_quantity", "Write a whole number of pieces, such as 2.")
    return int(cell)
