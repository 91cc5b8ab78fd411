"""
What happens when a member goes to another tier, and what of a price was not used.

Basic has 30 visits for 35.00 a month and Premium 90 for 70.00.  Half-way through a
month of 30 days with 12 visits made, Premium leaves 78 of its 90 visits for 35.00 more;
with both prorated, it leaves 48 of 60 for 17.50.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

import attrs

from loyaltycore.cards.subscription import NextPlan, Period
from loyaltycore.values.money import minor_units
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from datetime import date

    from loyaltycore.cards.plans import Plan
    from loyaltycore.cards.subscription import Subscription

__all__ = ["ProRata", "Upgrade", "change_plan", "due_for", "unused_value"]


class Upgrade(StrEnum):
    """
    What a change of tier does; to a plan of another period it always begins anew.

    ``keep_used``: the period goes on with the new number of visits, those made count,
    and the difference of the prices is paid.  ``reset``: a new period begins, with all
    its visits and at its whole price.  ``prorate``: as ``keep_used``, visits and
    difference by the days that are left.  ``at_renewal``: with the next period.
    """

    KEEP_USED = "keep_used"
    RESET = "reset"
    PRORATE = "prorate"
    AT_RENEWAL = "at_renewal"


class ProRata(StrEnum):
    """By what the unused part of a price is reckoned."""

    DAYS = "days"
    USES = "uses"
    NONE = "none"


def change_plan(
    how: Upgrade,
    now: Subscription,
    tier: str,
    plans: tuple[Plan, Plan],
    period: Period,
    day: date,
    since: date,
    price: int,
) -> Subscription:
    """
    The membership behind a change.

    Args:
        tier: the new one.
        plans: the present one and the new one.
        period: in which the day lies.
        since: when the next period begins that is not paid.
        price: minor units of a period of the new plan.
    """
    _, after = plans
    changed = attrs.evolve(now, tier=tier, period=after.period, next_plan=None)
    changed = attrs.evolve(changed, price=price)
    match how:
        case Upgrade.AT_RENEWAL:
            plan = NextPlan(tier, after.period, since, price=price)
            return attrs.evolve(now, next_plan=plan)
        case Upgrade.RESET:
            return attrs.evolve(
                changed,
                starts=day,
                anchor=day,
                paid=1,
                until=None,
                share=None,
                bills=(),
            )
        case Upgrade.KEEP_USED:
            return attrs.evolve(changed, share=None)
        case Upgrade.PRORATE:
            return attrs.evolve(changed, share=_share(now, plans, period, day))
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


def due_for(
    how: Upgrade, plans: tuple[Plan, Plan], period: Period, day: date, currency: str
) -> int:
    """Minor units that a change costs now."""
    before, after = (minor_units(plan.price, currency) for plan in plans)
    match how:
        case Upgrade.AT_RENEWAL:
            return 0
        case Upgrade.RESET:
            return after
        case Upgrade.KEEP_USED:
            return max(0, after - before)
        case Upgrade.PRORATE:
            left, of = _days(period, day)
            return divide(max(0, after - before) * left, of, Rounding.HALF_UP)
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


def unused_value(
    by: ProRata, now: Subscription, plan: Plan, day: date, used: int
) -> int:
    """
    Minor units that were paid for what a membership which ends on a day has not used.

    The day itself counts as used.  Periods that are paid ahead were not used at all.

    Args:
        used: visits of the period.
    """
    if by is ProRata.NONE or now.until is not None:
        return 0
    period = now.period_on(day, plan.span)
    since = now.starts if period is None else period.start
    ahead = sum(minor for start, minor in now.bills if start > since)
    price = dict(now.bills).get(since, 0)
    if period is None or day < now.anchor:
        return ahead + price
    return ahead + _unused(by, now, plan, period, (day, used), price)


def _unused(
    by: ProRata,
    now: Subscription,
    plan: Plan,
    period: Period,
    until: tuple[date, int],
    price: int,
) -> int:
    """Of the price of one period, what is left behind (a day, visits made)."""
    day, used = until
    if by is ProRata.DAYS and period.end is None:
        return 0
    if by is ProRata.DAYS:
        left, of = _days(period, day)
        return divide(price * (left - 1), of, Rounding.HALF_UP)
    limit = now.limit_on(day, plan)
    if limit is None:
        return 0
    return divide(price * max(0, limit - used), limit, Rounding.HALF_UP)


def _share(
    now: Subscription, plans: tuple[Plan, Plan], period: Period, day: date
) -> tuple[date, int] | None:
    """Visits of a period that has one plan for some days and another for the rest."""
    before, after = now.limit_on(day, plans[0]), plans[1].limit
    if before is None or after is None:
        return None
    left, of = _days(period, day)
    return period.start, (before * (of - left) + after * left) // of


def _days(period: Period, day: date) -> tuple[int, int]:
    """Days of a period that are left with this one, and all of them."""
    if period.end is None:
        return 1, 1
    return (period.end - day).days, (period.end - period.start).days
