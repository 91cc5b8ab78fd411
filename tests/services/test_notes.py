"""CU-06: notes about customers, on every store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON, rows_of
from tests.services.people import acting, leave

from loyaltycore import errors
from loyaltycore.customers.notes import NoteKind
from loyaltycore.program.managers import Permission


if TYPE_CHECKING:
    from loyaltycore import Loyalty
    from loyaltycore.ports import Store

TODAY = date(2026, 3, 2)


def test_notes_are_listed_newest_first(shop: Loyalty) -> None:
    """CU-06: every note of a customer is listed in pages, the newest first."""
    ada, bob = shop.customers.register().id, shop.customers.register().id
    made = [
        shop.at(NOON + timedelta(hours=n)).notes.add(ada, f"Note {n}") for n in range(5)
    ]
    shop.notes.add(bob, "Another's")
    first = shop.notes.of_customer(ada, limit=3)
    rest = shop.notes.of_customer(ada, limit=3, cursor=first.cursor)

    assert made[::-1] == [*first.notes, *rest.notes]
    assert rest.cursor is None
    assert "Note 4" == first.notes[0].text


def test_all_may_read_and_only_the_author_writes(shop: Loyalty) -> None:
    """CU-06: whoever may see notes reads all; only the author edits or deletes."""
    ada = shop.customers.register().id
    eva, tom = acting(shop, "eva"), acting(shop, "tom")
    note = eva.notes.add(ada, "Prefers oat milk")

    assert (note,) == tom.notes.of_customer(ada).notes
    assert "eva" == note.author_id
    for somebody_else in (tom, shop):
        with pytest.raises(errors.NotTheAuthor) as caught:
            somebody_else.notes.edit(note.id, "Hates oat milk")
        with pytest.raises(errors.NotTheAuthor):
            somebody_else.notes.delete(note.id)
        assert {"note_id": note.id, "author_id": "eva"} == caught.value.details
    edited = eva.notes.edit(note.id, "Loves oat milk")
    assert (edited,) == shop.notes.of_customer(ada).notes
    assert ("Loves oat milk", 2) == (edited.text, edited.version)
    eva.notes.delete(note.id)
    assert () == shop.notes.of_customer(ada).notes


def test_the_note_of_who_left_is_read_only(shop: Loyalty) -> None:
    """CU-06: when the author's seat is gone, nobody changes the note, not even they."""
    ada = shop.customers.register().id
    eva = acting(shop, "eva")
    note = eva.notes.add(ada, "Prefers oat milk")
    leave(shop, "eva")

    with pytest.raises(errors.PermissionDenied):
        eva.notes.edit(note.id, "x")
    with pytest.raises(errors.NotTheAuthor):
        shop.notes.delete(note.id)
    assert (note,) == shop.notes.of_customer(ada).notes


def test_notes_take_a_permission(shop: Loyalty) -> None:
    """A manager without the permission neither reads nor writes notes."""
    ada = shop.customers.register().id
    eva = acting(shop, "eva", Permission.EDIT)

    for attempt in (
        lambda: eva.notes.add(ada, "x"),
        lambda: eva.notes.of_customer(ada),
        eva.notes.due,
    ):
        with pytest.raises(errors.PermissionDenied):
            attempt()


def test_reminders_are_listed_by_day(shop: Loyalty) -> None:
    """CU-06: a reminder has a day, and is listed on it until it is deleted."""
    ada = shop.customers.register().id
    add = shop.notes.add
    today = add(ada, "Call back", kind="reminder", due_on=TODAY)
    later = add(ada, "Birthday cake", kind=NoteKind.REMINDER, due_on=date(2026, 4, 1))
    add(ada, "Complained about the tea", kind="complaint")

    assert (today,) == shop.notes.due().notes
    assert (later,) == shop.notes.due(date(2026, 4, 1)).notes
    moved = shop.notes.edit(today.id, due_on=date(2026, 4, 1))
    assert () == shop.notes.due().notes
    assert (moved, later) == shop.notes.due(date(2026, 4, 1)).notes
    shop.notes.delete(later.id)
    assert (moved,) == shop.notes.due(date(2026, 4, 1)).notes


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "x" * 4_001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "half \ud800"}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x", "kind": "gossip"}, "kind"),
        ({"text": "x", "kind": "reminder"}, "due_on"),
        ({"text": "x", "due_on": TODAY}, "due_on"),
        ({"text": "x", "kind": "reminder", "due_on": NOON}, "due_on"),
        ({"text": "x", "kind": "reminder", "due_on": "2026-03-02"}, "due_on"),
    ],
)
def test_what_cannot_be_a_note(
    shop: Loyalty, store: Store, values: dict, field: str
) -> None:
    """A note that cannot be one is refused by the name of what is wrong."""
    ada = shop.customers.register().id
    before = rows_of(store)
    with pytest.raises(errors.InvalidValue) as caught:
        shop.notes.add(ada, **values)

    assert field == caught.value.field
    assert before == rows_of(store)


def test_a_note_keeps_its_lines(shop: Loyalty) -> None:
    """Several lines and any script are fine; blanks around them are not kept."""
    ada = shop.customers.register().id
    note = shop.notes.add(ada, "  Zoë 🦊\r\n\t李\n")

    assert "Zoë 🦊\n\t李" == shop.notes.of_customer(ada).notes[0].text
    assert "Zoë" not in repr(note)


def test_notes_have_a_limit(shop: Loyalty, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are only so many notes about one customer."""
    monkeypatch.setattr("loyaltycore.customers.notes.NOTES_MAX", 2)
    ada = shop.customers.register().id
    shop.notes.add(ada, "1")
    shop.notes.add(ada, "2")

    with pytest.raises(errors.LimitReached):
        shop.notes.add(ada, "3")
    shop.notes.add(shop.customers.register().id, "another's")


def test_the_feed_tells_of_notes_without_their_text(shop: Loyalty) -> None:
    """CU-05, CU-06: the feed says that a note was written, never what."""
    ada = shop.customers.register().id
    note = acting(shop, "eva").notes.add(ada, "Secret", kind="query")
    entry = shop.customers.feed(ada).entries[0]

    assert ("note", note.id, "eva") == (entry.kind, entry.subject_id, entry.actor_id)
    assert {"kind": "query", "what": "added"} == entry.details


def test_nobody_and_gone(shop: Loyalty) -> None:
    """A note is about somebody who is there; one that is not there is no note."""
    ada = shop.customers.register().id
    shop.customers.delete(ada)

    with pytest.raises(errors.CustomerGone):
        shop.notes.add(ada, "x")
    with pytest.raises(errors.UnknownCustomer):
        shop.notes.add("nobody", "x")
    with pytest.raises(errors.UnknownCustomer):
        shop.notes.of_customer("nobody")
    with pytest.raises(errors.UnknownNote):
        shop.notes.delete("none")


def test_a_note_that_changed_meanwhile(shop: Loyalty) -> None:
    """A note that is edited on top of another edit keeps both versions apart."""
    ada = shop.customers.register().id
    note = shop.notes.add(ada, "One")
    shop.notes.edit(note.id, "Two")
    edited = shop.notes.edit(note.id, "Three")

    assert ("Three", 3) == (edited.text, edited.version)
