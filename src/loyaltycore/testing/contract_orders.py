"""What a store answers when it sorts by columns that may hold None."""

from __future__ import annotations

import random  # noqa: TID251 - to shuffle, by a seed
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest

from loyaltycore.query.predicates import And, Compare, Op, Or, is_in, matches, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.ports import Store
    from loyaltycore.query.predicates import Predicate

__all__ = ["OrderContract"]

_DIRECTIONS: Final = list(product([False, True], repeat=3))
_KEY: Final = ("program_id", "id")


class OrderContract:
    """None comes before everything, and descending is the exact opposite."""

    @pytest.mark.parametrize("limit", [1, 2, 5, 100])
    @pytest.mark.parametrize("down", [False, True], ids=["+", "-"])
    @pytest.mark.parametrize("column", ["first_name", "birth_date", "phone"])
    def test_pages_over_nothing(
        self, store: Store, column: str, *, down: bool, limit: int
    ) -> None:
        """Pages cross from rows without a value to rows with one, or back."""
        rows = a.customers()
        a.fill(store, "customer", rows)
        order = (Order(column, down),)

        with store.session(write=False) as session:
            found = a.all_pages(session, Query("customer", order=order, limit=limit))

        assert a.names_of(found) == a.names_of(_sorted(rows, order))

    @pytest.mark.parametrize("down", [False, True], ids=["+", "-"])
    def test_pages_over_missing_moments(self, store: Store, *, down: bool) -> None:
        """Moments sort as they are, to the last digit."""
        moments = (None, a.T0, a.T0 + a.HOUR, None, a.T0, a.NEVER)
        rows = [a.message(f"m{n}", sent_at=at) for n, at in enumerate(moments)]
        a.fill(store, "message", rows)
        order = (Order("sent_at", down),)

        with store.session(write=False) as session:
            found = a.all_pages(session, Query("message", order=order, limit=1))

        names = ["m0", "m3", "m1", "m4", "m2", "m5"]
        assert a.names_of(found) == (names[::-1] if down else names)

    @pytest.mark.parametrize("down", [False, True], ids=["+", "-"])
    def test_pages_over_missing_numbers(self, store: Store, *, down: bool) -> None:
        """Nothing is less than the smallest number, and zero is something."""
        amounts = (0, None, -(2**53 - 1), 9, 10, None, 2**53 - 1)
        rows = [
            a.transaction(f"t{n}", n, purchase_amount=amount)
            for n, amount in enumerate(amounts)
        ]
        a.fill(store, "transaction", rows)
        order = (Order("purchase_amount", down),)

        with store.session(write=False) as session:
            found = a.all_pages(session, Query("transaction", order=order, limit=2))

        names = ["t1", "t5", "t2", "t0", "t3", "t4", "t6"]
        assert a.names_of(found) == (names[::-1] if down else names)

    @pytest.mark.parametrize("limit", [1, 3, 100])
    @pytest.mark.parametrize(
        "down",
        _DIRECTIONS,
        ids=["".join("+-"[each] for each in down) for down in _DIRECTIONS],
    )
    def test_pages_in_every_direction_over_nothing(
        self, store: Store, down: tuple[bool, ...], limit: int
    ) -> None:
        """Columns with and without None mix, in any order and direction."""
        rows = _people()
        a.fill(store, "customer", rows)
        for columns in (
            ("last_name", "points", "birth_date"),
            ("points", "birth_date", "last_name"),
            ("birth_date", "last_name", "id"),
        ):
            order = tuple(map(Order, columns, down))
            with store.session(write=False) as session:
                query = Query("customer", order=order, limit=limit)
                found = a.all_pages(session, query)

            assert a.names_of(found) == a.names_of(_sorted(rows, order))

    @pytest.mark.parametrize("down", [False, True], ids=["+", "-"])
    @pytest.mark.parametrize(
        "only",
        [
            pytest.param(where(last_name=None), id="bound-to-none"),
            pytest.param(where(last_name="Lovelace"), id="bound"),
            pytest.param(Compare("last_name", Op.NE, None), id="not-none"),
            pytest.param(Compare("last_name", Op.GE, "Lo"), id="range"),
            pytest.param(
                Or((where(last_name=None), is_in("last_name", ("Hopper",)))),
                id="either",
            ),
            pytest.param(where(program_id=a.CAFE, birth_date=None), id="other-bound"),
        ],
    )
    def test_pages_over_some_of_it(
        self, store: Store, only: Predicate, *, down: bool
    ) -> None:
        """A filter on the column of the order and a place in it hold together."""
        rows = _people()
        a.fill(store, "customer", rows)
        order = (Order("last_name", down), Order("birth_date"))
        query = Query("customer", And((only,)), order, limit=2)

        with store.session(write=False) as session:
            found = a.all_pages(session, query)

        expected = _sorted([row for row in rows if matches(only, row)], order)
        assert a.names_of(found) == a.names_of(expected)

    def test_pages_of_nothing_but_nothing(self, store: Store) -> None:
        """Where no row has a value the key decides, in the direction of the order."""
        rows = [a.customer(name) for name in "abcde"]
        a.fill(store, "customer", rows)

        for down in (False, True):
            query = Query("customer", order=(Order("source", down),), limit=2)
            with store.session(write=False) as session:
                found = a.names_of(a.all_pages(session, query))

            assert "".join(map(str, found)) == ("edcba" if down else "abcde")

    @pytest.mark.parametrize("down", [False, True], ids=["+", "-"])
    def test_pages_while_values_come(self, store: Store, *, down: bool) -> None:
        """After a row without a value come all that have one, or those before it."""
        a.fill(store, "customer", [a.customer(name) for name in "bd"])
        query = Query("customer", order=(Order("source", down),), limit=1)
        with store.session(write=False) as session:
            cursor = session.select(query).cursor
        a.fill(store, "customer", [a.customer("a", source="x"), a.customer("c")])

        with store.session(write=False) as session:
            found = a.all_pages(session, attrs.evolve(query, cursor=cursor))

        assert a.names_of(found) == (["c", "b"] if down else ["c", "d", "a"])


def _sorted(
    rows: Sequence[dict[str, Any]], order: Sequence[Order]
) -> list[dict[str, Any]]:
    """Sort as the port says, the key last and in the last direction."""
    last = order[-1].descending
    found = list(rows)
    for one in reversed((*order, *(Order(name, last) for name in _KEY))):
        values = {row[one.column] for row in rows} - {None}
        ranks = {None: 0} | {value: n for n, value in enumerate(sorted(values), 1)}
        found.sort(
            key=lambda row, one=one, ranks=ranks: ranks[row[one.column]],  # type: ignore[misc]
            reverse=one.descending,
        )
    return found


def _people() -> list[dict[str, Any]]:
    """Customers with every combination of values and none, most of them twice."""
    combinations = product(
        (None, "Hopper", "Lovelace"), (None, date(1906, 12, 9), date(1815, 12, 10))
    )
    rows = [
        a.customer(f"c{n}{twin}", last_name=name, birth_date=day, points=n % 2)
        for n, (name, day) in enumerate(combinations)
        for twin in "ab"
    ]
    random.Random(5).shuffle(rows)  # noqa: S311 - only shuffled
    return rows
