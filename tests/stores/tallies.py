"""Tables of the tests' own: of every type a column that may hold None."""

from __future__ import annotations

from typing import Any

from loyaltycore.ports import Ref
from loyaltycore.schema import Collection, Column, ColumnType
from loyaltycore.schema.migrations import Step
from loyaltycore.stores.memory import MemoryStore
from loyaltycore.stores.memory_tables import Table
from loyaltycore.testing import contract_rows as a


_KEY = (Column("program_id", ColumnType.TEXT), Column("place", ColumnType.TEXT))

TALLY = Collection(
    name="tally",
    columns=(
        *_KEY,
        Column("mean", ColumnType.INTEGER, nullable=True),
        Column("n", ColumnType.INTEGER),
        Column("value", ColumnType.INTEGER),
        Column("extra", ColumnType.INTEGER, nullable=True),
        Column("other_mean", ColumnType.INTEGER, nullable=True),
        Column("last_at", ColumnType.MOMENT, nullable=True),
        Column("last_day", ColumnType.DAY, nullable=True),
        Column("is_odd", ColumnType.BOOLEAN, nullable=True),
        Column("note", ColumnType.TEXT, nullable=True),
    ),
    key=("program_id", "place"),
)

#: Nothing makes a row of it but a moment.
VISIT = Collection(
    name="visit",
    columns=(
        *_KEY,
        Column("seen_at", ColumnType.MOMENT),
        Column("n", ColumnType.INTEGER),
    ),
    key=("program_id", "place"),
)

STEP = Step(number=1, name="tallies", create=(TALLY, VISIT))


def in_memory() -> MemoryStore:
    """A store in memory that has these tables beside the others."""
    store = MemoryStore()
    ours = {each.name: each for each in STEP.create}
    store.collections = {**store.collections, **ours}
    made = {name: Table(collection) for name, collection in ours.items()}
    store.tables = {**store.tables, **made}
    return store


def tally(place: str, **changes: object) -> dict[str, Any]:
    """One tally, as an addition of nothing makes it."""
    row: dict[str, Any] = {
        "program_id": a.CAFE,
        "place": place,
        "mean": 0,
        "n": 0,
        "value": 0,
        "extra": 0,
        "other_mean": 0,
        "last_at": None,
        "last_day": None,
        "is_odd": None,
        "note": None,
    }
    return row | changes


def tally_ref(place: str) -> Ref:
    """Name a tally by its key."""
    return Ref("tally", TALLY.key, (a.CAFE, place))
