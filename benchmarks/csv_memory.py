"""
What planning a file of a million rows adds to the memory of its process.

A fresh interpreter imports everything and plans a small file, so that modules and
caches are there; its peak is then compared with the peak after the large one.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks import people
from benchmarks.figures import Aim, Figure


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run"]

_ROWS = 1_000_000
_WARM_ROWS = 20_000
_PROGRAM = """
import sys
from pathlib import Path
from benchmarks.people import PROGRAM
from loyaltycore.io.customer_plan import plan_customers
from loyaltycore.io.customer_rules import CustomerImport

for name in sys.argv[1:]:
    with open(name, "rb") as file:
        rows = sum(1 for _ in plan_customers(file, CustomerImport(), PROGRAM))
    # Linux: unlike getrusage, this peak does not begin with the parent's.
    status = Path("/proc/self/status").read_text().split()
    print(rows, status[status.index("VmHWM:") + 1])
"""


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``csv_peak_mb``."""
    files = []
    for name, count in (("small.csv", _WARM_ROWS), ("large.csv", _ROWS)):
        files.append(str(folder / name))
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(people.lines(count))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *files],
        capture_output=True,
        text=True,
        check=True,
    )
    (_, before), (rows, after) = (
        map(int, line.split()) for line in done.stdout.splitlines()
    )
    assert rows == _ROWS, "every row was planned"
    yield Figure(
        name="csv_peak_mb",
        value=(after - before) / 1_024,
        digits=1,
        aim=Aim("<=", 64),
        note=f"{_ROWS} rows; {before / 1_024:.0f} MB before, {after / 1_024:.0f} then",
    )
