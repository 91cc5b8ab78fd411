"""Run the RFM benchmarks that are named, or all, and print their figures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.__main__ import measure
from benchmarks.rfm import against_hand, against_pymc, memory, plain


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.figures import Figure

#: Which figures there are, and who measures them.
BENCHMARKS: dict[tuple[str, ...], Callable[[Path], Iterator[Figure]]] = {
    ("rfm_polars_1e6_vs_native",): against_hand.run_polars_1e6,
    ("rfm_polars_1e7_vs_native",): against_hand.run_polars_1e7,
    ("rfm_vs_pymc_1e6",): against_pymc.run_1e6,
    ("rfm_pandas_vs_pymc_1e6",): against_pymc.run_pandas,
    ("rfm_duckdb_vs_sql_1e6",): against_hand.run_duckdb,
    ("rfm_python_us_per_purchase",): plain.run_purchase,
    ("rfm_python_vs_pymc_1e5",): against_pymc.run_plain,
    ("rfm_rescore_us",): plain.run_rescore,
    ("rfm_memory_1e7_vs_pymc",): memory.run,
}

if __name__ == "__main__":
    sys.exit(measure(BENCHMARKS, prog="python -m benchmarks.rfm"))
