"""Load: the card with what belongs to it; lots and counters as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import Corrupt, UnknownCard
from loyaltycore.ledger.lots import Lot, soonest
from loyaltycore.records import cards as card_records
from loyaltycore.records import customers as customer_records
from loyaltycore.records import journal
from loyaltycore.records import templates as template_records
from loyaltycore.records.programs import check_program
from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from loyaltycore.cards.card import Card, CardTemplate
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Transaction, Unit
    from loyaltycore.ports import Ref, Session
    from loyaltycore.posting.desk import Desk
    from loyaltycore.program.program import CustomerFacts
    from loyaltycore.query.predicates import Row

__all__ = ["Account", "Loader", "load_transaction", "open_account"]


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
    refs = [card_records.card_ref(program_id, card_id)]
    if key is not None:
        refs.append(journal.key_ref(program_id, key))
    row, *earlier = session.get(refs, lock=lock)
    if row is None:
        raise UnknownCard(card_id)
    card = card_records.card_of(row)
    template_row, customer_row = session.get(
        [
            template_records.template_ref(program_id, card.template_id),
            customer_records.customer_ref(program_id, card.customer_id),
        ]
    )
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


def _with_entries(session: Session, program_id: str, row: Row) -> Transaction:
    version = row["version"]
    query = journal.card_entries(program_id, row["card_id"], version, version)
    return journal.transaction_of(row, journal.entries_of(session.select(query).rows))


class Loader:
    """Further lots and counters of one card, as a decision asks for them."""

    def __init__(self, session: Session, program_id: str, card_id: str) -> None:
        self._session = session
        self._program_id = program_id
        self._card_id = card_id
        self._cursors: dict[Unit, str | None] = {}

    def due(self, holding: Holding, at: datetime) -> tuple[Holding, datetime]:
        """
        Load every lot that is due at *at*.

        Returns:
            The holding with them, and the moment at which the next lot falls due.
        """
        next_due_at = NEVER
        for unit, total in holding.totals.items():
            if not total.remaining:
                continue
            later: list[Lot] = []
            while not later and unit not in holding.complete:
                holding = self.more_of(unit, holding)
                lots = (lot for lot in holding.lots.values() if lot.unit is unit)
                later = [lot for lot in lots if not lot.is_due(at)]
            if later:
                first = min(later, key=soonest)
                next_due_at = min(next_due_at, first.expires_at or NEVER)
        return holding, next_due_at

    def more_of(self, unit: Unit, holding: Holding) -> Holding:
        """
        Load the next page of a unit's open lots, soonest to expire first.

        Raises:
            Corrupt: the totals promise more than there are lots.
        """
        if unit in holding.complete:
            message = f"Card {self._card_id} lacks lots that its totals count."
            raise Corrupt(message, card_id=self._card_id, unit=unit)
        cursor = self._cursors.get(unit)
        query = card_records.open_lots(self._program_id, self._card_id, unit, cursor)
        page = self._session.select(query)
        self._cursors[unit] = page.cursor
        loaded = (card_records.lot_of(row) for row in page.rows)
        complete = holding.complete if page.cursor else holding.complete | {unit}
        return _with_lots(holding, loaded, complete)

    def lots(self, numbers: tuple[int, ...], holding: Holding) -> Holding:
        """Load lots by number."""
        refs = [self._lot_ref(number) for number in numbers]
        rows = self._session.get(refs)
        loaded = [card_records.lot_of(row) for row in rows if row is not None]
        if len(loaded) < len(numbers):
            message = f"Card {self._card_id} lacks lots that its journal names."
            raise Corrupt(message, card_id=self._card_id, lots=numbers)
        return _with_lots(holding, loaded, holding.complete)

    def counter(self, name: str) -> int:
        """How much of a counter of this card is used."""
        ref = card_records.counter_ref(self._program_id, self.counter_name(name))
        (row,) = self._session.get([ref])
        return 0 if row is None else row["used"]

    def counter_name(self, name: str) -> str:
        """A counter belongs to its card."""
        return f"{self._card_id}/{name}"

    def _lot_ref(self, number: int) -> Ref:
        return card_records.lot_ref(self._program_id, self._card_id, number)


def _with_lots(
    holding: Holding, loaded: Iterable[Lot], complete: frozenset[Unit]
) -> Holding:
    """Add lots; those that the holding has already are newer than the stored ones."""
    lots = {lot.number: lot for lot in loaded}
    return attrs.evolve(holding, lots=lots | dict(holding.lots), complete=complete)
