"""
One durable registration on ``SqliteStore`` against its own writes on raw sqlite3.

A person with name, phone, e-mail and external id is registered through the public API:
parsed, asked for among those who have the same, and written with what they are found
and counted by.  The floor is the recorded write statements of the same registrations,
replayed on a copy of the file as in ``post_sqlite``; both sides are durable and take
turns.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.files import copy_of, opened, prepare
from benchmarks.floor import both_sides
from benchmarks.pairing import Pairs
from benchmarks.tracing import recorded, rows_written, writes_of


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.tracing import Call
    from loyaltycore import Loyalty

__all__ = ["run"]

_PEOPLE = 200
_ROUNDS = 5
_DISCARD = 10
_AIM = Aim("<=", 2.5)


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``register_sqlite_vs_raw``; print which rows a registration writes."""
    before = folder / "before.db"
    card_ids = prepare(before)
    trace = _trace(before, card_ids)
    print(f"One registration is {len(trace[0])} statements in one transaction:")
    for table, rows in rows_written(trace[0]).items():
        print(f"  {table}: {rows}")
    pairs = Pairs()
    for number in range(_ROUNDS):
        with both_sides(before, card_ids) as (shop, raw):
            pairs.run(
                [partial(_register, shop, person) for person in range(_PEOPLE)],
                [partial(raw.transaction, writes) for writes in trace],
                discard=_DISCARD,
                first=number % 2,
            )
    yield Figure(
        name="register_sqlite_vs_raw",
        value=pairs.ratio,
        aim=_AIM,
        note=pairs.note("registration", "its writes alone"),
    )


def _register(shop: Loyalty, number: int) -> None:
    shop.customers.register(
        first_name="Ada",
        last_name=f"Lovelace {number}",
        phone=f"+49 30 9018{number:04}",
        email=f"Ada.{number}@Example.com",
        external_id=f"crm-{number}",
        source="till",
    )


def _trace(before: Path, card_ids: list[str]) -> list[tuple[Call, ...]]:
    """Register on a copy and return the writes of each registration."""
    trace: list[tuple[Call, ...]] = []
    with recorded() as calls, opened(copy_of(before, "traced"), card_ids) as shop:
        for number in range(_PEOPLE):
            calls.clear()
            _register(shop, number)
            trace.append(writes_of(calls))
    return trace
