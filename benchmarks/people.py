"""
A file of customers as shops have them, in thirteen columns of which eight are read.

Phones of five countries in the notation of their people or in E.164, addresses at some
hundreds of domains, days of birth, moments of registration, notes, empty cells, and
seven rows in a hundred with something wrong: a phone too short, an address without a
point, a day that there is not, a customer who was there before.  Drawn from a fixed
seed.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from loyaltycore import Program


if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HEADER", "PROGRAM", "lines"]

PROGRAM = Program(id="bench", currency="EUR", zone="Europe/Berlin", phone_region="DE")
HEADER = (
    "external id,first name,last name,phone,email,date of birth,registered at,source,"
    "city,note,tier,newsletter,last visit"
)

_FIRST = ("Ada", "Zoë", "Björn", "Siân", "Ömer", "Jean-Luc", "Maria", "Lech", "Ida")
_LAST = ("Lovelace", "Müller", "O'Neil", "Nowak", "García", "Şahin", "de Vries", "Li")
_NATIONAL = ("0151 2", "0170 3", "030 4", "(089) 5")
_ABROAD = ("+43 664 1", "+39 347 4", "+49 160 9", "+43 1 5")


def lines(count: int) -> Iterator[str]:
    """Yield the lines of a file with as many rows, each with its end."""
    random = Random(2_026)
    yield f"{HEADER}\n"
    for number in range(count):
        yield _row(random, number)


def _row(random: Random, number: int) -> str:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    prefix = random.choice(_NATIONAL if random.random() < 0.6 else _ABROAD)
    phone = f"{prefix}{number:06}"[: 6 if _wrong(random) else None]
    email = f"{first.lower()}.{number}@mail{random.randrange(400)}.example.com"
    if not email.isascii() or random.random() < 0.1:
        email = f"c{number}@example.org"
    if _wrong(random):
        email = email.replace(".", " ")
    day = 31 if _wrong(random) else random.randrange(1, 29)
    born = f"19{random.randrange(40, 99)}-{random.choice((2, 4, 6)):02}-{day:02}"
    joined = (
        f"2025-0{random.randrange(1, 9)}-1{random.randrange(9)}T1{number % 9}:30:00Z"
    )
    external = f"C-{number - 1 if _wrong(random) else number}"
    return (
        f"{external},{first},{last},{phone},{email},"
        f"{born if random.random() < 0.8 else ''},{joined},till,Berlin,"
        f"{'likes it sweet' if number % 3 else ''},Gold,yes,2026-02-0{number % 9 + 1}\n"
    )


def _wrong(random: Random) -> bool:
    return random.random() < 0.018
