"""
How the cells of a file are divided.

Owns the choice of a delimiter: the one that makes most names of the header known.
Counting characters, as ``csv.Sniffer`` does, takes letters for delimiters where a file
has one column; a name that is known is never an accident.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import FileUnreadable


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["DELIMITERS", "Dialect", "dialect_of", "plain_name"]

DELIMITERS: Final = (",", ";", "\t", "|")
_is_declaration = re.compile(r'"?sep=(.)"?[,;\t| ]*[\r\n]*', re.IGNORECASE).fullmatch
_parts_in = re.compile(r"[^_\s-]+").findall


@attrs.frozen(kw_only=True)
class Dialect:
    """
    How a file is divided.

    Attributes:
        delimiter: one character.
        skip: lines before the header: 1 where Excel's ``sep=;`` comes first.
    """

    delimiter: str
    skip: int = 0


def plain_name(name: str) -> str:
    """
    Return the name of a column as names are compared: ``First_Name`` is first name.

    A mark at the beginning stays: ``_action`` is an instruction, ``action`` a column.
    """
    mark = "_" if name.startswith("_") else ""
    return mark + " ".join(_parts_in(name.casefold()))


def dialect_of(
    lines: Sequence[str], is_known: Callable[[str], bool], declared: str | None
) -> Dialect:
    """
    Find how a file is divided.

    Args:
        lines: the first of the file, the header among them.
        is_known: whether a name of the header stands for something.
        declared: a delimiter that the caller is sure of.

    Raises:
        FileUnreadable: no column is known whatever the delimiter; ``reason`` is
            ``header``.
    """
    skip = 0
    stated = _is_declaration(lines[0]) if lines else None
    if stated is not None:
        declared = declared or stated[1]
        skip = 1
    delimiters = DELIMITERS if declared is None else (declared,)
    best, most = "", 0
    for delimiter in delimiters:
        known = sum(map(is_known, _first(lines[skip:], delimiter)))
        if known > most:
            best, most = delimiter, known
    if not most:
        raise _no_header(lines[skip:], delimiters[0])
    return Dialect(delimiter=best, skip=skip)


def _first(lines: Iterable[str], delimiter: str) -> list[str]:
    """Read the first row that is not blank; none of a header that is not CSV."""
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in cells):
                return cells
    except csv.Error:
        pass
    return []


def _no_header(lines: Sequence[str], delimiter: str) -> FileUnreadable:
    """Refuse a file without repeating its first row, which may be a customer."""
    cells = len(_first(lines, delimiter))
    message = (
        f"No column of the header is known, of {cells}; name the columns, or start from"
        " a template; and pass an open file, or what is in it, not its name."
    )
    return FileUnreadable(message, reason="header")
