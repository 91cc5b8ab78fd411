"""The shortcuts for phones and e-mails against the libraries they stand for."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import TYPE_CHECKING

import email_validator
import phonenumbers
import pytest

from loyaltycore.errors import InvalidEmail
from loyaltycore.values.contact import parse_email, parse_phone
from loyaltycore.values.phone_shortcut import phone_shortcut


if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYDAY = 20_000
SOAK = 1_000_000

FORMATS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
)
TYPES = (
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.TOLL_FREE,
    phonenumbers.PhoneNumberType.VOIP,
)
HOMES = ("DE", "GB", "US", "IT", "AR", "MX", "BR", "GG", "CA", "KZ", "RU", "SM")

LOCALS = (
    "ada",
    "Ada.Lovelace",
    "o'neil",
    "a+b",
    "INFO",
    "x" * 64,
    "é",
    '"a b"',
    "a..b",
)
DOMAINS = (
    "example.com",
    "Mail.Example.ORG",
    "xn--bcher-kva.example",
    "bücher.example.com",
    "a.test",
    "localhost",
    "[127.0.0.1]",
    "-x.com",
    "x_y.com",
    f"{'x' * 63}.com",
    f"{'x' * 64}.com",
    "a.b.c.d.co.uk",
    "gmail.com",
    "invalid",
    "123.45",
    "a.c",
)


def phone_of_library(text: str, region: str | None) -> str | None:
    """What phonenumbers makes of a text, when its length is possible."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_of_library(text: str) -> str | None:
    """What email-validator makes of a text, in lower case."""
    try:
        done = email_validator.validate_email(text, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return None
    return unicodedata.normalize("NFC", done.normalized.lower())


def written_numbers() -> list[tuple[str, str]]:
    """Every country's example numbers, in three notations, with the country."""
    found: list[tuple[str, str]] = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in TYPES:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                found += [
                    (phonenumbers.format_number(number, form), region)
                    for form in FORMATS
                ]
    return found


def mutated(text: str, random: Random, signs: str) -> str:
    """Change a text in up to three places."""
    for _ in range(random.randrange(4)):
        at = random.randrange(len(text) + 1)
        sign = random.choice(signs)
        text = text[:at] + random.choice(("", sign)) + text[at + random.randrange(2) :]
    return text


def phone_cases(count: int) -> Iterator[tuple[str, str | None]]:
    """Yield numbers that are nearly right, and the regions to read them in."""
    random = Random(7)
    numbers = written_numbers()
    for _ in range(count):
        text, region = random.choice(numbers)
        home = random.choice((region, region, *HOMES, None))
        yield mutated(text, random, "0123456789019 +-()./0"), home


def email_cases(count: int) -> Iterator[str]:
    """Yield addresses that are nearly right."""
    random = Random(11)
    for _ in range(count):
        text = f"{random.choice(LOCALS)}@{random.choice(DOMAINS)}"
        yield mutated(text, random, "aZ09.-_+@é'%\" \u0131")


def check_phones(count: int) -> int:
    """Compare every answer of the shortcut; return how many there were."""
    answered = 0
    for text, region in phone_cases(count):
        quick = phone_shortcut(text, region)
        if quick is not None:
            answered += 1
            assert phone_of_library(text, region) == quick, (text, region)
    return answered


def check_emails(count: int) -> int:
    """Compare every address that is taken; return how many there were."""
    taken = 0
    for text in email_cases(count):
        expected = email_of_library(text)
        try:
            found = parse_email(text)
        except InvalidEmail:
            found = None
        if text == text.strip() and len(text) <= 254:
            assert expected == found, text
        taken += found is not None
    return taken


def test_every_example_number_in_its_own_country():
    """Each notation of each country's example numbers is read as the library does."""
    answered = [
        (phone_of_library(text, region), quick)
        for text, region in written_numbers()
        if (quick := phone_shortcut(text, region)) is not None
    ]

    assert len(answered) > 1_500
    assert [] == [pair for pair in answered if pair[0] != pair[1]]


def test_mutated_numbers():
    """Numbers that are nearly right: what the shortcut says, the library says."""
    assert check_phones(EVERYDAY) > EVERYDAY // 3


def test_mutated_addresses():
    """Addresses that are nearly right: accepted and refused as by the library."""
    assert check_emails(EVERYDAY) > EVERYDAY // 5


@pytest.mark.soak
def test_a_million_numbers():
    """The same for a million numbers."""
    assert check_phones(SOAK) > SOAK // 3


@pytest.mark.soak
def test_a_million_addresses():
    """The same for a million addresses."""
    assert check_emails(SOAK) > SOAK // 5


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", None, "+4930901820"),
        ("  0664 123 4567 ", "AT", "+436641234567"),
        ("+39 06 698 83145", "DE", "+390669883145"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("0049 30 901820", "DE", None),
        ("49 30 901820", "DE", None),
        ("030 901820", None, None),
        ("+800 1234 5678", "DE", None),
        ("+999 1234567", "DE", None),
        ("030/901820", "DE", None),
        ("12345", "DE", None),
        ("1" * 16, "DE", None),
    ],
)
def test_what_the_shortcut_answers(text: str, region: str | None, e164: str | None):
    """Plain numbers are answered; anything else is left to the library."""
    assert e164 == phone_shortcut(text, region)


def test_the_shortcut_is_taken():
    """A plain number and a plain address come out as they always did."""
    assert parse_phone("030 901820", "DE") == "+4930901820"
    assert parse_email("Ada@Example.COM") == "ada@example.com"
