"""
What a posting costs on a card with a long history, against one with a short one.

Two cards of one programme in SQLite's memory: one with 10 transactions and 10 open
lots of points, one with 10,000 of both. The same purchases and the same redemptions of
one point are posted on both in turn, pair by pair. A redemption takes from one lot on
either card, and finds it at the front of the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.pairing import Pairs
from loyaltycore import Loyalty, Program, SqliteStore, cards


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["run"]

_SHORT, _LONG = 10, 10_000
_PAIRS = 400
_DISCARD = 50


def run(folder: Path) -> Iterator[Figure]:  # noqa: ARG001 - as all of them
    """Measure ``post_after_10000_vs_10``."""
    shop = Loyalty(SqliteStore(":memory:"), Program(id="b", currency="EUR", zone="UTC"))
    rules = cards.Cashback(
        percent=10, points_scale=2, points_expiry=cards.Rolling(6, "months")
    )
    template = shop.templates.create("Points", rules)
    with shop.batch() as batch:
        short, long = (_card(batch, template.id, n) for n in (_SHORT, _LONG))
    pairs = Pairs()
    pairs.run(
        [_posting(shop, long, number) for number in range(_PAIRS)],
        [_posting(shop, short, number) for number in range(_PAIRS)],
        discard=_DISCARD,
    )
    yield Figure(
        name="post_after_10000_vs_10",
        value=pairs.ratio,
        aim=Aim("<=", 1.3),
        note=pairs.note("long", "short"),
    )
    shop.store.close()


def _card(shop: Loyalty, template_id: str, transactions: int) -> str:
    """Issue a card and post so many purchases on it, each of which opens a lot."""
    customer = shop.customers.register(first_name="Ada")
    card_id = shop.cards.issue(template_id, to=customer.id).id
    for _ in range(transactions):
        shop.cards.record_purchase(card_id, "5.00")
    return card_id


def _posting(shop: Loyalty, card_id: str, number: int) -> Callable[[], object]:
    """A purchase and a redemption in turn."""
    if number % 2:
        return lambda: shop.cards.redeem_points(card_id, "0.10")
    return lambda: shop.cards.record_purchase(card_id, "1.00")
