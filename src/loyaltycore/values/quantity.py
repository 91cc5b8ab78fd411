"""
Exact numbers: what comes in at the edge, and the integers that the ledger keeps.

Owns parsing, scaling, rounding and sharing out; knows nothing of currencies or cards.

A *scale* is a number of decimals; *units* are an amount in the smallest step of its
scale, as an int: 1.49 points at scale 2 are 149 units.  Every function here computes
with integers or with a decimal context of its own, so a caller who changes the
precision of ``decimal.getcontext()`` changes nothing.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from loyaltycore.errors import InvalidAmount, InvalidValue


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "DIGITS_MAX",
    "SCALE_MAX",
    "UNITS_MAX",
    "Rounding",
    "allocate",
    "decimal_of",
    "divide",
    "from_units",
    "mul_percent",
    "percent_basis_points",
    "round_units",
    "to_units",
]

#: The largest amount, up or down, in units: the last int that JSON keeps exactly.
UNITS_MAX: Final = 2**53 - 1

#: The most decimals that a unit can have.
SCALE_MAX: Final = 9

#: The most digits, before the point and after it, of a number that is read.
DIGITS_MAX: Final = 34

_TEXT_MAX: Final = 2 * DIGITS_MAX + 2
_SHOWN_MAX: Final = 24
_POWERS: Final = tuple(10**power for power in range(SCALE_MAX + 1))
_DECIMAL_POWERS: Final = tuple(Decimal(power) for power in _POWERS)
_HUNDRED_PERCENT: Final = 10_000

_read_plain = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?").fullmatch
_read_number_like = re.compile(r"[0-9eE+.,_-]+").fullmatch

# Raises rather than rounds, and takes nothing from the application's own contexts.
_EXACT: Final = Context(
    prec=2 * DIGITS_MAX,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[Inexact, InvalidOperation],
)


class Rounding(StrEnum):
    """
    The direction in which a fraction of a unit goes, for amounts below zero too.

    Attributes:
        FLOOR: toward minus infinity; -2.5 becomes -3.
        HALF_UP: to the nearest, halves away from zero; -2.5 becomes -3.
        HALF_EVEN: to the nearest, halves to the even neighbour; -2.5 becomes -2.
        CEIL: toward plus infinity; -2.5 becomes -2.
    """

    FLOOR = "floor"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    CEIL = "ceil"


# -- reading -------------------------------------------------------------------------


def decimal_of(value: Decimal | int | str) -> Decimal:
    """
    Return the exact number that *value* stands for.

    Text is ASCII digits with an optional sign and an optional decimal point; blanks
    around it are dropped.  Exponents, separators, underscores and digits of other
    scripts are refused, because tills and spreadsheets disagree about them.

    Raises:
        InvalidAmount: a float, a bool, not finite, other text, or more than
            ``DIGITS_MAX`` digits on either side of the point.
    """
    if isinstance(value, str):
        number = Decimal(_plain(value)[0])
    elif isinstance(value, Decimal):
        if not value.is_finite():
            raise InvalidAmount(_NOT_FINITE)
        number = Decimal(value)
    else:
        number = Decimal(_whole(value))
    exponent = number.as_tuple().exponent
    is_fine = isinstance(exponent, int) and exponent < -DIGITS_MAX
    if is_fine or number.adjusted() >= DIGITS_MAX:
        raise InvalidAmount(_too_large(value))
    # "-0" is a number that no ledger has; it would print as "-0.00".
    return number or number.copy_abs()


def to_units(value: Decimal | int | str, scale: int) -> int:
    """
    Return *value* in units of *scale* decimals, exactly.

    ``to_units("1.49", 2)`` is 149; zeros beyond the scale do no harm
    (``"1.490"`` is 149 too), other decimals are refused rather than rounded.

    Raises:
        InvalidAmount: as `decimal_of`, more decimals than *scale*, or more than
            ``UNITS_MAX`` units.
        InvalidValue: *scale* is not within 0 to ``SCALE_MAX``.
    """
    if not 0 <= scale <= SCALE_MAX:
        raise InvalidValue("scale", _SCALE_ADVICE)
    if isinstance(value, str):
        units = _units_of_text(value, scale)
    elif isinstance(value, Decimal):
        if not value.is_finite():
            raise InvalidAmount(_NOT_FINITE)
        units = _units_of_decimal(value, scale)
    else:
        units = _whole(value) * _POWERS[scale]
    if -UNITS_MAX <= units <= UNITS_MAX:
        return units
    raise InvalidAmount(_too_large(value))


def from_units(n: int, scale: int) -> Decimal:
    """
    Return *n* units as a number with exactly *scale* decimals.

    ``from_units(150, 2)`` is ``Decimal("1.50")``.

    Raises:
        InvalidAmount: *n* is not an int within ``UNITS_MAX``.
        InvalidValue: *scale* is not within 0 to ``SCALE_MAX``.
    """
    if not 0 <= scale <= SCALE_MAX:
        raise InvalidValue("scale", _SCALE_ADVICE)
    if not -UNITS_MAX <= _whole(n) <= UNITS_MAX:
        raise InvalidAmount(_too_large(n))
    # Through text, because arithmetic on Decimal obeys the caller's context.
    return Decimal(f"{n}E-{scale}")


# -- rounding ------------------------------------------------------------------------


def round_units(value: Decimal, rounding: Rounding) -> int:
    """
    Return *value*, already in units, without its fraction.

    Raises:
        InvalidAmount: as `decimal_of`.
        InvalidValue: *rounding* is none of ours.
    """
    return divide(*decimal_of(value).as_integer_ratio(), rounding)


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """
    Return the quotient of two ints, rounded once in the named direction.

    For rules that add several shares before they round: scale each to one common
    denominator, add, and divide here.

    Raises:
        InvalidAmount: one of the two is not an int.
        InvalidValue: *denominator* is below 1, or *rounding* is none of ours.
    """
    if _whole(denominator) < 1:
        raise InvalidValue("denominator", "must be 1 or more")
    if (direction := _DIRECTIONS.get(rounding)) is None:
        raise InvalidValue("rounding", _ROUNDING_ADVICE)
    return direction(_whole(numerator), denominator)


def mul_percent(
    minor: int, basis_points: int, scale_shift: int, rounding: Rounding
) -> int:
    """
    Return a percentage of *minor* in units of another scale.

    3 % of 49.90 EUR in points with two decimals is ``mul_percent(4990, 300, 0, ...)``,
    in whole points ``mul_percent(4990, 300, -2, ...)``: 1.497 before rounding.

    Args:
        minor: the amount in its own units; may be negative.
        basis_points: hundredths of a percent; 300 is 3 %.
        scale_shift: decimals of the result minus decimals of *minor*.
        rounding: applied once, at the end.

    Raises:
        InvalidAmount: a factor is not an int.
        InvalidValue: *scale_shift* is beyond ``SCALE_MAX``, or *rounding* is none of
            ours.
    """
    if not -SCALE_MAX <= scale_shift <= SCALE_MAX:
        raise InvalidValue("scale_shift", _SCALE_ADVICE)
    if (direction := _DIRECTIONS.get(rounding)) is None:
        raise InvalidValue("rounding", _ROUNDING_ADVICE)
    product = _whole(minor * basis_points)
    if scale_shift < 0:
        return direction(product, _HUNDRED_PERCENT * _POWERS[-scale_shift])
    return direction(product * _POWERS[scale_shift], _HUNDRED_PERCENT)


def percent_basis_points(percent: Decimal | int | str) -> int:
    """
    Return *percent* in basis points: ``"2.5"`` is 250.

    Raises:
        InvalidAmount: below 0, above 100, more than two decimals, or not a number.
    """
    points = to_units(percent, 2)
    if 0 <= points <= _HUNDRED_PERCENT:
        return points
    message = f"A percentage is between 0 and 100, not {from_units(points, 2)}."
    raise InvalidAmount(message)


# -- sharing out ---------------------------------------------------------------------


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """
    Share *total* units out in proportion to *weights*; the shares add up to *total*.

    Largest remainder: each share is rounded toward zero, and the units left over go
    one by one to the largest fractions, the last line first where fractions are equal.
    1000 over 50, 50, 50 is 333, 333, 334.  A total below zero is shared out as its
    opposite would be.

    Raises:
        InvalidAmount: *total* or a weight is not an int.
        InvalidValue: a weight is below 0, or none is above 0.
    """
    whole = abs(_whole(total))
    if any(_whole(weight) < 0 for weight in weights):
        raise InvalidValue("weights", "must be 0 or more")
    parts = sum(weights)
    if parts == 0:
        raise InvalidValue("weights", "at least one must be above 0")
    if len(weights) == 1:
        return (int(total),)
    shares: list[int] = []
    fractions: list[tuple[int, int]] = []
    for line, weight in enumerate(weights):
        share, fraction = divmod(whole * weight, parts)
        shares.append(share)
        fractions.append((fraction, line))
    left = whole - sum(shares)
    # A fraction of zero is never reached: the fractions add up to `left` whole units,
    # and each is less than one, so more than `left` of them are above zero.
    for _, line in sorted(fractions, reverse=True)[:left]:
        shares[line] += 1
    sign = -1 if total < 0 else 1
    return tuple(sign * share for share in shares)


# -- private -------------------------------------------------------------------------


def _floor(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _half_up(numerator: int, denominator: int) -> int:
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def _half_even(numerator: int, denominator: int) -> int:
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


_DIRECTIONS: Final[Mapping[Rounding, Callable[[int, int], int]]] = {
    Rounding.FLOOR: _floor,
    Rounding.HALF_UP: _half_up,
    Rounding.HALF_EVEN: _half_even,
    Rounding.CEIL: _ceil,
}


def _units_of_text(text: str, scale: int) -> int:
    plain, sign, whole, fraction = _plain(text)
    if len(fraction) > scale:
        fraction = fraction.rstrip("0")
        if len(fraction) > scale:
            raise InvalidAmount(_too_fine(plain, scale))
    units = int(whole + fraction.ljust(scale, "0"))
    return -units if sign == "-" else units


@lru_cache(maxsize=4096)
def _units_of_decimal(value: Decimal, scale: int) -> int:
    """Rules are asked for the same settings in every decision."""
    if not value:
        return 0
    # Before any arithmetic: as an int, 1E+999999 would fill the memory.
    if value.adjusted() >= DIGITS_MAX:
        raise InvalidAmount(_too_large(value))
    try:
        scaled = _EXACT.multiply(value, _DECIMAL_POWERS[scale])
    except Inexact:
        raise InvalidAmount(_too_fine(value, scale)) from None
    units = int(scaled)
    if units != scaled:
        raise InvalidAmount(_too_fine(value, scale))
    return units


def _plain(text: str) -> tuple[str, str, str, str]:
    """Return the text without blanks, its sign, its whole part and its fraction."""
    plain = text.strip()
    if len(plain) > _TEXT_MAX:
        raise InvalidAmount(_too_large(plain))
    found = _read_plain(plain)
    if found is None:
        raise InvalidAmount(_not_plain(plain))
    sign, whole, fraction = found.groups("")
    return plain, sign, whole, fraction


def _whole(value: object) -> int:
    """Return *value* if it is an int; say what to pass instead if it is not."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        message = "A float cannot hold an amount exactly; pass a string or Decimal."
        raise InvalidAmount(message)
    kind = type(value).__name__
    message = f"An amount is an int, a string or a Decimal, not {kind}."
    raise InvalidAmount(message)


