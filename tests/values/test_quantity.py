"""Parsing, scaling, rounding and sharing out of exact numbers."""

from __future__ import annotations

import decimal
import math
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.values.quantity import (
    DIGITS_MAX,
    SCALE_MAX,
    UNITS_MAX,
    Rounding,
    allocate,
    decimal_of,
    divide,
    from_units,
    mul_percent,
    percent_basis_points,
    round_units,
    to_units,
)


HOSTILE: list[Any] = [
    1.5,
    0.0,
    math.nan,
    math.inf,
    True,
    False,
    None,
    b"5",
    [],
    Fraction(1, 2),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("-Infinity"),
    Decimal("1E+40"),
    Decimal("1E+999999"),
    10**40,
    10**5000,
    "",
    " ",
    "nan",
    "inf",
    "1e5",
    "1_000",
    "1,000.00",
    "1 000",
    ".5",
    "5.",
    "--5",
    "+-5",
    "0x10",
    "5\n6",
    "5\x00",
    "\ud800",
    "\uff15",
    "\u0665",
    "\u00bd",
    "9" * 5000,
    "0." + "1" * 60,
]


class Step(IntEnum):
    """An int by another name."""

    FIVE = 5


def exact_round(value: Fraction, rounding: Rounding) -> int:
    """Return *value* rounded by the definition of *rounding*, by other means."""
    floor = math.floor(value)
    half = Fraction(1, 2)
    if rounding is Rounding.FLOOR:
        return floor
    if rounding is Rounding.CEIL:
        return math.ceil(value)
    if rounding is Rounding.HALF_EVEN:
        return round(value)
    away = math.floor(abs(value) + half)
    return away if value >= 0 else -away


