"""What is said about the rows of a file that was read."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, Protocol

import attrs


__all__ = ["ERRORS_MAX", "Failed", "Outcome", "Planned", "RowError", "Skipped"]

#: How many errors a report keeps; all are counted.
ERRORS_MAX: Final = 1_000


@attrs.frozen(kw_only=True)
class RowError:
    """
    What is wrong with a row; a row may have several.

    Attributes:
        line: of the file, the header being on line 1; where the row begins.
        column: as the header calls it, or None when it is about the whole row.
        code: stable, such as ``missing_value``; ``docs/reference/files.md`` lists all.
        message: one sentence with the remedy; it repeats nothing of a person.
        record: which row it is, the first one below the header being 1; None: not
            counted.
        value: the cell as it was written.
    """

    line: int
    column: str | None
    code: str
    message: str
    record: int | None = None
    value: str | None = attrs.field(default=None, repr=False)


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


class Planned(Protocol):
    """What a row would do, whatever it is about."""

    @property
    def line(self) -> int:
        """Where the row begins."""
        ...

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        ...


class Skipped(NamedTuple):
    """
    The row is left out on purpose.

    Attributes:
        reason: ``action``, ``known``, ``new`` or ``duplicate``.
    """

    line: int
    reason: str

    @property
    def outcome(self) -> Outcome:
        """Skipped."""
        return Outcome.SKIPPED


class Failed(NamedTuple):
    """The row cannot be; its cells as they were written, which no ``repr`` shows."""

    line: int
    errors: tuple[RowError, ...]
    cells: list[str]

    def __repr__(self) -> str:
        return f"Failed(line={self.line!r}, errors={self.errors!r})"

    @property
    def outcome(self) -> Outcome:
        """Failed."""
        return Outcome.FAILED
