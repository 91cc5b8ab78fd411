"""Currencies, and exact amounts of money."""

from __future__ import annotations

import copy
import math
import pickle
from collections import Counter
from decimal import Decimal
from itertools import count
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import CurrencyMismatch, InvalidAmount, InvalidInput
from loyaltycore.values.money import (
    EXPONENTS,
    Money,
    amount_text,
    exponent,
    minor_units,
)
from loyaltycore.values.quantity import UNITS_MAX


currencies = st.sampled_from(sorted(EXPONENTS))
minors = st.integers(min_value=-UNITS_MAX, max_value=UNITS_MAX)

HOSTILE: list[Any] = [
    49.9,
    math.nan,
    math.inf,
    True,
    None,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    Decimal("1E+999999"),
    10**400,
    "",
    "nan",
    "Infinity",
    "1e5",
    "49,90",
    "\uff14\uff19.\uff19\uff10",
    "\u0664\u0669",
    "49.905",
    "9" * 10_000,
]


class TestExponents:
    """The table of currencies."""

    @pytest.mark.parametrize(
        ("currency", "expected"),
        [
            ("EUR", 2),
            ("USD", 2),
            ("JPY", 0),
            ("ISK", 0),
            ("UGX", 0),
            ("UYI", 0),
            ("KWD", 3),
            ("TND", 3),
            ("CLF", 4),
            ("UYW", 4),
            ("BGN", 2),
        ],
    )
    def test_known(self, currency: str, expected: int) -> None:
        """The decimals of a currency are those of ISO 4217."""
        assert expected == exponent(currency) == EXPONENTS[currency]

    def test_counts(self) -> None:
        """List one has 165 codes with a minor unit, and six withdrawn ones stay."""
        counts = Counter(EXPONENTS.values())

        assert {0: 17, 2: 139 + 6, 3: 7, 4: 2} == counts

    def test_codes_are_three_capitals(self) -> None:
        """Every code is three ASCII capitals."""
        assert all(
            len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
            for code in EXPONENTS
        )

    def test_cannot_be_changed(self) -> None:
        """The table is read-only."""
        table: Any = EXPONENTS

        with pytest.raises(TypeError):
            table["EUR"] = 3

    @pytest.mark.parametrize("currency", ["eur", "XXX", "XAU", "", "EURO", None, []])
    def test_unknown(self, currency: Any) -> None:
        """Another code is refused with advice, and no KeyError hangs on it."""
        with pytest.raises(InvalidAmount, match="three capital letters") as refusal:
            exponent(currency)

        assert refusal.value.__context__ is None


