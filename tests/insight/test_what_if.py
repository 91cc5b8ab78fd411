"""Past purchases under rules that did not hold, against the same on a real store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loyaltycore import Loyalty, MemoryStore, Money, Program, cards
from loyaltycore.errors import InvalidValue
from loyaltycore.insight.what_if import UnitsOfCards, WhatIf, what_if
from loyaltycore.ledger.transactions import Unit
from loyaltycore.rfm import Purchase


CAFE = Program(id="cafe", currency="EUR", zone="Europe/Berlin")

BOUGHT = [
    Purchase("ada", date(2026, 1, 5), 10_000),
    Purchase("ada", date(2026, 2, 20), 6_000, refunded=1_000),
    Purchase("bob", date(2026, 1, 7), 999),
    Purchase("ada", date(2026, 1, 5), 1),
]


def points_of(rules: Any, rows: list[Purchase] = BOUGHT) -> UnitsOfCards:
    """Replay, and look at the points."""
    return what_if(rows, rules, CAFE).units[Unit.POINT]


def test_three_or_five_percent():
    """5 % instead of 3 % would have cost 7.99 instead of 4.79, by hand."""
    three = what_if(BOUGHT, cards.Cashback(percent=3), CAFE)
    five = what_if(BOUGHT, cards.Cashback(percent=5), CAFE)

    # 3 % of 100.00, 0.01, 50.00 and 9.99, each rounded down: 3.00 + 0 + 1.50 + 0.29
    assert Money("4.79", "EUR") == three.cost
    assert Money("7.99", "EUR") == five.cost
    assert (2, 4, 0) == (three.customers, three.purchases, three.refused)
    assert Money("160.00", "EUR") == three.revenue


def test_points_expire_meanwhile():
    """Of one month's points, January's have ended when February's are earned."""
    rules = cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "months"))

    assert UnitsOfCards(
        earned=Decimal("15.99"), expired=Decimal("10.99"), left=Decimal("5.00")
    ) == points_of(rules)


def test_tiers_rise_with_spend():
    """Who has spent 100 earns twice as much from then on."""
    rules = cards.Cashback(tiers=[cards.Tier("Base", 0, 1), cards.Tier("Gold", 100, 2)])

    # 1.00 + (0.01 at 2 %, rounded down) + 1.00 of 50.00 at 2 % + 0.09
    assert Decimal("2.09") == points_of(rules).earned


def test_stamps_cost_no_money():
    """Stamps are counted, and have no worth in money."""
    found = what_if(
        BOUGHT, cards.Stamp(mode=cards.Spend(per="10.00"), reward="Cake"), CAFE
    )

    assert found.cost is None
    assert Unit.STAMP in found.units


def test_nobody():
    """Without purchases nothing would have cost nothing."""
    found = what_if([], cards.Cashback(percent=3), CAFE)

    assert (
        WhatIf(
            customers=0,
            purchases=0,
            refused=0,
            revenue=Money("0", "EUR"),
            units={
                unit: UnitsOfCards(
                    earned=Decimal(0), expired=Decimal(0), left=Decimal(0)
                )
                for unit in (Unit.POINT, Unit.SPEND)
            },
            cost=Money("0", "EUR"),
        )
        == found
    )


def test_refuses_lone_refunds():
    """A refund whose purchase is not known cannot be replayed."""
    rows = [*BOUGHT, Purchase("ada", date(2026, 3, 1), -1)]

    with pytest.raises(InvalidValue, match="row 4 is a refund that stands alone"):
        what_if(rows, cards.Cashback(percent=3), CAFE)


@pytest.mark.parametrize(
    "rules",
    [
        cards.Cashback(percent=7, points_expiry=cards.Rolling(20, "days")),
        cards.Cashback(
            tiers=[cards.Tier("Base", 0, 1), cards.Tier("Gold", 50, 4)],
            spend_expiry=cards.Rolling(1, "months"),
        ),
        cards.Stamp(mode=cards.Spend(per="3.00"), reward="Cake"),
    ],
)
def test_as_the_real_thing(rules: Any):
    """A programme on a store, with the same purchases, comes to the same units."""
    rows = [
        Purchase(f"c{n % 3}", date(2026, 1, 1) + timedelta(days=3 * n), 100 + 700 * n)
        for n in range(20)
    ]
    shop = Loyalty(MemoryStore(), CAFE)
    template = shop.at(datetime(2025, 12, 1, tzinfo=UTC)).templates.create("X", rules)
    card_ids: dict[str, str] = {}
    for row in rows:
        noon = datetime(row.on.year, row.on.month, row.on.day, 12, tzinfo=CAFE.zone)
        then = shop.at(noon)
        if row.customer_id not in card_ids:
            customer = then.customers.register(first_name=row.customer_id)
            card = then.cards.issue(template.id, to=customer.id)
            card_ids[row.customer_id] = card.id
        price = Money.of_minor(row.amount, "EUR")
        then.cards.post(card_ids[row.customer_id], cards.RecordPurchase(price))
    end = shop.at(noon)
    end.upkeep.sweep()
    shown = [end.cards.show(card_id).balances for card_id in card_ids.values()]

    found = what_if(rows, rules, CAFE)

    for unit, units in found.units.items():
        assert sum(balances[unit] for balances in shown) == units.left
