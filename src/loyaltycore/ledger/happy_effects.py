"""
What is different in a happy hour, and how it prices.

A card type prices with *happy facts*, JSON that it pins: none, or one of

- ``{"times": 250}``, two and a half times as much, in hundredths;
- ``{"plus": 500}``, so many basis points on top of the rate;
- ``{"instead": 1500}``, a rate in basis points instead of the card's own.
"""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - cattrs reads annotations at run time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, assert_never

import attrs

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.values.quantity import decimal_of, percent_basis_points, to_units


if TYPE_CHECKING:
    from loyaltycore.ledger.tiers import Ladder
    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "NOT_HAPPY",
    "RATE_SHIFT",
    "HappyEffect",
    "Multiplier",
    "Override",
    "PercentPoints",
    "happy_facts",
    "happy_ladder",
    "happy_rate",
    "happy_steps",
    "happy_units",
]

#: What the shift of ``tiers.units_on`` is changed by for rates of ``happy_ladder``.
RATE_SHIFT: Final = -2

#: Happy facts of no hour, as a default.
NOT_HAPPY: Final[Facts] = MappingProxyType({})

_TIMES_MAX: Final = 100_00  # hundredths
_HUNDREDTHS: Final = 100


def _check_times(_: object, field: attrs.Attribute[Any], value: Decimal) -> None:
    try:
        times = to_units(value, 2)
    except InvalidAmount as error:
        raise InvalidValue(field.name, error.message) from None
    if not 0 < times <= _TIMES_MAX:
        raise InvalidValue(field.name, f"above 0 and at most 100, not {value}.")


def _check_percent(_: object, field: attrs.Attribute[Any], value: Decimal) -> None:
    try:
        percent_basis_points(value)
    except InvalidAmount as error:
        raise InvalidValue(field.name, error.message) from None


@attrs.frozen
class Multiplier:
    """So many times as much: above 0 to 100, with at most two decimals."""

    times: Decimal = attrs.field(converter=decimal_of, validator=_check_times)


@attrs.frozen
class PercentPoints:
    """So many percentage points on top of the card's rate: 0 to 100."""

    points: Decimal = attrs.field(converter=decimal_of, validator=_check_percent)


@attrs.frozen
class Override:
    """A percentage instead of the card's own rate: 0 to 100."""

    percent: Decimal = attrs.field(converter=decimal_of, validator=_check_percent)


HappyEffect: TypeAlias = Multiplier | PercentPoints | Override


def happy_facts(effect: HappyEffect | None) -> Facts:
    """What an hour does, as JSON to be pinned; empty for none."""
    match effect:
        case None:
            return {}
        case Multiplier(times):
            return {"times": to_units(times, 2)}
        case PercentPoints(points):
            return {"plus": percent_basis_points(points)}
        case Override(percent):
            return {"instead": percent_basis_points(percent)}
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def happy_units(happy: Facts, units: int) -> int:
    """Whole units with the multiplier of an hour, rounded down."""
    units_now: int = units * happy.get("times", _HUNDREDTHS) // _HUNDREDTHS
    return units_now


def happy_steps(happy: Facts, units: int, each: int) -> int:
    """How many steps of *each* units it takes to come to so many; a part is one."""
    per_step = each * happy.get("times", _HUNDREDTHS)
    steps: int = -(-units * _HUNDREDTHS // per_step)
    return steps


def happy_rate(happy: Facts, basis_points: int) -> int:
    """
    A rate with what an hour does to it, in hundredths of a basis point.

    So fine that nothing is rounded here: 2.5 times 3.33 % are 83,250.
    """
    rate = happy.get("instead", basis_points) + happy.get("plus", 0)
    rate_now: int = rate * happy.get("times", _HUNDREDTHS)
    return rate_now


def happy_ladder(happy: Facts, ladder: Ladder) -> Ladder:
    """
    A ladder with what an hour does to each of its rates.

    Returns:
        Rates in hundredths of a basis point: ``tiers.units_on`` reads them with
        ``RATE_SHIFT`` added to the shift, and rounds once.
    """
    return [[start, happy_rate(happy, rate)] for start, rate in ladder]
