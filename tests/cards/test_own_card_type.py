"""A card type that lives outside the package, from a template to the laws."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, assert_never

import attrs
import pytest
from hypothesis import strategies as st

from loyaltycore import Loyalty, MemoryStore, cards, errors
from loyaltycore.testing.card_laws import CardLaws
from loyaltycore.testing.card_play import A_CAFE
from loyaltycore.values.money import minor_units


A_YEAR = cards.Rolling(12, "months")


@attrs.frozen
class AddVisits:
    """A pass is sold: so many visits, for so much."""

    n: int = attrs.field(converter=cards.count_of)
    price: cards.Amount = attrs.field(default=Decimal(0), converter=cards.amount_of)


@attrs.frozen
class RedeemVisits:
    """Somebody comes, with friends."""

    n: int = attrs.field(default=1, converter=cards.count_of)


@attrs.frozen(kw_only=True)
class Punch(cards.CardType[AddVisits | RedeemVisits]):
    """A pass for visits."""

    kind: ClassVar[str] = "punch"
    commands: ClassVar[tuple[type, ...]] = (AddVisits, RedeemVisits)
    unit: ClassVar[cards.Unit] = cards.Unit.VISIT

    validity: cards.ExpiryPolicy = A_YEAR
    friends_max: int = 4

    def scales(self, currency):
        """Visits are whole."""
        return {cards.Unit.VISIT: 0}

    def decide(self, holding, command, context):
        """Say what a command does, or why it may not."""
        draft = cards.Draft(holding, context)
        match command:
            case AddVisits(n, price):
                draft.credit(cards.Unit.VISIT, n, expiry=self.validity)
                return draft.outcome(
                    cards.TransactionKind.EARN,
                    self.till(draft),
                    purchase_amount=minor_units(price, context.currency),
                )
            case RedeemVisits(n) if n > self.friends_max:
                most = self.friends_max
                return errors.LimitReached("visits at a time", used=0, at_most=most)
            case RedeemVisits(n):
                return self.take(draft, cards.Unit.VISIT, n, cards.EntryKind.REDEEM)
            case _ as never:
                assert_never(never)

    def till(self, draft):
        """Say what the till shows."""
        left = draft.balance(cards.Unit.VISIT)
        return cards.Till(text=f"{left} visits left", balances=self.balances(draft))


@attrs.frozen(kw_only=True)
class FairPunch(Punch):
    """A pass of which a refund takes visits back, at 12.00 each."""

    kind: ClassVar[str] = "fair_punch"

    def reprice(self, transaction, net):
        """As many visits as what is left of the price pays for."""
        return {cards.Unit.VISIT: net // 12_00}


TYPES = (*cards.CARD_TYPES, Punch, FairPunch)


@pytest.fixture
def gym(store, program):
    """A programme that knows the pass, on each store."""
    return Loyalty(store, program, card_types=TYPES)


def sold(shop: Loyalty, rules: Punch) -> str:
    """Issue a card under rules, and give its id."""
    template = shop.templates.create("Ten visits", rules)
    return shop.cards.issue(template.id, to=shop.customers.register().id).id


class TestEndToEnd:
    def test_from_the_sale_to_the_proof(self, gym):
        """Ten visits sold, three used and given back, with the till's words."""
        card = sold(gym, Punch())
        first = gym.cards.post(card, AddVisits(10, "120.00"), key="till-1/7")
        came = gym.cards.post(card, RedeemVisits(3))
        gym.transactions.void(came.id)

        assert "10 visits left" == str(first.till)
        assert 7 == came.balances["visit"]
        assert gym.cards.post(card, AddVisits(10, "120.00"), key="till-1/7").replayed
        assert 9 == gym.cards.quote(card, RedeemVisits()).balances["visit"]
        assert not gym.verify().problems

    def test_what_can_be_done_is_known_without_a_word_from_the_type(self, gym):
        """Its fields say what the smallest sale and the smallest visit are."""
        card = sold(gym, Punch())
        before = [str(action) for action in gym.cards.actions(card)]
        gym.cards.post(card, AddVisits(1))
        after = [str(action) for action in gym.cards.actions(card)]

        assert ["AddVisits", "RedeemVisits: 0 visits, 1 asked"] == before
        assert ["AddVisits", "RedeemVisits"] == after

    def test_its_refusals(self, gym):
        """Too many friends, or more visits than there are, change nothing."""
        card = sold(gym, Punch(friends_max=2))
        gym.cards.post(card, AddVisits(1))
        with pytest.raises(errors.LimitReached):
            gym.cards.post(card, RedeemVisits(3))
        with pytest.raises(errors.InsufficientBalance, match="1 visits, 2 asked"):
            gym.cards.post(card, RedeemVisits(2))

    def test_a_refund_leaves_what_was_given_by_hand(self, gym):
        """Without a word about prices, visits stay when the price is refunded."""
        card = sold(gym, Punch())
        first = gym.cards.post(card, AddVisits(10, "120.00"))

        assert 10 == gym.transactions.refund(first.id, "36.00").balances["visit"]

    def test_a_refund_by_price(self, gym):
        """36.00 of 120.00 back are three visits; the void takes the other seven."""
        card = sold(gym, FairPunch())
        first = gym.cards.post(card, AddVisits(10, "120.00"))

        assert 7 == gym.transactions.refund(first.id, "36.00").balances["visit"]
        assert 0 == gym.transactions.void(first.id).balances["visit"]

    def test_a_void_takes_all_whatever_the_price(self, gym):
        """Ten visits for nothing are ten visits to take back."""
        card = sold(gym, FairPunch())
        first = gym.cards.post(card, AddVisits(10))

        assert 0 == gym.transactions.void(first.id).balances["visit"]

    def test_another_process_reads_its_rules(self, gym, store, program):
        """Rules come back from the store, where the type is known."""
        card = sold(gym, Punch(friends_max=1))
        other = Loyalty(store, program, card_types=TYPES)
        with pytest.raises(errors.LimitReached):
            other.cards.post(card, RedeemVisits(2))

    def test_a_programme_without_the_type(self, gym, store, program):
        """Who was not given the type cannot use its cards, and says so."""
        card = sold(gym, Punch())
        with pytest.raises(errors.UnknownTemplate):
            Loyalty(store, program).cards.post(card, RedeemVisits(1))


