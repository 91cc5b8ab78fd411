"""What reward cards give for the tags that a file puts on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import cards
from loyaltycore.io.customer_rules import CustomerImport, Tagging
from loyaltycore.testing.doubles import RecordingNotifier


if TYPE_CHECKING:
    from loyaltycore import Loyalty
    from loyaltycore.ports import Store

VIP = "external id,tags\nA,vip\n"


@pytest.fixture
def template(shop: Loyalty) -> str:
    """Reward cards that give a cake for a tag, and a tea each time for another."""
    rules = cards.Reward(
        tiers=[cards.RewardTier("tea", "T", 10), cards.RewardTier("cake", "Cake", 100)],
        grants=[
            cards.OnTag("vip", "cake"),
            cards.OnTag("again", "tea", repeat=True),
            cards.OnJoining("tea", since=date(2026, 1, 1)),
        ],
    )
    return shop.templates.create("Rewards", rules).id


@pytest.fixture
def card(shop: Loyalty, template: str) -> str:
    """Ada's card, among others that give nothing for a tag."""
    ada = shop.customers.register(external_id="A").id
    stamps = cards.Stamp(stamps_required=9, reward="Coffee")
    shop.cards.issue(shop.templates.create("Coffee", stamps).id, to=ada)
    shop.templates.create("Plain", cards.Reward(tiers=[cards.RewardTier("x", "X", 1)]))
    return shop.cards.issue(template, to=ada).id


def tiers_of(shop: Loyalty, card_id: str) -> list[str]:
    """The vouchers of a card, in the order of their issue."""
    return [each.tier for each in shop.rewards.history(card_id)]


def test_a_tag_of_a_file_gives_its_reward(shop: Loyalty, card: str) -> None:
    """CU-07: as a tag by hand does, in the same write, and once."""
    report = shop.files.import_customers(f"{VIP}B,vip\n")  # B is new: no card
    assert (1, 1) == (report.created, report.updated)
    assert ["cake"] == tiers_of(shop, card)
    assert () == shop.verify().problems

    shop.files.import_customers(VIP, CustomerImport(tags=Tagging.REMOVE))
    shop.files.import_customers(VIP)
    assert ["cake"] == tiers_of(shop, card)
    assert 1 == shop.rewards.grant_tagged("vip")  # which is for joining


def test_only_what_the_tag_gives(shop: Loyalty, card: str) -> None:
    """CU-07: neither for other tags, nor for what was on before or is taken off."""
    shop.files.import_customers("external id,tags\nA,plain\n")
    assert [] == tiers_of(shop, card)
    shop.files.import_customers(VIP, CustomerImport(tags=Tagging.REMOVE))
    assert [] == tiers_of(shop, card)
    shop.files.import_customers(VIP, CustomerImport(tags=Tagging.REPLACE))
    assert ["cake"] == tiers_of(shop, card)


def test_a_repeated_grant_is_given_again(shop: Loyalty, card: str) -> None:
    """CU-07: where the grant says so, and the tag comes back on another day."""
    text = "external id,tags\nA,again\n"
    later = shop.at(NOON + timedelta(days=3))
    shop.files.import_customers(text)
    shop.files.import_customers(text, CustomerImport(tags=Tagging.REMOVE))
    later.files.import_customers(text)

    assert ["tea", "tea"] == tiers_of(shop, card)
    assert () == later.verify().problems


def test_a_dry_run_gives_nothing(shop: Loyalty, store: Store, card: str) -> None:
    """It writes nothing, and says of each row what the real run says."""
    before = rows_of(store)
    report = shop.files.import_customers(VIP, dry_run=True)

    assert (1, before) == (report.updated, rows_of(store))
    assert [] == tiers_of(shop, card)


def test_all_or_nothing(shop: Loyalty, card: str) -> None:
    """IO-01: a bad row keeps the vouchers out along with the tags."""
    bad = f"{VIP}C,{'x' * 65}\n"
    assert 1 == shop.files.import_customers(bad, all_or_nothing=True).failed
    assert [] == tiers_of(shop, card)
    shop.files.import_customers(VIP, all_or_nothing=True)

    assert ["cake"] == tiers_of(shop, card)


def test_what_cannot_be_granted_stops_no_row(shop: Loyalty, card: str) -> None:
    """CU-07: a blocked card gets its voucher when it is asked for again."""
    shop.cards.block(card, "lost")
    report = shop.files.import_customers(VIP)
    assert (1, 0) == (report.updated, report.failed)
    assert [] == tiers_of(shop, card)

    shop.cards.unblock(card)
    shop.rewards.grant_tagged("vip")
    assert "cake" in tiers_of(shop, card)
    assert () == shop.verify().problems


@pytest.mark.parametrize(("notify", "expected"), [(False, 0), (True, 1)])
def test_nobody_is_told_unless_asked(
    shop: Loyalty, card: str, notify: bool, expected: int
) -> None:
    """IO-02: files bring what was, and phones stay quiet."""
    shop.messages.dispatch(RecordingNotifier())
    shop.files.import_customers(VIP, CustomerImport(notify=notify))
    notifier = RecordingNotifier()
    shop.messages.dispatch(notifier)

    assert ["cake"] == tiers_of(shop, card)
    assert expected == len(notifier.messages)


def test_by_whom_it_was(shop: Loyalty, card: str) -> None:
    """The voucher names the manager who brought the file in."""
    eva = shop.managers.add("Eva", permissions=["import"])
    shop.as_manager(eva.id).files.import_customers(VIP)
    (granted,) = shop.transactions.of_card(card)

    assert (eva.id, "automation") == (granted.actor_id, granted.source)


def test_many_in_one_batch(shop: Loyalty, template: str) -> None:
    """CU-07: each of a batch gets theirs, whoever is on several lines of it."""
    ids = [shop.customers.register(external_id=f"E{n}").id for n in range(40)]
    issued = [shop.cards.issue(template, to=each).id for each in ids[:30]]
    lines = "".join(f"E{n},vip\n" for n in range(40))
    shop.files.import_customers(f"external id,tags\n{lines}", batch_rows=25)

    assert [["cake"]] * 30 == [tiers_of(shop, each) for each in issued]
    assert () == shop.verify().problems
