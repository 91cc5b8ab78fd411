"""Reports over a programme on each store: tiles, statements, liability, RFM."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from loyaltycore import Loyalty, Money, cards
from loyaltycore.errors import (
    InvalidMoment,
    InvalidValue,
    UnknownCard,
    UnknownCustomer,
)
from loyaltycore.ledger.transactions import EntryKind
from loyaltycore.records import purchases as purchase_records
from loyaltycore.records import statements as statement_records
from loyaltycore.rfm import Purchase, rfm


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "months"))


@pytest.fixture
def ada(shop: Loyalty) -> Customer:
    """A customer."""
    return shop.customers.register(external_id="ada")


@pytest.fixture
def card(shop: Loyalty, ada: Customer) -> Card:
    """Her card: ten percent back, good for a month."""
    return shop.cards.issue(shop.templates.create("Points", RULES).id, to=ada.id)


class TestTiles:
    def test_an_empty_program(self, shop: Loyalty):
        """Nobody and nothing is zero, and there is no average."""
        tiles = shop.reports.tiles()

        assert (0, 0, 0) == (tiles.customers, tiles.transactions, tiles.purchases)
        assert Money("0", "EUR") == tiles.purchase_value
        assert tiles.average is None

    def test_purchases(self, shop: Loyalty, card: Card):
        """Two purchases and a redemption are three transactions, 15.00 on average."""
        shop.customers.register(external_id="bob")
        shop.cards.record_purchase(card.id, "10.00")
        shop.cards.record_purchase(card.id, "20.00")
        shop.cards.redeem_points(card.id, "1.00")
        tiles = shop.reports.tiles()

        assert (2, 3, 2) == (tiles.customers, tiles.transactions, tiles.purchases)
        assert Money("30.00", "EUR") == tiles.purchase_value
        assert Money("15.00", "EUR") == tiles.average

    def test_what_does_not_count(self, shop: Loyalty, card: Card):
        """Voided and imported transactions, and what fell due, are no transactions."""
        voided = shop.cards.record_purchase(card.id, "10.00")
        shop.transactions.void(voided.id)
        shop.cards.record_purchase(card.id, "20.00", source="import")
        later = shop.at(NOON + 60 * DAY)
        later.cards.record_purchase(card.id, "5.00")
        tiles = later.reports.tiles()

        assert (1, 2) == (tiles.transactions, tiles.purchases)
        assert Money("25.00", "EUR") == tiles.purchase_value

    def test_points(self, shop: Loyalty, card: Card):
        """Earned 3.00, redeemed 1.00 and expired 2.00 leave the 0.50 earned later."""
        shop.cards.record_purchase(card.id, "30.00")
        shop.cards.redeem_points(card.id, "1.00")
        later = shop.at(NOON + 60 * DAY)
        later.cards.record_purchase(card.id, "5.00")
        totals = later.reports.points()

        assert (Decimal("3.5"), Decimal(1), Decimal(2), Decimal("0.5")) == (
            totals.earned,
            totals.redeemed,
            totals.expired,
            totals.outstanding,
        )


class TestStatement:
    def test_nothing_happened(self, shop: Loyalty, ada: Customer):
        """A customer without a card has an empty statement."""
        statement = shop.reports.statement(customer_id=ada.id)

        assert ((), None) == (statement.lines, statement.cursor)

    def test_a_life_of_points(self, shop: Loyalty, card: Card, ada: Customer):
        """Earned, redeemed, expired: newest first, with what is left of the earning."""
        earned = shop.cards.record_purchase(
            card.id, "30.00", location="Mitte", terminal="till-3"
        )
        spent = shop.at(NOON + DAY).cards.redeem_points(card.id, "1.00")
        later = shop.at(NOON + 60 * DAY)
        again = later.cards.record_purchase(card.id, "5.00")
        lines = later.reports.statement(customer_id=ada.id).lines

        assert [
            (EntryKind.EARN, Decimal("0.50"), Decimal("0.50"), date(2026, 6, 1)),
            (EntryKind.EXPIRE, Decimal("-2.00"), None, None),
            (EntryKind.REDEEM, Decimal("-1.00"), None, None),
            (EntryKind.EARN, Decimal("3.00"), Decimal("0.00"), date(2026, 4, 2)),
        ] == [(x.type, x.points, x.points_left, x.expires_on) for x in lines]
        assert [again.id, spent.id, earned.id] == [
            lines[index].transaction_id for index in (0, 2, 3)
        ]
        assert ("Mitte", "till-3") == (lines[3].location_id, lines[3].terminal_id)
        assert datetime(2026, 4, 2, 22, tzinfo=UTC) == lines[1].created_at
        assert lines[1].created_at == lines[3].expires_at

    def test_points_that_never_expire(self, shop: Loyalty, ada: Customer):
        """They have points left and no expiry."""
        template = shop.templates.create("Points", cards.Cashback(percent=1))
        card = shop.cards.issue(template.id, to=ada.id)
        shop.cards.add_points(card.id, "7.00")
        (line,) = shop.reports.statement(card_id=card.id).lines

        assert (Decimal("7.00"), None, None) == (
            line.points_left,
            line.expires_at,
            line.expires_on,
        )

    def test_units_other_than_points(self, shop: Loyalty, ada: Customer):
        """Stamps and spend are not on it, nor are purchases too small for a point."""
        stamps = shop.templates.create("Stamps", cards.Stamp(reward="Coffee"))
        stamp_card = shop.cards.issue(stamps.id, to=ada.id)
        shop.cards.add_stamps(stamp_card.id, 3)
        points = shop.templates.create("Points", RULES)
        point_card = shop.cards.issue(points.id, to=ada.id)
        shop.cards.record_purchase(point_card.id, "0.09")

        assert () == shop.reports.statement(customer_id=ada.id).lines

    def test_one_card_of_two(self, shop: Loyalty, ada: Customer):
        """A card's statement has its own lines, each with its own decimals."""
        whole = shop.templates.create(
            "Whole", cards.Cashback(percent=100, points_scale=0)
        )
        fine = shop.templates.create("Fine", RULES)
        first = shop.cards.issue(whole.id, to=ada.id)
        second = shop.cards.issue(fine.id, to=ada.id)
        shop.cards.record_purchase(first.id, "5.00")
        shop.cards.record_purchase(second.id, "5.00")

        assert ["0.50"] == [
            str(line.points) for line in shop.reports.statement(card_id=second.id).lines
        ]
        assert ["0.50", "5"] == [
            str(line.points)
            for line in shop.reports.statement(customer_id=ada.id).lines
        ]

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_pages(self, shop: Loyalty, card: Card, ada: Customer, limit: int):
        """Pages of any size make up the whole, and never tear a transaction apart."""
        for n in range(1, 6):
            at = shop.at(NOON + n * DAY)
            at.cards.record_purchase(card.id, f"{n}.00")
        whole = shop.reports.statement(customer_id=ada.id).lines
        pieces: list[object] = []
        cursor = None
        for _ in range(10):
            page = shop.reports.statement(
                customer_id=ada.id, limit=limit, cursor=cursor
            )
            pieces += page.lines
            cursor = page.cursor
            if cursor is None:
                break

        assert list(whole) == pieces
        assert ["0.50", "0.40", "0.30", "0.20", "0.10"] == [
            str(line.points) for line in whole
        ]

    def test_several_entries_of_one_transaction(self, shop: Loyalty, ada: Customer):
        """A late purchase is earned and expired at once: two lines, the last first."""
        card = shop.cards.issue(shop.templates.create("Points", RULES).id, to=ada.id)
        shop.cards.record_purchase(card.id, "10.00", occurred_at=NOON - 90 * DAY)
        lines = shop.reports.statement(card_id=card.id, limit=1).lines

        assert [EntryKind.EXPIRE, EntryKind.EARN] == [line.type for line in lines]
        assert Decimal("0.00") == lines[1].points_left

    def test_a_void_gives_points_back(self, shop: Loyalty, card: Card):
        """Points that come back have no lot of their own: neither expiry nor rest."""
        shop.cards.record_purchase(card.id, "30.00")
        spent = shop.cards.redeem_points(card.id, "1.00")
        shop.at(NOON + DAY).transactions.void(spent.id)
        line = shop.reports.statement(card_id=card.id).lines[0]

        assert (EntryKind.RESTORE, Decimal("1.00")) == (line.type, line.points)
        assert (None, None) == (line.points_left, line.expires_on)

    def test_whose(self, shop: Loyalty):
        """It is of one who exists: a customer or a card, not both."""
        with pytest.raises(UnknownCustomer):
            shop.reports.statement(customer_id="nobody")
        with pytest.raises(UnknownCard):
            shop.reports.statement(card_id="none")
        with pytest.raises(InvalidValue, match="customer_id"):
            shop.reports.statement()
        with pytest.raises(InvalidValue, match="customer_id"):
            shop.reports.statement(customer_id="a", card_id="b")


