"""What a customer can be found by, and what was typed in for it."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias, TypedDict, cast

from loyaltycore.customers.customer import is_one_line
from loyaltycore.errors import InvalidValue


__all__ = ["Clue", "Clues", "check_page", "check_search", "the_clue"]

_LIMIT_MAX: Final = 500
_PAGE_MAX: Final = 1_000
_TEXT_MAX: Final = 255

Clue: TypeAlias = Literal[
    "id",
    "phone",
    "phone_ending",
    "email",
    "external_id",
    "name",
    "receipt_id",
    "serial",
    "referral_code",
]


class Clues(TypedDict, total=False):
    """
    What a customer can be found by; one at a time.

    Attributes:
        id: also of somebody who turned out to be this customer.
        phone: in any notation.
        phone_ending: the last digits of a phone, at least four.
        name: the beginnings of one or more words of it, in any order.
        receipt_id: of something that was posted on a card of theirs.
        serial: of a card of theirs, in any notation.
        referral_code: what they pass on to friends, in any notation.
    """

    id: str | None
    phone: str | None
    phone_ending: str | None
    email: str | None
    external_id: str | None
    name: str | None
    receipt_id: str | None
    serial: str | None
    referral_code: str | None


def the_clue(clues: Clues, limit: int) -> tuple[Clue, str | None]:
    """
    Say which one was given, and what it says; None: nothing.

    Raises:
        InvalidValue: more than one was given, or no text; or the limit.
        TypeError: there is no such clue.
    """
    _check_limit(limit)
    unknown = sorted(clues.keys() - Clues.__optional_keys__)
    if unknown:
        known = ", ".join(sorted(Clues.__optional_keys__))
        message = f"nobody is found by {', '.join(unknown)}; there are {known}"
        raise TypeError(message)
    given = {name: value for name, value in clues.items() if value is not None}
    if len(given) > 1:
        raise InvalidValue("clue", f"one at a time, not {', '.join(sorted(given))}.")
    for name, value in given.items():
        text = _text(name, value).strip()
        return cast("Clue", name), text or None
    return "id", None


def check_search(text: str, limit: int) -> None:
    """
    Refuse what no search box holds.

    Raises:
        InvalidValue: it is no text, or too long; or the limit.
    """
    _check_limit(limit)
    _text("text", text)


def check_page(limit: int, search: str = "") -> None:
    """
    Refuse what no page of one customer is asked for with.

    Raises:
        InvalidValue: the limit, or the search, cannot be.
    """
    if type(limit) is not int or not 1 <= limit <= _PAGE_MAX:
        raise InvalidValue("limit", f"1 to {_PAGE_MAX:,} a page.")
    if not is_one_line(_text("search", search)):
        raise InvalidValue("search", "no line breaks and no control characters.")


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue(field, f"it takes text, not {type(value).__name__}.")
    if len(value) > _TEXT_MAX:
        raise InvalidValue(field, f"at most {_TEXT_MAX} characters.")
    return value


def _check_limit(limit: int) -> None:
    if type(limit) is not int or not 1 <= limit <= _LIMIT_MAX:
        raise InvalidValue("limit", f"1 to {_LIMIT_MAX} customers.")
