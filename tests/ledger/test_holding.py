"""What entries do to totals and lots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs

from loyaltycore import cards
from loyaltycore.ledger.holding import Holding, Total, fold
from loyaltycore.ledger.lots import Lot, soonest
from loyaltycore.ledger.transactions import Unit
from loyaltycore.testing.card_play import Player


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def lot(number: int, *, days: int | None, earned: int = 0) -> Lot:
    """Make a lot of ten points that expires so many days on."""
    gone = None if days is None else NOON + timedelta(days=days)
    earned_at = NOON + timedelta(minutes=earned)
    return Lot(number, Unit.POINT, "", 10, 10, 0, earned_at, gone)


class TestLot:
    def test_the_last_moment_is_exclusive(self):
        """A lot is due at its moment of expiry, and not just before."""
        due = lot(1, days=1)

        assert due.is_due(NOON + timedelta(days=1))
        assert not due.is_due(NOON + timedelta(days=1, microseconds=-1))
        assert not lot(1, days=None).is_due(datetime.max.replace(tzinfo=UTC))

    def test_the_order_of_use(self):
        """Soonest to expire, then earliest earned, then by number; never comes last."""
        lots = [
            lot(1, days=None),
            lot(4, days=9, earned=1),
            lot(3, days=9),
            lot(5, days=9, earned=1),
            lot(2, days=2),
        ]

        assert [2, 3, 4, 5, 1] == [each.number for each in sorted(lots, key=soonest)]


class TestHolding:
    def test_a_unit_that_was_never_there_is_zero(self):
        """Balance and figures of an untouched unit are zeros."""
        holding = Holding(last_at=NOON)

        assert 0 == holding.balance(Unit.POINT)
        assert Total() == holding.total(Unit.POINT)

    def test_nothing_folds_to_nothing(self):
        """A card without transactions is as it was issued."""
        assert Holding(last_at=NOON, complete=frozenset(Unit)) == fold(NOON, ())


class TestFold:
    def test_a_whole_card_comes_out_of_its_journal(self):
        """Waiting, held, sliding, owed and expired units, and what it remembers."""
        rules = cards.Cashback(
            percent=100,
            points_scale=0,
            points_expiry=cards.Sliding(30, "days"),
            spend_expiry=cards.Rolling(40, "days"),
            pending=cards.After(2, "days"),
            shortfall=cards.Shortfall.DEBT,
        )
        play = Player(rules)
        sale = play.ask(cards.RecordPurchase(50))
        play.ask(cards.AddPoints(20))
        play.ask(cards.RedeemPoints(15))
        play.ask(cards.Hold(3, minutes=90_000))
        play.ask(cards.RecordPurchase(7), after=timedelta(days=1))
        play.void(sale, after=timedelta(days=5))
        history = play.history()
        folded = fold(play.opened_at, history.transactions)

        stored = history.holding
        assert folded == attrs.evolve(stored, digest="")
        assert {"pending": 0, "held": 3} == {
            name: getattr(folded.total(Unit.POINT), name)
            for name in ("pending", "held")
        }
        assert folded.next_lot == len(folded.lots) + 1
        assert frozenset(Unit) == folded.complete


class TestEarned:
    def test_a_correction_that_is_voided_was_not_earned_again(self):
        """100 by hand, 30 away by mistake and back: 100 were earned in all."""
        play = Player(cards.Cashback(percent=1, points_scale=0))
        play.ask(cards.AddPoints(100))
        mistake = play.ask(cards.SubtractPoints(30))
        play.void(mistake)

        total = play.history().holding.total(Unit.POINT)
        assert (100, 100, 0) == (total.remaining, total.earned, total.spent)

    def test_what_is_restored_was_not_spent(self):
        """100 earned, 40 redeemed and given back: none spent, still 100 earned."""
        play = Player(cards.Cashback(percent=1, points_scale=0))
        play.ask(cards.AddPoints(100))
        spent = play.ask(cards.RedeemPoints(40))
        play.void(spent)

        total = play.history().holding.total(Unit.POINT)
        assert (100, 100, 0) == (total.remaining, total.earned, total.spent)

    def test_the_peak_stays(self):
        """The highest balance ever is remembered when it falls."""
        play = Player(cards.Cashback(percent=1, points_scale=0))
        play.ask(cards.AddPoints(100))
        play.ask(cards.RedeemPoints(60))

        total = play.history().holding.total(Unit.POINT)
        assert (40, 100) == (total.balance, total.peak)
