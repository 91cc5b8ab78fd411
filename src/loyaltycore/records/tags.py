"""Tags on customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.ports import Delete, Insert, Ref
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from loyaltycore.customers.tags import TagChange
    from loyaltycore.ports import Change, Session

__all__ = ["new_tags", "tag_changes", "tagged", "tags_off", "tags_on"]

_KEY = ("program_id", "customer_id", "tag")
_TAGS_A_PAGE = 1_000


def tags_on(session: Session, program_id: str, customer_id: str) -> dict[str, datetime]:
    """A customer's tags, with when each was put on."""
    query = Query(
        "customer_tag",
        where(program_id=program_id, customer_id=customer_id),
        limit=_TAGS_A_PAGE,
    )
    return {row["tag"]: row["tagged_at"] for row in session.select(query).rows}


def tagged(program_id: str, tag: str, limit: int, cursor: str | None) -> Query:
    """Everybody who has a tag."""
    return Query(
        "customer_tag",
        where(program_id=program_id, tag=tag),
        (Order("customer_id"),),
        limit,
        cursor,
    )


def tag_changes(
    program_id: str, customer_id: str, change: TagChange, at: datetime
) -> list[Change]:
    """Put tags on and take others off."""
    changes = tags_off(program_id, customer_id, change.removed)
    if change.added:
        new = dict.fromkeys(change.added, at)
        changes.append(new_tags(program_id, customer_id, new))
    return changes


def tags_off(program_id: str, customer_id: str, tags: Iterable[str]) -> list[Change]:
    """Take tags off."""
    return [
        Delete(Ref("customer_tag", _KEY, (program_id, customer_id, tag)))
        for tag in tags
    ]


def new_tags(program_id: str, customer_id: str, tags: Mapping[str, datetime]) -> Insert:
    """Tags with when each was put on."""
    return Insert(
        "customer_tag",
        [
            {
                "program_id": program_id,
                "customer_id": customer_id,
                "tag": tag,
                "tagged_at": tagged_at,
            }
            for tag, tagged_at in tags.items()
        ],
    )
