"""Void and refund: what is taken back, in the cases where mechanisms meet."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import cards, errors
from loyaltycore.cards.contract import CardType
from loyaltycore.ledger.decision import Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.testing.card_play import Player
from loyaltycore.values.expiry import ExpiryPolicy, Never, Rolling
from loyaltycore.values.money import minor_units


CLAMP, DEBT, REFUSE = cards.Shortfall
DAYS = timedelta(days=1)


@attrs.frozen
class Give:
    """So many points of each part; the parts after the first by hand."""

    parts: tuple[int, ...]
    bought: str | None = None


@attrs.frozen
class Exchange:
    """So many points into so many visits."""

    points: int
    visits: int


@attrs.frozen
class Use:
    """So many visits."""

    n: int


@attrs.frozen(kw_only=True)
class Bench(CardType[Give | Exchange | Use]):
    """A card type that does whatever the kernel allows."""

    kind: ClassVar[str] = "bench"
    commands: ClassVar[tuple[type, ...]] = (Give, Exchange, Use)
    unit: ClassVar[cards.Unit] = cards.Unit.POINT

    expiry: ExpiryPolicy = Never()
    kind_of_credit: EntryKind = EntryKind.EARN

    def scales(self, currency):
        """Everything is whole."""
        return {Unit.POINT: 0, Unit.VISIT: 0}

    def decide(self, holding, command, context):
        """Do what is asked; points are as many as the purchase in main units."""
        draft = Draft(holding, context)
        match command:
            case Give(parts, bought):
                for part in parts:
                    draft.credit(
                        Unit.POINT, part, kind=self.kind_of_credit, expiry=self.expiry
                    )
                amount = None if bought is None else minor_units(bought, "EUR")
                till = self.till(draft)
                kind = TransactionKind.EARN
                return draft.outcome(kind, till, purchase_amount=amount)
            case Exchange(points, visits):
                draft.convert(Unit.POINT, points, into=Unit.VISIT, n=visits)
                return draft.outcome(TransactionKind.REDEEM, self.till(draft))
            case Use(n):
                return self.take(draft, Unit.VISIT, n, EntryKind.REDEEM)

    def till(self, draft):
        """Balances only."""
        return Till(text="", balances=self.balances(draft))

    def reprice(self, transaction, net):
        """A point for each full unit of money."""
        return {Unit.POINT: net // 100}


def entries(posted, unit: Unit) -> list[tuple[str, int]]:
    """Name a transaction's entries of one unit."""
    found = posted.transaction.entries
    return [(each.kind.value, each.amount) for each in found if each.unit is unit]


def points(shortfall=CLAMP, **settings) -> Player:
    """Play with a card on which every 1.00 earns a point."""
    rules = cards.Cashback(percent=100, points_scale=0, shortfall=shortfall, **settings)
    return Player(rules)


def stamps(shortfall=CLAMP, **settings) -> Player:
    """Play with a card of ten stamps, one for each 10.00."""
    settings = {"reward": "Tea", "mode": cards.Spend(10)} | settings
    return Player(cards.Stamp(shortfall=shortfall, **settings))


class TestWhatCannotBeTakenBack:
    def test_a_void_and_a_refund_stay(self):
        """What takes something back is not taken back itself."""
        play = points()
        sale = play.ask(cards.RecordPurchase("10"))
        for reversal in (play.refund(sale, "1"), play.void(sale)):
            with pytest.raises(errors.NotReversible, match="kind"):
                play.void(reversal)
            with pytest.raises(errors.NotReversible, match="no purchase"):
                play.refund(reversal, "1")

    def test_what_expired_stays_expired(self):
        """Time is not turned back."""
        play = points(points_expiry=Rolling(1, "days"))
        play.ask(cards.RecordPurchase("10"))
        play.ask(cards.AddPoints(1), after=9 * DAYS)
        expired = play.history().transactions[1]
        with pytest.raises(errors.NotReversible, match="expire"):
            play.shop.transactions.void(expired.id)

    def test_no_more_than_the_purchase(self):
        """After 4.00 of 10.00, 6.01 is too much, and 6.00 is not."""
        play = points()
        sale = play.ask(cards.RecordPurchase("10"))
        play.refund(sale, "4")
        with pytest.raises(errors.NotReversible, match="6.01 EUR .* 6.00 is left"):
            play.refund(sale, "6.01")
        done = play.refund(sale, "6")

        assert 0 == done.balances["point"]

    def test_nothing_is_left_of_what_was_voided(self):
        """A voided purchase has no amount to refund, and a second void is the first."""
        play = points()
        sale = play.ask(cards.RecordPurchase("10"))
        voided = play.void(sale)
        with pytest.raises(errors.NotReversible, match="voided"):
            play.refund(sale, "1")

        assert voided.id == play.void(sale).id

    @pytest.mark.parametrize("command", [cards.AddPoints(5), cards.AddSpend("5")])
    def test_only_purchases_are_refunded(self, command):
        """What was given by hand has no purchase amount."""
        play = points()
        given = play.ask(command)
        with pytest.raises(errors.NotReversible, match="no purchase amount"):
            play.refund(given, "1")

    @pytest.mark.parametrize("amount", ["0", "-1"])
    def test_a_refund_is_more_than_nothing(self, amount):
        """A refund of nothing, or less, is malformed."""
        play = points()
        sale = play.ask(cards.RecordPurchase("10"))
        with pytest.raises(errors.InvalidAmount):
            play.refund(sale, amount)


