"""Bytes that nobody would call a file: they are planned, or refused in our words."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import attrs
import pytest

from loyaltycore import Program
from loyaltycore.errors import FileUnreadable
from loyaltycore.io.cell_values import DateOrder
from loyaltycore.io.customer_plan import Create, plan_customers
from loyaltycore.io.customer_rules import CustomerImport, Duplicates
from loyaltycore.io.reading import Reading
from loyaltycore.io.report import Failed


if TYPE_CHECKING:
    from collections.abc import Iterator

CAFE = Program(id="cafe", currency="EUR", zone="Europe/Berlin", phone_region="DE")
EVERYDAY = 4_000
SOAK = 1_000_000

HEADERS = (
    "first name", "phone", "email", "dob", "external id", "id", "_action", "points",
    "joined", "note", '"last\nname"', "", "source", "_error", "'=x", "E-Mail",
)  # fmt: skip
CELLS = (
    "Ada", "030 901820", "+49 30 901821", "4,9E+11", "a@example.com", "ä@b", "'=1+1",
    '"x ""y"""', '"a\nb"', '"', "2001-02-03", "3.2.2001", "", " ", "skip", "create",
    "-1.50", "\0", "👩‍👩‍👧", "@SUM(A1)", "2026-03-01T12:00:00+99:00", "9999-12-31", "1",
    "0001-01-01", "xn--a@b.c", "K-1", "K-2", "\x85", "\u2028", "\uff11\uff12", "'",
    "0049309018",
)  # fmt: skip
FITTING = {"phone": "+49 30 90182", "email": "a@example.com", "external id": "K"}
ENDS = ("\n", "\r\n", "\r", "\n\n", "")
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
NOISE = (b"\0", b"\xff", b'"', b"\xe4", b";", b"\r", b"sep=;\n", b"\xef\xbb\xbf")
RULES = (
    CustomerImport(),
    CustomerImport(duplicates=Duplicates.LAST, clear={"first_name", "phone"}),
    CustomerImport(reading=Reading(date_order=DateOrder.DMY, delimiter=";")),
    CustomerImport(reading=Reading(encoding="cp1252", cell_length_max=9)),
    CustomerImport(identity=("email",), columns={"phone": None}),
)


def files(count: int) -> Iterator[tuple[bytes, CustomerImport]]:
    """Yield files put together by chance, a third of them with noise in it."""
    random = Random(5)
    for _ in range(count):
        delimiter = random.choice(",,,;\t|")
        names = [random.choice(HEADERS) for _ in range(random.randrange(1, 5))]
        lines = [delimiter.join(names)]
        for number in range(random.randrange(5)):
            cells = [
                f"{FITTING[name]}{number}"
                if name in FITTING and random.random() < 0.6
                else random.choice(CELLS)
                for name in names
            ]
            lines.append(delimiter.join(cells[random.random() < 0.05 :]))
        text = random.choice(ENDS).join([*lines, ""])
        data = text.encode(random.choice(ENCODINGS), "replace")
        if random.random() < 0.3:
            at = random.randrange(len(data) + 1)
            data = data[:at] + random.choice(NOISE) + data[at + random.randrange(2) :]
        yield data, random.choice(RULES)


def check(count: int) -> tuple[int, int, int]:
    """
    Plan files; nothing but a refusal in our words may come out.

    Returns:
        How many files had rows, how many rows would be created, and how many failed.
    """
    with_rows = created = failed = 0
    for data, rules in files(count):
        try:
            planned = list(plan_customers(data, rules, CAFE))
        except FileUnreadable:
            continue
        with_rows += bool(planned)
        created += sum(isinstance(row, Create) for row in planned)
        for row in planned:
            if isinstance(row, Failed):
                failed += 1
                assert row.errors, data
                assert all(e.line == row.line and e.code for e in row.errors), data
            elif isinstance(row, Create):
                assert any(attrs.astuple(row.person)), data
    return with_rows, created, failed


def test_files_by_chance():
    """A fifth of the files at least have rows, and none ends in a foreign error."""
    with_rows, created, failed = check(EVERYDAY)

    assert with_rows > EVERYDAY // 5
    assert min(created, failed) > EVERYDAY // 20


@pytest.mark.soak
def test_a_million_files_by_chance():
    """The same for a million files."""
    with_rows, _, _ = check(SOAK)

    assert with_rows > SOAK // 5
