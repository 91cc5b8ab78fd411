"""The store in memory, beyond what every store has to do."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from loyaltycore.errors import Duplicate, InvalidValue, Unavailable, UnsupportedValue
from loyaltycore.ports import Add, Delete, Insert, Ref, Update
from loyaltycore.query.predicates import Compare, Op, where
from loyaltycore.query.queries import Order, Query, count
from loyaltycore.schema import Collection, Column, ColumnType, Index
from loyaltycore.stores.memory import MemoryStore
from loyaltycore.stores.memory_tables import Table
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.store_contract import StoreContract


class TestContract(StoreContract):
    @pytest.fixture
    def store(self):
        """An empty store."""
        return MemoryStore()

    @contextmanager
    def transaction(self, store):
        """The caller's transaction is a session of the store."""
        with store.session() as session:
            yield session


class TestTurns:
    def test_a_session_in_a_session(self):
        """A thread that would wait for itself is told so at once."""
        store = MemoryStore(timeout=60)
        with store.session(), pytest.raises(Unavailable), store.session(write=False):
            pass

    def test_somebody_takes_too_long(self):
        """A session gives up when its turn does not come within the timeout."""
        store = MemoryStore(timeout=0.01)
        caught: list[BaseException] = []

        def work():
            try:
                a.fill(store, "counter", [a.counter("n")])
            except Unavailable as error:
                caught.append(error)

        with store.session():
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()

        assert len(caught) == 1
        work()
        assert len(caught) == 1

    def test_a_session_begins_once(self):
        """A session is not begun again, neither inside itself nor afterwards."""
        store = MemoryStore()
        session = store.session()
        with session, pytest.raises(Unavailable):
            session.__enter__()
        with pytest.raises(Unavailable):
            session.__enter__()
        with store.session() as outer:
            inner = store.bind(outer).session()
            with inner, pytest.raises(Unavailable):
                inner.__enter__()


class TestBinding:
    def test_to_a_session_of_another_store(self):
        """A session of another store is no handle of this one."""
        with MemoryStore().session() as session, pytest.raises(InvalidValue):
            MemoryStore().bind(session)

    def test_to_a_session_that_has_ended(self):
        """A session that has ended binds nothing any more."""
        store = MemoryStore()
        with store.session() as session:
            bound = store.bind(session)
        for attempt in (lambda: store.bind(session), bound.session().__enter__):
            with pytest.raises(Unavailable):
                attempt()

    def test_deeper(self):
        """A bound store binds to the sessions of its own."""
        store = MemoryStore()
        with (
            store.session() as first,
            store.bind(first).session() as second,
            store.bind(first).bind(second).session() as third,
        ):
            third.apply([Insert("counter", [a.counter("n")])])

        assert a.every(store, "counter") == [a.counter("n")]

    def test_writing_in_a_reading_session(self):
        """What only reads has nothing in it that writes."""
        store = MemoryStore()
        with store.session(write=False) as outer:
            bound = store.bind(outer)
            with bound.session(write=False) as inner:
                assert inner.select(Query("counter")).rows == []
            with pytest.raises(Exception, match="only reads"), bound.session():
                pass


def test_no_change_at_all():
    """Something that is no change is refused as such."""
    store = MemoryStore()

    with pytest.raises(UnsupportedValue, match="str is no change"):
        a.change(store, "change")  # type: ignore[arg-type]


