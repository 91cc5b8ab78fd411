"""CU-19: all data of one person, for whoever asks what is kept of them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.services.people import acting

from loyaltycore import cards, errors
from loyaltycore.program.managers import Permission
from loyaltycore.records.whole_person import NOT_OF_A_PERSON, OF_A_PERSON
from loyaltycore.schema import COLLECTIONS


if TYPE_CHECKING:
    from loyaltycore import Loyalty


def test_everything_is_told(shop: Loyalty) -> None:
    """CU-19: profile, consents with history, notes, tags, cards, transactions, feed."""
    form = cards.Conditions(form=(cards.FieldDefinition("pet"),))
    wallet = shop.templates.create(
        "Wallet", cards.Cashback(percent=1), conditions=form
    ).id
    ada = shop.customers.register(
        first_name="Ada", email="ada@example.com", birth_date=date(1815, 12, 10)
    ).id
    card = shop.cards.issue(wallet, to=ada, fields={"pet": "Rex"}).id
    bought = shop.cards.record_purchase(card, "40.00", receipt_id="R-1").id
    shop.notes.add(ada, "Tall")
    shop.tags.add(ada, "vip")
    shop.consents.give(ada, "email", source="till")
    shop.feedback.record(ada, 4, "Fine", transaction_id=bought)
    link = shop.links.referral(ada)
    alias = shop.customers.register(first_name="A.", email="other@example.com").id
    shop.customers.merge(alias, into=ada)

    told = json.loads(json.dumps(shop.customers.export_person(alias)))
    assert ("Ada", "1815-12-10", 4000) == (
        told["customer"]["first_name"],
        told["customer"]["birth_date"],
        told["customer"]["purchase_value"],
    )
    assert ["other@example.com"] == [each["email"] for each in told["merged_customers"]]
    assert [{"pet": "Rex"}] == [each["fields"] for each in told["cards"]]
    assert [(bought, "R-1")] == [
        (each["id"], each["receipt_id"]) for each in told["transactions"]
    ]
    assert {"point", "spend"} == {each["unit"] for each in told["entries"]}
    assert {"point", "spend"} == {each["unit"] for each in told["lots"]}
    assert ["Tall"] == [each["text"] for each in told["notes"]]
    assert ["Fine"] == [each["text"] for each in told["reviews"]]
    assert ["vip"] == [each["tag"] for each in told["tags"]]
    assert [True] == [each["is_given"] for each in told["consents"]]
    assert ["till"] == [each["source"] for each in told["consent_history"]]
    assert {"merge", "note", "tag"} < {each["kind"] for each in told["feed"]}
    assert [link.token] == [each["token"] for each in told["links"]]


def test_it_is_one_persons(shop: Loyalty) -> None:
    """CU-19: nothing of anybody else is in it, and nothing that serves the store."""
    ada = shop.customers.register(first_name="Ada", phone="030 901820").id
    bob = shop.customers.register(first_name="Bob", phone="030 901821").id
    shop.notes.add(bob, "Sits with Cem")
    told = json.dumps(shop.customers.export_person(ada))

    for secret in ("Bob", "Cem", "901821", "unique_phone", "program_id"):
        assert secret not in told


@pytest.mark.parametrize("name", sorted(COLLECTIONS))
def test_no_table_is_forgotten(name: str) -> None:
    """CU-19: whatever table has rows of a customer is told, or repeats what is told."""
    if "customer_id" in COLLECTIONS[name].by_name:
        assert name in {*OF_A_PERSON.values(), *NOT_OF_A_PERSON}


def test_who_may(shop: Loyalty) -> None:
    """CU-19: it takes the permission to export."""
    ada = shop.customers.register().id
    eva = acting(shop, "eva", Permission.VIEW_CUSTOMERS)

    with pytest.raises(errors.PermissionDenied):
        eva.customers.export_person(ada)
    with pytest.raises(errors.UnknownCustomer):
        shop.customers.export_person("nobody")
