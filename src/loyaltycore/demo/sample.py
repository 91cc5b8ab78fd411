"""The CDNOW sample, read as any file of purchases is."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from loyaltycore.errors import FileUnreadable
from loyaltycore.io.purchases import PurchaseColumns, read_purchases


if TYPE_CHECKING:
    from loyaltycore.io.purchases import PurchaseRow

__all__ = ["purchases", "sample_text"]

_COLUMNS = PurchaseColumns(
    customer="customer_id",
    date="date",
    amount="amount",
    quantity="quantity",
    receipt=None,
)


def sample_text() -> str:
    """Return the file that ships with the package."""
    file = resources.files("loyaltycore").joinpath("data", "cdnow_sample.csv")
    return file.read_text("utf-8")


def purchases(text: str) -> list[PurchaseRow]:
    """
    Return the file's purchases by day, those of a day in the file's order.

    Raises:
        FileUnreadable: a row has an error, or there is none; the demo replays all or
            nothing.
    """
    file = read_purchases(text.splitlines(), currency="USD", columns=_COLUMNS)
    for error in file.errors:
        message = f"Line {error.line} of the sample: {error.message}"
        raise FileUnreadable(message, line=error.line, column=error.column)
    if not file.rows:
        raise FileUnreadable("The sample has no purchases.")
    return sorted(file.rows, key=lambda row: (row.on, row.line))