class TestIndexes:
    """A page costs what it holds, not what the collection holds."""

    @pytest.fixture
    def store(self):
        """A thousand lots of a hundred cards."""
        store = MemoryStore()
        rows = [
            a.lot(number, card_id=f"card-{number % 100}", remaining=number % 3)
            for number in range(1_000)
        ]
        a.fill(store, "lot", rows)
        return store

    @pytest.mark.parametrize(
        ("query", "at_most"),
        [
            pytest.param(
                Query(
                    "lot",
                    where(
                        program_id=a.CAFE, card_id="card-7", is_open=True, unit="point"
                    ),
                    (Order("expires_at"), Order("earned_at"), Order("number")),
                    limit=3,
                ),
                4,
                id="declared",
            ),
            pytest.param(
                Query("lot", where(program_id=a.CAFE, card_id="card-7"), limit=3),
                4,
                id="key",
            ),
            pytest.param(
                Query(
                    "lot",
                    where(program_id=a.CAFE, card_id="card-7", remaining=0),
                    (Order("card_id"), Order("number", descending=True)),
                    limit=100,
                ),
                10,
                id="key-backwards",
            ),
            pytest.param(
                Query(
                    "lot",
                    where(program_id=a.CAFE, card_id="card-7", number=7, remaining=1),
                ),
                1,
                id="one",
            ),
            pytest.param(Query("lot", limit=10), 11, id="everything"),
        ],
    )
    def test_rows_seen(self, store, monkeypatch, query: Query, at_most: int):
        """No more rows are looked at than come back, and the one after them."""
        table: Table = store.tables["lot"]
        seen: list[object] = []

        class Rows(dict):  # type: ignore[type-arg]
            def __getitem__(self, key):
                seen.append(key)
                return super().__getitem__(key)

        monkeypatch.setattr(table, "rows", Rows(table.rows))
        with store.session(write=False) as session:
            session.select(query)
            seen.clear()
            rows = session.select(query).rows

        assert rows
        assert len(seen) <= at_most

    def test_an_index_of_the_key_is_kept(self, store):
        """An index that was made for a question follows every change after it."""
        query = Query("lot", where(program_id=a.CAFE, card_id="card-7"))
        with store.session() as session:
            session.select(query)
            ref = ("program_id", "card_id", "number")
            session.apply(
                [
                    Delete(Ref("lot", ref, (a.CAFE, "card-7", 107))),
                    Insert("lot", [a.lot(5_000, card_id="card-7")]),
                ]
            )
            numbers = a.names_of(session.select(query).rows, "number")

        assert numbers == [7, *range(207, 1_000, 100), 5_000]

    def test_bound_by_an_unindexed_none(self):
        """Rows that an index leaves out are found without it."""
        store = MemoryStore()
        rows = [a.transaction("a", 1), a.transaction("b", 2, reverses="a")]
        a.fill(store, "transaction", rows)

        with store.session(write=False) as session:
            for value, row in ((None, rows[0]), ("a", rows[1])):
                query = Query("transaction", where(program_id=a.CAFE, reverses=value))
                assert session.select(query).rows == [row]
                measures = {"n": count()}
                assert session.summarize(query, measures=measures) == [{"n": 1}]


def test_a_unique_over_numbers():
    """A row that an addition would make may be taken by its uniques as well."""
    columns = tuple(
        Column(name, type_)
        for name, type_ in (
            ("program_id", ColumnType.TEXT),
            ("id", ColumnType.TEXT),
            ("place", ColumnType.INTEGER),
        )
    )
    queue = Collection(
        name="queue",
        columns=columns,
        key=("program_id", "id"),
        uniques=(("program_id", "place"),),
    )
    store = MemoryStore()
    store.collections, store.tables = {"queue": queue}, {"queue": Table(queue)}
    add = Add(Ref("queue", queue.key, (a.CAFE, "a")), {"place": 1})
    other = Add(Ref("queue", queue.key, (a.CAFE, "b")), {"place": 1})

    with pytest.raises(Duplicate):
        a.change(store, add, other)
    assert a.change(store, add, add, other) == [1, 1, 1]


def test_a_range_of_another_kind_of_comparison():
    """Comparisons that are no range leave an index as wide as it is."""
    store = MemoryStore()
    a.fill(store, "message", [a.message("a", 1), a.message("b", 2)])
    for op, value, expected in (
        (Op.NE, a.message("a", 1)["due_at"], ["b"]),
        (Op.IN, (a.message("a", 1)["due_at"],), ["a"]),
        (Op.LT, None, []),
    ):
        query = Query("message", Compare("due_at", op, value), (Order("due_at"),))
        with store.session(write=False) as session:
            assert a.names_of(session.select(query).rows) == expected


def test_rows_that_an_index_leaves_out():
    """A row without a value comes, changes and goes without that index."""
    store = MemoryStore()
    columns = (
        Column("program_id", ColumnType.TEXT),
        Column("id", ColumnType.TEXT),
        Column("place", ColumnType.TEXT, nullable=True),
        Column("code", ColumnType.INTEGER, nullable=True),
    )
    thing = Collection(
        name="thing",
        columns=columns,
        key=("program_id", "id"),
        uniques=(("program_id", "code"),),
        indexes=(Index(by=("program_id", "place")),),
    )
    store.collections, store.tables = {"thing": thing}, {"thing": Table(thing)}
    ref = Ref("thing", thing.key, (a.CAFE, "a"))
    row = {"program_id": a.CAFE, "id": "a", "place": None, "code": None}
    query = Query("thing", where(program_id=a.CAFE, place="x"))
    found = []

    with store.session() as session:
        session.apply([Insert("thing", [row])])
        for place, code in (
            ("x", 1),
            (None, None),
            ("x", 2),
            ("y", 2),
            (None, 3),
        ):
            session.apply([Update(ref, {"place": place, "code": code})])
            found.append(len(session.select(query).rows))
        by_code = where(program_id=a.CAFE, code=3)
        (counted,) = session.summarize(Query("thing", by_code), measures={"n": count()})
        session.apply([Delete(ref), Insert("thing", [row]), Delete(ref)])

    assert found == [1, 0, 1, 0, 0]
    assert counted == {"n": 1}
    assert a.every(store, "thing") == []
