"""Card templates: what goes in comes out, and nonsense does not go in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, Money, Program, cards, errors
from loyaltycore.stores.memory import MemoryStore


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.ports import Store

RULES = [
    cards.Stamp(reward="Tea"),
    cards.Stamp(
        stamps_required=9,
        milestones=(cards.Milestone(3, "Tea"), cards.Milestone(9, "Cake")),
        mode=cards.Visit(2),
        stamp_life=cards.FixedDate(date(2027, 1, 1)),
        reward_validity=cards.Rolling(30, "days"),
        max_unused_rewards=2,
        one_checkin_per_day=True,
        shortfall=cards.Shortfall.DEBT,
    ),
    cards.Stamp(reward="Tea", mode=cards.Spend("10.00", carry_remainder=True)),
    cards.Stamp(reward="Tea", mode=cards.Spend(Money("10.00", "EUR"))),
    cards.Stamp(reward="Tea", mode=cards.Products({"bun": 1, "cake": 2})),
    cards.Cashback(percent="2.5"),
    cards.Cashback(
        tiers=(cards.Tier("Basic", 0, 1), cards.Tier("Gold", "500.00", "3.5")),
        rate_at=cards.RateAt.SPLIT,
        points_scale=0,
        rounding=cards.Rounding.HALF_UP,
        spend_expiry=cards.Rolling(12, "months", cards.RoundUp.END_OF_MONTH),
        downgrade=cards.Downgrade.NEVER,
        paying=cards.Paying(value_per_point="0.01", min_points=500, multiple_of=100),
    ),
]


@pytest.mark.parametrize("rules", RULES, ids=range(len(RULES)))
def test_rules_come_back_as_they_went_in(
    rules: cards.CardType[object], shop: Loyalty
) -> None:
    """A template read from the store is the one that was created."""
    made = shop.templates.create("Card", rules)
    fresh = Loyalty(shop.store, shop.program)

    assert fresh.templates.get(made.id) == made
    assert fresh.templates.list() == [made]


def test_an_unknown_template_is_said_so(shop: Loyalty) -> None:
    """There is no such template, so the error is of the not-found family."""
    with pytest.raises(errors.NotFound) as caught:
        shop.templates.get("nope")

    assert caught.value.code == "unknown_template"


def test_a_card_type_that_was_not_given_is_refused(program: Program) -> None:
    """The error names the kinds that the programme knows."""
    shop = Loyalty(MemoryStore(), program, card_types=(cards.Stamp,))
    with pytest.raises(errors.InvalidValue) as caught:
        shop.templates.create("Points", cards.Cashback(percent=3))

    assert "stamp" in str(caught.value)


def test_two_card_types_of_one_kind_are_refused(program: Program) -> None:
    """A kind is the tag in the store, so it stands for one class."""
    with pytest.raises(errors.InvalidValue):
        Loyalty(MemoryStore(), program, card_types=(cards.Stamp, cards.Stamp))


def test_a_card_of_an_unknown_type_cannot_be_used(program: Program) -> None:
    """A programme opened without a card type says whose template it cannot read."""
    store = MemoryStore()
    shop = Loyalty(store, program)
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    card = shop.cards.issue(template.id, to=shop.customers.register().id)
    poorer = Loyalty(store, program, card_types=(cards.Stamp,))
    with pytest.raises(errors.UnknownTemplate) as caught:
        poorer.cards.record_purchase(card.id, "1.00")

    assert caught.value.id == template.id


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (cards.Cashback, "points_expiry", "never"),
        (cards.Cashback, "paying", "0.01"),
        (cards.Stamp, "stamp_life", 30),
        (cards.Stamp, "mode", "visit"),
        (cards.Stamp, "shortfall", "debt"),
        (cards.Stamp, "one_checkin_per_day", "no"),
    ],
)
def test_a_setting_of_another_type_is_refused(
    kind: Callable[..., object], field: str, value: object
) -> None:
    """A word where a policy belongs is named when the rules are written."""
    needed = {"percent": 1} if kind is cards.Cashback else {"reward": "Tea"}
    with pytest.raises(errors.InvalidValue) as caught:
        kind(**needed, **{field: value})

    assert caught.value.field == field


# -- versions --------------------------------------------------------------------------

AFTER_A_YEAR = cards.Conditions(
    expiry=cards.AfterIssue(12, "months"),
    require_installed_for_earn=True,
    require_purchase_amount=True,
    form=(
        cards.FieldDefinition("pet", required=True, unique=True),
        cards.FieldDefinition("size", type=cards.FieldType.CHOICE, choices=("S", "L")),
    ),
)


@pytest.mark.parametrize(
    "conditions",
    [
        cards.Conditions(),
        AFTER_A_YEAR,
        cards.Conditions(expiry=cards.AfterInstall(2, "weeks")),
        cards.Conditions(expiry=cards.FixedDate(date(2027, 1, 1))),
    ],
)
def test_conditions_come_back_as_they_went_in(
    conditions: cards.Conditions, shop: Loyalty
):
    """A template read from the store has the conditions that it was made with."""
    made = shop.templates.create(
        "Card", cards.Stamp(reward="Tea"), conditions=conditions
    )
    fresh = Loyalty(shop.store, shop.program)

    assert conditions == fresh.templates.get(made.id).conditions


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("expiry", {"expiry": "never"}),
        ("expiry", {"expiry": cards.Rolling(1, "years")}),
        ("require_installed_for_earn", {"require_installed_for_earn": 1}),
        ("require_purchase_amount", {"require_purchase_amount": "yes"}),
        ("form", {"form": ("pet",)}),
    ],
)
def test_conditions_that_make_no_sense_are_refused(field: str, wrong: dict[str, Any]):
    """The error names the setting."""
    with pytest.raises(errors.InvalidValue) as caught:
        cards.Conditions(**wrong)

    assert field == caught.value.field


@pytest.mark.parametrize("after", [cards.AfterIssue, cards.AfterInstall])
@pytest.mark.parametrize(("n", "unit", "field"), [(-1, "days", "n"), (1, "x", "unit")])
def test_a_period_that_makes_no_sense_is_refused(
    after: Callable[..., object], n: int, unit: str, field: str
):
    """The error names which part of the period it is."""
    with pytest.raises(errors.InvalidValue) as caught:
        after(n, unit)

    assert field == caught.value.field


def test_conditions_are_conditions(shop: Loyalty):
    """Rules in their place are told so."""
    wrong: Any = cards.Never()
    with pytest.raises(errors.InvalidValue) as caught:
        shop.templates.create("Card", cards.Stamp(reward="Tea"), conditions=wrong)

    assert "conditions" == caught.value.field


def test_a_change_is_a_new_version_and_the_old_one_stays(shop: Loyalty, store: Store):
    """Each version is read as it was made; without a number it is the newest."""
    later = shop.at(NOON + timedelta(days=1))
    first = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
    second = later.templates.change(first.id, rules=cards.Stamp(reward="Tea"))
    third = later.templates.change(first.id, name="Tea", conditions=AFTER_A_YEAR)

    assert [1, 2, 3] == [each.version for each in (first, second, third)]
    assert ("Coffee", cards.Stamp(reward="Tea")) == (second.name, second.rules)
    assert (NOON, NOON + timedelta(days=1)) == (second.created_at, second.changed_at)
    assert ("Tea", second.rules, AFTER_A_YEAR) == (
        third.name,
        third.rules,
        third.conditions,
    )
    fresh = Loyalty(store, shop.program)
    assert third == fresh.templates.get(first.id)
    for each in (first, second, third):
        assert each == fresh.templates.get(first.id, version=each.version)
    assert [third] == fresh.templates.list()
    assert () == fresh.verify().problems


def test_a_change_that_changes_nothing_makes_no_version(shop: Loyalty, store: Store):
    """So a deployment may set its templates each time it starts."""
    made = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
    before = rows_of(store)

    assert made == shop.at(NOON + timedelta(days=1)).templates.change(
        made.id, name="Coffee", rules=cards.Stamp(reward="Coffee")
    )
    assert before == rows_of(store)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("kind", {"rules": cards.Stamp(reward="Tea")}),
        ("scales", {"rules": cards.Cashback(percent=3, points_scale=0)}),
        ("name", {"name": " "}),
        ("rules", {"rules": "3 %"}),
        ("conditions", {"conditions": "none"}),
    ],
)
def test_what_never_changes_is_named(
    field: str, change: dict[str, Any], shop: Loyalty, store: Store
):
    """Kind and decimals stay for good, and nonsense stays out; nothing is written."""
    made = shop.templates.create("Points", cards.Cashback(percent=3))
    before = rows_of(store)
    with pytest.raises(errors.InvalidValue) as caught:
        shop.templates.change(made.id, **change)

    assert field == caught.value.field
    assert before == rows_of(store)


def test_money_of_another_currency_does_not_come_in_by_a_change(shop: Loyalty):
    """New rules are checked against the program as those of a new template are."""
    made = shop.templates.create("Card", cards.Stamp(reward="Tea"))
    dollars = cards.Stamp(reward="Tea", mode=cards.Spend(Money("10.00", "USD")))
    with pytest.raises(errors.CurrencyMismatch):
        shop.templates.change(made.id, rules=dollars)

    assert made == shop.templates.get(made.id)


def test_an_unknown_template_or_version_is_said_so(shop: Loyalty):
    """Neither is changed or read."""
    made = shop.templates.create("Card", cards.Stamp(reward="Tea"))
    with pytest.raises(errors.UnknownTemplate):
        shop.templates.change("nope", name="Tea")
    with pytest.raises(errors.UnknownTemplate):
        shop.templates.get(made.id, version=2)


def test_cards_follow_the_newest_version_and_transactions_keep_theirs(shop: Loyalty):
    """
    3 % of 100 is 3.00, 5 % of 100 is 5.00; 40 back of the first leaves 1.80 of it.

    The refund prices with the rate that was pinned, whatever the template says now.
    """
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    first = shop.cards.record_purchase(card, 100)
    shop.templates.change(template.id, rules=cards.Cashback(percent=5))
    second = shop.cards.record_purchase(card, 100)
    refund = shop.transactions.refund(first.id, 40)

    assert [1, 2, 2] == [
        each.transaction.template_version for each in (first, second, refund)
    ]
    assert [3, 8, Decimal("6.80")] == [
        each.balances["point"] for each in (first, second, refund)
    ]
    assert () == shop.verify().problems


def test_a_version_that_was_rolled_back_prices_nothing(shop: Loyalty):
    """Its number is given again, to other rules, and those are the ones that count."""
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id

    def change_and_fail() -> None:
        with shop.batch() as batch:
            batch.templates.change(template.id, rules=cards.Cashback(percent=50))
            assert 50 == batch.cards.record_purchase(card, 100).balances["point"]
            raise KeyError

    with pytest.raises(KeyError):
        change_and_fail()
    again = shop.templates.change(template.id, rules=cards.Cashback(percent=5))

    assert 2 == again.version
    assert 5 == shop.cards.record_purchase(card, 100).balances["point"]


def test_a_change_that_lost_a_race_is_made_on_top_of_the_winner(program: Program):
    """Eight changes at once are eight versions, each with its own name."""
    store = MemoryStore()
    shop = Loyalty(store, program)
    template = shop.templates.create("Card 0", cards.Stamp(reward="Tea"))
    names = [f"Card {n}" for n in range(1, 9)]

    def rename(name: str) -> None:
        shop.templates.change(template.id, name=name)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(rename, names))

    versions = [shop.templates.get(template.id, version=n).name for n in range(2, 10)]
    assert names == sorted(versions)
    assert () == shop.verify().problems


@pytest.mark.parametrize(
    "field",
    [
        cards.FieldDefinition("pet", unique=True, type=cards.FieldType.INTEGER),
        cards.FieldDefinition("pet"),
    ],
)
def test_a_field_keeps_its_type_and_stays_unique(
    field: cards.FieldDefinition, shop: Loyalty
):
    """Not even a version that was without it makes another one of it."""
    made = shop.templates.create(
        "Card", cards.Stamp(reward="Tea"), conditions=AFTER_A_YEAR
    )
    shop.templates.change(made.id, conditions=cards.Conditions())
    with pytest.raises(errors.InvalidValue) as caught:
        shop.templates.change(made.id, conditions=cards.Conditions(form=(field,)))

    assert "form" == caught.value.field
    assert 3 == shop.templates.change(made.id, conditions=AFTER_A_YEAR).version


def test_old_versions_do_not_slow_a_posting_down(shop: Loyalty):
    """Reading an old version leaves the newest one at hand."""
    made = shop.templates.create("Card", cards.Stamp(reward="Tea"))
    shop.templates.change(made.id, name="Tea")
    newest = shop.templates.get(made.id)

    assert newest is shop.templates.get(made.id)
    assert made == shop.templates.get(made.id, version=1)
    assert newest is shop.templates.get(made.id)


def test_a_membership_keeps_what_was_agreed(shop):
    """A tier or a plan that members may have is not dropped; new ones may come."""
    month, year = cards.Plan("month", 35), cards.Plan("year", 350)
    basic = cards.MembershipTier("Basic", [month])
    more = cards.MembershipTier("More", [month, year])
    template = shop.templates.create("Gym", cards.Membership(tiers=[basic]))
    changed = shop.templates.change(
        template.id, rules=cards.Membership(tiers=[basic, more])
    )
    with pytest.raises(errors.InvalidValue, match="tiers: keep More by the year"):
        shop.templates.change(
            template.id,
            rules=cards.Membership(
                tiers=[basic, cards.MembershipTier("More", [month])]
            ),
        )

    assert 2 == changed.version == shop.templates.get(template.id).version


def test_a_change_names_only_templates_that_are_there(shop: Loyalty):
    """A coupon that would fail at the till is refused while its rules are written."""
    tea = shop.templates.create("Tea", cards.Stamp(reward="Tea"))
    rules = cards.Coupon(
        offer=cards.Percent(10), converts_to=cards.NewCard(tea.id, cards.Unit.STAMP, 1)
    )
    made = shop.templates.create("Welcome", rules)
    lost = cards.Coupon(offer=cards.Units("lost", cards.Unit.STAMP, 1))

    with pytest.raises(errors.UnknownTemplate, match="'lost'"):
        shop.templates.change(made.id, rules=lost)

    assert made == shop.templates.get(made.id)
