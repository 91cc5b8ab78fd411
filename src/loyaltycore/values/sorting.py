"""
Values of different types as texts that sort as the values do.

So one column of text can hold, compare and sort the values of any field.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias


__all__ = ["Sortable", "sort_text"]

Sortable: TypeAlias = str | int | bool | Decimal | date

_EXPONENT: Final = 500_000
_COMPLEMENT: Final = str.maketrans("0123456789", "9876543210")


def sort_text(value: Sortable) -> str:
    """
    Return a text that compares, by code points, as *value* among values of its type.

    False is before True; 1.5 and 1.50 are the same text, and so are 2 and 2.0.
    """
    match value:
        case bool():
            return str(int(value))
        case int() | Decimal():
            return _number(Decimal(value))
        case date():
            return value.isoformat()
        case str():
            return value


def _number(number: Decimal) -> str:
    """A sign, how many digits stand before the point, and the digits."""
    if not number:
        return "1"
    sign, digits, _ = number.as_tuple()
    written = "".join(map(str, digits)).lstrip("0").rstrip("0")
    text = f"{number.adjusted() + _EXPONENT:06d}{written}"
    # Of two negative numbers the one with more digits behind the same ones is smaller.
    return f"0{text.translate(_COMPLEMENT)}~" if sign else f"2{text}"
