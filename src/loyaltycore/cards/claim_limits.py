"""How often a reward may be claimed: by one customer, and by all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.cards.reward_tier import UsageWindow
from loyaltycore.errors import LimitReached, Refusal
from loyaltycore.ledger.decision import Scope, counter_of
from loyaltycore.values.days import RoundUp, end_of, round_day


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.cards.reward_tier import RewardTier
    from loyaltycore.ledger.draft import Draft

__all__ = ["admit_claims"]

_ROUND: Final = {
    UsageWindow.DAY: RoundUp.END_OF_DAY,
    UsageWindow.WEEK: RoundUp.END_OF_WEEK,
    UsageWindow.MONTH: RoundUp.END_OF_MONTH,
    UsageWindow.YEAR: RoundUp.END_OF_YEAR,
}


def admit_claims(
    draft: Draft, tier: RewardTier, asked: int, *, is_gift: bool = False
) -> int | Refusal:
    """
    How many claims of a tier the catalogue allows now, up to *asked*; they are counted.

    Args:
        is_gift: the customer's own limit does not count, only the stock does.

    Returns:
        At least 1, or why there are none.

    Raises:
        Missing: counters have to be loaded first.
    """
    closed = tier.closed(draft.context.local_day)
    if closed is not None:
        return closed
    limits = [_stock(tier)] if is_gift else [_usage(tier, draft), _stock(tier)]
    allowed = asked
    for limit in limits:
        if limit.at_most is not None:
            used = draft.context.used(limit.counter)
            if used >= limit.at_most:
                return LimitReached(
                    limit.words,
                    used=used,
                    at_most=limit.at_most,
                    resets_at=limit.resets_at,
                )
            allowed = min(allowed, limit.at_most - used)
    for limit in limits:
        if limit.at_most is not None:
            draft.count(limit.counter, allowed, at_most=limit.at_most)
    return allowed


@attrs.frozen
class _Limit:
    counter: str
    at_most: int | None
    words: str
    resets_at: datetime | None = None


def _usage(tier: RewardTier, draft: Draft) -> _Limit:
    """What one customer may claim in the window that the day lies in."""
    window, words = tier.usage_window, f"claims of {tier.name}"
    name, resets_at = f"claims/{tier.id}/{window}", None
    if window is not UsageWindow.EVER:
        last_day = round_day(draft.context.local_day, _ROUND[window])
        name, words = f"{name}-{last_day}", f"{words} a {window}"
        resets_at = end_of(last_day, draft.context.zone)
    counter = counter_of(Scope.HOLDER, name)
    return _Limit(counter, tier.usage_limit, words, resets_at)


def _stock(tier: RewardTier) -> _Limit:
    """What all customers together may claim."""
    counter = counter_of(Scope.TEMPLATE, f"stock/{tier.id}")
    return _Limit(counter, tier.stock, f"{tier.name} in stock")
