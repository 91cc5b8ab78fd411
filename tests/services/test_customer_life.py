"""CU-08, CU-15: customers who are stopped, deleted and restored, on every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from tests.conftest import NOON, rows_of
from tests.services.people import acting

from loyaltycore import Loyalty, cards, errors
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.customer_status import Activity, CustomerStatus
from loyaltycore.program.fields import FieldDefinition
from loyaltycore.program.managers import Permission


if TYPE_CHECKING:
    from loyaltycore.ports import Store
    from loyaltycore.program.program import Program


def wallet(shop: Loyalty, customer_id: str) -> str:
    """Give a card with points that expire."""
    rules = cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "months"))
    template = shop.templates.create("Wallet", rules)
    return shop.cards.issue(template.id, to=customer_id).id


class TestStatus:
    """CU-15: deactivated and blocked."""

    @pytest.mark.parametrize("how", ["deactivate", "block"])
    def test_the_stopped_neither_earn_nor_redeem(self, shop: Loyalty, how: str) -> None:
        """CU-15: postings and quotes are refused, until the customer is reopened."""
        ada = shop.customers.register().id
        card = wallet(shop, ada)
        shop.cards.record_purchase(card, "20.00")
        stopped = getattr(shop.customers, how)(ada, "asked for it")

        assert stopped == shop.customers.get(ada)
        assert ("asked for it", True) == (stopped.status_reason, stopped.is_living)
        for attempt in (
            lambda: shop.cards.record_purchase(card, "5.00"),
            lambda: shop.cards.redeem_points(card, "1.00"),
            lambda: shop.cards.issue(shop.cards.get(card).template_id, to=ada),
        ):
            with pytest.raises(errors.CustomerBlocked) as caught:
                attempt()
            assert stopped.status == caught.value.details["status"]
        refusal = shop.cards.quote(card, cards.RedeemPoints("1.00")).refusal
        assert isinstance(refusal, errors.CustomerBlocked)
        reopened = shop.customers.reopen(ada)
        assert (CustomerStatus.OPEN, None) == (reopened.status, reopened.status_reason)
        shop.cards.record_purchase(card, "5.00")

    def test_what_was_posted_can_be_taken_back(self, shop: Loyalty) -> None:
        """CU-15: void, refund and amend work on the cards of a blocked customer."""
        ada = shop.customers.register().id
        card = wallet(shop, ada)
        first = shop.cards.record_purchase(card, "20.00").id
        second = shop.cards.record_purchase(card, "30.00").id
        shop.customers.block(ada, "stole a spoon")

        shop.transactions.amend(second, "40.00")
        shop.transactions.refund(second, "10.00")
        shop.transactions.void(first)
        assert 3000 == shop.customers.get(ada).purchase_value
        assert () == shop.verify().problems

    def test_time_goes_on(self, shop: Loyalty) -> None:
        """CU-15: upkeep expires the points of a deactivated customer too."""
        ada = shop.customers.register().id
        shop.cards.record_purchase(wallet(shop, ada), "20.00")
        shop.customers.deactivate(ada, "moved away")
        later = shop.at(NOON.replace(month=6))

        assert 1 == later.upkeep.sweep().transactions
        assert 0 == shop.customers.get(ada).points

    def test_a_removed_card_does_not_come_back(self, shop: Loyalty) -> None:
        """Who is blocked gets no card, not even one that they had."""
        ada = shop.customers.register().id
        card = wallet(shop, ada)
        shop.cards.install(card)
        shop.cards.remove(card)
        shop.customers.block(ada, "stole a spoon")

        with pytest.raises(errors.CustomerBlocked):
            shop.cards.issue(shop.cards.get(card).template_id, to=ada)

    def test_a_reason_is_one_line(self, shop: Loyalty) -> None:
        """The reason is for your staff; without one nobody is stopped."""
        ada = shop.customers.register().id
        for reason in ("", " ", "x" * 256, "a\nb", None):
            with pytest.raises(errors.InvalidValue):
                shop.customers.block(ada, reason)  # type: ignore[arg-type]
        shop.customers.block(ada, "Zoë's spoon")

        assert "spoon" not in repr(shop.customers.get(ada))

    def test_the_feed_tells_the_status_and_no_reason(self, shop: Loyalty) -> None:
        """CU-05, CU-15: who did it and what, not why."""
        ada = shop.customers.register().id
        eva = acting(shop, "eva", Permission.EDIT)
        eva.customers.block(ada, "stole a spoon")
        eva.customers.block(ada, "stole a spoon")
        entries = [e for e in shop.customers.feed(ada).entries if e.kind == "status"]

        assert [({"status": "blocked"}, "eva")] == [
            (each.details, each.actor_id) for each in entries
        ]
        with pytest.raises(errors.PermissionDenied):
            eva.customers.delete(ada)


class TestActivity:
    """CU-15: active and inactive."""

    def test_by_hand(self, shop: Loyalty) -> None:
        """CU-15: what was set by hand decides, until it is left to what they do."""
        ada = shop.customers.register().id
        shop.customers.set_activity(ada, "inactive")
        assert Activity.INACTIVE is shop.customers.profile(ada).activity

        shop.customers.set_activity(ada, None)
        assert Activity.ACTIVE is shop.customers.profile(ada).activity
        with pytest.raises(errors.InvalidValue):
            shop.customers.set_activity(ada, "asleep")
        entry = shop.customers.feed(ada).entries[0]
        assert {"status": "open", "activity": None} == entry.details

    def test_derived(self, shop: Loyalty) -> None:
        """CU-15: 90 days after the last transaction a customer is inactive."""
        ada = shop.customers.register(registered_at=NOON.replace(year=2025)).id
        assert Activity.INACTIVE is shop.customers.profile(ada).activity
        shop.cards.record_purchase(wallet(shop, ada), "20.00")

        assert Activity.ACTIVE is shop.customers.profile(ada).activity
        over = shop.at(NOON.replace(month=5, day=31))  # 90 days later
        assert Activity.INACTIVE is over.customers.profile(ada).activity


class TestDelete:
    """CU-08: the guard, and what goes along."""

    def test_an_installed_card_stands_in_the_way(
        self, shop: Loyalty, store: Store
    ) -> None:
        """CU-08: the card has to be deleted first, and the refusal names it."""
        ada = shop.customers.register().id
        card, other = wallet(shop, ada), wallet(shop, ada)
        shop.cards.install(card)
        before = rows_of(store)

        with pytest.raises(errors.CustomerHasInstalledCard) as caught:
            shop.customers.delete(ada)
        assert {"customer_id": ada, "card_ids": [card]} == caught.value.details
        assert before == rows_of(store)
        shop.cards.delete(card)
        shop.customers.delete(ada)
        assert "deleted" == shop.cards.get(other).status

    def test_a_deleted_card_no_longer_functions(self, shop: Loyalty) -> None:
        """CU-08: cards that are not installed are deleted along; the ledger stays."""
        ada = shop.customers.register().id
        card, removed = wallet(shop, ada), wallet(shop, ada)
        bought = shop.cards.record_purchase(card, "20.00").id
        shop.cards.install(removed)
        shop.cards.remove(removed)
        deleted = shop.customers.delete(ada)

        assert CustomerStatus.DELETED is deleted.status
        for each in (card, removed):
            with pytest.raises(errors.CardDeleted):
                shop.cards.record_purchase(each, "5.00")
        assert bought == shop.transactions.get(bought).id
        assert 2000 == shop.customers.get(ada).purchase_value
        assert () == shop.verify().problems

    def test_they_are_in_no_list(self, shop: Loyalty, store: Store) -> None:
        """CU-08: not found, not listed, not counted; phone and e-mail are free."""
        ada = shop.customers.register(
            first_name="Ada", phone="030 901820", email="ada@example.com"
        )
        shop.customers.delete(ada.id)
        again = shop.customers.delete(ada.id)

        assert CustomerStatus.DELETED is again.status
        assert [] == shop.customers.search("ada")
        assert None is shop.customers.find(phone="030 901820")
        assert ([], None) == shop.customers.page()
        assert 0 == sum(row["living"] for row in rows_of(store)["day_figure"])
        other = shop.customers.register(phone="030 901820", email="ada@example.com")
        assert other.id == shop.customers.search("901820")[0].id
        with pytest.raises(errors.CustomerGone):
            shop.customers.edit(ada.id, first_name="Eve")
        with pytest.raises(errors.CustomerGone):
            shop.customers.block(ada.id, "x")
        with pytest.raises(errors.CustomerBlocked):
            wallet(shop, ada.id)

    def test_restored(self, shop: Loyalty, store: Store) -> None:
        """CU-08: who is restored is found and counted; their cards stay deleted."""
        ada = shop.customers.register(first_name="Ada", phone="030 901820")
        card = wallet(shop, ada.id)
        shop.customers.delete(ada.id)
        restored = shop.customers.restore(ada.id)

        assert restored == shop.customers.restore(ada.id)
        assert [restored] == shop.customers.search("ada")
        assert restored == shop.customers.find(phone="030 901820")
        assert 1 == sum(row["living"] for row in rows_of(store)["day_figure"])
        assert "deleted" == shop.cards.get(card).status
        assert () == shop.verify().problems

    def test_a_removed_card_is_restored(self, shop: Loyalty) -> None:
        """CU-08: a card that was removed comes back, a deleted one never."""
        ada = shop.customers.register().id
        card = wallet(shop, ada)
        shop.cards.install(card)
        shop.cards.remove(card)
        assert "installed" == shop.cards.restore(card).status

        shop.cards.delete(card)
        with pytest.raises(errors.CardDeleted):
            shop.cards.restore(card)

    def test_what_was_taken_meanwhile(self, shop: Loyalty, store: Store) -> None:
        """CU-08: who has the phone by now is named, and nobody is restored."""
        ada = shop.customers.register(phone="030 901820")
        shop.customers.delete(ada.id)
        bob = shop.customers.register(phone="030 901820")
        before = rows_of(store)

        with pytest.raises(errors.DuplicateCustomer) as caught:
            shop.customers.restore(ada.id)
        assert {"field": "phone", "customer_id": bob.id} == caught.value.details
        assert before == rows_of(store)

    def test_unique_fields_are_free_as_well(
        self, store: Store, program: Program
    ) -> None:
        """CU-08: values of unique fields of the program's own are free for others."""
        form = CustomerForm(fields=(FieldDefinition("badge", unique=True),))
        shop = Loyalty(store, attrs.evolve(program, customer_form=form)).at(NOON)
        ada = shop.customers.register(fields={"badge": "7"})
        shop.customers.delete(ada.id)
        shop.customers.register(fields={"badge": "7"})

        with pytest.raises(errors.DuplicateField):
            shop.customers.restore(ada.id)
        assert () == shop.verify().problems
