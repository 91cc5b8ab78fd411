"""Load: the card with what belongs to it; lots and counters as they are asked for."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

import attrs

from loyaltycore.errors import Corrupt, UnknownCard
from loyaltycore.ledger.decision import (
    Counters,
    LastEarning,
    MoreLots,
    OpenedBy,
    Slides,
    TheseLots,
)
from loyaltycore.ledger.lots import Lot, LotState, soonest
from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.records import cards as card_records
from loyaltycore.records import customers as customer_records
from loyaltycore.records import journal
from loyaltycore.records import templates as template_records
from loyaltycore.records.programs import check_program
from loyaltycore.records.streaming import stream
from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyaltycore.cards.card import Card, CardTemplate
    from loyaltycore.ledger.decision import Context, Need
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.program.program import CustomerFacts
    from loyaltycore.query.predicates import Row

__all__ = [
    "Account",
    "Loader",
    "load_history",
    "load_transaction",
    "open_account",
    "standing",
]

_PAGE = 20


@attrs.frozen(kw_only=True)
class Account:
    """
    A card that is about to be posted on, locked.

    Attributes:
        next_due_at: nothing falls due before.
        replay: what was posted under the request's key before.
    """

    card: Card
    template: CardTemplate
    customer: CustomerFacts
    holding: Holding
    next_due_at: datetime
    replay: Transaction | None


def open_account(
    session: Session, desk: Desk, card_id: str, key: str | None, *, lock: bool = True
) -> Account:
    """
    Load a card, its template and its customer.

    Raises:
        UnknownCard: there is no such card.
        UnknownTemplate: the card's type is not one that the program was given.
        InvalidValue: the program's currency is not the store's.
    """
    program_id = desk.program.id
    (row,) = session.get([card_records.card_ref(program_id, card_id)], lock=lock)
    if row is None:
        raise UnknownCard(card_id)
    card = card_records.card_of(row)
    refs = [
        template_records.template_ref(program_id, card.template_id),
        customer_records.customer_ref(program_id, card.customer_id),
    ]
    if key is not None:  # asked for behind the lock, so that no racer's is missed
        refs.append(journal.key_ref(program_id, key))
    template_row, customer_row, *earlier = session.get(refs)
    assert template_row is not None, "a card's template stays"
    assert customer_row is not None, "a card's customer stays"
    template = desk.known_template(template_row)
    if template is None:
        check_program(session, desk.program)
        template = desk.template(template_row)
    replay = earlier[0] if earlier else None
    return Account(
        card=card,
        template=template,
        customer=customer_records.facts_of(customer_row),
        holding=card_records.holding_of(row),
        next_due_at=row["next_due_at"],
        replay=None if replay is None else _with_entries(session, program_id, replay),
    )


def load_transaction(
    session: Session, program_id: str, transaction_id: str
) -> Transaction | None:
    """One transaction with its entries."""
    ref = journal.transaction_ref(program_id, transaction_id)
    (row,) = session.get([ref])
    return None if row is None else _with_entries(session, program_id, row)


def load_history(
    session: Session, program_id: str, card_id: str, after: int, limit: int
) -> list[Transaction]:
    """A card's transactions behind a version with their entries, oldest first."""
    query = journal.later_transactions(program_id, card_id, after, limit)
    headers = session.select(query).rows
    if not headers:
        return []
    lines = journal.card_entries(
        program_id, card_id, headers[0]["version"], headers[-1]["version"]
    )
    entries: dict[int, list[Row]] = {row["version"]: [] for row in headers}
    for line in stream(session, lines):
        entries[line["version"]].append(line)
    return [
        journal.transaction_of(row, journal.entries_of(entries[row["version"]]))
        for row in headers
    ]


def _with_entries(session: Session, program_id: str, row: Row) -> Transaction:
    version = row["version"]
    query = journal.card_entries(program_id, row["card_id"], version, version)
    return journal.transaction_of(row, journal.entries_of(session.select(query).rows))