class TestVoidAfterRefunds:
    def test_the_rest_is_taken_back(self):
        """25.00, 5.00 and 6.00 refunded, then voided: 14.00 and its points go."""
        play = points()
        sale = play.ask(cards.RecordPurchase("25"))
        play.refund(sale, "5")
        play.refund(sale, "6")
        voided = play.void(sale)

        assert -14_00 == voided.transaction.purchase_amount
        assert [("clawback", -14)] == entries(voided, Unit.POINT)
        assert {"point": 0, "spend": 0} == voided.balances

    def test_what_was_forgiven_stays_forgiven(self):
        """20 of 100 left: a refund of 50 takes 20; the void asks for the other 50."""
        play = points()
        sale = play.ask(cards.RecordPurchase("100"))
        play.ask(cards.RedeemPoints(80))
        refund = play.refund(sale, "50")
        play.ask(cards.AddPoints(70))
        voided = play.void(sale)

        assert [("clawback", -20)] == entries(refund, Unit.POINT)
        assert [("clawback", -50)] == entries(voided, Unit.POINT)
        assert 20 == voided.balances["point"]

    def test_a_split_rate_is_refunded_as_it_was_earned(self):
        """450 spent, 100 at 1 % and 3 % earn 2.00; without 60 of it, 0.40 are left."""
        tiers = (cards.Tier("A", 0, 1), cards.Tier("B", 500, 3))
        play = Player(cards.Cashback(tiers=tiers, rate_at=cards.RateAt.SPLIT))
        play.ask(cards.RecordPurchase("450"))
        sale = play.ask(cards.RecordPurchase("100"))
        refund = play.refund(sale, "60")
        voided = play.void(sale)

        assert [("clawback", -1_60)] == entries(refund, Unit.POINT)
        assert [("clawback", -40)] == entries(voided, Unit.POINT)

    @given(
        bought=st.integers(0, 300_00),
        shares=st.lists(st.integers(1, 60), max_size=5),
        rounding=st.sampled_from(list(cards.Rounding)),
        rate_at=st.sampled_from(list(cards.RateAt)),
    )
    def test_after_any_refunds_the_net_is_earned(
        self, bought, shares, rounding, rate_at
    ):
        """Points after refunds are those of a purchase of what is left."""
        tiers = (cards.Tier("A", 0, "7.5"), cards.Tier("B", 100, "12.34"))
        rules = cards.Cashback(
            tiers=tiers, rounding=rounding, rate_at=rate_at, points_scale=1
        )
        play = Player(rules)
        sale = play.ask(cards.RecordPurchase(f"{bought / 100:.2f}"))
        done, net = sale, bought
        for share in shares:
            part = bought * share // 100
            if 0 < part <= net:
                net -= part
                done = play.refund(sale, f"{part / 100:.2f}")
        alone = Player(rules)
        pinned = sale.transaction.pinned
        alone_earns = alone.ask(cards.RecordPurchase(f"{net / 100:.2f}"))
        if rate_at is cards.RateAt.AFTER:
            expected = rules.reprice(sale.transaction, net)[Unit.POINT]
            assert expected == done.transaction.till["balances"]["point"]
        else:
            assert alone_earns.balances["point"] == done.balances["point"]
        assert "ladder" in pinned
        assert {"point": 0, "spend": 0} == play.void(sale).balances


