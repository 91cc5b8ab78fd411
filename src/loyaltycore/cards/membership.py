"""
Membership card: a plan with so many visits in each period.

Basic has 30 visits for 35.00 a month: after two of them 28 are left, and with the next
month there are 30 again.  A visit on the card is one that was made; it ends with its
period, so a void gives it back only while that lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, get_args

import attrs

from loyaltycore.cards.commands import CheckIn
from loyaltycore.cards.membership_commands import ChangeTier
from loyaltycore.cards.not_members import not_let_in
from loyaltycore.cards.subscribing import Subscribing, SubscriptionCommand
from loyaltycore.cards.subscription import VALID
from loyaltycore.errors import InvalidValue, LimitReached, Refusal
from loyaltycore.ledger.decision import Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.values.days import end_of
from loyaltycore.values.expiry import ExpiryPolicy, FixedDate, Never


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.cards.plans import Plan
    from loyaltycore.cards.subscription import Period, Subscription
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding

__all__ = ["Membership"]

MembershipCommand: TypeAlias = CheckIn | SubscriptionCommand


@attrs.frozen(kw_only=True)
class Membership(Subscribing[MembershipCommand]):
    """
    The rules of a membership card; see ``Subscribed`` for what can be set.

    The balance in visits is what was made in the running period.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    kind: ClassVar[str] = "membership"
    commands: ClassVar[tuple[type, ...]] = get_args(MembershipCommand)
    unit: ClassVar[Unit] = Unit.VISIT

    def scales(self, currency: str) -> Mapping[Unit, int]:  # noqa: ARG002 - one for all
        """Visits are whole."""
        return {Unit.VISIT: 0}

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """A visit counts until the last day of the period in which it is made."""
        now = self.subscription(draft)
        period = None if now is None else self._period(now, draft)
        if unit is not Unit.VISIT or period is None or period.last_day is None:
            return Never()
        return FixedDate(period.last_day)

    def is_holdable(self, unit: Unit) -> bool:  # noqa: ARG002 - none is
        """Visits that were made are not reserved."""
        return False

    def is_sendable(self, unit: Unit) -> bool:  # noqa: ARG002 - none is
        """Nor are they sent to another card."""
        return False

    def smallest(
        self, asked: type[MembershipCommand], currency: str
    ) -> MembershipCommand:
        """See ``CardType.smallest``; a change to the highest tier."""
        if issubclass(asked, ChangeTier):
            return ChangeTier(self.tiers[-1].name)
        return super().smallest(asked, currency)

    def decide(
        self, holding: Holding, command: MembershipCommand, context: Context
    ) -> Outcome | Refusal:
        """See ``CardType.decide``."""
        draft = Draft(holding, context)
        match command:
            case CheckIn(n):
                return self._check_in(draft, n)
            case _:
                return self.agree(draft, command)

    def till(self, draft: Draft) -> Till:
        """Tier, status, and how many visits are left until when."""
        now, status = self.subscription(draft), self.status(draft)
        balances = self.balances(draft)
        if now is None:
            return Till(text="no membership", balances=balances, status=status)
        parts, plan = [now.tier, status.value], self.plan_of(now)
        period = self._period(now, draft)
        if status in VALID and period is not None:
            parts.append(self._words(now, plan, period, draft))
        return Till(
            text=", ".join(parts), balances=balances, tier=now.tier, status=status
        )

    # -- visits ----------------------------------------------------------------------

    def _check_in(self, draft: Draft, n: int) -> Outcome | Refusal:
        """Let somebody in *n* times, where the membership and its limits allow it."""
        status, now = self.status(draft), self.subscription(draft)
        if now is None or status not in VALID:
            return not_let_in(status, now, draft.context)
        refusal = self.limits.refusal(draft, None)
        if refusal is not None:
            return refusal
        visits = self.limits.admit(draft, Unit.VISIT, n)
        if isinstance(visits, Refusal):
            return visits
        period = self._period(now, draft)
        assert period is not None, "a valid membership has begun"
        plan, rule = self.plan_of(now), f"{period.start}/"
        location = draft.context.location_id
        if location is not None:
            rule += location
        elif plan.per_location_limit is not None:
            raise InvalidValue("location", "say where; visits are limited by location.")
        full = self._full(draft, now, plan, period, rule, visits)
        if full is not None:
            return full
        self.credit(draft, Unit.VISIT, visits, rule=rule)
        return draft.outcome(TransactionKind.EARN, self.till(draft))

    def _full(
        self,
        draft: Draft,
        now: Subscription,
        plan: Plan,
        period: Period,
        rule: str,
        visits: int,
    ) -> LimitReached | None:
        """
        Refuse visits beyond the limits of the period.

        One that is reported when its period is over is recorded all the same.
        """
        context, resets_at = draft.context, None
        if period.last_day is not None:
            resets_at = end_of(period.last_day, context.zone)
            if resets_at <= context.at:
                return None
        made = draft.total(Unit.VISIT)
        limits = (
            (
                f"visits a {plan.period}",
                made.balance,
                now.limit_on(context.local_day, plan),
            ),
            (
                f"visits a {plan.period} at {context.location_id}",
                made.by_rule.get(rule, 0),
                plan.per_location_limit,
            ),
        )
        for words, used, at_most in limits:
            if at_most is not None and used + visits > at_most:
                return LimitReached(
                    words, used=used, at_most=at_most, resets_at=resets_at
                )
        return None

    def _period(self, now: Subscription, draft: Draft) -> Period | None:
        return now.period_on(draft.context.local_day, self.plan_of(now).span)

    def _words(
        self, now: Subscription, plan: Plan, period: Period, draft: Draft
    ) -> str:
        limit = now.limit_on(draft.context.local_day, plan)
        made = draft.balance(Unit.VISIT)
        words = f"{made} visits"
        if limit is not None:
            words = f"{max(0, limit - made)} of {limit} visits left"
        return words if period.last_day is None else f"{words} until {period.last_day}"