class TestMoney:
    """The value."""

    @pytest.mark.parametrize(
        ("amount", "currency", "expected"),
        [
            ("49.90", "EUR", "49.90 EUR"),
            ("49.9", "EUR", "49.90 EUR"),
            (" 49.900 ", "EUR", "49.90 EUR"),
            (5, "EUR", "5.00 EUR"),
            (Decimal("1E+3"), "JPY", "1000 JPY"),
            ("-0.001", "KWD", "-0.001 KWD"),
            ("-0", "EUR", "0.00 EUR"),
            (0, "UYW", "0.0000 UYW"),
        ],
    )
    def test_prints_all_decimals(
        self, amount: Any, currency: str, expected: str
    ) -> None:
        """Text has the decimals of the currency, however the amount was written."""
        assert expected == str(Money(amount, currency))

    @pytest.mark.parametrize("amount", HOSTILE, ids=count())
    def test_refuses_hostile_amounts(self, amount: Any) -> None:
        """What is not an exact amount is refused as a ValueError of ours."""
        with pytest.raises(InvalidAmount) as refusal:
            Money(amount, "EUR")

        assert isinstance(refusal.value, ValueError)

    def test_refuses_a_float_with_advice(self) -> None:
        """The refusal of a float says what to pass."""
        amount: Any = 49.9

        with pytest.raises(InvalidAmount, match="pass a string or Decimal"):
            Money(amount, "EUR")

    def test_refuses_an_unknown_currency(self) -> None:
        """Money needs a known currency."""
        with pytest.raises(InvalidAmount, match="ISO 4217"):
            Money("1", "EURO")

    def test_equal_however_written(self) -> None:
        """49.9 and 49.90 are one value and one key, in one currency."""
        assert Money("49.9", "EUR") == Money(Decimal("49.90"), "EUR")
        assert 1 == len({Money("49.9", "EUR"), Money("49.90", "EUR")})
        assert Money("1", "EUR") != Money("1", "USD")
        assert Money("1", "EUR") != 1

    def test_is_frozen_copied_and_pickled(self) -> None:
        """Money cannot change, and survives evolve, deepcopy and pickle."""
        money = Money("49.90", "EUR")
        changed: Any = money

        assert Money("1.00", "EUR") == attrs.evolve(money, amount="1")
        assert money == copy.deepcopy(money) == pickle.loads(pickle.dumps(money))  # noqa: S301 - our own bytes
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            changed.amount = Decimal(1)

    def test_adds_and_subtracts(self) -> None:
        """The sum and the difference are exact."""
        assert Money("0.30", "EUR") == Money("0.10", "EUR") + Money("0.20", "EUR")
        assert Money("-0.10", "EUR") == Money("0.10", "EUR") - Money("0.20", "EUR")

    def test_compares(self) -> None:
        """Amounts of one currency are ordered by amount."""
        small, large = Money("9.00", "EUR"), Money("10.00", "EUR")

        assert small < large
        assert small <= large
        assert large > small
        assert large >= small
        assert [small, large] == sorted([large, small])

    @pytest.mark.parametrize(
        "name", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"]
    )
    def test_refuses_another_currency(self, name: str) -> None:
        """Arithmetic and order across currencies name both of them."""
        with pytest.raises(CurrencyMismatch, match=r"EUR.*USD") as refusal:
            getattr(Money("1", "EUR"), name)(Money("1", "USD"))

        assert isinstance(refusal.value, InvalidInput)

    @pytest.mark.parametrize(
        "name", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"]
    )
    def test_knows_no_other_types(self, name: str) -> None:
        """Arithmetic and order with a bare number are left to Python to refuse."""
        assert NotImplemented is getattr(Money("1", "EUR"), name)(1)

    def test_sum_out_of_bounds(self) -> None:
        """A sum beyond the bound is refused."""
        most, one = Money.of_minor(UNITS_MAX, "JPY"), Money(1, "JPY")

        with pytest.raises(InvalidAmount, match="too large"):
            most.__add__(one)

    @pytest.mark.parametrize("minor", [1.5, True, "5", UNITS_MAX + 1])
    def test_of_minor_refuses(self, minor: Any) -> None:
        """Minor units are ints within the bound."""
        with pytest.raises(InvalidAmount):
            Money.of_minor(minor, "EUR")

    @given(minors, currencies)
    def test_round_trip(self, minor: int, currency: str) -> None:
        """Minor units become money and text, and come back."""
        money = Money.of_minor(minor, currency)
        text, _, code = str(money).partition(" ")

        assert minor == money.minor
        assert money == Money(text, code)
        assert text == amount_text(minor, currency)
        assert minor == minor_units(text, currency, minimum=None)


class TestMinorUnits:
    """The way in."""

    @pytest.mark.parametrize(
        ("value", "currency", "expected"),
        [
            ("49.90", "EUR", 4990),
            (Decimal("49.9"), "EUR", 4990),
            (5, "EUR", 500),
            ("5", "JPY", 5),
            ("0.001", "KWD", 1),
            (Money("49.90", "EUR"), "EUR", 4990),
            ("-0.00", "EUR", 0),
        ],
    )
    def test_reads(self, value: Any, currency: str, expected: int) -> None:
        """Every accepted type counts main units."""
        assert expected == minor_units(value, currency)

    @pytest.mark.parametrize("value", HOSTILE, ids=count())
    def test_refuses_hostile_values(self, value: Any) -> None:
        """What is not an exact amount is refused."""
        with pytest.raises(InvalidAmount):
            minor_units(value, "EUR")

    def test_refuses_below_the_minimum(self) -> None:
        """Zero is the least unless another minimum, or none, is given."""
        with pytest.raises(InvalidAmount, match=r"-0.01 is below 0.00 EUR"):
            minor_units("-0.01", "EUR")
        with pytest.raises(InvalidAmount, match=r"0.00 is below 0.01 EUR"):
            minor_units(0, "EUR", minimum=1)

        assert -1 == minor_units("-0.01", "EUR", minimum=None)

    def test_refuses_another_currency(self) -> None:
        """Money of another currency is a CurrencyMismatch."""
        with pytest.raises(CurrencyMismatch, match=r"EUR.*USD"):
            minor_units(Money("1", "USD"), "EUR")

    def test_bound(self) -> None:
        """Minor units reach to 2**53 - 1 and no further."""
        assert 2**53 - 1 == minor_units("90071992547409.91", "EUR")
        with pytest.raises(InvalidAmount, match="too large"):
            minor_units("90071992547409.92", "EUR")


class TestAmountText:
    """The way out."""

    @pytest.mark.parametrize(
        ("minor", "currency", "expected"),
        [
            (4990, "EUR", "49.90"),
            (5, "EUR", "0.05"),
            (-5, "EUR", "-0.05"),
            (0, "UYW", "0.0000"),
            (1, "UYW", "0.0001"),
            (1000, "JPY", "1000"),
            (UNITS_MAX, "EUR", "90071992547409.91"),
        ],
    )
    def test_has_all_decimals(self, minor: int, currency: str, expected: str) -> None:
        """Text has the decimals of the currency and never an exponent."""
        assert expected == amount_text(minor, currency)
