"""
What is agreed with a member: begin, renew, change, cancel, lock.

Owns the commands about the agreement; visits are the card type's.
"""

from __future__ import annotations

from datetime import timedelta
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
from loyaltycore.cards.subscribed import STATE, Subscribed
from loyaltycore.cards.subscription import VALID, MembershipStatus, Subscription
from loyaltycore.cards.upgrading import Upgrade, change_plan, due_for, unused_value
from loyaltycore.errors import CommandNotSupported, InvalidValue, NotAvailable, Refusal
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import minor_units


if TYPE_CHECKING:
    from loyaltycore.cards.plans import Plan
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.draft import Draft

__all__ = ["Subscribing", "SubscriptionCommand", "not_now"]

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
        return self._agreed(draft, now, None if trial else self._price(draft, plan))

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
        return self._agreed(draft, now.renewed(span), self._price(draft, plan))

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
        if self.renews_itself or day < now.anchor:
            since = current.end
        changed = change_plan(how, now, tier.name, plans, current, day, since or day)
        is_free = day < now.anchor and how is not Upgrade.RESET
        currency = draft.context.currency
        due = 0 if is_free else due_for(how, plans, current, day, currency)
        if how is Upgrade.RESET:
            self._drop_visits(draft)
        return self._agreed(draft, changed, due or None)

    def _cancel(
        self, draft: Draft, now: Subscription, *, at_period_end: bool
    ) -> Outcome | Refusal:
        plan, day = self.plan_of(now), draft.context.local_day
        period = now.period_on(day, plan.span)
        if not at_period_end or period is None:
            paid = now
            if self.renews_itself and plan.span is not None and day >= now.anchor:
                paid = attrs.evolve(now, paid=plan.span.index(now.anchor, day) + 1)
            draft.pinned["unused"] = unused_value(
                self.pro_rata,
                paid,
                plan,
                day,
                max(0, draft.balance(Unit.VISIT)),
                draft.context.currency,
            )
            return self._agreed(draft, attrs.evolve(now, ends=day, next_plan=None))
        ends = period.end if self.renews_itself else now.paid_until(plan.span)
        ends = max(ends, day) if ends is not None else day
        return self._agreed(draft, attrs.evolve(now, ends=ends, next_plan=None))

    # -- inside ----------------------------------------------------------------------

    def _drop_visits(self, draft: Draft) -> None:
        """Begin anew: visits of what was agreed before do not count any more."""
        made = max(0, draft.balance(Unit.VISIT))
        draft.debit(Unit.VISIT, made, kind=EntryKind.FORFEIT)

    def _agreed(
        self, draft: Draft, now: Subscription, paid: int | None = None
    ) -> Outcome:
        """Let the card remember an agreement; *paid* minor units are a purchase."""
        draft.state[STATE] = now.facts()
        kind, till = TransactionKind.CHANGE, self.till(draft)
        return draft.outcome(kind, till, purchase_amount=paid)

    def _price(self, draft: Draft, plan: Plan) -> int:
        return minor_units(plan.price, draft.context.currency)


def not_now(status: MembershipStatus, remedy: str) -> NotAvailable:
    """Say that a membership is in a status in which something cannot be had."""
    if status is MembershipStatus.NONE:
        return NotAvailable(f"There is no membership yet; {remedy}.", status=status)
    return NotAvailable(f"The membership is {status}; {remedy}.", status=status)


def _billed_elsewhere(name: str) -> CommandNotSupported:
    message = "This membership renews itself and is billed elsewhere; change it there."
    return CommandNotSupported(message, command=name)
