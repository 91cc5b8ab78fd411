"""Run the benchmarks that are named, or all, and print their figures."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import (
    batch_sqlite,
    csv_apply,
    csv_export,
    csv_memory,
    csv_plan,
    decide,
    import_time,
    long_history,
    machine,
    post_memory,
    post_sqlite,
    register,
)


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.figures import Figure

__all__ = ["main", "measure"]


def _against_eventsourcing(folder: Path) -> Iterator[Figure]:
    """Import the peer only where it is measured, so that nobody else needs it."""
    from benchmarks import post_eventsourcing  # noqa: PLC0415

    return post_eventsourcing.run(folder)


def _on_postgres(module: str, measure: str) -> Callable[[Path], Iterator[Figure]]:
    """Import SQLAlchemy and psycopg only where they are measured."""

    def run(folder: Path) -> Iterator[Figure]:
        figures: Iterator[Figure] = getattr(
            import_module(f"benchmarks.{module}"), measure
        )(folder)
        return figures

    return run


#: Which figures there are, and who measures them.
BENCHMARKS: dict[tuple[str, ...], Callable[[Path], Iterator[Figure]]] = {
    ("decide_us",): decide.run,
    ("post_memory_per_s",): post_memory.run,
    ("post_after_10000_vs_10",): long_history.run,
    ("post_sqlite_vs_raw",): post_sqlite.run,
    ("post_sqlite_vs_eventsourcing",): _against_eventsourcing,
    ("register_sqlite_vs_raw",): register.run,
    ("batch_sqlite_vs_raw",): batch_sqlite.run,
    ("csv_import_vs_naive", "csv_plan_vs_reader"): csv_plan.run,
    ("csv_apply_sqlite_vs_raw",): csv_apply.run,
    ("csv_export_vs_writer",): csv_export.run,
    ("csv_peak_mb",): csv_memory.run,
    ("post_many_vs_batch",): _on_postgres("post_many", "run"),
    ("replay_vs_post",): _on_postgres("replay", "run"),
    ("post_postgres_round_trips", "post_postgres_vs_raw"): _on_postgres(
        "post_postgres", "run"
    ),
    ("batch_postgres_vs_raw",): _on_postgres("post_postgres", "run_batch"),
    ("hot_card_postgres_per_s",): _on_postgres("hot_card", "run"),
    ("import_plain_ms", "import_facade_ms"): import_time.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what a posting and an import cost."""
    return measure(BENCHMARKS, arguments, prog="python -m benchmarks")


def measure(
    benchmarks: Mapping[tuple[str, ...], Callable[[Path], Iterator[Figure]]],
    arguments: Sequence[str] | None = None,
    *,
    prog: str,
) -> int:
    """Measure, print, and say which aims are met."""
    known = [name for names in benchmarks for name in names]
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(known))
    asked = parser.parse_args(arguments).names or known
    unknown = sorted({*asked} - {*known})
    if unknown:
        parser.error(f"no such figure: {', '.join(unknown)}; there are {known}")
    print(machine.described(), flush=True)
    figures: list[Figure] = []
    for names, run in benchmarks.items():
        if {*names}.isdisjoint(asked):
            continue
        with TemporaryDirectory(prefix="loyaltycore-bench-") as folder:
            for figure in run(Path(folder)):
                print(f"BENCH {figure.name}={figure.text}", flush=True)
                figures.append(figure)
    print()
    for figure in figures:
        print(f"{figure.name:28} {figure.text:>8}  {figure.verdict:18} {figure.note}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
