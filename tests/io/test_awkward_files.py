"""Files as spreadsheets, old programs and hurried people save them."""

from __future__ import annotations

from typing import Any

import pytest

from loyaltycore import Program
from loyaltycore.errors import FileUnreadable
from loyaltycore.io.cell_values import DateOrder
from loyaltycore.io.customer_plan import Create, PlannedRow, plan_customers
from loyaltycore.io.customer_rules import CustomerImport
from loyaltycore.io.reading import Reading
from loyaltycore.io.report import Failed, Skipped


CAFE = Program(id="cafe", currency="EUR", zone="Europe/Berlin", phone_region="DE")
NOWHERE = Program(id="cafe", currency="EUR", zone="Europe/Berlin")
HEAD = "first name,phone,email\n"
ADA = "Ada,030 901820,ada@example.com\n"
BOB = "Bob,030 901821,bob@example.com\n"
NEW = "new"


def plan(
    source: bytes | str, program: Program = CAFE, **rules: Any
) -> list[PlannedRow]:
    """Plan a file of which nobody is known."""
    return list(plan_customers(source, CustomerImport(**rules), program))


def said(planned: list[PlannedRow]) -> list[tuple[Any, ...]]:
    """Say for each row: its line, and ``new``, why it is skipped, or its errors."""
    found: list[tuple[Any, ...]] = []
    for row in planned:
        match row:
            case Create():
                found.append((row.line, NEW))
            case Skipped():
                found.append((row.line, row.reason))
            case Failed():
                found += [(row.line, e.column, e.code) for e in row.errors]
            case _:
                found.append((row.line, "known"))
    return found


def cp(text: str, encoding: str) -> bytes:
    """Save a file in another encoding."""
    return text.encode(encoding)


LATIN = {"reading": Reading(encoding="cp1252")}
GERMAN = {"reading": Reading(date_order=DateOrder.DMY)}
LONG = "x" * 201

