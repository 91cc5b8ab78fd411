"""What can be asked of a card of any type."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loyaltycore import Program, cards, errors
from loyaltycore.cards.basis import base_on
from loyaltycore.ledger.decision import Context
from loyaltycore.ledger.draft import Draft
from loyaltycore.program.program import CustomerFacts
from loyaltycore.testing.card_play import Player
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import UNITS_MAX


def context() -> Context:
    """Stand somewhere, at some moment."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return Context(
        program=Program(id="p", currency="EUR", zone="UTC"),
        at=noon,
        occurred_at=noon,
        customer=CustomerFacts(id="c"),
        issued_at=noon,
    )


class TestAdjust:
    def test_up_and_down(self):
        """5 more, 2 less; the lot is dated by the type's own policy."""
        policy = cards.Rolling(3, "months")
        play = Player(cards.Cashback(percent=1, points_scale=0, points_expiry=policy))
        play.ask(cards.Adjust("point", 5))
        done = play.ask(cards.Adjust("point", "-2"))
        (lot,) = play.history().holding.lots.values()

        assert 3 == done.balances["point"]
        assert lot.expires_at is not None

    def test_by_the_short_form(self):
        """The service says the same in one line."""
        play = Player(cards.Cashback(percent=1))
        done = play.shop.cards.adjust(play.card_id, "spend", "12.50", key="k")

        assert "12.50" == str(done.balances["spend"])

    def test_money_is_an_amount_of_it(self):
        """Spend is given as money too, in the program's currency only."""
        play = Player(cards.Cashback(percent=1))
        play.ask(cards.Adjust("spend", Money("5", "EUR")))
        with pytest.raises(errors.CurrencyMismatch):
            play.ask(cards.Adjust("spend", Money("5", "USD")))

        assert "5.00" == str(play.posted[-1].balances["spend"])
        assert "3.00" == str(play.ask(cards.Adjust("spend", -2)).balances["spend"])

    def test_never_more_than_there_are(self):
        """6 of 5 are not taken away."""
        play = Player(cards.Cashback(percent=1, points_scale=0))
        play.ask(cards.Adjust("point", 5))
        with pytest.raises(errors.InsufficientBalance, match="5 points, 6 asked"):
            play.ask(cards.Adjust("point", -6))

    def test_one_more(self):
        """The smallest number up is up."""
        play = Player(cards.Stamp(reward="Tea"))

        assert 1 == play.ask(cards.Adjust("stamp", 1)).balances["stamp"]

    def test_nothing_is_no_adjustment(self):
        """0 is refused."""
        with pytest.raises(errors.InvalidAmount, match="0 changes nothing"):
            cards.Adjust("point", 0)

    def test_stamps_fill_the_card(self):
        """10 by hand are a reward."""
        play = Player(cards.Stamp(reward="Tea"))
        done = play.ask(cards.Adjust("stamp", 10))

        assert (("Tea", 1),) == done.till.rewards

    def test_spend_on_a_card_that_carries_none_is_no_stamp(self):
        """It is on record, and nothing turns it into anything."""
        play = Player(cards.Stamp(reward="Tea"))
        done = play.ask(cards.Adjust("spend", 50))

        assert (0, 50) == (done.balances["stamp"], done.balances["spend"])

    def test_it_can_be_voided(self):
        """As any other transaction."""
        play = Player(cards.Cashback(percent=1, points_scale=0))
        added = play.ask(cards.Adjust("point", 5))
        play.void(added)

        assert 0 == play.shop.cards.show(play.card_id).balances["point"]


class TestImport:
    """Units of another system are an entry of their own kind, and end as others do."""

    @pytest.mark.parametrize(
        ("n", "is_total", "kinds", "balance"),
        [
            (4, False, ["import"], 9),
            (6, True, ["import"], 6),
            (5, True, [], 5),
            (4, True, ["adjust"], 4),
        ],
    )
    def test_so_many_more_or_in_all(self, n, is_total, kinds, balance):
        """On a card of 5 stamps."""
        play = Player(cards.Stamp(reward="Tea"))
        play.ask(cards.AddStamps(5))
        done = play.ask(cards.Import("stamp", n, is_total=is_total))

        assert kinds == [entry.kind for entry in done.transaction.entries]
        assert balance == done.balances["stamp"]


