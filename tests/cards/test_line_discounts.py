"""Discounts shared among the lines of an order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.cards.line_discounts import (
    RoundingLevel,
    amount_off,
    at_most,
    percent_off,
)


AMOUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=12)
LINE, ORDER = RoundingLevel.LINE, RoundingLevel.ORDER


class TestPercentOff:
    def test_rounded_on_each_line_or_on_the_total(self):
        """10 % of 1.06, 2.06, 3.06, 4.06 is 1.04 by line and 1.02 on the total."""
        amounts = (106, 206, 306, 406)

        assert (11, 21, 31, 41) == percent_off(amounts, 1000, LINE)
        assert 104 == sum(percent_off(amounts, 1000, LINE))
        assert 102 == sum(percent_off(amounts, 1000, ORDER))

    def test_by_default_the_total_is_rounded(self):
        """A calculation is rounded once."""
        assert 102 == sum(percent_off((106, 206, 306, 406), 1000))

    @pytest.mark.parametrize("level", [LINE, ORDER])
    def test_nothing_of_nothing(self, level):
        """Lines that cost nothing, and a percentage of 0, take nothing off."""
        assert (0, 0) == percent_off((0, 0), 5000, level)
        assert (0, 0) == percent_off((10, 20), 0, level)

    @given(
        amounts=AMOUNTS,
        basis_points=st.integers(0, 10_000),
        level=st.sampled_from(RoundingLevel),
    )
    def test_no_line_falls_below_0(self, amounts, basis_points, level):
        """Whatever is rounded where, a line gives between nothing and all of it."""
        by_line = percent_off(amounts, basis_points, level)

        assert len(amounts) == len(by_line)
        assert all(0 <= off <= n for off, n in zip(by_line, amounts, strict=True))

    @given(amounts=AMOUNTS, basis_points=st.integers(0, 10_000))
    def test_the_levels_differ_by_half_a_coin_a_line(self, amounts, basis_points):
        """The lines of an order are rounded up or down by at most half a coin each."""
        by_line = sum(percent_off(amounts, basis_points, LINE))
        on_total = sum(percent_off(amounts, basis_points, ORDER))

        assert 2 * abs(by_line - on_total) <= len(amounts) + 1


class TestAmountOff:
    @pytest.mark.parametrize(
        ("amounts", "expected"),
        [
            ((50_00, 50_00, 50_00), (3_33, 3_33, 3_34)),
            ((20_00, 45_00, 60_00), (1_60, 3_60, 4_80)),
        ],
    )
    def test_lines_share_by_size(self, amounts, expected):
        """10.00 off: the odd cent is on the last of equal lines; others by size."""
        assert expected == amount_off(amounts, 10_00)

    def test_not_more_than_there_is(self):
        """A discount of 10.00 on an order of 7.00 takes 7.00."""
        assert (3_00, 4_00) == amount_off((3_00, 4_00), 10_00)

    @given(amounts=AMOUNTS, discount=st.integers(0, 10**8))
    def test_the_shares_are_the_discount(self, amounts, discount):
        """Line discounts add up to the discount, as far as the order goes."""
        by_line = amount_off(amounts, discount)

        assert min(discount, sum(amounts)) == sum(by_line)
        assert all(0 <= off <= n for off, n in zip(by_line, amounts, strict=True))

    @given(by_line=AMOUNTS, most=st.integers(0, 10**7))
    def test_a_cap_only_lowers(self, by_line, most):
        """A capped discount is the cap or less, and no line gives more than before."""
        capped = at_most(by_line, most)

        assert min(most, sum(by_line)) == sum(capped)
        assert all(new <= old for new, old in zip(capped, by_line, strict=True))
