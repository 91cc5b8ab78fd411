"""Reading purchases: nothing is guessed, and each bad cell is named."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import FileUnreadable, InvalidAmount, InvalidValue
from loyaltycore.io import purchases as module
from loyaltycore.io.purchases import (
    DateOrder,
    PurchaseColumns,
    PurchaseRow,
    RowError,
    read_purchases,
    scan_purchases,
)


if TYPE_CHECKING:
    from pathlib import Path

ALL = PurchaseColumns(quantity="qty", receipt="receipt")


def read(text: str, **options: object) -> module.PurchaseFile:
    """Read a file that is written out in a test."""
    lines = io.StringIO(text, newline="")
    return read_purchases(lines, currency="EUR", **options)  # type: ignore[arg-type]


def codes(text: str, **options: object) -> list[tuple[int, str | None, str]]:
    """Where and what the errors of a file are."""
    return [(e.line, e.column, e.code) for e in read(text, **options).errors]


class TestRows:
    def test_a_plain_file(self):
        """Columns are found by name, in any order; amounts are minor units."""
        file = read("amount,date,customer\n49.90,2026-03-01,ada\n0,2026-03-02,bob\n")

        assert (
            PurchaseRow(line=2, customer="ada", on=date(2026, 3, 1), amount=4990),
            PurchaseRow(line=3, customer="bob", on=date(2026, 3, 2), amount=0),
        ) == file.rows
        assert () == file.errors

    def test_further_columns(self):
        """Quantity and receipt are read where they were named; a receipt may lack."""
        file = read(
            "customer,date,amount,qty,receipt,note\n"
            "ada,2026-03-01,1.00,2,R-7,x\n"
            "ada,2026-03-01,1.00,0,,y\n",
            columns=ALL,
        )

        assert [(2, "R-7"), (0, None)] == [(r.quantity, r.receipt) for r in file.rows]

    def test_other_names(self):
        """The caller says what the columns are called."""
        columns = PurchaseColumns(customer="Kunde", date="Tag", amount="Betrag")
        file = read(
            "Kunde;Tag;Betrag\n7;2026-03-01;3.50\n", columns=columns, delimiter=";"
        )

        assert [("7", 350)] == [(row.customer, row.amount) for row in file.rows]

    @pytest.mark.parametrize(
        ("order", "written"),
        [
            (DateOrder.YMD, "2026-03-01"),
            (DateOrder.DMY, "1.3.2026"),
            (DateOrder.DMY, "01/03/2026"),
            (DateOrder.MDY, "3-1-2026"),
        ],
    )
    def test_dates(self, order: DateOrder, written: str):
        """A day is read in the order that was declared."""
        file = read(f"customer,date,amount\nada,{written},1\n", date_order=order)

        assert [date(2026, 3, 1)] == [row.on for row in file.rows]

    def test_a_mark_at_the_beginning(self):
        """A byte order mark is no part of the first header, quoted or not."""
        plain = read("\ufeffcustomer,date,amount\nada,2026-03-01,1\n")
        quoted = read('\ufeff"customer",date,amount\nada,2026-03-01,1\n')

        assert ["ada", "ada"] == [f.rows[0].customer for f in (plain, quoted)]

    def test_blank_lines(self):
        """Blank lines and rows of empty cells are not rows, and lines count on."""
        file = read("customer,date,amount\n\n,,\nada,2026-03-01,1\n\n")

        assert [4] == [row.line for row in file.rows]
        assert () == file.errors

    def test_a_row_over_several_lines(self):
        """A row is named by the line where it begins."""
        text = 'customer,date,amount,note\nada,2026-03-01,1,"a\nb"\nbob,x,1,\n'

        assert [(4, "date", "invalid_date")] == codes(text)

    def test_lines_from_anywhere(self):
        """A list of lines without ends serves as well as a file."""
        lines = ["customer,date,amount", "ada,2026-03-01,1"]

        assert 1 == len(read_purchases(lines, currency="EUR").rows)

    def test_a_currency_without_decimals(self):
        """Minor units are those of the currency."""
        lines = ["customer,date,amount", "ada,2026-03-01,500", "ada,2026-03-01,1.5"]
        file = read_purchases(lines, currency="JPY")

        assert [500] == [row.amount for row in file.rows]
        assert ["invalid_amount"] == [error.code for error in file.errors]

    def test_the_customer_stays_out_of_logs(self):
        """A row's repr does not say who it is about."""
        row = read("customer,date,amount\nada,2026-03-01,1\n").rows[0]

        assert "ada" not in repr(row)

    @given(st.integers(0, 2**53 - 1))
    def test_amounts_are_exact(self, minor: int):
        """Every amount comes in as it was written, to the cent."""
        row = f"ada,2026-03-01,{minor // 100}.{minor % 100:02}"
        file = read_purchases(["customer,date,amount", row], currency="EUR")

        assert [minor] == [row.amount for row in file.rows]


