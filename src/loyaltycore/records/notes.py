"""Notes about customers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loyaltycore.customers.notes import Note, NoteKind
from loyaltycore.ports import Insert, Ref, Update
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query, count
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from datetime import date

    from loyaltycore.query.predicates import Row

__all__ = [
    "COUNT",
    "due_notes",
    "new_note",
    "note_change",
    "note_of",
    "note_ref",
    "notes_of_customer",
]

COUNT = {"notes": count()}


def note_ref(program_id: str, note_id: str) -> Ref:
    """One note."""
    return Ref("note", ("program_id", "id"), (program_id, id_text("note_id", note_id)))


def notes_of_customer(
    program_id: str, customer_id: str, limit: int = 100, cursor: str | None = None
) -> Query:
    """Notes about a customer, newest first."""
    return Query(
        "note",
        where(program_id=program_id, customer_id=customer_id),
        (Order("created_at", descending=True), Order("id", descending=True)),
        limit,
        cursor,
    )


def due_notes(program_id: str, on: date, limit: int, cursor: str | None) -> Query:
    """Reminders of a day."""
    return Query(
        "note", where(program_id=program_id, due_on=on), (Order("id"),), limit, cursor
    )


def new_note(program_id: str, note: Note) -> Insert:
    """A note that was written."""
    row = {
        "program_id": program_id,
        "id": note.id,
        "version": note.version,
        "customer_id": note.customer_id,
        "author_id": note.author_id,
        "created_at": note.created_at,
        **_values(note),
    }
    return Insert("note", [row])


def note_change(program_id: str, note: Note) -> Update:
    """A note that was edited; the result is 0 where it was changed since."""
    values = {**_values(note), "version": note.version + 1}
    return Update(note_ref(program_id, note.id), values, expect=note.version)


def note_of(row: Row) -> Note:
    """The opposite of ``new_note``."""
    return Note(
        id=row["id"],
        version=row["version"],
        customer_id=row["customer_id"],
        kind=NoteKind(row["kind"]),
        text=json.loads(row["text"]),
        due_on=row["due_on"],
        author_id=row["author_id"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
    )


def _values(note: Note) -> Row:
    return {
        "kind": note.kind.value,
        "text": json.dumps(note.text),
        "due_on": note.due_on,
        "changed_at": note.changed_at,
    }
