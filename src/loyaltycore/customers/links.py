"""
Links: a short opaque token that leads to the program, a card or a customer.

Owns what links there are and how one is written; which tokens are taken is in the
store.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer

__all__ = [
    "TOKEN_BYTES",
    "TOKEN_LENGTH",
    "Destination",
    "Link",
    "LinkPurpose",
    "sign_up_of",
    "sign_up_subject",
]

#: A hundred bits that nobody guesses, as twenty characters and one that checks them.
TOKEN_LENGTH = 20
TOKEN_BYTES = 13


class LinkPurpose(StrEnum):
    """What a link is for: to sign up, to install a card, to bring a friend."""

    SIGN_UP = "sign_up"
    INSTALL = "install"
    REFERRAL = "referral"


@attrs.frozen(kw_only=True)
class Link:
    """
    One link; it stays the same for good.

    Attributes:
        token: opaque; it says nothing of whom it leads to.
        subject_id: the card to install, the customer who refers; for a sign-up, what
            it is for.
        url: the program's ``link_base`` and the token; None without a base.
    """

    token: str
    purpose: LinkPurpose
    subject_id: str
    created_at: datetime
    url: str | None


@attrs.frozen(kw_only=True)
class Destination:
    """
    Where a link leads.

    Attributes:
        card: to install.
        customer: whose card it is, or who refers.
        template_id: of the card that is wanted with a sign-up.
        location_id: where the sign-up link hangs.
    """

    purpose: LinkPurpose
    card: Card | None = None
    customer: Customer | None = None
    template_id: str | None = None
    location_id: str | None = None


def sign_up_subject(template_id: str | None, location_id: str | None) -> str:
    """What a sign-up link is for, as one text; ids of templates have no slash."""
    return f"{template_id or ''}/{location_id or ''}"


def sign_up_of(subject_id: str) -> tuple[str | None, str | None]:
    """The opposite of ``sign_up_subject``."""
    template_id, _, location_id = subject_id.partition("/")
    return template_id or None, location_id or None
