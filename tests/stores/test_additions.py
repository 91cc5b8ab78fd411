"""Additions and orders on tables that have what those of the package lack."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from loyaltycore.errors import UnsupportedValue
from loyaltycore.ports import Add, Insert, Ref
from loyaltycore.query.queries import Order, Query
from loyaltycore.stores.sql import SqlStore
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.contract_additions import MEANS


sys.path.insert(0, str(Path(__file__).parent))

from tallies import STEP, VISIT, in_memory, tally, tally_ref


MEAN = {"mean": ("value", "n")}
DAY = date(2026, 1, 31)


def visit_ref(place: str) -> Ref:
    """Name a visit by its key."""
    return Ref("visit", VISIT.key, (a.CAFE, place))


class Additions:
    """What holds on each store below."""

    def test_means(self, store):
        """A mean is of both columns afterwards, on a row that is there."""
        rows: list[Any] = []
        expected: list[Any] = []
        adds: list[Add] = []
        for number, (value, n, mean) in enumerate(MEANS):
            place = f"{number:02}"
            delta = 3 if value > 0 else -3
            rows.append(tally(place, value=value - delta, n=n, mean=77))
            expected.append(tally(place, value=value, n=n, mean=mean))
            adds.append(Add(tally_ref(place), {"value": delta}, means=MEAN))
        a.fill(store, "tally", rows)

        done = a.change(store, *adds)

        assert [1] * len(MEANS) == done
        assert expected == a.every(store, "tally")

    def test_means_of_rows_that_are_made(self, store):
        """A mean is of what the row begins with."""
        adds = [
            Add(tally_ref(f"{number:02}"), {"n": n, "value": value}, means=MEAN)
            for number, (value, n, _) in enumerate(MEANS)
        ]

        done = a.change(store, *adds)

        assert [1] * len(MEANS) == done
        means = [mean for _, _, mean in MEANS]
        assert means == a.names_of(a.every(store, "tally"), "mean")

    def test_two_means(self, store):
        """Means are of columns that were added to and raised; None counts as 0."""
        means = {"mean": ("value", "n"), "other_mean": ("extra", "value")}
        row = tally("x", value=5, n=2, extra=None, mean=None, other_mean=None)
        a.fill(store, "tally", [row])
        found: list[Any] = []
        for add in (
            Add(tally_ref("x"), {"n": 1}, means=means),
            Add(tally_ref("x"), {"n": 1}, raises={"extra": 13}, means=means),
            Add(tally_ref("x"), {"extra": -31}, raises={"value": 7}, means=means),
            Add(tally_ref("x"), {"value": -7}, means=means),
        ):
            assert a.change(store, add) == [1]
            now = a.one(store, tally_ref("x")) or {}
            found.append((now["mean"], now["other_mean"]))

        assert [(2, 0), (1, 3), (2, -3), (0, None)] == found

    def test_a_mean_of_one_column_twice(self, store):
        """A column over itself is 1."""
        add = Add(tally_ref("x"), {"n": 5}, means={"mean": ("n", "n")})

        assert [1, 1] == a.change(store, add, add)
        assert [tally("x", n=10, mean=1)] == a.every(store, "tally")

    def test_raises_of_nothing(self, store):
        """Nothing is raised to any value, and zero is more than nothing."""
        raises = {"extra": 0, "last_at": a.T0, "last_day": DAY}
        a.fill(store, "tally", [tally("there", extra=None)])
        for place in ("made", "there"):
            assert a.change(store, Add(tally_ref(place), {}, raises=raises)) == [1]

        expected = [tally("made") | raises, tally("there") | raises]
        assert expected == a.every(store, "tally")

    def test_raises_that_are_less(self, store):
        """What is less changes nothing, and the answer is 1 all the same."""
        later = {"extra": 5, "last_at": a.T0 + a.HOUR, "last_day": DAY}
        less = {"extra": 4, "last_at": a.T0, "last_day": date(2025, 12, 31)}
        ref = tally_ref("x")

        done = a.change(store, *(Add(ref, {}, raises=each) for each in (later, less)))

        assert [1, 1] == done
        assert [tally("x") | later] == a.every(store, "tally")

    def test_a_limit_on_what_is_raised(self, store):
        """Nothing counts as 0 for a limit; what is raised counts as it will be."""
        a.fill(store, "tally", [tally("x", extra=None)])
        ref, limit = tally_ref("x"), {"extra": 3}
        adds = [Add(ref, {"n": 1}, limit, {"extra": value}) for value in (4, 3, 4)]

        assert [0, 1, 0] == a.change(store, *adds)
        assert [0, 1] == a.change(
            store,
            Add(tally_ref("y"), {}, limit, {"extra": 4}),
            Add(tally_ref("z"), {}, {"n": 0}, {"extra": 4}),
        )
        expected = [tally("x", n=1, extra=3), tally("z", extra=4)]
        assert expected == a.every(store, "tally")

    def test_a_row_that_a_moment_makes(self, store):
        """What is raised completes a row that has to have it."""
        ref = visit_ref("x")
        with pytest.raises(UnsupportedValue):
            a.change(store, Add(ref, {"n": 1}))
        adds = [
            Add(ref, {"n": 1}, {"n": 1}, {"seen_at": a.T0}),
            Add(ref, {"n": 1}, {"n": 1}, {"seen_at": a.T0 + 2 * a.HOUR}),
            Add(ref, {}, {"n": 1}, {"seen_at": a.T0 + a.HOUR}),
        ]

        assert [1, 0, 1] == a.change(store, *adds)
        seen = {"seen_at": a.T0 + a.HOUR, "n": 1}
        assert {"program_id": a.CAFE, "place": "x"} | seen == a.one(store, ref)

    @pytest.mark.parametrize(
        "add",
        [
            pytest.param(Add(tally_ref("x"), {"mean": 1}, means=MEAN), id="added-to"),
            pytest.param(Add(tally_ref("x"), {}, {"mean": 1}, means=MEAN), id="limit"),
            pytest.param(
                Add(tally_ref("x"), {}, raises={"mean": 1}, means=MEAN), id="raised"
            ),
            pytest.param(
                Add(tally_ref("x"), {}, means={"mean": ("other", "n")}), id="of-nothing"
            ),
            pytest.param(
                Add(tally_ref("x"), {}, means={"mean": ("note", "n")}), id="of-a-text"
            ),
            pytest.param(
                Add(tally_ref("x"), {}, means={"mean": ("n", "mean")}), id="of-itself"
            ),
            pytest.param(
                Add(tally_ref("x"), {}, means={**MEAN, "other_mean": ("mean", "n")}),
                id="of-a-mean",
            ),
            pytest.param(
                Add(tally_ref("x"), {}, raises={"is_odd": True}), id="a-boolean"
            ),
            pytest.param(Add(tally_ref("x"), {}, {"extra": None}), id="no-limit"),  # type: ignore[dict-item]
        ],
    )
    def test_malformed_additions(self, store, add: Add):
        """A mean is only a mean, and only of numbers."""
        with pytest.raises(UnsupportedValue):
            a.change(store, add)
        assert not a.every(store, "tally")

    @pytest.mark.parametrize("down", [False, True], ids=["+", "-"])
    def test_pages_over_missing_booleans(self, store, *, down: bool):
        """Nothing, then False, then True."""
        values = dict(
            zip("abcdef", (True, None, False, None, True, False), strict=True)
        )
        rows = [tally(place, is_odd=value) for place, value in values.items()]
        a.fill(store, "tally", rows)
        query = Query("tally", order=(Order("is_odd", down),), limit=1)

        with store.session(write=False) as session:
            found = "".join(map(str, a.names_of(a.all_pages(session, query), "place")))

        assert ("eafcdb" if down else "bdcfae") == found


class TestInMemory(Additions):
    @pytest.fixture
    def store(self):
        """Rows in dictionaries."""
        return in_memory()


class TestOnSqlite(Additions):
    @pytest.fixture
    def store(self):
        """SQLite through Python's module."""
        store = SqliteStore(":memory:", steps=(STEP,))
        yield store
        store.close()


