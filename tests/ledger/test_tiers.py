"""Levels by spend, and what spend earns across them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.ledger.tiers import RateAt, ladder_at, level, units_on
from loyaltycore.values.quantity import Rounding


LADDER = [[0, 100], [500_00, 300], [1500_00, 500]]
RATES = st.integers(0, 10_000)


def points(before: int, amount: int, ladder: list[list[int]] = LADDER) -> int:
    """Price at two decimals, rounded down."""
    return units_on(ladder, before, amount, shift=0, rounding=Rounding.FLOOR)


class TestLevel:
    @pytest.mark.parametrize(
        ("spend", "index"),
        [(-1, 0), (0, 0), (499_99, 0), (500_00, 1), (1499_99, 1), (1500_00, 2)],
    )
    def test_a_tier_begins_at_its_threshold(self, spend, index):
        """The threshold itself belongs to the higher tier; spend owed to the first."""
        assert index == level(LADDER, spend)


class TestLadderAt:
    def test_before(self):
        """A purchase is priced with the tier that the card is in."""
        assert [[0, 100]] == ladder_at(LADDER, RateAt.BEFORE, 0, 550_00)

    def test_after(self):
        """A purchase is priced with the tier that it reaches."""
        assert [[0, 300]] == ladder_at(LADDER, RateAt.AFTER, 0, 550_00)

    def test_after_does_not_fall(self):
        """A tier that is held without its spend prices what follows."""
        assert [[0, 500]] == ladder_at(LADDER, RateAt.AFTER, 2, 550_00)

    def test_split_begins_with_the_tier_that_is_held(self):
        """No part is priced below the tier of the card."""
        split = ladder_at(LADDER, RateAt.SPLIT, 1, 550_00)

        assert [[0, 300], [500_00, 300], [1500_00, 500]] == split


class TestUnitsOn:
    def test_each_part_by_its_tier(self):
        """400 spent, 1,300 more: 100 at 1 %, 1,000 at 3 %, 200 at 5 %."""
        assert 1_00 + 30_00 + 10_00 == points(400_00, 1300_00)

    def test_spend_that_is_owed_earns_by_the_first_tier(self):
        """On top of -100, 150 are 100 and 50 in the first tier."""
        assert 1_50 == points(-100_00, 150_00)

    def test_nothing_earns_nothing(self):
        """An amount of 0 earns nothing wherever it stands."""
        assert 0 == points(500_00, 0)

    @given(
        before=st.integers(-2_000_00, 2_000_00),
        parts=st.lists(st.integers(0, 1_000_00), min_size=1, max_size=5),
        rates=st.tuples(RATES, RATES, RATES),
    )
    def test_parts_never_earn_more_than_the_whole(self, before, parts, rates):
        """Rounding once down, splitting a purchase into several earns no more."""
        ladder = [[start, rate] for (start, _), rate in zip(LADDER, rates, strict=True)]
        whole = points(before, sum(parts), ladder)
        earned = 0
        for part in parts:
            earned += points(before, part, ladder)
            before += part

        assert whole - len(parts) <= earned <= whole
