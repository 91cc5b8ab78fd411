"""
Transactions as CSV, one row each.

Owns the columns and how a cell is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.io.writing import written
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import exponent
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.program.program import Program

__all__ = ["TRANSACTION_COLUMNS", "TransactionLine", "transactions_csv"]

_UNITS: Final = tuple(Unit)

#: The header; a unit's column holds what its balance changed by.
TRANSACTION_COLUMNS: Final = (
    "transaction",
    "occurred at",
    "recorded at",
    "kind",
    "source",
    "template",
    "card",
    "serial",
    "customer",
    "external id",
    "first name",
    "last name",
    "location",
    "terminal",
    "actor",
    "receipt",
    "purchase amount",
    *(unit.value for unit in _UNITS),
    "reverses",
)


@attrs.frozen(kw_only=True)
class TransactionLine:
    """
    A transaction with what it is about.

    Attributes:
        template: name of the card's template.
        serial: of the card.
        scales: decimals of the card's units.
    """

    transaction: Transaction
    customer: Customer
    template: str
    serial: str
    scales: Mapping[Unit, int]

    @property
    def changes(self) -> dict[Unit, Decimal]:
        """By how much each unit's balance changed."""
        sums: dict[Unit, int] = {}
        for entry in self.transaction.entries:
            sums[entry.unit] = sums.get(entry.unit, 0) + entry.amount
        return {unit: from_units(n, self.scales[unit]) for unit, n in sums.items()}


def transactions_csv(
    lines: Iterable[TransactionLine], program: Program
) -> Iterator[str]:
    """
    Yield transactions as text, a row at a time, the header first.

    Moments are local with their offset, amounts have a decimal point and their unit's
    decimals; the cell of a unit that a transaction does not touch is empty.  No cell is
    run by a spreadsheet; see ``io.cells``.
    """
    zone, scale = program.zone, exponent(program.currency)

    def cells(line: TransactionLine) -> list[object]:
        each, person, changes = line.transaction, line.customer.person, line.changes
        paid = each.purchase_amount
        return [
            each.id,
            each.occurred_at.astimezone(zone).isoformat(),
            each.recorded_at.astimezone(zone).isoformat(),
            each.kind.value,
            each.source,
            line.template,
            each.card_id,
            line.serial,
            each.customer_id,
            person.external_id,
            person.first_name,
            person.last_name,
            each.location_id,
            each.terminal_id,
            each.actor_id,
            each.receipt_id,
            None if paid is None else from_units(paid, scale),
            *(changes.get(unit) for unit in _UNITS),
            each.reverses,
        ]

    return written(TRANSACTION_COLUMNS, map(cells, lines))
