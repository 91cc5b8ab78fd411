"""
Text in the cells of a file that a spreadsheet may open.

A spreadsheet runs a cell that starts like a formula.  Such a cell gets a quote in
front, and so does one that already starts with quotes and a formula; therefore every
escaped text leads back to one text only.  Numbers, ``-1.50`` and ``+49 30 901820`` too,
are left alone: a spreadsheet has nothing to run there.

Which first characters are dangerous: OWASP's advice on CSV injection, and ASVS 1.2.10.
"""

from __future__ import annotations

import re


__all__ = ["MARKS", "escaped", "unescaped"]

#: A cell that starts with none of these is never escaped: the quick way to know.
MARKS = frozenset("'=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001 - full-width ones run too

_STARTS = "[=+\\-@\\t\\r\\n\\0＝＋－＠]"  # noqa: RUF001 - full-width ones run too
_is_formula = re.compile(f"'*{_STARTS}").match
_is_escaped = re.compile(f"'+{_STARTS}").match
_is_number = re.compile(r"[+-]?[0-9][0-9 ]*(\.[0-9]+)?").fullmatch


def escaped(text: str) -> str:
    """Return *text* so that no spreadsheet runs it; ``=1+1`` becomes ``'=1+1``."""
    return text if _is_number(text) or not _is_formula(text) else f"'{text}"


def unescaped(text: str) -> str:
    """Return what was escaped: the opposite of `escaped`, for every text."""
    return text[1:] if _is_escaped(text) else text
