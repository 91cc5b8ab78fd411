"""
Speed against ``pymc_marketing.clv.utils.rfm_segments``, which takes pandas.

The peer gets what it takes, a pandas frame with moments and floats; ours get the same
purchases as pandas, as polars and as values of plain Python.  Reading is not measured.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
from pymc_marketing.clv.utils import rfm_segments

from benchmarks.figures import Aim, Figure
from benchmarks.pairing import Pairs
from benchmarks.rfm.purchases import AS_OF, write_purchases
from loyaltycore.rfm import Purchase, rfm
from loyaltycore.rfm.dataframe import rfm_frame


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["peer", "run_1e6", "run_pandas", "run_plain"]


def peer(purchases: pd.DataFrame) -> Any:
    """Score with the peer, at the same day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rfm_segments(
            purchases,
            customer_id_col="customer_id",
            datetime_col="on",
            monetary_value_col="amount",
            observation_period_end=pd.Timestamp(AS_OF),
        )


def as_pandas(path: Path) -> pd.DataFrame:
    """Read purchases as pandas likes them."""
    frame = pd.read_parquet(path)
    return frame.assign(on=pd.to_datetime(frame["on"]))


def run_1e6(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_vs_pymc_1e6``: polars of ours against pandas of theirs."""
    path = write_purchases(folder, 10**6)
    theirs, ours = as_pandas(path), pl.read_parquet(path).lazy()
    yield _faster(
        "rfm_vs_pymc_1e6",
        lambda: rfm_frame(ours, as_of=AS_OF).collect(),
        lambda: peer(theirs),
        pairs=7,
        aim=15,
    )


def run_pandas(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_pandas_vs_pymc_1e6``: pandas on both sides."""
    frame = as_pandas(write_purchases(folder, 10**6))
    yield _faster(
        "rfm_pandas_vs_pymc_1e6",
        lambda: rfm_frame(frame, as_of=AS_OF),
        lambda: peer(frame),
        pairs=7,
        aim=5,
    )


def run_plain(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_python_vs_pymc_1e5``: no data frame at all on our side."""
    path = write_purchases(folder, 10**5)
    frame = as_pandas(path)
    columns = pl.read_parquet(path).with_columns(pl.col("customer_id").cast(pl.String))
    purchases = [Purchase(*row) for row in columns.iter_rows()]
    yield _faster(
        "rfm_python_vs_pymc_1e5",
        lambda: rfm(purchases, as_of=AS_OF),
        lambda: peer(frame),
        pairs=11,
        aim=1,
    )


def _faster(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    pairs: int,
    aim: float,
) -> Figure:
    """Say how many times as fast ours is."""
    timed = Pairs()
    timed.run([ours] * (pairs + 1), [theirs] * (pairs + 1), discard=1)
    return Figure(
        name=name,
        value=1 / timed.ratio,
        digits=1,
        aim=Aim(">=", aim),
        note=timed.note("ours", "pymc"),
    )