class TestBreakage:
    def test_nothing_ended(self, shop: Loyalty, card: Card):
        """Points that still count have not been broken."""
        shop.cards.record_purchase(card.id, "30.00")

        assert () == shop.reports.breakage().months

    def test_swept_or_not(self, shop: Loyalty, card: Card):
        """Of 3 points 1 was redeemed in time; the rest ended in April, swept or not."""
        shop.cards.record_purchase(card.id, "30.00")
        shop.cards.redeem_points(card.id, "1.00")
        later = shop.at(NOON + 60 * DAY)
        before = later.reports.breakage()
        later.upkeep.sweep()

        assert before == later.reports.breakage()
        assert [(date(2026, 4, 1), Decimal(3), Decimal(2))] == [
            (month.month, month.points, month.unused) for month in before.months
        ]
        assert Money("2.00", "EUR") == before.worth


class TestLiability:
    def test_an_empty_program(self, shop: Loyalty):
        """Nothing is owed to nobody."""
        assert () == shop.reports.liability().months

    def test_by_month(self, shop: Loyalty, card: Card):
        """Points are owed by their last local day, at their template's worth."""
        shop.cards.record_purchase(card.id, "30.00")
        shop.at(NOON + 29 * DAY).cards.record_purchase(card.id, "10.00")
        owed = shop.at(NOON + 30 * DAY).reports.liability()

        assert [
            (date(2026, 4, 1), Decimal(4)),
        ] == [(month.month, month.points) for month in owed.months]
        assert Money("4.00", "EUR") == owed.worth

    def test_swept_or_not(self, shop: Loyalty, card: Card):
        """What has ended is not owed, whether or not anybody swept."""
        shop.cards.record_purchase(card.id, "30.00")

        assert Decimal(0) == shop.at(NOON + 60 * DAY).reports.liability().points
        assert Decimal(0) == shop.reports.liability(NOON + 60 * DAY).points
        assert Decimal(3) == shop.reports.liability(NOON + 30 * DAY).points

    def test_templates_of_every_kind(self, shop: Loyalty, ada: Customer):
        """Stamps are no points; points of 0.01 are worth a hundredth."""
        stamps = shop.templates.create("Stamps", cards.Stamp(reward="Coffee"))
        shop.cards.add_stamps(shop.cards.issue(stamps.id, to=ada.id).id, 3)
        cheap = shop.templates.create(
            "Cheap",
            cards.Cashback(percent=100, paying=cards.Paying(value_per_point="0.01")),
        )
        shop.cards.record_purchase(shop.cards.issue(cheap.id, to=ada.id).id, "250.00")
        owed = shop.reports.liability()

        assert (Decimal(250), Money("2.50", "EUR")) == (owed.points, owed.worth)
        assert [None] == [month.month for month in owed.months]

    def test_many_lots_are_read_in_pages(
        self, shop: Loyalty, card: Card, monkeypatch: pytest.MonkeyPatch
    ):
        """A page smaller than the lots makes no difference."""
        for _ in range(5):
            shop.cards.record_purchase(card.id, "10.00")
        monkeypatch.setattr(statement_records, "_LOTS_A_PAGE", 2)

        assert Decimal(5) == shop.reports.liability().points

    def test_the_past(self, shop: Loyalty):
        """Lots are only known as they are now."""
        with pytest.raises(InvalidMoment):
            shop.reports.liability(NOON - DAY)