class TestDecimalOf:
    """Reading a number."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("49.90", "49.90"),
            ("  +7 ", "7"),
            ("-0.5", "-0.5"),
            ("\u00a05\u00a0", "5"),
            (12, "12"),
            (Step.FIVE, "5"),
            (Decimal("1E+2"), "1E+2"),
            ("-0", "0"),
            (Decimal("-0.00"), "0.00"),
        ],
    )
    def test_reads_plain_numbers(self, value: Any, expected: str) -> None:
        """Text, ints and Decimals are read exactly, and zero has no sign."""
        assert expected == str(decimal_of(value))

    @pytest.mark.parametrize("value", HOSTILE, ids=count())
    def test_refuses_everything_else(self, value: Any) -> None:
        """Whatever is not an exact plain number is an InvalidAmount."""
        with pytest.raises(InvalidAmount):
            decimal_of(value)

    def test_bounds_digits_on_both_sides(self) -> None:
        """A number may have DIGITS_MAX digits before and after the point, no more."""
        longest = "9" * DIGITS_MAX + "." + "9" * DIGITS_MAX

        assert longest == str(decimal_of(longest))
        with pytest.raises(InvalidAmount, match="too large or too long"):
            decimal_of(Decimal(longest + "9"))

    def test_a_subclass_comes_out_as_a_plain_decimal(self) -> None:
        """A Decimal of another class is copied into a plain one."""

        class Odd(Decimal):
            pass

        assert Decimal is type(decimal_of(Odd("1.5")))

    def test_a_float_is_told_what_to_pass_instead(self) -> None:
        """The refusal of a float names the remedy."""
        number: Any = 1.5

        with pytest.raises(InvalidAmount, match="pass a string or Decimal"):
            decimal_of(number)

    def test_refusals_show_numbers_only(self) -> None:
        """A message shows a refused number, but never a word passed by mistake."""
        with pytest.raises(InvalidAmount, match="The amount 1,5 is not"):
            decimal_of("1,5")
        with pytest.raises(InvalidAmount, match="The amount is not") as refusal:
            decimal_of("Lovelace")

        assert "Lovelace" not in str(refusal.value)


class TestToUnits:
    """Scaling up."""

    @pytest.mark.parametrize(
        ("value", "scale", "expected"),
        [
            ("1.49", 2, 149),
            ("1.490", 2, 149),
            ("-1.4", 2, -140),
            ("+5", 0, 5),
            ("5.000", 0, 5),
            (5, 2, 500),
            (-5, 0, -5),
            (Decimal("1.49"), 2, 149),
            (Decimal("1.4900"), 2, 149),
            (Decimal("1E+2"), 2, 10_000),
            (Decimal("0E+900"), 2, 0),
            (Decimal("-0"), 2, 0),
            ("0." + "0" * 40, 2, 0),
            (str(UNITS_MAX), 0, UNITS_MAX),
            (-UNITS_MAX, 0, -UNITS_MAX),
        ],
    )
    def test_scales_exactly(self, value: Any, scale: int, expected: int) -> None:
        """Zeros beyond the scale are dropped and nothing is rounded."""
        assert expected == to_units(value, scale)

    @pytest.mark.parametrize("value", HOSTILE, ids=count())
    def test_refuses_hostile_values(self, value: Any) -> None:
        """Whatever is not an exact plain number is an InvalidAmount."""
        with pytest.raises(InvalidAmount):
            to_units(value, 2)

    @pytest.mark.parametrize(
        ("value", "scale", "advice"),
        [
            ("1.5", 0, "no decimals"),
            ("1.55", 1, "at most 1 decimal "),
            ("1.555", 2, "at most 2 decimals"),
            (Decimal("1.555"), 2, "at most 2 decimals"),
            (Decimal("0.001"), 2, "at most 2 decimals"),
            (Decimal("1." + "0" * 100 + "1"), 2, "at most 2 decimals"),
            (Decimal("1E-999999"), 2, "at most 2 decimals"),
            (Decimal("1E-1000020"), 2, "at most 2 decimals"),
        ],
    )
    def test_refuses_decimals_beyond_the_scale(
        self, value: Any, scale: int, advice: str
    ) -> None:
        """A fraction of a unit is refused, however small it is."""
        with pytest.raises(InvalidAmount, match=advice):
            to_units(value, scale)

    @pytest.mark.parametrize(
        "value", [UNITS_MAX + 1, str(-UNITS_MAX - 1), Decimal(-UNITS_MAX - 2)]
    )
    def test_refuses_more_than_json_can_keep(self, value: Any) -> None:
        """One unit beyond 2**53 - 1 is too large."""
        with pytest.raises(InvalidAmount, match="too large"):
            to_units(value, 0)

    @pytest.mark.parametrize("scale", [-1, SCALE_MAX + 1])
    def test_refuses_a_scale_out_of_bounds(self, scale: int) -> None:
        """A negative scale does not count from the end of a table."""
        with pytest.raises(InvalidValue, match="scale"):
            to_units(1, scale)
        with pytest.raises(InvalidValue, match="scale"):
            from_units(1, scale)

    def test_ignores_the_callers_decimal_context(self) -> None:
        """A context of two digits that traps nothing changes no amount."""
        with decimal.localcontext() as context:
            context.prec = 2
            context.clear_traps()

            assert 123_456 == to_units(Decimal("1234.56"), 2)
            assert Decimal("1234.56") == from_units(123_456, 2)
            assert 1235 == round_units(Decimal("1234.56"), Rounding.HALF_UP)

    @given(
        st.integers(min_value=-UNITS_MAX, max_value=UNITS_MAX),
        st.integers(min_value=0, max_value=SCALE_MAX),
    )
    def test_round_trip(self, n: int, scale: int) -> None:
        """Units become a number of as many decimals and come back, as text too."""
        number = from_units(n, scale)

        assert -scale == number.as_tuple().exponent
        assert n == to_units(number, scale) == to_units(f"{number:f}", scale)
        assert Fraction(n, 10**scale) == Fraction(number)


class TestFromUnits:
    """Scaling down."""

    @pytest.mark.parametrize(
        ("n", "scale", "expected"),
        [(150, 2, "1.50"), (0, 2, "0.00"), (-1, 3, "-0.001"), (7, 0, "7")],
    )
    def test_has_all_decimals(self, n: int, scale: int, expected: str) -> None:
        """A number has exactly as many decimals as its scale."""
        assert expected == str(from_units(n, scale))

    @pytest.mark.parametrize(
        "n", [1.5, True, "5", None, UNITS_MAX + 1, -(10**5000)], ids=count()
    )
    def test_refuses_what_is_not_an_int_in_bounds(self, n: Any) -> None:
        """Floats, bools, text and ints beyond the bound are refused."""
        with pytest.raises(InvalidAmount):
            from_units(n, 2)


class TestRounding:
    """The four directions."""

    @pytest.mark.parametrize(
        ("rounding", "expected"),
        [
            (Rounding.FLOOR, (-3, -2, -2, 1, 1, 2)),
            (Rounding.HALF_UP, (-3, -2, -2, 2, 2, 3)),
            (Rounding.HALF_EVEN, (-2, -2, -2, 2, 2, 2)),
            (Rounding.CEIL, (-2, -1, -1, 2, 2, 3)),
        ],
    )
    def test_of_halves_and_others(
        self, rounding: Rounding, expected: tuple[int, ...]
    ) -> None:
        """-2.5, -1.7, -1.5, 1.5, 1.7 and 2.5 go where the direction's name says."""
        numbers = ("-2.5", "-1.7", "-1.5", "1.5", "1.7", "2.5")

        assert expected == tuple(round_units(Decimal(n), rounding) for n in numbers)

    @given(
        st.decimals(min_value=-(10**6), max_value=10**6, places=4),
        st.sampled_from(Rounding),
    )
    def test_agrees_with_fractions(self, value: Decimal, rounding: Rounding) -> None:
        """Every direction is what its definition says."""
        assert exact_round(Fraction(value), rounding) == round_units(value, rounding)

    @pytest.mark.parametrize(
        "value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+99999"), 1.5]
    )
    def test_refuses_what_has_no_nearest_unit(self, value: Any) -> None:
        """NaN, infinity, floats and absurd exponents are refused."""
        with pytest.raises(InvalidAmount):
            round_units(value, Rounding.FLOOR)

    def test_a_direction_read_from_text_works(self) -> None:
        """The plain text of a direction, as settings store it, rounds as well."""
        text: Any = "half_even"

        assert 2 == round_units(Decimal("2.5"), text)

    def test_refuses_an_unknown_direction(self) -> None:
        """An unknown direction is refused, and the known ones are named."""
        unknown: Any = "down"

        with pytest.raises(InvalidValue, match="floor, half_up, half_even, ceil"):
            divide(1, 2, unknown)
        with pytest.raises(InvalidValue, match="rounding"):
            mul_percent(1, 2, 0, unknown)
        with pytest.raises(InvalidValue, match="rounding"):
            round_units(Decimal(1), unknown)


