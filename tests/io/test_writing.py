"""Amounts as text, many a second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidAmount, InvalidValue
from loyaltycore.io.writing import amount_text
from loyaltycore.values.quantity import UNITS_MAX, from_units


@given(st.integers(-UNITS_MAX, UNITS_MAX), st.integers(0, 9))
def test_amounts_as_text(n: int, scale: int):
    """The text of an amount is that of its number, in plain notation."""
    assert f"{from_units(n, scale):f}" == amount_text(n, scale)


def test_amounts_that_are_none():
    """What is no amount has no text."""
    with pytest.raises(InvalidAmount):
        amount_text(UNITS_MAX + 1, 2)
    with pytest.raises(InvalidValue):
        amount_text(1, 10)