class TestRefundAfterExpiry:
    def test_what_expired_comes_off_first(self):
        """Of 100, 30 spent and 70 expired: half back asks for none, all for 30."""
        play = points(DEBT, points_expiry=Rolling(2, "days"))
        sale = play.ask(cards.RecordPurchase("100"))
        play.ask(cards.RedeemPoints(30))
        half = play.refund(sale, "50", after=9 * DAYS)
        most = play.refund(sale, "30")
        all_of_it = play.void(sale)

        assert [] == entries(half, Unit.POINT)
        assert [("clawback", -10)] == entries(most, Unit.POINT)
        assert [("clawback", -20)] == entries(all_of_it, Unit.POINT)
        assert -30 == all_of_it.balances["point"]

    def test_what_was_taken_back_before_counts(self):
        """20 of 100 back, 30 spent, 50 expired: another 50 of it asks for none."""
        play = points(DEBT, points_expiry=Rolling(2, "days"))
        sale = play.ask(cards.RecordPurchase("100"))
        play.refund(sale, "20")
        play.ask(cards.RedeemPoints(30))
        second = play.refund(sale, "50", after=9 * DAYS)
        third = play.refund(sale, "20")

        assert [] == entries(second, Unit.POINT)
        assert [("clawback", -20)] == entries(third, Unit.POINT)

    def test_refusing_does_not_mind_what_expired(self):
        """A purchase whose points have expired unused is cancelled."""
        play = points(REFUSE, points_expiry=Rolling(2, "days"))
        sale = play.ask(cards.RecordPurchase("100"))
        voided = play.void(sale, after=9 * DAYS)

        assert {"point": 0, "spend": 0} == voided.balances


class TestShortfall:
    def test_other_lots_before_the_rule(self):
        """100 spent of a purchase that is voided: 40 of other points go first."""
        play = points(DEBT)
        sale = play.ask(cards.RecordPurchase("100"))
        play.ask(cards.RedeemPoints(100))
        play.ask(cards.AddPoints(40))
        voided = play.void(sale)

        assert [("clawback", -40), ("clawback", -60)] == entries(voided, Unit.POINT)
        assert -60 == voided.balances["point"]

    def test_a_redemption_in_debt_is_refused(self):
        """Whoever owes 100 has nothing to redeem."""
        play = points(DEBT)
        sale = play.ask(cards.RecordPurchase("150"))
        play.ask(cards.RedeemPoints(100))
        play.void(sale)
        with pytest.raises(errors.InsufficientBalance, match="-100 points, 1 asked"):
            play.ask(cards.RedeemPoints(1))

    def test_a_redemption_that_is_voided_in_debt_repays_it(self):
        """100 spent, the purchase voided, the redemption too: nobody owes anything."""
        play = points(DEBT, points_expiry=Rolling(9, "days"))
        sale = play.ask(cards.RecordPurchase("150"))
        spent = play.ask(cards.RedeemPoints(100))
        play.void(sale)
        voided = play.void(spent)
        later = play.ask(cards.AddPoints(1), after=99 * DAYS)

        assert [("restore", 100), ("debt_repaid", 0)] == entries(voided, Unit.POINT)
        assert 0 == voided.balances["point"]
        assert 1 == later.balances["point"]

    def test_an_earning_that_repaid_debt_is_voided(self):
        """30 owed, 100 in, and the 100 were a mistake: 30 are owed again."""
        play = points(DEBT)
        sale = play.ask(cards.RecordPurchase("30"))
        play.ask(cards.RedeemPoints(30))
        play.void(sale)
        mistake = play.ask(cards.AddPoints(100))
        voided = play.void(mistake)

        assert 70 == mistake.balances["point"]
        assert [("clawback", -70), ("clawback", -30)] == entries(voided, Unit.POINT)
        assert -30 == voided.balances["point"]