class TestDivide:
    """Dividing once."""

    @given(
        st.integers(),
        st.integers(min_value=1),
        st.sampled_from(Rounding),
    )
    def test_agrees_with_fractions(
        self, numerator: int, denominator: int, rounding: Rounding
    ) -> None:
        """The quotient of ints of any size is rounded by definition."""
        expected = exact_round(Fraction(numerator, denominator), rounding)

        assert expected == divide(numerator, denominator, rounding)

    @pytest.mark.parametrize("denominator", [0, -1])
    def test_refuses_a_denominator_below_one(self, denominator: int) -> None:
        """Zero and negative denominators are refused."""
        with pytest.raises(InvalidValue, match="denominator"):
            divide(1, denominator, Rounding.FLOOR)

    def test_refuses_floats(self) -> None:
        """A float on either side is refused."""
        number: Any = 2.0

        with pytest.raises(InvalidAmount, match="float"):
            divide(number, 1, Rounding.FLOOR)
        with pytest.raises(InvalidAmount, match="float"):
            divide(1, number, Rounding.FLOOR)


class TestMulPercent:
    """Percentages between scales."""

    @pytest.mark.parametrize(
        ("minor", "basis_points", "shift", "rounding", "expected"),
        [
            (4990, 300, 0, Rounding.FLOOR, 149),
            (2990, 300, 0, Rounding.FLOOR, 89),
            (25_000, 100, -2, Rounding.FLOOR, 2),
            (25_000, 100, 0, Rounding.FLOOR, 250),
            (99, 100, -2, Rounding.FLOOR, 0),
            (99, 100, -2, Rounding.CEIL, 1),
            (-4990, 300, 0, Rounding.FLOOR, -150),
            (-4990, 300, 0, Rounding.CEIL, -149),
            (150, 100, 0, Rounding.HALF_UP, 2),
            (-150, 100, 0, Rounding.HALF_UP, -2),
            (250, 100, 0, Rounding.HALF_EVEN, 2),
            (5, 10_000, 3, Rounding.FLOOR, 5000),
        ],
    )
    def test_worked_numbers(
        self,
        minor: int,
        basis_points: int,
        shift: int,
        rounding: Rounding,
        expected: int,
    ) -> None:
        """3 % of 49.90 is 1.49 points, 1 % of 250.00 is 2 points or 2.50."""
        assert expected == mul_percent(minor, basis_points, shift, rounding)

    def test_ten_percent_per_line_and_on_the_total(self) -> None:
        """10 % of 1.06, 2.06, 3.06 and 4.06 is 1.04 by line and 1.02 on the total."""
        lines = (106, 206, 306, 406)

        by_line = sum(mul_percent(n, 1000, 0, Rounding.HALF_UP) for n in lines)
        on_total = mul_percent(sum(lines), 1000, 0, Rounding.HALF_UP)

        assert (104, 102) == (by_line, on_total)

    @given(
        st.integers(min_value=-UNITS_MAX, max_value=UNITS_MAX),
        st.integers(min_value=0, max_value=10_000),
        st.integers(min_value=-SCALE_MAX, max_value=SCALE_MAX),
        st.sampled_from(Rounding),
    )
    def test_agrees_with_fractions(
        self, minor: int, basis_points: int, shift: int, rounding: Rounding
    ) -> None:
        """The product is exact before it is rounded once."""
        exact = Fraction(minor * basis_points, 10_000) * Fraction(10) ** shift

        expected = exact_round(exact, rounding)

        assert expected == mul_percent(minor, basis_points, shift, rounding)

    def test_refuses_floats_and_absurd_shifts(self) -> None:
        """A float amount, a float rate and a shift beyond SCALE_MAX are refused."""
        number: Any = 1.5

        with pytest.raises(InvalidAmount, match="float"):
            mul_percent(number, 100, 0, Rounding.FLOOR)
        with pytest.raises(InvalidAmount, match="float"):
            mul_percent(100, number, 0, Rounding.FLOOR)
        with pytest.raises(InvalidValue, match="scale_shift"):
            mul_percent(100, 100, SCALE_MAX + 1, Rounding.FLOOR)


