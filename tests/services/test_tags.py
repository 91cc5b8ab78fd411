"""CU-07: tags on customers, and what they give, on every store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON
from tests.services.people import acting

from loyaltycore import cards, errors
from loyaltycore.program.managers import Permission


if TYPE_CHECKING:
    from loyaltycore import Loyalty

DAY = date(2026, 3, 2)


def reward_card(shop: Loyalty, customer_id: str, *grants: cards.Grant) -> str:
    """Give a card with a cake in its catalogue."""
    rules = cards.Reward(
        tiers=[cards.RewardTier("cake", "Cake", 100)],
        grants=grants,
    )
    template = shop.templates.create("Rewards", rules)
    return shop.cards.issue(template.id, to=customer_id).id


def vouchers(shop: Loyalty, card_id: str) -> int:
    """How many vouchers a card has."""
    return len(shop.rewards.history(card_id))


def test_tags_have_the_day_they_were_put_on(shop: Loyalty) -> None:
    """CU-07: tags are added, removed and replaced; who stays keeps its local day."""
    ada = shop.customers.register().id
    late = shop.at(NOON + timedelta(hours=12))  # past midnight in Berlin

    assert {"vip": DAY, "regular": DAY} == shop.tags.add(ada, "vip", " regular ", "vip")
    assert {"vip": DAY, "regular": DAY, "new": date(2026, 3, 3)} == late.tags.add(
        ada, "new", "vip"
    )
    assert {"vip": DAY, "new": date(2026, 3, 3)} == late.tags.remove(
        ada, "regular", "never"
    )
    assert {"vip": DAY, "x": date(2026, 3, 3)} == late.tags.replace(ada, ["vip", "x"])
    assert {"vip": DAY, "x": date(2026, 3, 3)} == shop.tags.of_customer(ada)


def test_a_tag_gives_its_reward_at_once(shop: Loyalty) -> None:
    """CU-07: a tag grants its reward when it is put on, once for customer and tag."""
    ada = shop.customers.register().id
    card = reward_card(shop, ada, cards.OnTag("vip", "cake"))
    shop.tags.add(ada, "vip")
    assert 1 == vouchers(shop, card)

    shop.tags.remove(ada, "vip")
    assert 1 == vouchers(shop, card)
    later = shop.at(NOON + timedelta(days=3))
    later.tags.add(ada, "vip")
    assert [] == later.rewards.grant_due(ada)
    assert 1 == vouchers(shop, card)
    assert () == shop.verify().problems


def test_a_repeated_grant_is_given_again(shop: Loyalty) -> None:
    """CU-07: with ``repeat`` the tag grants again when it is put on another day."""
    ada = shop.customers.register().id
    card = reward_card(shop, ada, cards.OnTag("vip", "cake", repeat=True))
    shop.tags.add(ada, "vip")
    shop.tags.remove(ada, "vip")
    shop.at(NOON + timedelta(days=3)).tags.add(ada, "vip")

    assert 2 == vouchers(shop, card)


def test_who_has_the_tag_already_gets_what_is_new(shop: Loyalty) -> None:
    """CU-07: a grant that comes later applies to everybody tagged before, once."""
    people = [shop.customers.register().id for _ in range(3)]
    for each in people[:2]:
        shop.tags.add(each, "vip")
    card = reward_card(shop, people[0], cards.OnTag("vip", "cake"))

    assert 1 == shop.rewards.grant_tagged("vip")
    assert 0 == shop.rewards.grant_tagged("vip")
    assert 1 == vouchers(shop, card)


def test_two_cards_are_granted_once(shop: Loyalty) -> None:
    """CU-07: once for a customer, a reward and a tag, on whichever of their cards."""
    ada = shop.customers.register().id
    first = reward_card(shop, ada, cards.OnTag("vip", "cake"))
    template_id = shop.cards.get(first).template_id
    second = shop.cards.issue(template_id, to=ada).id
    shop.tags.add(ada, "vip")
    shop.rewards.grant_due(ada)

    assert 1 == vouchers(shop, first) + vouchers(shop, second)


def test_a_card_that_cannot_be_used_is_passed_over(shop: Loyalty) -> None:
    """What cannot be granted now stops no tag; it is granted when it can be."""
    ada = shop.customers.register().id
    card = reward_card(shop, ada, cards.OnTag("vip", "cake"))
    gone = reward_card(shop, ada, cards.OnTag("vip", "cake"))
    shop.cards.delete(gone)
    shop.cards.block(card, "lost")
    shop.tags.add(ada, "vip")
    assert 0 == vouchers(shop, card)

    shop.cards.unblock(card)
    assert 1 == len(shop.rewards.grant_due(ada))


@pytest.mark.parametrize("tag", ["", "  ", "x" * 65, "a\nb", 7])
def test_what_cannot_be_a_tag(shop: Loyalty, tag: object) -> None:
    """A tag is one line of 1 to 64 characters."""
    ada = shop.customers.register().id
    with pytest.raises(errors.InvalidValue):
        shop.tags.add(ada, tag)  # type: ignore[arg-type]
    with pytest.raises(errors.InvalidValue):
        shop.tags.replace(ada, "vip")


def test_tags_have_a_limit(shop: Loyalty) -> None:
    """CU-07: a hundred tags on one customer, not one more; removing makes room."""
    ada = shop.customers.register().id
    shop.tags.add(ada, *(f"tag {n}" for n in range(100)))
    with pytest.raises(errors.LimitReached):
        shop.tags.add(ada, "one more")
    shop.tags.add(ada, "tag 7")

    assert 100 == len(shop.tags.replace(ada, [f"{n}" for n in range(100)]))


def test_the_feed_tells_of_tags(shop: Loyalty) -> None:
    """CU-05, CU-07: a tag is the shop's word and stands in the feed, once."""
    ada = shop.customers.register().id
    eva = acting(shop, "eva", Permission.EDIT)
    eva.tags.add(ada, "vip")
    eva.tags.add(ada, "vip")
    tagged = [each for each in shop.customers.feed(ada).entries if each.kind == "tag"]

    assert [{"added": ["vip"], "removed": []}] == [each.details for each in tagged]
    with pytest.raises(errors.PermissionDenied):
        eva.tags.of_customer(ada)
