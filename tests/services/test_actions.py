"""What can be done with a card now, and why the rest cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, cards, errors


if TYPE_CHECKING:
    from loyaltycore.ports import Store


def card_of(shop: Loyalty, rules: cards.CardType[Any]) -> str:
    """Issue a card under these rules."""
    template = shop.templates.create("Card", rules)
    return shop.cards.issue(template.id, to=shop.customers.register().id).id


def codes(shop: Loyalty, card: str) -> dict[str, str | None]:
    """Every action with the code of its refusal, None where it can be done."""
    return {action.name: action.code for action in shop.cards.actions(card)}


def test_a_new_stamp_card(shop: Loyalty, store: Store):
    """There is nothing to take away and nothing to claim; nothing is written."""
    card = card_of(shop, cards.Stamp(reward="Tea", one_checkin_per_day=True))
    before = rows_of(store)
    none = "insufficient_balance"

    assert {
        "RecordPurchase": None,
        "CheckIn": None,
        "AddStamps": None,
        "SubtractStamps": none,
        "AddRewards": None,
        "SubtractRewards": none,
        "ClaimReward": none,
    } == codes(shop, card)
    assert before == rows_of(store)


def test_a_full_stamp_card_after_the_visit_of_today(shop: Loyalty):
    """The reward can be claimed; there is no second visit today, but tomorrow."""
    card = card_of(shop, cards.Stamp(reward="Tea", one_checkin_per_day=True))
    shop.cards.add_stamps(card, 11)

    assert {
        "RecordPurchase": "limit_reached",
        "CheckIn": "limit_reached",
        "AddStamps": "limit_reached",
        "SubtractStamps": None,
        "AddRewards": None,
        "SubtractRewards": None,
        "ClaimReward": None,
    } == codes(shop, card)
    tomorrow = shop.at(NOON + timedelta(days=1))
    assert codes(tomorrow, card)["CheckIn"] is None


def test_each_action_says_what_was_tried_and_why_not(shop: Loyalty):
    """The sentence is the one that the cashier would have got."""
    paying = cards.Paying(min_points=5, value_per_point="0.10")
    card = card_of(shop, cards.Cashback(percent=10, paying=paying))
    shop.cards.record_purchase(card, 49)
    *_, redeem = shop.cards.actions(card)

    assert "RedeemPoints: 4.90 points, 5.00 asked" == str(redeem)
    assert isinstance(redeem.reason, errors.LimitReached | errors.InsufficientBalance)
    assert not redeem.is_possible
    shop.cards.record_purchase(card, 1)
    *_, redeem = shop.cards.actions(card)
    assert ("RedeemPoints", True) == (str(redeem), redeem.is_possible)
    assert shop.cards.post(card, redeem.command).balances["point"] == 0


def test_what_has_expired_cannot_be_redeemed(shop: Loyalty):
    """Nobody has swept, and it counts as if somebody had."""
    rules = cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "days"))
    card = card_of(shop, rules)
    shop.cards.record_purchase(card, 100)
    later = shop.at(NOON + timedelta(days=3))

    assert codes(shop, card)["RedeemPoints"] is None
    assert "insufficient_balance" == codes(later, card)["RedeemPoints"]


@pytest.mark.parametrize("state", ["blocked", "deleted", "expired"])
def test_a_card_that_may_not_be_used_says_so_for_each(state: str, shop: Loyalty):
    """Whatever is wanted, the reason is the card itself."""
    card = card_of(shop, cards.Stamp(reward="Tea"))
    if state == "blocked":
        shop.cards.block(card, "lost")
    elif state == "deleted":
        shop.cards.delete(card)
    else:
        shop.cards.set_expiration(card, (NOON - timedelta(days=1)).date())

    assert {f"card_{state}"} == set(codes(shop, card).values())


def test_an_unknown_card_has_no_actions(shop: Loyalty):
    """It is not there."""
    with pytest.raises(errors.UnknownCard):
        shop.cards.actions("nope")
