"""What the tests share: a programme on each store, and a picture of all its rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore
from loyaltycore.query.queries import Query
from loyaltycore.schema import COLLECTIONS


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loyaltycore.ports import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    made: Store
    if request.param == "memory":
        made = MemoryStore()
    else:
        made = SqliteStore(tmp_path / "shop.db", durability="process")
    yield made
    made.close()


@pytest.fixture
def program() -> Program:
    """A café in Berlin."""
    return Program(
        id="corner-cafe", currency="EUR", zone="Europe/Berlin", phone_region="DE"
    )


@pytest.fixture
def shop(store: Store, program: Program) -> Loyalty:
    """The café's programme, at noon of 2 March 2026."""
    return Loyalty(store, program).at(NOON)


def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, to compare a store with itself."""
    picture: dict[str, list[dict[str, Any]]] = {}
    with store.session(write=False) as session:
        for name in COLLECTIONS:
            page = session.select(Query(name, limit=10_000))
            assert page.cursor is None, "a test's store is small"
            picture[name] = [dict(row) for row in page.rows]
    return picture
