"""
The same points, counted again without the package.

Plain Python over the CSV: its own lots, tiers, calendar and rounding.  It imports
nothing of ours, so an error in the ledger cannot hide behind the same error here.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple


__all__ = ["Count", "recompute"]

_TIERS = ((30_000, 5), (10_000, 3), (0, 1))  # cents spent before, percent
_MONTHS = 6
_REDEEM_EVERY = 3
_REDEEM_FROM = 200


class Count(NamedTuple):
    """
    Points in hundredths, and what they were earned with.

    Attributes:
        purchase_value: US cents.
        outstanding: earned, and neither redeemed nor expired.
    """

    customers: int
    purchases: int
    purchase_value: int
    earned: int
    redeemed: int
    expired: int
    outstanding: int


class _Account:
    """One customer: what they spent, and lots of [last day, points], oldest first."""

    def __init__(self) -> None:
        self.spent = 0
        self.purchases = 0
        self.lots: list[list[int]] = []
        self.earned = 0
        self.redeemed = 0
        self.expired = 0

    def expire_before(self, day: date) -> None:
        """Drop lots whose last day lies before *day*."""
        today = day.toordinal()
        self.expired += sum(points for last, points in self.lots if last < today)
        self.lots = [lot for lot in self.lots if lot[0] >= today]

    def buy(self, day: date, cents: int) -> None:
        """Earn by the tier that was reached before, whole hundredths only."""
        percent = next(rate for start, rate in _TIERS if self.spent >= start)
        points = cents * percent // 100
        self.spent += cents
        self.purchases += 1
        self.earned += points
        self.lots.append([_last_day(day).toordinal(), points])
        self.lots.sort(key=lambda lot: lot[0])

    def balance(self) -> int:
        """What can be redeemed."""
        return sum(points for _, points in self.lots)

    def redeem(self, points: int) -> None:
        """Take from the lots that end first."""
        self.redeemed += points
        for lot in self.lots:
            taken = min(points, lot[1])
            lot[1] -= taken
            points -= taken


def recompute(text: str) -> Count:
    """
    Count the points of a file of purchases up to the end of its last day.

    Args:
        text: CSV with the columns customer_id, date (ISO 8601) and amount (USD).
    """
    purchases = [
        (date.fromisoformat(row["date"]), row["customer_id"], _cents(row["amount"]))
        for row in csv.DictReader(text.splitlines())
    ]
    purchases.sort(key=lambda purchase: purchase[0])  # stable: a day in file order
    accounts: dict[str, _Account] = {}
    for day, customer, cents in purchases:
        account = accounts.setdefault(customer, _Account())
        account.expire_before(day)
        account.buy(day, cents)
        if account.purchases % _REDEEM_EVERY == 0 and account.balance() >= _REDEEM_FROM:
            account.redeem(account.balance() // 2)
    after = purchases[-1][0] + timedelta(days=1)
    for account in accounts.values():
        account.expire_before(after)
    everybody = accounts.values()
    return Count(
        customers=len(accounts),
        purchases=len(purchases),
        purchase_value=sum(cents for _, _, cents in purchases),
        earned=sum(account.earned for account in everybody),
        redeemed=sum(account.redeemed for account in everybody),
        expired=sum(account.expired for account in everybody),
        outstanding=sum(account.balance() for account in everybody),
    )


def _last_day(day: date) -> date:
    """Six months on, or the last day of that month when it is too short."""
    months = day.year * 12 + day.month - 1 + _MONTHS
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _cents(amount: str) -> int:
    dollars, _, cents = amount.partition(".")
    return int(dollars) * 100 + int(cents.ljust(2, "0"))
