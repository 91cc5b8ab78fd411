"""
What a customer is found by.

A token is a kind and a normalised text.  Names are folded (case and accents) and split
into words; a phone is written backwards, so that its last digits are a prefix.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from loyaltycore.customers.customer import Customer, Person

__all__ = ["fold", "folded_name", "found_by", "tokens_for", "tokens_of"]

_NAME_MAX = 255
_WORD_MAX = 64
_DIGITS_MIN = 4


def fold(text: str) -> str:
    """Fold case and drop accents: ``Zoë`` and ``ZOE`` are found by ``zoe``."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def folded_name(person: Person) -> str:
    """First and last name as they are sorted and compared; empty without any."""
    names = (person.first_name, person.last_name)
    return fold(" ".join(name for name in names if name))[:_NAME_MAX]


def tokens_of(person: Person) -> frozenset[str]:
    """Everything that this person is found by."""
    tokens: set[str] = set()
    for name in (person.first_name, person.last_name):
        tokens.update(f"name:{word[:_WORD_MAX]}" for word in fold(name or "").split())
    if person.email:
        tokens.add(f"email:{person.email}")
    if person.phone:
        tokens.add(f"phone:{_backwards(person.phone)}")
    if person.external_id:
        tokens.add(f"external:{person.external_id}")
    return frozenset(tokens)


def found_by(customer: Customer) -> frozenset[str]:
    """Everything that a customer is found by; who is gone is found by nothing."""
    if not customer.status.is_found:
        return frozenset()
    return tokens_of(customer.person)


def tokens_for(text: str) -> tuple[tuple[str, ...], ...]:
    """
    What a search box's text may mean.

    Returns:
        For each word of the text the token prefixes that would match it; every word
        has to be matched.
    """
    digits = re.sub(r"[\s()/.+-]", "", text)
    if digits.isascii() and digits.isdigit() and len(digits) >= _DIGITS_MIN:
        significant = digits.lstrip("0")
        return ((f"phone:{_backwards(significant)}", f"external:{text.strip()}"),)
    return tuple(
        (f"name:{fold(word)[:_WORD_MAX]}", f"email:{word.lower()}", f"external:{word}")
        for word in text.split()
    )


def _backwards(phone: str) -> str:
    return "".join(reversed(phone.lstrip("+")))
