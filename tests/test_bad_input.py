"""Bad input: a typed error with a code and a sentence, and every row as before."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, Money, Program, cards, errors


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.ports import Store

NOBODY = "00000000-0000-7000-8000-000000000000"


class Till:
    """A shop with one customer, one cashback card with 1.49 points, one stamp card."""

    def __init__(self, shop: Loyalty) -> None:
        self.shop = shop
        points = shop.templates.create("Points", cards.Cashback(percent=3))
        coffee = shop.templates.create("Coffee", cards.Stamp(reward="Free coffee"))
        self.customer = shop.customers.register(
            first_name="Grace", phone="030 901820", email="grace@example.com"
        )
        self.wallet = shop.cards.issue(points.id, to=self.customer.id).id
        self.stamps = shop.cards.issue(coffee.id, to=self.customer.id).id
        self.posted = shop.cards.record_purchase(self.wallet, "49.90", key="sale-1")
        self.sale = self.posted.id


@pytest.fixture
def till(shop: Loyalty) -> Till:
    """The shop of these tests."""
    return Till(shop)


CASES: dict[str, tuple[str, Callable[[Till], object]]] = {
    "unknown customer": (
        "unknown_customer",
        lambda t: t.shop.customers.get(NOBODY),
    ),
    "card for an unknown customer": (
        "unknown_customer",
        lambda t: t.shop.cards.issue(t.shop.templates.list()[0].id, to=NOBODY),
    ),
    "unknown card": (
        "unknown_card",
        lambda t: t.shop.cards.record_purchase(NOBODY, "1.00"),
    ),
    "unknown serial": ("unknown_card", lambda t: t.shop.cards.scan("0000000000000")),
    "unknown template": (
        "unknown_template",
        lambda t: t.shop.cards.issue(NOBODY, to=t.customer.id),
    ),
    "unknown transaction": (
        "unknown_transaction",
        lambda t: t.shop.transactions.void(NOBODY),
    ),
    "negative amount": (
        "invalid_amount",
        lambda t: t.shop.cards.record_purchase(t.wallet, "-1.00"),
    ),
    "float amount": (
        "invalid_amount",
        lambda t: t.shop.cards.record_purchase(t.wallet, 49.9),  # type: ignore[arg-type]
    ),
    "amount that is no number": (
        "invalid_amount",
        lambda t: t.shop.cards.record_purchase(t.wallet, Decimal("NaN")),
    ),
    "infinite amount": (
        "invalid_amount",
        lambda t: t.shop.cards.record_purchase(t.wallet, Decimal("Infinity")),
    ),
    "amount of half a cent": (
        "invalid_amount",
        lambda t: t.shop.cards.record_purchase(t.wallet, "1.005"),
    ),
    "truth as an amount": (
        "invalid_amount",
        lambda t: t.shop.cards.record_purchase(t.wallet, True),
    ),
    "another currency": (
        "currency_mismatch",
        lambda t: t.shop.cards.record_purchase(t.wallet, Money("1.00", "USD")),
    ),
    "no stamps": ("invalid_amount", lambda t: t.shop.cards.add_stamps(t.stamps, 0)),
    "half a stamp": (
        "invalid_amount",
        lambda t: t.shop.cards.add_stamps(t.stamps, 0.5),  # type: ignore[arg-type]
    ),
    "malformed phone": (
        "invalid_fields",
        lambda t: t.shop.customers.register(phone="not a phone"),
    ),
    "malformed e-mail": (
        "invalid_fields",
        lambda t: t.shop.customers.register(email="grace at example"),
    ),
    "a name that is no text": (
        "invalid_fields",
        lambda t: t.shop.customers.register(first_name=7),  # type: ignore[arg-type]
    ),
    "phone of somebody else": (
        "duplicate_customer",
        lambda t: t.shop.customers.register(phone="+49 30 901820"),
    ),
    "e-mail of somebody else": (
        "duplicate_customer",
        lambda t: t.shop.customers.register(email="GRACE@example.com"),
    ),
    "naive moment": (
        "invalid_moment",
        lambda t: t.shop.cards.record_purchase(
            t.wallet,
            "1.00",
            occurred_at=datetime(2026, 1, 1),  # noqa: DTZ001 - that is the point
        ),
    ),
    "naive clock": (
        "invalid_moment",
        lambda t: t.shop.at(datetime(2026, 1, 1)),  # noqa: DTZ001 - that is the point
    ),
    "moment in the future": (
        "invalid_moment",
        lambda t: t.shop.cards.record_purchase(
            t.wallet, "1.00", occurred_at=NOON + timedelta(seconds=1)
        ),
    ),
    "key with another payload": (
        "duplicate_key_mismatch",
        lambda t: t.shop.cards.record_purchase(t.wallet, "49.91", key="sale-1"),
    ),
    "key on another card": (
        "duplicate_key_mismatch",
        lambda t: t.shop.cards.add_stamps(t.stamps, 1, key="sale-1"),
    ),
    "empty key": (
        "invalid_value",
        lambda t: t.shop.cards.add_stamps(t.stamps, 1, key=""),
    ),
    "endless receipt id": (
        "invalid_value",
        lambda t: t.shop.cards.add_stamps(t.stamps, 1, receipt_id="9" * 256),
    ),
    "a receipt id with NUL": (
        "unsupported_value",
        lambda t: t.shop.cards.add_stamps(t.stamps, 1, receipt_id="9\0"),
    ),
    "more points than there are": (
        "insufficient_balance",
        lambda t: t.shop.cards.redeem_points(t.wallet, "1.50"),
    ),
    "more rewards than there are": (
        "insufficient_balance",
        lambda t: t.shop.cards.claim_reward(t.stamps),
    ),
    "points typed differently": (
        "confirm_mismatch",
        lambda t: t.shop.cards.redeem_points(t.wallet, "1.00", confirm="1.10"),
    ),
    "refund of more than was paid": (
        "not_reversible",
        lambda t: t.shop.transactions.refund(t.sale, "49.91"),
    ),
    "refund of nothing": (
        "invalid_amount",
        lambda t: t.shop.transactions.refund(t.sale, 0),
    ),
    "stamps on a cashback card": (
        "command_not_supported",
        lambda t: t.shop.cards.add_stamps(t.wallet, 1),
    ),
    "the customer instead of an id": (
        "invalid_value",
        lambda t: t.shop.customers.get(t.customer),  # type: ignore[arg-type]
    ),
    "the transaction instead of an id": (
        "invalid_value",
        lambda t: t.shop.transactions.refund(t.shop.transactions.get(t.sale)),  # type: ignore[arg-type]
    ),
    "the posting instead of an id": (
        "invalid_value",
        lambda t: t.shop.transactions.void(t.posted),  # type: ignore[arg-type]
    ),
    "an amendment of a posting": (
        "invalid_value",
        lambda t: t.shop.transactions.amend(t.posted, "1.00"),  # type: ignore[arg-type]
    ),
    "cards of the customer instead of an id": (
        "invalid_value",
        lambda t: t.shop.cards.of(t.customer),  # type: ignore[arg-type]
    ),
    "the journal of a card instead of its id": (
        "invalid_value",
        lambda t: t.shop.transactions.of_card(t.shop.cards.get(t.wallet)),  # type: ignore[arg-type]
    ),
    "a scan of the card itself": (
        "invalid_value",
        lambda t: t.shop.cards.scan(t.shop.cards.get(t.wallet)),  # type: ignore[arg-type]
    ),
    "cards of an unknown customer": (
        "unknown_customer",
        lambda t: t.shop.cards.of("zz"),
    ),
    "the journal of an unknown card": (
        "unknown_card",
        lambda t: t.shop.transactions.of_card("x"),
    ),
    "a program with a number as its id": (
        "invalid_value",
        lambda _: Program(id=5, currency="EUR", zone="UTC"),  # type: ignore[arg-type]
    ),
    "items in a list": (
        "invalid_value",
        lambda t: t.shop.cards.record_purchase(t.stamps, "3", items=["latte"]),  # type: ignore[arg-type]
    ),
    "a birth date as text": (
        "invalid_fields",
        lambda t: t.shop.customers.register(birth_date="1990-01-01"),  # type: ignore[arg-type]
    ),
    "rules that are none": (
        "invalid_value",
        lambda t: t.shop.templates.create("P", {"percent": 3}),  # type: ignore[arg-type]
    ),
    "a command that is none": (
        "invalid_value",
        lambda t: t.shop.cards.post(t.wallet, "redeem"),
    ),
    "a template without a name": (
        "invalid_value",
        lambda t: t.shop.templates.create(" ", cards.Stamp(reward="Tea")),
    ),
    "a coupon that turns into nothing there is": (
        "unknown_template",
        lambda t: t.shop.templates.create(
            "C",
            cards.Coupon(offer=cards.Percent(10), converts_to=cards.NewCard(NOBODY)),
        ),
    ),
    "a coupon for units on cards of no template": (
        "unknown_template",
        lambda t: t.shop.templates.create(
            "C", cards.Coupon(offer=cards.Units(NOBODY, cards.Unit.STAMP, 1))
        ),
    ),
    "half a character in a receipt id": (
        "unsupported_value",
        lambda t: t.shop.cards.record_purchase(t.wallet, "5", receipt_id="R\ud800"),
    ),
    "half a character in a terminal": (
        "unsupported_value",
        lambda t: t.shop.cards.record_purchase(t.wallet, "5", terminal="R\ud800"),
    ),
    "a template beyond 100 %": (
        "invalid_value",
        lambda t: t.shop.templates.create("P", cards.Cashback(percent=101)),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_and_changes_nothing(case: str, till: Till) -> None:
    """The error has its code and a sentence, and no row of any table changed."""
    code, do = CASES[case]
    before = rows_of(till.shop.store)

    with pytest.raises(errors.LoyaltyError) as caught:
        do(till)

    assert caught.value.code == code
    assert len(caught.value.message) > len("too short")
    assert rows_of(till.shop.store) == before


@pytest.mark.parametrize("case", CASES)
def test_bad_input_of_a_person_is_never_repeated(case: str, till: Till) -> None:
    """No message carries a phone number, an e-mail address or a name."""
    _, do = CASES[case]

    with pytest.raises(errors.LoyaltyError) as caught:
        do(till)

    text = f"{caught.value!r} {caught.value.details}".lower()
    assert "901820" not in text
    assert "grace" not in text


def test_another_currency_is_refused_on_the_same_store(
    store: Store, till: Till
) -> None:
    """A program cannot be opened in another currency than its amounts are in."""
    euros = till.shop.program
    dollars = Program(id=euros.id, currency="USD", zone="America/New_York")
    other = Loyalty(store, dollars).at(NOON)
    template = till.shop.templates.list()[0].id
    before = rows_of(store)

    with pytest.raises(errors.InvalidValue) as posting:
        other.cards.record_purchase(till.wallet, "1.00")
    with pytest.raises(errors.InvalidValue) as creating:
        other.templates.create("Points", cards.Cashback(percent=3))

    with pytest.raises(errors.InvalidValue) as issuing:
        other.cards.issue(template, to=till.customer.id)
    with pytest.raises(errors.InvalidValue) as reporting:
        other.reports.tiles()
    fields = {each.value.field for each in (posting, creating, issuing, reporting)}

    assert fields == {"currency"}
    assert rows_of(store) == before


@pytest.mark.parametrize(
    ("make", "field", "value", "sentence"),
    [
        (cards.Cashback, "tiers", [("a", 0, 1)], "a list, and each is a Tier."),
        (cards.Cashback, "tiers", cards.Tier("a", 0, 1), "a list, and each is a Tier."),
        (cards.Stamp, "milestones", [(3, "Tea")], "a list, and each is a Milestone."),
        (cards.Membership, "tiers", ["Top"], "a list, and each is a MembershipTier."),
        (
            partial(cards.MembershipTier, "Top"),
            "plans",
            cards.Plan("month", "35"),
            "a list, and each is a Plan.",
        ),
        (
            cards.Products,
            "stamps",
            ["latte"],
            'stamps by SKU, such as {"latte": 1}.',
        ),
    ],
)
def test_a_setting_of_another_shape_is_named(
    make: Callable[..., object], field: str, value: object, sentence: str
) -> None:
    """Tuples and single values where a list of ours belongs are no errors inside."""
    with pytest.raises(errors.InvalidValue) as caught:
        make(**{field: value})

    assert caught.value.message == f"{field}: {sentence}"


def test_an_unknown_serial_number_is_called_one(till: Till) -> None:
    """What was scanned is no id, and the sentence does not say so."""
    with pytest.raises(errors.UnknownCard, match="has the serial number '0000"):
        till.shop.cards.scan("0000000000000")


def test_a_second_full_refund_says_that_there_was_one(till: Till) -> None:
    """Nothing is left of it, and the sentence says why."""
    till.shop.transactions.refund(till.sale)

    for amount in (None, "1.00"):
        with pytest.raises(errors.NotReversible, match=r"It was refunded in full alr"):
            till.shop.transactions.refund(till.sale, amount)


def test_a_refused_key_stays_free(till: Till) -> None:
    """What was refused under a key does not use the key up."""
    with pytest.raises(errors.InsufficientBalance):
        till.shop.cards.redeem_points(till.wallet, "2.00", key="pay-1")
    done = till.shop.cards.redeem_points(till.wallet, "1.00", key="pay-1")

    assert not done.replayed
    assert done.balances["point"] == Decimal("0.49")  # type: ignore[index]


def test_two_programs_on_one_store_do_not_see_each_other(
    store: Store, till: Till
) -> None:
    """Ids of one program are unknown in another."""
    other = Loyalty(store, Program(id="other", currency="EUR", zone="UTC")).at(NOON)

    with pytest.raises(errors.UnknownCard):
        other.cards.record_purchase(till.wallet, "1.00")
    with pytest.raises(errors.UnknownCustomer):
        other.customers.get(till.customer.id)
