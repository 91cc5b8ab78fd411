"""
What a customer is found by.

A token is a kind and a normalised text.  Names are folded (case, accents, forms of the
same letter) and split into words; a phone is written backwards, so that its last digits
are a prefix.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.customer import is_one_line
from loyaltycore.errors import InvalidPhone
from loyaltycore.values.contact import parse_phone


if TYPE_CHECKING:
    from loyaltycore.customers.customer import Customer, Person

__all__ = [
    "DIGITS_MIN",
    "WORDS_MAX",
    "endings_of",
    "exact_token",
    "fold",
    "folded_name",
    "keys_of",
    "name_words",
    "tokens_for",
    "tokens_of",
]

#: The fewest last digits of a phone that are looked for.
DIGITS_MIN: Final = 4
#: The most words of a search box's text that count.
WORDS_MAX: Final = 8

_NAME_MAX: Final = 255
_WORD_MAX: Final = 64
_PARTS_MAX: Final = 16

# Letters that no decomposition takes their stroke, dot or ligature from, and signs that
# keyboards write in several ways.
_SAME: Final = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "`": "'",
        **dict.fromkeys((chr(dash) for dash in range(0x2010, 0x2016)), "-"),
        "\u2212": "-",
    }
)
_between_digits = re.compile(r"[\s()/.+\-]").sub
_is_phone_like = re.compile(r"[\d\s()/.+\-\u2010-\u2015]+").fullmatch


def fold(text: str) -> str:
    """
    Fold what people do not tell apart when they look for a name.

    Case, accents, widths and ligatures: ``Zoë`` and ``ZOE`` are ``zoe``, ``Straße`` is
    ``strasse``, a final sigma is a sigma.  The Turkish letters i with and without a dot
    are one, so that both write ``Isik``.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    # Decomposing can bring capitals forth, and lowering what decomposes.
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKD", folded).casefold()
    kept = [c for c in folded if c.isascii() or not _is_mark(c)]
    return "".join(kept).translate(_SAME)


def folded_name(person: Person) -> str:
    """First and last name as they are sorted and compared; empty without any."""
    names = (person.first_name, person.last_name)
    return fold(" ".join(name for name in names if name))[:_NAME_MAX]


def name_words(name: str) -> list[str]:
    """Words of a name, folded: those between blanks, and the parts of double ones."""
    words = fold(name).split()
    parts = (part for word in words if "-" in word for part in word.split("-")[1:])
    found = dict.fromkeys((*words, *parts))
    return [word[:_WORD_MAX] for word in found if word][:_PARTS_MAX]


def tokens_of(person: Person) -> frozenset[str]:
    """Everything that this person is found by."""
    tokens: set[str] = set()
    for name in (person.first_name, person.last_name):
        if name:
            tokens.update(f"name:{word}" for word in name_words(name))
    if person.email:
        tokens.add(exact_token("email", person.email))
    if person.phone:
        tokens.add(exact_token("phone", person.phone))
    if person.external_id:
        tokens.add(exact_token("external_id", person.external_id))
    return frozenset(tokens)


def keys_of(customer: Customer) -> frozenset[str]:
    """
    Everything that finds a customer; nothing finds one who was deleted or erased.

    Who turned out to be somebody else is still found, and leads to them.
    """
    if customer.is_living or customer.merged_into is not None:
        return tokens_of(customer.person)
    return frozenset()


def exact_token(field: str, value: str) -> str:
    """The token of a phone, e-mail address or external id, in the form it is kept."""
    match field:
        case "phone":
            return f"phone:{_backwards(value)}"
        case "email":
            return f"email:{value}"
        case _:
            return f"external:{value}"


def tokens_for(text: str, region: str | None = None) -> tuple[tuple[str, ...], ...]:
    """
    What a search box's text may mean.

    Args:
        region: of phone numbers without a country code.

    Returns:
        For each word of the text the beginnings of tokens that would match it; every
        word has to be matched.
    """
    text = text.strip()
    if not is_one_line(text):
        return ()
    endings = endings_of(text)
    if endings:
        phones = (*endings, *_whole_phone(text, region))
        return ((*phones, f"email:{text}", f"external:{text}"),)
    return tuple(_meanings(word) for word in text.split()[:WORDS_MAX])


def endings_of(text: str) -> tuple[str, ...]:
    """
    Return the beginnings of tokens of phones that end in these digits; none of too few.

    Blanks and signs between digits do not count.  Zeros in front may be the trunk's,
    which the international form does not have, so they may be missing.
    """
    if not _is_phone_like(text):
        return ()
    plain = "".join(str(unicodedata.decimal(c, c)) for c in text)
    digits = _between_digits("", plain)
    if not digits.isdigit():
        return ()
    endings = dict.fromkeys((digits, digits.lstrip("0")))
    return tuple(
        f"phone:{_backwards(ending)}" for ending in endings if len(ending) >= DIGITS_MIN
    )


def _whole_phone(text: str, region: str | None) -> tuple[str, ...]:
    """Read the digits as a whole number, if they are one."""
    try:
        return (f"phone:{_backwards(parse_phone(text, region))}",)
    except InvalidPhone:
        return ()


def _meanings(word: str) -> tuple[str, ...]:
    # A sign may fold to a blank; what is in front of it is asked for.
    names = tuple(f"name:{name[:_WORD_MAX]}" for name in fold(word).split()[:1])
    return (*names, f"email:{word.lower()}", f"external:{word}", *endings_of(word))


def _is_mark(character: str) -> bool:
    """Is it no letter of its own: an accent, or invisible?"""
    return bool(unicodedata.combining(character)) or (
        unicodedata.category(character) == "Cf"
    )


def _backwards(phone: str) -> str:
    return "".join(reversed(phone.lstrip("+")))
