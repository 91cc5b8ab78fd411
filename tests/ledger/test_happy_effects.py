"""What happy hours do to units and rates."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.happy_effects import (
    RATE_SHIFT,
    Multiplier,
    Override,
    PercentPoints,
    happy_facts,
    happy_ladder,
    happy_rate,
    happy_units,
)
from loyaltycore.ledger.tiers import units_on
from loyaltycore.values.quantity import Rounding


LADDER = [[0, 100], [500_00, 300], [1500_00, 500]]
AMOUNTS = st.integers(0, 2000_00)
HUNDREDTHS = st.integers(1, 10_000)


def points(ladder, amount: int, *, before: int = 0, shift: int = RATE_SHIFT) -> int:
    """Price at two decimals, rounded down."""
    return units_on(ladder, before, amount, shift=shift, rounding=Rounding.FLOOR)


class TestBounds:
    def test_how_many_times(self):
        """From a hundredth of what is earned to a hundred times as much."""
        assert [1, 10_000] == [
            happy_facts(Multiplier(times))["times"] for times in ("0.01", 100)
        ]


class TestFacts:
    @pytest.mark.parametrize(
        ("effect", "facts"),
        [
            (None, {}),
            (Multiplier("2.5"), {"times": 250}),
            (PercentPoints(5), {"plus": 500}),
            (Override(15), {"instead": 1500}),
            (Override(0), {"instead": 0}),
            (Multiplier("0.01"), {"times": 1}),
            (Multiplier(100), {"times": 10_000}),
        ],
    )
    def test_as_json(self, effect, facts):
        """What priced is pinned as whole numbers, which JSON keeps."""
        assert facts == json.loads(json.dumps(happy_facts(effect)))

    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda: Multiplier(0), "times: above 0"),
            (lambda: Multiplier("100.01"), "times: above 0 and at most 100"),
            (lambda: Multiplier("1.005"), "times: .*decimals"),
            (lambda: PercentPoints(-1), "points: A percentage"),
            (lambda: Override(101), "percent: A percentage"),
        ],
    )
    def test_what_cannot_be_is_named(self, make, says):
        """An effect that makes no sense is refused by the name of the field."""
        with pytest.raises(InvalidValue, match=says):
            make()


class TestUnits:
    @pytest.mark.parametrize(
        ("effect", "units", "expected"),
        [
            (None, 20, 20),
            (Multiplier(2), 20, 40),
            (Multiplier("1.5"), 3, 4),
            (Multiplier("0.5"), 1, 0),
        ],
    )
    def test_whole_and_rounded_down(self, effect, units, expected):
        """20 points for a visit are 40 in an hour of twice as much."""
        assert expected == happy_units(happy_facts(effect), units)


class TestRates:
    @pytest.mark.parametrize(
        ("effect", "expected"),
        [
            (None, 10_00_00),
            (PercentPoints(5), 15_00_00),
            (Override("7.5"), 7_50_00),
            (Multiplier("1.25"), 12_50_00),
        ],
    )
    def test_of_10_percent(self, effect, expected):
        """5 points on top of 10 % are 15 %, in hundredths of a basis point."""
        assert expected == happy_rate(happy_facts(effect), 10_00)

    def test_across_tiers(self):
        """450 spent, 100 more, twice as much: 50 at 2 % and 50 at 6 % are 4.00."""
        ladder = happy_ladder(happy_facts(Multiplier(2)), LADDER)

        assert 4_00 == points(ladder, 100_00, before=450_00)

    @pytest.mark.parametrize(("amount", "expected"), [(39, 0), (40, 1), (99, 2)])
    def test_rounded_once(self, amount, expected):
        """2.5 times 1 % of 0.40 is a hundredth; rounded first, 1 % of it is nothing."""
        ladder = happy_ladder(happy_facts(Multiplier("2.5")), [[0, 100]])

        assert expected == points(ladder, amount)

    @given(before=AMOUNTS, amount=AMOUNTS)
    def test_without_an_hour_nothing_changes(self, before, amount):
        """The finer ladder prices exactly as the plain one."""
        finer = happy_ladder(happy_facts(None), LADDER)

        assert points(LADDER, amount, before=before, shift=0) == points(
            finer, amount, before=before
        )

    @given(amount=AMOUNTS, hundredths=HUNDREDTHS, rate=HUNDREDTHS)
    def test_a_multiplier_multiplies(self, amount, hundredths, rate):
        """What is earned is amount by rate by multiplier, rounded down once."""
        happy = {"times": hundredths}
        exact = Fraction(amount * rate * hundredths, 10_000 * 100)

        assert int(exact) == points(happy_ladder(happy, [[0, rate]]), amount)