class TestPercentBasisPoints:
    """Reading a percentage."""

    @pytest.mark.parametrize(
        ("percent", "expected"),
        [(3, 300), ("2.5", 250), (Decimal("0.01"), 1), (0, 0), ("100.00", 10_000)],
    )
    def test_reads_hundredths(self, percent: Any, expected: int) -> None:
        """A percentage has at most two decimals."""
        assert expected == percent_basis_points(percent)

    @pytest.mark.parametrize(
        "percent", ["-0.01", "100.01", 101, "2.555", 2.5, True, "3%", "", "nan"]
    )
    def test_refuses_others(self, percent: Any) -> None:
        """Beyond 0 to 100, finer than 0.01, or not a number: refused."""
        with pytest.raises(InvalidAmount):
            percent_basis_points(percent)


class TestAllocate:
    """Sharing out."""

    @pytest.mark.parametrize(
        ("total", "weights", "expected"),
        [
            (1000, (50, 50, 50), (333, 333, 334)),
            (1000, (20, 45, 60), (160, 360, 480)),
            (-1000, (50, 50, 50), (-333, -333, -334)),
            (2, (1, 1, 1), (0, 1, 1)),
            (1, (1, 0), (1, 0)),
            (0, (3, 4), (0, 0)),
            (7, (1,), (7,)),
            (5, (0, 0, 9), (0, 0, 5)),
            (10, [10**30, 10**30], (5, 5)),
        ],
    )
    def test_worked_numbers(
        self, total: int, weights: Any, expected: tuple[int, ...]
    ) -> None:
        """10.00 over equal lines leaves the odd cent on the last one."""
        assert expected == allocate(total, weights)

    @given(
        st.integers(),
        st.lists(st.integers(min_value=0), min_size=1).filter(any),
    )
    def test_shares_add_up_and_are_fair(self, total: int, weights: list[int]) -> None:
        """The shares add up to the total, each within one unit of its exact share."""
        shares = allocate(total, weights)

        assert total == sum(shares)
        assert len(weights) == len(shares)
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - Fraction(total * weight, sum(weights))) < 1
            assert weight or not share

    @pytest.mark.parametrize(
        "weights", [(), (0, 0), (1, -1), (1, True), (1, 0.5), (1, "1")]
    )
    def test_refuses_weights_without_proportion(self, weights: Any) -> None:
        """No weight, only zeros, a negative one or another type: refused."""
        with pytest.raises((InvalidAmount, InvalidValue)):
            allocate(10, weights)

    @pytest.mark.parametrize("total", [1.5, True, "5", None])
    def test_refuses_a_total_that_is_no_int(self, total: Any) -> None:
        """Only units are shared out."""
        with pytest.raises(InvalidAmount):
            allocate(total, (1, 1))
