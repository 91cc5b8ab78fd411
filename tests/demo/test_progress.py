"""Progress: a line that changes on a terminal, a few lines elsewhere."""

from __future__ import annotations

import io

from loyaltycore.demo.progress import Progress, Stopwatch


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_in_a_log():
    """A line for every quarter, whatever the steps."""
    out = io.StringIO()
    progress = Progress("work", 8, out)
    for done in range(1, 9):
        progress(done)

    assert ["2", "4", "6", "8"] == [
        line.removeprefix("work: ").removesuffix(" of 8")
        for line in out.getvalue().splitlines()
    ]


def test_on_a_terminal():
    """One line is rewritten, not too often, and ends with a line break."""
    out = Terminal()
    progress = Progress("work", 1000, out)
    for done in range(1, 1001):
        progress(done)
    steps = out.getvalue().split("\r")

    assert "work: 1 of 1,000" == steps[1]
    assert "work: 1,000 of 1,000\n" == steps[-1]
    assert len(steps) < 1000


def test_a_stopwatch():
    """Each part is named in order, with its seconds."""
    watch = Stopwatch()
    watch.lap("one")
    watch.lap("two")

    assert ["one", "two"] == list(watch.seconds)
    assert all(seconds >= 0 for seconds in watch.seconds.values())
    assert str(watch).startswith("one 0.")