class TestPunch(CardLaws):
    card_type = Punch

    def samples(self):
        """A long pass, and one that is over by Sunday."""
        week = cards.Rolling(0, "days", cards.RoundUp.END_OF_WEEK)
        return {
            "a year": Punch(),
            "a week, owed": Punch(validity=week, shortfall=cards.Shortfall.DEBT),
        }

    def commands(self, rules):
        """Passes of up to twelve visits, and groups of up to six."""
        return {
            AddVisits: st.builds(AddVisits, st.integers(1, 12), st.integers(0, 200)),
            RedeemVisits: st.builds(RedeemVisits, st.integers(1, 6)),
        }


class TestFairPunch(TestPunch):
    card_type = FairPunch

    def samples(self):
        """A short pass, with each rule for what is gone."""
        return {
            rule.value: FairPunch(validity=cards.Rolling(10, "days"), shortfall=rule)
            for rule in cards.Shortfall
        }


class TestTheLawsThemselves:
    def test_a_type_without_a_sample_fails(self):
        """Nothing to try a type on is a failure, not a pass."""

        class Empty(CardLaws):
            card_type = Punch

        with pytest.raises(AssertionError, match="Punch has no samples"):
            Empty().test_there_are_samples()

    def test_a_command_that_is_not_drawn_fails(self):
        """A command that no history holds is not tested."""

        class Lazy(TestPunch):
            def commands(self, rules):
                return {AddVisits: st.just(AddVisits(1))}

        with pytest.raises(AssertionError):
            Lazy().test_there_are_samples()

    def test_a_type_that_makes_units_out_of_nothing_fails(self):
        """Rules that write behind the draft's back are found out."""

        @attrs.frozen(kw_only=True)
        class Leaky(Punch):
            def decide(self, holding, command, context):
                outcome = super().decide(holding, command, context)
                if not isinstance(outcome, cards.Outcome):
                    return outcome
                return attrs.evolve(outcome, entries=outcome.entries * 2)

        with pytest.raises((AssertionError, errors.StoreError)):
            TestPunch().test_a_history_adds_up(Leaky())

    def test_a_type_that_forgets_what_it_took_fails(self):
        """A void that does not lead back is found out."""

        @attrs.frozen(kw_only=True)
        class Forgetful(Punch):
            def settle(self, draft):
                draft.credit(cards.Unit.VISIT, 1)
                return self.till(draft)

        with pytest.raises(AssertionError):
            TestPunch().test_a_void_at_once_leaves_no_trace(Forgetful())

    def test_a_notebook_needs_no_pytest_run(self):
        """A law is a plain method that can be called."""
        TestPunch().test_stores_agree(Punch())


def test_two_types_of_one_kind_are_refused():
    """A programme can tell its types apart."""
    with pytest.raises(errors.InvalidValue, match="two are of the kind 'punch'"):
        Loyalty(MemoryStore(), A_CAFE, card_types=(Punch, Punch))
