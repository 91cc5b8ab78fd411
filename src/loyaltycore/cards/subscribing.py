"""
What is agreed with a member: begin, renew, change, cancel, lock.

Owns the commands about the agreement; visits are the card type's.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, assert_never

import attrs

from loyaltycore.cards.membership_commands import (
    CancelMembership,
    ChangeTier,
    LockMembership,
    RenewMembership,
    SetMembershipEnd,
    Subscribe,
    UnlockMembership,
)
from loyaltycore.cards.not_members import not_now
from loyaltycore.cards.subscribed import Subscribed
from loyaltycore.cards.subscription import VALID, MembershipStatus, Subscription
from loyaltycore.cards.upgrading import Upgrade, change_plan, due_for, unused_value
from loyaltycore.errors import CommandNotSupported, InvalidValue, NotAvailable, Refusal
from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.draft import Draft

__all__ = ["Subscribing", "SubscriptionCommand"]

CommandT = TypeVar("CommandT")
SubscriptionCommand: TypeAlias = (
    Subscribe
    | RenewMembership
    | ChangeTier
    | CancelMembership
    | SetMembershipEnd
    | LockMembership
    | UnlockMembership
)

_ONE_DAY: Final = timedelta(days=1)
_PAID_AHEAD: Final = (
    "Later periods are paid ahead; void those payments first, or change it in the last "
    "paid period."
)
_RUNNING: Final = VALID | {MembershipStatus.PENDING}


@attrs.frozen(kw_only=True)
class Subscribing(Subscribed[CommandT]):
    """Rules of a subscription, and what can be asked of it."""

    def agree(self, draft: Draft, command: SubscriptionCommand) -> Outcome | Refusal:
        """Do what changes the agreement."""
        status, now = self.status(draft), self.subscription(draft)
        if isinstance(command, Subscribe):
            if status in _RUNNING or status is MembershipStatus.LOCKED:
                return not_now(status, "change its tier, or cancel it first")
            return self._subscribe(draft, command, now)
        if now is None:
            return not_now(status, "subscribe first")
        match command:
            case LockMembership() | UnlockMembership():
                locked = isinstance(command, LockMembership)
                return self._agreed(draft, attrs.evolve(now, locked=locked))
            case SetMembershipEnd(last_day):
                if self.renews_itself:
                    return _billed_elsewhere("SetMembershipEnd")
                until = None if last_day is None else last_day + _ONE_DAY
                return self._agreed(draft, attrs.evolve(now, until=until))
            case _ if status not in _RUNNING:
                return not_now(status, "unlock it, or subscribe again")
            case RenewMembership():
                return self._renew(draft, now)
            case ChangeTier():
                return self._change(draft, now, command)
            case CancelMembership(at_period_end):
                return self._cancel(draft, now, at_period_end=at_period_end)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def _subscribe(
        self, draft: Draft, command: Subscribe, before: Subscription | None
    ) -> Outcome | Refusal:
        tier = self.tier_named(command.tier)
        plan, today = tier.plan(command.period), draft.context.local_day
        starts = command.starts_on or today
        if starts < today:
            raise InvalidValue("starts_on", f"not before today, {today}.")
        trial = plan.trial_days if before is None else 0
        now = Subscription(
            tier=tier.name,
            period=plan.period,
            starts=starts,
            anchor=starts + trial * _ONE_DAY,
            paid=0 if trial else 1,
        )
        self._drop_visits(draft)
        price = self._price(draft, plan)
        now = attrs.evolve(now, price=price)
        return self._bought(draft, now, starts, 0 if trial else price)

    def _renew(self, draft: Draft, now: Subscription) -> Outcome | Refusal:
        after, span = now.next_plan, self.plan_of(now).span
        if self.renews_itself:
            return _billed_elsewhere("RenewMembership")
        if span is None:
            message = "A plan for once has no second period; change the tier."
            return CommandNotSupported(message, command="RenewMembership")
        plan = self.plan_of(now)
        if after is not None:
            plan = self.tier_named(after.tier).plan(after.period)
        then = now if after is None else now.changed(after.since)
        start = then.paid_until(plan.span) or then.anchor
        return self._bought(draft, now.renewed(span), start, self._price(draft, plan))

    def _change(
        self, draft: Draft, now: Subscription, command: ChangeTier
    ) -> Outcome | Refusal:
        tier, before = self.tier_named(command.tier), self.plan_of(now)
        period = command.period
        if period is None and now.period in {plan.period for plan in tier.plans}:
            period = now.period
        plans, day = (before, tier.plan(period)), draft.context.local_day
        current = now.period_on(day, before.span)
        if current is None:
            return not_now(MembershipStatus.PENDING, "change it when it has begun")
        how = self.upgrade
        if how is not Upgrade.AT_RENEWAL and plans[1].period != before.period:
            how = Upgrade.RESET
        since = now.paid_until(before.span)
        if self.renews_itself or since is None:
            since = current.end
        is_ahead = (since or day) > (current.end or date.max)
        after, is_later = now.next_plan, how is Upgrade.AT_RENEWAL
        if (is_ahead and not is_later) or (after is not None and after.paid):
            return NotAvailable(_PAID_AHEAD, status=self.status(draft))
        price = self._price(draft, plans[1])
        now = self._billed(draft, now, current)
        changed = change_plan(
            how, now, tier.name, plans, current, day, since or day, price
        )
        is_free = day < now.anchor and how is not Upgrade.RESET
        currency = draft.context.currency
        due = 0 if is_free else due_for(how, plans, current, day, currency)
        if how is Upgrade.RESET:
            self._drop_visits(draft)
        start = day if how is Upgrade.RESET else current.start
        return self._bought(draft, changed, start, due)

    def _cancel(
        self, draft: Draft, now: Subscription, *, at_period_end: bool
    ) -> Outcome | Refusal:
        plan, day = self.plan_of(now), draft.context.local_day
        period = now.period_on(day, plan.span)
        if not at_period_end or period is None:
            made = max(0, draft.balance(Unit.VISIT))
            paid = self._billed(draft, now, period)
            draft.pinned["unused"] = unused_value(self.pro_rata, paid, plan, day, made)
            return self._agreed(draft, attrs.evolve(now, ends=day, next_plan=None))
        ends = period.end if self.renews_itself else now.paid_until(plan.span)
        ends = max(ends, day) if ends is not None else day
        return self._agreed(draft, attrs.evolve(now, ends=ends, next_plan=None))


def _billed_elsewhere(name: str) -> CommandNotSupported:
    message = "This membership renews itself and is billed elsewhere; change it there."
    return CommandNotSupported(message, command=name)
