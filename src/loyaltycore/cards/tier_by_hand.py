"""A tier that staff give to a card, whatever was spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, cast

import attrs
from attrs.validators import optional

from loyaltycore.cards.settings import a_day, text
from loyaltycore.errors import InvalidValue
from loyaltycore.program.managers import Permission


if TYPE_CHECKING:
    from loyaltycore.cards.tier import Tier
    from loyaltycore.ledger.draft import Draft

__all__ = ["SetTier", "held_tier", "set_tier"]


@attrs.frozen
class SetTier:
    """
    A tier by hand, which the card holds at least.

    Attributes:
        tier: its name; None leaves the card to what was spent.
        until: the last local day on which it is held.
    """

    permission: ClassVar[Permission] = Permission.ADJUST
    tier: str | None = attrs.field(default=None, validator=optional(text))
    until: date | None = attrs.field(default=None, validator=a_day, kw_only=True)


def set_tier(draft: Draft, command: SetTier, tiers: Sequence[Tier]) -> None:
    """
    Remember a tier, or forget the one that was set.

    Raises:
        InvalidValue: the card has no such tier, or it would be over already.
    """
    if command.tier is None:
        draft.state["tier"] = None
        return
    names = [tier.name for tier in tiers if tier.name]
    if command.tier not in names:
        has = ", ".join(names) or "none"
        raise InvalidValue("tier", f"this card has {has}, not {command.tier}.")
    if command.until is not None and command.until < draft.context.local_day:
        raise InvalidValue("until", "today, or a later day.")
    until = None if command.until is None else command.until.isoformat()
    draft.state["tier"] = {"name": command.tier, "until": until}


def held_tier(draft: Draft, tiers: Sequence[Tier]) -> int:
    """The index of the tier that was set, while it is held; else 0."""
    held = cast("Mapping[str, Any] | None", draft.recall("tier"))
    if held is None:
        return 0
    until, names = held["until"], [tier.name for tier in tiers]
    is_over = until and draft.context.local_day > date.fromisoformat(until)
    name = held["name"]
    return 0 if is_over or name not in names else names.index(name)
