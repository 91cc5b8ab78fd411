"""
How long a pure decision takes: no store, no journal, the median over all card types.

Each type has limits and happy hours where it knows them, and a card with a few units on
it; its main command is decided 2,000 times with everything loaded, and the median of
those is the type's figure. Only ``decide`` is timed.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import attrs

from benchmarks.figures import Aim, Figure
from loyaltycore import Program, cards
from loyaltycore.errors import Refusal
from loyaltycore.ledger.decision import Context, Counters, Missing
from loyaltycore.ledger.holding import Holding
from loyaltycore.program.program import CustomerFacts


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run"]

_NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
_TIMES = 2_000
_LIMITS = cards.EarnLimits(per_day=1_000, per_month=10_000, max_balance=100_000)
_HAPPY = (
    cards.HappyHour((cards.Weekday.TUESDAY,), time(10), time(14), cards.Multiplier(2)),
)
_MORE = (
    cards.HappyHour(
        (cards.Weekday.TUESDAY,), time(10), time(14), cards.PercentPoints(5)
    ),
)
_ORDER = cards.Order("100")
_PLAN = cards.Plan("month", "35", limit=30)
_TIERS = (cards.Tier("Bronze", 0, 1), cards.Tier("Silver", 500, 3))


def run(folder: Path) -> Iterator[Figure]:  # noqa: ARG001 - as all of them
    """Measure ``decide_us``."""
    each = {rules.kind: _measure(rules, *commands) for rules, *commands in _cases()}
    missing = {card_type.kind for card_type in cards.CARD_TYPES} - {*each}
    assert not missing, f"no case for {missing}"
    yield Figure(
        name="decide_us",
        value=median(each.values()),
        digits=1,
        aim=Aim("<=", 40),
        note=", ".join(f"{kind} {micros:.1f}" for kind, micros in each.items()),
    )


def _cases() -> Iterator[tuple[Any, ...]]:
    """A type's rules, what happened on the card before, and its main command."""
    yield (
        cards.Stamp(reward="Tea", limits=_LIMITS, happy_hours=_HAPPY),
        cards.AddStamps(4),
        cards.AddStamps(1),
    )
    yield (
        cards.Multipass(
            packages=[cards.Package(name="Ten", visits=10, price="200")],
            bonus_points_per_visit=20,
            limits=_LIMITS,
            happy_hours=_HAPPY,
        ),
        cards.AddVisits(package="Ten"),
        cards.RedeemVisits(1),
    )
    yield (
        cards.Cashback(tiers=_TIERS, limits=_LIMITS, happy_hours=_HAPPY),
        cards.RecordPurchase("450"),
        cards.RecordPurchase("49.90"),
    )
    yield (cards.Certificate(initial="1000"), cards.RedeemMoney("49.90"))
    yield (
        cards.Coupon(offer=cards.Percent(20, max_discount=15)),
        cards.RedeemCoupon(_ORDER),
    )
    yield (
        cards.Membership(tiers=[cards.MembershipTier("Basic", [_PLAN])]),
        cards.Subscribe(),
        cards.CheckIn(),
    )
    yield (
        cards.Discount(tiers=_TIERS, happy_hours=_MORE),
        cards.RecordPurchase("450"),
        cards.RecordPurchase("49.90"),
    )
    yield (
        cards.Reward(
            mode=cards.SpendPoints(10, 200),
            tiers=[cards.RewardTier("cake", "Cake", 500)],
            limits=_LIMITS,
            happy_hours=_HAPPY,
        ),
        cards.RecordPurchase("45"),
        cards.RecordPurchase("49.90"),
    )


def _measure(rules: Any, *commands: object) -> float:
    """Microseconds that the last command takes to decide, at the median."""
    *before, command = commands
    context = Context(
        program=Program(id="bench", currency="EUR", zone="Europe/Berlin"),
        at=_NOON,
        occurred_at=_NOON,
        customer=CustomerFacts(id="c"),
        issued_at=_NOON,
    )
    holding = Holding(last_at=_NOON, complete=frozenset(cards.Unit))
    opening = rules.opening(holding, context)
    holding = holding if opening is None else opening.after
    for each in before:
        context = _seeing(rules, holding, each, context)
        holding = rules.decide(holding, each, context).after
    context = _seeing(rules, holding, command, context)
    times: list[int] = []
    for _ in range(_TIMES):
        start = perf_counter_ns()
        rules.decide(holding, command, context)
        times.append(perf_counter_ns() - start)
    return median(times) / 1_000


def _seeing(rules: Any, holding: Holding, command: object, context: Context) -> Context:
    """The context with all that the decision asks for, nothing of it used yet."""
    while True:
        try:
            outcome = rules.decide(holding, command, context)
        except Missing as missing:
            need = missing.need
            if isinstance(need, Counters):
                counters = {**context.counters, **dict.fromkeys(need.names, 0)}
                context = attrs.evolve(context, counters=counters)
            else:
                context = attrs.evolve(context, knows=context.knows | {need})
        else:
            assert not isinstance(outcome, Refusal), outcome
            return context
