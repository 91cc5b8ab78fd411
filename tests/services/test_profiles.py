"""One customer with all that happened, on every store."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from tests.conftest import NOON

from loyaltycore import Loyalty, MemoryStore, Money, Program, cards, errors
from loyaltycore.customers.activity import ActivityKind, FeedEntry
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.customers.profile import activity_of
from loyaltycore.program.customer_status import Activity
from loyaltycore.query.queries import encode_cursor


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card
    from loyaltycore.ports import Store

DAY = timedelta(days=1)


@pytest.fixture
def ada(shop: Loyalty) -> Customer:
    """Ada, registered at the counter."""
    return shop.customers.register(
        first_name="Ada",
        last_name="Lovelace",
        phone="030 901820",
        source="till",
        utm="utm_source=flyer",
        location="mitte",
        device="iPhone 15",
        tags=["vip", "coffee"],
    )


@pytest.fixture
def wallet(shop: Loyalty, ada: Customer) -> Card:
    """A card of hers that earns 10 % in points of two decimals for a month."""
    template = shop.templates.create(
        "Wallet", cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "months"))
    )
    return shop.cards.issue(template.id, to=ada.id)


class TestProfile:
    """``customers.profile``."""

    def test_who_they_are_and_what_they_have(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-03: person, status, cards, links, tags, source, place, UTM, device."""
        coffee = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
        gone = shop.cards.issue(coffee.id, to=ada.id)
        shop.cards.delete(gone.id)
        old = shop.cards.issue(coffee.id, to=ada.id)
        shop.cards.set_expiration(old.id, (NOON - DAY).date())
        install, referral = shop.links.install(wallet.id), shop.links.referral(ada.id)
        profile = shop.customers.profile(ada.id)

        assert ada == profile.customer
        assert ("till", "utm_source=flyer", "mitte", "iPhone 15") == (
            profile.customer.person.source,
            profile.customer.person.utm,
            profile.customer.location_id,
            profile.customer.device,
        )
        assert [(wallet.id, "Wallet", False), (old.id, "Coffee", True)] == [
            (shown.card.id, shown.template, shown.is_expired) for shown in profile.cards
        ]
        assert [install, None] == [shown.link for shown in profile.cards]
        assert referral == profile.link
        assert ("coffee", "vip") == profile.tags
        assert Activity.ACTIVE is profile.activity

    def test_totals_are_added_up_by_hand(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """
        CU-04: points and purchases after a redemption, a refund, a void and an expiry.

        49.90 earns 4.99 and 20.00 earns 2.00; 1.00 is redeemed; of the 20.00, 5.00 is
        refunded, which takes 0.50 back; 10.00 is voided.  A month later 3.99 and 1.50
        are gone; then 30.00 earns 3.00.
        """
        shop.cards.record_purchase(wallet.id, "49.90")
        later = shop.at(NOON + DAY)
        sale = later.cards.record_purchase(wallet.id, "20.00")
        later.cards.redeem_points(wallet.id, "1.00")
        later.transactions.refund(sale.id, "5.00")
        later.transactions.void(later.cards.record_purchase(wallet.id, "10.00").id)
        first = later.customers.profile(ada.id).totals
        month = shop.at(NOON + 40 * DAY)
        due = month.customers.profile(ada.id).totals
        month.cards.record_purchase(wallet.id, "30.00")
        last = month.customers.profile(ada.id).totals

        assert (Decimal("5.49"), Decimal("1.00"), Decimal(0)) == (
            first.points_available,
            first.points_redeemed,
            first.points_expired,
        )
        assert (2, Money("64.90", "EUR"), Money("32.45", "EUR")) == (
            first.purchases,
            first.value,
            first.average,
        )
        assert (Money("15.00", "EUR"), NOON + DAY) == (first.last_value, first.last_at)
        assert (Decimal(0), Decimal("5.49")) == (
            due.points_available,
            due.points_expired,
        )
        assert (Decimal("3.00"), Decimal("1.00"), Decimal("5.49")) == (
            last.points_available,
            last.points_redeemed,
            last.points_expired,
        )
        assert (3, Money("94.90", "EUR"), Money("31.63", "EUR")) == (
            last.purchases,
            last.value,
            last.average,
        )
        assert (Money("30.00", "EUR"), NOON + 40 * DAY) == (
            last.last_value,
            last.last_at,
        )
        # What was voided had been earned: 4.99 + 2.00 + 1.00 + 3.00.
        assert Decimal("10.99") == last.points_lifetime

    def test_who_has_bought_nothing_has_no_average(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-04: no last value and no average of nothing; a full refund is nothing."""
        empty = shop.customers.profile(ada.id).totals
        sale = shop.cards.record_purchase(wallet.id, "20.00")
        shop.transactions.refund(sale.id, "20.00")
        back = shop.customers.profile(ada.id).totals

        for totals in (empty, back):
            assert 0 == totals.purchases
            assert Money("0.00", "EUR") == totals.value
            assert (None, None, None) == (
                totals.average,
                totals.last_value,
                totals.last_at,
            )

    def test_the_last_purchase_may_lie_behind_many_that_do_not_stand(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-04: a void selects the last value and date anew."""
        shop.cards.record_purchase(wallet.id, "7.00")
        later = shop.at(NOON + DAY)
        for _ in range(25):
            later.transactions.void(later.cards.record_purchase(wallet.id, "1.00").id)
        totals = later.customers.profile(ada.id).totals

        assert (Money("7.00", "EUR"), NOON) == (totals.last_value, totals.last_at)

    def test_a_free_purchase_is_one(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """What costs nothing counts, and may be the last one."""
        shop.cards.record_purchase(wallet.id, "0.00")

        assert Money("0.00", "EUR") == shop.customers.profile(ada.id).totals.last_value

    def test_points_of_deleted_cards_are_not_there(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-04: points are those of cards that were not deleted, in any decimals."""
        reward = shop.templates.create(
            "Points", cards.Reward(tiers=(cards.RewardTier("tea", "Tea", 50),))
        )
        other = shop.cards.issue(reward.id, to=ada.id)
        shop.cards.add_points(other.id, 40)
        shop.cards.add_points(wallet.id, "1.50")
        both = shop.customers.profile(ada.id).totals
        shop.cards.delete(other.id)
        one = shop.customers.profile(ada.id).totals

        assert Decimal("41.5") == both.points_available
        assert Decimal("1.5") == one.points_available

    def test_nobody(self, shop: Loyalty) -> None:
        """An unknown id is refused by each of the three."""
        for ask in (
            shop.customers.profile,
            shop.customers.feed,
            shop.customers.transactions,
        ):
            with pytest.raises(errors.UnknownCustomer):
                ask("nobody")
            with pytest.raises(errors.InvalidValue):
                ask(7)  # type: ignore[arg-type]

    def test_no_name_is_in_its_repr(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """A profile in a log line shows ids and figures."""
        shown = repr(shop.customers.profile(ada.id))

        for secret in ("Lovelace", "901820", "iPhone", "vip"):
            assert secret not in shown


ON_TIME = Customer(
    id="c",
    version=1,
    person=Person(),
    registered_at=NOON - 100 * DAY,
    referral_code="A",
)


@pytest.mark.parametrize(
    ("changes", "activity"),
    [
        ({}, Activity.INACTIVE),
        ({"registered_at": NOON - 89 * DAY}, Activity.ACTIVE),
        ({"registered_at": NOON - 90 * DAY}, Activity.INACTIVE),
        ({"last_transaction_at": NOON - 89 * DAY}, Activity.ACTIVE),
        ({"last_transaction_at": NOON - 90 * DAY}, Activity.INACTIVE),
        (
            {"registered_at": NOON, "last_transaction_at": NOON - 300 * DAY},
            Activity.ACTIVE,
        ),
        ({"activity": Activity.ACTIVE}, Activity.ACTIVE),
        ({"registered_at": NOON, "activity": Activity.INACTIVE}, Activity.INACTIVE),
    ],
    ids=str,
)
def test_activity_is_set_by_hand_or_follows_from_visits(
    changes: Any, activity: Activity
) -> None:
    """CU-03: ninety days without a transaction are too many; a newcomer is active."""
    customer = attrs.evolve(ON_TIME, **changes)

    assert activity is activity_of(customer, NOON, 90)


def all_of(shop: Loyalty, customer_id: str, limit: int) -> list[FeedEntry]:
    """Follow the feed page by page."""
    feed = shop.customers.feed(customer_id, limit=limit)
    entries = list(feed.entries)
    while feed.cursor is not None:
        feed = shop.customers.feed(customer_id, limit=limit, cursor=feed.cursor)
        entries += feed.entries
    return entries


class TestFeed:
    """``customers.feed``."""

    def test_everything_in_the_order_of_time(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-05: sign-up, cards, transactions and edits, newest first."""
        shop.at(NOON + DAY).cards.install(wallet.id, device="Pixel 8")
        sale = shop.at(NOON + 2 * DAY).cards.record_purchase(
            wallet.id, "10.00", actor="eva"
        )
        shop.at(NOON + 3 * DAY).customers.edit(ada.id, gender="female")
        shop.at(NOON + 4 * DAY).cards.block(wallet.id, "lost")
        entries = all_of(shop, ada.id, 50)

        assert [
            (ActivityKind.CARD, {"what": "blocked"}),
            (ActivityKind.EDIT, {"fields": ["gender"]}),
            (
                ActivityKind.TRANSACTION,
                {"kind": "earn", "card_id": wallet.id, "purchase_amount": 1000},
            ),
            (ActivityKind.CARD, {"what": "installed"}),
            (ActivityKind.CARD, {"what": "issued"}),
            (ActivityKind.SIGN_UP, {"location_id": "mitte"}),
        ] == [(entry.kind, entry.details) for entry in entries]
        assert (sale.id, "eva") == (entries[2].subject_id, entries[2].actor_id)
        assert wallet.id == entries[0].subject_id

    @pytest.mark.parametrize("limit", [1, 2, 3, 7])
    def test_pages_show_everything_once(
        self, limit: int, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-05: also where much happens at one moment, as in a batch."""
        for _ in range(4):
            shop.cards.record_purchase(wallet.id, "10.00")
            shop.customers.edit(ada.id, gender=str(_))
        shop.at(NOON + DAY).cards.record_purchase(wallet.id, "10.00")
        entries = all_of(shop, ada.id, limit)

        assert 11 == len({entry.id for entry in entries}) == len(entries)
        assert entries == sorted(
            entries, key=lambda entry: (entry.happened_at, entry.id), reverse=True
        )
        assert all_of(shop, ada.id, 100) == entries
        assert tuple(entries[:7]) == shop.customers.profile(ada.id).recent

    @pytest.mark.parametrize(
        "cursor",
        ["nonsense", encode_cursor(("a", "b")), encode_cursor((NOON, "a", "b"))],
    )
    def test_a_cursor_of_something_else(
        self, cursor: str, shop: Loyalty, ada: Customer
    ) -> None:
        """It is refused."""
        with pytest.raises(errors.InvalidValue):
            shop.customers.feed(ada.id, cursor=cursor)

    @pytest.mark.parametrize("limit", [0, 1_001, True])
    def test_a_limit_that_cannot_be(
        self, limit: int, shop: Loyalty, ada: Customer
    ) -> None:
        """It is refused."""
        with pytest.raises(errors.InvalidValue):
            shop.customers.feed(ada.id, limit=limit)

    def test_a_page_does_not_read_the_history(self, program: Program) -> None:
        """Behind a thousand purchases a profile reads as many rows as behind fifty."""
        seen: list[int] = []
        for purchases in (50, 1_000):
            store = MemoryStore()
            with Loyalty(store, program).at(NOON).batch() as shop:
                template = shop.templates.create("Wallet", cards.Cashback(percent=1))
                ada = shop.customers.register()
                card = shop.cards.issue(template.id, to=ada.id)
                for _ in range(purchases):
                    shop.cards.record_purchase(card.id, "1.00")
            shop = Loyalty(store, program).at(NOON)
            counting = Counting(store)
            Loyalty(counting, program).at(NOON).customers.profile(ada.id)  # type: ignore[arg-type]
            seen.append(counting.rows)

        assert seen[0] == seen[1]


class Counting:
    """A store that counts the rows which it hands out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.rows = 0

    def session(self, *, write: bool = True) -> Any:
        """Hand out the store's session, counted."""
        from contextlib import contextmanager

        @contextmanager
        def counted() -> Any:
            with self._store.session(write=write) as session:
                yield CountingSession(session, self)

        return counted()


class CountingSession:
    """A session that counts the rows which it hands out."""

    def __init__(self, session: Any, counting: Counting) -> None:
        self._session = session
        self._counting = counting

    def get(self, refs: Any, *, lock: bool = False) -> Any:
        """Count what is got."""
        self._counting.rows += len(refs)
        return self._session.get(refs, lock=lock)

    def select(self, query: Any) -> Any:
        """Count what is selected."""
        page = self._session.select(query)
        self._counting.rows += len(page.rows)
        return page


class TestTransactions:
    """``customers.transactions`` and the statement."""

    def test_search_and_totals(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-14: by receipt or transaction id; totals are of the whole history."""
        first = shop.cards.record_purchase(wallet.id, "49.90", receipt_id="R-7")
        later = shop.at(NOON + DAY)
        second = later.cards.record_purchase(wallet.id, "20.00", receipt_id="R-8")
        later.cards.redeem_points(wallet.id, "1.00")
        everything = shop.customers.transactions(ada.id)
        page = shop.customers.transactions(ada.id, limit=2)
        rest = shop.customers.transactions(ada.id, limit=2, cursor=page.cursor)

        for search, ids in (
            ("R-7", [first.id]),
            ("R-", [second.id, first.id]),
            (second.id, [second.id]),
            ("R-9", []),
            ("7", []),
        ):
            found = shop.customers.transactions(ada.id, search=search)
            assert ids == [line.transaction.id for line in found.lines]
            assert (Decimal("6.99"), Decimal("1.00")) == (
                found.credited,
                found.redeemed,
            )
        assert 3 == len(everything.lines)
        assert everything.lines == page.lines + rest.lines
        assert rest.cursor is None
        with pytest.raises(errors.InvalidValue):
            shop.customers.transactions(ada.id, search="\x00")
        with pytest.raises(errors.InvalidValue):
            shop.customers.transactions(ada.id, limit=0)

    def test_the_statement_has_what_a_customer_asks_for(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-13: time, location, terminal, transaction, expiry, points, left, type."""
        sale = shop.cards.record_purchase(
            wallet.id, "49.90", location="mitte", terminal="till-1"
        )
        later = shop.at(NOON + DAY)
        spent = later.cards.redeem_points(wallet.id, "1.00")
        debit, credit = later.reports.statement(customer_id=ada.id).lines

        assert (
            NOON,
            "mitte",
            "till-1",
            sale.id,
            Decimal("4.99"),
            Decimal("3.99"),
            "earn",
        ) == (
            credit.created_at,
            credit.location_id,
            credit.terminal_id,
            credit.transaction_id,
            credit.points,
            credit.points_left,
            credit.type,
        )
        assert (NOON + 31 * DAY).date() == credit.expires_on
        assert (spent.id, Decimal("-1.00"), "redeem", None, None) == (
            debit.transaction_id,
            debit.points,
            debit.type,
            debit.points_left,
            debit.expires_on,
        )


class TestTouch:
    """What a card's life leaves with its customer."""

    def test_the_latest_device_and_the_first_utm(self, shop: Loyalty) -> None:
        """CU-03: device of the latest install, UTM of the first touch."""
        template = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
        ada = shop.customers.register()
        card = shop.cards.issue(template.id, to=ada.id, utm="first")
        shop.cards.install(card.id, device="Pixel 8", utm="second")
        shop.cards.install(card.id, device="iPhone 15")
        now = shop.customers.get(ada.id)

        assert ("iPhone 15", "first") == (now.device, now.person.utm)
        assert not shop.verify().problems