@pytest.fixture
def elsewhere(request):
    """Tables of the given store's engine, under a prefix of their own."""
    given = request.getfixturevalue(request.cls.engine)
    prefix, schema = f"tally{os.getpid()}_", given._database.schema
    store = SqlStore(given._engine, prefix=prefix, schema=schema, steps=(STEP,))
    store.migrate()
    yield store
    store.metadata.drop_all(given._engine)


class OnEngine(Additions):
    """On a store that was made for these tables."""

    engine: str

    @pytest.fixture
    def store(self, elsewhere):
        """Through SQLAlchemy."""
        return elsewhere


class TestSqlAlchemyOnSqlite(OnEngine):
    engine = "sqlite"


class TestPostgreSql(OnEngine):
    engine = "postgres"


class TestMariaDb(OnEngine):
    engine = "mysql"

    def test_a_row_that_others_raise_meanwhile(self, store, monkeypatch):
        """A row made between two statements is raised, added to and averaged."""
        find = type(store.session()).find
        others = Add(tally_ref("x"), {"n": 1, "value": 5}, {}, {"extra": 9}, MEAN)

        def late(session, ref):
            monkeypatch.setattr(type(session), "find", find)
            a.change(store, others)
            return find(session, ref)

        monkeypatch.setattr(type(store.session()), "find", late)
        ours = Add(tally_ref("x"), {"n": 1, "value": 10}, {}, {"extra": 7}, MEAN)

        assert [1] == a.change(store, ours)
        expected = tally("x", n=2, value=15, extra=9, mean=8)
        assert [expected] == a.every(store, "tally")


def test_rows_are_made_in_the_order_of_columns():
    """What an addition makes is like what is inserted."""
    store = in_memory()
    a.change(store, Insert("tally", [tally("a")]))
    a.change(store, Add(tally_ref("b"), {"value": 1}, raises={"n": 2}, means=MEAN))

    first, second = a.every(store, "tally")

    assert list(first) == list(second)
