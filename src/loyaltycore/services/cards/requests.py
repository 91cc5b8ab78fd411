"""What a caller asks of a card, put together as a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from loyaltycore.cards.commands import describe
from loyaltycore.posting import Request
from loyaltycore.services.cards.commands import Options


if TYPE_CHECKING:
    from loyaltycore.shell import Shell

__all__ = ["request_of"]

_FIELDS: Final = {
    "location": "location_id",
    "terminal": "terminal_id",
    "actor": "actor_id",
}


def request_of(
    shell: Shell, card_id: str, command: object, options: Options
) -> Request:
    """
    Put together what was asked, and by whom.

    Raises:
        TypeError: an option that there is not, as for any function.
        InvalidValue: a manager acts, and somebody else was named as the one who does.
    """
    unknown = options.keys() - Options.__optional_keys__
    if unknown:
        known = ", ".join(sorted(Options.__optional_keys__))
        message = f"unknown option {', '.join(sorted(unknown))}; there are {known}"
        raise TypeError(message)
    given: dict[str, Any] = {
        _FIELDS.get(name, name): value for name, value in options.items()
    }
    if shell.manager_id is not None:
        given["actor_id"] = shell.acting(options.get("actor"))
        given["location_id"] = shell.location_id
    return Request(card_id=card_id, command=describe(command), **given)
