"""
A points statement as CSV.

Owns the columns and how a cell is written; what a line says is the statement's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.io.writing import written


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
    return written(STATEMENT_COLUMNS, (_cells(line, zone) for line in lines))


def _cells(line: StatementLine, zone: ZoneInfo) -> tuple[object, ...]:
    return (
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