class TestCorrections:
    def test_both_ways(self):
        """Points that staff gave or took go and come back."""
        play = points()
        given = play.ask(cards.AddPoints(10))
        taken = play.ask(cards.SubtractPoints(4))

        assert 10 == play.void(taken).balances["point"]
        assert 0 == play.void(given).balances["point"]

    def test_spend(self):
        """Spend that staff added or took goes and comes back with its points."""
        play = points()
        added = play.ask(cards.AddSpend("10"))
        taken = play.ask(cards.SubtractSpend("4"))

        assert {"point": 10, "spend": 10} == play.void(taken).balances
        assert {"point": 0, "spend": 0} == play.void(added).balances

    def test_a_debt_that_a_correction_left_is_forgiven(self):
        """10 spent away by hand where 3 points are left owe 7; voided, they do not."""
        play = points(DEBT)
        play.ask(cards.AddSpend("10"))
        play.ask(cards.RedeemPoints(7))
        taken = play.ask(cards.SubtractSpend("10"))
        voided = play.void(taken)

        assert {"point": -7, "spend": 0} == taken.balances
        assert {"point": 3, "spend": 10} == voided.balances
        assert [("adjust", 7), ("adjust", 3)] == entries(voided, Unit.POINT)
        assert {0, 1, 2} == {entry.reverses for entry in voided.transaction.entries}

    def test_a_debt_that_was_repaid_is_not_forgiven(self):
        """Once the next points have repaid the 7, the correction stays."""
        play = points(DEBT)
        play.ask(cards.AddSpend("10"))
        play.ask(cards.RedeemPoints(7))
        taken = play.ask(cards.SubtractSpend("10"))
        play.ask(cards.AddPoints(5))
        with pytest.raises(errors.NotReversible, match="repaid"):
            play.void(taken)

    def test_a_credit_of_any_kind_is_taken_back(self):
        """What opened a lot is taken back, whatever the entry is called."""
        play = Player(Bench(kind_of_credit=EntryKind.ADJUST))
        given = play.ask(Give((5,)))

        assert 0 == play.void(given).balances["visit"]
        assert 0 == play.history().holding.balance(Unit.POINT)


class TestWhatAnEntryTakesBack:
    """Every entry of a reversal names the entry of the original that it undoes."""

    def test_of_a_hold(self):
        """What was reserved goes back."""
        play = points()
        play.ask(cards.AddPoints(10))
        (back,) = play.void(play.ask(cards.Hold(4))).transaction.entries

        assert ("release", 0) == (back.kind, back.reverses)

    def test_of_points_that_are_owed(self):
        """5 are taken from another lot and 3 are owed, and a correction forgives."""
        play = points(DEBT)
        sale = play.ask(cards.RecordPurchase(8))
        play.ask(cards.RedeemPoints(8))
        play.ask(cards.AddPoints(5))
        taken = play.void(sale).transaction.entries

        assert {0, 1} == {entry.reverses for entry in taken}
        assert [("clawback", -5), ("clawback", -3)] == [
            (entry.kind, entry.amount) for entry in taken if entry.unit is Unit.POINT
        ]

    def test_the_refusal_names_the_transaction(self):
        """A void stays, and is refused with its id."""
        play = points()
        voided = play.void(play.ask(cards.AddPoints(5)))
        with pytest.raises(errors.NotReversible) as refused:
            play.void(voided)

        assert {"transaction_id": voided.id} == refused.value.details


class TestPartsOfOneSum:
    def test_the_last_part_goes_first(self):
        """10 and 5 for 15.00; without 6.00 of it, 9 stand, all of the first."""
        play = Player(Bench())
        sale = play.ask(Give((10, 5), "15"))
        refund = play.refund(sale, "6")

        assert [("clawback", -5), ("clawback", -1)] == entries(refund, Unit.POINT)
        assert 9 == refund.balances["point"]
        assert 0 == play.void(sale).balances["point"]


