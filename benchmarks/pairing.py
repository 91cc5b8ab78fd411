"""
Two sides timed in turn, so that the machine's moods hit both alike.

Each pair is one operation of either side, run within a millisecond or so of each other;
who goes first alternates from pair to pair, so that neither always inherits warm caches
or the other's dirty pages.  A frequency step or a busy neighbour lasts for many pairs and
slows both sides of them.  Each side is then summed up by its median, which single
interruptions (and the checkpoint that SQLite runs every so many commits, on both sides)
cannot move, and the figure is the ratio of the medians.
"""

from __future__ import annotations

import gc
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING, TypeVar

import attrs


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Pairs", "timed"]

T = TypeVar("T")


@attrs.frozen
class Pairs:
    """Nanoseconds that either side took, pair by pair."""

    ours: list[int] = attrs.field(factory=list[int])
    theirs: list[int] = attrs.field(factory=list[int])

    def run(
        self,
        ours: Callable[[T], object],
        theirs: Callable[[T], object],
        items: Iterable[T],
        *,
        discard: int = 0,
    ) -> None:
        """
        Do every item on both sides and keep the times.

        Args:
            discard: how many pairs to run first without keeping their times: they open
                connections and compile statements.
        """
        gc.collect()
        for number, item in enumerate(items):
            if number % 2:
                other = timed(theirs, item)
                own = timed(ours, item)
            else:
                own = timed(ours, item)
                other = timed(theirs, item)
            if number >= discard:
                self.ours.append(own)
                self.theirs.append(other)

    @property
    def ratio(self) -> float:
        """How many times as long ours takes as theirs."""
        return median(self.ours) / median(self.theirs)

    def note(self, ours: str, theirs: str) -> str:
        """The medians behind the ratio, in milliseconds."""
        own, other = median(self.ours) / 1e6, median(self.theirs) / 1e6
        return (
            f"{ours} {own:.3f} ms, {theirs} {other:.3f} ms; "
            f"medians of {len(self.ours)} pairs"
        )


def timed(work: Callable[[T], object], item: T) -> int:
    """Run once and say how many nanoseconds that took."""
    start = perf_counter_ns()
    work(item)
    return perf_counter_ns() - start
