"""
What a card may be used for, whatever its type.

Owns the questions that are asked of the card itself and of the conditions of its
template; knows no rules.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from loyaltycore.cards.card import CardStatus
from loyaltycore.errors import (
    CardBlocked,
    CardDeleted,
    CardExpired,
    CardNotInstalled,
    CustomerBlocked,
    PurchaseAmountRequired,
    Refusal,
)
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.cards.card import Card
    from loyaltycore.cards.conditions import Conditions
    from loyaltycore.ledger.decision import Context, Outcome

__all__ = ["check_living", "decide_if_valid"]

_INSTANT = timedelta(microseconds=1)


def decide_if_valid(
    card: Card,
    conditions: Conditions,
    context: Context,
    decide: Callable[[], Outcome | Refusal],
) -> Outcome | Refusal:
    """
    Ask the card itself first, then its rules, then the conditions of its template.

    For commands.  Taking back (void, refund, amend) asks ``check_living`` alone, and
    what falls due by itself asks nobody.

    Args:
        decide: what the rules decide.
    """
    refusal = _stopped(card, context)
    if refusal is not None:
        return refusal
    outcome = decide()
    if isinstance(outcome, Refusal) or outcome.kind is not TransactionKind.EARN:
        return outcome
    is_installed = card.status is CardStatus.INSTALLED
    if conditions.require_installed_for_earn and not is_installed:
        return CardNotInstalled(card.id)
    if conditions.require_purchase_amount and outcome.purchase_amount is None:
        return PurchaseAmountRequired(card.id)
    return outcome


def check_living(card: Card) -> None:
    """
    Refuse a deleted card.

    Raises:
        CardDeleted: it is one.
    """
    if card.status is CardStatus.DELETED:
        raise CardDeleted(card.id)


def _stopped(card: Card, context: Context) -> Refusal | None:
    if card.status is CardStatus.DELETED:
        return CardDeleted(card.id)
    if card.is_blocked:
        return CardBlocked(card.id)
    customer = context.customer
    if customer.status is not CustomerStatus.OPEN:
        return CustomerBlocked(customer.id, customer.status.value)
    end = card.expires_at
    if end is not None and end <= context.at:
        return CardExpired(card.id, local_day(end - _INSTANT, context.zone), end)
    return None
