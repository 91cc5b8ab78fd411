"""What a store answers when it is asked for many rows."""

from __future__ import annotations

import random  # noqa: TID251 - to shuffle, by a seed
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest

from loyaltycore.errors import InvalidValue, UnsupportedValue
from loyaltycore.ports import Insert
from loyaltycore.query.predicates import (
    And,
    Compare,
    Exists,
    Not,
    Op,
    Or,
    Predicate,
    is_in,
    matches,
    where,
)
from loyaltycore.query.queries import (
    Measure,
    MeasureKind,
    Order,
    Query,
    count,
    encode_cursor,
    highest,
    lowest,
    total,
)
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from loyaltycore.ports import Store
    from loyaltycore.query.predicates import Row

__all__ = ["PREDICATES", "QuestionContract"]

_NAMES: Final = (
    None,
    "",
    "Ada",
    "ada",
    "Adá",
    "Ad%",
    "Ad_",
    "Ad\\",
    "Ad\ud7ff",
    "Ad\ue000",
)
_MORE_NAMES: Final = (
    "Ad\U0010ffff",
    "Ad\U0010ffffz",
    "Ae",
    "\U0010ffff",
    "😀",
    "😀a",
    "Z",
)
_HOUR: Final = timedelta(hours=1)


def _customers() -> list[dict[str, Any]]:
    return [
        a.customer(
            f"c{number:02}",
            first_name=name,
            last_name=("Lovelace", None)[number % 2],
            phone=None if number % 3 else f"+49{number}",
            birth_date=date(1990, 1, 1 + number) if number % 2 else None,
            registered_at=a.T0 + number % 4 * _HOUR,
            points=number % 5 - 2,
        )
        for number, name in enumerate((*_NAMES, *_MORE_NAMES))
    ]


def _tokens() -> list[dict[str, Any]]:
    return [
        a.token("ada", "c01"),
        a.token("ada", "c02"),
        a.token("love", "c02"),
        a.token("ada", "nobody"),
        a.token("+490", "c05") | {"program_id": "bar"},
    ]


def _token(*terms: Predicate) -> Exists:
    on = (("program_id", "program_id"), ("customer_id", "id"))
    return Exists("search_token", on, And(terms))


_NAME, _POINTS, _AT = "first_name", "points", "registered_at"
_ADA: Final = Compare(_NAME, Op.EQ, "Ada")
_UNKNOWN: Final = Compare(_NAME, Op.LT, "b")  # false where the name is missing

