"""
Consent: what a customer allowed, for each channel and purpose.

There is none until it is given.  Every change of it is kept, with when, by whom and
where it came from; so it can be shown, and also afterwards.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.words import name, one_of


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = [
    "MARKETING",
    "Channel",
    "Consent",
    "ConsentChange",
    "changed",
    "channel_of",
    "said_anew",
    "united",
]

#: The purpose that is meant where none is named.
MARKETING: Final = "marketing"


class Channel(StrEnum):
    """By which way a customer is reached."""

    SMS = "sms"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    PUSH = "push"
    PHONE = "phone"
    POST = "post"


@attrs.frozen(kw_only=True)
class Consent:
    """How it stands: what was said last."""

    customer_id: str
    channel: Channel
    purpose: str
    is_given: bool
    changed_at: datetime


@attrs.frozen(kw_only=True)
class ConsentChange:
    """
    Consent was given or withdrawn.

    Attributes:
        source: where, such as ``sign_up_form``; a name, and nobody's.
        actor_id: the manager who noted it down, or None.
    """

    id: str
    customer_id: str
    channel: Channel
    purpose: str
    is_given: bool
    changed_at: datetime
    source: str | None = None
    actor_id: str | None = None

    @property
    def state(self) -> Consent:
        """How it stands behind this change."""
        return Consent(
            customer_id=self.customer_id,
            channel=self.channel,
            purpose=self.purpose,
            is_given=self.is_given,
            changed_at=self.changed_at,
        )

    def facts(self) -> dict[str, object]:
        """For the feed."""
        return {
            "channel": self.channel.value,
            "purpose": self.purpose,
            "is_given": self.is_given,
        }


def channel_of(given: Channel | str) -> Channel:
    """
    Read a channel.

    Raises:
        InvalidValue: there is no such one.
    """
    return one_of("channel", Channel, given)


def changed(change: ConsentChange) -> ConsentChange:
    """
    Check a change.

    Raises:
        InvalidValue: a purpose or a source that is no name.
    """
    source = change.source
    return attrs.evolve(
        change,
        purpose=name("purpose", change.purpose),
        source=None if source is None else name("source", source),
    )


def said_anew(
    consent: Consent,
    id_: str,
    *,
    at: datetime,
    is_given: bool,
    source: str,
    actor_id: str | None = None,
) -> ConsentChange:
    """Change a consent by itself, where something happened to the customer."""
    return ConsentChange(
        id=id_,
        customer_id=consent.customer_id,
        channel=consent.channel,
        purpose=consent.purpose,
        is_given=is_given,
        changed_at=at,
        source=source,
        actor_id=actor_id,
    )


def united(
    theirs: Iterable[Consent], ours: Iterable[Consent], target_id: str
) -> Iterator[tuple[Consent | None, Consent, bool]]:
    """
    Say what is said anew where a customer turns out to be another.

    The stricter word holds: who withdrew a consent under one id has not given it under
    the other; a consent on which only one of them said anything stays.

    Yields:
        A consent as it is stored (None: it is new), the same, and what holds from now
        on; the source allows nothing any more.
    """
    own = {(each.channel, each.purpose): each for each in ours}
    for their in theirs:
        our = own.get((their.channel, their.purpose))
        if our is None:
            yield None, attrs.evolve(their, customer_id=target_id), their.is_given
        elif our.is_given and not their.is_given:
            yield our, our, False
        if their.is_given:
            yield their, their, False
