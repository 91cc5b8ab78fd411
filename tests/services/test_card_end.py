"""What happens to units when their card ends, and when they end themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loyaltycore import Loyalty, Program, cards, errors


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Counter:
    """A shop with one card that is valid for 30 days, and a clock moved by hand."""

    def __init__(self, store, rules, **conditions) -> None:
        self.always = Loyalty(store, Program(id="p", currency="EUR", zone="UTC"))
        shop = self.on(0)
        template = shop.templates.create(
            "Card",
            rules,
            conditions=cards.Conditions(
                expiry=cards.AfterIssue(30, "days"), **conditions
            ),
        )
        customer = shop.customers.register(first_name="Ada")
        self.card = shop.cards.issue(template.id, to=customer.id).id

    def on(self, days: float) -> Loyalty:
        """The shop so many days on."""
        return self.always.at(NOON + days * DAY)

    def points(self, days: float) -> int:
        """Points so many days on."""
        return int(self.on(days).cards.show(self.card).balances["point"])


WALLET = cards.Cashback(percent=100, points_scale=0)


class TestForfeit:
    @pytest.mark.parametrize(("forfeits", "left"), [(False, 5), (True, 0)])
    def test_only_where_the_template_says_so(self, store, forfeits, left):
        """By default the units stay, though nobody can redeem them."""
        counter = Counter(store, WALLET, forfeit_on_card_expiry=forfeits)
        counter.on(0).cards.add_points(counter.card, 5)
        on_the_last_day = counter.points(30)
        counter.on(40).upkeep.sweep()

        assert (5, left) == (on_the_last_day, counter.points(40))
        with pytest.raises(errors.CardExpired):
            counter.on(40).cards.redeem_points(counter.card, 1)
        assert not counter.on(40).verify().problems

    def test_all_of_them_at_once(self, store):
        """Open ones, pending ones and what a hold gives back later."""
        waiting = cards.Cashback(
            percent=100, points_scale=0, pending=cards.After(60, "days")
        )
        counter = Counter(store, waiting, forfeit_on_card_expiry=True)
        shop = counter.on(0)
        shop.cards.add_points(counter.card, 5)
        shop.cards.record_purchase(counter.card, 7)
        shop.cards.hold(counter.card, 2, minutes=50 * 24 * 60)
        counter.on(90).upkeep.sweep()
        kinds = [
            (each.kind.value, [entry.kind.value for entry in each.entries])
            for each in counter.on(90).transactions.of_card(counter.card)[3:]
        ]

        assert 0 == counter.points(90)
        assert [
            ("expire", ["forfeit", "forfeit", "forfeit"]),
            ("release", ["release"]),
            ("expire", ["forfeit"]),
        ] == kinds
        assert not counter.on(90).verify().problems


class TestNextExpiry:
    def test_the_soonest_and_how_many(self, store):
        """Two lots of one day end first; spend never ends."""
        rules = cards.Cashback(
            percent=100, points_scale=0, points_expiry=cards.Rolling(10, "days")
        )
        counter = Counter(store, rules)
        counter.on(0).cards.record_purchase(counter.card, 5)
        counter.on(0.1).cards.record_purchase(counter.card, 3)
        counter.on(2).cards.record_purchase(counter.card, 4)
        shown = counter.on(2).cards.show(counter.card)

        assert {"point": (datetime(2026, 3, 13, tzinfo=UTC), 8)} == shown.next_expiry

    def test_beyond_a_page(self, store):
        """60 lots that end on one day are counted all."""
        rules = cards.Cashback(
            percent=1, points_scale=0, points_expiry=cards.Rolling(10, "days")
        )
        counter = Counter(store, rules)
        for _ in range(60):
            counter.on(0).cards.add_points(counter.card, 1)
        counter.on(1).cards.add_points(counter.card, 9)
        shown = counter.on(1).cards.show(counter.card)

        assert 60 == shown.next_expiry["point"][1]

    def test_what_slides_ends_with_its_deadline(self, store):
        """All of it, on one day."""
        rules = cards.Cashback(
            percent=1, points_scale=0, points_expiry=cards.Sliding(10, "days")
        )
        counter = Counter(store, rules)
        counter.on(0).cards.add_points(counter.card, 5)
        counter.on(1).cards.add_points(counter.card, 5)
        shown = counter.on(1).cards.show(counter.card)

        assert {"point": (datetime(2026, 3, 14, tzinfo=UTC), 10)} == shown.next_expiry

    def test_nothing_ends(self, store):
        """Where nothing is there, and where it counts for good."""
        counter = Counter(store, WALLET)
        empty = counter.on(0).cards.show(counter.card).next_expiry
        counter.on(0).cards.add_points(counter.card, 5)

        assert ({}, {}) == (
            empty,
            counter.on(0).cards.show(counter.card).next_expiry,
        )
