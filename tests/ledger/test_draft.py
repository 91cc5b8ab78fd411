"""A transaction in the making: what a draft writes, and what it asks for first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from loyaltycore import Program, errors
from loyaltycore.ledger.decision import (
    Context,
    Counters,
    Missing,
    MoreLots,
    TheseLots,
    Till,
)
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.extending import extend
from loyaltycore.ledger.holding import Holding
from loyaltycore.ledger.lots import soonest
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.program.program import CustomerFacts
from loyaltycore.values.expiry import After, Rolling, Sliding
from loyaltycore.values.quantity import UNITS_MAX


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
POINT = Unit.POINT


def draft_on(
    holding: Holding | None = None,
    *,
    at: datetime = NOON,
    occurred_at: datetime | None = None,
    counters: dict[str, int] | None = None,
) -> Draft:
    """Begin a transaction on a holding, or on a new card of which all is loaded."""
    context = Context(
        program=Program(id="p", currency="EUR", zone="Europe/Berlin"),
        at=at,
        occurred_at=occurred_at or at,
        customer=CustomerFacts(id="c"),
        issued_at=NOON,
        counters=counters or {},
    )
    new = Holding(last_at=NOON, complete=frozenset(Unit))
    return Draft(new if holding is None else holding, context)


def closed(draft: Draft) -> Holding:
    """Close a draft and give the holding behind it."""
    till = Till(text="", balances={})
    return draft.outcome(TransactionKind.ADJUST, till).after


def with_lots(*days: int) -> Holding:
    """Make a card with a lot of ten points for each number of days they count."""
    draft = draft_on()
    for n in days:
        draft.credit(POINT, 10, expiry=Rolling(n, "days"))
    return closed(draft)


def only(holding: Holding, *numbers: int) -> Holding:
    """Forget all lots but these, as if only they had been loaded, in line."""
    lots = {number: holding.lots[number] for number in numbers}
    last = max(map(soonest, lots.values()), default=None)
    loaded_to = {} if last is None else {POINT: last}
    return attrs.evolve(holding, lots=lots, loaded_to=loaded_to, complete=frozenset())


def written(draft: Draft) -> list[tuple[str, int]]:
    """Name what was written, without the details."""
    return [(entry.kind.value, entry.amount) for entry in draft.entries]


class TestCredit:
    def test_nothing_for_nothing(self):
        """Crediting 0 writes nothing."""
        draft = draft_on()
        draft.credit(POINT, 0)

        assert [] == draft.entries

    def test_a_lot_is_numbered_and_dated(self):
        """Each credit opens the next lot, earned when it occurred."""
        yesterday = NOON - timedelta(days=1)
        draft = draft_on(occurred_at=yesterday)
        draft.credit(POINT, 5, rule="r")
        draft.credit(POINT, 6, expiry=Rolling(2, "days"))
        first, second = draft.lots.values()

        assert (1, 5, "r", yesterday, None) == (
            first.number,
            first.remaining,
            first.rule,
            first.earned_at,
            first.expires_at,
        )
        assert (2, datetime(2026, 3, 3, 23, tzinfo=UTC)) == (
            second.number,
            second.expires_at,
        )

    def test_what_it_counts_for_is_the_rule_that_is_named(self):
        """Without one it counts for none."""
        draft = draft_on()
        draft.credit(POINT, 1)

        assert "" == draft.entries[0].rule

    @pytest.mark.parametrize(("days", "pending"), [(3, 0), (4, 10)])
    def test_what_counts_from_this_moment_on_does_not_wait(self, days, pending):
        """Reported three days late, the wait of three days is over at that midnight."""
        midnight = datetime(2026, 3, 1, 23, tzinfo=UTC)
        draft = draft_on(at=midnight, occurred_at=midnight - timedelta(days=3))
        draft.credit(POINT, 10, pending=After(days, "days"))

        assert pending == draft.entries[0].pending

    @pytest.mark.parametrize("amount", [-1, UNITS_MAX + 1])
    def test_what_cannot_be_counted_is_refused(self, amount):
        """Units below 0, or beyond what is kept exactly, are refused."""
        with pytest.raises(errors.InvalidAmount):
            draft_on().credit(POINT, amount)

    def test_the_sum_is_bounded_too(self):
        """Two amounts that fit are refused when their sum does not."""
        draft = draft_on()
        draft.credit(POINT, UNITS_MAX)
        with pytest.raises(errors.InvalidAmount):
            draft.credit(POINT, 1)

    def test_debt_is_repaid_first(self):
        """8 come in where 5 are owed: 3 are left in the lot."""
        draft = draft_on()
        draft.owe(POINT, 5)
        draft.credit(POINT, 8)

        assert [("clawback", -5), ("earn", 8), ("debt_repaid", 0)] == written(draft)
        assert (3, 0) == (draft.balance(POINT), draft.total(POINT).debt)
        assert 3 == draft.lots[1].remaining

    def test_a_late_one_that_has_expired_is_gone_at_once(self):
        """What was earned last month and counted for a day is on record, and gone."""
        draft = draft_on(occurred_at=NOON - timedelta(days=30))
        draft.credit(POINT, 8, expiry=Rolling(1, "days"))

        assert [("earn", 8), ("expire", -8)] == written(draft)
        assert (8, 0) == (draft.lots[1].expired, draft.lots[1].remaining)


class TestDebit:
    def test_soonest_first(self):
        """15 points come out of the lot for 1 day and half of the one for 2 days."""
        draft = draft_on(with_lots(9, 1, 2))
        found = draft.debit(POINT, 15, kind=EntryKind.REDEEM)

        assert 15 == found
        assert ((2, 10), (3, 5)) == draft.entries[0].takes

    def test_what_it_takes_back_is_said(self):
        """An entry of a reversal says which entry it undoes."""
        draft = draft_on(with_lots(9))
        draft.debit(POINT, 5, kind=EntryKind.CLAWBACK, reverses=2)

        assert 2 == draft.entries[0].reverses

    @pytest.mark.parametrize(("resets_on", "day"), [("redeem", 12), ("earn", 9)])
    def test_a_use_may_move_the_deadline(self, resets_on, day):
        """Seven days after the last use, at midnight in Berlin, or as it was."""
        sliding = Sliding(7, "days", resets_on=[resets_on])
        draft = draft_on()
        draft.credit(POINT, 10, expiry=sliding)
        later = draft_on(closed(draft), at=NOON + timedelta(days=3))
        later.debit(POINT, 4, kind=EntryKind.REDEEM, slides=sliding)

        assert datetime(2026, 3, day, 23, tzinfo=UTC) == later.total(POINT).deadline

    def test_as_many_as_there_are(self):
        """Of 15 asked where 10 are, ten are found; of none, nothing is written."""
        draft = draft_on(with_lots(9))

        assert 10 == draft.debit(POINT, 15, kind=EntryKind.ADJUST)
        assert 0 == draft.debit(POINT, 15, kind=EntryKind.ADJUST)
        assert 1 == len(draft.entries)

    def test_only_of_a_rule(self):
        """Units of another rule stay where they are."""
        draft = draft_on()
        draft.credit(POINT, 5, rule="a")
        draft.credit(POINT, 5, rule="b")
        found = draft.debit(POINT, 8, kind=EntryKind.REDEEM, rule="b")

        assert 5 == found
        assert {"a": 5} == draft.total(POINT).by_rule

    def test_less_than_nothing_is_refused(self):
        """A negative debit would be a credit out of thin air."""
        with pytest.raises(errors.InvalidAmount):
            draft_on(with_lots(1)).debit(POINT, -1, kind=EntryKind.REDEEM)

    def test_a_conversion_has_a_method_of_its_own(self):
        """Taking units to convert them, without a product, could not be undone."""
        with pytest.raises(errors.InvalidValue, match="^kind: convert"):
            draft_on(with_lots(1)).debit(POINT, 1, kind=EntryKind.CONVERT)

    def test_further_lots_are_asked_for(self):
        """With nothing loaded, the first page is asked for."""
        draft = draft_on(only(with_lots(9, 1)))
        with pytest.raises(Missing) as missing:
            draft.debit(POINT, 5, kind=EntryKind.REDEEM)

        assert MoreLots(POINT) == missing.value.need

    def test_a_page_is_enough_where_it_reaches(self):
        """The soonest lots loaded, the rest of the store does not matter."""
        draft = draft_on(only(with_lots(9, 1, 2), 2, 3))
        draft.debit(POINT, 15, kind=EntryKind.REDEEM)

        assert ((2, 10), (3, 5)) == draft.entries[0].takes

    def test_a_new_lot_does_not_jump_the_queue(self):
        """A lot that is opened here is not used before older ones are seen."""
        draft = draft_on(only(with_lots(1)))
        draft.credit(POINT, 10)
        with pytest.raises(Missing) as missing:
            draft.debit(POINT, 5, kind=EntryKind.REDEEM)

        assert MoreLots(POINT) == missing.value.need

    def test_a_lot_known_by_number_does_not_jump_the_queue(self):
        """A lot that was asked for by number says nothing of those before it."""
        by_number = attrs.evolve(only(with_lots(1, 9), 2), loaded_to={})
        draft = draft_on(by_number)
        with pytest.raises(Missing) as missing:
            draft.debit(POINT, 5, kind=EntryKind.REDEEM)

        assert MoreLots(POINT) == missing.value.need

    def test_what_is_all_there_needs_no_loading(self):
        """Where the loaded lots come to the total, there are no others."""
        draft = draft_on(only(with_lots(1, 9), 1, 2))
        draft.require(1, 2)
        draft.debit(POINT, 15, kind=EntryKind.REDEEM)

        assert ((1, 10), (2, 5)) == draft.entries[0].takes

    def test_lots_that_are_nowhere_are_asked_for_still(self):
        """Where totals promise more than all lots hold, the loader has to answer."""
        holding = attrs.evolve(only(with_lots(1, 9), 1), complete=frozenset({POINT}))
        draft = draft_on(holding)
        with pytest.raises(Missing):
            draft.debit(POINT, 15, kind=EntryKind.REDEEM)


class TestHold:
    def test_more_than_there_is(self):
        """A draft holds what is there, or nothing."""
        draft = draft_on(with_lots(1))
        with pytest.raises(errors.InvalidAmount, match="10 point units are there; 11"):
            draft.hold(POINT, 11, until=None)

        assert [] == draft.entries


class TestConvert:
    def test_ten_of_one_into_one_of_another(self):
        """The product follows its price, as an entry of its own."""
        draft = draft_on(with_lots(1))
        draft.convert(POINT, 10, into=Unit.REWARD, n=1, rule="10")

        assert [("convert", -10), ("earn", 1)] == written(draft)
        assert (0, 1) == (draft.balance(POINT), draft.balance(Unit.REWARD))

    def test_one_into_one(self):
        """The least that can be, by no rule."""
        draft = draft_on(with_lots(1))
        draft.convert(POINT, 1, into=Unit.REWARD, n=1)

        assert [("convert", -1), ("earn", 1)] == written(draft)
        assert ["", ""] == [entry.rule for entry in draft.entries]

    @pytest.mark.parametrize(("amount", "n"), [(11, 1), (0, 1), (10, 0)])
    def test_what_cannot_be_is_refused(self, amount, n):
        """More than there is, nothing at all, or into nothing."""
        with pytest.raises(errors.InvalidAmount, match="10 point units are there; "):
            draft_on(with_lots(1)).convert(POINT, amount, into=Unit.REWARD, n=n)


class TestTakeFrom:
    def test_up_to_what_is_there(self):
        """One lot gives what it has, an empty one nothing."""
        draft = draft_on(with_lots(1))
        kind = EntryKind.CLAWBACK

        assert 10 == draft.take_from(draft.lot(1), 12, kind=kind)
        assert 0 == draft.take_from(draft.lot(1), 12, kind=kind)
        assert [("clawback", -10)] == written(draft)


class TestForgive:
    def test_what_is_owed(self):
        """A debt falls by what is forgiven, and never below nothing."""
        draft = draft_on()
        draft.owe(POINT, 5)

        assert draft.forgive(POINT, 3)
        assert not draft.forgive(POINT, 3)
        assert -2 == draft.balance(POINT)

    def test_what_it_takes_back_is_said(self):
        """Entries of a reversal say which entry they undo."""
        draft = draft_on()
        draft.owe(POINT, 5, reverses=3)
        draft.forgive(POINT, 2, reverses=4)

        assert [3, 4] == [entry.reverses for entry in draft.entries]


class TestActivate:
    def test_units_begin_to_count(self):
        """They repay what is owed, and count for the rule that earned them."""
        draft = draft_on()
        draft.credit(POINT, 10, pending=After(1, "days"), rule="r")
        draft.owe(POINT, 4)
        later = draft_on(closed(draft), at=NOON + timedelta(days=1))
        (lot,) = later.lots.values()
        later.activate([lot])
        total = later.total(POINT)

        assert [("activate", 10), ("debt_repaid", 0)] == written(later)
        assert (6, 0, 6, {"r": 6}) == (
            total.remaining,
            total.debt,
            total.balance,
            total.by_rule,
        )


class TestExtend:
    """Ten points each that count for 2, 4 and 9 days are let count for 7."""

    UNTIL = NOON + timedelta(days=7)

    def test_what_would_end_sooner(self):
        """20 move to new lots, and what counts longer stays in its own."""
        draft = draft_on(with_lots(4, 9, 2))

        assert 20 == extend(draft, POINT, self.UNTIL)
        assert 4 * [10] == [abs(entry.quantity) for entry in draft.entries]
        assert [10, 10, 10] == [
            lot.remaining for lot in draft.lots.values() if lot.remaining
        ]
        assert [self.UNTIL, self.UNTIL] == [
            lot.expires_at for number, lot in draft.lots.items() if number > 3
        ]

    def test_nothing_to_move(self):
        """Nothing is written where everything counts long enough."""
        draft = draft_on(with_lots(9))

        assert 0 == extend(draft, POINT, self.UNTIL)
        assert [] == draft.entries


class TestPutBack:
    def test_into_the_lots_they_came_from(self):
        """Units go back last first, and the lots are as they were."""
        holding = with_lots(9, 1)
        draft = draft_on(holding)
        draft.debit(POINT, 15, kind=EntryKind.REDEEM)
        draft.put_back(POINT, draft.entries[0].takes, kind=EntryKind.RESTORE)

        assert holding.lots == draft.lots
        assert ((1, -5), (2, -10)) == draft.entries[1].takes

    def test_debt_is_repaid_out_of_them(self):
        """Units that come back are not the customer's while as many are owed."""
        draft = draft_on(with_lots(9, 9))
        draft.debit(POINT, 20, kind=EntryKind.REDEEM)
        takes = draft.entries[0].takes
        draft.owe(POINT, 12)
        draft.put_back(POINT, takes, kind=EntryKind.RESTORE)

        assert (8, 0) == (draft.balance(POINT), draft.total(POINT).debt)
        assert {1: 0, 2: 8} == {n: lot.remaining for n, lot in draft.lots.items()}

    def test_what_has_expired_repays_nothing(self):
        """Units that expire as they come back leave the debt as it is."""
        draft = draft_on(with_lots(1))
        draft.debit(POINT, 10, kind=EntryKind.REDEEM)
        later = draft_on(closed(draft), at=NOON + timedelta(days=30))
        later.owe(POINT, 4)
        later.put_back(POINT, ((1, 10),), kind=EntryKind.RESTORE)

        assert [("clawback", -4), ("restore", 10), ("expire", -10)] == written(later)
        assert -4 == later.balance(POINT)

    def test_lots_that_are_not_loaded_are_asked_for_together(self):
        """Every lot that is missing is named at once."""
        draft = draft_on(only(with_lots(1, 2, 3), 2))
        with pytest.raises(Missing) as missing:
            draft.put_back(POINT, ((1, 1), (2, 1), (3, 1)), kind=EntryKind.RESTORE)

        assert TheseLots((1, 3)) == missing.value.need


