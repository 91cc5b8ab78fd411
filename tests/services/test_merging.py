"""CU-18: two customers who turn out to be one, on every store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import attrs
import pytest
from tests.conftest import NOON, rows_of
from tests.services.people import acting

from loyaltycore import Loyalty, cards, errors
from loyaltycore.ports import Insert
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.program.fields import FieldDefinition
from loyaltycore.program.managers import Permission


if TYPE_CHECKING:
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Store
    from loyaltycore.program.program import Program

DAY = date(2026, 3, 2)


@pytest.fixture
def ada(shop: Loyalty) -> Customer:
    """The one who stays."""
    return shop.customers.register(first_name="Ada", phone="030 901820")


@pytest.fixture
def alias(shop: Loyalty) -> Customer:
    """The same person, registered again."""
    return shop.customers.register(
        first_name="A.",
        last_name="Lovelace",
        phone="030 901821",
        email="ada@example.com",
        birth_date=date(1815, 12, 10),
    )


def wallet(shop: Loyalty) -> str:
    """Make a template of points."""
    rules = cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "months"))
    return shop.templates.create("Wallet", rules).id


class TestWhoTheyAre:
    """Ids, names, contacts."""

    def test_the_target_says_what_it_says(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: the target keeps its id and its words; what it lacks is filled in."""
        merged = shop.customers.merge(alias.id, into=ada.id)

        assert merged == shop.customers.get(ada.id)
        person = merged.person
        assert ("Ada", "Lovelace") == (person.first_name, person.last_name)
        assert ("+4930901820", "ada@example.com") == (person.phone, person.email)
        assert date(1815, 12, 10) == person.birth_date
        assert () == shop.verify().problems

    def test_or_is_left_as_it_is(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: without ``fill`` the target stays; the e-mail still leads there."""
        merged = shop.customers.merge(alias.id, into=ada.id, fill=False)

        assert ada.person == merged.person
        assert merged == shop.customers.find(email="ada@example.com")
        assert () == shop.verify().problems

    def test_everything_leads_to_the_target(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: id, phone, e-mail, serial, receipt and referral code resolve."""
        card = shop.cards.issue(wallet(shop), to=alias.id)
        bought = shop.cards.record_purchase(card.id, "20.00", receipt_id="R-7")
        merged = shop.customers.merge(alias.id, into=ada.id)

        for clue in (
            {"id": alias.id},
            {"phone": "030 901821"},
            {"phone": "030 901820"},
            {"email": "ada@example.com"},
            {"serial": card.serial},
            {"receipt_id": "R-7"},
            {"referral_code": alias.referral_code},
        ):
            assert merged == shop.customers.find(**clue)  # type: ignore[arg-type]
        assert merged == shop.customers.get(alias.id)
        for text in ("901821", "lovel", "R-7"):
            assert [merged] == shop.customers.search(text)
        assert [bought.id] == [
            line.transaction.id for line in shop.customers.transactions(alias.id).lines
        ]
        with pytest.raises(errors.DuplicateCustomer) as caught:
            shop.customers.register(phone="030 901821")
        assert ada.id == caught.value.details["customer_id"]

    def test_writes_to_an_alias_reach_the_target(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: nothing is ever written under the id of the source again."""
        shop.customers.merge(alias.id, into=ada.id)
        shop.notes.add(alias.id, "Tall")
        shop.tags.add(alias.id, "vip")
        shop.consents.give(alias.id, "sms")
        shop.feedback.record(alias.id, 4)
        card = shop.cards.issue(wallet(shop), to=alias.id)

        assert ada.id == card.customer_id
        assert 1 == len(shop.notes.of_customer(ada.id).notes)
        assert {"vip": DAY} == shop.tags.of_customer(ada.id)
        assert shop.consents.is_given(ada.id, "sms")
        assert 1 == shop.customers.get(ada.id).reviews
        assert () == shop.verify().problems

    def test_own_fields_are_filled_in(self, store: Store, program: Program) -> None:
        """CU-18: unique values of the program's own fields go over with their rows."""
        fields = (FieldDefinition("badge", unique=True), FieldDefinition("pet"))
        form = CustomerForm(fields=fields)
        shop = Loyalty(store, attrs.evolve(program, customer_form=form)).at(NOON)
        one = shop.customers.register(fields={"pet": "Rex"})
        other = shop.customers.register(fields={"badge": "7", "pet": "Bello"})
        merged = shop.customers.merge(other.id, into=one.id)

        assert {"badge": "7", "pet": "Rex"} == merged.fields
        with pytest.raises(errors.DuplicateField) as caught:
            shop.customers.register(fields={"badge": "7"})
        assert one.id == caught.value.details["owner_id"]
        assert () == shop.verify().problems


class TestWhatIsTheirs:
    """Cards, lots, totals, limits."""

    def test_lots_keep_their_dates(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: cards go over whole; a lot ends on the day it would have ended on."""
        card = shop.cards.issue(wallet(shop), to=alias.id).id
        shop.cards.record_purchase(card, "20.00")
        before = shop.cards.show(card)
        shop.customers.merge(alias.id, into=ada.id)

        assert before == shop.cards.show(card)
        assert ada.id == shop.cards.get(card).customer_id
        later = shop.at(NOON + timedelta(days=40))
        assert 0 == later.cards.show(card).balances["point"]
        later.upkeep.sweep()
        assert 20000 == later.customers.get(ada.id).points_expired
        assert () == shop.verify().problems

    def test_totals_add_up(
        self, shop: Loyalty, store: Store, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: the target has the totals of both, and later voids come off them."""
        template = wallet(shop)
        own = shop.cards.issue(template, to=ada.id).id
        theirs = shop.cards.issue(template, to=alias.id).id
        shop.cards.record_purchase(own, "10.00")
        bought = shop.at(NOON + timedelta(days=1)).cards.record_purchase(
            theirs, "31.00"
        )
        shop.feedback.record(ada.id, 5)
        shop.feedback.record(alias.id, 2)
        merged = shop.customers.merge(alias.id, into=ada.id)

        assert (2, 4100, 2050) == (
            merged.purchases,
            merged.purchase_value,
            merged.average_value,
        )
        assert (2, 350) == (merged.reviews, merged.rating)
        assert NOON + timedelta(days=1) == merged.last_transaction_at
        assert 1 == sum(row["living"] for row in rows_of(store)["day_figure"])
        shop.at(NOON + timedelta(days=2)).transactions.void(bought.id)
        after = shop.customers.get(ada.id)
        assert (1, 1000, NOON) == (
            after.purchases,
            after.purchase_value,
            after.last_transaction_at,
        )
        assert () == shop.verify().problems

    def test_a_limit_cannot_be_dodged(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: uses of a limit for each customer are summed."""
        rules = cards.Coupon(offer=cards.Percent(10), uses=5, per_customer=2)
        template = shop.templates.create("Ten off", rules).id
        for customer in (ada, alias):
            card = shop.cards.issue(template, to=customer.id)
            shop.cards.redeem_coupon(card.id, "20.00")
        shop.customers.merge(alias.id, into=ada.id)
        third = shop.cards.issue(template, to=ada.id)

        with pytest.raises(errors.LimitReached):
            shop.cards.redeem_coupon(third.id, "20.00")
        assert () == shop.verify().problems

    @pytest.mark.parametrize(
        ("stamps", "expected"), [("keep", (7, 5, 0)), ("sum", (2, 0, 1))]
    )
    def test_stamp_cards(
        self,
        shop: Loyalty,
        ada: Customer,
        alias: Customer,
        stamps: str,
        expected: tuple[int, int, int],
    ) -> None:
        """CU-18: 7 and 5 of 10 stamps stay apart, or make a reward and carry 2."""
        template = shop.templates.create("Coffee", cards.Stamp(reward="Coffee")).id
        own = shop.cards.issue(template, to=ada.id).id
        theirs = shop.cards.issue(template, to=alias.id).id
        shop.cards.add_stamps(own, 7)
        shop.cards.add_stamps(theirs, 5)
        shop.customers.merge(alias.id, into=ada.id, stamps=stamps)
        balances = shop.cards.show(own).balances

        assert expected == (
            balances["stamp"],
            shop.cards.show(theirs).balances["stamp"],
            balances["reward"],
        )
        assert () == shop.verify().problems

    def test_other_cards_are_not_summed(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """Points, blocked cards, and stamps that the target has no card for stay."""
        points = wallet(shop)
        coffee = shop.templates.create("Coffee", cards.Stamp(reward="Coffee")).id
        tea = shop.templates.create("Tea", cards.Stamp(reward="Tea")).id
        for customer in (ada, alias):
            shop.cards.issue(points, to=customer.id)
        own = shop.cards.issue(coffee, to=ada.id).id
        blocked = shop.cards.issue(coffee, to=alias.id).id
        empty = shop.cards.issue(coffee, to=alias.id).id
        shop.cards.add_stamps(blocked, 3)
        shop.cards.block(blocked, "lost")
        alone = shop.cards.issue(tea, to=alias.id).id
        shop.cards.add_stamps(alone, 4)
        shop.customers.merge(alias.id, into=ada.id, stamps="sum")
        stamps = [
            shop.cards.show(card).balances["stamp"]
            for card in (own, blocked, empty, alone)
        ]

        assert [0, 3, 0, 4] == stamps
        with pytest.raises(errors.InvalidValue):
            shop.customers.merge(alias.id, into=ada.id, stamps="drop")


class TestWhatIsSaid:
    """Tags, notes, consents, segments."""

    def test_tags_and_notes_of_both(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: tags are united, notes and reviews go over."""
        shop.tags.add(ada.id, "vip")
        later = shop.at(NOON + timedelta(days=1))
        later.tags.add(alias.id, "vip", "regular")
        note = shop.notes.add(alias.id, "Tall")
        review = shop.feedback.record(alias.id, 4, "Fine")
        shop.customers.merge(alias.id, into=ada.id)

        assert {"vip": DAY, "regular": date(2026, 3, 3)} == shop.tags.of_customer(
            ada.id
        )
        (moved,) = shop.notes.of_customer(ada.id).notes
        assert (note.id, "Tall", ada.id) == (moved.id, moved.text, moved.customer_id)
        assert [review.id] == [r.id for r in shop.feedback.of_customer(ada.id).reviews]

    def test_what_was_granted_is_not_granted_again(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-07, CU-18: what one got for a tag, the other does not get again."""
        rules = cards.Reward(
            tiers=[cards.RewardTier("cake", "Cake", 100)],
            grants=[cards.OnTag("vip", "cake")],
        )
        template = shop.templates.create("Rewards", rules).id
        own = shop.cards.issue(template, to=ada.id).id
        shop.cards.issue(template, to=alias.id)
        shop.tags.add(alias.id, "vip")
        shop.customers.merge(alias.id, into=ada.id)

        assert [] == shop.rewards.grant_due(ada.id)
        assert () == shop.rewards.history(own)

    @pytest.mark.parametrize(
        ("own", "theirs", "expected"),
        [
            (True, True, True),
            (True, False, False),
            (False, True, False),
            (False, False, False),
            (True, None, True),
            (None, True, True),
            (None, False, False),
        ],
    )
    def test_the_stricter_consent_wins(
        self,
        shop: Loyalty,
        ada: Customer,
        alias: Customer,
        own: bool | None,
        theirs: bool | None,
        expected: bool,
    ) -> None:
        """CU-18, CU-20: who withdrew a consent under one id has not given it."""
        for customer, said in ((ada, own), (alias, theirs)):
            if said is not None:
                change = shop.consents.give if said else shop.consents.withdraw
                change(customer.id, "sms")
        shop.customers.merge(alias.id, into=ada.id)

        assert expected is shop.consents.is_given(ada.id, "sms")
        said = {each.customer_id for each in shop.consents.history(ada.id).changes}
        assert (theirs is not None) is (alias.id in said)
        assert () == shop.verify().problems

    def test_the_stricter_standing_wins(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: who was blocked under one id is blocked under the other."""
        shop.customers.deactivate(ada.id, "moved away")
        shop.customers.block(alias.id, "stole a spoon")
        merged = shop.customers.merge(alias.id, into=ada.id)

        assert CustomerStatus.BLOCKED is merged.status
        assert "stole a spoon" == merged.status_reason

    def test_the_feed_of_both(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-05, CU-18: the feed tells of the merge, and of all that was before."""
        acting(shop, "eva", Permission.MERGE).customers.merge(alias.id, into=ada.id)
        entries = shop.customers.feed(ada.id).entries
        merges = {e.customer_id: e for e in entries if e.kind == "merge"}

        assert {ada.id, alias.id} == set(merges)
        assert (alias.id, {"role": "target"}, "eva") == (
            merges[ada.id].subject_id,
            merges[ada.id].details,
            merges[ada.id].actor_id,
        )
        assert (ada.id, {"role": "source"}) == (
            merges[alias.id].subject_id,
            merges[alias.id].details,
        )

    def test_rfm_counts_them_as_one(
        self, shop: Loyalty, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: reports, scores and columns see one customer with all purchases."""
        bob = shop.customers.register()
        template = wallet(shop)
        for customer, amount in ((ada, "10.00"), (alias, "30.00"), (bob, "5.00")):
            card = shop.cards.issue(template, to=customer.id)
            shop.cards.record_purchase(card.id, amount)
        shop.scores.refresh()
        shop.customers.merge(ada.id, into=alias.id)
        shop.scores.refresh()
        score = shop.scores.of(alias.id)
        (columns,) = shop.columns.purchases()
        table = shop.reports.rfm(DAY)

        assert score is not None
        assert (4000, 2) == (score.revenue, score.orders)
        assert None is shop.scores.of(ada.id)
        assert sorted([alias.id, alias.id, bob.id]) == sorted(
            map(str, columns["customer_id"])
        )
        assert {alias.id: 2, bob.id: 1} == {
            row.customer_id: row.habit.frequency for row in table.rows
        }
        (transactions,) = shop.columns.transactions()
        assert {alias.id, bob.id} == set(transactions["customer_id"])


class TestWhoCannot:
    """Chains and circles."""

    def test_a_chain(self, shop: Loyalty, ada: Customer, alias: Customer) -> None:
        """CU-18: A into B into C: both lead to C, with everything that was theirs."""
        third = shop.customers.register(first_name="Countess")
        card = shop.cards.issue(wallet(shop), to=alias.id).id
        bought = shop.cards.record_purchase(card, "20.00").id
        shop.customers.merge(alias.id, into=ada.id)
        merged = shop.customers.merge(ada.id, into=third.id)

        for each in (alias, ada, third):
            assert merged == shop.customers.get(each.id)
        assert 2000 == merged.purchase_value
        assert [bought] == [
            line.transaction.id for line in shop.customers.transactions(third.id).lines
        ]
        assert merged == shop.customers.find(phone="030 901821")
        (row,) = shop.columns.purchases()
        assert [third.id] == row["customer_id"]
        assert () == shop.verify().problems

    def test_oneself_the_gone_and_circles(
        self, shop: Loyalty, store: Store, ada: Customer, alias: Customer
    ) -> None:
        """CU-18: self-merge, merging somebody twice and circles are refused."""
        gone = shop.customers.register().id
        shop.customers.delete(gone)
        shop.customers.merge(alias.id, into=ada.id)
        before = rows_of(store)
        cases = [
            (ada.id, ada.id),
            (alias.id, ada.id),
            (ada.id, alias.id),
            (gone, ada.id),
            (ada.id, gone),
        ]

        for source, target in cases:
            with pytest.raises(errors.NotMergeable) as caught:
                shop.customers.merge(source, into=target)
            assert source == caught.value.details["source_id"]
        with pytest.raises(errors.UnknownCustomer):
            shop.customers.merge("nobody", into=ada.id)
        assert before == rows_of(store)

    def test_there_is_a_limit(
        self, shop: Loyalty, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody was more than so many customers."""
        monkeypatch.setattr("loyaltycore.engagement.merging.SOURCES_MAX", 1)
        one, two, three = (shop.customers.register().id for _ in range(3))
        shop.customers.merge(one, into=two)

        with pytest.raises(errors.LimitReached):
            shop.customers.merge(three, into=two)
        with pytest.raises(errors.LimitReached):
            shop.customers.merge(two, into=three)

    def test_who_may(self, shop: Loyalty, ada: Customer, alias: Customer) -> None:
        """CU-18: it takes a permission of its own."""
        eva = acting(shop, "eva", Permission.EDIT, Permission.DELETE)

        with pytest.raises(errors.PermissionDenied):
            eva.customers.merge(alias.id, into=ada.id)


def test_a_file_that_names_an_alias_changes_the_target(
    shop: Loyalty, ada: Customer, alias: Customer
) -> None:
    """CU-18: rows of a file are recognised by a contact that a merge left behind."""
    shop.customers.merge(alias.id, into=ada.id, fill=False)
    report = shop.files.import_customers(
        "first name,last name,e-mail\nAda,Byron,ada@example.com\n"
    )

    assert (0, 1) == (report.created, report.updated)
    assert "Byron" == shop.customers.get(ada.id).last_name
    assert () == shop.verify().problems


def test_what_an_alias_kept_the_target_can_have(
    shop: Loyalty, ada: Customer, alias: Customer
) -> None:
    """CU-05, CU-18: a contact of a merged customer is the target's to be edited to."""
    shop.customers.merge(alias.id, into=ada.id)
    edited = shop.customers.edit(ada.id, phone="030 901821")

    assert edited == shop.customers.find(phone="030 901821")
    assert None is shop.customers.find(phone="030 901820")
    shop.customers.register(phone="030 901820")
    assert () == shop.verify().problems


def test_a_file_never_revives_who_is_gone(shop: Loyalty, ada: Customer) -> None:
    """CU-08, CU-19: a row about somebody who was erased is about somebody new."""
    shop.customers.erase(ada.id)
    report = shop.files.import_customers("first name,phone\nAda,030 901820\n")

    assert (1, 0) == (report.created, report.updated)
    assert None is shop.customers.get(ada.id).first_name


def put_into_segments(store: Store, program_id: str, **members: list[str]) -> None:
    """Write segments with their members, by name."""
    rows, memberships = [], []
    for name, customers in members.items():
        rows.append(
            {
                "program_id": program_id,
                "id": name,
                "version": 1,
                "name": name,
                "kind": "static",
                "filter": None,
                "members": len(customers),
                "created_at": NOON,
                "refreshed_at": None,
            }
        )
        memberships += [
            {
                "program_id": program_id,
                "segment_id": name,
                "customer_id": customer,
                "since": NOON,
            }
            for customer in customers
        ]
    with store.session() as session:
        session.apply([Insert("segment", rows), Insert("segment_member", memberships)])


def test_segments_have_each_of_them_once(
    shop: Loyalty, store: Store, ada: Customer, alias: Customer
) -> None:
    """CU-12, CU-18: whatever segment one was in, the target is in; once."""
    put_into_segments(
        store, shop.program.id, both=[ada.id, alias.id], theirs=[alias.id]
    )
    shop.customers.merge(alias.id, into=ada.id)
    picture = rows_of(store)

    assert {("both", ada.id), ("theirs", ada.id)} == {
        (row["segment_id"], row["customer_id"]) for row in picture["segment_member"]
    }
    assert {"both": 1, "theirs": 1} == {
        row["id"]: row["members"] for row in picture["segment"]
    }
    shop.customers.erase(ada.id)
    picture = rows_of(store)
    assert [] == picture["segment_member"]
    assert [0, 0] == [row["members"] for row in picture["segment"]]
