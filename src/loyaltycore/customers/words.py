"""
What people write about customers: how long it may be, and what may stand in it.

No refusal repeats a text.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, TypeVar

from loyaltycore.customers.customer import is_one_line
from loyaltycore.errors import InvalidValue


__all__ = [
    "NAME_MAX",
    "REASON_MAX",
    "TEXT_MAX",
    "name",
    "one_line",
    "one_of",
    "paragraphs",
]

#: The most characters of a note or of a review.
TEXT_MAX: Final = 4_000
#: The most characters of a reason.
REASON_MAX: Final = 255
#: The most characters of a channel, a purpose or where a consent came from.
NAME_MAX: Final = 40

K = TypeVar("K", bound=StrEnum)

_LINE_BREAKS: Final = str.maketrans({"\n": " ", "\t": " "})
_NAME: Final = re.compile(f"[a-z][a-z0-9_-]{{0,{NAME_MAX - 1}}}")


def paragraphs(field: str, value: object) -> str:
    """
    Check a text that may have several lines, and return it without blanks around it.

    Raises:
        InvalidValue: empty, too long, or with control characters.
    """
    text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= TEXT_MAX or not is_one_line(text.translate(_LINE_BREAKS)):
        message = f"a text of 1 to {TEXT_MAX:,} characters, none of them for control."
        raise InvalidValue(field, message)
    return text


def one_line(field: str, value: object, most: int = REASON_MAX) -> str:
    """
    Check a short text, and return it without blanks around it.

    Raises:
        InvalidValue: empty, too long, or with line breaks or control characters.
    """
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= most or not is_one_line(text):
        raise InvalidValue(field, f"one line of 1 to {most} characters.")
    return text


def one_of(field: str, kinds: type[K], given: object) -> K:
    """
    Read a choice.

    Raises:
        InvalidValue: it is none of them; and nothing repeats what was given.
    """
    for kind in kinds:
        if given == kind:
            return kind
    raise InvalidValue(field, f"one of {', '.join(kinds)}.")


def name(field: str, value: object) -> str:
    """
    Check a name that a program gives to something, such as a channel.

    Raises:
        InvalidValue: not a small letter and then small letters, digits, _ and -.
    """
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        message = f"a small letter, then at most {NAME_MAX - 1} more, digits, _ and -."
        raise InvalidValue(field, message)
    return str(value)
