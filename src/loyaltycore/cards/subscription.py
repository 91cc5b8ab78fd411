"""
A membership as a card remembers it, and what it is on a day.

Nothing has to happen for a membership to end or to renew itself: its status and its
period are worked out from what was agreed and the day that is asked about.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.cards.paid_periods import Bills, NextPlan, Period


if TYPE_CHECKING:
    from loyaltycore.cards.plans import Plan, Span
    from loyaltycore.ledger.transactions import Facts

__all__ = ["VALID", "MembershipStatus", "NextPlan", "Period", "Subscription"]


class MembershipStatus(StrEnum):
    """``none`` before it was ever subscribed, ``pending`` before it begins."""

    NONE = "none"
    PENDING = "pending"
    TRIAL = "trial"
    ACTIVE = "active"
    GRACE = "grace"
    LOCKED = "locked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


#: In which it lets somebody in.
VALID = frozenset(
    {MembershipStatus.TRIAL, MembershipStatus.ACTIVE, MembershipStatus.GRACE}
)


@attrs.frozen(kw_only=True)
class Subscription:
    """
    What was agreed.

    Attributes:
        starts: the first day, of the trial if there is one.
        anchor: the first day of the first period.
        paid: periods from the anchor on that are paid.
        until: the first day that is not paid, where that was set by hand.
        ends: the first day on which it is cancelled.
        next_plan: what it changes to by itself.
        share: (first day of a period, visits in it), where a change made it another
            number.
        price: minor units of a period, as it was agreed.
        bills: what was paid for the periods that are not over, less refunds.
    """

    tier: str
    period: str
    starts: date
    anchor: date
    paid: int
    until: date | None = None
    ends: date | None = None
    locked: bool = False
    next_plan: NextPlan | None = None
    share: tuple[date, int] | None = None
    price: int = 0
    bills: Bills = ()

    def facts(self) -> Facts:
        """As JSON data."""
        facts = attrs.asdict(self, value_serializer=_plain)
        return {**facts, "bills": [[day.isoformat(), n] for day, n in self.bills]}

    @classmethod
    def of(cls, facts: Facts) -> Subscription:
        """The opposite of ``facts``."""
        read: dict[str, Any] = dict(facts)
        for name in ("starts", "anchor", "until", "ends"):
            read[name] = _day(read[name])
        if (after := read["next_plan"]) is not None:
            since = date.fromisoformat(after["since"])
            read["next_plan"] = attrs.evolve(NextPlan(**after), since=since)
        if (share := read["share"]) is not None:
            read["share"] = (date.fromisoformat(share[0]), share[1])
        bills = read.get("bills", ())
        read["bills"] = tuple((date.fromisoformat(day), n) for day, n in bills)
        return cls(**read)

    def paid_until(self, span: Span | None) -> date | None:
        """The first day that is not paid; None for never."""
        if self.until is not None or span is None:
            return self.until
        return span.start(self.anchor, self.paid)

    def changed(self, day: date) -> Subscription:
        """What it has changed to by itself by a day."""
        after = self.next_plan
        if after is None or day < after.since:
            return self
        anchor, paid = self.anchor, self.paid + after.paid
        if after.period != self.period:
            anchor, paid = after.since, after.paid
        return attrs.evolve(
            self,
            tier=after.tier,
            period=after.period,
            anchor=anchor,
            paid=paid,
            price=after.price,
            next_plan=None,
        )

    def renewed(self, span: Span) -> Subscription:
        """The same with one more period paid, of what it changes to if it does."""
        after = self.next_plan
        if after is not None:
            after = attrs.evolve(after, paid=after.paid + 1)
            return attrs.evolve(self, next_plan=after, ends=None)
        if self.until is not None:
            return attrs.evolve(self, until=span.start(self.until, 1), ends=None)
        return attrs.evolve(self, paid=self.paid + 1, ends=None)

    def unpaid(self, start: date, day: date, span: Span | None) -> Subscription:
        """The same on a day with all given back that was paid from a period on."""
        period = self.period_on(day, span)
        if period is not None and start < period.start:
            return self
        ends = day if period is None else max(start, day)
        before = self.paid if span is None else span.index(self.anchor, start)
        return attrs.evolve(
            self,
            paid=min(self.paid, before),
            until=None if self.until is None else min(self.until, start),
            ends=ends if self.ends is None else min(self.ends, ends),
            next_plan=None,
        )

    def period_on(self, day: date, span: Span | None) -> Period | None:
        """The period that a day lies in, or the trial; None before it begins."""
        if day < self.starts:
            return None
        if day < self.anchor:
            return Period(self.starts, self.anchor)
        if span is None:
            return Period(self.anchor, None)
        k = span.index(self.anchor, day)
        return Period(span.start(self.anchor, k), span.start(self.anchor, k + 1))

    def status(
        self, day: date, span: Span | None, *, is_auto: bool, grace_days: int
    ) -> MembershipStatus:
        """
        What it is on a day.

        Args:
            is_auto: it renews itself, so it is always paid.
            grace_days: after what is paid, in which it is still valid.
        """
        if self.locked:
            return MembershipStatus.LOCKED
        if self.ends is not None and day >= self.ends:
            return MembershipStatus.CANCELLED
        if day < self.starts:
            return MembershipStatus.PENDING
        if day < self.anchor:
            return MembershipStatus.TRIAL
        until = None if is_auto else self.paid_until(span)
        if until is None or day < until:
            return MembershipStatus.ACTIVE
        if (day - until).days < grace_days:
            return MembershipStatus.GRACE
        return MembershipStatus.EXPIRED

    def limit_on(self, day: date, plan: Plan) -> int | None:
        """Visits in the period that a day lies in; None for any number."""
        period = self.period_on(day, plan.span)
        if self.share is not None and period is not None:
            start, visits = self.share
            if start == period.start:
                return visits
        return plan.limit


def _plain(_: object, __: object, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
