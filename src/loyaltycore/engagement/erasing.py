"""
Nobody in particular: what is left of a customer, and of a card, without the person.

What they bought and collected stays, under an id that leads to nobody.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.card import CardStatus
from loyaltycore.customers.customer import Person
from loyaltycore.customers.words import one_of
from loyaltycore.program.customer_status import CustomerStatus


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer

__all__ = ["Balance", "balance_of", "erased", "erased_card"]


class Balance(StrEnum):
    """
    What becomes of an erased customer's units.

    Attributes:
        KEEP: they stay in the books, where nobody can redeem them.
        FORFEIT: they are dropped by a transaction of their own.
    """

    KEEP = "keep"
    FORFEIT = "forfeit"


def balance_of(given: Balance | str) -> Balance:
    """
    Read a choice.

    Raises:
        InvalidValue: it is none.
    """
    return one_of("balance", Balance, given)


def erased(customer: Customer, referral_code: str) -> Customer:
    """
    Take the person out of a customer; an alias stays one.

    Args:
        referral_code: a new one, which nobody was ever told.
    """
    is_alias = customer.status is CustomerStatus.MERGED
    return attrs.evolve(
        customer,
        person=Person(),
        referral_code=referral_code,
        status=customer.status if is_alias else CustomerStatus.ERASED,
        status_reason=None,
        activity=None,
        device=None,
        fields={},
    )


def erased_card(card: Card) -> Card:
    """Switch a card off for good, and take what is personal out of it."""
    return attrs.evolve(
        card,
        status=CardStatus.DELETED,
        blocked=None,
        device=None,
        utm=None,
        fields={},
    )