class TestRfm:
    def test_net_of_refunds_and_voids(self, shop: Loyalty, card: Card, ada: Customer):
        """A void takes the purchase away, a refund lowers its amount."""
        shop.cards.record_purchase(card.id, "10.00")
        refunded = shop.cards.record_purchase(card.id, "20.00")
        voided = shop.at(NOON + DAY).cards.record_purchase(card.id, "40.00")
        late = shop.at(NOON + 2 * DAY)
        late.transactions.refund(refunded.id, "5.00")
        late.transactions.refund(voided.id, "1.00")
        late.transactions.void(voided.id)
        (row,) = late.reports.rfm(date(2026, 3, 9)).rows

        assert ada.id == row.customer_id
        assert (7, 2, 2500) == (
            row.habit.recency_days,
            row.habit.frequency,
            row.habit.monetary,
        )

    def test_local_days(self, shop: Loyalty, card: Card):
        """A purchase at 23:30 UTC is on the next day in Berlin."""
        at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
        shop.at(at).cards.record_purchase(card.id, "1.00")

        assert 0 == shop.reports.rfm(date(2026, 3, 3)).rows[0].habit.recency_days
        assert () == shop.reports.rfm(date(2026, 3, 2)).rows

    def test_what_is_no_purchase(self, shop: Loyalty, card: Card):
        """Points by hand and redemptions make nobody a buyer."""
        shop.cards.add_points(card.id, "5.00")
        spent = shop.cards.redeem_points(card.id, "1.00")
        shop.transactions.void(spent.id)

        assert () == shop.reports.rfm(date(2026, 3, 9)).rows

    @pytest.mark.parametrize("page", [1, 3, 1000])
    def test_pages(
        self,
        shop: Loyalty,
        card: Card,
        monkeypatch: pytest.MonkeyPatch,
        page: int,
    ):
        """The journal is read in pages; their size makes no difference."""
        monkeypatch.setattr(purchase_records, "_ROWS_A_PAGE", page)
        sales = [shop.cards.record_purchase(card.id, f"{n}.00") for n in range(1, 5)]
        shop.transactions.void(sales[0].id)
        shop.transactions.refund(sales[1].id, "1.00")
        (row,) = shop.reports.rfm(date(2026, 3, 2)).rows

        assert (3, 800) == (row.habit.orders, row.habit.revenue)

    def test_the_same_as_without_a_store(self, shop: Loyalty, ada: Customer):
        """Scores are those that ``rfm`` gives the same purchases."""
        template = shop.templates.create("Points", RULES)
        bought: list[Purchase] = []
        for n in range(8):
            customer = shop.customers.register(external_id=f"c{n}")
            card = shop.cards.issue(template.id, to=customer.id)
            for k in range(n % 3 + 1):
                at = NOON - (n + k) * DAY
                amount = 100 * (n + 1) + k
                shop.cards.record_purchase(
                    card.id, Money.of_minor(amount, "EUR"), occurred_at=at
                )
                bought.append(Purchase(customer.id, at.date(), amount))
        as_of = date(2026, 3, 5)
        expected = rfm(bought, as_of=as_of, bins=3)

        assert expected == shop.reports.rfm(as_of, bins=3)
