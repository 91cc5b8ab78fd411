"""Cells that a spreadsheet cannot run, and the way back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.io.cells import escaped, unescaped


FORMULA_STARTS = "=+-@\t\r\n\0＝＋－＠"  # noqa: RUF001 - full-width ones run too
hostile = st.text(st.sampled_from("'=+-@\t\r\n\0＝＋－＠ 19.ab,\""), max_size=12)  # noqa: RUF001
texts = st.one_of(st.text(max_size=20), hostile)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-cmd", "'-cmd"),
        ("'=1", "''=1"),
        ("-1.50", "-1.50"),
        ("+49 30 901820", "+49 30 901820"),
        ("Ada", "Ada"),
        ("'Ada", "'Ada"),
        ("", ""),
    ],
)
def test_what_starts_like_a_formula_gets_a_quote(text: str, cell: str):
    """Formulas are quoted; names and plain numbers are left alone."""
    assert cell == escaped(text)
    assert text == unescaped(cell)


@given(texts)
def test_escaping_loses_nothing(text: str):
    """Every text comes back through a CSV file as it was."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow([escaped(text), "end"])
    file.seek(0)
    (row,) = csv.reader(file)

    assert [text, "end"] == [unescaped(row[0]), row[1]]


@given(texts)
def test_no_cell_is_run(text: str):
    """What still starts like a formula is a number."""
    cell = escaped(text)
    digits = cell.lstrip("+-").replace(" ", "").replace(".", "", 1)

    assert cell[:1] not in FORMULA_STARTS or not cell or digits.isdigit()
