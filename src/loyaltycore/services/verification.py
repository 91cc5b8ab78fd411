"""
Proving a whole program from its journal.

Reads every row of the program once, in one snapshot, a page at a time.  What it holds
at a time is one card with its lots, and the sums of ``records.counted``.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from loyaltycore.cards.card import CardStatus
from loyaltycore.customers.figures import POINT_SCALE, figures_of
from loyaltycore.errors import InvalidValue
from loyaltycore.insight.card_proof import CardProof
from loyaltycore.insight.program_proof import (
    check_counters,
    check_customer,
    check_message,
    check_versions,
)
from loyaltycore.insight.verification import Check, Findings
from loyaltycore.ledger.transactions import Unit
from loyaltycore.program.customer_form import UNIQUE_FIELDS
from loyaltycore.records import cards as card_records
from loyaltycore.records import custom_fields as field_records
from loyaltycore.records import customers as customer_records
from loyaltycore.records import journal
from loyaltycore.records import messages as message_records
from loyaltycore.records import templates as template_records
from loyaltycore.records import verification as records
from loyaltycore.records.belongings import prove_references, prove_segments
from loyaltycore.records.counted import Counted
from loyaltycore.records.people import all_aliases
from loyaltycore.records.programs import check_program
from loyaltycore.records.said import Said
from loyaltycore.records.scored import prove_scores
from loyaltycore.records.streaming import stream
from loyaltycore.values.codes import is_code


if TYPE_CHECKING:
    from collections.abc import Generator

    from loyaltycore.cards.card import Card, CardTemplate
    from loyaltycore.customers.customer import Customer
    from loyaltycore.insight.verification import VerifyReport
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Ref, Session
    from loyaltycore.posting import Desk
    from loyaltycore.query.predicates import Row
    from loyaltycore.shell import Shell

__all__ = ["Verification"]

_PAGE: Final = 500
# What parsing a row raises when somebody has written nonsense into it.
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, ExceptionGroup)


class Verification:
    """The proof of the program."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def verify(self) -> VerifyReport:
        """
        Add the journal up again and compare the result with everything stored.

        A problem is a value in the report, never raised.  All is read in one snapshot,
        a few thousand transactions a second; where the store lets readers and a writer
        work side by side, postings go on meanwhile.

        Raises:
            StoreError: the store could not be read.
        """
        desk = self._shell.desk
        return self._shell.read(lambda session: _Walk(session, desk).report())