PREDICATES: Final[dict[str, Predicate]] = {
    "everything": And(),
    "nothing": Or(),
    "eq": _ADA,
    "eq-none": Compare(_NAME, Op.EQ, None),
    "eq-number": Compare(_POINTS, Op.EQ, 0),
    "eq-moment": Compare(_AT, Op.EQ, a.T0),
    "eq-day": Compare("birth_date", Op.EQ, date(1990, 1, 4)),
    "ne": Compare(_NAME, Op.NE, "Ada"),
    "ne-none": Compare(_NAME, Op.NE, None),
    "lt": Compare(_POINTS, Op.LT, 0),
    "le": Compare(_POINTS, Op.LE, 0),
    "gt": Compare(_POINTS, Op.GT, 0),
    "ge": Compare(_POINTS, Op.GE, 0),
    "lt-none": Compare(_NAME, Op.LT, None),
    "not-ge-none": Not(Compare(_NAME, Op.GE, None)),
    "text-in-code-points": Compare(_NAME, Op.GE, "Ad\ue000"),
    "moments": And((Compare(_AT, Op.GT, a.T0), Compare(_AT, Op.LE, a.T0 + 2 * _HOUR))),
    "days": Compare("birth_date", Op.LT, date(1990, 1, 9)),
    "in": is_in(_NAME, ("Ada", "Z", "nobody")),
    "in-nothing": is_in(_NAME, ()),
    "in-moments": is_in(_AT, (a.T0, a.T0 + 3 * _HOUR)),
    "in-many": is_in("id", tuple(f"c{number:02}" for number in range(0, 1500, 2))),
    "not-in": Not(is_in(_NAME, ("Ada", "Z"))),
    "starts-with": Compare(_NAME, Op.STARTS_WITH, "Ad"),
    "starts-with-itself": Compare(_NAME, Op.STARTS_WITH, "Ada"),
    "starts-with-nothing": Compare(_NAME, Op.STARTS_WITH, ""),
    "starts-with-percent": Compare(_NAME, Op.STARTS_WITH, "Ad%"),
    "starts-with-underscore": Compare(_NAME, Op.STARTS_WITH, "Ad_"),
    "starts-with-backslash": Compare(_NAME, Op.STARTS_WITH, "Ad\\"),
    "starts-before-surrogates": Compare(_NAME, Op.STARTS_WITH, "Ad\ud7ff"),
    "starts-with-astral": Compare(_NAME, Op.STARTS_WITH, "😀"),
    "starts-with-last": Compare(_NAME, Op.STARTS_WITH, "\U0010ffff"),
    "starts-with-and-last": Compare(_NAME, Op.STARTS_WITH, "Ad\U0010ffff"),
    "not-starts-with": Not(Compare(_NAME, Op.STARTS_WITH, "A")),
    "and": And((_ADA, Compare(_POINTS, Op.LT, 9))),
    "and-same-column": And((_ADA, Compare(_NAME, Op.EQ, "Z"))),
    "or": Or((_ADA, Compare(_POINTS, Op.GT, 1))),
    "not": Not(_ADA),
    "not-unknown": Not(_UNKNOWN),
    "not-not-unknown": Not(Not(_UNKNOWN)),
    "not-and-unknown": Not(And((_UNKNOWN, Compare(_POINTS, Op.LT, 9)))),
    "not-or-unknown": Not(Or((_UNKNOWN, Compare(_POINTS, Op.GT, 9)))),
    "and-of-nots": And((Not(_UNKNOWN), Not(_ADA), Not(Or()))),
    "nested": And(
        (Or((_ADA, And((Not(_UNKNOWN), And())))), Not(Compare(_POINTS, "gt", 1)))
    ),
    "deep": Not(Not(Not(Not(Not(Not(Not(Not(_UNKNOWN)))))))),
    "exists": _token(),
    "exists-where": _token(Compare("token", Op.EQ, "ada")),
    "exists-starting": _token(Compare("token", Op.STARTS_WITH, "lo")),
    "not-exists": Not(_token()),
    "not-exists-where": Not(_token(Compare("token", Op.EQ, "love"))),
    "exists-twice": And(
        (
            _token(Compare("token", Op.EQ, "ada")),
            _token(Compare("token", Op.EQ, "love")),
        )
    ),
    "exists-or": Or((_token(Compare("token", Op.EQ, "love")), _ADA)),
    "exists-of-missing-values": Exists("customer", (("last_name", "last_name"),)),
    "exists-of-itself": Exists(
        "customer",
        (("program_id", "program_id"), (_POINTS, _POINTS)),
        Compare(_NAME, Op.EQ, "Ada"),
    ),
    "exists-in-exists": Exists(
        "search_token",
        (("customer_id", "id"),),
        Exists("customer", (("id", "customer_id"),), Compare(_POINTS, Op.LT, 0)),
    ),
    "exists-anything": Exists("search_token", (), Compare("token", Op.EQ, "love")),
    "exists-nothing": Exists("counter", ()),
}


