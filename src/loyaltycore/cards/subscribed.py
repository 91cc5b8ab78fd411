"""What a card shares that is subscribed: its tiers, and how a membership stands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import attrs

from loyaltycore.cards.contract import CardType
from loyaltycore.cards.paid_periods import after_payment
from loyaltycore.cards.plans import MembershipTier, check_plans, membership_tiers
from loyaltycore.cards.settings import flag, member_of, whole
from loyaltycore.cards.subscription import MembershipStatus, Subscription
from loyaltycore.cards.upgrading import ProRata, Upgrade
from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.money import minor_units


if TYPE_CHECKING:
    from loyaltycore.cards.paid_periods import Period
    from loyaltycore.cards.plans import Plan
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.original import Original
    from loyaltycore.ledger.transactions import Facts

__all__ = ["STATE", "Subscribed"]

CommandT = TypeVar("CommandT")

#: The name under which a card remembers its membership.
STATE: Final = "membership"

_GRACE_MAX: Final = 366


@attrs.frozen(kw_only=True)
class Subscribed(CardType[CommandT]):
    """
    Rules of a subscription.

    Attributes:
        tiers: 1 to 20, the lowest first.
        renews_itself: billing is elsewhere, and periods go on until it is cancelled or
            locked; or else each period is paid with a renewal.
        grace_days: for which it stays valid after the last paid day.
        upgrade: what a change of tier does.
        pro_rata: by what the unused part of a price is reckoned.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    tiers: tuple[MembershipTier, ...] = attrs.field(converter=membership_tiers)
    renews_itself: bool = attrs.field(default=False, validator=flag)
    grace_days: int = attrs.field(default=0, validator=whole(0, _GRACE_MAX))
    upgrade: Upgrade = attrs.field(
        default=Upgrade.KEEP_USED, validator=member_of(Upgrade)
    )
    pro_rata: ProRata = attrs.field(default=ProRata.DAYS, validator=member_of(ProRata))

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_plans(self.tiers, currency)

    def check_after(self, earlier: CardType[Any]) -> None:
        """Tiers and plans stay, because somebody may have agreed to them."""
        there = {(tier.name, plan.period) for tier in self.tiers for plan in tier.plans}
        assert isinstance(earlier, Subscribed), "a template keeps its kind"
        for tier in earlier.tiers:
            for plan in tier.plans:
                if (tier.name, plan.period) not in there:
                    message = (
                        f"keep {tier.name} by the {plan.period}; cards may have it."
                    )
                    raise InvalidValue("tiers", message)

    # -- how it stands ---------------------------------------------------------------

    def subscription(self, draft: Draft) -> Subscription | None:
        """What is agreed on the day of the transaction; None before there was any."""
        facts = draft.recall(STATE)
        if facts is None:
            return None
        return Subscription.of(cast("Facts", facts)).changed(draft.context.local_day)

    def plan_of(self, now: Subscription) -> Plan:
        """The plan of a membership."""
        return self.tier_named(now.tier).plan(now.period)

    def tier_named(self, name: str | None) -> MembershipTier:
        """
        A tier; None is the lowest.

        Raises:
            InvalidValue: the template has no such tier.
        """
        for tier in self.tiers:
            if name in {None, tier.name}:
                return tier
        has = ", ".join(tier.name for tier in self.tiers)
        raise InvalidValue("tier", f"this card has {has}, not {name}.")

    def status(self, draft: Draft) -> MembershipStatus:
        """What the membership is on the day of the transaction."""
        now = self.subscription(draft)
        if now is None:
            return MembershipStatus.NONE
        return now.status(
            draft.context.local_day,
            self.plan_of(now).span,
            is_auto=self.renews_itself,
            grace_days=self.grace_days,
        )

    # -- what is agreed, and paid ----------------------------------------------------

    def refund_of(self, draft: Draft, original: Original, asked: int | None) -> int:
        """A membership ends with what is paid: before a period given back wholly."""
        units = original.left if asked is None else asked
        pays, now = original.transaction.pinned.get("pays"), self.subscription(draft)
        assert now is not None, "what was paid for is there unless it was voided"
        start = next((day for day, _ in now.bills if day.isoformat() == pays), None)
        if start is not None:
            bills = after_payment(now.bills, start, -units, date.min)
            now = attrs.evolve(now, bills=bills)
            if dict(bills)[start] <= 0:
                span = self.plan_of(now).span
                now = now.unpaid(start, draft.context.local_day, span)
            draft.state[STATE] = now.facts()
        return units

    def _agreed(
        self, draft: Draft, now: Subscription, paid: int | None = None
    ) -> Outcome:
        """Let the card remember an agreement; *paid* minor units are a purchase."""
        draft.state[STATE] = now.facts()
        kind, till = TransactionKind.CHANGE, self.till(draft)
        return draft.outcome(kind, till, purchase_amount=paid)

    def _bought(
        self, draft: Draft, now: Subscription, start: date, minor: int
    ) -> Outcome:
        """Agree, and note what is paid for the period that begins on a day."""
        if not minor:
            return self._agreed(draft, now)
        draft.pinned["pays"] = start.isoformat()
        period = now.period_on(draft.context.local_day, self.plan_of(now).span)
        since = now.starts if period is None else period.start
        bills = after_payment(now.bills, start, minor, since)
        return self._agreed(draft, attrs.evolve(now, bills=bills), minor)

    def _billed(
        self, draft: Draft, now: Subscription, period: Period | None
    ) -> Subscription:
        """What renews itself is paid elsewhere, at the price that was agreed."""
        is_ours = not self.renews_itself or draft.context.local_day < now.anchor
        if is_ours or period is None or period.start in dict(now.bills):
            return now
        start = period.start
        bills = after_payment(now.bills, start, now.price, start)
        return attrs.evolve(now, bills=bills)

    def _drop_visits(self, draft: Draft) -> None:
        """Begin anew: visits of what was agreed before do not count any more."""
        made = max(0, draft.balance(Unit.VISIT))
        draft.debit(Unit.VISIT, made, kind=EntryKind.FORFEIT)

    def _price(self, draft: Draft, plan: Plan) -> int:
        return minor_units(plan.price, draft.context.currency)
