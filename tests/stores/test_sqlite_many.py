"""Many look-ups and many additions at once, each as if it were alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyaltycore.errors import UnsupportedValue
from loyaltycore.ports import Add, Insert
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 2**53 - 1


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    """An empty store."""
    store = SqliteStore(":memory:")
    store.migrate()
    yield store
    store.close()


@pytest.mark.parametrize("count", [1, 7, 8, 9, 256, 257, 700])
def test_as_many_look_ups(store: SqliteStore, count: int):
    """Whatever is asked at once, each answer stands in its place."""
    with store.session() as session:
        session.apply(
            [Add(a.counter_ref(f"n{n}"), {"used": n}) for n in range(0, count, 2)]
        )
        refs = [a.counter_ref(f"n{n}") for n in reversed(range(count))]
        rows = session.get([*refs, refs[0]])

    expected = [None if n % 2 else n for n in reversed(range(count))]
    found = [None if row is None else row["used"] for row in rows]
    assert [*expected, expected[0]] == found


def test_look_ups_of_several_kinds(store: SqliteStore):
    """Keys and uniques of two collections are told apart."""
    counters = [a.counter_ref(f"n{n}") for n in range(9)]
    with store.session() as session:
        session.apply([Add(ref, {"used": 1}) for ref in counters])
        session.apply([Insert("customer", [a.customer("ada")])])
        rows = session.get([*counters[:4], a.customer_ref("ada"), *counters[4:]])

    assert "ada" == rows[4]["id"]  # type: ignore[index]
    assert 9 == sum(row is not None and row.get("used") == 1 for row in rows)


def test_additions_of_one_kind_and_others(store: SqliteStore):
    """Additions to the same rows add up, between ones with limits and inserts."""
    ref = a.counter_ref("n")
    changes = [Add(a.counter_ref(f"n{n % 3}"), {"used": n}) for n in range(9)]
    with store.session() as session:
        done = session.apply([*changes, Add(ref, {"used": 5}, {"used": 4}), *changes])
        rows = session.get([a.counter_ref(f"n{n}") for n in range(3)])

    assert [*[1] * 9, 0, *[1] * 9] == done
    assert [18, 24, 30] == [row["used"] for row in rows if row is not None]


def test_a_sum_that_is_too_large(store: SqliteStore):
    """One of many that cannot be is refused as it would be alone."""
    changes = [Add(a.counter_ref("n"), {"used": LARGEST // 8}) for _ in range(10)]
    with pytest.raises(UnsupportedValue, match="53 bits"), store.session() as session:
        session.apply(changes)

    with store.session(write=False) as session:
        assert [None] == session.get([a.counter_ref("n")])


def test_rows_that_have_to_be_there(store: SqliteStore):
    """Additions that make no row find each one that is there."""
    with store.session() as session:
        session.apply([Insert("customer", [a.customer(str(n)) for n in range(9)])])
        done = session.apply(
            [Add(a.customer_ref(str(n)), {"points": n}) for n in range(9)]
        )
        rows = session.get([a.customer_ref(str(n)) for n in range(9)])

    assert [1] * 9 == done
    assert list(range(9)) == [row["points"] for row in rows if row is not None]
