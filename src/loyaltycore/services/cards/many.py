"""Many commands in one write: what is asked, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import attrs

from loyaltycore.errors import InvalidValue, LoyaltyError
from loyaltycore.posting import Asked
from loyaltycore.services.cards.requests import request_of


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from loyaltycore.posting import Posted
    from loyaltycore.services.cards.commands import Options
    from loyaltycore.shell import Shell

__all__ = ["INTENTS_MAX", "Intent", "PostReport", "asked_of"]

#: So many are one write, in which their cards stay locked.
INTENTS_MAX: Final = 2_000


@attrs.frozen
class Intent:
    """
    A command, the card that it is for, and what goes with it; see ``Options``.

    Attributes:
        card_id: the card's id.
        command: such as ``cards.RecordPurchase("4.50")``.
        key: your name for this intent; the same key again returns the first result.
    """

    card_id: str
    command: object
    key: str | None = attrs.field(default=None, kw_only=True)
    receipt_id: str | None = attrs.field(default=None, kw_only=True)
    location: str | None = attrs.field(default=None, kw_only=True)
    terminal: str | None = attrs.field(default=None, kw_only=True)
    actor: str | None = attrs.field(default=None, kw_only=True)
    occurred_at: datetime | None = attrs.field(default=None, kw_only=True)
    source: str | None = attrs.field(default=None, kw_only=True)

    @property
    def options(self) -> Options:
        """What was given of that which goes with any command."""
        given = ((name, getattr(self, name)) for name in _OPTIONS)
        return cast("Options", {name: x for name, x in given if x is not None})


_OPTIONS: Final = tuple(field.name for field in attrs.fields(Intent) if field.kw_only)


def asked_of(shell: Shell, intents: Iterable[Intent]) -> list[tuple[Shell, Asked]]:
    """
    Put together what intents ask, each with the shell where it stands.

    Raises:
        InvalidInput: there are too many, or one is malformed, or no intent.
    """
    listed = list(intents)
    if len(listed) > INTENTS_MAX:
        message = f"at most {INTENTS_MAX:,} at a time, not {len(listed):,}."
        raise InvalidValue("intents", message)
    asked: list[tuple[Shell, Asked]] = []
    for each in listed:
        if not isinstance(each, Intent):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"pass Intent(card_id, command), not a {type(each).__name__}."
            raise InvalidValue("intents", message)
        options = each.options
        own = shell.standing_at(options.get("location"))
        request = request_of(own, each.card_id, each.command, options)
        asked.append((own, Asked(request, each.command)))
    return asked


@attrs.frozen
class PostReport:
    """
    What became of many intents.

    Attributes:
        results: for each intent in its order what was posted, or why it was not.
    """

    results: tuple[Posted | LoyaltyError, ...]

    @property
    def posted(self) -> list[Posted]:
        """What was posted, now or under the same key before."""
        return [each for each in self.results if not isinstance(each, LoyaltyError)]

    @property
    def refused(self) -> list[tuple[int, LoyaltyError]]:
        """The places of intents that were not posted, from 0, with the reasons."""
        return [
            (place, each)
            for place, each in enumerate(self.results)
            if isinstance(each, LoyaltyError)
        ]

    def __str__(self) -> str:
        return f"{len(self.posted)} posted, {len(self.refused)} refused"
