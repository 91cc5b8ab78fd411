"""Where spent units go back to when the lot they came from has expired meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias, assert_never

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.values.days import end_of, local_day
from loyaltycore.values.expiry import ExpiryPolicy, expires_at


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.ledger.decision import Context

__all__ = ["Forfeit", "Grace", "NewLot", "Returning", "ends_at"]

_DAYS_MAX = 3_650


def _check_days(_: object, __: object, days: int) -> None:
    if type(days) is not int or not 1 <= days <= _DAYS_MAX:
        raise InvalidValue("days", f"a whole number from 1 to {_DAYS_MAX:,}.")


@attrs.frozen
class Forfeit:
    """They have expired with their lot: of 150 given back, 100 may be gone at once."""


@attrs.frozen
class Grace:
    """
    They come as a new lot that counts for some days more.

    Attributes:
        days: after the day on which they come back.
    """

    days: int = attrs.field(validator=_check_days)


@attrs.frozen
class NewLot:
    """They come as a new lot, as if they were earned now."""


Returning: TypeAlias = Forfeit | Grace | NewLot


def ends_at(
    returning: Grace | NewLot, expiry: ExpiryPolicy, context: Context
) -> datetime | None:
    """
    When the new lot ends.

    Args:
        expiry: the policy of the unit.
    """
    match returning:
        case Grace(days):
            day = local_day(context.at, context.zone) + timedelta(days=days)
            return end_of(day, context.zone)
        case NewLot():
            return expires_at(expiry, context.at, context.zone)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)
