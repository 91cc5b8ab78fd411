"""EN-16: eight at once want the last places of a plan, on every store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore
from loyaltycore.errors import QuotaReached
from loyaltycore.program.quotas import Quotas
from loyaltycore.testing.race_kit import RACERS


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.ports import Store

PLAN = Program(
    id="small",
    currency="EUR",
    zone="UTC",
    quotas=Quotas(seats=3, customers=3, locations=3),
)


@pytest.fixture(params=["memory", "sqlite", "postgres", "mysql"])
def a_store(request: pytest.FixtureRequest, tmp_path) -> Store:
    """An empty store of each kind."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "shop.db", durability="process")
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("quota", ["seats", "customers", "locations"])
def test_three_places_and_eight_who_want_one(a_store: Store, quota: str):
    """EN-16: three have one, five are told that there are three, and no more exist."""
    shop = Loyalty(a_store, PLAN)
    start = Barrier(RACERS)
    wants: dict[str, Callable[[], object]] = {
        "seats": lambda: shop.managers.add("Eva", permissions=()),
        "customers": shop.customers.register,
        "locations": lambda: shop.locations.add("Mitte"),
    }

    def racer(_: int) -> object:
        start.wait()
        try:
            return wants[quota]()
        except QuotaReached as refusal:
            return refusal

    with ThreadPoolExecutor(RACERS) as pool:
        got = list(pool.map(racer, range(RACERS)))

    assert 5 == sum(isinstance(each, QuotaReached) for each in got)
    assert () == shop.verify().problems
