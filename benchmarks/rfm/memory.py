"""
The memory that scoring takes beyond the purchases, against the peer's.

Each side runs in an interpreter of its own: loads the purchases, lets the kernel forget
the highest mark so far (Linux only), scores, and prints how far above the loaded
purchases the resident set went.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.rfm.purchases import AS_OF, write_purchases


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["run"]

_STATUS = Path("/proc/self/status")


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``rfm_memory_1e7_vs_pymc``."""
    path = write_purchases(folder, 10**7)
    ours, theirs = (_in_a_process(side, path) for side in ("ours", "pymc"))
    yield Figure(
        name="rfm_memory_1e7_vs_pymc",
        value=ours / theirs,
        aim=Aim("<=", 0.6),
        note=f"ours (polars) {ours:.0f} MB, pymc (pandas) {theirs:.0f} MB",
    )


def _in_a_process(side: str, path: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.rfm.memory", side, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _ours(path: Path) -> Callable[[], object]:
    import polars as pl  # noqa: PLC0415 - only this side may load it

    from loyaltycore.rfm.dataframe import rfm_frame  # noqa: PLC0415 - likewise

    purchases = pl.read_parquet(path).lazy()
    return lambda: rfm_frame(purchases, as_of=AS_OF).collect()


def _pymc(path: Path) -> Callable[[], object]:
    from benchmarks.rfm.against_pymc import (  # noqa: PLC0415 - likewise
        as_pandas,
        peer,
    )

    purchases = as_pandas(path)
    return lambda: peer(purchases)


def _megabytes(field: str) -> float:
    for line in _STATUS.read_text("ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def main() -> None:
    """Run one side and print the megabytes that it took."""
    side, path = sys.argv[1:]
    score = {"ours": _ours, "pymc": _pymc}[side](Path(path))
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _megabytes("VmRSS")
    found = score()
    assert found is not None
    print(_megabytes("VmHWM") - before)


if __name__ == "__main__":
    main()
