"""
Tags: words that the shop puts on customers, each with the day it was put on.

A tag is the shop's word and no personal data; that somebody has it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from loyaltycore.customers.words import one_line
from loyaltycore.errors import InvalidValue, LimitReached


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["TAGS_MAX", "TAG_MAX", "TagChange", "tag_change", "tags_of"]

#: The most characters of a tag.
TAG_MAX: Final = 64
#: The most tags on one customer.
TAGS_MAX: Final = 100


class TagChange(NamedTuple):
    """Tags that are put on and taken off, each in order."""

    added: tuple[str, ...]
    removed: tuple[str, ...]

    def facts(self) -> dict[str, object]:
        """For the feed."""
        return {"added": list(self.added), "removed": list(self.removed)}


def tags_of(given: Iterable[str]) -> tuple[str, ...]:
    """
    Check tags: each once, without blanks around it.

    Raises:
        InvalidValue: one cannot be a tag.
    """
    if isinstance(given, str):
        raise InvalidValue("tags", "several texts, or one in a list.")
    return tuple(dict.fromkeys(_tag(tag) for tag in given))


def _tag(given: object) -> str:
    if not isinstance(given, str):
        raise InvalidValue("tags", f"each a text, not {type(given).__name__}.")
    return one_line("tags", given, TAG_MAX)


def tag_change(
    kept: Mapping[str, datetime],
    *,
    add: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
) -> TagChange:
    """
    Say what is other than before.

    Args:
        kept: when each tag was put on that the customer has.

    Raises:
        LimitReached: they would have too many.
    """
    added = tuple(tag for tag in add if tag not in kept)
    removed = tuple(tag for tag in remove if tag in kept)
    if added and len(kept) - len(removed) + len(added) > TAGS_MAX:
        raise LimitReached("tags on a customer", used=len(kept), at_most=TAGS_MAX)
    return TagChange(added, removed)
