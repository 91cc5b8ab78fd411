"""Registering customers and finding them, on every store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import errors


if TYPE_CHECKING:
    from loyaltycore import Loyalty
    from loyaltycore.ports import Store


class TestRegister:
    """``customers.register``."""

    def test_contacts_are_kept_in_their_one_form(self, shop: Loyalty) -> None:
        """A phone in any notation becomes E.164, an e-mail lower case."""
        ada = shop.customers.register(
            first_name=" Ada ", phone="(030) 90 18 20", email="Ada@Example.com"
        )

        assert shop.customers.get(ada.id) == ada
        assert (ada.first_name, ada.last_name) == ("Ada", None)
        assert (ada.phone, ada.email) == ("+4930901820", "ada@example.com")
        assert ada.registered_at == NOON

    def test_everything_may_be_missing(self, shop: Loyalty) -> None:
        """A host that keeps its own customers registers an external id, or nothing."""
        nobody = shop.customers.register()
        outside = shop.customers.register(external_id="crm-7")

        assert shop.customers.find(external_id="crm-7") == outside
        assert nobody.person.external_id is None

    def test_a_registration_may_be_reported_late(self, shop: Loyalty) -> None:
        """The moment of registration can lie in the past, not in the future."""
        early = shop.customers.register(registered_at=NOON - timedelta(days=1))
        with pytest.raises(errors.InvalidMoment):
            shop.customers.register(registered_at=NOON + timedelta(days=1))

        assert early.registered_at == NOON - timedelta(days=1)

    def test_a_taken_contact_names_who_has_it(self, shop: Loyalty) -> None:
        """The refusal carries the field and the other customer's id."""
        ada = shop.customers.register(phone="030 901820")
        with pytest.raises(errors.DuplicateCustomer) as caught:
            shop.customers.register(phone="0049 30 901820")

        assert caught.value.details == {"field": "phone", "customer_id": ada.id}

    def test_personal_data_is_in_no_repr(self, shop: Loyalty) -> None:
        """A customer in a log line shows an id and totals only."""
        shown = repr(
            shop.customers.register(
                first_name="Emmy",
                last_name="Noether",
                phone="030 901821",
                email="emmy@example.com",
                external_id="crm-emmy",
                birth_date=date(1882, 3, 23),
            )
        )

        for secret in ("Emmy", "Noether", "901821", "example", "crm-", "1882"):
            assert secret not in shown

    def test_a_name_longer_than_any_store_keeps_is_refused(self, shop: Loyalty) -> None:
        """The field is named, and nobody is registered."""
        with pytest.raises(errors.InvalidFields) as caught:
            shop.customers.register(last_name="x" * 201)

        assert list(caught.value.problems) == ["last_name"]


class TestFind:
    """``customers.find``, ``search`` and ``page``."""

    def test_a_unique_field_finds_one(self, shop: Loyalty) -> None:
        """Phone, e-mail and external id each find their customer, else nobody."""
        ada = shop.customers.register(phone="030 901820", email="ada@example.com")

        assert shop.customers.find(phone="+49 30 901820") == ada
        assert shop.customers.find(email="ADA@example.com") == ada
        assert shop.customers.find(email="other@example.com") is None
        assert shop.customers.find() is None

    @pytest.mark.parametrize(
        "text",
        ["lovel", "ADA", "ada love", "901820", "030 901820", "ada@ex", "zoe", "crm-9"],
    )
    def test_a_search_box_finds_by_any_beginning(
        self, text: str, shop: Loyalty
    ) -> None:
        """Words of names without case or accents, phone digits, e-mail, external id."""
        ada = shop.customers.register(
            first_name="Ada Zoë",
            last_name="Lovelace",
            phone="030 901820",
            email="ada@example.com",
            external_id="crm-9",
        )
        shop.customers.register(first_name="Alan", last_name="Turing")

        assert shop.customers.search(text) == [ada]

    @pytest.mark.parametrize("text", ["", "  ", "ada turing", "lace", "999999"])
    def test_what_does_not_fit_finds_nobody(self, text: str, shop: Loyalty) -> None:
        """All words have to fit one person, from the beginning of a word."""
        shop.customers.register(first_name="Ada", last_name="Lovelace")
        shop.customers.register(first_name="Alan", last_name="Turing")

        assert shop.customers.search(text) == []

    @pytest.mark.parametrize("name", ["李", "Ναταλία", "محمد", "🦊", "O'Brien", "%_"])
    def test_names_in_any_script_are_found(self, name: str, shop: Loyalty) -> None:
        """A search compares code points, whatever they mean elsewhere."""
        one = shop.customers.register(first_name=name)
        shop.customers.register(first_name="Ada")

        assert shop.customers.search(name) == [one]

    def test_pages_are_in_order_of_registration(self, shop: Loyalty) -> None:
        """Following the cursor visits everybody once."""
        made = [
            shop.customers.register(registered_at=NOON - timedelta(days=n))
            for n in range(5)
        ]
        seen, cursor = shop.customers.page(limit=2)
        while cursor is not None:
            more, cursor = shop.customers.page(limit=2, cursor=cursor)
            seen += more

        assert seen == list(reversed(made))


def test_a_registration_that_fails_leaves_no_search_key(
    shop: Loyalty, store: Store
) -> None:
    """A refused registration writes neither customer nor tokens."""
    shop.customers.register(external_id="crm-1")
    before = rows_of(store)
    with pytest.raises(errors.DuplicateCustomer):
        shop.customers.register(first_name="Ada", external_id="crm-1")

    assert rows_of(store) == before
