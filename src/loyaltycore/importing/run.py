"""
One import under way: plan a batch, write it, note how far it has come.

Owns batches, dry runs, progress, going on after a crash, and the file of failed rows;
what a row means is the affair of the work that it is given.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.io.import_report import Tally, failed_rows_csv
from loyaltycore.io.report import Failed
from loyaltycore.program.managers import Permission
from loyaltycore.records.imports import (
    ImportRun,
    run_begun,
    run_of,
    run_ref,
    run_went_on,
)


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from loyaltycore.io.import_report import ImportReport
    from loyaltycore.io.report import Planned
    from loyaltycore.io.table_rows import TableRow, TableRows
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["BATCH_ROWS", "Importing", "Settings", "Sink", "Work"]

#: Rows in one database transaction, unless asked otherwise.
BATCH_ROWS = 500
_BATCH_ROWS_MAX = 2_000
_IMPORT_ID_MAX = 100


class Sink(Protocol):
    """Where text goes: a file open for writing, or anything with such a method."""

    def write(self, text: str, /) -> object:
        """Take a piece of text."""
        ...


class Work(Protocol):
    """What is to be done with the rows of one file, from its beginning to its end."""

    def plan(self, session: Session, batch: Sequence[TableRow]) -> Sequence[Planned]:
        """Decide what rows do; may be asked again about the same ones."""
        ...

    def carry_out(
        self, session: Session, batch: Sequence[TableRow]
    ) -> Sequence[Planned]:
        """Decide what rows do, and do it; may be asked again when that was undone."""
        ...

    def settle(self) -> None:
        """Take the last batch as done."""
        ...


def _check_batch_rows(_: object, __: object, count: int) -> None:
    if not 1 <= count <= _BATCH_ROWS_MAX:
        raise InvalidValue("batch_rows", f"1 to {_BATCH_ROWS_MAX} rows.")


def _check_import_id(_: object, __: object, import_id: str | None) -> None:
    if import_id is not None and (
        not 1 <= len(import_id) <= _IMPORT_ID_MAX or "/" in import_id
    ):
        message = f"1 to {_IMPORT_ID_MAX} characters, none of them a slash."
        raise InvalidValue("import_id", message)


@attrs.frozen(kw_only=True)
class Settings:
    """
    How an import is carried out.

    Attributes:
        import_id: the caller's name for it; with one, a second call goes on where the
            first was broken off.
        batch_rows: rows in one database transaction.
        failed_to: gets the failed rows as CSV.
        on_progress: called after each batch with the lines done and all lines.

    Raises:
        InvalidValue: a number or a name that cannot be.
    """

    import_id: str | None = attrs.field(default=None, validator=_check_import_id)
    batch_rows: int = attrs.field(default=BATCH_ROWS, validator=_check_batch_rows)
    failed_to: Sink | None = None
    on_progress: Callable[[int, int], object] | None = None


@attrs.frozen(kw_only=True)
class Importing:
    """
    A file, the work on it, and how that is carried out.

    Attributes:
        subject: what the rows are, such as ``customers``.
        begin: starts the work anew.
    """

    subject: str
    rows: TableRows
    begin: Callable[[], Work]
    settings: Settings

    def plan(self, shell: Shell) -> Iterator[Planned]:
        """Yield what each row would do; nothing is written."""
        work = self.begin()
        for batch in self.rows.batches(self.settings.batch_rows, 0):
            yield from shell.read(partial(_plan, work, batch), Permission.IMPORT)
            work.settle()

    def steps(self, shell: Shell, *, dry_run: bool = False) -> Iterator[ImportReport]:
        """
        Do the work a batch at a time; yield a report after each, the last one at last.

        Raises:
            InvalidValue: the import id stands for another file.
        """
        tally = Tally(
            self.rows.file,
            self.rows.unused,
            is_dry_run=dry_run,
            import_id=self.settings.import_id,
        )
        run = None if dry_run else self._known_run(shell)
        if run is not None:
            tally.go_on_from(run.line, run.counts)
            if run.finished_at is not None:
                yield tally.report(is_replay=True)
                return
        cut = 0 if run is None else run.line
        work = self.begin()
        for batch in self.rows.batches(self.settings.batch_rows, cut):
            is_done = batch[-1].line <= cut
            if dry_run or is_done:
                planned = shell.read(partial(_plan, work, batch), Permission.IMPORT)
            else:
                planned, run = self._write(shell, work, tally, batch, run)
            work.settle()
            if not is_done:
                tally.add(planned)
                self._tell(tally, planned)
                yield tally.report()
        if not dry_run and self.settings.import_id is not None:
            self._note(shell, tally, run)
        yield tally.report()

    def last(self, shell: Shell, *, dry_run: bool = False) -> ImportReport:
        """Do all of the work; return its last report."""
        *_, report = self.steps(shell, dry_run=dry_run)
        return report

    def _write(
        self,
        shell: Shell,
        work: Work,
        tally: Tally,
        batch: Sequence[TableRow],
        run: ImportRun | None,
    ) -> tuple[Sequence[Planned], ImportRun | None]:
        def write(
            session: Session,
        ) -> tuple[Sequence[Planned], ImportRun | None]:
            planned = work.carry_out(session, batch)
            return planned, self._went_on(
                session, shell, run, batch[-1].line, tally.counts_with(planned)
            )

        return shell.write(write, Permission.IMPORT)

    def _went_on(
        self,
        session: Session,
        shell: Shell,
        run: ImportRun | None,
        line: int,
        counts: dict[str, int],
        *,
        is_finished: bool = False,
    ) -> ImportRun | None:
        import_id = self.settings.import_id
        if import_id is None:
            return None
        now = shell.desk.now()
        going = ImportRun(
            id=import_id,
            subject=self.subject,
            digest=self.rows.file.survey.digest,
            line=line,
            counts=counts,
            finished_at=now if is_finished else None,
        )
        program_id = shell.program_id
        if run is None:
            session.apply([run_begun(program_id, going, now)])
        else:
            session.apply([run_went_on(program_id, going)])
        return going

    def _note(self, shell: Shell, tally: Tally, run: ImportRun | None) -> None:
        shell.write(
            lambda session: self._went_on(
                session, shell, run, tally.line, tally.counts, is_finished=True
            ),
            Permission.IMPORT,
        )

    def _known_run(self, shell: Shell) -> ImportRun | None:
        import_id = self.settings.import_id
        if import_id is None:
            return None
        ref = run_ref(shell.program_id, import_id)
        (row,) = shell.read(lambda session: session.get([ref]), Permission.IMPORT)
        if row is None:
            return None
        run = run_of(row)
        if run.digest != self.rows.file.survey.digest or run.subject != self.subject:
            message = (
                f"{import_id!r} stands for another file already; use a name of its own."
            )
            raise InvalidValue("import_id", message)
        return run

    def _tell(self, tally: Tally, planned: Sequence[Planned]) -> None:
        settings = self.settings
        failed = [row for row in planned if isinstance(row, Failed)]
        if settings.failed_to is not None and failed:
            is_first = tally.counts["failed"] == len(failed)
            for text in failed_rows_csv(self.rows.file, failed, header=is_first):
                settings.failed_to.write(text)
        if settings.on_progress is not None:
            settings.on_progress(tally.line, self.rows.file.survey.lines)


def _plan(work: Work, batch: Sequence[TableRow], session: Session) -> Sequence[Planned]:
    return work.plan(session, batch)