class TestRowErrors:
    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            (",2026-03-01,1,1,", "customer", "missing_value"),
            ("a\0b,2026-03-01,1,1,", "customer", "invalid_text"),
            ("a\ud800b,2026-03-01,1,1,", "customer", "invalid_text"),
            (f"{'a' * 201},2026-03-01,1,1,", "customer", "invalid_text"),
            ("ada,,1,1,", "date", "missing_value"),
            ("ada,2026-02-29,1,1,", "date", "invalid_date"),
            ("ada,20260301,1,1,", "date", "invalid_date"),
            ("ada,2026-W09-7,1,1,", "date", "invalid_date"),
            ("ada,01.03.2026,1,1,", "date", "invalid_date"),
            ("ada,2026-03-01 10:00,1,1,", "date", "invalid_date"),
            ("ada,٢٠٢٦-03-01,1,1,", "date", "invalid_date"),
            ("ada,2026-03-01,,1,", "amount", "missing_value"),
            ("ada,2026-03-01,-1.00,1,", "amount", "invalid_amount"),
            ("ada,2026-03-01,1.001,1,", "amount", "invalid_amount"),
            ("ada,2026-03-01,1e3,1,", "amount", "invalid_amount"),
            ("ada,2026-03-01,nan,1,", "amount", "invalid_amount"),
            ('ada,2026-03-01,"1,00",1,', "amount", "invalid_amount"),
            ("ada,2026-03-01,1.00 EUR,1,", "amount", "invalid_amount"),
            ("ada,2026-03-01,1,,", "qty", "missing_value"),
            ("ada,2026-03-01,1,-1,", "qty", "invalid_quantity"),
            ("ada,2026-03-01,1,1.5,", "qty", "invalid_quantity"),
            ("ada,2026-03-01,1,9999999999,", "qty", "invalid_quantity"),
            (f"ada,2026-03-01,1,1,{'R' * 201}", "receipt", "invalid_text"),
            ("ada,2026-03-01,1,1", None, "ragged_row"),
            ("ada,2026-03-01,1,1,,", None, "ragged_row"),
        ],
    )
    def test_one_bad_row(self, row: str, column: str | None, code: str):
        """A bad row is reported by line and column, and those around it are read."""
        good = "bob,2026-03-02,2.00,1,\n"
        text = f"customer,date,amount,qty,receipt\n{good}{row}\n{good}"

        assert [(3, column, code)] == codes(text, columns=ALL)
        assert [2, 4] == [found.line for found in read(text, columns=ALL).rows]

    @pytest.mark.parametrize(
        "written", ["1.3-2026", "31.2.2026", "1.3.26", "2026-03-01"]
    )
    def test_days_of_another_order(self, written: str):
        """Mixed separators, short years and impossible days are not guessed at."""
        text = f"customer,date,amount\nada,{written},1\n"

        assert [(2, "date", "invalid_date")] == codes(text, date_order=DateOrder.DMY)

    def test_every_bad_cell_is_named(self):
        """A row with three bad cells has three errors."""
        text = "customer,date,amount\n,yesterday,free\n"

        assert [
            (2, "customer", "missing_value"),
            (2, "date", "invalid_date"),
            (2, "amount", "invalid_amount"),
        ] == codes(text)

    def test_a_quote_that_never_ends(self):
        """What an open quote swallows is reported once; nothing after is guessed."""
        text = 'customer,date,amount\nada,2026-03-01,1\n"bob,2026-03-01,1\nx,y,z\n'
        file = read(text)

        assert [2] == [row.line for row in file.rows]
        assert [(3, None, "malformed_csv")] == codes(text)

    def test_a_field_without_end(self):
        """A field that is longer than any is malformed, not kept growing."""
        text = f"customer,date,amount\n{'a' * 200_000},2026-03-01,1\nada,2026-03-01,1\n"

        assert [(2, None, "malformed_csv")] == codes(text)

    def test_no_more_errors_than_can_be_read(self, monkeypatch: pytest.MonkeyPatch):
        """The report keeps the first errors and counts all."""
        monkeypatch.setattr(module, "ERRORS_MAX", 2)
        file = read("customer,date,amount\n" + "ada,never,1\n" * 5)

        assert [2, 3] == [error.line for error in file.errors]
        assert 5 == file.error_count

    def test_no_message_names_a_customer(self):
        """Errors can be logged: they never repeat the customer's cell."""
        file = read("customer,date,amount\nada\tlovelace,x,y\n")

        assert not any("lovelace" in error.message for error in file.errors)


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "empty"),
            ("\n", "empty"),
            ("date,amount\n", "no column 'customer'"),
            ("Customer,date,amount\n", "no column 'customer'"),
            ("customer;date;amount\n", "no column 'customer'"),
            ("customer,date,date,amount\n", "2 columns 'date'"),
            ('customer,"date\n', "not CSV"),
        ],
    )
    def test_a_file_that_cannot_be_read(self, text: str, says: str):
        """A file without the header that was named is one clear error."""
        with pytest.raises(FileUnreadable, match=says) as caught:
            read(text)

        assert "file_unreadable" == caught.value.code

    def test_bytes(self):
        """A file that was opened as bytes is refused with the reason."""
        with pytest.raises(FileUnreadable, match="text mode"):
            read_purchases(io.BytesIO(b"customer,date,amount\n"), currency="EUR")  # type: ignore[arg-type]

    def test_two_columns_that_nobody_asked_for(self):
        """A duplicated name is only an error where it is needed."""
        assert 1 == len(read("customer,date,amount,x,x\na,2026-03-01,1,,\n").rows)

    @pytest.mark.parametrize(
        "before", [b"", b"customer,date,amount\nada,2026-03-01,1\n"]
    )
    def test_another_encoding(self, tmp_path: Path, before: bytes):
        """Text that cannot be decoded is one clear error, wherever it stands."""
        path = tmp_path / "file.csv"
        path.write_bytes(before + b"\xff\xfe" * 10)

        with (
            path.open(encoding="utf-8", newline="") as file,
            pytest.raises(FileUnreadable, match="encoding"),
        ):
            read_purchases(file, currency="EUR")

    def test_decoding_that_fails_later(self):
        """So it is where the rows before were fine."""

        def lines():
            yield "customer,date,amount\n"
            yield "ada,2026-03-01,1\n"
            yield b"\xff".decode()

        found = scan_purchases(lines(), currency="EUR")

        assert isinstance(next(found), PurchaseRow)
        with pytest.raises(FileUnreadable, match="encoding"):
            next(found)


