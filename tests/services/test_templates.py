"""Card templates: what goes in comes out, and nonsense does not go in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from loyaltycore import Loyalty, Money, Program, cards, errors
from loyaltycore.stores.memory import MemoryStore


if TYPE_CHECKING:
    from collections.abc import Callable

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
