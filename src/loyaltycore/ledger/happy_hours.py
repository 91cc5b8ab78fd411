"""
Hours of the week in which more is earned, or more comes off.

Hours are what the clocks in the program's zone show: from *start* to just before
*end*.  An hour of Tuesday from 14:00 to 16:00 holds 15:59:59 and not 16:00:00; one from
22:00 to 02:00 ends on Wednesday.  On the day that clocks go back, an hour that is shown
twice counts twice; on the day that they go forward, one that is never shown does not
count.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, get_args

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.happy_effects import HappyEffect, Multiplier
from loyaltycore.ledger.windows import Window, members_of, moment_of_week
from loyaltycore.values.days import wall_clock


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = [
    "HappyHour",
    "Mechanic",
    "happy_at",
    "happy_hours",
    "no_overlaps",
]

_HOURS_MAX: Final = 100


class Mechanic(StrEnum):
    """What something is earned by, or comes off: money spent, or a visit."""

    SPEND = "spend"
    VISIT = "visit"


# -- an hour -------------------------------------------------------------------------


def _mechanics_of(mechanics: Iterable[Mechanic]) -> tuple[Mechanic, ...]:
    return members_of("mechanics", Mechanic, mechanics)


def _check_effect(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, HappyEffect):
        names = ", ".join(choice.__name__ for choice in get_args(HappyEffect))
        raise InvalidValue(field.name, f"an instance of {names}.")


def _concerned(hour: HappyHour) -> tuple[Mechanic, ...]:
    """By default an hour concerns all that its effect can."""
    return tuple(Mechanic) if isinstance(hour.effect, Multiplier) else (Mechanic.SPEND,)


@attrs.frozen
class HappyHour(Window):
    """
    One span of the day, on some days of the week, and what is different meanwhile.

    Attributes:
        effect: what is different meanwhile.
        mechanics: what it concerns; a percentage is of money spent, not of visits.

    Raises:
        InvalidValue: naming the field.
    """

    effect: HappyEffect = attrs.field(validator=_check_effect)
    mechanics: tuple[Mechanic, ...] = attrs.field(
        default=attrs.Factory(_concerned, takes_self=True),
        converter=_mechanics_of,
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        if isinstance(self.effect, Multiplier):
            return
        if Mechanic.VISIT in self.mechanics:
            message = "a percentage is of money spent; for visits, use a Multiplier."
            raise InvalidValue("mechanics", message)


def happy_hours(hours: Iterable[HappyHour]) -> tuple[HappyHour, ...]:
    """Take a list as well as a tuple."""
    return tuple(hours)


def no_overlaps(_: object, field: attrs.Attribute[Any], hours: tuple[Any, ...]) -> None:
    """
    Check that a field holds hours of which no two concern the same at once.

    Raises:
        InvalidValue: naming the field and where they meet; or there are more than 100.
    """
    if not all(isinstance(hour, HappyHour) for hour in hours):
        raise InvalidValue(field.name, "each is a HappyHour.")
    if len(hours) > _HOURS_MAX:
        raise InvalidValue(field.name, f"at most {_HOURS_MAX}, not {len(hours)}.")
    for mechanic in Mechanic:
        concerned = [hour for hour in hours if mechanic in hour.mechanics]
        spans = sorted(span for hour in concerned for span in hour.spans())
        for (_, end), (start, _) in pairwise(spans):
            if start < end:
                where = moment_of_week(start)
                message = f"two of them overlap on {where}; end one before that."
                raise InvalidValue(field.name, message)


def happy_at(
    hours: Sequence[HappyHour], moment: datetime, zone: ZoneInfo, mechanic: Mechanic
) -> HappyEffect | None:
    """
    What is different for a mechanic at a moment, or None.

    Args:
        hours: of which no two concern the same at once.
        moment: when it happened to the customer.

    Raises:
        InvalidMoment: a naive moment.
    """
    if not hours:
        return None
    local = wall_clock(moment, zone)
    weekday, clock = local.weekday(), local.time()
    for hour in hours:
        if mechanic in hour.mechanics and hour.holds(weekday, clock):
            return hour.effect
    return None
