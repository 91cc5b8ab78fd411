"""
What another card would have cost: past purchases under rules that did not hold.

Owns the replay, one card for each customer, through the very ``decide`` that a till
uses; no store, no template and no journal.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.cards.commands import RecordPurchase
from loyaltycore.cards.paying import Paying
from loyaltycore.errors import InvalidValue, Refusal
from loyaltycore.insight.liability import PointPrice, worth_of
from loyaltycore.ledger.decision import (
    Context,
    Counters,
    Missing,
    Scope,
)
from loyaltycore.ledger.due import post_due
from loyaltycore.ledger.holding import Holding
from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.program.program import CustomerFacts
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from loyaltycore.cards.contract import CardType
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.program.program import Program
    from loyaltycore.rfm.purchases import Purchase

__all__ = ["UnitsOfCards", "WhatIf", "what_if"]

_NOON: Final = time(12)


@attrs.frozen(kw_only=True)
class UnitsOfCards:
    """
    What all cards together came to, in one unit.

    Attributes:
        earned: by rule, in all.
        expired: of them.
        left: not expired by the last purchase of all.
    """

    earned: Decimal
    expired: Decimal
    left: Decimal


@attrs.frozen(kw_only=True)
class WhatIf:
    """
    A card over past purchases, if nobody had ever redeemed anything.

    Attributes:
        customers: how many cards.
        purchases: how many counted.
        refused: how many the rules refused.
        revenue: of those that counted, net of what was refunded.
        units: by unit.
        cost: what the points that were earned are worth; None where they buy no money.
    """

    customers: int
    purchases: int
    refused: int
    revenue: Money
    units: Mapping[Unit, UnitsOfCards]
    cost: Money | None


def what_if(
    purchases: Iterable[Purchase], rules: CardType[Any], program: Program
) -> WhatIf:
    """
    Replay purchases on a card each customer never had.

    Every purchase happens at noon of its local day, for what is left of it after
    refunds, in the order of days.  What falls due by itself in between, such as an
    expiry, falls due.

    Args:
        purchases: in any order; those of one day stay in theirs.
        rules: of a card that takes ``RecordPurchase``.
        program: whose currency and zone count.

    Raises:
        InvalidValue: a refund that stands alone; its purchase is not known.
        InvalidInput: the currency cannot hold the rules.
    """
    rules.check(program.currency)
    replay = _Replay(rules=rules, program=program)
    last = datetime.min.replace(tzinfo=UTC)
    for purchase in sorted(_each(purchases), key=_day):
        last = _moment(purchase, program)
        replay.buy(purchase, last)
    return replay.result(last)


@attrs.define(kw_only=True)
class _Card:
    """One customer's card in the making."""

    opened_at: datetime
    holding: Holding
    facts: CustomerFacts
    earned: dict[TransactionKind, datetime | None] = attrs.field(
        factory=lambda: dict.fromkeys(TransactionKind)
    )


