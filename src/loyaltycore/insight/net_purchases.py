"""
Purchases as they stand after voids and refunds.

Owns what either does to a purchase; where they come from is a service's affair.
"""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from loyaltycore.rfm.purchases import Purchase


if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from datetime import date

__all__ = [
    "Line",
    "PostedPurchase",
    "Returned",
    "Reversal",
    "lines_of_people",
    "net_purchases",
    "purchases_by_customer",
    "returned",
]


class PostedPurchase(NamedTuple):
    """A purchase as it was rung up; *amount* in minor units, *on* the local day."""

    transaction_id: str
    customer_id: str
    on: date
    amount: int


class Reversal(NamedTuple):
    """
    What took a transaction back.

    Attributes:
        amount: minor units given back; below 0 where the amount was amended upwards.
        is_void: the transaction counts no longer, whatever the amount.
    """

    transaction_id: str
    amount: int
    is_void: bool


#: Minor units given back, by transaction; None: it was voided.
Returned: TypeAlias = "Mapping[str, int | None]"


#: A line of the journal, under the id of its customer.
Line: TypeAlias = "tuple[str, PostedPurchase | Reversal]"


def returned(reversals: Iterable[Reversal]) -> Returned:
    """Add up what was taken back, in any order."""
    found: dict[str, int | None] = {}
    for transaction_id, amount, is_void in reversals:
        before = found.get(transaction_id, 0)
        if is_void or before is None:
            found[transaction_id] = None
        else:
            found[transaction_id] = before + amount
    return found


def net_purchases(
    posted: Iterable[PostedPurchase], back: Returned
) -> Iterator[Purchase]:
    """
    Yield the purchases that stand, with what was refunded of each.

    A voided one never happened; one refunded in full did, for nothing; one that was
    amended upwards is worth what it was amended to.
    """
    for transaction_id, customer_id, on, amount in posted:
        refunded = back.get(transaction_id, 0)
        if refunded is not None:
            added = max(0, -refunded)
            yield Purchase(customer_id, on, amount + added, refunded + added)


def lines_of_people(
    lines: Iterable[Line], alias_lines: Iterable[Line], aliases: Container[str]
) -> Iterator[Line]:
    """
    Give what merged customers bought to those whom they turned out to be.

    Args:
        lines: of everybody, ascending by customer.
        alias_lines: of merged customers, under the ids of the others, ascending.
        aliases: the ids of merged customers.
    """
    own = (line for line in lines if line[0] not in aliases)
    return merge(own, alias_lines, key=itemgetter(0))


def purchases_by_customer(lines: Iterable[Line]) -> Iterator[Iterator[Purchase]]:
    """
    Yield each customer's purchases that stand; one customer at a time is in memory.

    Args:
        lines: ascending by customer, each customer's in any order.
    """
    for _, group in groupby(lines, key=itemgetter(0)):
        posted: list[PostedPurchase] = []
        reversals: list[Reversal] = []
        for _, line in group:
            if isinstance(line, Reversal):
                reversals.append(line)
            else:
                posted.append(line)
        yield net_purchases(posted, returned(reversals))
