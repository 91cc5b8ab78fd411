"""
Cards of one template as CSV, one row each: the codes of coupons, and what cards hold.

Owns the columns and how a cell is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.io.writing import written
from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal

    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer
    from loyaltycore.program.program import Program

__all__ = ["CARD_LINE_COLUMNS", "CardLine", "cards_csv"]

#: The header; a unit's column holds its balance.
CARD_LINE_COLUMNS: Final = (
    "card",
    "serial",
    "status",
    "customer",
    "external id",
    "first name",
    "last name",
    "issued at",
    "expires at",
    "used",
    "tier",
    *(unit.value for unit in Unit),
)


@attrs.frozen(kw_only=True)
class CardLine:
    """
    A card with whose it is and what it holds.

    Attributes:
        used: how many rewards, visits or uses were redeemed and not given back.
        balances: of the units that such cards have, as they were last counted.
    """

    card: Card
    customer: Customer
    used: int
    tier: str | None
    balances: Mapping[Unit, Decimal]


def cards_csv(lines: Iterable[CardLine], program: Program) -> Iterator[str]:
    """
    Yield cards as text, a row at a time, the header first.

    Moments are local with their offset, amounts have a decimal point and their unit's
    decimals.  No cell is run by a spreadsheet; see ``io.cells``.
    """
    zone = program.zone

    def local(moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(zone).isoformat()

    def cells(line: CardLine) -> list[object]:
        card, person = line.card, line.customer.person
        return [
            card.id,
            card.serial,
            card.status.value,
            card.customer_id,
            person.external_id,
            person.first_name,
            person.last_name,
            local(card.issued_at),
            local(card.expires_at),
            line.used,
            line.tier,
            *(line.balances.get(unit) for unit in Unit),
        ]

    return written(CARD_LINE_COLUMNS, map(cells, lines))
