"""Queries, cursors and measures as values."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidValue
from loyaltycore.query.queries import (
    LIMIT_MAX,
    Measure,
    MeasureKind,
    Query,
    count,
    decode_cursor,
    encode_cursor,
    highest,
    lowest,
    total,
)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
)


@given(st.lists(scalars, max_size=5))
def test_cursors_go_around(values):
    """A cursor gives back what was packed into it, types included."""
    cursor = encode_cursor(values)

    found = decode_cursor(cursor, len(values))

    assert list(found) == values
    assert [type(value) for value in found] == [type(value) for value in values]
    assert cursor.isascii()
    assert not set(cursor) & set("+/ &?#")


def test_a_cursor_of_another_width():
    """A cursor of another query's order is refused as such."""
    cursor = encode_cursor(["a", date(2026, 1, 31), datetime(2026, 1, 31, tzinfo=UTC)])

    with pytest.raises(InvalidValue, match="another query"):
        decode_cursor(cursor, 2)


@given(st.text(max_size=60))
def test_any_text_for_a_cursor(text: str):
    """Whatever is handed in, the answer is values or one kind of refusal."""
    values = None
    with suppress(InvalidValue):
        values = decode_cursor(text, 2)

    assert values is None or len(values) == 2


@pytest.mark.parametrize("limit", [0, -1, LIMIT_MAX + 1])
def test_a_limit_out_of_bounds(limit: int):
    """A page holds at least one row, and never all there are."""
    with pytest.raises(InvalidValue):
        Query("card", limit=limit)


def test_measures():
    """Each short name is a measure of its kind."""
    assert [count(), total("a"), lowest("b"), highest("c")] == [
        Measure(MeasureKind.COUNT),
        Measure(MeasureKind.SUM, "a"),
        Measure(MeasureKind.MIN, "b"),
        Measure(MeasureKind.MAX, "c"),
    ]
