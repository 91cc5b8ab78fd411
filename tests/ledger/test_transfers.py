"""Moving units from one card to another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loyaltycore import Loyalty, Program, cards, errors
from loyaltycore.testing.card_history import read_history


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WALLET = cards.Cashback(
    percent=10, points_scale=0, points_expiry=cards.Rolling(6, "months")
)


class Two:
    """A shop where Ada and Mary have a card each."""

    def __init__(
        self,
        store,
        rules: cards.CardType[Any] = WALLET,
        other: cards.CardType[Any] | None = None,
    ) -> None:
        program = Program(id="p", currency="EUR", zone="UTC")
        self.always = Loyalty(store, program)
        self.shop = self.on(0)
        names = [("Ada", rules), ("Mary", other or rules)]
        self.ada, self.mary = (
            self.shop.cards.issue(
                self.shop.templates.create("Card", each).id,
                to=self.shop.customers.register(first_name=name).id,
            ).id
            for name, each in names
        )

    def on(self, days: float) -> Loyalty:
        """Move to a moment so many days on."""
        self.shop = self.always.at(NOON + days * DAY)
        return self.shop

    def balances(self) -> tuple[str, ...]:
        """Points of the two."""
        unit = "point"
        return tuple(
            str(self.shop.cards.show(each).balances[unit])
            for each in (self.ada, self.mary)
        )


@pytest.fixture
def two(store) -> Two:
    """Ada has 10 points and then 20."""
    two = Two(store)
    two.shop.cards.add_points(two.ada, 10)
    two.on(30).cards.add_points(two.ada, 20)
    return two


class TestTransfer:
    def test_lots_keep_their_dates(self, two):
        """15 points: 10 of the first lot and 5 of the second, as old as they were."""
        sent = two.shop.cards.transfer(two.ada, 15, to=two.mary)
        lots = read_history(two.shop, two.mary).holding.lots
        own = read_history(two.shop, two.ada).holding.lots

        assert ("15", "15") == two.balances()
        assert "transfer" == sent.transaction.kind
        assert [(own[n].earned_at, own[n].expires_at) for n in (1, 2)] == [
            (lot.earned_at, lot.expires_at) for lot in lots.values()
        ]
        assert [10, 5] == [lot.remaining for lot in lots.values()]
        assert not two.shop.verify().problems

    def test_it_counts_as_neither_earned_nor_spent(self, two):
        """Lifetime figures of both stay."""
        two.shop.cards.transfer(two.ada, 15, to=two.mary)
        both = [
            two.shop.customers.get(two.shop.cards.get(each).customer_id)
            for each in (two.ada, two.mary)
        ]

        assert [(30_0000, 0), (0, 0)] == [
            (each.points_earned, each.points_redeemed) for each in both
        ]

    def test_a_retry_sends_once(self, two):
        """The key stands for the whole transfer."""
        for _ in range(2):
            two.shop.cards.transfer(two.ada, 15, to=two.mary, key="gift")

        assert ("15", "15") == two.balances()

    def test_too_many_are_refused(self, two):
        """31 of 30: nothing is written on either card."""
        with pytest.raises(errors.InsufficientBalance, match="30 points, 31 asked"):
            two.shop.cards.transfer(two.ada, 31, to=two.mary)

        assert ("30", "0") == two.balances()
        assert 0 == read_history(two.shop, two.mary).holding.version

    def test_to_itself_is_refused(self, two):
        """A card sends nothing to itself."""
        with pytest.raises(errors.InvalidValue, match="another card"):
            two.shop.cards.transfer(two.ada, 5, to=two.ada)

    def test_to_a_card_that_is_not_there(self, two):
        """It is named, and nothing is sent."""
        with pytest.raises(errors.UnknownCard, match="nobody"):
            two.shop.cards.transfer(two.ada, 5, to="nobody")

        assert ("30", "0") == two.balances()

    def test_what_is_counted_otherwise_is_refused(self, store):
        """Whole points do not go onto a card of hundredths."""
        two = Two(store, WALLET, cards.Cashback(percent=1))
        two.shop.cards.add_points(two.ada, 10)
        with pytest.raises(errors.InvalidValue, match="cards count points diff"):
            two.shop.cards.transfer(two.ada, 5, to=two.mary)

    def test_money_is_not_counted_in_moneys(self, store):
        """The sentence for a unit that has no plural reads as one would say it."""
        two = Two(store, cards.Certificate(), WALLET)
        with pytest.raises(errors.InvalidValue, match="cards count money differently"):
            two.shop.cards.transfer(two.ada, 5, to=two.mary)

    def test_to_takes_an_id(self, two):
        """The card itself is refused by name, as everywhere."""
        other = two.shop.cards.get(two.mary)
        with pytest.raises(errors.InvalidValue, match="to: pass an id"):
            two.shop.cards.transfer(two.ada, 5, to=other)

    def test_spend_stays_on_its_card(self, two):
        """Only what the type is about is sent."""
        two.shop.cards.record_purchase(two.ada, "50")
        with pytest.raises(errors.CommandNotSupported, match="spend stay on a cashb"):
            two.shop.cards.transfer(two.ada, 5, to=two.mary, unit="spend")

    def test_stamps_may_fill_the_other_card(self, store):
        """8 stamps sent to a card with 3 of 10: a reward and one stamp."""
        two = Two(store, cards.Stamp(reward="Tea"))
        two.shop.cards.add_stamps(two.ada, 8)
        two.shop.cards.add_stamps(two.mary, 3)
        two.shop.cards.transfer(two.ada, 8, to=two.mary)

        assert "1 of 10 stamps, 1 Tea to claim" == str(
            two.shop.cards.show(two.mary).till
        )

    def test_what_slides_ends_with_the_deadline_it_had(self, store):
        """On the other card it slides no more."""
        sliding = cards.Sliding(30, "days")
        two = Two(store, cards.Cashback(percent=1, points_expiry=sliding))
        two.shop.cards.add_points(two.ada, 10)
        two.shop.cards.transfer(two.ada, 4, to=two.mary)
        (lot,) = read_history(two.shop, two.mary).holding.lots.values()
        deadline = read_history(two.shop, two.ada).holding.totals[lot.unit].deadline

        assert (deadline, False) == (lot.expires_at, lot.slides)


class TestVoid:
    def test_of_the_earning_never_reaches_the_receiver(self, two):
        """10 earned and sent on; the void takes 10 of what Ada has left."""
        first = read_history(two.shop, two.ada).transactions[0]
        two.shop.cards.transfer(two.ada, 10, to=two.mary)
        two.shop.transactions.void(first.id)

        assert ("10", "10") == two.balances()

    def test_of_the_transfer_takes_all_of_it_back(self, two):
        """Both cards are as they were."""
        before = read_history(two.shop, two.ada).holding.lots
        sent = two.shop.cards.transfer(two.ada, 15, to=two.mary)
        two.shop.transactions.void(sent.id)
        taken = read_history(two.shop, two.mary).transactions[-1].entries

        assert {0, 1} == {entry.reverses for entry in taken}
        assert ("30", "0") == two.balances()
        assert before == read_history(two.shop, two.ada).holding.lots
        assert not two.shop.verify().problems

    def test_of_a_transfer_that_was_used_is_refused(self, two):
        """The received lots have to be whole."""
        sent = two.shop.cards.transfer(two.ada, 15, to=two.mary)
        two.shop.cards.redeem_points(two.mary, 1)
        with pytest.raises(errors.NotReversible, match="were used"):
            two.shop.transactions.void(sent.id)

        assert ("15", "14") == two.balances()

    def test_of_one_end_alone_is_refused(self, two):
        """What came in is taken back with what went out."""
        sent = two.shop.cards.transfer(two.ada, 15, to=two.mary)
        (received,) = read_history(two.shop, two.mary).transactions
        with pytest.raises(errors.NotReversible, match="void that"):
            two.shop.transactions.void(received.id)

        assert sent.id == received.cause
