"""What the caller declares about a file, and what is refused of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from loyaltycore.errors import InvalidValue
from loyaltycore.io.cell_values import BadCell, NumberStyle, number_of
from loyaltycore.io.import_report import ImportReport
from loyaltycore.io.reading import Reading


@pytest.mark.parametrize(
    ("declared", "field"),
    [
        ({"encoding": "klingon"}, "encoding"),
        ({"encoding": "base64"}, "encoding"),
        ({"delimiter": ""}, "delimiter"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"delimiter": '"'}, "delimiter"),
        ({"columns_max": 0}, "columns_max"),
        ({"lines_max": -1}, "lines_max"),
    ],
)
def test_what_cannot_be_declared(declared: dict[str, Any], field: str):
    """A setting that cannot be is refused when it is made, by name."""
    with pytest.raises(InvalidValue) as caught:
        Reading(**declared)

    assert field == caught.value.field


@pytest.mark.parametrize(
    ("cell", "style", "number"),
    [
        ("1234.50", NumberStyle.PLAIN, "1234.50"),
        ("-3", NumberStyle.PLAIN, "-3"),
        ("1234,50", NumberStyle.COMMA, "1234.50"),
        ("1.234,50", NumberStyle.COMMA, "1234.50"),
        ("52.620", NumberStyle.COMMA, "52620"),
        ("52,620", NumberStyle.GROUPED, "52620"),
        ("1,234,567.8", NumberStyle.GROUPED, "1234567.8"),
    ],
)
def test_numbers_as_declared(cell: str, style: NumberStyle, number: str):
    """A comma means what was declared."""
    assert Decimal(number) == number_of(cell, style)


@pytest.mark.parametrize(
    ("cell", "style"),
    [
        ("52,620", NumberStyle.PLAIN),
        ("1.5", NumberStyle.COMMA),
        ("1,5", NumberStyle.GROUPED),
        ("1,23,456", NumberStyle.GROUPED),
        ("1e3", NumberStyle.PLAIN),
        ("nan", NumberStyle.PLAIN),
        ("9" * 40, NumberStyle.PLAIN),
    ],
)
def test_numbers_otherwise(cell: str, style: NumberStyle):
    """What could mean two things is refused."""
    with pytest.raises(BadCell) as caught:
        number_of(cell, style)

    assert caught.value.code == "invalid_number"


def test_a_report_adds_its_rows_up():
    """Every row is counted under one word."""
    report = ImportReport(
        is_dry_run=False, created=1, updated=2, unchanged=3, skipped=4, failed=5
    )

    assert report.rows == 15
