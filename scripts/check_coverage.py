"""
Hold each folder of the package to its share of tested branches.

Reads the JSON report of coverage.py.  Rules that move a customer's points are tested
whole: every line and every branch of ``ledger`` and ``cards``.  Elsewhere 95 % of lines
and branches together; a folder cannot borrow from a better tested neighbour.

A line may be excluded with ``pragma: no cover: <reason>``, not without the reason.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any


PACKAGE = Path("src/loyaltycore")
WHOLE = {"ledger", "cards"}
ELSEWHERE_MIN = 95.0
TOP = "(top)"

PRAGMA = re.compile(r"(?i)#\s*pragma[:\s]?\s*no\s*(?:cover|branch)(?P<reason>.*)")


def folder_of(file: str) -> str:
    """Name the floor that a file lies on; the modules beside the folders are one."""
    inside = Path(file).relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else TOP


def shortfalls(files: dict[str, Any]) -> list[str]:
    """Print each folder's share; return a sentence for each that is too low."""
    folders: dict[str, list[str]] = defaultdict(list)
    for file in sorted(files):
        folders[folder_of(file)].append(file)

    found = []
    for folder, names in sorted(folders.items()):
        sums = [files[name]["summary"] for name in names]
        possible = sum(each["num_statements"] + each["num_branches"] for each in sums)
        reached = sum(each["covered_lines"] + each["covered_branches"] for each in sums)
        share = 100 * reached / possible if possible else 100.0
        least = 100.0 if folder in WHOLE else ELSEWHERE_MIN
        print(f"  {folder:<12} {share:6.2f} %  (at least {least:.0f} %)")
        if share < least:
            found.append(
                f"{folder}: {share:.2f} % covered, at least {least:.0f} % asked."
            )
            found += [line for name in names for line in gaps(name, files[name])]
    return found


def gaps(name: str, figures: dict[str, Any]) -> list[str]:
    """Say which lines and branches of a file no test reached."""
    lines = [str(line) for line in figures["missing_lines"]]
    jumps = [f"{start}->{end}" for start, end in figures["missing_branches"]]
    return [f"  {name}: {', '.join(lines + jumps)}"] if lines or jumps else []


def bare_pragmas() -> list[str]:
    """Find exclusions that do not say why."""
    return [
        f"{file}:{number}: write `pragma: no cover: <why no test can reach it>`."
        for file in sorted(PACKAGE.rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if (pragma := PRAGMA.search(line))
        and not re.match(r"\s*[:-]\s*\w", pragma["reason"])
    ]


def main() -> int:
    """Check the report named on the command line."""
    parser = argparse.ArgumentParser(description="Check covered branches.")
    parser.add_argument("report", type=Path, nargs="?", default=Path(".coverage.json"))
    report = json.loads(parser.parse_args().report.read_text("utf-8"))
    print("Covered lines and branches:")
    problems = shortfalls(report["files"]) + bare_pragmas()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
