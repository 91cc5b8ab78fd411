"""
How a file of balances or transactions is read, and what its rows do to cards.

Owns columns and the caller's choices; nothing is decided here.

A balance is in the column of its unit, so its meaning never depends on the card:
``stamps``, ``rewards``, ``visits``, ``points``, ``money``, ``uses``, and ``spend``, the
running total that sets a tier.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.io.columns import Column, ColumnTable, Holds
from loyaltycore.io.customer_columns import ACTION, CUSTOMER_COLUMNS
from loyaltycore.io.customer_rules import IDENTITY
from loyaltycore.io.reading import Reading
from loyaltycore.io.table_rows import TableRows
from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.io.sources import Source
    from loyaltycore.program.program import Program

__all__ = ["CARD_COLUMNS", "CardImport", "Means", "card_rows"]

_TAKEN_OVER: Final = (*IDENTITY, ACTION)
_PLURALS: Final = {unit: (f"{unit}s",) for unit in Unit}

#: Whose card, what happened, and how many of each unit.
CARD_COLUMNS: Final = (
    *(column for column in CUSTOMER_COLUMNS if column.field in _TAKEN_OVER),
    Column(
        field="serial",
        title="serial",
        names=("card number", "serial number"),
        tells_apart=True,
    ),
    Column(
        field="occurred_at",
        title="occurred at",
        holds=Holds.MOMENT,
        names=("date", "order date", "time"),
    ),
    Column(
        field="amount",
        title="purchase amount",
        holds=Holds.NUMBER,
        names=("amount", "order total", "total"),
    ),
    Column(
        field="receipt",
        title="receipt",
        names=("order", "order id", "receipt id"),
        tells_apart=True,
    ),
    Column(field="location", title="location"),
    Column(field="terminal", title="terminal"),
    *(
        Column(
            field=unit.value, title=unit.value, holds=Holds.NUMBER, names=_PLURALS[unit]
        )
        for unit in Unit
    ),
)

_TABLE: Final = ColumnTable(CARD_COLUMNS)


class Means(StrEnum):
    """
    What the rows of a file mean.

    ``total``: the card has so many units in all, whatever there are.  ``more``: the
    card gets so many more units, as another system recorded them.  ``purchase``: the
    customer paid the purchase amount, and the card's rules say what that earns.
    """

    TOTAL = "total"
    MORE = "more"
    PURCHASE = "purchase"


@attrs.frozen(kw_only=True)
class CardImport:
    """
    How a file of balances or transactions is read.

    Attributes:
        template_id: of the cards.
        means: what the rows mean.
        reading: encoding, delimiter, days, numbers, limits.
        columns: the header's name of a column, and the field that it is; None for a
            column that does not count.
        identity: by what a customer is recognised where no serial number is given.
        issue_cards: whether customers who have no such card get one.
        notify: whether messages tell of the transactions; else nobody hears of them.

    Raises:
        InvalidValue: a field that there is not, or none to recognise a customer by.
    """

    template_id: str
    means: Means = attrs.field(default=Means.TOTAL, converter=Means)
    reading: Reading = attrs.field(factory=Reading)
    columns: Mapping[str, str | None] = attrs.field(factory=dict[str, "str | None"])
    identity: tuple[str, ...] = IDENTITY
    issue_cards: bool = True
    notify: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.identity or not {*self.identity} <= {*IDENTITY}:
            message = f"one or more of {', '.join(IDENTITY)}."
            raise InvalidValue("identity", message)


def card_rows(source: Source, rules: CardImport, program: Program) -> TableRows:
    """
    Open a file of balances or transactions.

    Raises:
        FileUnreadable: it cannot be read at all; see ``TableRows``.
    """
    return TableRows(
        source, _TABLE, program, reading=rules.reading, columns=rules.columns
    )
