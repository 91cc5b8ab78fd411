"""
Planning a hundred thousand customers against what one would write first, and a floor.

The *naive* side reads the same file with ``csv.DictReader``, phonenumbers,
email-validator and ``dateutil.parser``, makes the same values of ours, and looks for
duplicates in sets; it keeps no lines and no cells for a report.  The *floor* is
``csv.reader`` over the same text, with nothing done to its rows.  Each of three rounds
runs the floor and our planning in turn, the first one the naive side as well; each side
counts by the processor time of its fastest round, and both have to find about the same
number of good rows.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC
from time import process_time
from typing import TYPE_CHECKING

import email_validator
import phonenumbers
from dateutil import parser

from benchmarks import people
from benchmarks.figures import Aim, Figure
from loyaltycore.customers.customer import Person
from loyaltycore.io.customer_plan import Create, plan_customers
from loyaltycore.io.customer_rules import CustomerImport


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["run"]

_ROWS = 100_000
_ROUNDS = 3
_E164 = phonenumbers.PhoneNumberFormat.E164


def run(_folder: Path) -> Iterator[Figure]:
    """Measure ``csv_import_vs_naive`` and ``csv_plan_vs_reader``."""
    text = "".join(people.lines(_ROWS))
    floor, ours, naive = float("inf"), float("inf"), 0.0
    good = expected = 0
    for number in range(_ROUNDS):
        took, _ = _timed(_floor, text)
        floor = min(floor, took)
        took, good = _timed(_planned, text)
        ours = min(ours, took)
        if number == 0:
            naive, expected = _timed(_naive, text)
    assert abs(good - expected) < _ROWS // 200, "both sides take about the same rows"
    note = f"{_ROWS} rows planned in {ours:.2f} s"
    yield Figure(
        name="csv_import_vs_naive",
        value=naive / ours,
        digits=1,
        aim=Aim(">=", 8),
        note=f"{note}, naively in {naive:.2f} s; {good} and {expected} good ones",
    )
    yield Figure(
        name="csv_plan_vs_reader",
        value=ours / floor,
        digits=1,
        aim=Aim("<=", 15),
        note=f"{note}, read by csv.reader alone in {floor:.3f} s",
    )


def _timed(work: Callable[[str], int], text: str) -> tuple[float, int]:
    start = process_time()
    found = work(text)
    return process_time() - start, found


def _floor(text: str) -> int:
    return sum(1 for _ in csv.reader(io.StringIO(text, newline="")))


def _planned(text: str) -> int:
    planned = plan_customers(text, CustomerImport(), people.PROGRAM)
    return sum(type(row) is Create for row in planned)


def _naive(text: str) -> int:
    seen: set[str] = set()
    good = 0
    for row in csv.DictReader(io.StringIO(text, newline="")):
        try:
            person, keys = _person(row)
        except (
            ValueError,
            phonenumbers.NumberParseException,
            email_validator.EmailNotValidError,
        ):
            continue
        if seen.isdisjoint(keys):
            seen |= keys
            good += bool(person)
    return good


def _person(row: dict[str, str]) -> tuple[Person, set[str]]:
    number = phonenumbers.parse(row["phone"], "DE")
    if not phonenumbers.is_possible_number(number):
        raise ValueError(row["phone"])
    email = email_validator.validate_email(row["email"], check_deliverability=False)
    born, joined = row["date of birth"], row["registered at"]
    person = Person(
        external_id=row["external id"],
        first_name=row["first name"],
        last_name=row["last name"],
        phone=phonenumbers.format_number(number, _E164),
        email=email.normalized.lower(),
        birth_date=parser.parse(born).date() if born else None,
        source=row["source"],
    )
    parser.parse(joined).astimezone(UTC)
    return person, {row["external id"], person.phone or "", person.email or ""}
