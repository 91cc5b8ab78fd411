"""
The work on a file of balances or transactions: find the card, quote or post.

Every row is one or more ledgered transactions of source ``import`` with an idempotency
key of its own, so a row is never counted twice, and all of them can be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from loyaltycore.cards.card import CardStatus
from loyaltycore.cards.commands import RecordPurchase, describe
from loyaltycore.errors import InvalidInput, LoyaltyError, Refusal
from loyaltycore.io.card_rules import Means
from loyaltycore.io.cell_values import Action
from loyaltycore.io.customer_columns import ACTION
from loyaltycore.io.customer_rules import IDENTITY
from loyaltycore.io.planned_customers import identities_in
from loyaltycore.io.report import Failed, Outcome, Skipped
from loyaltycore.io.seen import Seen
from loyaltycore.ledger.commands import Import
from loyaltycore.ledger.decision import Context, Missing
from loyaltycore.ledger.holding import Holding
from loyaltycore.ledger.transactions import Unit
from loyaltycore.posting import Request, decider, post, quote, show
from loyaltycore.posting.gathering import gathering
from loyaltycore.posting.issuing import issue
from loyaltycore.posting.many import look_ahead
from loyaltycore.program.program import CustomerFacts
from loyaltycore.records import cards as card_records
from loyaltycore.records import journal
from loyaltycore.records.customer_imports import recognised
from loyaltycore.records.streaming import stream
from loyaltycore.values.codes import normalise_code


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.customers.customer import Customer
    from loyaltycore.io.card_rules import CardImport
    from loyaltycore.io.planned_customers import Identity
    from loyaltycore.io.report import Planned
    from loyaltycore.io.table_rows import TableRow, TableRows
    from loyaltycore.ports import Session
    from loyaltycore.posting.deciding import Decide
    from loyaltycore.shell import Shell

__all__ = ["CardWork", "Posts", "Same", "key_prefix"]

_PURCHASE: Final = "purchase"

_Command: TypeAlias = "Import | RecordPurchase"


class Posts(NamedTuple):
    """
    The row is posted.

    Attributes:
        card_id: None: the card has to be issued first.
    """

    line: int
    card_id: str | None

    @property
    def outcome(self) -> Outcome:
        """Created: transactions."""
        return Outcome.CREATED


class Same(NamedTuple):
    """The card has what the row says, or the row has been posted before."""

    line: int
    card_id: str

    @property
    def outcome(self) -> Outcome:
        """Unchanged."""
        return Outcome.UNCHANGED


class _Card(NamedTuple):
    """A card, or whom it has to be issued to."""

    card_id: str | None
    customer_id: str


def key_prefix(import_id: str) -> str:
    """What the idempotency keys of an import begin with."""
    return f"import/{import_id}/"


class CardWork:
    """See ``Work``."""

    def __init__(
        self,
        shell: Shell,
        rows: TableRows,
        rules: CardImport,
        template: CardTemplate,
        import_id: str,
    ) -> None:
        self._desk, self._by = shell.desk, shell.by
        self._rows = rows
        self._rules = rules
        self._template = template
        self._import_id = import_id
        self._seen = Seen[str](rows.file.survey.lines)
        self._cards: dict[str, list[str]] = {}  # of the batch's customers, by customer

    def plan(self, session: Session, batch: Sequence[TableRow]) -> Sequence[Planned]:
        """Quote every row."""
        known = self._begin(session, batch)
        return [self._row(session, row, known, is_real=False) for row in batch]

    def carry_out(
        self, session: Session, batch: Sequence[TableRow]
    ) -> Sequence[Planned]:
        """Quote every row, and post what is not refused; all of it together."""
        known = self._begin(session, batch)
        with gathering(session) as gathered:
            self._look_ahead(gathered, batch)
            return [self._row(gathered, row, known, is_real=True) for row in batch]

    def settle(self) -> None:
        """Remember whose balances have been set."""
        self._seen.settle()

    def _begin(
        self, session: Session, batch: Sequence[TableRow]
    ) -> Mapping[Identity, Customer]:
        """Recognise the customers of a batch, and find their cards."""
        self._seen.take_back()
        program = self._desk.program
        known = recognised(session, program, batch).known
        whose = sorted({customer.id for customer in known.values()})
        query = card_records.cards_of_templates(program.id, [self._template.id], whose)
        self._cards = {each: [] for each in whose}
        for card in stream(session, query):
            if card["status"] != CardStatus.DELETED:
                self._cards[card["customer_id"]].append(card["id"])
        return known

    def _look_ahead(self, session: Session, batch: Sequence[TableRow]) -> None:
        """Read at once what the rows will ask for, and lock the cards."""
        program_id = self._desk.program.id
        good = [row for row in batch if not row.errors]
        serials = [
            card_records.serial_ref(program_id, normalise_code(row.values["serial"]))
            for row in good
            if row.values.get("serial") is not None
        ]
        card_ids = {row["id"] for row in session.get(serials) if row is not None}
        card_ids.update(*self._cards.values())
        keys = {self._key(row, part) for row in good for part in self._parts(row)}
        look_ahead(session, self._desk, card_ids, keys)

    # -- one row -----------------------------------------------------------------------

    def _row(
        self,
        session: Session,
        row: TableRow,
        known: Mapping[Identity, Customer],
        *,
        is_real: bool,
    ) -> Planned:
        if row.values.get(ACTION) is Action.SKIP:
            return Skipped(row.line, "action")
        if row.errors:
            return Failed(row.line, row.errors, row.cells)
        try:
            card = self._card(session, row, known)
            if isinstance(card, Failed):
                return card
            twice = self._twice(row, card)
            if twice is not None:
                return twice
            commands = self._commands(row)
            if not commands:
                message = "The row says neither a purchase amount nor any units."
                return self._rows.failed(row, "missing_value", message)
            done = self._done(session, row, card, commands)
            if done is not None:
                return done
            self._check(session, row, card, commands)
        except (InvalidInput, Refusal) as error:
            return self._refused(row, error)
        if is_real:
            self._post(session, row, card, commands)
        if self._rules.means is Means.TOTAL:
            self._seen.add((card.customer_id,), row.line)
        return Posts(row.line, card.card_id)

    def _card(
        self, session: Session, row: TableRow, known: Mapping[Identity, Customer]
    ) -> _Card | Failed:
        """Find the card by its serial number, or by whose it is."""
        serial = row.values.get("serial")
        if serial is not None:
            ref = card_records.serial_ref(self._desk.program.id, normalise_code(serial))
            (found,) = session.get([ref])
            if found is None or found["template_id"] != self._template.id:
                message = "No card of this template has this serial number."
                return self._rows.failed(row, "unknown_card", message, "serial")
            return _Card(found["id"], found["customer_id"])
        found_by = [
            (field, known[field, value])
            for field, value in identities_in(row, IDENTITY)
            if (field, value) in known
        ]
        by_field = dict(found_by)
        field = next((f for f in self._rules.identity if f in by_field), None)
        if field is None:
            message = "No customer is known by what the row says of them."
            return self._rows.failed(row, "unknown_customer", message)
        customer = by_field[field]
        for other, someone in found_by:
            if someone.id != customer.id:
                message = "Another customer has this; the row would be two people."
                return self._rows.failed(row, "identity_conflict", message, other)
        return self._card_of(row, customer)

    def _card_of(self, row: TableRow, customer: Customer) -> _Card | Failed:
        cards = self._cards[customer.id]
        if len(cards) > 1:
            message = "The customer has several such cards; give the serial number."
            return self._rows.failed(row, "several_cards", message)
        if not cards and not self._rules.issue_cards:
            message = "The customer has no such card."
            return self._rows.failed(row, "unknown_card", message)
        return _Card(cards[0] if cards else None, customer.id)

    def _twice(self, row: TableRow, card: _Card) -> Failed | None:
        """Refuse a second total for the same customer: which one would count?"""
        if self._rules.means is not Means.TOTAL:
            return None
        line = self._seen.line_of(card.customer_id)
        if line is None:
            return None
        message = f"The same customer is on line {line}; leave one of the rows out."
        return self._rows.failed(row, "duplicate_in_file", message)

    def _parts(self, row: TableRow) -> list[str]:
        """Name what the row asks for, as the idempotency keys end."""
        if self._rules.means is Means.PURCHASE:
            return [] if row.values.get("amount") is None else [_PURCHASE]
        return [unit.value for unit in Unit if unit.value in row.values]

    def _commands(self, row: TableRow) -> dict[str, _Command]:
        """Say what the row asks for, by its parts."""
        parts, values = self._parts(row), row.values
        if self._rules.means is Means.PURCHASE:
            return {part: RecordPurchase(values["amount"]) for part in parts}
        is_total = self._rules.means is Means.TOTAL
        return {
            part: Import(Unit(part), values[part], is_total=is_total) for part in parts
        }

    def _done(
        self,
        session: Session,
        row: TableRow,
        card: _Card,
        commands: Mapping[str, _Command],
    ) -> Same | None:
        if card.card_id is None:
            return None
        program_id = self._desk.program.id
        refs = [journal.key_ref(program_id, self._key(row, part)) for part in commands]
        if None not in session.get(refs):
            return Same(row.line, card.card_id)
        if self._rules.means is Means.TOTAL:
            balances = show(session, self._desk, card.card_id).balances
            if all(balances.get(unit) == row.values[unit] for unit in commands):
                return Same(row.line, card.card_id)
        return None

    def _check(
        self,
        session: Session,
        row: TableRow,
        card: _Card,
        commands: Mapping[str, _Command],
    ) -> None:
        """
        See that every command of the row would be taken, before the first is posted.

        Raises:
            InvalidInput, Refusal: one would not.
        """
        for part, command in commands.items():
            decide = decider(command)
            if card.card_id is None:
                refusal = self._on_new(row, card, decide)
            else:
                request = self._request(row, card.card_id, part, command)
                refusal = quote(session, self._desk, request, decide).refusal
            if refusal is not None:
                raise refusal

    def _on_new(self, row: TableRow, card: _Card, decide: Decide) -> Refusal | None:
        """Ask a card that is not issued yet; what has to be loaded is not there."""
        desk, now = self._desk, self._desk.now()
        occurred_at = row.values.get("occurred_at")
        context = Context(
            program=desk.program,
            at=now,
            occurred_at=now
            if occurred_at is None
            else desk.moment("occurred_at", occurred_at, now),
            customer=CustomerFacts(id=card.customer_id),
            issued_at=now,
        )
        holding = Holding(digest="", last_at=now, complete=frozenset(Unit))
        try:
            outcome = decide(self._template, holding, context)
        except Missing:
            return None
        return outcome if isinstance(outcome, Refusal) else None

    def _post(
        self,
        session: Session,
        row: TableRow,
        card: _Card,
        commands: Mapping[str, _Command],
    ) -> None:
        card_id = card.card_id
        if card_id is None:
            issued = issue(
                session,
                self._desk,
                self._template.id,
                card.customer_id,
                by=self._by,
            )
            card_id = issued.id
            self._cards.setdefault(card.customer_id, []).append(card_id)
        for part, command in commands.items():
            request = self._request(row, card_id, part, command)
            post(session, self._desk, request, decider(command))

    def _request(
        self, row: TableRow, card_id: str, part: str, command: _Command
    ) -> Request:
        values = row.values
        return Request(
            card_id=card_id,
            command=describe(command),
            key=self._key(row, part),
            receipt_id=values.get("receipt"),
            location_id=values.get("location"),
            actor_id=self._by.actor_id,
            terminal_id=values.get("terminal"),
            occurred_at=values.get("occurred_at"),
            source="import",
            is_quiet=not self._rules.notify,
        )

    def _key(self, row: TableRow, part: str) -> str:
        return f"{key_prefix(self._import_id)}{row.line}/{part}"

    def _refused(self, row: TableRow, error: LoyaltyError) -> Failed:
        return self._rows.failed(row, error.code, error.message)