# -- sentences -----------------------------------------------------------------------

_NOT_FINITE: Final = "An amount is a finite number, neither NaN nor infinite."
_ROUNDING_ADVICE: Final = f"must be one of {', '.join(Rounding)}"
_SCALE_ADVICE: Final = f"must be a number of decimals that is at most {SCALE_MAX}"


def _named(value: object) -> str:
    """Return a subject for a sentence, with the value where showing it is safe."""
    # A very long int is not even turned into text: Python refuses beyond 4300 digits.
    is_long_int = isinstance(value, int) and abs(value) >= 10**_SHOWN_MAX
    shown = "" if is_long_int else str(value)
    # Anything but a number may be a name that was passed in the wrong place.
    if len(shown) <= _SHOWN_MAX and _read_number_like(shown):
        return f"The amount {shown}"
    return "The amount"


def _too_fine(value: object, scale: int) -> str:
    decimals = {0: "no decimals", 1: "at most 1 decimal"}.get(
        scale, f"at most {scale} decimals"
    )
    return f"{_named(value)} has too many decimals; {decimals} can be kept."


def _too_large(value: object) -> str:
    return f"{_named(value)} is too large or too long to be kept exactly."


def _not_plain(value: object) -> str:
    return (
        f"{_named(value)} is not a plain number; write it with the digits 0 to 9 and"
        " a decimal point, such as 49.90, without separators or exponents."
    )
