"""
A points statement as CSV.

Owns the columns and how a cell is written; what a line says is the statement's affair.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from loyaltycore.io.cells import escaped


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from loyaltycore.customers.statement import StatementLine

__all__ = ["STATEMENT_COLUMNS", "statement_csv"]

#: The header.
STATEMENT_COLUMNS: Final = (
    "created",
    "card",
    "location",
    "terminal",
    "transaction",
    "type",
    "points",
    "points left",
    "expires on",
)


def statement_csv(lines: Iterable[StatementLine], zone: ZoneInfo) -> Iterator[str]:
    """
    Yield a statement as text, a row at a time, the header first.

    RFC 4180: commas, quotes where needed, CRLF.  Moments are local with their offset
    (``2026-03-01T14:05:00+01:00``), points have a decimal point, and what is empty on a
    debit stays empty.  No cell is run by a spreadsheet; see ``io.cells``.

    Args:
        zone: the program's.
    """
    echo = _Echo()
    writer = csv.writer(echo)
    writer.writerow(STATEMENT_COLUMNS)
    yield echo.text
    for line in lines:
        cells = (
            line.created_at.astimezone(zone).isoformat(),
            line.card_id,
            line.location_id,
            line.terminal_id,
            line.transaction_id,
            line.type,
            line.points,
            line.points_left,
            line.expires_on,
        )
        writer.writerow("" if cell is None else escaped(str(cell)) for cell in cells)
        yield echo.text


class _Echo:
    """Keeps what the writer wrote last."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text