READABLE: list[Any] = [
    ("plain", HEAD + ADA + BOB, {}, [(2, NEW), (3, NEW)]),
    ("windows line ends", (HEAD + ADA).replace("\n", "\r\n"), {}, [(2, NEW)]),
    (
        "old mac line ends",
        (HEAD + ADA + BOB).replace("\n", "\r"),
        {},
        [(2, NEW), (3, NEW)],
    ),
    ("no line end at the end", (HEAD + ADA).rstrip(), {}, [(2, NEW)]),
    ("header only", HEAD, {}, []),
    ("utf-8 with a mark", cp(HEAD + ADA, "utf-8-sig"), {}, [(2, NEW)]),
    (
        "excel's unicode text",
        cp(HEAD.replace(",", "\t") + ADA.replace(",", "\t"), "utf-16"),
        {},
        [(2, NEW)],
    ),
    ("utf-16 without a mark", cp(HEAD + ADA, "utf-16-le"), {}, [(2, NEW)]),
    ("utf-16, big end first", cp(HEAD + ADA, "utf-16-be"), {}, [(2, NEW)]),
    (
        "utf-16 declared, with a mark",
        cp("\ufeff" + HEAD + ADA, "utf-16-le"),
        {"reading": Reading(encoding="utf-16-le")},
        [(2, NEW)],
    ),
    ("utf-32", cp(HEAD + ADA, "utf-32"), {}, [(2, NEW)]),
    (
        "a declared code page",
        cp(HEAD + ADA.replace("Ada", "Zoë"), "cp1252"),
        LATIN,
        [(2, NEW)],
    ),
    ("semicolons", HEAD.replace(",", ";") + ADA.replace(",", ";"), {}, [(2, NEW)]),
    ("bars", HEAD.replace(",", "|") + ADA.replace(",", "|"), {}, [(2, NEW)]),
    (
        "a declared delimiter",
        HEAD.replace(",", "~") + ADA.replace(",", "~"),
        {"reading": Reading(delimiter="~")},
        [(2, NEW)],
    ),
    (
        "excel's sep line",
        "sep=;\r\n" + HEAD.replace(",", ";") + ADA.replace(",", ";"),
        {},
        [(3, NEW)],
    ),
    (
        "a quoted sep line",
        '"sep=|"\n' + HEAD.replace(",", "|") + ADA.replace(",", "|"),
        {},
        [(3, NEW)],
    ),
    (
        "sep with an unusual sign",
        "SEP=^\n" + HEAD.replace(",", "^") + ADA.replace(",", "^"),
        {},
        [(3, NEW)],
    ),
    ("one column", "phone\n030 901820\n", {}, [(2, NEW)]),
    ("commas in quotes", HEAD + '"Lovelace, Ada",030 901820,\n', {}, [(2, NEW)]),
    ("quotes in quotes", HEAD + '"Ada ""the first""",030 901820,\n', {}, [(2, NEW)]),
    (
        "blank lines",
        "\n\n" + HEAD + "\n" + ADA + " , ,\n\n" + BOB,
        {},
        [(5, NEW), (8, NEW)],
    ),
    (
        "a note of two lines above",
        'first name,phone,"my\nnote"\nAda,030 901820,"a\nb"\nBob,030 901821,\n',
        {},
        [(3, NEW), (5, NEW)],
    ),
    (
        "headers of the seeds",
        (
            "Last Name,First Name,Contact Number,Email Address,Birthdate\n"
            "L,A,030 901820,a@example.com,2001-02-03\n"
        ),
        {},
        [(2, NEW)],
    ),
    ("shouted headers", "FIRST_NAME, Phone ,E-MAIL\nAda,030 901820,\n", {}, [(2, NEW)]),
    (
        "empty columns at the end",
        "first name,phone,,\nAda,030 901820,,\n",
        {},
        [(2, NEW)],
    ),
    (
        "an empty column between",
        "first name,,phone\nAda,x,030 901820\n",
        {},
        [(2, NEW)],
    ),
    (
        "a column twice that nobody reads",
        "note,phone,note\na,030 901820,b\n",
        {},
        [(2, NEW)],
    ),
    ("more cells, all empty", HEAD + ADA.rstrip() + ",,,\n", {}, [(2, NEW)]),
    (
        "too many cells",
        HEAD + ADA.rstrip() + ",x\n" + BOB,
        {},
        [(2, None, "ragged_row"), (3, NEW)],
    ),
    ("too few cells", HEAD + "Ada\n" + BOB, {}, [(2, None, "ragged_row"), (3, NEW)]),
    (
        "a quote that is never closed",
        HEAD + ADA + '"Bob,030,\nEve,1,\n',
        {},
        [(2, NEW), (3, None, "unclosed_quote")],
    ),
    (
        "a quote in the middle",
        HEAD + '"A"da,030 901820,\n' + BOB,
        {},
        [(2, None, "malformed_csv"), (3, NEW)],
    ),
    (
        "a quote that swallows a row",
        HEAD + '"Ada,1,\nEve "x",2,\n' + BOB,
        {},
        [(2, None, "malformed_csv"), (4, NEW)],
    ),
    (
        "a cell longer than csv can read",
        HEAD + "x" * 140_000 + ",030 901820,\n" + BOB,
        {},
        [(2, None, "cell_too_long"), (3, NEW)],
    ),
    (
        "a long cell",
        HEAD + "x" * 40_000 + ",030 901820,\n",
        {},
        [(2, None, "cell_too_long")],
    ),
    (
        "a long name",
        HEAD + LONG + ",030 901820,\n",
        {},
        [(2, "first name", "invalid_text")],
    ),
    (
        "a line break in a name",
        HEAD + '"Ada\nLovelace",030 901820,\n' + BOB,
        {},
        [(2, "first name", "invalid_text"), (4, NEW)],
    ),
    (
        "a NUL in a name",
        HEAD + "A\0da,030 901820,\n",
        {},
        [(2, "first name", "invalid_text")],
    ),
    (
        "excel's rounded phone",
        HEAD + "Ada,4.90309E+11,\n",
        {},
        [(2, "phone", "excel_scientific")],
    ),
    (
        "excel's rounded phone with a comma",
        "first name;phone\nAda;4,90309E+11\n",
        {},
        [(2, "phone", "excel_scientific")],
    ),
    (
        "excel's quote before a phone",
        HEAD + "Ada,'030 901820,\nBob,'+49 30 901821,\n",
        {},
        [(2, NEW), (3, NEW)],
    ),
    (
        "a phone without a country",
        HEAD + "Ada,030 901820,\n",
        {"program": NOWHERE},
        [(2, "phone", "missing_region")],
    ),
    (
        "a phone of a declared country",
        HEAD + "Ada,030 901820,\n",
        {"program": NOWHERE, "reading": Reading(phone_region="DE")},
        [(2, NEW)],
    ),
    (
        "a phone and an e-mail that are none",
        HEAD + "Ada,12,ada@\n",
        {},
        [(2, "phone", "invalid_phone"), (2, "email", "invalid_email")],
    ),
    (
        "days as declared",
        "phone,dob\n030 901820,3.2.2001\n030 901821,2001-02-03\n",
        GERMAN,
        [(2, NEW), (3, "dob", "invalid_date")],
    ),
    (
        "a day that there is not",
        "phone,dob\n030 901820,2001-02-30\n",
        {},
        [(2, "dob", "invalid_date")],
    ),
    (
        "a day in words",
        "phone,dob\n030 901820,3 Feb 2001\n",
        {},
        [(2, "dob", "invalid_date")],
    ),
    ("a month alone", "phone,dob\n030 901820,12\n", {}, [(2, "dob", "invalid_date")]),
    (
        "moments of registration",
        (
            "phone,joined\n030 901820,2026-03-01T12:00:00Z\n"
            "030 901821,2026-03-01\n030 901822,noon\n"
        ),
        {},
        [(2, NEW), (3, NEW), (4, "joined", "invalid_date")],
    ),
    (
        "the same person twice",
        HEAD + ADA + "Eve,030 901820,\n" + BOB,
        {},
        [(2, NEW), (3, "phone", "duplicate_in_file"), (4, NEW)],
    ),
    (
        "the same e-mail in capitals",
        HEAD + ADA + "Eve,,ADA@Example.com\n",
        {},
        [(2, NEW), (3, "email", "duplicate_in_file")],
    ),
    ("nobody to recognise", HEAD + "Ada,,\n", {}, [(2, None, "no_identity")]),
    (
        "an id of ours that is none",
        "id,phone\nx,030 901820\n",
        {},
        [(2, "id", "unknown_id")],
    ),
    (
        "instructions",
        (
            "phone,_action\n030 901820,skip\n12,skip\n030 901821,update\n"
            "030 901822,dance\n030 901823,Create\n"
        ),
        {},
        [
            (2, "action"),
            (3, "action"),
            (4, None, "unknown_customer"),
            (5, "_action", "invalid_action"),
            (6, NEW),
        ],
    ),
    (
        "a formula",
        HEAD + "=1+1,030 901820,\n'=1+1,030 901821,\n",
        {},
        [(2, NEW), (3, NEW)],
    ),
    ("emoji and joiners", HEAD + "👩‍👩‍👧 Zoë,030 901820,\n", {}, [(2, NEW)]),
    (
        "a file of failed rows, mended",
        "phone,_line,_error\n030 901820,7,The row was wrong.\n",
        {},
        [(2, NEW)],
    ),
]

