"""Notes about customers, and reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers import notes as rules
from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.notes import Note, NoteKind, plain_day
from loyaltycore.errors import Conflict, UnknownNote
from loyaltycore.ports import Delete
from loyaltycore.posting.people import living_customer, noted, the_customer
from loyaltycore.program.managers import Permission
from loyaltycore.records import notes as records
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from datetime import date

    from loyaltycore.ports import Insert, Page, Session
    from loyaltycore.shell import Shell

__all__ = ["NotePage", "Notes"]


@attrs.frozen
class NotePage:
    """Some notes; *cursor* is None behind the last one."""

    notes: tuple[Note, ...]
    cursor: str | None


class Notes:
    """
    Notes about customers.

    Whoever may see notes sees all; only who wrote one changes or deletes it.  The host
    itself is the author of what it writes without naming a manager, and of nothing
    else: the note of a manager who has left stays as it is.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def add(
        self,
        customer_id: str,
        text: str,
        *,
        kind: NoteKind | str = NoteKind.NOTE,
        due_on: date | None = None,
    ) -> Note:
        """
        Write a note.

        Args:
            text: 1 to 4,000 characters; it may have several lines.
            kind: note, complaint, query or reminder.
            due_on: of a reminder, the local day.

        Raises:
            UnknownCustomer: there is no such one.
            CustomerGone: they were deleted or erased.
            InvalidValue: a text, kind or day that cannot be.
            LimitReached: there are 1,000 notes about them.
        """
        desk, author = self._shell.desk, self._shell.manager_id
        now = desk.now()
        note = rules.written(
            Note(
                id=desk.ids.new(now),
                version=1,
                customer_id=customer_id,
                kind=rules.kind_of(kind),
                text=text,
                due_on=due_on,
                author_id=author,
                created_at=now,
                changed_at=now,
            )
        )

        def write(session: Session) -> Note:
            whose = living_customer(session, desk, customer_id).id
            query = records.notes_of_customer(desk.program.id, whose)
            (found,) = session.summarize(query, measures=records.COUNT)
            rules.check_room(found["notes"])
            added = attrs.evolve(note, customer_id=whose)
            told = self._told(added, "added")
            session.apply([records.new_note(desk.program.id, added), told])
            return added

        return self._shell.write(write, Permission.NOTES)

    def edit(
        self, note_id: str, text: str | None = None, *, due_on: date | None = None
    ) -> Note:
        """
        Change a note of one's own; what is left out stays.

        Raises:
            UnknownNote: there is no such note.
            NotTheAuthor: somebody else wrote it.
            InvalidValue: a text or day that cannot be.
        """
        desk, actor = self._shell.desk, self._shell.manager_id

        def write(session: Session) -> Note:
            before = self._load(session, note_id)
            after = rules.edited(
                before, actor_id=actor, at=desk.now(), text=text, due_on=due_on
            )
            change = records.note_change(desk.program.id, after)
            results = session.apply([change, self._told(after, "edited")])
            if not results[0]:
                raise Conflict("The note changed in the meantime; ask again.")
            return attrs.evolve(after, version=before.version + 1)

        return self._shell.write(write, Permission.NOTES)

    def delete(self, note_id: str) -> None:
        """
        Delete a note of one's own; a reminder that was dealt with, for one.

        Raises:
            UnknownNote: there is no such note.
            NotTheAuthor: somebody else wrote it.
        """
        actor, program_id = self._shell.manager_id, self._shell.program_id

        def write(session: Session) -> None:
            note = self._load(session, note_id)
            note.check_author(actor)
            gone = Delete(records.note_ref(program_id, note_id))
            session.apply([gone, self._told(note, "deleted")])

        self._shell.write(write, Permission.NOTES)

    def of_customer(
        self, customer_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> NotePage:
        """
        Return a page of the notes about a customer, newest first.

        Raises:
            UnknownCustomer: there is no such one.
            InvalidValue: the limit or cursor cannot be.
        """
        desk = self._shell.desk

        def read(session: Session) -> Page:
            customer = the_customer(session, desk, customer_id)
            query = records.notes_of_customer(
                desk.program.id, customer.id, limit, cursor
            )
            return session.select(query)

        return _paged(self._shell.read(read, Permission.NOTES))

    def due(
        self, on: date | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> NotePage:
        """
        Return a page of the reminders of a local day, today's by default.

        Raises:
            InvalidValue: the day, limit or cursor cannot be.
        """
        desk = self._shell.desk
        today = local_day(desk.now(), desk.program.zone)
        day = today if on is None else plain_day("on", on)
        query = records.due_notes(desk.program.id, day, limit, cursor)
        page = self._shell.read(lambda session: session.select(query), Permission.NOTES)
        return _paged(page)

    # -- inside ------------------------------------------------------------------------

    def _load(self, session: Session, note_id: str) -> Note:
        ref = records.note_ref(self._shell.program_id, note_id)
        (row,) = session.get([ref], lock=True)
        if row is None:
            raise UnknownNote(note_id)
        return records.note_of(row)

    def _told(self, note: Note, what: str) -> Insert:
        return noted(
            self._shell.desk,
            note.customer_id,
            ActivityKind.NOTE,
            {"kind": note.kind.value, "what": what},
            actor_id=self._shell.manager_id,
            subject_id=note.id,
        )


def _paged(page: Page) -> NotePage:
    return NotePage(tuple(map(records.note_of, page.rows)), page.cursor)
