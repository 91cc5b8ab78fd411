"""Units that end so long after the last activity on the card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loyaltycore import Program, cards, errors
from loyaltycore.ledger.transactions import Unit
from loyaltycore.testing.card_play import Player, Sweep


DAY = timedelta(days=1)
UTC_SHOP = Program(id="p", currency="EUR", zone="UTC")


def play_with(**settings) -> Player:
    """Play from 1 March with points that slide by 30 days."""
    policy = cards.Sliding(30, "days", **settings)
    rules = cards.Cashback(percent=100, points_scale=0, points_expiry=policy)
    play = Player(rules, program=UTC_SHOP)
    play.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return play


def ends(play: Player) -> datetime | None:
    """The deadline of the card's points."""
    return play.history().holding.total(Unit.POINT).deadline


def points(play: Player) -> int:
    """Points now, with what is due."""
    return int(play.shop.cards.show(play.card_id).balances["point"])


class TestDeadline:
    def test_every_earning_moves_all_of_them_on(self):
        """2 on 1 March and 1 on 20 March: all count through 19 April."""
        play = play_with()
        play.ask(cards.RecordPurchase("2"))
        play.ask(cards.RecordPurchase("1"), after=19 * DAY)
        play.now = datetime(2026, 4, 19, 23, 59, tzinfo=UTC)
        before = points(play)
        play.now = datetime(2026, 4, 20, tzinfo=UTC)

        assert (3, 0) == (before, points(play))
        assert datetime(2026, 4, 20, tzinfo=UTC) == ends(play)

    def test_they_expire_together(self):
        """One transaction, at the deadline, whenever it is posted."""
        play = play_with()
        play.ask(cards.RecordPurchase("2"))
        play.ask(cards.RecordPurchase("1"), after=DAY)
        play.play(Sweep(90 * DAY))
        last = play.history().transactions[-1]

        assert ("expire", datetime(2026, 4, 2, tzinfo=UTC)) == (
            last.kind.value,
            last.occurred_at,
        )
        assert [-3] == [entry.amount for entry in last.entries]
        assert not play.shop.verify().problems

    def test_a_late_activity_never_moves_it_back(self):
        """A purchase of 10 days ago does not shorten what a later one has set."""
        play = play_with()
        play.ask(cards.RecordPurchase("2"))
        first = ends(play)
        play.ask(cards.RecordPurchase("1"), after=DAY, late=10 * DAY)

        assert first == ends(play)

    def test_by_hand_is_no_activity(self):
        """Redeeming and correcting leave the deadline where it is."""
        play = play_with()
        play.ask(cards.RecordPurchase("5"))
        first = ends(play)
        play.ask(cards.RedeemPoints(1), after=DAY)
        play.ask(cards.Adjust("point", 3), after=DAY)

        assert first == ends(play)

    def test_a_redemption_may_be_one(self):
        """Where the policy says so, it moves the deadline on."""
        play = play_with(resets_on={"earn", "redeem"})
        play.ask(cards.RecordPurchase("5"))
        play.ask(cards.RedeemPoints(1), after=10 * DAY)

        assert datetime(2026, 4, 11, tzinfo=UTC) == ends(play)

    def test_after_the_deadline_it_starts_anew(self):
        """What was there is gone, and the next purchase counts for 30 days."""
        play = play_with()
        play.ask(cards.RecordPurchase("5"))
        play.ask(cards.RecordPurchase("1"), after=60 * DAY)

        assert 1 == points(play)
        assert datetime(2026, 5, 31, tzinfo=UTC) == ends(play)

    def test_what_comes_back_late_is_gone(self):
        """Redeemed before the deadline and voided after it: forfeited."""
        play = play_with()
        play.ask(cards.RecordPurchase("5"))
        spent = play.ask(cards.RedeemPoints(2))
        play.void(spent, after=60 * DAY)

        assert 0 == points(play)
        assert 5 == play.history().holding.total(Unit.POINT).expired


class TestVoid:
    def test_of_the_last_activity_moves_it_back(self):
        """2 on 1 March, 1 on 20 March and that one voided: through 31 March."""
        play = play_with()
        play.ask(cards.RecordPurchase("2"))
        first = ends(play)
        second = play.ask(cards.RecordPurchase("1"), after=19 * DAY)
        play.void(second)

        assert first == ends(play)
        assert not play.shop.verify().problems

    def test_of_another_leaves_it(self):
        """The deadline is that of what remains."""
        play = play_with()
        first = play.ask(cards.RecordPurchase("2"))
        play.ask(cards.RecordPurchase("1"), after=19 * DAY)
        last = ends(play)
        play.void(first)

        assert last == ends(play)

    def test_of_all_but_the_first(self):
        """Voided in any order, what remains decides."""
        play = play_with()
        play.ask(cards.RecordPurchase("2"))
        first = ends(play)
        second = play.ask(cards.RecordPurchase("1"), after=5 * DAY)
        third = play.ask(cards.RecordPurchase("1"), after=5 * DAY)
        play.void(second)
        play.void(third)

        assert first == ends(play)

    def test_of_the_only_one_leaves_nothing_to_end(self):
        """There is no other activity, and no unit."""
        play = play_with()
        only = play.ask(cards.RecordPurchase("2"))
        play.void(only)

        assert 0 == points(play)
        assert not play.shop.verify().problems

    def test_back_into_the_past_expires_the_rest(self):
        """1 March, 20 March, voided on 10 April: gone since 1 April."""
        play = play_with()
        play.ask(cards.RecordPurchase("2"))
        second = play.ask(cards.RecordPurchase("1"), after=19 * DAY)
        play.void(second, after=21 * DAY)

        assert 0 == points(play)
        play.play(Sweep(DAY))
        last = play.history().transactions[-1]
        assert datetime(2026, 4, 1, tzinfo=UTC) == last.occurred_at
        assert not play.shop.verify().problems


class TestPolicy:
    def test_what_resets_it_is_earning_or_redeeming(self):
        """Anything else is refused by name."""
        with pytest.raises(errors.InvalidValue, match="resets_on: any of earn, redeem"):
            cards.Sliding(1, "days", resets_on={"visit"})  # pyright: ignore[reportArgumentType]

    def test_without_end_it_never_ends(self):
        """A period beyond the calendar is no deadline."""
        play = Player(
            cards.Cashback(percent=1, points_expiry=cards.Sliding(36_500, "years"))
        )
        play.ask(cards.AddPoints(5))

        assert None is ends(play)