UNREADABLE: list[Any] = [
    ("nothing", b"", {}, "empty"),
    ("blank lines only", "\n\n\n", {}, "header"),
    ("a name that nobody knows", "foo,bar\n1,2\n", {}, "header"),
    ("no header", "Ada,030 901820\nBob,030 901821\n", {}, "header"),
    ("a header that is not CSV", '"first name,phone\n', {}, "header"),
    ("the same column twice", "phone,mobile\n1,2\n", {}, "header"),
    ("figures only", "points,purchases\n1,2\n", {}, "header"),
    (
        "a named column that is not there",
        HEAD,
        {"columns": {"Telefon": "phone"}},
        "header",
    ),
    (
        "another encoding",
        cp(HEAD + ADA.replace("Ada", "Zoë"), "cp1252"),
        {},
        "encoding",
    ),
    (
        "a wrong encoding far down",
        cp(HEAD + ADA * 90_000 + "Zoë\n", "cp1252"),
        {},
        "encoding",
    ),
    (
        "not what was declared",
        cp(HEAD, "cp1252"),
        {"reading": Reading(encoding="utf-16")},
        "encoding",
    ),
    ("half a character", HEAD + "\ud800", {}, None),
    ("a workbook", b"PK\x03\x04" + bytes(range(256)), {}, "binary"),
    ("an old workbook", b"\xd0\xcf\x11\xe0" + bytes(100), {}, "binary"),
    ("a PDF", b"%PDF-1.7\n", {}, "binary"),
    ("zipped", b"\x1f\x8b\x08" + bytes(30), {}, "binary"),
    ("a picture", bytes(range(256)) * 4 + b"\0\1\1\0" * 900, {}, "binary"),
    ("a line without end", b"phone," + b"x" * 3_000_000, {}, "binary"),
    (
        "too many columns",
        "phone," + ",".join(map(str, range(600))) + "\n",
        {},
        "too_wide",
    ),
    ("too many lines", HEAD + ADA * 20, {"reading": Reading(lines_max=10)}, "too_long"),
]


