"""Links: made once, followed, and dead with what they led to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, cards, errors
from loyaltycore.customers.links import LinkPurpose
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.records.customers import customer_changes


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Store
    from loyaltycore.program.program import Program


@pytest.fixture
def ada(shop: Loyalty) -> Customer:
    """Ada."""
    return shop.customers.register(first_name="Ada")


@pytest.fixture
def card(shop: Loyalty, ada: Customer) -> Card:
    """Ada's card."""
    template = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
    return shop.cards.issue(template.id, to=ada.id)


def test_a_link_is_made_once(
    store: Store, program: Program, shop: Loyalty, ada: Customer, card: Card
) -> None:
    """CU-16: asking again gives the same link, under whatever base there is now."""
    made = [
        shop.links.sign_up(),
        shop.links.sign_up(location="mitte"),
        shop.links.sign_up(template_id=card.template_id),
        shop.links.sign_up(template_id=card.template_id, location="a/b"),
        shop.links.install(card.id),
        shop.links.referral(ada.id),
    ]
    before = rows_of(store)
    here = Loyalty(store, attrs.evolve(program, link_base="https://c.example/l/"))
    again = [
        here.links.sign_up(),
        here.links.sign_up(location="mitte"),
        here.links.sign_up(template_id=card.template_id),
        here.links.sign_up(template_id=card.template_id, location="a/b"),
        here.links.install(card.id),
        here.links.referral(ada.id),
    ]

    assert before == rows_of(store)
    assert 6 == len({link.token for link in made})
    assert [link.token for link in made] == [link.token for link in again]
    assert {None} == {link.url for link in made}
    assert [f"https://c.example/l/{link.token}" for link in made] == [
        link.url for link in again
    ]
    assert ada.id not in made[5].token


def test_a_link_leads_there(shop: Loyalty, ada: Customer, card: Card) -> None:
    """CU-16: to the programme, the card or the customer, typed in any notation."""
    sign_up = shop.links.sign_up(template_id=card.template_id, location="a/b")
    token = shop.links.install(card.id).token
    install = shop.links.resolve(f" {token[:7].lower()}-{token[7:]}")
    referral = shop.links.resolve(shop.links.referral(ada.id).token)
    there = shop.links.resolve(sign_up.token)
    anywhere = shop.links.resolve(shop.links.sign_up().token)

    assert (LinkPurpose.SIGN_UP, card.template_id, "a/b") == (
        there.purpose,
        there.template_id,
        there.location_id,
    )
    assert (None, None, None, None) == (
        anywhere.template_id,
        anywhere.location_id,
        anywhere.card,
        anywhere.customer,
    )
    assert (LinkPurpose.INSTALL, card, ada) == (
        install.purpose,
        install.card,
        install.customer,
    )
    assert (LinkPurpose.REFERRAL, None, ada) == (
        referral.purpose,
        referral.card,
        referral.customer,
    )


def test_a_link_dies_with_its_card(shop: Loyalty, ada: Customer, card: Card) -> None:
    """CU-16: a deleted card's link leads nowhere, and none is made for it."""
    link = shop.links.install(card.id)
    shop.cards.delete(card.id)
    with pytest.raises(errors.DeadLink) as caught:
        shop.links.resolve(link.token)
    with pytest.raises(errors.DeadLink):
        shop.links.install(card.id)

    assert {
        "purpose": "install",
        "subject_id": card.id,
        "status": "deleted",
    } == caught.value.details


def test_a_link_dies_with_its_customer(
    store: Store, shop: Loyalty, ada: Customer, card: Card
) -> None:
    """CU-16: of somebody deleted neither the referral nor the install link lives."""
    links = [shop.links.install(card.id), shop.links.referral(ada.id)]
    gone = attrs.evolve(ada, status=CustomerStatus.DELETED)
    with store.session() as session:
        session.apply(customer_changes(shop.program, ada, gone))
    for link in links:
        with pytest.raises(errors.DeadLink, match="deleted"):
            shop.links.resolve(link.token)
    with pytest.raises(errors.DeadLink):
        shop.links.referral(ada.id)


def test_a_link_of_somebody_merged_leads_to_who_they_are(
    store: Store, shop: Loyalty, ada: Customer, card: Card
) -> None:
    """What friends have in their messages goes on to work."""
    link = shop.links.referral(ada.id)
    eda = shop.customers.register(first_name="Eda")
    gone = attrs.evolve(ada, status=CustomerStatus.MERGED, merged_into=eda.id)
    with store.session() as session:
        session.apply(customer_changes(shop.program, ada, gone))

    assert eda == shop.links.resolve(link.token).customer
    assert shop.links.referral(eda.id) == shop.links.referral(ada.id)


@pytest.mark.parametrize("token", ["", "nonsense", "0" * 21, "A" * 500, "\x00"])
def test_a_token_that_leads_nowhere(token: str, shop: Loyalty) -> None:
    """It is refused and not repeated: it may be a guess, or another programme's."""
    with pytest.raises(errors.UnknownLink) as caught:
        shop.links.resolve(token)

    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda links: links.install("nobody's"), errors.UnknownCard),
        (lambda links: links.referral("nobody"), errors.UnknownCustomer),
        (lambda links: links.sign_up(template_id="none"), errors.UnknownTemplate),
        (lambda links: links.sign_up(template_id=7), errors.InvalidValue),
        (lambda links: links.sign_up(location="x" * 256), errors.InvalidValue),
        (lambda links: links.install(7), errors.InvalidValue),
    ],
    ids=["card", "customer", "template", "a number", "a long place", "no id"],
)
def test_nothing_to_lead_to(
    ask: Any, error: type[Exception], store: Store, shop: Loyalty
) -> None:
    """No link is made for what is not there."""
    before = rows_of(store)
    with pytest.raises(error):
        ask(shop.links)

    assert before == rows_of(store)
    assert NOON == shop.links.sign_up().created_at
