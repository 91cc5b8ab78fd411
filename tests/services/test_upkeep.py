"""Sweeping: what falls due on cards that nobody touches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import attrs
import pytest

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore, cards
from loyaltycore.errors import InvalidValue
from loyaltycore.services.upkeep import SweepReport


CAFE = Program(id="cafe", currency="EUR", zone="UTC")
START = datetime(2025, 1, 10, 12, tzinfo=UTC)
EXPIRED = datetime(2025, 2, 11, tzinfo=UTC)  # a month, and to the end of the day


def issued(shop: Loyalty, n: int = 1) -> list[str]:
    """Issue cards whose points live for a month."""
    template = shop.templates.create(
        "Points", cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "months"))
    )
    owner = shop.customers.register()
    return [shop.cards.issue(template.id, to=owner.id).id for _ in range(n)]


@pytest.fixture
def shop(store: Any) -> Loyalty:
    """A programme on each store."""
    return Loyalty(store, CAFE)


def test_nothing_is_due(shop: Loyalty):
    """Before the last day is over, a sweep finds nothing to do."""
    (card,) = issued(shop.at(START))
    shop.at(START).cards.record_purchase(card, "20.00")

    report = shop.at(EXPIRED - timedelta(microseconds=1)).upkeep.sweep()

    assert SweepReport(cards=0, transactions=0) == report
    assert report.is_complete


def test_what_is_due_is_posted(shop: Loyalty):
    """From the first instant after the last day on, the points are gone."""
    (card,) = issued(shop.at(START))
    shop.at(START).cards.record_purchase(card, "20.00")

    report = shop.at(EXPIRED).upkeep.sweep()

    assert SweepReport(cards=1, transactions=1) == report
    quote = shop.at(EXPIRED).cards.quote(card, cards.RedeemPoints("0.01"))
    assert quote.refusal is not None
    assert 0 == shop.customers.page()[0][0].points
    assert not shop.verify().problems


def test_a_late_sweep_posts_at_the_instants_that_were_due(shop: Loyalty):
    """Two days' points expire as two transactions, each at its own midnight."""
    (card,) = issued(shop.at(START))
    for day in range(2):
        shop.at(START + timedelta(days=day)).cards.record_purchase(card, "20.00")
    later = EXPIRED + timedelta(days=100)

    report = shop.at(later).upkeep.sweep()
    second = shop.at(later).upkeep.sweep()

    assert (1, 2) == (report.cards, report.transactions)
    assert SweepReport() == second
    assert 400 * 100 == shop.customers.page()[0][0].points_expired
    assert not shop.verify().problems


def test_a_sweep_is_bounded_and_says_so(shop: Loyalty):
    """With a limit, the cards longest overdue come first and the rest is left."""
    some = issued(shop.at(START), 5)
    for day, card in enumerate(some):
        shop.at(START + timedelta(days=day)).cards.record_purchase(card, "20.00")
    later = shop.at(EXPIRED + timedelta(days=30))

    reports = [later.upkeep.sweep(limit=2) for _ in range(3)]

    assert [(2, False), (2, False), (1, True)] == [
        (report.cards, report.is_complete) for report in reports
    ]


def test_more_cards_than_a_page(shop: Loyalty):
    """A sweep goes on from page to page until nothing is due."""
    with shop.at(START).batch() as batch:
        for card in issued(batch, 450):
            batch.cards.record_purchase(card, "20.00")

    report = shop.at(EXPIRED).upkeep.sweep()

    assert SweepReport(cards=450, transactions=450) == report


def test_a_card_that_is_looked_at_for_nothing(shop: Loyalty):
    """Points that were redeemed before they expired need no transaction."""
    (card,) = issued(shop.at(START))
    shop.at(START).cards.record_purchase(card, "20.00")
    shop.at(START).cards.redeem_points(card, "2.00")

    first = shop.at(EXPIRED).upkeep.sweep(limit=1)
    second = shop.at(EXPIRED).upkeep.sweep(limit=1)

    assert SweepReport() == first == second
    assert not shop.verify().problems


def test_sweeps_at_once_post_everything_once(tmp_path):
    """Four sweeps side by side leave what one would have left."""
    store = SqliteStore(tmp_path / "shop.db", durability="process")
    shop = Loyalty(store, CAFE)
    with shop.at(START).batch() as batch:
        for card in issued(batch, 60):
            batch.cards.record_purchase(card, "20.00")
    start, reports = Barrier(4), []

    def sweep() -> None:
        start.wait()
        reports.append(shop.at(EXPIRED).upkeep.sweep())

    threads = [Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 60 == sum(report.transactions for report in reports)
    assert not shop.verify().problems
    store.close()


def test_a_sweep_in_a_batch_is_part_of_it(shop: Loyalty):
    """What a sweep posts inside a batch is gone with the batch."""
    (card,) = issued(shop.at(START))
    shop.at(START).cards.record_purchase(card, "20.00")

    def give_up() -> None:
        with shop.at(EXPIRED).batch() as batch:
            assert 1 == batch.upkeep.sweep().transactions
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    assert 1 == shop.at(EXPIRED).upkeep.sweep().transactions


@attrs.frozen(kw_only=True)
class Wallet(cards.Cashback):
    """A card type that not every process knows."""

    kind = "wallet"


def test_a_card_of_an_unknown_type_is_passed_over():
    """A card whose type this program was not given is named, and others are swept."""
    store = MemoryStore()
    both = Loyalty(store, CAFE, card_types=(*cards.CARD_TYPES, Wallet)).at(START)
    (known,) = issued(both)
    template = both.templates.create(
        "W", Wallet(percent=10, points_expiry=cards.Rolling(1, "months"))
    )
    ((owner,), _) = both.customers.page()
    unknown = both.cards.issue(template.id, to=owner.id).id
    both.cards.record_purchase(unknown, "20.00")
    both.at(START + timedelta(days=1)).cards.record_purchase(known, "20.00")

    later = Loyalty(store, CAFE).at(EXPIRED + timedelta(days=1))
    report = later.upkeep.sweep(limit=1)

    assert (unknown,) == report.skipped
    assert (1, 1, True) == (report.cards, report.transactions, report.is_complete)


@pytest.mark.parametrize("limit", [0, -1, 1_000_001, True, "5"])
def test_a_limit_that_is_none(limit: Any):
    """A limit is a whole number from one to a million."""
    with pytest.raises(InvalidValue, match="limit: 1 to 1,000,000 cards."):
        Loyalty(MemoryStore(), CAFE).upkeep.sweep(limit=limit)


def test_a_report_is_one_line():
    """A report can be logged: what was posted, what was not, and whether to go on."""
    report = SweepReport(cards=2, transactions=3, skipped=("c",), is_complete=False)

    assert "3 transactions on 2 cards, 1 cards skipped; more is due" == str(report)
    assert "0 transactions on 0 cards" == str(SweepReport())
