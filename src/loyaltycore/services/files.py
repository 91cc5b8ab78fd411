"""Files in and out: customers, transactions, statements, and a whole program."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from loyaltycore.errors import Conflict
from loyaltycore.importing import Importing, Settings
from loyaltycore.io.customer_plan import CustomerPlanner
from loyaltycore.io.customer_rows import CustomerImport, CustomerRows
from loyaltycore.io.customers_out import customer_template, customers_csv
from loyaltycore.records import customers as customer_records
from loyaltycore.records.customer_imports import planned_changes, recognised


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from loyaltycore.customers.customer import Customer
    from loyaltycore.importing import Sink
    from loyaltycore.io.customer_rows import CustomerRow
    from loyaltycore.io.import_report import ImportReport
    from loyaltycore.io.report import Planned
    from loyaltycore.io.sources import Source
    from loyaltycore.ports import Page, Session
    from loyaltycore.posting import Desk
    from loyaltycore.query.queries import Query
    from loyaltycore.shell import Shell

__all__ = ["Files", "Options"]

_PAGE = 1_000


class Options(TypedDict, total=False):
    """
    What goes with any import.

    Attributes:
        import_id: your name for this import.  After a crash the same call goes on
            where it stopped; once finished, it returns the counts and does nothing.
        batch_rows: rows in one database transaction, at most 2000; 500 by default.
        failed_to: gets the failed rows as CSV, to be mended and brought in again.
        on_progress: called after each batch with the lines done and all lines.
    """

    import_id: str
    batch_rows: int
    failed_to: Sink
    on_progress: Callable[[int, int], object]


class Files:
    """Files of the program, in and out."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    # -- in ----------------------------------------------------------------------------

    def plan_customers(
        self, source: Source, rules: CustomerImport | None = None
    ) -> Iterator[Planned]:
        """
        Yield what each row of a file would do, in its order; nothing is written.

        Raises:
            FileUnreadable: the file cannot be read at all; before the first row.
        """
        return self._customers_in(source, rules, {}).plan(self._shell)

    def import_customers(
        self,
        source: Source,
        rules: CustomerImport | None = None,
        *,
        dry_run: bool = False,
        all_or_nothing: bool = False,
        **options: Unpack[Options],
    ) -> ImportReport:
        """
        Bring a file of customers in.

        Every row is reported; the ones that are refused are left out and the rest goes
        in.  A dry run decides row by row what a real one would, and writes nothing.

        Args:
            source: a file open in binary mode, its bytes, or its text.
            rules: columns, identity, what a match does; the usual by default.
            all_or_nothing: with a single failed row nothing is written, and the report
                is that of a dry run.
            options: ``import_id``, ``batch_rows``, ``failed_to`` and ``on_progress``;
                see ``Options``.

        Raises:
            FileUnreadable: the file cannot be read at all; nothing was written.
            InvalidValue: the import id stands for another file.
        """
        importing = self._customers_in(source, rules, options)
        if not all_or_nothing:
            return importing.last(self._shell, dry_run=dry_run)
        report = importing.last(self._shell, dry_run=True)
        if dry_run or report.failed:
            return report
        if self._shell.session is not None:
            return importing.last(self._shell)
        with self._shell.joined() as shell:
            return importing.last(shell)

    def importing_customers(
        self,
        source: Source,
        rules: CustomerImport | None = None,
        **options: Unpack[Options],
    ) -> Iterator[ImportReport]:
        """
        Bring a file in as ``import_customers`` does, a batch for each step.

        Yields:
            What has been done so far, after each batch; the last one is the report.
        """
        return self._customers_in(source, rules, options).steps(self._shell)

    def _customers_in(
        self, source: Source, rules: CustomerImport | None, options: Options
    ) -> Importing:
        rules = rules or CustomerImport()
        rows = CustomerRows(source, rules, self._shell.desk.program)
        return Importing(
            subject="customers",
            file=rows.file,
            unused=rows.unused,
            begin=lambda: _CustomerWork(self._shell.desk, rows, rules),
            settings=Settings(**options),
        )

    # -- out ---------------------------------------------------------------------------

    def customer_template(self) -> Iterator[str]:
        """Yield a CSV file to fill in; brought in as it is, it creates nobody."""
        return customer_template()

    def export_customers(self) -> Iterator[str]:
        """Yield all customers as CSV, by registration, a row at a time."""
        return customers_csv(self._customers(), self._shell.desk.program)

    def _customers(self) -> Iterator[Customer]:
        cursor: str | None = None
        while True:
            query = customer_records.all_customers(
                self._shell.program_id, _PAGE, cursor
            )
            page = self._shell.read(partial(_select, query))
            yield from map(customer_records.customer_of, page.rows)
            cursor = page.cursor
            if cursor is None:
                return


def _select(query: Query, session: Session) -> Page:
    return session.select(query)


class _CustomerWork:
    """The work on a file of customers."""

    def __init__(self, desk: Desk, rows: CustomerRows, rules: CustomerImport) -> None:
        self._desk = desk
        self._planner = CustomerPlanner(rows, rules)
        self.batches = self._planner.batches
        self.settle = self._planner.settle

    def plan(self, session: Session, batch: Sequence[CustomerRow]) -> Sequence[Planned]:
        known = recognised(session, self._desk.program.id, batch)
        return self._planner.plan(batch, known)

    def write(self, session: Session, planned: Sequence[Planned]) -> None:
        desk = self._desk
        changes, updates = planned_changes(
            desk.program.id, planned, desk.now(), desk.ids.new
        )
        results = session.apply(changes)
        if 0 in results[:updates]:
            raise Conflict("A customer changed in the meantime; try again.")
