"""Many intents in one write: what each comes to, and that it is what one by one is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.people import acting

from loyaltycore import Intent, Loyalty, MemoryStore, Program, SqliteStore, cards
from loyaltycore.errors import (
    AlreadyRedeemed,
    CardBlocked,
    CommandNotSupported,
    Conflict,
    Corrupt,
    DuplicateKeyMismatch,
    InsufficientBalance,
    InvalidMoment,
    InvalidValue,
    LoyaltyError,
    PermissionDenied,
    UnknownCard,
)
from loyaltycore.ledger.commands import Transfer
from loyaltycore.posting import many
from loyaltycore.program.managers import Permission
from loyaltycore.services.cards.many import INTENTS_MAX


if TYPE_CHECKING:
    from pathlib import Path

    from loyaltycore.ports import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CAFE = Program(id="cafe", currency="EUR", zone="UTC")


class CountedIds:
    """Ids that two programmes draw alike."""

    def __init__(self) -> None:
        self._n = 0
        self._chance = Random(7)

    def new(self, at: datetime) -> str:
        """Return the next one."""
        self._n += 1
        return f"{at:%Y%m%d%H%M%S}-{self._n:06}"

    def random(self, n: int) -> bytes:
        """Return bytes that differ each time."""
        return self._chance.randbytes(n)


class Cafe:
    """Cards of four kinds, two of them for one customer."""

    def __init__(self, store: Store) -> None:
        self.shop = Loyalty(store, CAFE, ids=CountedIds()).at(NOON)
        points = self.shop.templates.create(
            "Points",
            cards.Cashback(percent=10, points_expiry=cards.Rolling(6, "months")),
        )
        stamps = self.shop.templates.create(
            "Coffee",
            cards.Stamp(
                stamps_required=3, reward="Tea", limits=cards.EarnLimits(per_day=4)
            ),
        )
        trial = self.shop.templates.create(
            "Trial",
            cards.Coupon(
                offer=cards.Percent(10),
                converts_to=cards.NewCard(stamps.id, cards.Unit.STAMP, 1),
            ),
        )
        self.ada = self.shop.customers.register(first_name="Ada").id
        bob = self.shop.customers.register(first_name="Bob").id
        self.wallet, self.stamps, self.coupon, self.other = (
            self.shop.cards.issue(template.id, to=whose).id
            for template, whose in (
                (points, self.ada),
                (stamps, self.ada),
                (trial, self.ada),
                (points, bob),
            )
        )


def rows_of(store: MemoryStore) -> dict[str, list[Any]]:
    """Everything that a store holds, by collection and key."""
    return {
        name: sorted(table.rows.items(), key=repr)
        for name, table in store.tables.items()
    }


@pytest.fixture
def cafe() -> Cafe:
    """In memory."""
    return Cafe(MemoryStore())


class TestResults:
    def test_each_stands_for_itself(self, cafe: Cafe):
        """What is refused leaves nothing; the rest is posted, in order."""
        report = cafe.shop.cards.post_many(
            [
                Intent(cafe.wallet, cards.RecordPurchase("10.00"), key="a"),
                Intent(cafe.wallet, cards.RedeemPoints("2.00"), key="b"),
                Intent("nobody", cards.RecordPurchase("1.00")),
                Intent(cafe.wallet, cards.AddStamps(1)),
                Intent(cafe.wallet, cards.RedeemPoints("0.40"), receipt_id="R-1"),
            ]
        )

        assert "2 posted, 3 refused" == str(report)
        assert [
            (1, InsufficientBalance),
            (2, UnknownCard),
            (3, CommandNotSupported),
        ] == [(place, type(error)) for place, error in report.refused]
        assert [1, 2] == [posted.transaction.version for posted in report.posted]
        assert "R-1" == report.posted[1].transaction.receipt_id
        assert "0.60" == str(cafe.shop.cards.show(cafe.wallet).balances["point"])
        assert not cafe.shop.verify().problems

    def test_a_key_posts_once(self, cafe: Cafe):
        """The same key is a replay, in one call and in the next; another is refused."""
        bought = cards.RecordPurchase("10.00")
        twice = [
            Intent(cafe.wallet, bought, key="a"),
            Intent(cafe.wallet, bought, key="a"),
            Intent(cafe.other, bought, key="a"),
        ]

        for is_replayed in (False, True):
            report = cafe.shop.cards.post_many(twice)

            assert [is_replayed, True] == [each.replayed for each in report.posted]
            ((place, error),) = report.refused
            assert (2, DuplicateKeyMismatch) == (place, type(error))

    def test_what_follows_is_part_of_it(self, cafe: Cafe):
        """A coupon that becomes a card does so, and once."""
        both = [Intent(cafe.coupon, cards.RedeemCoupon("5.00"))] * 2

        report = cafe.shop.cards.post_many(both)

        ((place, error),) = report.refused
        assert (1, AlreadyRedeemed) == (place, type(error))
        assert 4 == len(cafe.shop.cards.of(cafe.ada))
        assert not cafe.shop.verify().problems

    def test_what_cannot_follow_takes_the_cause_with_it(self, cafe: Cafe):
        """The refusal of what follows undoes that intent alone."""
        before = rows_of(cafe.shop.store)  # type: ignore[arg-type]
        refused = CardBlocked("no")
        bought = Intent(cafe.wallet, cards.RecordPurchase("10.00"), key="a")

        with patch("loyaltycore.posting.effects.issue", side_effect=refused):
            report = cafe.shop.cards.post_many(
                [Intent(cafe.coupon, cards.RedeemCoupon("5.00")), bought]
            )

        assert [(0, refused)] == report.refused
        assert 1 == len(report.posted)
        assert not cafe.shop.verify().problems
        after = rows_of(cafe.shop.store)  # type: ignore[arg-type]
        assert len(before["transaction"]) + 1 == len(after["transaction"])

    def test_nothing_is_nothing(self, cafe: Cafe):
        """No intents, no write."""
        assert () == cafe.shop.cards.post_many([]).results

    def test_malformed(self, cafe: Cafe):
        """What is no intent, or one too many, is refused before anything is written."""
        bought = cards.RecordPurchase("1.00")
        before = rows_of(cafe.shop.store)  # type: ignore[arg-type]
        good = Intent(cafe.wallet, bought)

        with pytest.raises(InvalidValue):
            cafe.shop.cards.post_many([good, Intent(cafe.wallet, bought, key="")])
        with pytest.raises(InvalidValue):
            cafe.shop.cards.post_many([good, Intent(cafe.wallet, "buy")])
        with pytest.raises(InvalidValue):
            cafe.shop.cards.post_many([good] * (INTENTS_MAX + 1))
        with pytest.raises(InvalidValue, match=r"pass Intent\(card_id, command\)"):
            cafe.shop.cards.post_many([(cafe.wallet, bought)])  # type: ignore[list-item]

        assert before == rows_of(cafe.shop.store)  # type: ignore[arg-type]

    def test_later_than_now(self, cafe: Cafe):
        """A moment that is still to come is refused with its intent."""
        tomorrow = NOON + timedelta(days=1)
        bought = cards.RecordPurchase("1.00")

        report = cafe.shop.cards.post_many(
            [Intent(cafe.wallet, bought, occurred_at=tomorrow)]
        )

        assert [InvalidMoment] == [type(error) for _, error in report.refused]


class TestManagers:
    def test_what_is_not_theirs(self, cafe: Cafe):
        """One intent that is not theirs to do, and nothing is written."""
        eva = acting(cafe.shop, "eva", Permission.EARN)
        earned = Intent(cafe.wallet, cards.RecordPurchase("10.00"))
        redeemed = Intent(cafe.wallet, cards.RedeemPoints("0.10"))

        assert 1 == len(eva.cards.post_many([earned]).posted)
        before = rows_of(cafe.shop.store)  # type: ignore[arg-type]
        with pytest.raises(PermissionDenied):
            eva.cards.post_many([earned, redeemed])

        assert before == rows_of(cafe.shop.store)  # type: ignore[arg-type]

    def test_who_did_it(self, cafe: Cafe):
        """Every transaction names the manager."""
        eva = acting(cafe.shop, "eva", Permission.EARN)
        earned = Intent(cafe.wallet, cards.RecordPurchase("10.00"))

        (posted,) = eva.cards.post_many([earned]).posted

        assert "eva" == posted.transaction.actor_id


# -- as one by one ---------------------------------------------------------------------

amounts = st.sampled_from(["0.50", "3.00", "12.34"])
commands = st.one_of(
    st.tuples(st.just("wallet"), st.builds(cards.RecordPurchase, amounts)),
    st.tuples(st.just("other"), st.builds(cards.RecordPurchase, amounts)),
    st.tuples(st.just("wallet"), st.builds(cards.RedeemPoints, amounts)),
    st.tuples(st.just("stamps"), st.builds(cards.AddStamps, st.integers(1, 3))),
    st.tuples(st.just("stamps"), st.just(cards.ClaimReward())),
    st.tuples(st.just("coupon"), st.just(cards.RedeemCoupon("5.00"))),
    st.tuples(st.just("wallet"), st.just("transfer")),
)
asked = st.lists(st.tuples(commands, st.none() | st.sampled_from("abc")), max_size=12)


def intents(cafe: Cafe, drawn: list[Any]) -> list[Intent]:
    """What was drawn, as intents."""
    return [
        Intent(
            getattr(cafe, which),
            Transfer(cafe.other, "0.30") if command == "transfer" else command,
            key=key,
        )
        for (which, command), key in drawn
    ]


@given(asked)
def test_many_are_as_one_by_one(drawn: list[Any]):
    """Results and every row of the store are the same, whatever is asked."""
    one_by_one, together = Cafe(MemoryStore()), Cafe(MemoryStore())
    expected: list[Any] = []
    for each in intents(one_by_one, drawn):
        try:
            posted = one_by_one.shop.cards.post(
                each.card_id, each.command, **each.options
            )
        except LoyaltyError as error:
            expected.append((type(error), str(error)))
        else:
            expected.append(posted)

    report = together.shop.cards.post_many(intents(together, drawn))

    assert expected == [
        (type(each), str(each)) if isinstance(each, LoyaltyError) else each
        for each in report.results
    ]
    assert rows_of(one_by_one.shop.store) == rows_of(together.shop.store)  # type: ignore[arg-type]
    assert not together.shop.verify().problems


# -- sessions --------------------------------------------------------------------------


def test_in_a_batch(tmp_path: Path):
    """Inside a batch, and undone with it."""
    cafe = Cafe(SqliteStore(tmp_path / "cafe.db"))
    bought = [Intent(cafe.wallet, cards.RecordPurchase("10.00"), key="a")]

    def post_and_fail() -> None:
        with cafe.shop.batch() as batch:
            batch.cards.post_many(bought)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        post_and_fail()
    with cafe.shop.batch() as batch:
        (posted,) = batch.cards.post_many(bought).posted

    assert not posted.replayed
    assert not cafe.shop.verify().problems


def test_somebody_was_faster(cafe: Cafe):
    """A change that comes between is met by deciding anew."""
    bought = [Intent(cafe.wallet, cards.RecordPurchase("10.00"), key="a")]
    tries: list[int] = []
    real = many.look_ahead

    def late(*given: Any) -> None:
        tries.append(1)
        real(*given)
        if len(tries) == 1:
            raise Conflict("somebody was faster")

    with patch.object(many, "look_ahead", late):
        report = cafe.shop.cards.post_many(bought)

    assert (2, 1) == (len(tries), len(report.posted))


def test_the_store_gives_up(cafe: Cafe):
    """What is no refusal ends the call, and nothing of it is written."""
    bought = cards.RecordPurchase("10.00")
    before = rows_of(cafe.shop.store)  # type: ignore[arg-type]
    real, calls = many.post, []

    def failing(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise Corrupt("a row cannot be read")
        return real(*given)

    with patch.object(many, "post", failing), pytest.raises(Corrupt):
        cafe.shop.cards.post_many([Intent(cafe.wallet, bought)] * 3)

    assert 2 == len(calls)
    assert before == rows_of(cafe.shop.store)  # type: ignore[arg-type]
