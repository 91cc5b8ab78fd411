"""
Notes about customers: everybody reads them, only who wrote one changes it.

The author is a manager, or the host itself where nobody else is named (None).  A note
of a manager who left is only read: nobody is its author any more, not even the host.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.words import one_of, paragraphs
from loyaltycore.errors import InvalidValue, LimitReached, NotTheAuthor


if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "NOTES_MAX",
    "Note",
    "NoteKind",
    "check_room",
    "edited",
    "kind_of",
    "plain_day",
    "written",
]

#: The most notes about one customer.
NOTES_MAX: Final = 1_000


class NoteKind(StrEnum):
    """What a note is for; a reminder has a day."""

    NOTE = "note"
    COMPLAINT = "complaint"
    QUERY = "query"
    REMINDER = "reminder"


@attrs.frozen(kw_only=True)
class Note:
    """
    What somebody wrote about a customer.

    Attributes:
        due_on: of a reminder, the local day; else None.
        author_id: the manager who wrote it; None: the host.
    """

    id: str
    version: int
    customer_id: str
    kind: NoteKind
    text: str = attrs.field(repr=False)
    due_on: date | None = None
    author_id: str | None = None
    created_at: datetime
    changed_at: datetime

    def check_author(self, actor_id: str | None) -> None:
        """
        Refuse everybody else.

        Args:
            actor_id: the manager who acts, or None for the host.

        Raises:
            NotTheAuthor: it is somebody else's.
        """
        if actor_id != self.author_id:
            raise NotTheAuthor(self.id, self.author_id)


def kind_of(given: NoteKind | str) -> NoteKind:
    """
    Read a kind.

    Raises:
        InvalidValue: there is no such one.
    """
    return one_of("kind", NoteKind, given)


def plain_day(field: str, day: object) -> date:
    """
    Check a day.

    Raises:
        InvalidValue: it is none, or a moment.
    """
    if type(day) is not date:
        raise InvalidValue(field, f"a datetime.date, not {type(day).__name__}.")
    return day


def written(note: Note) -> Note:
    """
    Check a note.

    Raises:
        InvalidValue: a text that cannot be one; a reminder without a day, or a day on
            something else.
    """
    if note.due_on is not None:
        plain_day("due_on", note.due_on)
    if (note.kind is NoteKind.REMINDER) is not (note.due_on is not None):
        raise InvalidValue("due_on", "a reminder has a day, and nothing else has.")
    return attrs.evolve(note, text=paragraphs("text", note.text))


def edited(
    note: Note,
    *,
    actor_id: str | None,
    at: datetime,
    text: str | None,
    due_on: date | None,
) -> Note:
    """
    Change a note; what is None stays.

    Raises:
        NotTheAuthor: it is somebody else's.
        InvalidValue: as ``written`` says.
    """
    note.check_author(actor_id)
    return written(
        attrs.evolve(
            note,
            text=note.text if text is None else text,
            due_on=due_on or note.due_on,
            changed_at=at,
        )
    )


def check_room(notes: int) -> None:
    """
    Refuse one note more than there may be.

    Raises:
        LimitReached: there are that many.
    """
    if notes >= NOTES_MAX:
        raise LimitReached("notes about a customer", used=notes, at_most=NOTES_MAX)
