"""
Say which worked example of the specification has no vector.

Its examples are numbered within their sections: L1 to L12 for lots and expiry, 2.1/1 to
2.8/5 for the eight card types.  Vectors are the JSON files in ``tests/vectors``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


_VECTORS = Path(__file__).parent.parent / "tests" / "vectors"
_LOTS = 12
_SECTIONS = {
    "2.1": 8,
    "2.2": 6,
    "2.3": 7,
    "2.4": 7,
    "2.5": 8,
    "2.6": 6,
    "2.7": 6,
    "2.8": 5,
}


def main() -> int:
    """Print what is missing; 1 if anything is."""
    asked = [f"L{number}" for number in range(1, _LOTS + 1)]
    for section, count in _SECTIONS.items():
        asked += [f"{section}/{number}" for number in range(1, count + 1)]
    there = {
        vector["id"]
        for file in _VECTORS.glob("*.json")
        for vector in json.loads(file.read_text("utf-8"))
    }
    missing = [each for each in asked if each not in there]
    for each in missing:
        print(f"{each}: no vector")
    print(f"vectors: {len(asked) - len(missing)} of {len(asked)} examples")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
