"""What a store finds: rows by their names, and rows by what holds for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

import pytest

from loyaltycore.errors import InvalidValue, UnsupportedValue
from loyaltycore.ports import Ref
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
)
from loyaltycore.query.queries import Order, Query, count
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from loyaltycore.ports import Store
    from loyaltycore.query.predicates import Row

__all__ = ["PREDICATES", "FindingContract"]

_PHONE = Ref("customer", ("program_id", "unique_phone"), (a.CAFE, "+493012345678"))


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
    "moments": And((Compare(_AT, Op.GT, a.T0), Compare(_AT, Op.LE, a.T0 + 2 * a.HOUR))),
    "days": Compare("birth_date", Op.LT, date(1990, 1, 9)),
    "in": is_in(_NAME, ("Ada", "Z", "nobody")),
    "in-nothing": is_in(_NAME, ()),
    "in-moments": is_in(_AT, (a.T0, a.T0 + 3 * a.HOUR)),
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
    "contains": Compare(_NAME, Op.CONTAINS, "d"),
    "contains-itself": Compare(_NAME, Op.CONTAINS, "Ada"),
    "contains-more": Compare(_NAME, Op.CONTAINS, "Adam"),
    "contains-other-case": Compare(_NAME, Op.CONTAINS, "AD"),
    "contains-nothing": Compare(_NAME, Op.CONTAINS, ""),
    "contains-at-the-end": Compare(_NAME, Op.CONTAINS, "da"),
    "contains-without-accent": Compare(_NAME, Op.CONTAINS, "a"),
    "contains-accent": Compare(_NAME, Op.CONTAINS, "\u0301"),
    "contains-percent": Compare(_NAME, Op.CONTAINS, "d%"),
    "contains-underscore": Compare(_NAME, Op.CONTAINS, "_"),
    "contains-backslash": Compare(_NAME, Op.CONTAINS, "\\"),
    "contains-quote": Compare(_NAME, Op.CONTAINS, "'"),
    "contains-star": Compare(_NAME, Op.CONTAINS, "*"),
    "contains-blank": Compare(_NAME, Op.CONTAINS, "Ada "),
    "contains-astral": Compare(_NAME, Op.CONTAINS, "😀"),
    "contains-last": Compare(_NAME, Op.CONTAINS, "\U0010ffff"),
    "not-contains": Not(Compare(_NAME, Op.CONTAINS, "d")),
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
    "exists-containing": _token(Compare("token", Op.CONTAINS, "ov")),
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


class FindingContract:
    """Look-ups by key and unique, and filters."""

    # -- get ---------------------------------------------------------------------------

    def test_get_by_key(self, store: Store) -> None:
        """A row is found by its key and comes back as it was given."""
        row = a.customer("ada", first_name="Ada", birth_date=date(1815, 12, 10))
        a.fill(store, "customer", [row])

        assert row == a.one(store, a.customer_ref("ada"))

    def test_get_by_unique(self, store: Store) -> None:
        """A row is found by a declared unique too."""
        a.fill(store, "customer", [a.customer("ada", unique_phone="+493012345678")])

        found = a.one(store, _PHONE)

        assert found is not None
        assert found["id"] == "ada"

    def test_get_in_order(self, store: Store) -> None:
        """Answers come in the order of the questions, None for what is not there."""
        a.fill(store, "counter", [a.counter("a", 1), a.counter("b", 2)])
        a.fill(store, "customer", [a.customer("ada")])
        names = ("b", "x", "a", "b")

        with store.session() as session:
            found = session.get([a.counter_ref(name) for name in names], lock=True)
            other = session.get([a.customer_ref("ada"), a.counter_ref("a")])

        assert [row and row["used"] for row in found] == [2, None, 1, 2]
        assert [row and row["program_id"] for row in other] == [a.CAFE, a.CAFE]

    def test_get_nothing(self, store: Store) -> None:
        """No questions have no answers."""
        with store.session(write=False) as session:
            assert session.get([]) == []

    def test_keys_of_two_programs(self, store: Store) -> None:
        """The same id in another program is another row."""
        rows = [a.counter("n", 1), a.counter("n", 2, program_id="bar")]
        a.fill(store, "counter", rows)

        found = a.one(store, a.counter_ref("n"))

        assert found == rows[0]

    @pytest.mark.parametrize(
        "ref",
        [
            pytest.param(Ref("nothing", ("id",), ("x",)), id="no-collection"),
            pytest.param(Ref("customer", ("id",), ("x",)), id="half-a-key"),
            pytest.param(Ref("customer", ("source",), ("x",)), id="no-key"),
            pytest.param(Ref("counter", ("program_id", "name"), ("x",)), id="no-value"),
            pytest.param(
                Ref("customer", ("program_id", "unique_phone"), (a.CAFE, None)),
                id="none",
            ),
        ],
    )
    def test_what_names_no_row(self, store: Store, ref: Ref) -> None:
        """What is neither key nor unique, or has no value in it, names no row."""
        with store.session() as session, pytest.raises(UnsupportedValue):
            session.get([ref])

    # -- filters -----------------------------------------------------------------------

    @pytest.mark.parametrize("case", PREDICATES)
    def test_predicates(self, store: Store, case: str) -> None:
        """A filter finds exactly the rows that it holds for, missing values or not."""
        customers, tokens = a.customers(), _tokens()
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

    @pytest.mark.parametrize(
        ("field", "query"),
        [
            ("order", Query("customer", order=(Order("nothing"),))),
            ("order", Query("card", order=(Order("totals"),))),
            ("where", Query("customer", Compare("nothing", Op.EQ, 1))),
            ("where", Query("card", Compare("totals", Op.EQ, "{}"))),
            ("where", Query("customer", Compare("points", Op.STARTS_WITH, "1"))),
            ("where", Query("customer", Compare("points", Op.CONTAINS, "1"))),
            ("where", Query("card", Compare("totals", Op.CONTAINS, "1"))),
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
            Compare("first_name", Op.CONTAINS, "\0"),
            Compare("first_name", Op.CONTAINS, None),
            is_in("first_name", ("a", None)),
            is_in("points", (1, 1.0)),  # type: ignore[arg-type]
            Not(Or((Exists("card", (), Compare("id", Op.EQ, 1)),))),
        ],
    )
    def test_comparisons_of_other_types(self, store: Store, term: Predicate) -> None:
        """A column is only compared with what it could hold."""
        with store.session(write=False) as session, pytest.raises(UnsupportedValue):
            session.select(Query("customer", term))
