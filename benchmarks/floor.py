"""
One round of our store against its floor: both sides on copies of one file.

See ``tracing`` for what the floor is.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.files import copy_of, opened, row_counts, settle
from benchmarks.tracing import Raw


if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from loyaltycore import Loyalty

__all__ = ["both_sides"]


@contextmanager
def both_sides(
    before: Path, card_ids: list[str]
) -> Generator[tuple[Loyalty, Raw], None, None]:
    """Open two copies of a file, and see afterwards that both were written alike."""
    ours, theirs = copy_of(before, "ours"), copy_of(before, "theirs")
    raw = Raw(theirs)
    with opened(ours, card_ids) as shop:
        settle(ours)
        settle(theirs)
        yield shop, raw
    raw.close()
    assert row_counts(ours) == row_counts(theirs), "both sides wrote the same"