class TestProgramDefault:
    def test_what_is_no_point_counts_for_good(self):
        """The programme says when points end, and nothing of other units."""
        program = Program(
            id="p", currency="EUR", zone="UTC", points_expiry=cards.Rolling(1, "days")
        )
        play = Player(cards.Cashback(percent=1), program=program)
        play.ask(cards.Adjust("spend", 5))
        (lot,) = play.history().holding.lots.values()

        assert lot.expires_at is None

    @pytest.mark.parametrize(
        ("own", "of_tier", "days"), [(None, None, 30), (None, 20, 20), (10, 20, 10)]
    )
    def test_the_nearest_policy_counts(self, own, of_tier, days):
        """The template's before the tier's before the program's."""
        program = Program(
            id="p",
            currency="EUR",
            zone="UTC",
            points_expiry=cards.Rolling(30, "days", cards.RoundUp.EXACT),
        )

        def policy(n):
            return n and cards.Rolling(n, "days", cards.RoundUp.EXACT)

        tier = cards.Tier("Bronze", 0, 1, points_expiry=policy(of_tier))
        rules = cards.Cashback(tiers=[tier], points_expiry=policy(own))
        play = Player(rules, program=program)
        play.ask(cards.AddPoints(5))
        (lot,) = play.history().holding.lots.values()

        assert lot.expires_at is not None
        assert days == (lot.expires_at - lot.earned_at).days

    def test_a_program_takes_no_other_policy(self):
        """Anything else is refused by name."""
        with pytest.raises(errors.InvalidValue, match="points_expiry: an instance of"):
            Program(id="p", currency="EUR", zone="UTC", points_expiry="never")  # pyright: ignore[reportArgumentType]


class TestOtherUnits:
    def test_a_unit_that_a_type_says_nothing_of_counts_for_good(self):
        """Points have a policy, and visits on the same card would have none."""
        rules = cards.Cashback(percent=1, points_expiry=cards.Rolling(1, "days"))
        history = Player(rules).history()
        draft = Draft(history.holding, context())

        assert cards.Never() == rules.expiry_of(cards.Unit.VISIT, draft)


class TestWelcome:
    def test_points(self, store):
        """They are the card's first transaction, and were not earned by a purchase."""
        play = Player(cards.Cashback(percent=1, welcome_points="2.50"), store=store)
        (first,) = play.history().transactions

        assert ("issue", "bonus", 250) == (
            first.kind,
            first.entries[0].kind,
            first.entries[0].amount,
        )
        with pytest.raises(errors.NotReversible, match="of kind issue"):
            play.shop.transactions.void(first.id)
        assert not play.shop.verify().problems

    def test_stamps_fill_the_card(self, store):
        """12 of 10: a reward and two stamps from the start."""
        rules = cards.Stamp(reward="Tea", welcome_stamps=12)
        play = Player(rules, store=store)

        assert "2 of 10 stamps, 1 Tea to claim" == str(
            play.shop.cards.show(play.card_id).till
        )

    def test_points_that_cannot_be_counted_are_refused(self):
        """Half a whole point is none."""
        with pytest.raises(errors.InvalidValue, match="welcome_points"):
            Player(cards.Cashback(percent=1, points_scale=0, welcome_points="0.5"))


class TestEarnBasis:
    @pytest.mark.parametrize(
        ("basis", "points"), [("GROSS", 100), ("NET_OF_DISCOUNTS", 90)]
    )
    def test_a_discount(self, basis, points):
        """100.00 with 10.00 off earn 90 points, or 100."""
        rules = cards.Cashback(
            percent=100, points_scale=0, earn_basis=cards.EarnBasis[basis]
        )
        done = Player(rules).ask(cards.RecordPurchase("100", discount="10"))

        assert points == done.balances["point"]

    def test_points_paid_too(self):
        """10.00 off and 20.00 paid in points: 70 earn; half of it refunded: 35."""
        rules = cards.Cashback(
            percent=100, points_scale=0, earn_basis=cards.EarnBasis.NET_OF_POINTS_TOO
        )
        play = Player(rules)
        sale = play.ask(cards.RecordPurchase("100", discount=10, paid_in_points=20))
        back = play.refund(sale, "50")

        assert (70, 35) == (sale.balances["point"], back.balances["point"])

    def test_more_off_than_there_was(self):
        """It is malformed."""
        play = Player(cards.Cashback(percent=1))
        with pytest.raises(errors.InvalidAmount, match="more than the purchase"):
            play.ask(cards.RecordPurchase("10", discount="10.01"))
        with pytest.raises(errors.InvalidAmount, match="more than the purchase"):
            play.ask(cards.RecordPurchase("10", discount="6", paid_in_points="5"))

    def test_a_share_is_exact(self):
        """A third of the largest purchase there is, to the cent."""
        assert UNITS_MAX // 3 == base_on({"base": [1, 3]}, UNITS_MAX)
