"""
One customer at a glance: who they are, what they have, what happened last.

Owns what the figures mean; where they come from is a service's affair.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.program.customer_status import Activity
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import Rounding, divide, from_units


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from loyaltycore.cards.card import Card
    from loyaltycore.customers.activity import FeedEntry
    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.links import Link

__all__ = [
    "RECENT",
    "CardPoints",
    "CardShown",
    "Feed",
    "LastPurchase",
    "Profile",
    "Totals",
    "activity_of",
    "totals_of",
]

#: How many entries of the feed a profile shows.
RECENT: Final = 7


@attrs.frozen(kw_only=True)
class Totals:
    """
    A customer in figures; points are those of cards that were not deleted.

    Attributes:
        points_available: what can be redeemed now; negative in debt.
        points_lifetime: earned in all; what was taken back, given back or moved from
            card to card does not count.
        points_redeemed: less what was given back.
        points_expired: in all.
        purchases: how many, not counting voided and fully refunded ones.
        value: of the purchases, net of refunds.
        average: of a purchase, halves of the smallest coin going up; None without one.
        last_value: of the last purchase that stands, net of refunds.
        last_at: when that was.
    """

    points_available: Decimal
    points_lifetime: Decimal
    points_redeemed: Decimal
    points_expired: Decimal
    purchases: int
    value: Money
    average: Money | None
    last_value: Money | None
    last_at: datetime | None


@attrs.frozen(kw_only=True)
class CardShown:
    """
    A card on a profile.

    Attributes:
        template: the name of its template.
        is_expired: is it past its last valid day?
        link: under which it is installed, if that was ever asked for.
    """

    card: Card
    template: str
    is_expired: bool
    link: Link | None


@attrs.frozen(kw_only=True)
class Profile:
    """
    Everything that a screen shows of one customer.

    Attributes:
        activity: active or inactive; by hand, or by their last transaction.
        cards: not deleted, oldest first, at most 100.
        tags: in alphabetical order.
        recent: the last seven entries of the feed.
        link: for friends, if it was ever asked for.
    """

    customer: Customer
    activity: Activity
    totals: Totals
    cards: tuple[CardShown, ...]
    tags: tuple[str, ...] = attrs.field(repr=False)
    recent: tuple[FeedEntry, ...]
    link: Link | None


@attrs.frozen(kw_only=True)
class Feed:
    """
    One page of what happened to a customer, newest first.

    Attributes:
        cursor: where the next page starts; None: there is none.
    """

    entries: tuple[FeedEntry, ...]
    cursor: str | None


@attrs.frozen(kw_only=True)
class CardPoints:
    """Points of one card, in its smallest units."""

    scale: int
    available: int
    earned: int
    redeemed: int
    expired: int


@attrs.frozen(kw_only=True)
class LastPurchase:
    """The last purchase that stands; minor units, net of refunds."""

    value: int
    at: datetime


def totals_of(
    customer: Customer,
    points: Iterable[CardPoints],
    last: LastPurchase | None,
    currency: str,
) -> Totals:
    """Add up the points of cards, and put them beside what adds up by itself."""
    available = earned = redeemed = expired = 0
    for card in points:
        finest = 10 ** (POINT_SCALE - card.scale)
        available += card.available * finest
        earned += card.earned * finest
        redeemed += card.redeemed * finest
        expired += card.expired * finest
    average = None
    if customer.purchases > 0:
        mean = divide(customer.purchase_value, customer.purchases, Rounding.HALF_UP)
        average = Money.of_minor(mean, currency)
    return Totals(
        points_available=from_units(available, POINT_SCALE),
        points_lifetime=from_units(earned, POINT_SCALE),
        points_redeemed=from_units(redeemed, POINT_SCALE),
        points_expired=from_units(expired, POINT_SCALE),
        purchases=customer.purchases,
        value=Money.of_minor(customer.purchase_value, currency),
        average=average,
        last_value=None if last is None else Money.of_minor(last.value, currency),
        last_at=None if last is None else last.at,
    )


def activity_of(customer: Customer, now: datetime, inactive_after: int) -> Activity:
    """
    Say whether a customer comes: as was set by hand, or else by what they did last.

    Who has not come yet counts from their registration.

    Args:
        inactive_after: so many days without a transaction are too many.
    """
    if customer.activity is not None:
        return customer.activity
    last = customer.last_transaction_at or customer.registered_at
    is_active = now - max(last, customer.registered_at) < timedelta(days=inactive_after)
    return Activity.ACTIVE if is_active else Activity.INACTIVE
