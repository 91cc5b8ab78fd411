"""A statement as CSV: what is written, and that nothing in it runs."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs

from loyaltycore.customers.statement import StatementLine, last_day
from loyaltycore.io.cells import unescaped
from loyaltycore.io.statements import STATEMENT_COLUMNS, statement_csv
from loyaltycore.ledger.transactions import EntryKind


BERLIN = ZoneInfo("Europe/Berlin")
EARNED = StatementLine(
    created_at=datetime(2026, 3, 1, 13, 5, tzinfo=UTC),
    card_id="c1",
    transaction_id="t1",
    location_id="Mitte",
    terminal_id="till-3",
    type=EntryKind.EARN,
    points=Decimal("1.49"),
    expires_at=datetime(2027, 3, 1, 23, 0, tzinfo=UTC),
    expires_on=date(2027, 3, 1),
    points_left=Decimal("0.49"),
)
REDEEMED = attrs.evolve(
    EARNED,
    type=EntryKind.REDEEM,
    location_id=None,
    terminal_id=None,
    points=Decimal("-1.00"),
    expires_at=None,
    expires_on=None,
    points_left=None,
)


def test_two_lines():
    """A header, then a row a line; a debit has neither points left nor expiry."""
    rows = list(statement_csv([REDEEMED, EARNED], BERLIN))

    assert [
        ",".join(STATEMENT_COLUMNS) + "\r\n",
        "2026-03-01T14:05:00+01:00,c1,,,t1,redeem,-1.00,,\r\n",
        "2026-03-01T14:05:00+01:00,c1,Mitte,till-3,t1,earn,1.49,0.49,2027-03-01\r\n",
    ] == rows


def test_nothing_to_tell():
    """A statement without lines is its header."""
    (header,) = statement_csv([], BERLIN)

    assert list(STATEMENT_COLUMNS) == header.strip().split(",")


def test_a_location_that_is_a_formula():
    """Text that a spreadsheet would run is quoted, and comes back as it was."""
    hostile = '=HYPERLINK("http://x","a, b")\n'
    line = attrs.evolve(EARNED, location_id=hostile)
    _, row = csv.reader(
        "".join(statement_csv([line], BERLIN)).splitlines(keepends=True)
    )

    assert row[2].startswith("'=")
    assert hostile == unescaped(row[2])


def test_a_statement_is_streamed():
    """Rows are written as lines come, not when all of them are there."""

    def lines():
        yield EARNED
        raise AssertionError("nobody asked for a second line")

    rows = statement_csv(lines(), BERLIN)
    next(rows)

    assert next(rows).startswith("2026-03-01T14:05:00+01:00")


def test_the_last_day():
    """What ends at local midnight counts through the day before."""
    assert date(2027, 3, 1) == last_day(datetime(2027, 3, 1, 23, tzinfo=UTC), BERLIN)
    assert date(2027, 3, 2) == last_day(
        datetime(2027, 3, 1, 23, 0, 1, tzinfo=UTC), BERLIN
    )
