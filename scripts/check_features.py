"""
Say which capability of the customers' screen has no test that names it.

Capabilities have ids, such as CU-05; a test names one in its docstring or its name.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


_TESTS = Path(__file__).parent.parent / "tests"
_CUSTOMERS = 20
_OTHERS = ("EN-09", "EN-10", "EN-16", "DX-07")
_ID = re.compile(r"\b(?:CU|EN|DX)[-_]\d\d\b", re.IGNORECASE)


def main() -> int:
    """Print what is missing; 1 if anything is."""
    asked = [f"CU-{number:02}" for number in range(1, _CUSTOMERS + 1)]
    asked += _OTHERS
    there = {
        found.upper().replace("_", "-")
        for file in _TESTS.rglob("test_*.py")
        for found in _ID.findall(file.read_text("utf-8"))
    }
    missing = [each for each in asked if each not in there]
    for each in missing:
        print(f"{each}: no test")
    print(f"features: {len(asked) - len(missing)} of {len(asked)} have a test")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
