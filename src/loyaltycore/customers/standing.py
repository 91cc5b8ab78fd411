"""
Where a customer stands, and how that changes.

Deactivated and blocked customers are in every list and neither earn nor redeem; what
was posted can still be taken back.  Deleted ones are in no list and can be restored;
their cards cannot, for a deleted card never functions again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.card import CardStatus
from loyaltycore.customers.words import one_line, one_of
from loyaltycore.errors import (
    CustomerGone,
    CustomerHasInstalledCard,
)
from loyaltycore.program.customer_status import Activity, CustomerStatus


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer

__all__ = [
    "check_living",
    "deleted",
    "reopened",
    "restored",
    "stopped",
    "with_activity",
]


def check_living(customer: Customer) -> None:
    """
    Refuse a customer who is in no list.

    Raises:
        CustomerGone: they were deleted, merged or erased.
    """
    if not customer.is_living:
        raise CustomerGone(customer.id, customer.status.value)


def stopped(customer: Customer, status: CustomerStatus, reason: str) -> Customer:
    """
    Deactivate or block a customer, or give another reason.

    Raises:
        CustomerGone: they are gone.
        InvalidValue: a reason that cannot be one.
    """
    check_living(customer)
    words = one_line("reason", reason)
    return attrs.evolve(customer, status=status, status_reason=words)


def reopened(customer: Customer) -> Customer:
    """
    Let a customer earn and redeem again.

    Raises:
        CustomerGone: they are gone.
    """
    check_living(customer)
    return attrs.evolve(customer, status=CustomerStatus.OPEN, status_reason=None)


def with_activity(customer: Customer, activity: Activity | str | None) -> Customer:
    """
    Say by hand whether a customer comes; None leaves it to what they do.

    Raises:
        CustomerGone: they are gone.
        InvalidValue: it is neither.
    """
    check_living(customer)
    kept = None if activity is None else one_of("activity", Activity, activity)
    return attrs.evolve(customer, activity=kept)


def deleted(customer: Customer, cards: Iterable[Card]) -> Customer:
    """
    Delete a customer; their phone and e-mail are free for others.

    Args:
        cards: all that they have.

    Raises:
        CustomerHasInstalledCard: one of these is on a phone.
        CustomerGone: they were merged or erased.
    """
    if customer.status is CustomerStatus.DELETED:
        return customer
    check_living(customer)
    installed = [card.id for card in cards if card.status is CardStatus.INSTALLED]
    if installed:
        raise CustomerHasInstalledCard(customer.id, installed)
    return attrs.evolve(customer, status=CustomerStatus.DELETED)


def restored(customer: Customer) -> Customer:
    """
    Bring a deleted customer back into every list; who was not deleted stays as is.

    Raises:
        CustomerGone: they were merged or erased.
    """
    if customer.status is not CustomerStatus.DELETED:
        check_living(customer)
        return customer
    return attrs.evolve(customer, status=CustomerStatus.OPEN, status_reason=None)
