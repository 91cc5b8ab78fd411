"""
Vouchers that customers get by themselves: what is due, and posting it once.

Once for a customer, a reward and an occasion, on whichever of their cards: the key of
the posting says so, also for those who were merged into the customer since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.card import CardStatus
from loyaltycore.cards.catalogue import Catalogue
from loyaltycore.cards.commands import describe
from loyaltycore.cards.grants import GrantFacts, due_grants
from loyaltycore.errors import Refusal
from loyaltycore.posting.account import open_account
from loyaltycore.posting.deciding import decider
from loyaltycore.posting.desk import NOBODY, Request
from loyaltycore.posting.routine import post
from loyaltycore.records import cards as card_records
from loyaltycore.records import journal
from loyaltycore.records.finding import everyone_who_became, resolved
from loyaltycore.records.streaming import stream
from loyaltycore.records.tags import tags_on
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from loyaltycore.cards.reward_commands import GrantVoucher
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import By, Desk, Posted

__all__ = ["DueGrant", "grant", "grants_due"]


@attrs.frozen(kw_only=True)
class DueGrant:
    """
    A voucher that a card is due.

    Attributes:
        keys: under one of which it was posted, if it was; the first one is the next.
    """

    card_id: str
    command: GrantVoucher
    keys: tuple[str, ...]


def grants_due(
    session: Session,
    desk: Desk,
    customer_id: str,
    tags: Mapping[str, date] | None = None,
    *,
    of_tags: Collection[str] | None = None,
) -> list[DueGrant]:
    """
    Say what a customer's cards are due today.

    Args:
        tags: with the local day on which each was put on; by default those that the
            customer has.
        of_tags: only what is given for one of these.

    Raises:
        UnknownCustomer: there is no such one.
    """
    if of_tags is not None and not of_tags:
        return []
    program_id, zone = desk.program.id, desk.program.zone
    row = resolved(session, program_id, customer_id)
    whose: str = row["id"]
    if tags is None:
        put_on = tags_on(session, program_id, whose)
        tags = {tag: local_day(at, zone) for tag, at in put_on.items()}
    facts = GrantFacts(
        registered_on=local_day(row["registered_at"], zone),
        birth_date=row["birth_date"],
        tags=tags,
    )
    ids = everyone_who_became(session, program_id, whose)
    starts = tuple(f"tag/{tag}/" for tag in of_tags or ())
    query = card_records.cards_of_customer(program_id, whose)
    return [
        due
        for card in stream(session, query)
        if card["status"] != CardStatus.DELETED
        for due in _due_on(session, desk, card["id"], facts, ids)
        if of_tags is None or (due.command.occasion or "").startswith(starts)
    ]


def grant(
    session: Session,
    desk: Desk,
    due: DueGrant,
    by: By = NOBODY,
    *,
    is_quiet: bool = False,
) -> Posted | None:
    """
    Post a grant once; None where it was before, or cannot be today.

    Args:
        is_quiet: nobody is told.
    """
    program_id = desk.program.id
    earlier = session.get([journal.key_ref(program_id, key) for key in due.keys])
    if any(row is not None for row in earlier):
        return None
    request = Request(
        card_id=due.card_id,
        command=describe(due.command),
        key=due.keys[0],
        actor_id=by.actor_id,
        location_id=by.location_id,
        source="automation",
        is_quiet=is_quiet,
    )
    try:
        with session.savepoint():
            posted = post(session, desk, request, decider(due.command))
    except Refusal:  # out of stock, not in its season, the card or customer blocked
        return None
    return None if posted.replayed else posted


def _due_on(
    session: Session,
    desk: Desk,
    card_id: str,
    facts: GrantFacts,
    ids: tuple[str, ...],
) -> list[DueGrant]:
    """What one card is due; nothing where it is of another type."""
    account = open_account(session, desk, card_id, None, lock=False)
    template = account.template
    if not isinstance(template.rules, Catalogue):
        return []
    today = local_day(desk.now(), desk.program.zone)
    state = account.holding.state
    return [
        DueGrant(
            card_id=card_id,
            command=command,
            keys=tuple(
                f"grant/{template.id}/{each}/{command.occasion}/{command.mark}"
                for each in ids
            ),
        )
        for command in due_grants(template.rules.grants, facts, today, state)
    ]
