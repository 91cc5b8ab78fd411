"""Spent units on their way back: to their lots, or to new ones when those expired."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from loyaltycore import Program, cards, errors
from loyaltycore.ledger.decision import Context
from loyaltycore.ledger.returning import ends_at
from loyaltycore.ledger.transactions import Unit
from loyaltycore.program.program import CustomerFacts
from loyaltycore.testing.card_play import Player
from loyaltycore.values.money import Money


DAY = timedelta(days=1)
UTC_SHOP = Program(id="p", currency="EUR", zone="UTC")


def play_with(returning: cards.Returning) -> Player:
    """100 points through 1 March, 100 through 1 June; 150 redeemed on 1 February."""
    rules = cards.Cashback(
        percent=1,
        points_scale=0,
        points_expiry=cards.Rolling(6, "months"),
        returning=returning,
    )
    play = Player(rules, program=UTC_SHOP)
    for month in (9, 12):
        play.now = datetime(2026, month, 1, 12, tzinfo=UTC)
        play.ask(cards.AddPoints(100))
    play.now = datetime(2027, 2, 1, 12, tzinfo=UTC)
    play.ask(cards.RedeemPoints(150))
    play.now = datetime(2027, 4, 1, 12, tzinfo=UTC)
    return play


def lots(play: Player) -> list[tuple[int, datetime | None]]:
    """What remains in every lot that has something, and until when."""
    return [
        (lot.remaining, lot.expires_at)
        for lot in play.history().holding.lots.values()
        if lot.remaining
    ]


class TestExpiredMeanwhile:
    def test_forfeit(self):
        """Voided on 1 April, 100 of the 150 have expired."""
        play = play_with(cards.Forfeit())
        play.void(play.posted[-1])

        assert [(100, datetime(2027, 6, 2, tzinfo=UTC))] == lots(play)

    def test_grace(self):
        """They count for 10 days more."""
        play = play_with(cards.Grace(10))
        play.void(play.posted[-1])

        assert [
            (100, datetime(2027, 6, 2, tzinfo=UTC)),
            (100, datetime(2027, 4, 12, tzinfo=UTC)),
        ] == lots(play)
        total = play.history().holding.total(Unit.POINT)
        assert (200, 200, 0, 0) == (
            total.balance,
            total.earned,
            total.spent,
            total.expired,
        )
        assert not play.shop.verify().problems

    def test_new_lot(self):
        """They count as if they were earned now."""
        play = play_with(cards.NewLot())
        play.void(play.posted[-1])

        assert (100, datetime(2027, 10, 2, tzinfo=UTC)) == lots(play)[-1]

    @pytest.mark.parametrize("returning", [cards.Forfeit(), cards.Grace(1)])
    def test_twice_never_gives_more(self, returning):
        """A refund of 60 and then of the rest come to 150."""
        play = play_with(returning)
        spent = play.posted[-1]
        play.refund(spent, "60")
        play.refund(spent, "90")
        with pytest.raises(errors.NotReversible, match="refunded in full already"):
            play.refund(spent, "1")

        assert 0 == play.history().holding.total(Unit.POINT).spent
        assert not play.shop.verify().problems

    @pytest.mark.parametrize("days", [0, 3_651, 1.5])
    def test_days_of_grace_are_whole(self, days):
        """From 1 to ten years of them."""
        with pytest.raises(errors.InvalidValue, match="^days: a whole number from 1"):
            cards.Grace(days)

        assert (1, 3_650) == (cards.Grace(1).days, cards.Grace(3_650).days)

    @pytest.mark.parametrize(
        ("returning", "end"),
        [
            (cards.Grace(10), datetime(2026, 3, 13, 23, tzinfo=UTC)),
            (cards.NewLot(), datetime(2026, 3, 5, 23, tzinfo=UTC)),
        ],
    )
    def test_days_are_those_of_the_shop(self, returning, end):
        """At half past midnight in Berlin, it is 3 March there and not the 2nd."""
        late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
        context = Context(
            program=Program(id="p", currency="EUR", zone="Europe/Berlin"),
            at=late,
            occurred_at=late,
            customer=CustomerFacts(id="c"),
            issued_at=late,
        )

        assert end == ends_at(returning, cards.Rolling(2, "days"), context)


class TestPart:
    def test_the_last_lot_first(self):
        """60 of the 150 before any expiry: 50 go to the second lot, 10 to the first."""
        play = play_with(cards.Forfeit())
        play.now = datetime(2027, 2, 2, tzinfo=UTC)
        play.refund(play.posted[-1], "60")

        assert [10, 100] == [remaining for remaining, _ in lots(play)]

    def test_points_have_their_own_decimals(self):
        """Half a point is no amount of whole points, and money is none at all."""
        play = play_with(cards.Forfeit())
        spent = play.posted[-1]
        with pytest.raises(errors.InvalidAmount, match="too many decimals"):
            play.refund(spent, "0.5")
        with pytest.raises(errors.InvalidAmount, match="not an amount of money"):
            play.refund(spent, Money(Decimal(60), "EUR"))

    def test_nothing_and_less_are_no_refund(self):
        """An amount is above 0."""
        play = play_with(cards.Forfeit())
        with pytest.raises(errors.InvalidAmount, match="above 0"):
            play.refund(play.posted[-1], "0")

    def test_a_voided_redemption_gives_nothing_back_again(self):
        """It is all there already."""
        play = play_with(cards.Forfeit())
        spent = play.posted[-1]
        play.void(spent)
        with pytest.raises(errors.NotReversible, match="It was voided"):
            play.refund(spent, "1")


class TestManyLots:
    def test_an_entry_takes_from_a_thousand_at_most(self):
        """1,500 lots redeemed at once make two entries, and come back as they were."""
        rules = cards.Cashback(percent=1, points_scale=0)
        play = Player(rules)
        with play.shop.batch() as batch:
            for _ in range(1_500):
                batch.cards.add_points(play.card_id, 1)
        before = play.history().holding.lots
        spent = play.ask(cards.RedeemPoints(1_500))
        sizes = [len(entry.takes) for entry in spent.transaction.entries]
        play.void(spent)

        assert [1_000, 500] == sizes
        assert before == play.history().holding.lots
        assert not play.shop.verify().problems