class Loader:
    """What a decision about one card asks for, piece by piece."""

    def __init__(self, session: Session, program_id: str, card: Card) -> None:
        self._session = session
        self._program_id = program_id
        self._card = card
        self._cursors: dict[tuple[Unit, LotState], str | None] = {}

    def load(
        self, need: Need, holding: Holding, context: Context
    ) -> tuple[Holding, Context]:
        """Load what is missing, and add it to the one or the other."""
        match need:
            case MoreLots(unit):
                return self._more_of(unit, LotState.OPEN, holding), context
            case TheseLots(numbers):
                return self._lots(numbers, holding), context
            case Counters(names):
                counters = {**context.counters, **self._counters(names)}
                return holding, attrs.evolve(context, counters=counters)
            case LastEarning(kind):
                last = {**context.last_earnings, kind: self._last_earning(kind)}
                return holding, attrs.evolve(context, last_earnings=last)
            case Slides(without):
                slides, known = self._slides(without), context.knows | {need}
                return holding, attrs.evolve(context, slides=slides, knows=known)
            case OpenedBy(transaction_id):
                numbers, known = self._opened(transaction_id), context.knows | {need}
                opened = {**context.opened, transaction_id: numbers}
                return holding, attrs.evolve(context, opened=opened, knows=known)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    def due(
        self, holding: Holding, at: datetime, *, every: bool = False
    ) -> tuple[Holding, datetime]:
        """
        Load every lot that is due at *at*, or *every* one that there is.

        Returns:
            The holding with them, and the moment at which the next lot falls due.
        """
        next_due_at = NEVER
        for unit, total in holding.totals.items():
            deadline = total.deadline or NEVER
            there = {
                LotState.OPEN: total.remaining - total.pending,
                LotState.PENDING: total.pending,
                LotState.HELD: total.held,
            }
            for state, units in there.items():
                if units:
                    holding, first = self._due(
                        unit, state, holding, at, every=every or deadline <= at
                    )
                    next_due_at = min(next_due_at, first)
            if total.remaining and deadline > at:
                next_due_at = min(next_due_at, deadline)
        return holding, next_due_at

    def opened_by(self, version: int) -> Transaction:
        """
        The transaction that brought the card to a version.

        Raises:
            Corrupt: there is none.
        """
        ref = journal.version_ref(self._program_id, self._card.id, version)
        (row,) = self._session.get([ref])
        if row is None:
            message = f"Card {self._card.id} lacks its transaction {version}."
            raise Corrupt(message, card_id=self._card.id, version=version)
        return _with_entries(self._session, self._program_id, row)

    # -- lots ------------------------------------------------------------------------

    def _due(
        self,
        unit: Unit,
        state: LotState,
        holding: Holding,
        at: datetime,
        *,
        every: bool,
    ) -> tuple[Holding, datetime]:
        """
        Load lots up to the first that is not due, or *every* one.

        Returns:
            The holding with them, and when the first one after *at* is due.
        """
        first = NEVER
        while True:
            before = holding.lots
            holding = self._more_of(unit, state, holding)
            for number, lot in holding.lots.items():
                if number not in before and lot.due_at > at:
                    first = min(first, lot.due_at)
            is_last = self._cursors[unit, state] is None
            if is_last or (first < NEVER and not every):
                return holding, first

    def _more_of(self, unit: Unit, state: LotState, holding: Holding) -> Holding:
        """
        Load the next page of a unit's lots, soonest due first.

        Raises:
            Corrupt: the totals promise more than there are lots.
        """
        key = (unit, state)
        cursor = self._cursors.get(key)
        if cursor is None and key in self._cursors:
            message = f"Card {self._card.id} lacks lots that its totals count."
            raise Corrupt(message, card_id=self._card.id, unit=unit)
        query = card_records.open_lots(
            self._program_id, self._card.id, unit, state, cursor
        )
        page = self._session.select(query)
        self._cursors[key] = page.cursor
        lots = [card_records.lot_of(row) for row in page.rows]
        holding = _with_lots(holding, lots)
        if state is not LotState.OPEN:
            return holding
        if page.cursor is None:
            return attrs.evolve(holding, complete=holding.complete | {unit})
        loaded_to = {**holding.loaded_to, unit: soonest(lots[-1])}
        return attrs.evolve(holding, loaded_to=loaded_to)

    def _lots(self, numbers: tuple[int, ...], holding: Holding) -> Holding:
        """Load lots by number."""
        refs = [
            card_records.lot_ref(self._program_id, self._card.id, number)
            for number in numbers
        ]
        rows = self._session.get(refs)
        loaded = [card_records.lot_of(row) for row in rows if row is not None]
        if len(loaded) < len(numbers):
            message = f"Card {self._card.id} lacks lots that its journal names."
            raise Corrupt(message, card_id=self._card.id, lots=numbers)
        return _with_lots(holding, loaded)

    # -- counters and the past ---------------------------------------------------------

    def _counters(self, names: tuple[str, ...]) -> dict[str, int]:
        """How much of some counters is used."""
        stored = [card_records.counter_name(self._card, name) for name in names]
        refs = [card_records.counter_ref(self._program_id, name) for name in stored]
        rows = self._session.get(refs)
        return {
            name: 0 if row is None else row["used"]
            for name, row in zip(names, rows, strict=True)
        }

    def _last_earning(self, kind: TransactionKind) -> datetime | None:
        moments = (
            row["occurred_at"] for row in self._standing() if row["kind"] == kind.value
        )
        moment: datetime | None = next(moments, None)
        return moment

    def _slides(self, without: str) -> dict[Unit, datetime]:
        latest: dict[Unit, datetime] = {}
        for row in self._standing():
            if row["id"] != without:
                pinned = json.loads(row["pinned"])
                for name, own in pinned.get("slides", {}).items():
                    unit, deadline = Unit(name), datetime.fromisoformat(own)
                    latest[unit] = max(latest.get(unit, deadline), deadline)
        return latest

    def _opened(self, transaction_id: str) -> tuple[int, ...]:
        found = load_transaction(self._session, self._program_id, transaction_id)
        if found is None or found.card_id != self._card.id:
            return ()
        return tuple(entry.lot for entry in found.entries if entry.lot is not None)

    def _standing(self) -> Iterator[Row]:
        """The card's transactions that were not voided, newest first."""
        return standing(self._session, self._program_id, self._card.id)


def standing(session: Session, program_id: str, card_id: str) -> Iterator[Row]:
    """Read a card's transactions that were not voided, newest first, in pages."""
    voided: set[str] = set()
    query = journal.card_transactions(
        program_id, card_id, limit=_PAGE, newest_first=True
    )
    for row in stream(session, query):
        if row["kind"] == TransactionKind.VOID.value:
            voided.add(row["reverses"])
        elif row["id"] not in voided:
            yield row


def _with_lots(holding: Holding, loaded: Iterable[Lot]) -> Holding:
    """Add lots; those that the holding has already are newer than the stored ones."""
    lots = {lot.number: lot for lot in loaded}
    return attrs.evolve(holding, lots=lots | dict(holding.lots))
