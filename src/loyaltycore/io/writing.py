"""
Rows of cells as CSV text that no spreadsheet runs.

Owns how a row is written: RFC 4180, with quotes where needed and CRLF, and the escape
of ``io.cells``.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from loyaltycore.io.cells import MARKS, escaped
from loyaltycore.values.quantity import SCALE_MAX, UNITS_MAX, from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["amount_text", "written"]

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
    echo = _Echo()
    writer = csv.writer(echo, delimiter=delimiter)
    writer.writerow(escaped(name) for name in header)
    yield echo.text
    for row in rows:
        texts = [
            "" if cell is None else cell if type(cell) is str else str(cell)
            for cell in row
        ]
        writer.writerow(
            [text if text[:1] not in MARKS else escaped(text) for text in texts]
        )
        yield echo.text


class _Echo:
    """Keeps what the writer wrote last."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text
