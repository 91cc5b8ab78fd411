"""Reserving units, and settling what was reserved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore import cards, errors
from loyaltycore.ledger.transactions import Unit
from loyaltycore.testing.card_play import Player, Sweep


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def play_with(*points: int, days: int | None = None, **settings) -> Player:
    """Play with lots of so many points, each a day younger than the one before."""
    if days is not None:
        settings["points_expiry"] = cards.Rolling(days, "days")
    play = Player(cards.Cashback(percent=1, points_scale=0, **settings))
    for n in points:
        play.ask(cards.AddPoints(n))
        play.now += DAY
    return play


def figures(play: Player) -> tuple[int, int, int]:
    """Balance, held and spent."""
    total = play.history().holding.total(Unit.POINT)
    return total.balance, total.held, total.spent


class TestHold:
    def test_held_units_cannot_be_spent(self):
        """Of 10, 7 are held: 3 are there."""
        play = play_with(10)
        held = play.ask(cards.Hold(7))
        with pytest.raises(errors.InsufficientBalance, match="3 points, 4 asked"):
            play.ask(cards.RedeemPoints(4))

        assert 3 == held.balances["point"]
        assert (3, 7, 0) == figures(play)

    def test_more_than_there_is_is_refused(self):
        """11 of 10 cannot be held."""
        with pytest.raises(errors.InsufficientBalance, match="10 points, 11 asked"):
            play_with(10).ask(cards.Hold(11))

    def test_it_ends_by_itself(self):
        """After its quarter of an hour the units are back in their lot."""
        play = play_with(10)
        play.ask(cards.Hold(7))
        play.play(Sweep(15 * HOUR / 60))

        assert (10, 0, 0) == figures(play)
        released = play.history().transactions[-1]
        assert ("release", None) == (released.kind.value, released.reverses)
        assert not play.shop.verify().problems

    def test_a_hold_over_many_lots_is_put_back_into_them(self):
        """Every lot is as it was before."""
        play = play_with(*range(1, 61), days=400)
        before = play.history().holding.lots
        held = play.ask(cards.Hold(sum(range(1, 61)) - 1))
        play.shop.transactions.release(held.id)
        after = play.history().holding.lots

        assert before == {number: after[number] for number in before}
        assert not play.shop.verify().problems

    @pytest.mark.parametrize("minutes", [0, 1.5, True, 366 * 24 * 60 + 1])
    def test_minutes_are_within_a_year(self, minutes):
        """Anything else is refused by name."""
        with pytest.raises(
            errors.InvalidValue, match="^minutes: a whole number from 1"
        ):
            cards.Hold(1, minutes=minutes)

        year = 366 * 24 * 60
        assert [1, year] == [cards.Hold(1, minutes=n).minutes for n in (1, year)]

    def test_a_unit_that_the_card_does_not_count_is_named(self):
        """A cashback card holds no visits, and nobody holds bananas."""
        with pytest.raises(
            errors.InvalidValue, match="^unit: .*counts point, spend, not vi"
        ):
            play_with(10).ask(cards.Hold(1, "visit"))
        with pytest.raises(errors.InvalidValue, match="unit: one of"):
            cards.Hold(1, "banana")


class TestCapture:
    def test_all_of_it(self):
        """What was held is spent."""
        play = play_with(10)
        held = play.ask(cards.Hold(7))
        used = play.shop.transactions.capture(held.id)

        assert 3 == used.balances["point"]
        assert (3, 0, 7) == figures(play)

    def test_a_part_gives_the_rest_back(self):
        """Of 12 held from lots of 5 and 10, 8 are used: 4 go back to the second."""
        play = play_with(5, 10, days=90)
        held = play.ask(cards.Hold(12))
        play.shop.transactions.capture(held.id, 8)
        lots = play.history().holding.lots

        assert [0, 7] == [lots[number].remaining for number in (1, 2)]
        assert (7, 0, 8) == figures(play)
        assert not play.shop.verify().problems

    def test_a_small_part_leaves_the_later_lots_alone(self):
        """Of 12 held from lots of 5 and 10, 3 are used, all out of the first."""
        play = play_with(5, 10, days=90)
        held = play.ask(cards.Hold(12))
        play.shop.transactions.capture(held.id, 3)
        lots = play.history().holding.lots

        assert [2, 10] == [lots[number].remaining for number in (1, 2)]
        assert (12, 0, 3) == figures(play)

    def test_of_more_lots_than_an_entry_takes(self):
        """1,100 lots are held in two parts; a capture of 10 gives the second back."""
        play = play_with()
        with play.shop.batch() as batch:
            for _ in range(1_100):
                batch.cards.add_points(play.card_id, 1)
        held = play.ask(cards.Hold(1_100))
        play.shop.transactions.capture(held.id, 10)

        assert 2 == len(held.transaction.entries)
        assert (1_090, 0, 10) == figures(play)
        assert not play.shop.verify().problems

    def test_more_than_is_held_is_refused(self):
        """12 of a hold of 10 cannot be captured (as Solidus refuses it)."""
        play = play_with(20)
        held = play.ask(cards.Hold(10))
        with pytest.raises(errors.ExceedsHold, match="10 is held and 12"):
            play.shop.transactions.capture(held.id, 12)

    @pytest.mark.parametrize("settle", ["capture", "release"])
    def test_a_hold_is_settled_once(self, settle):
        """A second capture or release finds nothing, and so does one that is late."""
        play = play_with(20)
        held = play.ask(cards.Hold(10))
        getattr(play.shop.transactions, settle)(held.id)
        late = play.ask(cards.Hold(5))
        play.now += DAY
        for transaction in (held, late):
            for again in ("capture", "release"):
                with pytest.raises(errors.NotReversible, match="or its time is over"):
                    getattr(play.shop.transactions, again)(transaction.id)

    def test_what_is_no_hold_cannot_be_captured(self):
        """A redemption reserves nothing."""
        play = play_with(20)
        spent = play.ask(cards.RedeemPoints(5))
        with pytest.raises(errors.NotReversible, match="reserves nothing") as refused:
            play.shop.transactions.capture(spent.id)

        assert {"transaction_id": spent.id} == refused.value.details

    def test_units_that_expire_while_they_are_held_are_still_captured(self):
        """They were alive when they were reserved; what goes back is forfeited."""
        play = play_with(10, days=1)
        held = play.ask(cards.Hold(10, minutes=3 * 24 * 60))
        play.now += 2 * DAY
        play.shop.transactions.capture(held.id, 4)

        assert (0, 0, 4) == figures(play)
        assert 6 == play.history().holding.total(Unit.POINT).expired


class TestVoid:
    def test_of_a_hold_releases_it(self):
        """The units are back, and a later capture is refused."""
        play = play_with(10)
        held = play.ask(cards.Hold(7))
        play.void(held)
        with pytest.raises(errors.NotReversible):
            play.shop.transactions.capture(held.id)

        assert (10, 0, 0) == figures(play)

    def test_of_a_hold_that_was_settled_is_refused(self):
        """The capture is what has to be voided."""
        play = play_with(10)
        held = play.ask(cards.Hold(7))
        used = play.shop.transactions.capture(held.id, 5)
        with pytest.raises(errors.NotReversible, match="captured or released"):
            play.void(held)
        play.void(used)

        assert (10, 0, 0) == figures(play)
        assert not play.shop.verify().problems

    def test_a_capture_is_refunded_in_parts(self):
        """Of 7 captured, 3 come back, then no more than 4."""
        play = play_with(10)
        held = play.ask(cards.Hold(7))
        used = play.shop.transactions.capture(held.id)
        play.refund(used, "3")
        with pytest.raises(errors.NotReversible, match="5 was asked back and 4 is"):
            play.refund(used, "5")
        play.refund(used, "4")

        assert (10, 0, 0) == figures(play)


class TestDebt:
    def test_what_is_released_repays_debt(self):
        """5 held, 5 owed by a void in between: the release leaves nothing."""
        play = play_with(5, shortfall=cards.Shortfall.DEBT)
        held = play.ask(cards.Hold(5))
        play.void(play.posted[0])
        owed = play.shop.cards.show(play.card_id).balances["point"]
        play.shop.transactions.release(held.id)

        assert -5 == owed
        assert (0, 0, 0) == figures(play)
