"""What managers, locations and terminals are called."""

from __future__ import annotations

import re
from typing import Final

from loyaltycore.errors import InvalidValue


__all__ = ["name_of"]

_NAME_MAX: Final = 200
_has_control = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").search


def name_of(name: object) -> str:
    """
    Trim a name.

    Raises:
        InvalidValue: it is no text, empty, too long, or more than a line.
    """
    text = name.strip() if isinstance(name, str) else ""
    if not 1 <= len(text) <= _NAME_MAX or _has_control(text):
        raise InvalidValue("name", f"1 to {_NAME_MAX} characters on one line.")
    return text
