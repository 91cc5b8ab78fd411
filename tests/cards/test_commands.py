"""What can be asked of a card, and how it is written down."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from loyaltycore import Money, cards, errors
from loyaltycore.cards.asking import describe, permission_of
from loyaltycore.program.managers import Permission


WRONG: Any = ("tea", [("tea", 2)], 3)


@attrs.frozen
class Anything:
    """A command of somebody else's with a field of any type."""

    value: Any = None


class TestAmounts:
    @pytest.mark.parametrize("value", [49.9, True, "49,90", "NaN", Decimal("inf")])
    def test_what_is_no_exact_number_is_refused(self, value):
        """Floats, bools and what is written otherwise are refused when it is made."""
        with pytest.raises(errors.InvalidAmount):
            cards.RecordPurchase(value)

    def test_money_stays_money(self):
        """An amount with its currency is kept, to be compared with the program's."""
        assert Money("5", "USD") == cards.RecordPurchase(Money("5", "USD")).amount

    @pytest.mark.parametrize(
        "command", [cards.AddPoints, cards.SubtractPoints, cards.RedeemPoints]
    )
    def test_points_are_not_below_0(self, command):
        """The direction is the command's, not the sign's."""
        with pytest.raises(errors.InvalidAmount, match="-1"):
            command(-1)

    @pytest.mark.parametrize("n", [0, -1, 1_001, 1.0, True, "3"])
    def test_how_many_is_a_whole_number(self, n):
        """Stamps and rewards are counted from 1 to 1,000."""
        with pytest.raises(errors.InvalidAmount, match="Give a whole number"):
            cards.AddStamps(n)

        assert (1, 1_000) == (cards.AddStamps(1).n, cards.AddStamps(1_000).n)

    def test_items_are_counted_and_kept(self):
        """Nobody changes the items of a purchase afterwards."""
        items = {"tea": 2}
        bought = cards.RecordPurchase(5, items=items)
        items["tea"] = 9

        assert {"tea": 2} == bought.items
        for given in WRONG:
            with pytest.raises(
                errors.InvalidValue, match="^items: how many of each SKU"
            ):
                cards.RecordPurchase(5, items=given)
        with pytest.raises(errors.InvalidAmount):
            cards.RecordPurchase(5, items={"tea": 0})


class TestConfirm:
    def test_the_same_number_written_otherwise(self):
        """5 and 5.00 are the same points."""
        assert cards.RedeemPoints(5, confirm="5.00").confirm == 5

    def test_another_number_is_refused(self):
        """Typed twice, the number has to agree."""
        with pytest.raises(errors.ConfirmMismatch):
            cards.RedeemPoints(5, confirm=50)


class TestDescribe:
    def test_defaults_are_left_out(self):
        """A command is its name and what was said."""
        assert {"type": "ClaimReward"} == describe(cards.ClaimReward())
        assert {"type": "RecordPurchase", "amount": "5"} == describe(
            cards.RecordPurchase("5.00")
        )

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("a", "a"),
            (7, 7),
            (Decimal("49.90"), "49.9"),
            (Decimal("1E+3"), "1000"),
            (Money("49.90", "EUR"), "49.9 EUR"),
            (date(2026, 3, 2), "2026-03-02"),
            (datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02T00:00:00+00:00"),
            ({"tea": Decimal("2.0")}, {"tea": "2"}),
            ((1, "b"), [1, "b"]),
        ],
    )
    def test_each_type_has_one_way_to_be_written(self, value, text):
        """Numbers, money, dates, mappings and tuples become JSON data."""
        assert {"type": "Anything", "value": text} == describe(Anything(value))

    @pytest.mark.parametrize("value", [0.5, (0.5,), {"tea": 0.5}])
    def test_what_cannot_be_written_down_is_refused(self, value):
        """A field of another type is named, wherever in it that is."""
        with pytest.raises(errors.InvalidValue, match="^value: .*not float"):
            describe(Anything(value))

    @pytest.mark.parametrize("command", ["AddStamps", 5, None, object()])
    def test_what_is_no_command_is_refused(self, command):
        """Something that is not of an attrs class is no command."""
        name = type(command).__name__
        with pytest.raises(errors.InvalidValue, match=f"^command: .*, not a {name}"):
            describe(command)

    @pytest.mark.parametrize(
        ("command", "permission"),
        [
            (cards.AddStamps(1), Permission.EARN),
            (cards.RedeemPoints(1), Permission.REDEEM),
            (cards.Import("point", 1), Permission.IMPORT),
            (Anything(), Permission.EARN),
        ],
    )
    def test_what_a_manager_needs_for_it(self, command, permission):
        """What its class names, and to let customers earn where that names nothing."""
        assert permission is permission_of(command)
