"""CU-20: consent by channel and purpose, on every store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON, rows_of
from tests.services.people import acting

from loyaltycore import errors
from loyaltycore.customers.consents import Channel


if TYPE_CHECKING:
    from loyaltycore import Loyalty
    from loyaltycore.ports import Store


def test_there_is_none_until_it_is_given(shop: Loyalty) -> None:
    """CU-20: consent is none until given, for one channel and purpose only."""
    ada = shop.customers.register(email="ada@example.com").id
    assert not shop.consents.is_given(ada, "email")
    assert () == shop.consents.of_customer(ada)
    given = shop.consents.give(ada, "email", source="sign_up_form")

    assert (given,) == shop.consents.of_customer(ada)
    assert (Channel.EMAIL, "marketing", True) == (
        given.channel,
        given.purpose,
        given.is_given,
    )
    assert shop.consents.is_given(ada, Channel.EMAIL)
    assert not shop.consents.is_given(ada, "email", "service")
    assert not shop.consents.is_given(ada, "sms")


def test_every_change_is_kept(shop: Loyalty) -> None:
    """CU-20: the history says when, by whom and from where, the newest first."""
    ada = shop.customers.register().id
    eva = acting(shop, "eva")
    eva.consents.give(ada, "sms", "service", source="till")
    shop.consents.give(ada, "sms", "service")  # says nothing new
    later = NOON + timedelta(days=1)
    shop.at(later).consents.withdraw(ada, "sms", "service")
    shop.consents.withdraw(ada, "phone")
    history = shop.consents.history(ada).changes

    assert [
        ("sms", False, later, None, None),
        ("phone", False, NOON, None, None),
        ("sms", True, NOON, "till", "eva"),
    ] == [
        (each.channel, each.is_given, each.changed_at, each.source, each.actor_id)
        for each in history
    ]
    assert not shop.consents.is_given(ada, "sms", "service")
    page = shop.consents.history(ada, limit=2)
    assert history[2:] == shop.consents.history(ada, cursor=page.cursor).changes
    assert () == shop.verify().problems


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "sms", "purpose": "Spam!"}, "purpose"),
        ({"channel": "sms", "purpose": "x" * 41}, "purpose"),
        ({"channel": "sms", "source": "ada@example.com"}, "source"),
        ({"channel": "sms", "source": 7}, "source"),
    ],
)
def test_what_cannot_be_a_consent(
    shop: Loyalty, store: Store, values: dict, field: str
) -> None:
    """Channels are known; purposes and sources are names, and nobody's own words."""
    ada = shop.customers.register().id
    before = rows_of(store)
    with pytest.raises(errors.InvalidValue) as caught:
        shop.consents.give(ada, **values)

    assert field == caught.value.field
    assert before == rows_of(store)


def test_the_feed_tells_of_consents(shop: Loyalty) -> None:
    """CU-05, CU-20: what was allowed or not stands in the feed."""
    ada = shop.customers.register().id
    shop.consents.give(ada, "push")
    entry = shop.customers.feed(ada).entries[0]

    assert "consent" == entry.kind
    assert {"channel": "push", "purpose": "marketing", "is_given": True} == (
        entry.details
    )


def test_nobody_and_gone(shop: Loyalty) -> None:
    """Only who is there allows anything."""
    ada = shop.customers.register().id
    shop.customers.delete(ada)

    with pytest.raises(errors.CustomerGone):
        shop.consents.give(ada, "sms")
    with pytest.raises(errors.UnknownCustomer):
        shop.consents.history("nobody")
