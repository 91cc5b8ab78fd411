"""
A card over its life: issued, installed, removed, restored, deleted; blocked, expired.

Owns what may become of a card; ``validity`` says what a card may be used for.  Every
change takes a card and returns it changed, or an equal one where there is nothing to
change.  A deleted card refuses them all.

::

    issued ──> installed <──> removed
       └───────────┴─────────────┴────> deleted
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import attrs

from loyaltycore.cards.card import CardStatus
from loyaltycore.cards.conditions import AfterInstall, AfterIssue
from loyaltycore.cards.validity import check_living
from loyaltycore.errors import CardNotInstalled, InvalidValue
from loyaltycore.program.fields import filled_in
from loyaltycore.values.days import end_of
from loyaltycore.values.expiry import FixedDate, Never, expires_at


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from loyaltycore.cards.card import Card
    from loyaltycore.cards.conditions import Conditions

__all__ = [
    "block",
    "delete",
    "install",
    "issue",
    "reissue",
    "remove",
    "restore",
    "set_expiration",
    "set_fields",
    "unblock",
]

_TEXT_MAX = 255


def issue(
    card: Card,
    conditions: Conditions,
    *,
    zone: ZoneInfo,
    fields: Mapping[str, object] | None,
    utm: str | None,
) -> Card:
    """
    Fill in the form of a new card, and date it.

    Args:
        fields: None leaves the form empty, where nobody is there to ask.

    Raises:
        InvalidFields: naming every bad field; all that is required has to be there.
    """
    return attrs.evolve(
        card,
        expires_at=_expiry(card, conditions, zone),
        fields={} if fields is None else filled_in(conditions.form, fields),
        utm=_words("utm", utm),
    )


def install(
    card: Card,
    conditions: Conditions,
    *,
    at: datetime,
    zone: ZoneInfo,
    device: str | None = None,
    utm: str | None = None,
) -> Card:
    """
    Put a card on a phone; one that was removed is restored by that.

    Args:
        device: replaces the one before, if it is given.
        utm: kept if there was none before.
    """
    check_living(card)
    installed = attrs.evolve(
        card,
        status=CardStatus.INSTALLED,
        device=_words("device", device) or card.device,
        utm=card.utm or _words("utm", utm),
        installed_at=card.installed_at or at,
    )
    is_dated = card.installed_at is not None or card.expires_at is not None
    if is_dated or not isinstance(conditions.expiry, AfterInstall):
        return installed
    return attrs.evolve(installed, expires_at=_expiry(installed, conditions, zone))


def remove(card: Card) -> Card:
    """
    Take a card off the phone.

    Raises:
        CardNotInstalled: it was never on one.
    """
    check_living(card)
    if card.status is CardStatus.ISSUED:
        raise CardNotInstalled(card.id)
    return attrs.evolve(card, status=CardStatus.REMOVED)


def restore(card: Card) -> Card:
    """Put a card that was removed back on the phone; others stay as they are."""
    check_living(card)
    if card.status is not CardStatus.REMOVED:
        return card
    return attrs.evolve(card, status=CardStatus.INSTALLED)


def reissue(card: Card, conditions: Conditions, given: Mapping[str, object]) -> Card:
    """
    Issue a card that was removed anew, as it was: it waits to be installed again.

    Raises:
        InvalidFields: naming every bad field; what is required and was never filled in
            has to be given.
    """
    needed = [field.name for field in conditions.form if field.required]
    missing = dict.fromkeys(name for name in needed if name not in card.fields)
    card = set_fields(card, conditions, {**missing, **given})
    return attrs.evolve(card, status=CardStatus.ISSUED)


def delete(card: Card) -> Card:
    """Switch a card off for good; its journal, and the card in it, stay."""
    return attrs.evolve(card, status=CardStatus.DELETED)


def block(card: Card, reason: str) -> Card:
    """Stop a card from being used, until it is unblocked."""
    check_living(card)
    return attrs.evolve(card, blocked=_words("reason", reason or ""))


def unblock(card: Card) -> Card:
    """Let a blocked card be used again."""
    check_living(card)
    return attrs.evolve(card, blocked=None)


def set_expiration(card: Card, last_day: date | None, zone: ZoneInfo) -> Card:
    """Give a card a last valid day of its own; None is no such day."""
    check_living(card)
    end = None if last_day is None else end_of(last_day, zone)
    return attrs.evolve(card, expires_at=end)


def set_fields(card: Card, conditions: Conditions, given: Mapping[str, object]) -> Card:
    """
    Change fields of the form; what is not given stays, None empties one.

    Raises:
        InvalidFields: naming every bad field.
    """
    check_living(card)
    return attrs.evolve(card, fields=filled_in(conditions.form, given, card.fields))


def _expiry(card: Card, conditions: Conditions, zone: ZoneInfo) -> datetime | None:
    match conditions.expiry:
        case Never():
            return None
        case FixedDate() as policy:
            return expires_at(policy, card.issued_at, zone)
        case AfterIssue() as after:
            return expires_at(after.period(), card.issued_at, zone)
        case AfterInstall() as after:
            start = card.installed_at
            return None if start is None else expires_at(after.period(), start, zone)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _words(field: str, value: str | None) -> str | None:
    if value is not None and not (
        type(value) is str and 0 < len(value.strip()) <= _TEXT_MAX
    ):
        raise InvalidValue(field, f"a text of 1 to {_TEXT_MAX} characters.")
    return value
