"""
What happened to a customer, as the feed of their profile shows it.

An entry of the feed carries ids, names of fields and numbers, never what somebody wrote
about themselves: the feed is append-only, and whoever is erased has to be gone.
Sign-ups and transactions have rows of their own and are not written down twice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["ActivityKind", "FeedEntry"]


class ActivityKind(StrEnum):
    """What sort of thing happened."""

    SIGN_UP = "sign_up"
    EDIT = "edit"
    TRANSACTION = "transaction"
    CARD = "card"
    COUPON = "coupon"
    MESSAGE = "message"
    TAG = "tag"
    STATUS = "status"
    CONSENT = "consent"
    NOTE = "note"
    REVIEW = "review"
    MERGE = "merge"
    ERASE = "erase"


@attrs.frozen(kw_only=True)
class FeedEntry:
    """
    One thing that happened.

    Attributes:
        subject_id: the card, transaction, note ... that it is about, or None.
        details: what there is to say, such as the names of the fields that changed.
        actor_id: the manager who did it, or None.
    """

    id: str
    customer_id: str
    happened_at: datetime
    kind: ActivityKind
    subject_id: str | None = None
    details: Mapping[str, object] = attrs.field(factory=dict[str, object], hash=False)
    actor_id: str | None = None
