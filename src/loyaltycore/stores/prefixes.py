"""
Texts that start alike, as a range of texts.

An index finds a range, and no character in it means anything else.
"""

from __future__ import annotations

from typing import Final


__all__ = ["prefix_end"]

_LAST: Final = chr(0x10FFFF)


def prefix_end(start: str) -> str | None:
    """Find the first text, by code points, after all that start so; None: no such."""
    kept = start.rstrip(_LAST)
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    if following == 0xD800:  # noqa: PLR2004 - where surrogates begin, which are no text
        following = 0xE000
    return kept[:-1] + chr(following)