class TestStreaming:
    def test_rows_come_one_by_one(self):
        """A file that never ends is read as far as it is asked for."""

        def endless():
            yield "customer,date,amount\n"
            while True:
                yield "ada,2026-03-01,1\n"
                yield "ada,2026-03-01,x\n"

        found = scan_purchases(endless(), currency="EUR")

        assert isinstance(next(found), PurchaseRow)
        assert isinstance(next(found), RowError)

    def test_the_header_is_checked_at_once(self):
        """Who streams learns of a wrong file before the first row."""
        with pytest.raises(FileUnreadable):
            scan_purchases(["a,b,c"], currency="EUR")


class TestArguments:
    @pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "\r", "\ufeff"])
    def test_a_delimiter_that_cannot_be(self, delimiter: str):
        """The delimiter is one character that means nothing else."""
        with pytest.raises(InvalidValue, match="delimiter"):
            read("customer,date,amount\n", delimiter=delimiter)

    def test_a_currency_that_is_none(self):
        """An unknown currency is refused before anything is read."""
        with pytest.raises(InvalidAmount):
            read_purchases([], currency="euro")

    @pytest.mark.parametrize("names", [{"customer": " "}, {"date": "amount"}])
    def test_columns_that_cannot_be(self, names: dict[str, str]):
        """Columns have names, each another one."""
        with pytest.raises(InvalidValue, match="columns"):
            PurchaseColumns(**names)
