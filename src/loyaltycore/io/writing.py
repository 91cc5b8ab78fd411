"""
Rows of cells as CSV text that no spreadsheet runs.

Owns how a row is written: RFC 4180, with quotes where needed and CRLF, and the escape
of ``io.cells``.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.io.cells import MARKS, escaped
from loyaltycore.values.quantity import SCALE_MAX, UNITS_MAX, from_units


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["amount_text", "written", "written_as"]

_TEXTS: Final = tuple(f"%d.%0{decimals}d" for decimals in range(SCALE_MAX + 1))
_POWERS: Final[tuple[int, ...]] = tuple(
    10**decimals for decimals in range(SCALE_MAX + 1)
)


def amount_text(n: int, scale: int) -> str:
    """
    Return *n* units as text with exactly *scale* decimals: 150 at scale 2 is ``1.50``.

    What ``from_units(n, scale)`` is in plain notation, for files of many rows.

    Raises:
        InvalidAmount, InvalidValue: as ``from_units``.
    """
    if type(n) is int and 0 <= n <= UNITS_MAX and 0 < scale <= SCALE_MAX:
        whole, part = divmod(n, _POWERS[scale])
        return _TEXTS[scale] % (whole, part)
    return f"{from_units(n, scale):f}"


def written(
    header: Iterable[str], rows: Iterable[Iterable[object]], *, delimiter: str = ","
) -> Iterator[str]:
    """
    Yield the text of a file, a row at a time, the header first.

    Args:
        rows: whose cells are text, or anything with a ``str``; None is an empty cell.
    """
    header = [*header]
    texts = (["" if cell is None else str(cell) for cell in row] for row in rows)
    return written_as(header, texts, range(len(header)), delimiter=delimiter)


def written_as(
    header: Iterable[str],
    rows: Iterable[list[Any]],
    typed: Sequence[int],
    *,
    delimiter: str = ",",
) -> Iterator[str]:
    """
    Yield the text of a file as ``written`` does, for files of many rows.

    Args:
        rows: which may be changed.
        typed: which cells hold a text, or None, that a spreadsheet might run; the
            others are left alone.
    """
    write: Callable[[list[Any]], Any]
    write = csv.writer(_Echo(), delimiter=delimiter).writerow
    yield write([escaped(name) for name in header])
    marks = MARKS
    for row in rows:
        for place in typed:
            text = row[place]
            if text and text[0] in marks:
                row[place] = escaped(text)
        yield write(row)


class _Echo:
    """Hands back what it is given, which a CSV writer hands on; at no cost."""

    write = str
