"""
Phone numbers and e-mail addresses, in the one form in which they are compared.

Owns parsing and masking; knows nothing of customers, and contacts nobody.

Both are personal data: no message repeats what was passed in, and no error carries the
parser's own error, which might.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from loyaltycore.errors import InvalidEmail, InvalidPhone, InvalidValue
from loyaltycore.values.phone_shortcut import phone_shortcut


__all__ = [
    "check_region",
    "email_shortcut",
    "mask_email",
    "mask_phone",
    "parse_email",
    "parse_phone",
]

_PHONE_TEXT_MAX: Final = 64
_EMAIL_MAX: Final = 254

# What people write between digits, in ASCII and in the forms that word processors and
# East Asian keyboards make of it.
_PHONE_MARKS: Final = frozenset("+-./()[]\uff0b\uff0d\uff08\uff09\u2212") | {
    chr(dash) for dash in range(0x2010, 0x2016)
}
# Invisible marks that contact applications put around a copied number.
_INVISIBLE: Final = dict.fromkeys(
    [0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
)

_HIDDEN: Final = "***"
_SHOWN_DIGITS: Final = 2
_DIGITS_TO_SHOW_ANY: Final = 7
_LETTERS_TO_SHOW_ANY: Final = 3


def check_region(region: str | None) -> None:
    """
    Refuse a region that has no phone numbers.

    Raises:
        InvalidValue: it is none of ISO 3166's two-letter codes with a number plan.
    """
    import phonenumbers  # noqa: PLC0415 - start-up time

    if region is not None and region not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidValue("region", "must be a two-letter country code, such as DE")


def parse_phone(text: str, region: str | None) -> str:
    """
    Return a phone number in E.164: ``"030 901820"`` in ``DE`` is ``"+4930901820"``.

    A number is accepted when its length is possible in its country; whether it is in
    use is not asked, because number plans change faster than releases.  Letters and
    extensions are refused: E.164 has no place for either.

    Args:
        text: as written, with or without a country code.
        region: ISO 3166 two-letter code for numbers without a country code; None
            where there is no such country.

    Raises:
        InvalidPhone: not a phone number.
        InvalidValue: *region* is not a region that has phone numbers.
    """
    # 27 ms to import, and most programs that start never parse a number.
    import phonenumbers  # noqa: PLC0415 - start-up time

    check_region(region)
    if isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        quick = phone_shortcut(text, region)
        if quick is not None:
            return quick
    plain = _phone_text(text)
    number = None
    problem: int | None = None
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException as error:
        problem = error.error_type
    if number is None:
        raise InvalidPhone(_unparsable(problem, plain, region))
    fit = phonenumbers.is_possible_number_with_reason(number)
    if fit != phonenumbers.ValidationResult.IS_POSSIBLE:
        kinds = phonenumbers.ValidationResult
        raise InvalidPhone(
            {
                kinds.TOO_LONG: _PHONE_TOO_LONG,
                kinds.IS_POSSIBLE_LOCAL_ONLY: _PHONE_LOCAL,
                kinds.TOO_SHORT: _PHONE_TOO_SHORT,
            }.get(fit, _PHONE_LENGTH)
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_email(text: str) -> str:
    """
    Return an e-mail address in lower case and Unicode form NFC.

    The part before the @ is lowered too.  By RFC 5321 a host could tell ``Ada`` from
    ``ada``; hardly any does, and customers mix them, so two spellings would be two
    customers.  Punycode domains come out as the script they stand for.  No name
    server is asked.

    Raises:
        InvalidEmail: not an address, or one of a reserved domain such as ``.test``.
    """
    if isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        quick = email_shortcut(text.strip())
        if quick is not None:
            return quick
    normal = _validated(_email_text(text))
    if normal is None:
        raise InvalidEmail(_EMAIL_NOT_VALID)
    lowered = unicodedata.normalize("NFC", normal.lower())
    # Lowering can lengthen: U+0130 becomes two characters.
    if len(lowered) > len(normal) and _validated(lowered) is None:
        raise InvalidEmail(_EMAIL_TOO_LONG)
    return lowered


def email_shortcut(plain: str) -> str | None:
    """
    Return an address as ``parse_email`` does, where only its domain needs the library.

    Args:
        plain: without blanks around it.

    Returns:
        None, where the library has to say.
    """
    if len(plain) > _EMAIL_MAX or not plain.isascii():
        return None
    lowered = plain.lower()
    local, _, domain = lowered.partition("@")
    if len(local) > _LOCAL_MAX or not _is_plain_local(local):
        return None
    return lowered if _is_plain_domain(domain) else None


def mask_phone(phone: str) -> str:
    """
    Return *phone* with all but its last two digits hidden: ``"+***20"``.

    The number of stars says nothing about the length.  Fewer than seven characters
    are hidden altogether.
    """
    plus = "+" if phone.startswith("+") else ""
    shown = phone[-_SHOWN_DIGITS:] if len(phone) >= _DIGITS_TO_SHOW_ANY else ""
    return f"{plus}{_HIDDEN}{shown}"


def mask_email(email: str) -> str:
    """
    Return *email* with its names hidden: ``"a***@e***.com"``.

    Only the first letter before the @, the first letter of the domain and the last
    part of the domain stay; a name of one or two letters is hidden altogether.
    """
    local, at, domain = email.rpartition("@")
    if not at:
        return _HIDDEN
    name, dot, ending = domain.rpartition(".")
    return f"{_masked(local)}@{_masked(name)}{dot}{ending if dot else ''}"


# -- private -------------------------------------------------------------------------

_PHONE_TOO_LONG: Final = "The phone number is too long; check for digits typed twice."
_PHONE_TOO_SHORT: Final = "The phone number is too short; check for missing digits."
_PHONE_LOCAL: Final = "The phone number is too short; add the area code."
_PHONE_LENGTH: Final = "No phone number of that country has as many digits; check it."
_PHONE_NO_DIGITS: Final = "The phone number is empty; give it or leave the field out."
_PHONE_SIGNS: Final = (
    "The phone number has something besides digits; give the number alone, without"
    " letters or an extension."
)
_PHONE_NO_REGION: Final = (
    "The phone number has no country code; write it with + and the country code,"
    " or set the program's phone region."
)
_PHONE_COUNTRY: Final = "The phone number has an unknown country code after the +."
_PHONE_NOT_ONE: Final = "This is not a phone number; check it for missing digits."

_EMAIL_EMPTY: Final = "The e-mail address is empty; give it or leave the field out."
_EMAIL_TOO_LONG: Final = (
    f"The e-mail address is too long; {_EMAIL_MAX} characters is the most."
)
_EMAIL_NO_AT: Final = "The e-mail address has no @; write it as name@example.com."
_EMAIL_MANY_AT: Final = "The e-mail address has more than one @; give one address."
_EMAIL_BLANK: Final = "The e-mail address has a blank inside; write it without."
_EMAIL_NO_LOCAL: Final = "The e-mail address has nothing before the @."
_EMAIL_NO_DOMAIN: Final = "The e-mail address has nothing after the @."
_EMAIL_NO_DOT: Final = (
    "The e-mail address ends in a domain without a point; write it as name@example.com."
)
_EMAIL_NOT_VALID: Final = (
    "The e-mail address is not one that mail can be sent to; check it for signs that"
    " do not belong there, points at the ends of a part, and a reserved domain."
)


def _phone_text(text: object) -> str:
    """Return *text* without blanks and invisible marks around and inside it."""
    if not isinstance(text, str):
        message = f"A phone number is a string, not {type(text).__name__}."
        raise InvalidPhone(message)
    if len(text) > _PHONE_TEXT_MAX:
        raise InvalidPhone(_PHONE_TOO_LONG)
    plain = text.translate(_INVISIBLE).strip()
    if not plain:
        raise InvalidPhone(_PHONE_NO_DIGITS)
    if not all(
        sign.isdecimal() or sign in _PHONE_MARKS or sign.isspace() for sign in plain
    ):
        raise InvalidPhone(_PHONE_SIGNS)
    return plain


def _unparsable(problem: int | None, plain: str, region: str | None) -> str:
    """Return what is wrong with a number that has no reading at all."""
    import phonenumbers  # noqa: PLC0415 - start-up time

    kinds = phonenumbers.NumberParseException
    if problem == kinds.INVALID_COUNTRY_CODE:
        has_code = plain.startswith(("+", "\uff0b")) or region is not None
        return _PHONE_COUNTRY if has_code else _PHONE_NO_REGION
    if problem == kinds.TOO_LONG:
        return _PHONE_TOO_LONG
    if problem in {kinds.TOO_SHORT_AFTER_IDD, kinds.TOO_SHORT_NSN}:
        return _PHONE_TOO_SHORT
    return _PHONE_NOT_ONE


def _email_text(text: object) -> str:
    """Return *text* without blanks around it, if it has the outline of an address."""
    if not isinstance(text, str):
        message = f"An e-mail address is a string, not {type(text).__name__}."
        raise InvalidEmail(message)
    plain = text.strip()
    if not plain:
        raise InvalidEmail(_EMAIL_EMPTY)
    if len(plain) > _EMAIL_MAX:
        raise InvalidEmail(_EMAIL_TOO_LONG)
    local, at, domain = plain.partition("@")
    checks = (
        (not at, _EMAIL_NO_AT),
        ("@" in domain, _EMAIL_MANY_AT),
        (any(sign.isspace() for sign in plain), _EMAIL_BLANK),
        (not local, _EMAIL_NO_LOCAL),
        (not domain, _EMAIL_NO_DOMAIN),
        ("." not in domain, _EMAIL_NO_DOT),
    )
    for is_wrong, message in checks:
        if is_wrong:
            raise InvalidEmail(message)
    return plain


def _validated(text: str) -> str | None:
    """Return *text* as the parser normalises it, None if it is not an address."""
    # 38 ms to import, and most programs that start never parse an address.
    import email_validator  # noqa: PLC0415 - start-up time

    try:
        return email_validator.validate_email(
            text, check_deliverability=False
        ).normalized
    except email_validator.EmailNotValidError:
        # Not chained, not even read: its sentence quotes parts of the address.
        return None


# What email-validator returns unchanged, case aside: RFC 5321 dot-atoms, and domains
# that it was asked about once.  Punycode is left to the library.
_is_plain_local = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII
).fullmatch
_looks_plain = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+").fullmatch
_LOCAL_MAX: Final = 64
_DOMAINS_MAX: Final = 8_192


@lru_cache(maxsize=_DOMAINS_MAX)
def _is_plain_domain(domain: str) -> bool:
    """Return whether the library takes a domain and changes nothing about it."""
    return (
        _looks_plain(domain) is not None
        and "xn--" not in domain
        and _validated(f"a@{domain}") == f"a@{domain}"
    )


def _masked(name: str) -> str:
    return f"{name[0] if len(name) >= _LETTERS_TO_SHOW_ANY else ''}{_HIDDEN}"
