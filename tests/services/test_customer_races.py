"""Customers that several managers want at once, and who did what."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from tests.conftest import NOON

from loyaltycore import Loyalty, Program, cards, errors
from loyaltycore.program.customer_form import CustomerForm


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.ports import Store

RACERS = 8


def race(do: Callable[[int], Any]) -> Counter[str]:
    """Let all racers do it at the same moment; what each one got, by its name."""
    start = Barrier(RACERS)

    def racer(number: int) -> str:
        start.wait()
        try:
            return type(do(number)).__name__
        except errors.LoyaltyError as error:
            return error.code

    with ThreadPoolExecutor(RACERS) as pool:
        return Counter(pool.map(racer, range(RACERS)))


@pytest.fixture
def shop(store: Store, program: Program) -> Loyalty:
    """A café with club numbers."""
    club = cards.FieldDefinition("club", type=cards.FieldType.INTEGER, unique=True)
    form = CustomerForm(fields=(club,))
    return Loyalty(store, attrs.evolve(program, customer_form=form)).at(NOON)


def test_one_phone_is_registered_once(shop: Loyalty) -> None:
    """CU-01: the others are told who has it."""
    results = race(lambda _: shop.customers.register(phone="030 901820"))

    assert {"Customer": 1, "duplicate_customer": RACERS - 1} == results
    assert not shop.verify().problems


def test_one_club_number_is_given_once(shop: Loyalty) -> None:
    """CU-01: to a new customer or to an old one, whoever is first."""
    known = [shop.customers.register() for _ in range(RACERS // 2)]

    def take(number: int) -> object:
        if number < len(known):
            return shop.customers.edit(known[number].id, fields={"club": 7})
        return shop.customers.register(fields={"club": 7})

    assert {"Customer": 1, "duplicate_field": RACERS - 1} == race(take)
    assert not shop.verify().problems


def test_edits_of_different_fields_are_all_kept(shop: Loyalty) -> None:
    """CU-05: nobody's edit undoes another's, and purchases go on meanwhile."""
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    ada = shop.customers.register(first_name="Ada")
    card = shop.cards.issue(template.id, to=ada.id)
    edits: list[Any] = [
        {"last_name": "Lovelace"},
        {"phone": "030 901820"},
        {"email": "ada@example.com"},
        {"gender": "female"},
    ]

    def do(number: int) -> object:
        if number < len(edits):
            return shop.customers.edit(ada.id, **edits[number])
        return shop.cards.record_purchase(card.id, "10.00")

    results = race(do)
    now = shop.customers.get(ada.id)

    assert {"Customer": 4, "Posted": 4} == results
    assert ("Lovelace", "+4930901820", "ada@example.com", "female") == (
        now.last_name,
        now.phone,
        now.email,
        now.person.gender,
    )
    assert (5, 4) == (now.version, now.purchases)
    assert not shop.verify().problems


def test_a_link_is_made_once(shop: Loyalty) -> None:
    """CU-16: whoever asks first makes it, and all get the same."""
    ada = shop.customers.register()
    tokens: set[str] = set()

    def ask(_: int) -> object:
        link = shop.links.referral(ada.id)
        tokens.add(link.token)
        return link

    assert {"Link": RACERS} == race(ask)
    assert 1 == len(tokens)


class TestManagers:
    """Who did it, and who may."""

    def as_manager(self, shop: Loyalty, *permissions: str) -> Loyalty:
        """Put a manager in and let her work at the counter."""
        eva = shop.managers.add("Eva", permissions=permissions)
        return shop.as_manager(eva.id, location=shop.locations.add("Mitte").id)

    def test_every_entry_of_the_feed_says_who(self, shop: Loyalty) -> None:
        """CU-05: the sign-up, the card and the edit are hers."""
        template = shop.templates.create("Points", cards.Cashback(percent=3))
        eva = self.as_manager(shop, "add_customer", "edit", "view_customers", "earn")
        ada = eva.customers.register()
        card = eva.cards.issue(template.id, to=ada.id)
        eva.cards.install(card.id)
        eva.customers.edit(ada.id, gender="female")
        entries = eva.customers.feed(ada.id).entries

        (manager,), (place,) = shop.managers.list(), shop.locations.list()
        assert (manager.id, place.id) == (ada.registered_by, ada.location_id)
        assert [manager.id] * 4 == [entry.actor_id for entry in entries]

    def test_what_is_not_hers_to_do(self, shop: Loyalty) -> None:
        """Each method asks for its permission."""
        ada = shop.customers.register()
        eva = self.as_manager(shop)
        for ask in (
            eva.customers.register,
            lambda: eva.customers.edit(ada.id, gender="x"),
            lambda: eva.customers.get(ada.id),
            eva.customers.page,
            lambda: eva.customers.find(id=ada.id),
            lambda: eva.customers.search("ada"),
            lambda: eva.customers.profile(ada.id),
            lambda: eva.customers.feed(ada.id),
            lambda: eva.customers.transactions(ada.id),
            lambda: eva.links.referral(ada.id),
        ):
            with pytest.raises(errors.PermissionDenied):
                ask()
