"""What goes over when a customer is merged into another, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.ports import Add, Delete, Ref, Update
from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Query
from loyaltycore.records.cards import card_ref, counter_ref, holder_prefix
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.notes import note_ref, notes_of_customer
from loyaltycore.records.reviews import reviews_of_customer
from loyaltycore.records.scores import score_ref
from loyaltycore.records.streaming import stream
from loyaltycore.records.tags import new_tags, tags_off, tags_on


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyaltycore.ports import Change, Session

__all__ = ["moved"]


def moved(
    session: Session,
    program_id: str,
    source_id: str,
    target_id: str,
    *,
    aliases: Iterable[str],
    cards: Iterable[tuple[str, str]],
) -> Iterator[Change]:
    """
    Say what changes, the customers, their consents and segments aside.

    Args:
        aliases: who was merged into the source before.
        cards: the source's, each with its template.
    """
    owner = {"customer_id": target_id}
    templates: dict[str, None] = {}
    for card_id, template_id in cards:
        yield Update(card_ref(program_id, card_id), owner)
        templates[template_id] = None
    for template_id in templates:
        yield from _counters(session, program_id, template_id, source_id, target_id)
    for alias_id in aliases:
        yield Update(customer_ref(program_id, alias_id), {"merged_into": target_id})
    for note in stream(session, notes_of_customer(program_id, source_id)):
        yield Update(note_ref(program_id, note["id"]), owner)
    for review in stream(session, reviews_of_customer(program_id, source_id)):
        yield Update(
            Ref("review", ("program_id", "id"), (program_id, review["id"])), owner
        )
    yield from _tags(session, program_id, source_id, target_id)
    yield Delete(score_ref(program_id, source_id))


def _counters(
    session: Session, program_id: str, template_id: str, source_id: str, target_id: str
) -> Iterator[Change]:
    """What both used of a limit is used by one."""
    theirs = holder_prefix(template_id, source_id)
    ours = holder_prefix(template_id, target_id)
    begins = Compare("name", Op.STARTS_WITH, theirs)
    query = Query("counter", And((*where(program_id=program_id).terms, begins)))
    for row in stream(session, query):
        name = row["name"].removeprefix(theirs)
        yield Delete(counter_ref(program_id, row["name"]))
        yield Add(counter_ref(program_id, f"{ours}{name}"), {"used": row["used"]})


def _tags(
    session: Session, program_id: str, source_id: str, target_id: str
) -> Iterator[Change]:
    """Tags of both, each with the day of the target's."""
    theirs = tags_on(session, program_id, source_id)
    ours = tags_on(session, program_id, target_id)
    yield from tags_off(program_id, source_id, theirs)
    new = {tag: at for tag, at in theirs.items() if tag not in ours}
    if new:
        yield new_tags(program_id, target_id, new)