class _Walk:
    """One way through all rows of a program."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self._session = session
        self._desk = desk
        self._program_id = desk.program.id
        self._findings = Findings()
        self._point_scales: dict[str, int] = {}
        self._templates: dict[str, CardTemplate] = {}
        self._counted = Counted(session, desk.program, self._findings)
        self._aliases = all_aliases(session, desk.program.id)

    def report(self) -> VerifyReport:
        """Check everything."""
        self._check_program()
        session, program_id = self._session, self._program_id
        said = Said(session, program_id, self._aliases)
        for row in stream(session, customer_records.every_customer(program_id)):
            with self._reading("customer", row["id"]):
                self._check_customer(row, said)
        with self._reading("program", program_id):
            self._counted.check()
            prove_segments(session, program_id, self._findings)
            prove_references(session, program_id, self._findings)
        with self._reading("rfm_run", program_id):
            now = self._desk.now()
            prove_scores(session, program_id, now, self._findings)
        return self._findings.report()

    # -- program and templates -------------------------------------------------------

    def _check_program(self) -> None:
        program = self._desk.program
        rows = list(
            stream(self._session, template_records.all_templates(self._program_id))
        )
        try:
            is_known = check_program(self._session, program)
        except InvalidValue as error:
            self._findings.add(Check.STATE, "program", program.id, error.message)
        else:
            if rows and not is_known:
                message = "it has templates, but no row of its own; restore that."
                self._findings.add(Check.REFERENCE, "program", program.id, message)
        for row in rows:
            with self._reading("template", row["id"]):
                self._check_template(row)

    def _check_template(self, row: Row) -> None:
        card_types = self._desk.card_types
        template = template_records.template_of(row, card_types)
        scales = template.rules.scales(self._desk.program.currency)
        self._point_scales[template.id] = scales.get(Unit.POINT, POINT_SCALE)
        self._templates[template.id] = template
        query = template_records.versions_of(self._program_id, template.id)
        versions = [
            template_records.template_of(each, card_types)
            for each in stream(self._session, query)
        ]
        check_versions(template, versions, self._findings)

    # -- customers -------------------------------------------------------------------

    def _check_customer(self, row: Row, said: Said) -> None:
        session, program_id = self._session, self._program_id
        self._findings.count("customers")
        try:
            customer = customer_records.customer_of(row)
        except _UNREADABLE as error:
            self._unreadable("customer", row["id"], error)
            return
        self._check_said(customer, said)
        self._counted.customer(customer)
        sums = records.CustomerSums()
        query = card_records.cards_of_customer(program_id, customer.id)
        for card_row in stream(session, query):
            self._check_card(card_row, sums)
        tokens = stream(session, records.customer_tokens(program_id, customer.id))
        check_customer(
            customer,
            sums.totals,
            sums.last_at,
            frozenset(each["token"] for each in tokens),
            self._findings,
        )
        self._check_derived(row, customer)
        refs = [
            customer_records.unique_ref(program_id, field, value)
            for field in UNIQUE_FIELDS
            if (value := row[f"unique_{field}"]) is not None
        ]
        self._check_found("customer", [(ref, customer.id) for ref in refs])
        _, values = customer_records.uniques_of(self._desk.program, customer)
        self._check_noted("customer", customer.id, values)

    def _check_said(self, customer: Customer, said: Said) -> None:
        try:
            reviews = said.prove(customer, self._findings)
        except _UNREADABLE as error:
            self._unreadable("customer", customer.id, error)
            return
        for review in reviews:
            self._counted.review(review)

    def _check_derived(self, row: Row, customer: Customer) -> None:
        """What is kept twice, to be searched and sorted by, says the same twice."""
        should = customer_records.customer_row(self._desk.program, customer)
        wrong = sorted(name for name, value in should.items() if row[name] != value)
        if wrong:
            message = f"its {', '.join(wrong)} do not follow from the rest of it."
            self._findings.add(Check.STATE, "customer", customer.id, message)
        query = records.values_of_customer(self._program_id, customer.id)
        stored = {each["name"]: each["value"] for each in stream(self._session, query)}
        if stored != customer_records.sortable_fields(customer):
            message = "the values of its fields are not those that filters look at."
            self._findings.add(Check.SEARCH, "customer", customer.id, message)

    # -- cards -----------------------------------------------------------------------

    def _check_card(self, row: Row, sums: records.CustomerSums) -> None:
        """Prove a card, and add its journal to the sums of its customer."""
        session, program_id = self._session, self._program_id
        self._findings.count("cards")
        try:
            card = card_records.card_of(row)
        except _UNREADABLE as error:
            self._unreadable("card", row["id"], error)
            return
        if not is_code(card.serial):
            message = "its serial number cannot be one; a scanner would not find it."
            self._findings.add(Check.STATE, "card", card.id, message)
        serial_ref = card_records.serial_ref(program_id, card.serial)
        self._check_found("card", [(serial_ref, card.id)])
        self._check_same("card", [row], [card_records.card_ref(program_id, card.id)])
        self._check_uniques(card)
        proof = CardProof(card, self._findings, self._aliases)
        counted = self._check_journal(card, proof, sums)
        counters = {
            each["name"]: each["used"]
            for each in stream(session, records.card_counters(program_id, card.id))
        }
        journal_of = f"the journal of card {card.id}"
        check_counters(journal_of, counters, counted, self._findings)
        lots = records.all_of_card(program_id, "lot", card.id)
        try:
            holding = card_records.holding_of(row)
            proof.close(
                holding,
                row["next_due_at"],
                map(records.stored_lot_of, stream(session, lots)),
            )
            proof.check_end(row["next_due_at"], self._desk.now())
            scale = self._point_scales.get(card.template_id, POINT_SCALE)
            shown = card_records.shown_values(holding, scale, proof.tier(row["tier"]))
            proof.check_shown({name: row[name] for name in shown}, shown)
        except _UNREADABLE as error:
            self._unreadable("card", card.id, error)

    def _check_uniques(self, card: Card) -> None:
        """The values that nobody else may have are noted down as this card's."""
        template = self._templates.get(card.template_id)
        if template is None or card.status is CardStatus.DELETED:
            return
        form = template.conditions.form
        refs = field_records.unique_refs(
            self._program_id, template.id, form, card.fields
        )
        self._check_noted("card", card.id, refs)

    def _check_noted(self, collection: str, owner_id: str, refs: list[Ref]) -> None:
        for ref, row in zip(refs, self._session.get(refs), strict=True):
            if row is None or row["owner_id"] != owner_id:
                message = f"its {ref.values[2]} is not noted down as its own."
                self._findings.add(Check.KEY, collection, owner_id, message)

    def _check_journal(
        self, card: Card, proof: CardProof, sums: records.CustomerSums
    ) -> Counter[str]:
        """Check a card's transactions; return what they counted."""
        session, program_id = self._session, self._program_id
        counted: Counter[str] = Counter()
        lines = records.Lines(
            stream(session, records.all_of_card(program_id, "entry", card.id))
        )
        query = journal.card_transactions(program_id, card.id, limit=_PAGE)
        for rows in records.chunks(stream(session, query), _PAGE):
            self._findings.count("transactions", len(rows))
            messages = self._messages_of(rows)
            self._check_keys(rows)
            refs = [journal.transaction_ref(program_id, row["id"]) for row in rows]
            self._check_same("transaction", rows, refs)
            for row, message in zip(rows, messages, strict=True):
                try:
                    own = lines.of(row["version"])
                    stored = records.sealed_of(row, own)
                    proof.add(stored)
                    self._check_numbers(own)
                    self._add_up(card, stored.transaction, sums, counted)
                    self._check_message(stored.transaction, message)
                except _UNREADABLE as error:
                    self._unreadable("transaction", row["id"], error)
                    proof.skip(row["version"], row["digest"])
        return counted

    def _check_message(self, transaction: Transaction, row: Row | None) -> None:
        message = None if row is None else message_records.message_of_row(row)
        check_message(transaction, message, self._findings)

    def _check_numbers(self, lines: list[Row]) -> None:
        self._findings.count("entries", len(lines))
        for number, line in enumerate(lines):
            if line["number"] != number:
                message = f"number {number} of its transaction is missing."
                where = records.row_id("entry", line)
                self._findings.add(Check.SEQUENCE, "entry", where, message)

    def _add_up(
        self,
        card: Card,
        transaction: Transaction,
        sums: records.CustomerSums,
        counted: Counter[str],
    ) -> None:
        scale = self._point_scales.get(transaction.template_id, POINT_SCALE)
        figures = figures_of(transaction, scale)
        sums.add(transaction, figures)
        self._counted.transaction(card, transaction, figures, counted)

    # -- looked up by name -----------------------------------------------------------

    def _messages_of(self, rows: list[Row]) -> list[Row | None]:
        program_id = self._program_id
        refs = [message_records.message_ref(program_id, row["id"]) for row in rows]
        messages = self._session.get(refs)
        self._findings.count("messages", sum(each is not None for each in messages))
        return messages

    def _check_keys(self, rows: list[Row]) -> None:
        """The look-up that makes a replay harmless finds this transaction."""
        program_id = self._program_id
        keyed = [
            (journal.key_ref(program_id, key), row["id"])
            for row in rows
            if (key := row["idempotency_key"]) is not None
        ]
        self._check_found("transaction", keyed)

    def _check_found(self, collection: str, expected: list[tuple[Ref, str]]) -> None:
        found = self._session.get([ref for ref, _ in expected])
        for (ref, id_), row in zip(expected, found, strict=True):
            if row is None or row["id"] != id_:
                other = "nothing" if row is None else row["id"]
                message = f"by its {ref.columns[1]}, {other} is found in its place."
                self._findings.add(Check.KEY, collection, id_, message)

    def _check_same(self, collection: str, rows: list[Row], refs: list[Ref]) -> None:
        """
        Rows are the same by their ids as in a list.

        An engine may answer a list from an index, which says something else than the
        row where one of them is damaged.
        """
        for row, own in zip(rows, self._session.get(refs), strict=True):
            if own != row:
                message = "by its id it is not what it is in a list; restore a copy."
                self._findings.add(Check.KEY, collection, row["id"], message)

    # -- what cannot be read ---------------------------------------------------------

    @contextmanager
    def _reading(self, collection: str, id_: str) -> Generator[None]:
        """Say of what belongs to a row that it is unreadable, and go on."""
        try:
            yield
        except _UNREADABLE as error:
            self._unreadable(collection, id_, error)

    def _unreadable(self, collection: str, id_: str, error: BaseException) -> None:
        """Say so, without the error's own words: they may repeat personal data."""
        message = f"it holds what it never should ({type(error).__name__}); "
        self._findings.add(
            Check.UNREADABLE, collection, id_, f"{message}compare it with a backup."
        )
