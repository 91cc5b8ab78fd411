"""Values of unique fields: taken when a card has them, let go when it has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards.card import Card, CardStatus
from loyaltycore.errors import DuplicateField
from loyaltycore.records import custom_fields as records


if TYPE_CHECKING:
    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ports import Change, Ref, Session
    from loyaltycore.posting.desk import Desk

__all__ = ["unique_changes"]


def unique_changes(
    session: Session,
    desk: Desk,
    template: CardTemplate,
    before: Card | None,
    after: Card,
) -> list[Change]:
    """
    Take the values of unique fields that are new, and let go of those that are not.

    A deleted card lets go of all of its values.

    Raises:
        DuplicateField: another card has one of the new values.
    """
    held = [] if before is None else _uniques(desk, template, before)
    wanted = _uniques(desk, template, after)
    new = [ref for ref in wanted if ref not in held]
    for ref, row in zip(new, session.get(new), strict=True):
        if row is not None:
            raise DuplicateField(str(ref.values[2]), row["owner_id"])
    return records.unique_changes(held, wanted, after.id)


def _uniques(desk: Desk, template: CardTemplate, card: Card) -> list[Ref]:
    if card.status is CardStatus.DELETED:
        return []
    form = template.conditions.form
    return records.unique_refs(desk.program.id, template.id, form, card.fields)
