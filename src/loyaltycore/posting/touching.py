"""What the life of a card leaves with its customer: the feed, the device, the UTM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.ports import Update
from loyaltycore.records.activity import feed_rows
from loyaltycore.records.customers import customer_ref


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card
    from loyaltycore.ports import Insert, Session
    from loyaltycore.posting.desk import Desk

__all__ = ["first_touch", "told_of_card"]


def told_of_card(desk: Desk, card: Card, what: str, actor_id: str | None) -> Insert:
    """
    Tell the feed of the card's customer.

    Args:
        what: became of it, such as ``installed``.
    """
    now = desk.now()
    entry = FeedEntry(
        id=desk.ids.new(now),
        customer_id=card.customer_id,
        happened_at=now,
        kind=ActivityKind.CARD,
        subject_id=card.id,
        details={"what": what},
        actor_id=actor_id,
    )
    return feed_rows(desk.program.id, entry)


def first_touch(
    session: Session, desk: Desk, before: Card | None, after: Card
) -> list[Update]:
    """
    Keep with the customer the device of the latest install, and the first UTM.

    Neither is of the customer's own version: nobody edits them.
    """
    was_device = None if before is None else before.device
    was_utm = None if before is None else before.utm
    values: dict[str, Any] = {}
    if after.device is not None and after.device != was_device:
        values["device"] = after.device
    ref = customer_ref(desk.program.id, after.customer_id)
    if after.utm is not None and after.utm != was_utm:
        (row,) = session.get([ref], lock=True)
        if row is not None and row["utm"] is None:
            values["utm"] = after.utm
    return [Update(ref, values)] if values else []
