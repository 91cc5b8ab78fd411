"""
Codes that people read out and type in, with a check character that catches slips.

Owns the form of a code; knows nothing of coupons or certificates, nor which codes are
taken.

The alphabet is Crockford's base 32 (digits and capital letters without I, L, O and U;
source: https://www.crockford.com/base32.html).  The check character is of the same
alphabet, which Crockford's own is not: the 32 characters are taken as the elements of
the field GF(32), polynomials over one bit modulo ``x^5 + x^2 + 1``, with addition as
exclusive or.  Read from the right, character *i* weighs ``x^i``, and the weighted sum
of a whole code is zero.  The powers of ``x`` repeat only after 31, so in codes of up to
31 characters every single wrong character and every swap of two characters that are
neighbours, or have one other between them, leaves a sum other than zero.
"""

from __future__ import annotations

from typing import Final

from loyaltycore.errors import InvalidValue


__all__ = [
    "ALPHABET",
    "LENGTH_MAX",
    "format_code",
    "is_code",
    "make_code",
    "normalise_code",
]

#: The characters of a code, by the value that they stand for.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

#: The most characters that the check character can protect.
LENGTH_MAX: Final = 30

_BITS: Final = 5
_TYPED_MAX: Final = 128
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}

# x times each element: a shift, and where that leaves five bits, x^5 is x^2 + 1.
_X_TO_THE_5TH: Final = 0b100000
_POLYNOMIAL: Final = 0b100101
_TIMES_X: Final = tuple(
    twice ^ _POLYNOMIAL if twice & _X_TO_THE_5TH else twice
    for twice in range(0, 2 * len(ALPHABET), 2)
)

# ASCII letters only: str.upper would turn letters of other scripts into ours.
_AS_MEANT: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzILO",
    "ABCDEFGH1JK1MN0PQRSTUVWXYZ110",
    # Blanks and hyphens, also as word processors write them.
    " \t\r\n\u00a0\u2007\u202f-\u2010\u2011\u2012\u2013\u2014\u2212",
)


def make_code(random: bytes, length: int = 12) -> str:
    """
    Return a code of *length* characters out of *random*, and its check character.

    Twelve characters are 60 bits: with a million codes in use, one guess in 10^12 is a
    hit.

    Args:
        random: unpredictable bytes, at least five bits per character (eight bytes for
            twelve); further bytes are ignored.
        length: characters before the check character, 1 to ``LENGTH_MAX``.

    Raises:
        InvalidValue: too few bytes, or another length.
    """
    if not 1 <= length <= LENGTH_MAX:
        raise InvalidValue("length", f"must be within 1 to {LENGTH_MAX} characters")
    count = -(-_BITS * length // 8)
    if len(random) < count:
        raise InvalidValue("random", f"must have at least {count} bytes")
    bits = int.from_bytes(random[:count], "big") >> (8 * count - _BITS * length)
    values = [
        bits >> _BITS * place & (len(ALPHABET) - 1)
        for place in range(length - 1, -1, -1)
    ]
    code = "".join(ALPHABET[value] for value in values)
    return code + ALPHABET[_TIMES_X[_sum(values)]]


def normalise_code(text: str) -> str:
    """
    Return what was typed as it was meant: ``"a1il-o0zz"`` is ``"A11100ZZ"``.

    Upper case, without blanks and hyphens; I and L are read as 1, O as 0.  Other
    characters stay, for `is_code` to refuse.
    """
    return text.translate(_AS_MEANT)


def is_code(text: object) -> bool:
    """
    Return whether *text* can be a code: its characters and its check character fit.

    It is normalised first, so look the code up by `normalise_code` of the same text.
    """
    if not isinstance(text, str) or len(text) > _TYPED_MAX:
        return False
    code = normalise_code(text)
    if not 1 < len(code) <= LENGTH_MAX + 1:
        return False
    values = [_VALUES.get(character, -1) for character in code]
    return -1 not in values and _sum(values) == 0


def format_code(code: str, group: int = 4) -> str:
    """
    Return *code* for print, in groups: ``"ABCD-EFGH-JKMN-P"``.

    Raises:
        InvalidValue: *group* is below 1.
    """
    if group < 1:
        raise InvalidValue("group", "must be 1 or more characters")
    return "-".join(code[at : at + group] for at in range(0, len(code), group))


def _sum(values: list[int]) -> int:
    """Return the weighted sum in GF(32), the last value with the weight 1."""
    total = 0
    for value in values:
        total = _TIMES_X[total] ^ value
    return total