class TestConversion:
    def test_in_proportion_to_what_comes_back(self):
        """100 points for 3 visits, 1 of them used: a void gives 66 points back."""
        play = Player(Bench())
        play.ask(Give((100,)))
        exchanged = play.ask(Exchange(100, 3))
        play.ask(Use(1))
        voided = play.void(exchanged)

        assert {"point": 66, "visit": 0} == voided.balances

    def test_units_that_come_back_to_an_expired_lot_are_gone(self):
        """8 stamps that expired meanwhile do not come back with the conversion."""
        play = stamps(mode=cards.Manual(), stamp_life=Rolling(5, "days"))
        play.ask(cards.AddStamps(8))
        second = play.ask(cards.AddStamps(5), after=4 * DAYS)
        voided = play.void(second, after=3 * DAYS)

        assert {"stamp": 0, "reward": 0, "spend": 0} == voided.balances
        assert [
            ("convert", 10),
            ("expire", -8),
            ("clawback", -5),
        ] == entries(voided, Unit.STAMP)

    def test_a_refund_does_not_ask_for_what_expires_as_it_comes_back(self):
        """The stamps of the purchase have expired: nothing is owed for them."""
        play = stamps(DEBT, stamp_life=Rolling(5, "days"))
        play.ask(cards.AddStamps(8), after=DAYS)
        sale = play.ask(cards.RecordPurchase("50"))
        refund = play.refund(sale, "50", after=30 * DAYS)

        assert {"stamp": 0, "reward": 0, "spend": 0} == refund.balances

    def test_a_product_that_expired_was_not_used(self):
        """The reward expired unclaimed: the stamps before the purchase are back."""
        play = stamps(mode=cards.Manual(), reward_validity=Rolling(5, "days"))
        play.ask(cards.AddStamps(8))
        second = play.ask(cards.AddStamps(5))
        voided = play.void(second, after=30 * DAYS)

        assert {"stamp": 8, "reward": 0, "spend": 0} == voided.balances

    def test_another_reward_of_the_kind_is_as_good(self):
        """The first reward was claimed, a second waits: it pays for the void."""
        play = stamps(mode=cards.Manual())
        play.ask(cards.AddStamps(8))
        second = play.ask(cards.AddStamps(5))
        play.ask(cards.ClaimReward())
        play.ask(cards.AddStamps(8))
        voided = play.void(second)

        assert {"stamp": 6, "reward": 0, "spend": 0} == voided.balances

    def test_a_void_that_fills_the_card_earns_its_reward(self):
        """4 of 8 taken by hand, 6 more, and the correction was wrong: 14 stamps."""
        play = stamps(mode=cards.Manual())
        play.ask(cards.AddStamps(8))
        wrong = play.ask(cards.SubtractStamps(4))
        play.ask(cards.AddStamps(5))
        voided = play.void(wrong)

        assert {"stamp": 3, "reward": 1, "spend": 0} == voided.balances

    @pytest.mark.parametrize(
        ("refunded", "left"),
        [("10", (2, 1)), ("30", (0, 1)), ("40", (9, 0)), ("50", (8, 0))],
    )
    def test_a_refund_turns_back_only_what_it_needs(self, refunded, left):
        """8 stamps and 5 for 50.00; after a refund it is as if less had been bought."""
        play = stamps()
        play.ask(cards.AddStamps(8))
        sale = play.ask(cards.RecordPurchase("50"))
        refund = play.refund(sale, refunded)

        assert left == (refund.balances["stamp"], refund.balances["reward"])

    def test_rounds_are_turned_back_one_by_one(self):
        """25 stamps are two rewards and 5; 100.00 back at a time undoes one each."""
        play = stamps()
        sale = play.ask(cards.RecordPurchase("250"))
        seen = [sale.balances]
        seen += [play.refund(sale, "100").balances for _ in range(2)]
        seen += [play.void(sale).balances]

        assert [(5, 2), (5, 1), (5, 0), (0, 0)] == [
            (each["stamp"], each["reward"]) for each in seen
        ]


class TestMilestones:
    def milestones(self, shortfall=CLAMP) -> Player:
        """Play with rewards at 3 and 6 on the way to 10."""
        way = (cards.Milestone(3, "Cookie"), cards.Milestone(6, "Sandwich"))
        return stamps(shortfall, milestones=way)

    def test_a_refund_takes_what_was_not_reached(self):
        """40.00 reach the cookie; without 20.00 of it, it was never reached."""
        play = self.milestones()
        sale = play.ask(cards.RecordPurchase("40"))
        refund = play.refund(sale, "20")

        assert (("Cookie", 1),) == sale.till.rewards
        assert () == refund.till.rewards
        assert 2 == refund.balances["stamp"]

    def test_a_reward_that_was_taken_may_be_owed(self):
        """The cookie was eaten: one reward is owed, and the next one repays it."""
        play = self.milestones(DEBT)
        sale = play.ask(cards.RecordPurchase("40"))
        play.ask(cards.ClaimReward(3))
        refund = play.refund(sale, "20")
        later = play.ask(cards.RecordPurchase("10"))

        assert -1 == refund.balances["reward"]
        assert (3, 0) == (later.balances["stamp"], later.balances["reward"])

    def test_a_reward_of_another_kind_is_not_claimed_while_one_is_owed(self):
        """A sandwich beside an owed cookie is no sandwich to claim."""
        play = self.milestones(DEBT)
        sale = play.ask(cards.RecordPurchase("30"))
        play.ask(cards.AddRewards(1, milestone=6))
        play.ask(cards.ClaimReward(3))
        voided = play.void(sale)
        with pytest.raises(errors.InsufficientBalance):
            play.ask(cards.ClaimReward(6))

        assert 0 == voided.balances["reward"]
        assert () == voided.till.rewards

    def test_a_refund_that_would_need_it_is_refused(self):
        """Where a shortfall is refused, the eaten cookie stands in the way."""
        play = self.milestones(REFUSE)
        sale = play.ask(cards.RecordPurchase("40"))
        play.ask(cards.ClaimReward(3))
        with pytest.raises(errors.NotReversible, match="1 of its smallest reward"):
            play.refund(sale, "20")

        assert 3 == play.refund(sale, "10").balances["stamp"]

    def test_a_round_that_is_passed_twice(self):
        """24 stamps pass the cookie three times, 12 of them only once."""
        play = self.milestones()
        sale = play.ask(cards.RecordPurchase("240"))
        refund = play.refund(sale, "120")

        assert (("Cookie", 3), ("Sandwich", 2), ("Tea", 2)) == sale.till.rewards
        assert (("Cookie", 1), ("Sandwich", 1), ("Tea", 1)) == refund.till.rewards


