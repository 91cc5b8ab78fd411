"""
Made-up purchases of a shop: few customers buy much, most little.

Every side of every figure reads the same Parquet file, so that nobody is measured on
other data than its peer.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AS_OF", "write_purchases"]

AS_OF = date(2025, 12, 31)

_SEED = 19_970_101
_DAYS = 730


def write_purchases(folder: Path, rows: int) -> Path:
    """Write so many purchases, or find them written; about 12 for each customer."""
    path = folder / f"purchases-{rows}.parquet"
    if path.exists():
        return path
    chance = np.random.default_rng(_SEED)
    customers = rows // 9
    who = (chance.pareto(1.2, rows) * customers / 20).astype(np.int64) % customers
    days = np.datetime64("2024-01-01") + chance.integers(0, _DAYS, rows)
    cents = (np.exp(chance.normal(3, 1, rows)) * 100).astype(np.int64) + 1
    names = pa.array([f"c{number:07}" for number in range(customers)])
    ids = names.take(pa.array(who))
    columns = {"customer_id": ids, "on": days.astype("M8[D]"), "amount": cents}
    pq.write_table(pa.table(columns), path)
    return path
