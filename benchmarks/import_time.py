"""
What ``import loyaltycore`` adds to starting an interpreter, in milliseconds.

Fresh interpreters, started with ``-I`` so that nothing of the environment plays a
part, do in turn nothing, the plain import, and the import of the facade. Each has
run twice before it counts, with bytecode allowed, so modules come compiled from their
cache. The figure is the fastest start with the import less the fastest start
without: a start is only ever delayed, so the fastest of many is the nearest to its
cost, and taking turns gives every kind the same chances of a quiet moment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run"]

_ROUNDS = 25
_STATEMENTS = {
    "bare": "pass",
    "import_plain_ms": "import loyaltycore",
    "import_facade_ms": (
        "from loyaltycore import Loyalty, MemoryStore, Program, cards"
    ),
}
_AIMS = {"import_plain_ms": Aim("<=", 15)}


def run(folder: Path) -> Iterator[Figure]:
    """Measure ``import_plain_ms`` and ``import_facade_ms``."""
    times: dict[str, list[float]] = {name: [] for name in _STATEMENTS}
    for number in range(_ROUNDS + 2):
        for name, statement in _STATEMENTS.items():
            took = _start(statement, folder)
            if number >= 2:
                times[name].append(took)
    bare = min(times.pop("bare"))
    for name, took_each in times.items():
        yield Figure(
            name=name,
            value=(min(took_each) - bare) * 1_000,
            digits=1,
            aim=_AIMS.get(name),
            note=f"fastest of {_ROUNDS}; a bare interpreter {bare * 1_000:.1f} ms",
        )


def _start(statement: str, folder: Path) -> float:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE"
    }
    command = [sys.executable, "-I", "-c", statement]
    start = perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True)
    return perf_counter() - start
