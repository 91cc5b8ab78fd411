"""Units that are earned now and count later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyaltycore import cards, errors
from loyaltycore.ledger.transactions import Unit
from loyaltycore.testing.card_play import Player, Sweep
from loyaltycore.values.expiry import available_from


DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
FORTNIGHT = cards.After(14, "days")


def play_with(**settings) -> Player:
    """Play with one point for each euro, which counts after a fortnight."""
    rules = {"percent": 100, "points_scale": 0, "pending": FORTNIGHT, **settings}
    return Player(cards.Cashback(**rules))


def kinds(play: Player) -> list[str]:
    """Name the transactions so far."""
    return [each.kind.value for each in play.history().transactions]


class TestPolicy:
    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (cards.Immediate(), None),
            (cards.After(0, "days"), None),
            (FORTNIGHT, datetime(2026, 3, 14, 23, tzinfo=UTC)),
            (cards.After(1, "months"), datetime(2026, 3, 31, 22, tzinfo=UTC)),
            (cards.OnDays([(3, 1)]), None),
            (cards.OnDays([(7, 1), (1, 1)]), datetime(2026, 6, 30, 22, tzinfo=UTC)),
            (cards.After(36_500, "years"), None),
        ],
    )
    def test_units_count_from_the_beginning_of_a_local_day(self, policy, expected):
        """Earned on 1 March at noon in Berlin, or at once where that day is today."""
        noon = datetime(2026, 3, 1, 11, tzinfo=UTC)

        assert expected == available_from(policy, noon, BERLIN)

    @pytest.mark.parametrize("days", [(), [(2, 30)], [(13, 1)], [("x", 1)]])
    def test_days_that_no_year_has_are_refused(self, days):
        """A day is a month and a day of it; 29 February is one."""
        with pytest.raises(errors.InvalidValue, match="days"):
            cards.OnDays(days)

        assert ((2, 29),) == cards.OnDays([(2, 29)]).days


class TestEarning:
    def test_they_do_not_count_yet(self):
        """10 points are on the card, and none can be redeemed."""
        play = play_with()
        sale = play.ask(cards.RecordPurchase("10"))
        with pytest.raises(errors.InsufficientBalance, match="0 points, 1 asked"):
            play.ask(cards.RedeemPoints(1))

        (entry, _) = sale.transaction.entries
        total = play.history().holding.total(Unit.POINT)
        assert (0, 10, 0) == (entry.amount, entry.pending, entry.balance_after)
        assert (10, 10, 0, 0) == (
            total.remaining,
            total.pending,
            total.balance,
            total.earned,
        )

    def test_they_count_from_their_day_on(self):
        """After 14 days they are activated, as a transaction of its own."""
        play = play_with()
        play.ask(cards.RecordPurchase("10"))
        spent = play.ask(cards.RedeemPoints(4), after=14 * DAY)

        assert 6 == spent.balances["point"]
        assert ["earn", "activate", "redeem"] == kinds(play)
        total = play.history().holding.total(Unit.POINT)
        assert (0, 10, 4) == (total.pending, total.earned, total.spent)

    def test_a_sweep_does_the_same(self):
        """Upkeep activates on cards that nobody touches."""
        play = play_with()
        play.ask(cards.RecordPurchase("10"))
        play.play(Sweep(20 * DAY))

        assert 10 == play.shop.cards.show(play.card_id).balances["point"]
        assert not play.shop.verify().problems

    def test_by_hand_they_count_at_once(self):
        """What staff add does not wait."""
        added = play_with().ask(cards.AddPoints(5))

        assert 5 == added.balances["point"]

    def test_late_enough_they_do_not_wait(self):
        """A purchase of 20 days ago is past its fortnight."""
        play = play_with()
        play.now += 30 * DAY
        sale = play.ask(cards.RecordPurchase("10"), late=20 * DAY)

        assert 10 == sale.balances["point"]

    def test_expiry_runs_from_the_day_they_count(self):
        """Through one day after the fortnight, not after the purchase."""
        play = play_with(points_expiry=cards.Rolling(1, "days"))
        play.ask(cards.RecordPurchase("10"))
        (lot, _) = play.history().holding.lots.values()

        assert lot.available_from is not None
        assert lot.available_from + 2 * DAY == lot.expires_at


class TestTakingBack:
    def test_a_void_takes_them_while_they_wait(self):
        """Nothing was earned then, and nothing is owed."""
        play = play_with(shortfall=cards.Shortfall.DEBT)
        sale = play.ask(cards.RecordPurchase("10"))
        play.void(sale)

        total = play.history().holding.total(Unit.POINT)
        assert (0, 0, 0, 0) == (
            total.remaining,
            total.pending,
            total.debt,
            total.earned,
        )

    def test_a_refund_takes_its_part(self):
        """Of 10 that wait, a refund of 4.00 leaves 6 to come."""
        play = play_with()
        sale = play.ask(cards.RecordPurchase("10"))
        play.refund(sale, "4")
        later = play.ask(cards.AddPoints(0), after=20 * DAY)

        assert 6 == later.balances["point"]

    def test_what_waits_pays_debt_when_it_counts(self):
        """5 are owed; of 10 that begin to count, 5 are left."""
        play = play_with(shortfall=cards.Shortfall.DEBT)
        mistake = play.ask(cards.AddPoints(5))
        play.ask(cards.RedeemPoints(5))
        play.void(mistake)
        play.ask(cards.RecordPurchase("10"))
        waiting = play.shop.cards.show(play.card_id).balances["point"]
        later = play.ask(cards.AddPoints(0), after=20 * DAY)

        assert (-5, 5) == (waiting, later.balances["point"])

    def test_what_expires_before_it_counts_never_counts(self):
        """A fixed last day before the fortnight is over: the points are gone."""
        last = cards.FixedDate(date(2026, 2, 3))
        play = play_with(points_expiry=last)
        play.ask(cards.RecordPurchase("10"))
        later = play.ask(cards.AddPoints(0), after=30 * DAY)

        assert 0 == later.balances["point"]
        assert ["earn", "expire", "adjust"] == kinds(play)
        assert 0 == play.history().holding.total(Unit.POINT).expired


class TestStamps:
    def test_stamps_never_wait_and_fill_the_card(self):
        """A type that says nothing of it has units that count at once."""
        play = Player(cards.Stamp(stamps_required=2, reward="Tea"))
        done = play.ask(cards.AddStamps(2))

        assert (("Tea", 1),) == done.till.rewards