class TestCarriedRemainder:
    @given(
        st.lists(st.integers(0, 45), min_size=1, max_size=6),
        st.lists(st.tuples(st.integers(0, 5), st.integers(1, 45)), max_size=6),
    )
    def test_stamps_and_what_is_carried_are_the_running_net(self, bought, refunds):
        """A stamp for each full 10 and the rest, or what is owed, make up the net."""
        play = stamps(
            DEBT, stamps_required=100, mode=cards.Spend(10, carry_remainder=True)
        )
        sales = [play.ask(cards.RecordPurchase(amount)) for amount in bought]
        left = list(bought)
        done = sales[-1]
        for number, amount in refunds:
            which = number % len(sales)
            part = min(amount, left[which])
            if part:
                left[which] -= part
                done = play.refund(sales[which], str(part))
        collected, carried = done.balances["stamp"], done.balances["spend"]

        assert sum(left) == 10 * collected + carried
        assert carried < 10

    def test_a_refund_takes_the_stamp_that_it_made(self):
        """14.00 and 17.00 are 3 stamps; without 2.00 of the first, 2 and 9.00 left."""
        play = stamps(mode=cards.Spend(10, carry_remainder=True))
        first = play.ask(cards.RecordPurchase("14"))
        second = play.ask(cards.RecordPurchase("17"))
        refund = play.refund(first, "2")

        assert (3, 1) == (second.balances["stamp"], second.balances["spend"])
        assert (2, 9) == (refund.balances["stamp"], refund.balances["spend"])

    def test_a_refund_leaves_the_stamp_that_is_still_paid_for(self):
        """7.00 and 5.00 are a stamp; without 1.00 of the 5.00 they still are."""
        play = stamps(mode=cards.Spend(10, carry_remainder=True))
        play.ask(cards.RecordPurchase("7"))
        second = play.ask(cards.RecordPurchase("5"))
        refund = play.refund(second, "1")

        assert (1, 2) == (second.balances["stamp"], second.balances["spend"])
        assert (1, 1) == (refund.balances["stamp"], refund.balances["spend"])

    def test_a_void_owes_what_later_stamps_were_made_of(self):
        """14.00 and 17.00, the first voided: 2 stamps, and 3.00 owed for the next."""
        play = stamps(DEBT, mode=cards.Spend(10, carry_remainder=True))
        first = play.ask(cards.RecordPurchase("14"))
        play.ask(cards.RecordPurchase("17"))
        voided = play.void(first)
        third = play.ask(cards.RecordPurchase("13"))

        assert (2, -3) == (voided.balances["stamp"], voided.balances["spend"])
        assert (3, 0) == (third.balances["stamp"], third.balances["spend"])


class TestCounters:
    def test_a_void_gives_the_day_back(self):
        """One check-in a day: voided, it may be done again, and voided again."""
        play = stamps(mode=cards.Visit(), one_checkin_per_day=True)
        for _ in range(3):
            visit = play.ask(cards.CheckIn())
            with pytest.raises(errors.LimitReached):
                play.ask(cards.CheckIn())
            play.void(visit)
            assert visit.id != play.ask(cards.CheckIn()).id
            play.void(play.posted[-1])

        assert 0 == play.history().holding.balance(Unit.STAMP)

    def test_a_second_void_gives_nothing_back(self):
        """The day is free once, not twice."""
        play = stamps(mode=cards.Visit(), one_checkin_per_day=True)
        visit = play.ask(cards.CheckIn())
        play.void(visit)
        play.void(visit)
        play.ask(cards.CheckIn())
        with pytest.raises(errors.LimitReached):
            play.ask(cards.CheckIn())
