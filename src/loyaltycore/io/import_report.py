"""
What came of a file, row by row added up.

Owns the counts, the errors that are kept, and the file of failed rows that can be
mended and brought in again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.io.columns import REPORT_COLUMNS
from loyaltycore.io.report import ERRORS_MAX, Failed, Outcome, Planned, RowError
from loyaltycore.io.writing import written


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from loyaltycore.io.csv_files import CsvFile

__all__ = ["ImportReport", "Tally", "failed_rows_csv"]

_ERRORS: Final = "errors"


@attrs.frozen(kw_only=True)
class ImportReport:
    """
    What an import did, or would do.

    Attributes:
        is_dry_run: nothing was written.
        created: rows that became a new customer.
        updated: rows that changed a known one.
        unchanged: rows that said what was known.
        skipped: rows that were left out on purpose.
        failed: rows that were refused.
        errors: the first ``ERRORS_MAX``; of an import that was broken off, those of
            the part that was done now.
        error_count: how many there are.
        unused: columns of the header that were not read.
        encoding: in which the file was read.
        delimiter: at which its cells were divided.
        lines_done: how far the file has been read.
        lines: how many it has.
        digest: SHA-256 of the file.
        import_id: the caller's name for this import.
        is_replay: the import had been finished before; nothing was written now.
    """

    is_dry_run: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    errors: tuple[RowError, ...] = ()
    error_count: int = 0
    unused: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    lines_done: int = 0
    lines: int = 0
    digest: str = ""
    import_id: str | None = None
    is_replay: bool = False

    @property
    def rows(self) -> int:
        """How many there were."""
        return self.created + self.updated + self.unchanged + self.skipped + self.failed


class Tally:
    """Counts planned rows, and turns into a report at any time."""

    def __init__(
        self,
        file: CsvFile,
        unused: tuple[str, ...],
        *,
        is_dry_run: bool,
        import_id: str | None = None,
    ) -> None:
        self._start = ImportReport(
            is_dry_run=is_dry_run,
            import_id=import_id,
            unused=unused,
            encoding=file.survey.encoding,
            delimiter=file.dialect.delimiter,
            lines=file.survey.lines,
            digest=file.survey.digest,
        )
        self.counts: dict[str, int] = dict.fromkeys((*Outcome, _ERRORS), 0)
        self.line = 0
        self._errors: list[RowError] = []

    def counts_with(self, rows: Iterable[Planned]) -> dict[str, int]:
        """Say what the counts will be with these rows."""
        counts = dict(self.counts)
        for row in rows:
            counts[row.outcome] += 1
            if isinstance(row, Failed):
                counts[_ERRORS] += len(row.errors)
        return counts

    def add(self, rows: Sequence[Planned]) -> None:
        """Count rows, and keep their errors."""
        self.counts = self.counts_with(rows)
        self.line = rows[-1].line
        for row in rows:
            if isinstance(row, Failed):
                self._errors += row.errors[: ERRORS_MAX - len(self._errors)]

    def go_on_from(self, line: int, counts: Mapping[str, int]) -> None:
        """Start with what was counted before the import was broken off."""
        self.line = line
        self.counts = dict(counts)

    def report(self, *, is_replay: bool = False) -> ImportReport:
        """What has been counted so far."""
        return attrs.evolve(
            self._start,
            errors=tuple(self._errors),
            lines_done=self.line,
            is_replay=is_replay,
            created=self.counts[Outcome.CREATED],
            updated=self.counts[Outcome.UPDATED],
            unchanged=self.counts[Outcome.UNCHANGED],
            skipped=self.counts[Outcome.SKIPPED],
            failed=self.counts[Outcome.FAILED],
            error_count=self.counts[_ERRORS],
        )


def failed_rows_csv(
    file: CsvFile, rows: Iterable[Planned], *, header: bool = True
) -> Iterator[str]:
    """
    Yield the failed rows as a file like the one that they came from.

    Their cells are as they were written, with ``_line`` and ``_error`` behind them;
    mended, the file can be brought in as it is.  A row that was no CSV is there by its
    line and error only.

    Args:
        header: whether the names of the columns come first.
    """
    width = len(file.header)

    def cells() -> Iterator[list[object]]:
        for row in rows:
            if isinstance(row, Failed):
                kept = [*row.cells, *[""] * width][:width]
                messages = " ".join(error.message for error in row.errors)
                yield [*kept, row.line, messages]

    text = written(
        (*file.header, *REPORT_COLUMNS), cells(), delimiter=file.dialect.delimiter
    )
    if not header:
        next(text)
    return text
