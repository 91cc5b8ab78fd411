"""Tiles and figures over time, on every store."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON

from loyaltycore import Loyalty, cards, errors


if TYPE_CHECKING:
    from loyaltycore.ports import Store

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)


@pytest.fixture
def points(shop: Loyalty) -> str:
    """A template of points cards, ten percent."""
    return shop.templates.create("Points", cards.Cashback(percent=10)).id


class TestTiles:
    def test_all_four(self, shop: Loyalty, points: str):
        """
        CU-09: customers, card transactions, reviews and the overall rating.

        Two purchases and a redemption, one purchase voided: two transactions.  Ratings
        of 5, 4 and 4 are 4.33 on average.
        """
        ada, _ = shop.customers.register(), shop.customers.register()
        card = shop.cards.issue(points, to=ada.id).id
        shop.cards.record_purchase(card, "50.00", location="mitte")
        shop.cards.redeem_points(card, "1.00")
        wrong = shop.cards.record_purchase(card, "10.00")
        shop.transactions.void(wrong.id)
        for rating in (5, 4, 4):
            shop.feedback.record(ada.id, rating)
        tiles = shop.reports.tiles()

        assert (2, 2, 3, Decimal("4.33")) == (
            tiles.customers,
            tiles.transactions,
            tiles.reviews,
            tiles.rating,
        )

    def test_who_is_gone_is_no_customer(self, shop: Loyalty, points: str):
        """CU-09: living customers count: not those deleted, merged or erased."""
        ada, bob, cem, dan = (shop.customers.register() for _ in range(4))
        card = shop.cards.issue(points, to=bob.id).id
        shop.cards.record_purchase(card, "10.00")
        shop.feedback.record(bob.id, 5)
        shop.customers.delete(ada.id)
        shop.customers.erase(bob.id)
        shop.customers.merge(cem.id, into=dan.id)
        tiles = shop.reports.tiles()

        assert (1, 1, 1) == (tiles.customers, tiles.transactions, tiles.reviews)
        assert () == shop.verify().problems

    def test_no_table_of_customers_is_read(
        self, shop: Loyalty, store: Store, monkeypatch: pytest.MonkeyPatch
    ):
        """CU-09: tiles come from figures alone, however many customers there are."""
        shop.customers.register()
        asked: list[str] = []
        with store.session(write=False) as session:
            kind = type(session)
        summarize = kind.summarize

        def noting(self, query, **options):
            asked.append(query.collection)
            return summarize(self, query, **options)

        monkeypatch.setattr(kind, "summarize", noting)
        assert 1 == shop.reports.tiles().customers
        assert ["day_figure"] == asked


class TestDays:
    def test_nothing_is_there_with_zeros(self, shop: Loyalty):
        """CU-17: a program in which nothing happened has its days all the same."""
        days = shop.reports.days(MONDAY, MONDAY + 2 * DAY)

        assert [2, 3, 4] == [each.first.day for each in days]
        assert {(0, 0, "0.00 EUR", 0, None)} == {
            (
                each.new_customers,
                each.transactions,
                str(each.revenue),
                each.redemptions,
                each.rating,
            )
            for each in days
        }

    def test_a_void_is_taken_off_on_its_own_day(self, shop: Loyalty, points: str):
        """CU-17: Monday keeps its 40.00 and its redemption; Wednesday has them off."""
        card = shop.cards.issue(points, to=shop.customers.register().id).id
        sale = shop.cards.record_purchase(card, "40.00")
        shop.cards.record_purchase(card, "15.00")
        used = shop.cards.redeem_points(card, "1.00")
        later = shop.at(NOON + 2 * DAY)
        later.transactions.void(used.id)
        later.transactions.void(sale.id)
        days = later.reports.days(MONDAY, MONDAY + 2 * DAY)

        assert [
            (1, 3, 2, "55.00 EUR", 1, 0),
            (0, 0, 0, "0.00 EUR", 0, 0),
            (0, -2, -1, "-40.00 EUR", -1, 2),
        ] == [
            (
                each.new_customers,
                each.transactions,
                each.purchases,
                str(each.revenue),
                each.redemptions,
                each.voids,
            )
            for each in days
        ]
        assert [Decimal("5.5"), 0, 0] == [each.points_earned for each in days]
        assert [Decimal(1), 0, -1] == [each.points_redeemed for each in days]
        assert () == shop.verify().problems

    def test_days_are_the_programs(self, shop: Loyalty, points: str):
        """CU-17: half past eleven in London is the next day in Berlin."""
        evening = NOON.replace(hour=23, minute=30)
        berlin = shop.at(evening)
        card = berlin.cards.issue(points, to=berlin.customers.register().id).id
        berlin.cards.record_purchase(card, "1.00")
        days = berlin.reports.days(MONDAY, MONDAY + DAY)

        assert [(0, 0), (1, 1)] == [
            (each.new_customers, each.transactions) for each in days
        ]

    def test_what_was_reported_late(self, shop: Loyalty, points: str):
        """CU-17: a purchase of yesterday that is told today is yesterday's."""
        card = shop.cards.issue(points, to=shop.customers.register().id).id
        shop.cards.record_purchase(card, "1.00", occurred_at=NOON - DAY)
        days = shop.reports.days(MONDAY - DAY, MONDAY)

        assert [1, 0] == [each.transactions for each in days]

    def test_weeks_and_months(self, shop: Loyalty, points: str):
        """CU-17: weeks begin on Monday; the days asked for cut the ends off."""
        ada = shop.customers.register().id
        card = shop.cards.issue(points, to=ada).id
        for days in (0, 6, 7, 35):
            shop.at(NOON + days * DAY).cards.record_purchase(card, "1.00")
        shop.feedback.record(ada, 5)
        shop.at(NOON + DAY).feedback.record(ada, 4)
        first, last = MONDAY - DAY, MONDAY + 8 * DAY
        weeks = shop.reports.days(first, last, by="week")
        months = shop.reports.days(first, MONDAY + 40 * DAY, by="month")

        assert [
            (date(2026, 3, 1), date(2026, 3, 1), 0),
            (date(2026, 3, 2), date(2026, 3, 8), 2),
            (date(2026, 3, 9), date(2026, 3, 10), 1),
        ] == [(each.first, each.last, each.transactions) for each in weeks]
        assert Decimal("4.50") == weeks[1].rating
        assert [
            (date(2026, 3, 1), date(2026, 3, 31), 3),
            (date(2026, 4, 1), date(2026, 4, 11), 1),
        ] == [(each.first, each.last, each.transactions) for each in months]

    def test_one_template_location_or_manager(self, shop: Loyalty, points: str):
        """CU-17: figures of one of them alone, or of all of them together."""
        stamps = shop.templates.create("Stamps", cards.Stamp(reward="Tea")).id
        ada = shop.customers.register(location="mitte").id
        card = shop.cards.issue(points, to=ada).id
        shop.cards.record_purchase(card, "1.00", location="mitte", actor="eva")
        shop.cards.record_purchase(card, "2.00", location="wedding", actor="eva")
        other = shop.cards.issue(stamps, to=ada).id
        shop.cards.add_stamps(other, location="mitte", actor="bob")

        def counted(**only: str) -> tuple[int, int]:
            (day,) = shop.reports.days(MONDAY, MONDAY, **only)
            return day.new_customers, day.transactions

        assert (1, 3) == counted()
        assert (0, 2) == counted(template=points)
        assert (1, 2) == counted(location="mitte")
        assert (0, 2) == counted(manager="eva")
        assert (0, 1) == counted(template=points, location="wedding", manager="eva")

    @pytest.mark.parametrize(
        ("split", "expected"),
        [
            ("template", {"": (1, 0), "points": (0, 2), "stamps": (0, 1)}),
            ("location", {"": (0, 1), "mitte": (1, 1), "wedding": (0, 1)}),
            ("manager", {"": (1, 1), "eva": (0, 1), "bob": (0, 1)}),
        ],
    )
    def test_split_by_one_of_them(
        self, shop: Loyalty, points: str, split: str, expected: dict
    ):
        """CU-17: each by itself; what belongs to none is under an empty text."""
        stamps = shop.templates.create("Stamps", cards.Stamp(reward="Tea")).id
        ada = shop.customers.register(location="mitte").id
        card = shop.cards.issue(points, to=ada).id
        shop.cards.record_purchase(card, "1.00", location="mitte")
        shop.cards.record_purchase(card, "2.00", location="wedding", actor="eva")
        other = shop.cards.issue(stamps, to=ada).id
        shop.cards.add_stamps(other, actor="bob")
        names = {points: "points", stamps: "stamps"}

        apart = shop.reports.days_by(split, MONDAY, MONDAY + DAY)

        assert expected == {
            names.get(key, key): (days[0].new_customers, days[0].transactions)
            for key, days in apart.items()
        }
        assert {2} == {len(days) for days in apart.values()}

    def test_a_void_is_off_where_the_sale_was(self, shop: Loyalty, points: str):
        """CU-17: voided at the desk, it is off the place and manager of the sale."""
        card = shop.cards.issue(points, to=shop.customers.register().id).id
        sale = shop.cards.record_purchase(card, "9.00", location="mitte", actor="eva")
        shop.transactions.void(sale.id, actor="ines")

        places = shop.reports.days_by("location", MONDAY, MONDAY)
        people = shop.reports.days_by("manager", MONDAY, MONDAY)

        assert (0, 0) == (places["mitte"][0].transactions, places["mitte"][0].voids)
        assert (0, 1) == (places[""][0].transactions, places[""][0].voids)
        assert (0, 0) == (people["eva"][0].transactions, people["eva"][0].voids)
        assert (0, 1) == (people["ines"][0].transactions, people["ines"][0].voids)
        assert () == shop.verify().problems

    def test_a_capture_is_a_redemption(self, shop: Loyalty, points: str):
        """CU-17: what was held counts when it is used, and not when it is released."""
        card = shop.cards.issue(points, to=shop.customers.register().id).id
        shop.cards.record_purchase(card, "50.00")
        used, left = shop.cards.hold(card, 1), shop.cards.hold(card, 1)
        shop.transactions.capture(used.id)
        shop.transactions.release(left.id)
        shop.cards.redeem_points(card, 1, source="import")
        (day,) = shop.reports.days(MONDAY, MONDAY)

        assert 1 == day.redemptions

    @pytest.mark.parametrize(
        ("first", "last", "by"),
        [
            (MONDAY, MONDAY - DAY, "day"),
            (MONDAY, MONDAY + 3_660 * DAY, "day"),
            (NOON, MONDAY, "day"),
            (MONDAY, "2026-03-02", "day"),
            (MONDAY, MONDAY, "year"),
        ],
    )
    def test_what_cannot_be(self, shop: Loyalty, first, last, by: str):
        """CU-17: days in the wrong order, too many, or no days; an unknown span."""
        with pytest.raises(errors.InvalidValue):
            shop.reports.days(first, last, by=by)

    def test_an_unknown_split(self, shop: Loyalty):
        """CU-17: there are three things to tell figures apart by."""
        with pytest.raises(errors.InvalidValue, match="template, location, manager"):
            shop.reports.days_by("customer", MONDAY, MONDAY)

    def test_ten_years(self, shop: Loyalty):
        """CU-17: the most that is looked at in one go."""
        days = shop.reports.days(MONDAY, MONDAY + 3_659 * DAY)

        assert 3_660 == len(days)
