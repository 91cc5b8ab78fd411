"""
Amounts of money, exact to the smallest coin of their currency.

Owns the currencies and their decimals; parsing and rounding are in `quantity`.

Two shapes: `Money` for interfaces and rule settings, and *minor units*, plain ints of
the smallest coin, for the ledger: 49.90 EUR is 4990 minor units.
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import attrs

from loyaltycore.errors import CurrencyMismatch, InvalidAmount
from loyaltycore.values.quantity import decimal_of, from_units, to_units


if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EXPONENTS",
    "Amount",
    "AmountLike",
    "Money",
    "amount_of",
    "amount_text",
    "exponent",
    "minor_units",
    "number_of",
    "optional_amount",
]

_NO_DECIMALS: Final = (
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
)
_TWO_DECIMALS: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP "
    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT "
    "MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD "
    "XCD XCG YER ZAR ZMW ZWG"
)
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS: Final = "CLF UYW"
# Two decimals, and no longer in list one.  A code never leaves these tables: amounts
# that were recorded in it must stay readable.
_WITHDRAWN: Final = "ANG BGN CUC HRK SLL ZWL"

_EXPONENTS: Final = {
    code: decimals
    for decimals, codes in (
        (0, _NO_DECIMALS),
        (2, _TWO_DECIMALS),
        (3, _THREE_DECIMALS),
        (4, _FOUR_DECIMALS),
        (2, _WITHDRAWN),
    )
    for code in codes.split()
}

#: Decimals of each currency, by its alphabetic code.
#:
#: Source: ISO 4217, list one (current currencies and funds), as published on
#: 2026-01-01, without the codes that have no minor unit there (metals, bond units,
#: ``XDR``, ``XTS``, ``XXX``); and six codes withdrawn since 2021.
EXPONENTS: Final[Mapping[str, int]] = MappingProxyType(_EXPONENTS)


def exponent(currency: str) -> int:
    """
    Return the number of decimals of *currency*: EUR 2, JPY 0, KWD 3.

    Raises:
        InvalidAmount: not an upper-case code of `EXPONENTS`.
    """
    try:
        return _EXPONENTS[currency]
    except (KeyError, TypeError):
        pass
    # Outside the handler, so that no KeyError hangs on the answer.
    message = (
        "The currency is not a known ISO 4217 code; pass three capital letters,"
        " such as EUR."
    )
    raise InvalidAmount(message)


@attrs.frozen
class Money:
    """
    An exact amount in one currency: ``Money("49.90", "EUR")``.

    Equal amounts are equal however they were written; amounts of different currencies
    are never equal, and cannot be added, subtracted or ordered.

    Attributes:
        amount: in the currency's main unit, always with all of its decimals; given as
            a Decimal, an int or a string.
        currency: ISO 4217 alphabetic code, upper case.

    Raises:
        InvalidAmount: unknown currency, a float or bool, not finite, more decimals
            than the currency has, or more than ``UNITS_MAX`` minor units.
    """

    amount: Decimal = attrs.field(converter=decimal_of)
    currency: str

    def __attrs_post_init__(self) -> None:
        decimals = exponent(self.currency)
        exact = from_units(to_units(self.amount, decimals), decimals)
        object.__setattr__(self, "amount", exact)

    @classmethod
    def of_minor(cls, minor: int, currency: str) -> Self:
        """
        Return *minor* units of the smallest coin as money.

        Raises:
            InvalidAmount: *minor* is not an int within ``UNITS_MAX``, or the
                currency is unknown.
        """
        return cls(from_units(minor, exponent(currency)), currency)

    @property
    def minor(self) -> int:
        """The amount in units of the smallest coin."""
        return to_units(self.amount, exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __add__(self, other: object) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._check_same_currency(other)
        return Money.of_minor(self.minor + other.minor, self.currency)

    def __sub__(self, other: object) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._check_same_currency(other)
        return Money.of_minor(self.minor - other.minor, self.currency)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._check_same_currency(other)
        return self.amount < other.amount

    def __le__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._check_same_currency(other)
        return self.amount <= other.amount

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._check_same_currency(other)
        return self.amount > other.amount

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._check_same_currency(other)
        return self.amount >= other.amount

    def _check_same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)


Amount: TypeAlias = Decimal | Money
AmountLike: TypeAlias = Decimal | int | str | Money


def amount_of(value: AmountLike) -> Amount:
    """Keep money as it is and read anything else as an exact number."""
    return value if isinstance(value, Money) else decimal_of(value)


def number_of(amount: Amount) -> Decimal:
    """The number of an amount, whatever it is of."""
    return amount.amount if isinstance(amount, Money) else amount


def optional_amount(value: AmountLike | None) -> Amount | None:
    """Read an amount that may be left out."""
    return None if value is None else amount_of(value)


def minor_units(
    value: Decimal | int | str | Money, currency: str, *, minimum: int | None = 0
) -> int:
    """
    Return *value* in minor units of *currency*; the one way in for amounts of money.

    ``minor_units("49.90", "EUR")`` is 4990, and so is 49.90 as a Decimal or as
    `Money`; an int counts main units, so 5 is 500.

    Args:
        value: never a float.
        currency: what the program counts in.
        minimum: the least that is allowed, in minor units; None allows any amount.

    Raises:
        InvalidAmount: not an exact amount of *currency*, or below *minimum*.
        CurrencyMismatch: `Money` of another currency.
    """
    if isinstance(value, Money):
        if value.currency != currency:
            raise CurrencyMismatch(currency, value.currency)
        value = value.amount
    minor = to_units(value, exponent(currency))
    if minimum is None or minor >= minimum:
        return minor
    shown = amount_text(minor, currency)
    least = amount_text(minimum, currency)
    message = f"The amount {shown} is below {least} {currency}."
    raise InvalidAmount(message)


def amount_text(minor: int, currency: str) -> str:
    """
    Return *minor* units as text with all decimals: 4990 in EUR is ``"49.90"``.

    Raises:
        InvalidAmount: unknown currency, or *minor* is not an int within
            ``UNITS_MAX``.
    """
    return f"{from_units(minor, exponent(currency)):f}"
