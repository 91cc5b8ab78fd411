"""Many intents in one write, on servers where others write at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from loyaltycore import Intent, Loyalty, Program, cards
from loyaltycore.errors import DuplicateKeyMismatch
from loyaltycore.io.card_rules import CardImport, Means
from loyaltycore.posting import many


if TYPE_CHECKING:
    from loyaltycore.ports import Store

CARDS = 30
CALLS = 8


@pytest.fixture(params=["postgres", "mysql"])
def shop(request: pytest.FixtureRequest) -> Loyalty:
    """A programme on a server."""
    store: Store = request.getfixturevalue(request.param)
    return Loyalty(store, Program(id="cafe", currency="EUR", zone="UTC"))


@pytest.fixture
def wallets(shop: Loyalty) -> list[str]:
    """Cards of as many customers."""
    template = shop.templates.create("Points", cards.Cashback(percent=10))
    with shop.batch() as batch:
        customers = [batch.customers.register() for _ in range(CARDS)]
        return [batch.cards.issue(template.id, to=each.id).id for each in customers]


def bought(wallets: list[str], name: str) -> list[Intent]:
    """A purchase on each card."""
    return [
        Intent(card_id, cards.RecordPurchase("10.00"), key=f"{name}/{card_id}")
        for card_id in wallets
    ]


def test_side_by_side(shop: Loyalty, wallets: list[str]):
    """Calls that want the same cards in other orders wait, and none is lost."""
    names = [f"call-{number}" for number in range(CALLS)]

    def call(number: int) -> str:
        ordered = wallets if number % 2 else wallets[::-1]
        return str(shop.cards.post_many(bought(ordered, names[number])))

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(call, range(CALLS)))

    assert [f"{CARDS} posted, 0 refused"] * CALLS == reports
    shown = {str(shop.cards.show(each).balances["point"]) for each in wallets}
    assert {f"{CALLS}.00"} == shown
    assert not shop.verify().problems


def test_a_key_that_somebody_else_uses_meanwhile(shop: Loyalty, wallets: list[str]):
    """All is decided anew; the intent under that key is refused, the rest is posted."""
    *others, last = wallets
    first, *rest = bought(others, "call")
    real = many.look_ahead
    calls: list[int] = []

    def late(*given: Any) -> None:
        real(*given)
        if not calls:
            shop.cards.record_purchase(last, "7.00", key=first.key or "")
        calls.append(1)

    with patch.object(many, "look_ahead", late):
        report = shop.cards.post_many([first, *rest])

    assert 2 == len(calls)
    ((place, error),) = report.refused
    assert (0, DuplicateKeyMismatch) == (place, type(error))
    assert len(rest) == len(report.posted)
    assert not shop.verify().problems


def test_a_file_of_purchases(shop: Loyalty):
    """Each row counts once, whether its card was there or had to be issued."""
    template = shop.templates.create("Points", cards.Cashback(percent=10)).id
    people = [
        shop.customers.register(external_id=f"P{number}").id for number in range(CARDS)
    ]
    for each in people[::2]:
        shop.cards.issue(template, to=each)
    rows = "".join(f"P{number % CARDS},10.00\n" for number in range(3 * CARDS))
    rules = CardImport(template_id=template, means=Means.PURCHASE)

    for expected in ((3 * CARDS, 0), (3 * CARDS, 0)):  # the second time is a replay
        report = shop.files.import_cards(
            f"external id,amount\n{rows}", rules, import_id="sales", batch_rows=40
        )
        assert expected == (report.created, report.failed)

    owned = [shop.cards.of(each) for each in people]
    assert {1} == {len(each) for each in owned}
    shown = {str(shop.cards.show(card.id).balances["point"]) for (card,) in owned}
    assert {"3.00"} == shown
    assert not shop.verify().problems
