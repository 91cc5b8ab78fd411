"""Progress while the demo works: one line that changes, or a few lines in a log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["Progress", "Stopwatch"]

_QUARTERS = 4
_SECONDS_BETWEEN = 0.1


class Progress:
    """
    Says how far a job is.

    On a terminal the line is rewritten ten times a second; anywhere else there is a
    line for every quarter of the job.

    Args:
        name: of the job.
        total: how much there is to do.
        out: where to say it.
    """

    def __init__(self, name: str, total: int, out: TextIO) -> None:
        self._name = name
        self._total = total
        self._out = out
        self._is_terminal = out.isatty()
        self._quarters = 0
        self._shown_at = 0.0

    def __call__(self, done: int) -> None:
        """Say that so much is done by now."""
        text = f"{self._name}: {done:,} of {self._total:,}"
        is_end = done >= self._total
        if self._is_terminal:
            now = time.monotonic()
            if is_end or now - self._shown_at >= _SECONDS_BETWEEN:
                self._shown_at = now
                self._write(f"\r{text}" + ("\n" if is_end else ""))
            return
        quarters = done * _QUARTERS // self._total
        if quarters > self._quarters:
            self._quarters = quarters
            self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Stopwatch:
    """How long each part took, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started = time.perf_counter()

    def lap(self, part: str) -> float:
        """Close a part that began where the one before ended; return its seconds."""
        now = time.perf_counter()
        seconds = self.seconds[part] = now - self._started
        self._started = now
        return seconds

    def __str__(self) -> str:
        return ", ".join(f"{part} {s:.1f} s" for part, s in self.seconds.items())
