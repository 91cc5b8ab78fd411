"""Issuing cards, scanning them, and what goes with a command."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, cards, errors
from loyaltycore.values.codes import format_code


if TYPE_CHECKING:
    from loyaltycore.ports import Store


@pytest.fixture
def wallet(shop: Loyalty) -> str:
    """A cashback card of 3 %."""
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    return shop.cards.issue(template.id, to=shop.customers.register().id).id


def test_a_card_is_found_by_its_serial_in_any_notation(shop: Loyalty) -> None:
    """Lower case, dashes and spaces do not matter to a scanner."""
    template = shop.templates.create("Coffee", cards.Stamp(reward="Free coffee"))
    customer = shop.customers.register()
    card = shop.cards.issue(template.id, to=customer.id)

    assert shop.cards.get(card.id) == card
    assert shop.cards.scan(format_code(card.serial).lower()) == card
    assert shop.cards.of(customer.id) == [card]


def test_what_goes_with_a_command_is_kept(shop: Loyalty, wallet: str) -> None:
    """Receipt, place, person and moment are on the transaction."""
    occurred_at = NOON - timedelta(hours=3)
    done = shop.cards.record_purchase(
        wallet,
        "10.00",
        key="k",
        receipt_id="R-1",
        location="main-street",
        terminal="till-3",
        actor="m-7",
        occurred_at=occurred_at,
        source="scanner",
    )
    kept = shop.transactions.get(done.id)

    assert kept == done.transaction
    assert (kept.receipt_id, kept.location_id, kept.terminal_id, kept.actor_id) == (
        "R-1",
        "main-street",
        "till-3",
        "m-7",
    )
    assert (kept.occurred_at, kept.recorded_at) == (occurred_at, NOON)
    assert kept.source == "scanner"


def test_a_quote_says_what_would_happen_and_writes_nothing(
    shop: Loyalty, store: Store, wallet: str
) -> None:
    """The balances of a quote are those of the posting after it."""
    before = rows_of(store)
    quote = shop.cards.quote(wallet, cards.RecordPurchase("49.90"))
    after = rows_of(store)
    done = shop.cards.record_purchase(wallet, "49.90")

    assert after == before
    assert quote.refusal is None
    assert quote.balances == done.balances
    assert quote.till == done.till


def test_a_refused_quote_has_no_till(shop: Loyalty, wallet: str) -> None:
    """The refusal is a value, not an exception."""
    quote = shop.cards.quote(wallet, cards.RedeemPoints("1.00"))

    assert isinstance(quote.refusal, errors.InsufficientBalance)
    assert quote.till is None
    assert quote.balances is None


def test_a_replay_returns_the_first_result_even_after_others(
    shop: Loyalty, wallet: str
) -> None:
    """Balances and till of a replay are those of its own moment."""
    first = shop.cards.record_purchase(wallet, "10.00", key="a")
    shop.cards.record_purchase(wallet, "90.00", key="b")
    again = shop.cards.record_purchase(wallet, "10.00", key="a")

    assert again.replayed
    assert not first.replayed
    assert again.transaction == first.transaction
    assert again.balances == first.balances
    assert again.till == first.till


def test_the_same_number_written_otherwise_is_the_same_request(
    shop: Loyalty, wallet: str
) -> None:
    """49.9 and 49.90 are one amount, as text or as a number."""
    shop.cards.record_purchase(wallet, "49.9", key="a")

    assert shop.cards.record_purchase(wallet, Decimal("49.90"), key="a").replayed


@pytest.mark.parametrize("other", [{"receipt_id": "R"}, {"location": "L"}])
def test_a_key_stands_for_all_that_was_said(
    other: dict[str, str], shop: Loyalty, wallet: str
) -> None:
    """The same purchase with another receipt or place is another request."""
    shop.cards.record_purchase(wallet, "1.00", key="a")
    with pytest.raises(errors.DuplicateKeyMismatch):
        shop.cards.record_purchase(wallet, "1.00", key="a", **other)  # type: ignore[misc]


def test_every_command_has_its_short_form(shop: Loyalty, wallet: str) -> None:
    """The spelled-out methods post their commands."""
    stamps = shop.cards.issue(
        shop.templates.create("Coffee", cards.Stamp(reward="Free coffee")).id,
        to=shop.customers.register().id,
    ).id
    done = [
        shop.cards.add_stamps(stamps, 11, purchase_amount="30.00"),
        shop.cards.subtract_stamps(stamps),
        shop.cards.claim_reward(stamps),
        shop.cards.check_in(stamps),
        shop.cards.add_points(wallet, 5),
        shop.cards.subtract_points(wallet, 1),
        shop.cards.redeem_points(wallet, 2, order_total="10.00"),
    ]
    commands = [each.transaction.command["type"] for each in done]

    assert commands == [
        "AddStamps",
        "SubtractStamps",
        "ClaimReward",
        "CheckIn",
        "AddPoints",
        "SubtractPoints",
        "RedeemPoints",
    ]
    assert done[-1].balances["point"] == 2
    assert done[-1].till.pay == 800


def test_time_does_not_go_back_on_a_card(shop: Loyalty, wallet: str) -> None:
    """A clock that jumps back decides at the card's last moment."""
    shop.cards.record_purchase(wallet, "1.00")
    done = shop.at(NOON - timedelta(days=1)).cards.record_purchase(wallet, "1.00")

    assert done.transaction.recorded_at == NOON


def test_an_option_that_there_is_not_is_refused(shop: Loyalty, wallet: str) -> None:
    """A typing mistake in an option is an error, not a receipt that is lost."""
    with pytest.raises(TypeError, match="recipt_id; there are actor, key"):
        shop.cards.record_purchase(wallet, "1.00", recipt_id="R-1")  # type: ignore[call-arg]


def test_a_card_shows_how_it_stands(shop: Loyalty, store: Store, wallet: str) -> None:
    """Balances and till are those of the last posting, and nothing is written."""
    nothing_yet = shop.cards.show(wallet)
    done = shop.cards.record_purchase(wallet, "49.90")
    before = rows_of(store)
    shown = shop.cards.show(wallet)

    assert nothing_yet.balances["point"] == 0
    assert shown.balances == done.balances
    assert shown.till == done.till
    assert rows_of(store) == before


def test_a_card_does_not_show_what_has_expired(shop: Loyalty, store: Store) -> None:
    """What has fallen due does not count, although nobody has swept."""
    rules = cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "days"))
    template = shop.templates.create("Short", rules)
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    shop.cards.record_purchase(card, "10.00")
    before = rows_of(store)
    later = shop.at(NOON + timedelta(days=3)).cards.show(card)

    assert later.balances["point"] == 0
    assert rows_of(store) == before


def test_the_card_instead_of_its_id_is_told_so(shop: Loyalty, wallet: str) -> None:
    """The most common mistake gets the shortest way out."""
    card: Any = shop.cards.get(wallet)
    with pytest.raises(errors.InvalidValue) as caught:
        shop.cards.record_purchase(card, "1.00")

    assert str(caught.value) == "card_id: pass an id, such as card.id, not Card."
