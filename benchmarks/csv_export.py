"""
Writing a hundred thousand customers as CSV, against ``csv.writer`` with the same cells.

The floor is given rows of finished text and writes them one by one; ours is given
customers, turns days, moments, money and points into text, and escapes what a
spreadsheet would run.  Both write into a string; three rounds in turn, the fastest of
each counts, and both have to write the same.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from time import process_time
from typing import TYPE_CHECKING

from benchmarks import people
from benchmarks.figures import Aim, Figure
from loyaltycore.customers.belongings import Belongings
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.io.customers_out import CustomerLine, customers_csv


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run"]

_ROWS = 100_000
_ROUNDS = 3
_FIRST = datetime(2025, 3, 1, tzinfo=UTC)


def run(_folder: Path) -> Iterator[Figure]:
    """Measure ``csv_export_vs_writer``."""
    customers = [_line(number) for number in range(_ROWS)]
    text = "".join(customers_csv(customers, people.PROGRAM))
    cells = list(csv.reader(io.StringIO(text, newline="")))
    ours = floor = float("inf")
    for _ in range(_ROUNDS):
        start = process_time()
        written = "".join(customers_csv(customers, people.PROGRAM))
        ours = min(ours, process_time() - start)
        out = io.StringIO(newline="")
        start = process_time()
        writer = csv.writer(out)
        for row in cells:
            writer.writerow(row)
        floor = min(floor, process_time() - start)
        assert out.getvalue() == written, "both sides write the same"
    yield Figure(
        name="csv_export_vs_writer",
        value=ours / floor,
        aim=Aim("<=", 3),
        note=f"{_ROWS} customers in {ours:.2f} s, csv.writer alone in {floor:.2f} s",
    )


def _line(number: int) -> CustomerLine:
    customer = Customer(
        referral_code=f"R{number:07}",
        id=f"0190{number:08x}-7000-8000-000000000000",
        version=1,
        registered_at=_FIRST + timedelta(seconds=97 * number),
        person=Person(
            first_name="Ada",
            last_name="Lovelace",
            phone=f"+4930{number:07}",
            email=f"c{number}@example.com",
            external_id=f"C-{number}",
            birth_date=date(1985, 12, number % 31 + 1),
            source="till",
        ),
        purchases=number % 7,
        purchase_value=number,
        points=number * 100,
    )
    tags = frozenset(("regular", "likes tea")[: number % 3])
    consents = {"email.marketing": number % 2 == 0}
    return CustomerLine(customer, Belongings(tags, consents))
