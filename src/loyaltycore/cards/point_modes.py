"""What earns points on a reward card: money spent, a visit, or the till's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

import attrs

from loyaltycore.cards.settings import above_zero, check_amount, whole
from loyaltycore.cards.stamp_modes import Manual
from loyaltycore.ledger.happy_effects import Multiplier, happy_units
from loyaltycore.values.money import Amount, amount_of, minor_units


if TYPE_CHECKING:
    from loyaltycore.ledger.happy_hours import HappyHour
    from loyaltycore.ledger.transactions import Facts

__all__ = [
    "PointMode",
    "SpendPoints",
    "VisitPoints",
    "check_point_mode",
    "only_multipliers",
    "points_for",
    "points_on",
]

_POINTS_MAX: Final = 1_000_000
_some = whole(1, _POINTS_MAX)


@attrs.frozen
class SpendPoints:
    """
    So many points for each full *per* spent: 200 per 10.00 make 1,000 of 50.00.

    Attributes:
        per: in the program's currency, above 0.
        points: whole ones, 1 to 1,000,000.
    """

    per: Amount = attrs.field(converter=amount_of, validator=above_zero)
    points: int = attrs.field(default=1, validator=_some)


@attrs.frozen
class VisitPoints:
    """Every purchase or check-in earns the same: 1 to 1,000,000 whole points."""

    points: int = attrs.field(default=1, validator=_some)


PointMode: TypeAlias = SpendPoints | VisitPoints | Manual


def check_point_mode(mode: PointMode, currency: str) -> None:
    """
    Refuse a mode that the currency cannot hold.

    Raises:
        InvalidValue: so little for a point that no coin is so small.
        CurrencyMismatch: money of another currency.
    """
    if isinstance(mode, SpendPoints):
        check_amount("per", mode.per, currency)


def only_multipliers(hours: tuple[HappyHour, ...]) -> bool:
    """Does no hour change a percentage?  Points have none to change."""
    return all(isinstance(hour.effect, Multiplier) for hour in hours)


def points_for(
    mode: PointMode,
    amount: int | None,
    visits: int,
    *,
    scale: int,
    happy: Facts,
    currency: str,
) -> tuple[int, Facts]:
    """
    What a purchase or a check-in earns, and what has to be pinned.

    Args:
        amount: minor units of the purchase, where there was one.
        visits: how many at once.
        scale: decimals of a point.
        happy: what the hour does, see ``ledger.happy_effects``.

    Returns:
        (smallest units of points, facts for ``points_on``).
    """
    match mode:
        case Manual():
            return 0, {}
        case VisitPoints(points):
            return happy_units(happy, visits * points * 10**scale), {}
        case SpendPoints(per, points):
            pinned: Facts = {
                "per": minor_units(per, currency),
                "points": points * 10**scale,
                "happy": happy,
            }
            return points_on(pinned, amount or 0), pinned
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def points_on(pinned: Facts, net: int) -> int:
    """How many smallest units a purchase earns that turned out to be of *net*."""
    return happy_units(pinned["happy"], net // pinned["per"] * pinned["points"])
