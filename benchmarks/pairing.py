"""
Two sides timed in turn, so that the machine's moods hit both alike.

A pair is one operation of either side, run directly after each other; who goes first
alternates from pair to pair, so that neither always inherits warm caches or the
other's dirty pages. A frequency step or a busy neighbour lasts for many pairs and
slows both sides of them. Each side is then summed up by its median, which single
interruptions (and the checkpoint that SQLite runs every so many commits, on both
sides) cannot move, and the figure is the ratio of the medians.
"""

from __future__ import annotations

import gc
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Pairs"]


@attrs.frozen
class Pairs:
    """Nanoseconds that either side took, pair by pair."""

    ours: list[int] = attrs.field(factory=list[int])
    theirs: list[int] = attrs.field(factory=list[int])

    def run(
        self,
        ours: Sequence[Callable[[], object]],
        theirs: Sequence[Callable[[], object]],
        *,
        discard: int = 0,
        first: int = 0,
    ) -> None:
        """
        Run what both sides do, pair by pair, and keep the times.

        Args:
            discard: how many pairs to run first without keeping their times: they
                compile statements and fill caches.
            first: 0 lets ours begin with the first pair, 1 theirs.
        """
        gc.collect()
        for number, (own, other) in enumerate(zip(ours, theirs, strict=True)):
            if (number + first) % 2:
                their_time = _timed(other)
                our_time = _timed(own)
            else:
                our_time = _timed(own)
                their_time = _timed(other)
            if number >= discard:
                self.ours.append(our_time)
                self.theirs.append(their_time)

    @property
    def ratio(self) -> float:
        """How many times as long ours takes as theirs."""
        return median(self.ours) / median(self.theirs)

    def note(self, ours: str, theirs: str) -> str:
        """Tell the medians behind the ratio, in milliseconds."""
        own, other = median(self.ours) / 1e6, median(self.theirs) / 1e6
        return (
            f"{ours} {own:.3f} ms, {theirs} {other:.3f} ms (medians of "
            f"{len(self.ours)} pairs; fastest tenths {self._fastest:.2f})"
        )

    @property
    def _fastest(self) -> float:
        """
        The ratio of what the fastest tenth of either side takes at most.

        Far from the ratio of the medians, it says that the machine was busy.
        """
        tenth = len(self.ours) // 10
        return sorted(self.ours)[tenth] / sorted(self.theirs)[tenth]


def _timed(work: Callable[[], object]) -> int:
    start = perf_counter_ns()
    work()
    return perf_counter_ns() - start
