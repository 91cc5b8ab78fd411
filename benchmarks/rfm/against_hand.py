"""What going through one layer for all engines costs, against queries by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl

from benchmarks.figures import Aim, Figure
from benchmarks.pairing import Pairs
from benchmarks.rfm.by_hand import SQL, in_polars
from benchmarks.rfm.purchases import AS_OF, write_purchases
from loyaltycore.rfm.dataframe import rfm_frame


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run_duckdb", "run_polars_1e6", "run_polars_1e7"]


def run_polars_1e6(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_polars_1e6_vs_native``."""
    yield _polars(folder, "rfm_polars_1e6_vs_native", 10**6, pairs=25, aim=1.35)


def run_polars_1e7(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_polars_1e7_vs_native``."""
    yield _polars(folder, "rfm_polars_1e7_vs_native", 10**7, pairs=11, aim=1.2)


def _polars(folder: Path, name: str, rows: int, *, pairs: int, aim: float) -> Figure:
    """Compare lazy frames over purchases in memory, checks of ours included."""
    purchases = pl.read_parquet(write_purchases(folder, rows)).lazy()

    def ours() -> pl.DataFrame:
        return rfm_frame(purchases, as_of=AS_OF).collect()

    def theirs() -> pl.DataFrame:
        return in_polars(purchases).collect()

    _check_equal(ours(), theirs())
    timed = Pairs()
    timed.run([ours] * (pairs + 2), [theirs] * (pairs + 2), discard=2)
    note = timed.note("ours", "polars by hand")
    return Figure(name=name, value=timed.ratio, aim=Aim("<=", aim), note=note)


def run_duckdb(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_duckdb_vs_sql_1e6``."""
    path = write_purchases(folder, 10**6)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE purchases AS SELECT * FROM '{path}'")

        def ours() -> pl.DataFrame:
            found = rfm_frame(connection.table("purchases"), as_of=AS_OF)
            return found.pl()

        def theirs() -> pl.DataFrame:
            return connection.sql(SQL).pl()

        _check_equal(ours(), theirs())
        timed = Pairs()
        timed.run([ours] * 17, [theirs] * 17, discard=2)
    yield Figure(
        name="rfm_duckdb_vs_sql_1e6",
        value=timed.ratio,
        aim=Aim("<=", 2.0),
        note=timed.note("ours", "SQL by hand"),
    )


def _check_equal(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """Refuse to compare the speed of different results."""
    columns = ["customer_id", "segment"]
    mine, other = (one.select(columns).sort("customer_id") for one in (ours, theirs))
    if not mine.equals(other):
        message = "the query by hand gives other segments; nothing to compare"
        raise RuntimeError(message)
