"""What a store answers when it is asked for many rows: pages and measures."""

from __future__ import annotations

import random  # noqa: TID251 - to shuffle, by a seed
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from loyaltycore.errors import InvalidValue
from loyaltycore.ports import Insert
from loyaltycore.query.predicates import (
    And,
    Compare,
    Op,
    matches,
    where,
)
from loyaltycore.query.queries import (
    Measure,
    MeasureKind,
    Order,
    Query,
    count,
    decode_cursor,
    encode_cursor,
    highest,
    lowest,
    total,
)
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from loyaltycore.ports import Store

__all__ = ["PageContract"]


class PageContract:
    """Order, pages and measures."""

    def test_no_rows(self, store: Store) -> None:
        """An empty collection has one empty page."""
        with store.session(write=False) as session:
            page = session.select(Query("customer"))

        assert page.rows == []
        assert page.cursor is None

    def test_limit(self, store: Store) -> None:
        """A page holds no more than asked for, and has a cursor if there are more."""
        a.fill(store, "counter", [a.counter(str(n)) for n in range(3)])

        with store.session(write=False) as session:
            pages = [session.select(Query("counter", limit=n)) for n in (1, 2, 3, 4)]

        assert [len(page.rows) for page in pages] == [1, 2, 3, 3]
        assert [page.cursor is None for page in pages] == [False, False, True, True]

    @pytest.mark.parametrize("limit", [0, -1, 10_001])
    def test_limits_beyond_reason(self, store: Store, limit: int) -> None:
        """A page of no rows, or of too many, cannot be asked for."""
        with store.session(write=False) as session, pytest.raises(InvalidValue):
            session.select(Query("counter", limit=limit))

    def test_many_rows(self, store: Store) -> None:
        """More rows than any engine takes in one statement go in and come out."""
        rows = [a.counter(f"{number:05}", number) for number in range(2_500)]
        a.fill(store, "counter", list(reversed(rows)))

        with store.session(write=False) as session:
            assert a.all_pages(session, Query("counter", limit=1_000)) == rows

    def test_order_without_one(self, store: Store) -> None:
        """Rows come in the order of the key, whatever order they were inserted in."""
        rows = [a.counter(name) for name in ("", "A", "a", "b", "é", "\ue000", "😀")]
        shuffled = random.Random(7).sample(rows, len(rows))  # noqa: S311 - only shuffled
        a.fill(store, "counter", shuffled)

        assert a.every(store, "counter") == rows

    def test_order_by_index(self, store: Store) -> None:
        """A declared index gives the order it declares, ties broken by the key."""
        rows = _lots()
        a.fill(store, "lot", rows)
        bound = where(program_id=a.CAFE, card_id="card", is_open=True, unit="point")
        order = (Order("expires_at"), Order("earned_at"), Order("number"))

        with store.session(write=False) as session:
            found = a.all_pages(session, Query("lot", bound, order, limit=2))

        expected = [row for row in rows if row["is_open"] and row["unit"] == "point"]
        expected.sort(key=lambda r: (r["expires_at"], r["earned_at"], r["number"]))
        assert found == expected

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    @pytest.mark.parametrize(
        "down", list(product([False, True], repeat=2)), ids=["++", "+-", "-+", "--"]
    )
    def test_pages_in_every_direction(
        self, store: Store, down: tuple[bool, bool], limit: int
    ) -> None:
        """Pages hold every row once and in order, also where many rows tie."""
        rows = _lots()
        a.fill(store, "lot", rows)
        order = (Order("unit", down[0]), Order("expires_at", down[1]))
        expected = sorted(rows, key=lambda row: row["number"], reverse=down[1])
        expected.sort(key=lambda row: row["expires_at"], reverse=down[1])
        expected.sort(key=lambda row: row["unit"], reverse=down[0])

        with store.session(write=False) as session:
            found = a.all_pages(session, Query("lot", order=order, limit=limit))
            bound = Query("lot", where(card_id="card"), order, limit=limit)
            found_bound = a.all_pages(session, bound)

        assert a.names_of(found, "number") == a.names_of(expected, "number")
        assert a.names_of(found_bound, "number") == a.names_of(expected, "number")

    @pytest.mark.parametrize("column", ["is_open", "remaining", "unit", "earned_at"])
    def test_pages_of_every_type(self, store: Store, column: str) -> None:
        """Numbers, texts, moments and booleans all sort and page."""
        rows = _lots()
        a.fill(store, "lot", rows)
        for down in (False, True):
            expected = sorted(rows, key=lambda row: row["number"], reverse=down)
            expected.sort(key=lambda row: row[column], reverse=down)
            query = Query("lot", order=(Order(column, down),), limit=4)

            with store.session(write=False) as session:
                assert a.all_pages(session, query) == expected

    def test_pages_with_a_range(self, store: Store) -> None:
        """A filter on the column of the order and a place in it hold together."""
        rows = _lots()
        a.fill(store, "lot", rows)
        first, last = a.T0 + 2 * a.HOUR, a.T0 + 5 * a.HOUR
        for low, high, down in product((Op.GE, Op.GT), (Op.LE, Op.LT), (False, True)):
            terms = Compare("expires_at", low, first), Compare("expires_at", high, last)
            bound = where(program_id=a.CAFE, card_id="card", is_open=True, unit="point")
            order = tuple(
                Order(name, down) for name in ("expires_at", "earned_at", "number")
            )
            query = Query("lot", And((bound, *terms)), order, limit=2)
            with store.session(write=False) as session:
                found = a.all_pages(session, query)

            expected = [row for row in rows if matches(query.where, row)]
            expected.sort(
                key=lambda r: (r["expires_at"], r["earned_at"], r["number"]),
                reverse=down,
            )
            assert found == expected

    def test_pages_while_rows_come(self, store: Store) -> None:
        """A row that comes before the place is not shown, one after it is."""
        a.fill(store, "counter", [a.counter(name) for name in "bdf"])
        query = Query("counter", limit=2)
        with store.session(write=False) as session:
            cursor = session.select(query).cursor
        a.fill(store, "counter", [a.counter(name) for name in "ace"])

        with store.session(write=False) as session:
            page = session.select(attrs.evolve(query, cursor=cursor))

        assert a.names_of(page.rows, "name") == ["e", "f"]

    def test_pages_of_one_card(self, store: Store) -> None:
        """A page goes on where values that all rows share are part of the key."""
        rows = [a.transaction(f"t{9 - n}", n) for n in range(1, 6)]
        a.fill(store, "transaction", rows)
        bound = where(program_id=a.CAFE, card_id="card")
        query = Query("transaction", bound, (Order("version"),), limit=2)
        with store.session(write=False) as session:
            found = a.all_pages(session, query)

        assert [row["version"] for row in found] == [1, 2, 3, 4, 5]

    def test_pages_of_one_row(self, store: Store) -> None:
        """A cursor stays good when its whole key is bound; nothing comes after."""
        a.fill(store, "counter", [a.counter("a"), a.counter("b")])
        with store.session(write=False) as session:
            cursor = session.select(Query("counter", limit=1)).cursor
            bound = where(program_id=a.CAFE, name="a")

            assert session.select(Query("counter", bound, cursor=cursor)).rows == []

    def test_own_changes_are_seen(self, store: Store) -> None:
        """A session's questions are answered with what it has changed itself."""
        with store.session() as session:
            session.apply([Insert("counter", [a.counter("n", 5)])])
            assert session.select(Query("counter")).rows == [a.counter("n", 5)]
            (sums,) = session.summarize(Query("counter"), measures={"s": total("used")})
            assert session.get([a.counter_ref("n")]) == [a.counter("n", 5)]

        assert sums["s"] == 5  # noqa: PLR2004 - as inserted

    @pytest.mark.parametrize(
        "cursor",
        [
            pytest.param("", id="empty"),
            pytest.param("nonsense", id="no-base64"),
            pytest.param("bnVsbA==", id="null"),
            pytest.param("W10=", id="empty-list"),
            pytest.param("W1sieCIsMV1d", id="no-kind"),
            pytest.param("é", id="no-ascii"),
            pytest.param("WyJ2Il0=", id="no-pair"),
            pytest.param(encode_cursor(["x", a.CAFE, "n"]), id="unsigned"),
            pytest.param("W1tb" * 5_000, id="deep"),
        ],
    )
    def test_cursor_of_nothing(self, store: Store, cursor: str) -> None:
        """What is no cursor is refused as such."""
        with (
            store.session(write=False) as session,
            pytest.raises(InvalidValue) as caught,
        ):
            session.select(Query("counter", cursor=cursor))

        assert caught.value.field == "cursor"

    def test_cursor_with_other_values(self, store: Store) -> None:
        """A cursor that somebody has tampered with is refused as such."""
        a.fill(store, "counter", [a.counter("a"), a.counter("b")])
        with store.session(write=False) as session:
            cursor = session.select(Query("counter", limit=1)).cursor
            assert cursor is not None
            width = 1 + len(a.counter_ref("a").columns)
            first, *others = decode_cursor(cursor, width)
            for value in (None, 7, "\0", True):
                forged = encode_cursor([first, *others[1:], value])
                with pytest.raises(InvalidValue):
                    session.select(Query("counter", cursor=forged))

    def test_cursor_of_another_query(self, store: Store) -> None:
        """A cursor is good for the collection and the order that it came from."""
        a.fill(store, "customer", a.customers())
        by_points = Query("customer", order=(Order("points"),), limit=1)
        with store.session(write=False) as session:
            cursor = session.select(by_points).cursor
            for other in (
                Query("customer", order=(Order("points", descending=True),)),
                Query("customer", order=(Order("purchases"),)),
                Query("customer", order=(Order("points"), Order("purchases"))),
                Query("customer"),
                Query("card"),
            ):
                with pytest.raises(InvalidValue):
                    session.select(attrs.evolve(other, cursor=cursor))

    # -- summarize ---------------------------------------------------------------------

    def test_summarize(self, store: Store) -> None:
        """Without groups there is one row, and order, limit and cursor do not count."""
        customers = a.customers()
        a.fill(store, "customer", customers)
        query = Query("customer", order=(Order("points"),), limit=1)
        measures = {
            "n": count(),
            "points": total("points"),
            "first": lowest("registered_at"),
            "last": highest("registered_at"),
            "youngest": highest("birth_date"),
            "name": lowest("first_name"),
        }
        with store.session(write=False) as session:
            cursor = session.select(query).cursor
            found = session.summarize(
                attrs.evolve(query, cursor=cursor), measures=measures
            )

        assert found == [
            {
                "n": len(customers),
                "points": sum(row["points"] for row in customers),
                "first": a.T0,
                "last": a.T0 + 3 * a.HOUR,
                "youngest": date(1990, 1, 16),
                "name": "",
            }
        ]

    def test_summarize_nothing(self, store: Store) -> None:
        """Over no rows a count and a sum are 0, and the extremes are None."""
        measures = {
            "n": count(),
            "s": total("used"),
            "a": lowest("name"),
            "b": highest("used"),
        }
        with store.session(write=False) as session:
            found = session.summarize(Query("counter"), measures=measures)
            grouped = session.summarize(
                Query("counter"), by=("name",), measures={"n": count()}
            )

        assert found == [{"n": 0, "s": 0, "a": None, "b": None}]
        assert grouped == []

    def test_summarize_by(self, store: Store) -> None:
        """Groups come sorted by their columns, the one without a value first."""
        a.fill(store, "customer", a.customers())
        query = Query("customer", Compare("points", Op.GE, 1))
        with store.session(write=False) as session:
            found = session.summarize(
                query,
                by=("last_name", "points"),
                measures={"n": count(), "p": total("points")},
            )
            bare = session.summarize(query, by=("registered_at",), measures={})

        assert [
            (row["last_name"], row["points"], row["n"], row["p"]) for row in found
        ] == [
            (None, 1, 2, 2),
            (None, 2, 1, 2),
            ("Lovelace", 1, 1, 1),
            ("Lovelace", 2, 2, 4),
        ]
        assert bare == [{"registered_at": a.T0 + n * a.HOUR} for n in range(4)]

    def test_summarize_booleans(self, store: Store) -> None:
        """Booleans come back as such, as a group and as an extreme."""
        a.fill(store, "lot", _lots())
        with store.session(write=False) as session:
            found = session.summarize(
                Query("lot"), by=("is_open",), measures={"top": highest("is_open")}
            )

        assert [(row["is_open"], row["top"]) for row in found] == [
            (False, False),
            (True, True),
        ]
        assert all(type(row["is_open"]) is bool for row in found)

    @pytest.mark.parametrize(
        ("by", "measures"),
        [
            (("nothing",), {}),
            (("totals",), {}),
            ((), {"n": total("nothing")}),
            ((), {"n": total("serial")}),
            ((), {"n": lowest("totals")}),
            ((), {"n": Measure(MeasureKind.SUM)}),
            (("serial",), {"serial": count()}),
        ],
    )
    def test_malformed_measures(
        self, store: Store, by: tuple[str, ...], measures: dict[str, Measure]
    ) -> None:
        """What has no sum or no order is not summarized."""
        with store.session(write=False) as session, pytest.raises(InvalidValue):
            session.summarize(Query("card"), by=by, measures=measures)


def _lots() -> list[dict[str, Any]]:
    """Lots in an order of no meaning, with ties in every column but the key."""
    rows = [
        a.lot(
            number,
            unit=("point", "stamp", "point")[number % 3],
            is_open=number % 7 != 0,
            remaining=number % 4,
            earned_at=a.T0 + number % 2 * a.HOUR,
            expires_at=a.T0 + number % 6 * a.HOUR,
        )
        for number in range(1, 31)
    ]
    random.Random(11).shuffle(rows)  # noqa: S311 - only shuffled
    return rows