class TestExpire:
    def test_only_what_is_due(self):
        """A lot whose time has not come stays."""
        draft = draft_on(with_lots(9))
        draft.expire(draft.lot(1))

        assert [] == draft.entries


class TestCount:
    def test_counts_add_up(self):
        """A counter that is counted twice counts two, and is pinned."""
        draft = draft_on()
        draft.count("visits", 1)
        draft.count("visits", 2, at_most=5)
        outcome = draft.outcome(TransactionKind.EARN, Till(text="", balances={}))

        assert {"visits": (3, 5)} == outcome.counters
        assert {"counters": {"visits": 3}} == outcome.pinned

    def test_a_counter_that_is_not_loaded_is_asked_for(self):
        """A decision names the counter that it has to see."""
        draft = draft_on(counters={"known": 2})
        with pytest.raises(Missing) as missing:
            draft.context.used("visits")

        assert Counters(("visits",)) == missing.value.need
        assert 2 == draft.context.used("known")


class TestContext:
    def test_the_day_is_the_local_one_of_what_happened(self):
        """At 23:30 UTC it is the next day in Berlin."""
        context = draft_on(occurred_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC)).context

        assert datetime(2026, 3, 2, tzinfo=UTC).date() == context.local_day
        assert ("EUR", ZoneInfo("Europe/Berlin")) == (context.currency, context.zone)


class TestTill:
    def test_through_json_and_back(self):
        """What the till showed is read as it was written."""
        till = Till(
            text="hello",
            balances={POINT: 3},
            progress=(1, 10),
            tier="Gold",
            to_next_tier=500,
            rewards=(("Tea", 2),),
            discount=40,
            pay=60,
        )

        assert till == Till.of(till.facts())
        assert "hello" == str(till)

    def test_what_is_not_shown_is_left_out(self):
        """A bare till has two facts."""
        till = Till(text="", balances={})

        assert {"text", "balances"} == set(till.facts())
        assert till == Till.of(till.facts())

    def test_an_order_leaves_all_else_as_it_is(self):
        """Whatever a till shows: what an order adds is all that is other."""
        shown = {field.name: object() for field in attrs.fields(Till)}
        till = Till(**shown)  # pyright: ignore[reportArgumentType]

        after = till.with_order("80.00", discount=20, pay=80, by_line=(20,))

        asked = attrs.evolve(till, text="80.00", discount=20, pay=80, by_line=(20,))
        assert asked == after
