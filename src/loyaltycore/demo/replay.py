"""
The replay: every purchase under the clock of its own day, a day in one batch.

Every posting has a key that names the line of the file, so a second replay into the
same database finds each of them posted and changes nothing; one that follows a replay
that was cut short posts the rest.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Final

from loyaltycore.cards import Unit
from loyaltycore.demo.programme import card_of, template_of
from loyaltycore.values.days import start_of
from loyaltycore.values.money import Money


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.io.purchases import PurchaseRow
    from loyaltycore.loyalty import Loyalty

__all__ = ["REDEEM_EVERY", "REDEEM_FROM", "Replay", "end_of_history"]

#: With every third purchase, who has 2.00 points or more takes half of them out.
REDEEM_EVERY: Final = 3
REDEEM_FROM: Final = Decimal("2.00")

_NOON = time(12)
_CARDS_MAX = 1_000_000
_CENT = Decimal("0.01")


def end_of_history(rows: Sequence[PurchaseRow]) -> date:
    """Return the day after the last purchase; at its beginning the demo looks back."""
    return max(row.on for row in rows) + timedelta(days=1)


class Replay:
    """
    One replay of the file into a shop.

    Attributes:
        posted: transactions that were written by this replay.
        found: those that an earlier replay had written.
    """

    def __init__(self, shop: Loyalty) -> None:
        self._shop = shop
        self._zone = shop.program.zone
        self._cards: dict[str, str] = {}
        self._purchases: dict[str, int] = {}
        self.posted = 0
        self.found = 0

    def run(
        self, rows: Sequence[PurchaseRow], on_progress: Callable[[int], None]
    ) -> None:
        """
        Post the purchases, and let points expire as each month begins.

        Args:
            rows: by day.
            on_progress: told after each day how many purchases are done.
        """
        done = 0
        month: date | None = None
        template: CardTemplate | None = None
        for day, on_day in groupby(rows, key=lambda row: row.on):
            purchases = list(on_day)
            if month is not None and day >= month:
                self.sweep(month)
            month = _next_month(day)
            noon = datetime.combine(day, _NOON, tzinfo=self._zone)
            with self._shop.batch() as batch:
                shop = batch.at(noon)
                template = template or template_of(shop)
                for row in purchases:
                    self._post(shop, template, row)
            done += len(purchases)
            on_progress(done)
        self.sweep(end_of_history(rows))

    def sweep(self, day: date) -> None:
        """Let expire what falls due until a day begins."""
        with self._shop.batch() as batch:
            batch.at(start_of(day, self._zone)).upkeep.sweep(limit=_CARDS_MAX)

    def _post(self, shop: Loyalty, template: CardTemplate, row: PurchaseRow) -> None:
        customer = row.customer
        if customer not in self._cards:
            self._cards[customer] = card_of(shop, template, customer).id
        card_id = self._cards[customer]
        nth = self._purchases[customer] = self._purchases.get(customer, 0) + 1
        key = f"cdnow/{row.line}"
        amount = Money.of_minor(row.amount, shop.program.currency)
        sale = shop.cards.record_purchase(card_id, amount, key=key)
        self._count(replayed=sale.replayed)
        points = sale.balances.get(Unit.POINT, Decimal(0))
        if nth % REDEEM_EVERY == 0 and points >= REDEEM_FROM:
            half = points / 2 // _CENT * _CENT
            taken = shop.cards.redeem_points(card_id, half, key=f"{key}/redeem")
            self._count(replayed=taken.replayed)

    def _count(self, *, replayed: bool) -> None:
        if replayed:
            self.found += 1
        else:
            self.posted += 1


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
