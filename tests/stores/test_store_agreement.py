"""The store in memory and the one on SQLite do the same, whatever they are told."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from loyaltycore.errors import LoyaltyError
from loyaltycore.ports import Add, Change, Delete, Insert, Ref, Update
from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, Or, where
from loyaltycore.query.queries import Order, Query, count, highest, lowest, total
from loyaltycore.schema import STEPS, VERSION
from loyaltycore.stores.sqlite import SqliteStore
from loyaltycore.testing import contract_rows as a


sys.path.insert(0, str(Path(__file__).parent))

from tallies import STEP, in_memory, tally, tally_ref


SOAKS = os.environ.get("LOYALTYCORE_SOAK") == "1"

names = st.sampled_from(["", "a", "A", "a%", "é", "e\u0301", "\ue000", "😀", "\x01"])
maybe_names = st.none() | names
small = st.integers(-3, 3)
numbers = small | st.sampled_from([2**53 - 1, -(2**53 - 1), 2**53, 2**63])
moments = st.integers(-2, 2).map(lambda hours: a.T0 + timedelta(hours=hours))
days = st.integers(-1, 1).map(lambda days: date(2026, 1, 31) + timedelta(days=days))
ids = st.sampled_from("abc")
lot_numbers = st.integers(1, 4)

counters = st.builds(a.counter, names, numbers)
customers = st.builds(
    a.customer,
    ids,
    version=st.integers(1, 2),
    first_name=maybe_names,
    unique_phone=st.none() | ids,
    email=st.none() | ids,
    registered_at=moments,
    points=numbers,
)
lots = st.builds(
    a.lot,
    lot_numbers,
    unit=st.sampled_from(["point", "stamp"]),
    remaining=small,
    expires_at=moments,
    is_open=st.booleans(),
)
tallies = st.builds(
    tally,
    ids,
    n=small,
    value=numbers,
    extra=st.none() | small,
    mean=st.none() | small,
    last_at=st.none() | moments,
    last_day=st.none() | days,
    is_odd=st.none() | st.booleans(),
    note=maybe_names,
)

phones = ids.map(
    lambda each: Ref("customer", ("program_id", "unique_phone"), (a.CAFE, each))
)
lot_refs = lot_numbers.map(
    lambda number: Ref(
        "lot", ("program_id", "card_id", "number"), (a.CAFE, "card", number)
    )
)
counter_refs = names.map(a.counter_ref)
customer_refs = ids.map(a.customer_ref)
tally_refs = ids.map(tally_ref)
refs = counter_refs | customer_refs | phones | lot_refs | tally_refs

duplicates = st.sampled_from(["error", "ignore", "ignore"])
inserts = st.one_of(
    [
        st.builds(Insert, st.just(name), st.lists(rows, max_size=4), duplicates)
        for name, rows in (
            ("counter", counters),
            ("customer", customers),
            ("lot", lots),
            ("tally", tallies),
        )
    ]
)
updates = st.one_of(
    st.builds(
        Update, counter_refs, st.fixed_dictionaries({}, optional={"used": numbers})
    ),
    st.builds(
        Update,
        customer_refs | phones,
        st.fixed_dictionaries(
            {},
            optional={
                "first_name": maybe_names,
                "unique_phone": st.none() | ids,
                "points": numbers,
                "registered_at": moments,
                "version": st.integers(1, 2),
            },
        ),
        st.none() | st.integers(1, 2),
    ),
    st.builds(
        Update,
        lot_refs,
        st.fixed_dictionaries(
            {},
            optional={
                "remaining": small,
                "is_open": st.booleans(),
                "expires_at": moments,
                "unit": names,
            },
        ),
    ),
)
limits = st.dictionaries(st.just("used"), small, max_size=1)
adds = st.one_of(
    st.builds(Add, counter_refs, st.dictionaries(st.just("used"), numbers), limits),
    st.builds(
        Add,
        customer_refs,
        st.dictionaries(st.sampled_from(["points", "purchases"]), small),
        st.dictionaries(st.sampled_from(["points", "purchases"]), small),
        st.dictionaries(st.just("registered_at"), moments, max_size=1),
    ),
    st.builds(
        Add,
        tally_refs,
        st.dictionaries(st.sampled_from(["n", "value", "extra"]), numbers),
        st.dictionaries(st.sampled_from(["n", "extra"]), small, max_size=1),
        st.fixed_dictionaries(
            {}, optional={"extra": small, "last_at": moments, "last_day": days}
        ),
        st.dictionaries(
            st.sampled_from(["mean", "other_mean"]),
            st.tuples(*[st.sampled_from(["n", "value", "extra"])] * 2),
        ),
    ),
)
changes = st.one_of(inserts, updates, adds, st.builds(Delete, refs))

terms = st.one_of(
    st.builds(Compare, st.just("first_name"), st.sampled_from(Op), maybe_names),
    st.builds(Compare, st.just("points"), st.sampled_from(Op), small),
    st.builds(Compare, st.just("registered_at"), st.sampled_from(Op), moments),
    st.builds(
        Compare, st.just("first_name"), st.just(Op.IN), st.lists(names).map(tuple)
    ),
    st.just(Exists("lot", (("number", "version"),), Compare("is_open", "eq", True))),
)
predicates = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: And(tuple(each))),
        st.lists(inner, max_size=3).map(lambda each: Or(tuple(each))),
        inner.map(Not),
    ),
    max_leaves=5,
)
bound_lots = st.builds(
    lambda unit, is_open, more: And(
        (
            Compare("program_id", Op.EQ, a.CAFE),
            Compare("card_id", Op.EQ, "card"),
            Compare("unit", Op.EQ, unit),
            Compare("is_open", Op.EQ, is_open),
            *more,
        )
    ),
    st.sampled_from(["point", "stamp"]),
    st.booleans(),
    st.lists(
        st.builds(
            Compare, st.just("expires_at"), st.sampled_from(["lt", "ge"]), moments
        ),
        max_size=2,
    ),
)


def orders(*columns: str) -> st.SearchStrategy[tuple[Order, ...]]:
    """Any of the columns in any order and direction."""
    order = st.builds(Order, st.sampled_from(columns), st.booleans())
    return st.lists(order, max_size=3).map(tuple)


queries = st.one_of(
    st.builds(
        Query, st.just("counter"), order=orders("used", "name"), limit=st.integers(1, 3)
    ),
    st.builds(
        Query,
        st.just("customer"),
        predicates,
        orders("registered_at", "points", "id", "program_id", "first_name", "phone"),
        st.integers(1, 3),
    ),
    st.builds(
        Query,
        st.just("tally"),
        st.sampled_from([And(), Compare("note", "contains", "a"), where(extra=None)]),
        orders("n", "value", "extra", "last_at", "last_day", "is_odd", "note"),
        st.integers(1, 3),
    ),
    st.builds(
        Query,
        st.just("lot"),
        bound_lots,
        orders("expires_at", "earned_at", "number", "unit") | st.just(()),
        st.integers(1, 3),
    ),
)


def outcome(work) -> Any:
    """What comes back, or the class of the refusal."""
    try:
        return work()
    except LoyaltyError as error:
        return type(error)


class Stores(RuleBasedStateMachine):
    """Both are told the same, and have to answer the same."""

    @initialize()
    def begin(self):
        """Both are empty."""
        steps = (*STEPS, attrs.evolve(STEP, number=VERSION + 1))
        self.stores = (in_memory(), SqliteStore(":memory:", steps=steps))

    def teardown(self):
        """Neither is used any more."""
        for store in getattr(self, "stores", ()):
            store.close()

    def both(self, work) -> Any:
        """Ask both; they have to agree."""
        first, second = (
            outcome(lambda store=store: work(store)) for store in self.stores
        )
        assert first == second
        return first

    @rule(told=st.lists(changes, min_size=1, max_size=4))
    def change(self, told: list[Change]):
        """Changes answer the same, or fail the same and leave nothing behind."""
        self.both(lambda store: a.change(store, *told))

    @rule(told=st.lists(changes, max_size=3), kept=st.booleans())
    def nest(self, told: list[Change], *, kept: bool):
        """What a caller takes back is taken back everywhere."""

        def work(store):
            results = None
            with suppress(ZeroDivisionError), store.session() as session:
                results = session.apply(told)
                assert kept or 1 / 0
            return results

        self.both(work)

    @rule(asked=st.lists(refs, max_size=4))
    def get(self, asked: list[Ref]):
        """Rows are found by key and by unique."""

        def work(store):
            with store.session(write=False) as session:
                return session.get(asked)

        self.both(work)

    @rule(query=queries)
    def select(self, query: Query):
        """Pages are the same, cursors included."""
        for _ in range(20):
            page = self.both(
                lambda store, query=query: self.ask(store, "select", query)
            )
            if isinstance(page, type) or page.cursor is None:
                break
            query = attrs.evolve(query, cursor=page.cursor)

    @rule(
        where=predicates,
        by=st.sampled_from([(), ("first_name",), ("points", "unique_phone")]),
    )
    def summarize(self, where, by: tuple[str, ...]):
        """Measures are the same."""
        measures = {
            "n": count(),
            "sum": total("points"),
            "low": lowest("first_name"),
            "high": highest("registered_at"),
        }
        query = Query("customer", where)
        self.both(
            lambda store: self.ask(store, "summarize", query, by=by, measures=measures)
        )

    def ask(self, store, method: str, *arguments, **options) -> Any:
        """Ask one store in a session of its own."""
        with store.session(write=False) as session:
            return getattr(session, method)(*arguments, **options)

    @precondition(lambda self: hasattr(self, "stores"))
    @invariant()
    def same_rows(self):
        """Both hold the same rows."""
        for name in ("counter", "customer", "lot", "tally"):
            self.both(lambda store, name=name: a.every(store, name))


TestStores = Stores.TestCase
TestStores.settings = settings(
    max_examples=2_000 if SOAKS else 100, stateful_step_count=30, deadline=None
)
