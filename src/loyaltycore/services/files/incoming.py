"""Files of customers and of cards, on their way in."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, TypedDict, Unpack

from loyaltycore.errors import UnknownTemplate
from loyaltycore.importing.cards import CardWork
from loyaltycore.importing.customers import CustomerWork
from loyaltycore.importing.run import Importing, Settings
from loyaltycore.importing.undoing import undo_import
from loyaltycore.io.card_rules import card_rows
from loyaltycore.io.customer_rules import CustomerImport, customer_rows
from loyaltycore.program.managers import Permission
from loyaltycore.records import templates as template_records


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from loyaltycore.importing.run import Sink
    from loyaltycore.importing.undoing import Undone
    from loyaltycore.io.card_rules import CardImport
    from loyaltycore.io.import_report import ImportReport
    from loyaltycore.io.report import Planned
    from loyaltycore.io.sources import Source
    from loyaltycore.query.predicates import Row
    from loyaltycore.shell import Shell

__all__ = ["CardOptions", "Incoming", "Options"]


class CardOptions(TypedDict, total=False):
    """
    What goes with any import.

    Attributes:
        batch_rows: rows in one database transaction, at most 2000; 500 by default.
        failed_to: gets the failed rows as CSV, to be mended and brought in again.
        on_progress: called after each batch with the lines done and all lines.
    """

    batch_rows: int
    failed_to: Sink
    on_progress: Callable[[int, int], object]


class Options(CardOptions, total=False):
    """
    What goes with an import of customers.

    Attributes:
        import_id: your name for this import.  After a crash the same call goes on
            where it stopped; once finished, it returns the counts and does nothing.
    """

    import_id: str


class Incoming:
    """Bring files in, a dry run first if you like, and take an import back."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

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
        return self._brought_in(
            importing, dry_run=dry_run, all_or_nothing=all_or_nothing
        )

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

    def import_cards(
        self,
        source: Source,
        rules: CardImport,
        *,
        import_id: str,
        dry_run: bool = False,
        all_or_nothing: bool = False,
        **options: Unpack[CardOptions],
    ) -> ImportReport:
        """
        Bring balances or transactions in, on the cards of one template.

        Every row becomes ledgered transactions of source ``import``.  Their idempotency
        keys are made of the import id and the line, so no row counts twice.

        Args:
            source: a file open in binary mode, its bytes, or its text.
            rules: template, what the rows mean, columns.
            import_id: your name for this import; ``undo_import`` takes it back.
            options: ``batch_rows``, ``failed_to`` and ``on_progress``; see ``Options``.

        Raises:
            FileUnreadable: the file cannot be read at all; nothing was written.
            InvalidValue: the import id stands for another file.
            UnknownTemplate: there is no such template.
        """
        desk = self._shell.desk
        row = self._template_row(rules.template_id, Permission.IMPORT)
        rows = card_rows(source, rules, desk.program)
        template = desk.template(row)
        importing = Importing(
            subject=f"cards {rules.template_id}",
            rows=rows,
            begin=lambda: CardWork(self._shell, rows, rules, template, import_id),
            settings=Settings(import_id=import_id, **options),
        )
        return self._brought_in(
            importing, dry_run=dry_run, all_or_nothing=all_or_nothing
        )

    def undo_import(self, import_id: str) -> Undone:
        """
        Take back what ``import_cards`` posted: each transaction is voided.

        Units that were used since are taken back as the card's shortfall rule says;
        what cannot be voided is named.  Cards that were issued stay.
        """
        return undo_import(self._shell, import_id)

    def _brought_in(
        self, importing: Importing, *, dry_run: bool, all_or_nothing: bool
    ) -> ImportReport:
        if not all_or_nothing:
            return importing.last(self._shell, dry_run=dry_run)
        report = importing.last(self._shell, dry_run=True)
        if dry_run or report.failed:
            return report
        with self._joined() as shell:
            return importing.last(shell)

    def _customers_in(
        self, source: Source, rules: CustomerImport | None, options: Options
    ) -> Importing:
        rules = rules or CustomerImport()
        rows = customer_rows(source, rules, self._shell.desk.program)
        return Importing(
            subject="customers",
            rows=rows,
            begin=lambda: CustomerWork(self._shell, rows, rules),
            settings=Settings(**options),
        )

    def _template_row(self, template_id: str, permission: Permission) -> Row:
        ref = template_records.template_ref(self._shell.program_id, template_id)
        (row,) = self._shell.read(lambda session: session.get([ref]), permission)
        if row is None:
            raise UnknownTemplate(template_id)
        return row

    def _joined(self) -> AbstractContextManager[Shell]:
        """Open one transaction for everything inside, or join the one that is open."""
        shell = self._shell
        return shell.joined() if shell.session is None else nullcontext(shell)