@pytest.mark.parametrize(
    ("source", "rules", "expected"),
    [pytest.param(*case, id=name) for name, *case in READABLE],
)
def test_a_file_that_can_be_read(
    source: bytes | str, rules: dict[str, Any], expected: list[tuple[Any, ...]]
):
    """Each row goes in or is reported by line, column and code."""
    assert expected == said(plan(source, **rules))


@pytest.mark.parametrize(
    ("source", "rules", "reason"),
    [pytest.param(*case, id=name) for name, *case in UNREADABLE],
)
def test_a_file_that_cannot(source: bytes | str, rules: dict[str, Any], reason: str):
    """A file that is no table of customers is one error, before its first row."""
    with pytest.raises(FileUnreadable) as caught:
        plan(source, **rules)

    assert reason == caught.value.details.get("reason")
    assert caught.value.message.endswith((".", ")"))


def test_the_table_is_long():
    """There are more awkward files here than the forty that were asked for."""
    assert len(READABLE) + len(UNREADABLE) > 60


def test_what_is_read_is_what_was_written():
    """Umlauts, quotes, formulas and days arrive as the person meant them."""
    source = cp("Vorname;phone;dob\nZoë;030 901820;3.2.2001\n", "cp1250")
    rules = {
        "reading": Reading(encoding="cp1250", date_order=DateOrder.DMY),
        "columns": {"Vorname": "first_name"},
    }

    (row,) = plan(source, **rules)

    assert isinstance(row, Create)
    assert ("Zoë", "+4930901820", "2001-02-03", "import") == (
        row.person.first_name,
        row.person.phone,
        str(row.person.birth_date),
        row.person.source,
    )


def test_no_message_repeats_the_person():
    """What is said of a row can be logged; its cell is kept apart and not shown."""
    (row,) = plan(HEAD + "Ada,030 90 18 20 x 5,ada@@example.com\n")

    assert isinstance(row, Failed)
    assert ["030 90 18 20 x 5", "ada@@example.com"] == [e.value for e in row.errors]
    assert not any(word in repr(row.errors) for word in ("90 18", "example"))