@attrs.define(kw_only=True)
class _Replay:
    """All cards in the making, and what they count together."""

    rules: CardType[Any]
    program: Program
    cards: dict[str, _Card] = attrs.field(factory=dict[str, _Card])
    used: Counter[tuple[str, str]] = attrs.field(factory=Counter[tuple[str, str]])
    refused: int = 0

    def buy(self, purchase: Purchase, at: datetime) -> None:
        """Ask the rules for one purchase, and keep what they say."""
        customer_id, net = purchase.customer_id, purchase.net
        card = self.cards.get(customer_id)
        if card is None:
            card = self.cards[customer_id] = _opened(customer_id, at)
        self.settle(card, at)
        command = RecordPurchase(Money.of_minor(net, self.program.currency))
        outcome = self._decide(card, command, self._context(card, at))
        if isinstance(outcome, Refusal):
            self.refused += 1
            return
        card.holding = outcome.after
        for name, (n, _) in outcome.counters.items():
            self.used[_owner(name, customer_id), name] += n
        card.earned[outcome.kind] = at
        card.facts = attrs.evolve(
            card.facts,
            purchases=card.facts.purchases + 1,
            purchase_value=card.facts.purchase_value + net,
        )

    def settle(self, card: _Card, at: datetime) -> None:
        """Post what has fallen due on a card by itself."""
        context = self._context(card, at)
        for _, outcome in post_due(card.holding, context, self.rules, _no_hold):
            card.holding = outcome.after

    def _context(self, card: _Card, at: datetime) -> Context:
        return Context(
            program=self.program,
            at=at,
            occurred_at=at,
            customer=card.facts,
            issued_at=card.opened_at,
            last_earnings=card.earned,
        )

    def _decide(
        self, card: _Card, command: RecordPurchase, context: Context
    ) -> Outcome | Refusal:
        """Decide, with the counters that the rules ask for."""
        while True:
            try:
                return self.rules.decide(card.holding, command, context)
            except Missing as missing:
                if not isinstance(missing.need, Counters):
                    raise
                counters = {
                    name: self.used[_owner(name, card.facts.id), name]
                    for name in missing.need.names
                }
                context = attrs.evolve(
                    context, counters={**context.counters, **counters}
                )

    def result(self, at: datetime) -> WhatIf:
        """Add all cards up."""
        currency = self.program.currency
        scales = self.rules.scales(currency)
        for card in self.cards.values():
            self.settle(card, at)
        holdings = [card.holding for card in self.cards.values()]
        facts = [card.facts for card in self.cards.values()]
        earned, expired, left = (
            {
                unit: sum(getattr(one.total(unit), name) for one in holdings)
                for unit in scales
            }
            for name in ("earned", "expired", "remaining")
        )
        units = {
            unit: UnitsOfCards(
                earned=from_units(earned[unit], scale),
                expired=from_units(expired[unit], scale),
                left=from_units(left[unit], scale),
            )
            for unit, scale in scales.items()
        }
        revenue = sum(one.purchase_value for one in facts)
        return WhatIf(
            customers=len(holdings),
            purchases=sum(one.purchases for one in facts),
            refused=self.refused,
            revenue=Money.of_minor(revenue, currency),
            units=units,
            cost=self._cost(earned.get(Unit.POINT), scales.get(Unit.POINT)),
        )

    def _cost(self, points: int | None, scale: int | None) -> Money | None:
        """What points are worth that are worth money."""
        paying = getattr(self.rules, "paying", None)
        if points is None or scale is None or not isinstance(paying, Paying):
            return None
        price = PointPrice(scale=scale, value_per_point=paying.value_per_point)
        if price.value_per_point is None:
            return None
        currency = self.program.currency
        return Money.of_minor(worth_of(points, price, currency), currency)


def _each(purchases: Iterable[Purchase]) -> Iterable[Purchase]:
    """Refuse what cannot be priced on its own."""
    for index, purchase in enumerate(purchases):
        if purchase.is_refund:
            remedy = "pass it as refunded= of its purchase, or leave it out"
            message = f"row {index} is a refund that stands alone; {remedy}"
            raise InvalidValue("purchases", message)
        yield purchase


def _day(purchase: Purchase) -> int:
    """Sort key."""
    return purchase.on.toordinal()


def _moment(purchase: Purchase, program: Program) -> datetime:
    """Noon of the local day."""
    return datetime.combine(purchase.on, _NOON, program.zone).astimezone(UTC)


def _opened(customer_id: str, at: datetime) -> _Card:
    """Issue a card of which everything is known."""
    return _Card(
        opened_at=at,
        holding=Holding(last_at=at, complete=frozenset(Unit)),
        facts=CustomerFacts(id=customer_id),
    )


def _owner(counter: str, customer_id: str) -> str:
    """Say whose a counter is: the template's, or one customer's."""
    return "" if counter.startswith(f"{Scope.TEMPLATE}:") else customer_id


def _no_hold(version: int) -> Transaction:
    """Nobody holds units here, so no hold is ever released."""
    raise AssertionError(version)