class QuestionContract:
    """Filters, order, pages and measures."""

    @pytest.mark.parametrize("case", PREDICATES)
    def test_predicates(self, store: Store, case: str) -> None:
        """A filter finds exactly the rows that it holds for, missing values or not."""
        customers, tokens = _customers(), _tokens()
        a.fill(store, "customer", customers)
        a.fill(store, "search_token", tokens)
        others = {"customer": customers, "search_token": tokens, "counter": []}

        def exists(term: Exists, row: Row) -> bool:
            return any(
                all(other[their] == row[our] is not None for their, our in term.on)
                and matches(term.where, other, exists)
                for other in others[term.collection]
            )

        expected = [c for c in customers if matches(PREDICATES[case], c, exists)]
        query = Query("customer", where=PREDICATES[case], limit=3)
        with store.session(write=False) as session:
            found = a.all_pages(session, query)
            (counted,) = session.summarize(query, measures={"n": count()})

        assert found == expected
        assert counted["n"] == len(expected)

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
        first, last = a.T0 + 2 * _HOUR, a.T0 + 5 * _HOUR
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

    def test_cursor_of_another_query(self, store: Store) -> None:
        """A cursor is good for the collection and the order that it came from."""
        a.fill(store, "customer", _customers())
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

    @pytest.mark.parametrize(
        ("field", "query"),
        [
            ("order", Query("customer", order=(Order("phone"),))),
            ("order", Query("customer", order=(Order("nothing"),))),
            ("order", Query("card", order=(Order("totals"),))),
            ("where", Query("customer", Compare("nothing", Op.EQ, 1))),
            ("where", Query("card", Compare("totals", Op.EQ, "{}"))),
            ("where", Query("customer", Compare("points", Op.STARTS_WITH, "1"))),
            ("where", Query("customer", Compare("points", Op.IN, 1))),
            ("where", Query("customer", Exists("card", (("nothing", "id"),)))),
            ("where", Query("customer", Exists("card", (("id", "nothing"),)))),
            ("where", Query("customer", Exists("card", (("version", "id"),)))),
            ("where", Query("customer", Or((_ADA,) * 300))),
            ("where", Query("customer", And((_ADA,) * 300))),
            ("where", Query("customer", is_in("id", ("x",) * 10_001))),
            ("where", Query("customer", "id")),  # type: ignore[arg-type]
        ],
    )
    def test_malformed_queries(self, store: Store, field: str, query: Query) -> None:
        """What cannot be asked is refused, and the refusal names the part."""
        with (
            store.session(write=False) as session,
            pytest.raises(InvalidValue) as caught,
        ):
            session.select(query)

        assert caught.value.field == field

    def test_queries_that_are_too_deep(self, store: Store) -> None:
        """A filter nested beyond reason is refused instead of followed."""
        term: Predicate = _ADA
        for _ in range(500):
            term = Not(And((term,)))

        with store.session(write=False) as session, pytest.raises(InvalidValue):
            session.select(Query("customer", term))

    @pytest.mark.parametrize(
        "term",
        [
            Compare("first_name", Op.EQ, 7),
            Compare("points", Op.LT, "7"),
            Compare("points", op=Op.EQ, value=True),
            Compare("registered_at", Op.LT, date(2026, 1, 1)),
            Compare(
                "registered_at",
                Op.LT,
                datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            ),
            Compare("birth_date", Op.EQ, datetime(2026, 1, 1, tzinfo=UTC)),
            Compare("first_name", Op.STARTS_WITH, "\ud800"),
            Compare("first_name", Op.STARTS_WITH, None),
            is_in("first_name", ("a", None)),
            is_in("points", (1, 1.0)),  # type: ignore[arg-type]
            Not(Or((Exists("card", (), Compare("id", Op.EQ, 1)),))),
        ],
    )
    def test_comparisons_of_other_types(self, store: Store, term: Predicate) -> None:
        """A column is only compared with what it could hold."""
        with store.session(write=False) as session, pytest.raises(UnsupportedValue):
            session.select(Query("customer", term))

    # -- summarize ---------------------------------------------------------------------

    def test_summarize(self, store: Store) -> None:
        """Without groups there is one row, and order, limit and cursor do not count."""
        customers = _customers()
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
                "last": a.T0 + 3 * _HOUR,
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
        a.fill(store, "customer", _customers())
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
        assert bare == [{"registered_at": a.T0 + n * _HOUR} for n in range(4)]

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
            earned_at=a.T0 + number % 2 * _HOUR,
            expires_at=a.T0 + number % 6 * _HOUR,
        )
        for number in range(1, 31)
    ]
    random.Random(11).shuffle(rows)  # noqa: S311 - only shuffled
    return rows
