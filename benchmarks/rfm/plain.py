"""What plain Python takes, for a purchase and for one customer at the till."""

from __future__ import annotations

import gc
from time import perf_counter
from timeit import repeat
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.figures import Aim, Figure
from benchmarks.rfm.purchases import AS_OF, write_purchases
from loyaltycore.rfm import Purchase, rfm


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run_purchase", "run_rescore"]

_ROUNDS = 5
_LOOPS = 50_000


def run_purchase(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_python_us_per_purchase``, the making of ``Purchase`` included."""
    rows = 10**6
    frame = pl.read_parquet(write_purchases(folder, rows))
    ids, days, cents = frame.with_columns(pl.col("customer_id").cast(pl.String))
    columns = (ids.to_list(), days.to_list(), cents.to_list())
    times: list[float] = []
    for _ in range(_ROUNDS):
        gc.collect()
        start = perf_counter()
        rfm(map(Purchase, *columns), as_of=AS_OF)
        times.append(perf_counter() - start)
    yield Figure(
        name="rfm_python_us_per_purchase",
        value=min(times) / rows * 1e6,
        aim=Aim("<=", 5),
        note=f"best of {_ROUNDS} rounds of 10**6; worst {max(times):.2f} s",
    )


def run_rescore(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_rescore_us``: one customer against cuts that were kept."""
    frame = pl.read_parquet(write_purchases(folder, 10**5))
    columns = frame.with_columns(pl.col("customer_id").cast(pl.String))
    cuts = rfm(map(Purchase, *columns), as_of=AS_OF).cuts
    times = repeat(lambda: cuts.score(31, 4, 12_500), number=_LOOPS, repeat=_ROUNDS)
    yield Figure(
        name="rfm_rescore_us",
        value=min(times) / _LOOPS * 1e6,
        aim=Aim("<=", 5),
        note=f"best of {_ROUNDS} rounds of {_LOOPS}",
    )
