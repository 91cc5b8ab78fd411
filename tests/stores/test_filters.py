"""CU-11: a filter means the same customers in memory and on every store."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING

import attrs
import pytest
from tests.stores.conftest import emptied
from tests.stores.filtering import (
    AT,
    CAFE,
    Drawer,
    Population,
    build,
    comparisons,
    fill,
    meant_in_store,
)

from loyaltycore import Loyalty, MemoryStore, SqliteStore, filters
from loyaltycore.customers.filter_kinds import FIELDS
from loyaltycore.customers.filters import CustomerFilter, dumps, leaves, loads


if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyaltycore.ports import Store

POPULATIONS = 4
TREES = 160


def drawn(
    population: Population, seed: int, *, times: int, trees: int
) -> Iterator[CustomerFilter]:
    """Draw every comparison a few times, and trees of several."""
    drawer = Drawer(population, Random(seed))
    for _ in range(times):
        for field, name, op in comparisons():
            yield drawer.leaf(field, name, op)
    for _ in range(trees):
        yield drawer.tree()


@pytest.fixture(scope="module")
def populations() -> list[Population]:
    """Some populations, each of other customers."""
    return [build(seed) for seed in range(POPULATIONS)]


def agree(
    stores: list[Store], population: Population, filters: Iterator[CustomerFilter]
) -> Counter[str]:
    """Ask memory and the stores for every filter; count how telling that was."""
    for store in stores:
        fill(store, population)
    telling: Counter[str] = Counter()
    with ExitStack() as stack:
        sessions = [stack.enter_context(each.session(write=False)) for each in stores]
        for filter_ in filters:
            expected = population.meant_in_memory(filter_)
            for session in sessions:
                assert expected == meant_in_store(session, filter_), filter_
            telling["asked"] += 1
            telling["told"] += 0 < len(expected) < len(population.living)
    return telling


def test_memory_and_sqlite_agree(populations: list[Population], tmp_path):
    """CU-11: over 2,000 filters, each field by each operator, no difference."""
    telling: Counter[str] = Counter()
    for number, population in enumerate(populations):
        sqlite = SqliteStore(tmp_path / f"{number}.db", durability="process")
        filters = drawn(population, number, times=2, trees=TREES)
        telling += agree([MemoryStore(), sqlite], population, filters)
        sqlite.close()

    assert telling["asked"] >= 2_000
    assert telling["told"] / telling["asked"] >= 0.3


def test_every_comparison_is_drawn(populations: list[Population]):
    """CU-11: no field and no operator that it admits is left out."""
    asked = {
        (leaf.field, leaf.said("name") or "", leaf.op)
        for filter_ in drawn(populations[0], 0, times=1, trees=0)
        for leaf in leaves(filter_)
    }
    admitted = {
        (name, op)
        for name, spec in FIELDS.items()
        if name != "field"
        for op in spec.operators
    }

    assert set(comparisons()) == asked
    assert admitted == {(name, op) for name, _, op in asked if name != "field"}


@pytest.mark.parametrize("engine", ["sqlite", "postgres", "mysql"])
def test_sql_agrees(
    engine: str, populations: list[Population], request: pytest.FixtureRequest
):
    """CU-11: the same on SQLite, PostgreSQL and MariaDB by way of SQLAlchemy."""
    store = request.getfixturevalue(engine)
    telling: Counter[str] = Counter()
    for number, population in enumerate(populations):
        filters = drawn(population, 99 + number, times=2, trees=TREES)
        telling += agree([emptied(store)], population, filters)

    assert telling["asked"] >= 2_000
    assert telling["told"] / telling["asked"] >= 0.3


def test_every_filter_survives_json(populations: list[Population]):
    """CU-11: what is written as JSON is read as the same filter."""
    for filter_ in drawn(populations[0], 7, times=1, trees=TREES):
        again = loads(dumps(filter_))

        assert filter_ == again
        assert hash(filter_) == hash(again)


def listed(shop: Loyalty, sort: str, *, descending: bool) -> list[str]:
    """Everybody in order, five at a time."""
    found: list[str] = []
    cursor = None
    while True:
        page = shop.grid.page(
            ("id",), sort=sort, descending=descending, limit=5, cursor=cursor
        )
        found += [row.customer_id for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("engine", ["sqlite", "postgres", "mysql"])
def test_sql_lists_and_refreshes_alike(
    engine: str, populations: list[Population], request: pytest.FixtureRequest
):
    """CU-10, CU-12: the same lists and the same segments on every store."""
    population = populations[1]
    ours = {**population.rows, "segment_member": []}
    bare = attrs.evolve(population, rows=ours)
    shops: list[Loyalty] = []
    for store in (MemoryStore(), request.getfixturevalue(engine)):
        fill(store, bare)
        shops.append(Loyalty(store, CAFE).at(AT))
    for sort in ("user_name", "birth_date", "rating", "field.height", "rfm_segment"):
        for descending in (False, True):
            expected, actual = (
                listed(each, sort, descending=descending) for each in shops
            )

            assert expected == actual, sort
    for filter_ in (filters.points.at_least(1), filters.age.less_than(30)):
        shop = shops[1]
        segment = shop.segments.create(repr(filter_), filter_)
        (report,) = shop.segments.refresh(segment.id)
        members = {one.id for one in shop.segments.members(segment.id).customers}

        assert population.meant_in_memory(filter_) == members
        assert len(members) == report.segment.members == report.entered > 0
        shop.segments.change(segment.id, filter=~filter_)
        (report,) = shop.segments.refresh(segment.id)
        assert len(members) == report.left
        assert population.living - members == {
            one.id for one in shop.segments.members(segment.id).customers
        }
        shop.segments.delete(segment.id)
