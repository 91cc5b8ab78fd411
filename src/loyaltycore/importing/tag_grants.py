"""Vouchers that reward cards give for the tags of a file, in the same write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards.catalogue import Catalogue
from loyaltycore.cards.grants import OnTag
from loyaltycore.io.planned_customers import Update
from loyaltycore.posting.granting import grant, grants_due
from loyaltycore.records.cards import card_ref, cards_of_templates
from loyaltycore.records.streaming import stream
from loyaltycore.records.templates import all_templates


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from loyaltycore.io.report import Planned
    from loyaltycore.ports import Session
    from loyaltycore.posting import By, Desk

__all__ = ["giving_tags", "grant_for_tags", "hold_cards"]


def giving_tags(session: Session, desk: Desk) -> dict[str, frozenset[str]]:
    """Say for which tags templates give anything; of card types that are known."""
    found: dict[str, frozenset[str]] = {}
    for row in stream(session, all_templates(desk.program.id)):
        if row["kind"] in desk.card_types:
            rules = desk.template(row).rules
            grants = rules.grants if isinstance(rules, Catalogue) else ()
            tags = frozenset(each.tag for each in grants if isinstance(each, OnTag))
            if tags:
                found[row["id"]] = tags
    return found


def hold_cards(
    session: Session,
    desk: Desk,
    giving: Mapping[str, frozenset[str]],
    customer_ids: Sequence[str],
) -> None:
    """
    Lock the cards that may be given something.

    Before their customers, as a posting does; so no till waits for this file while this
    file waits for it.
    """
    if not giving or not customer_ids:
        return
    program_id = desk.program.id
    query = cards_of_templates(program_id, giving, customer_ids)
    refs = [card_ref(program_id, row["id"]) for row in stream(session, query)]
    session.get(refs, lock=True)


def grant_for_tags(
    session: Session,
    desk: Desk,
    giving: Mapping[str, frozenset[str]],
    planned: Iterable[Planned],
    by: By,
    *,
    is_quiet: bool,
) -> None:
    """
    Post what is given for the tags that were put on; somebody new has no card yet.

    Each is posted once, as by hand.  What is refused now is due later.
    """
    every = frozenset[str]().union(*giving.values())
    for row in planned:
        if isinstance(row, Update):
            tags = every & (row.belongings.tags - row.had.tags)
            whose = row.customer.id
            for due in grants_due(session, desk, whose, of_tags=sorted(tags)):
                grant(session, desk, due, by, is_quiet=is_quiet)
