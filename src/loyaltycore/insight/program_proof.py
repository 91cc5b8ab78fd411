"""
The proof of what is kept beside the journal: totals, day figures, messages, counters.

Owns the checks that compare a stored row with what was added up over many
transactions; the adding up is the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.search_keys import keys_of
from loyaltycore.engagement.messages import message_of
from loyaltycore.insight.verification import Check
from loyaltycore.values.quantity import Rounding, divide


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.customers.customer import Customer
    from loyaltycore.engagement.messages import Message
    from loyaltycore.insight.verification import Findings
    from loyaltycore.ledger.transactions import Transaction

__all__ = [
    "check_counters",
    "check_customer",
    "check_day",
    "check_message",
    "check_versions",
]

_ANNOUNCED = ("card_id", "card_version", "topic", "payload", "created_at")


def check_customer(
    customer: Customer,
    sums: Mapping[str, int],
    last_at: datetime | None,
    tokens: frozenset[str],
    findings: Findings,
) -> None:
    """
    Compare a customer's totals and search keys with what they should be.

    Args:
        sums: what the journal of all their cards adds up to, by the total's name.
        last_at: when their last transaction happened, by the same journal.
        tokens: the stored search keys.
    """
    derived = {"last_transaction_at": last_at, "average_value": _average(customer)}
    for name, should in {**sums, **derived}.items():
        have = getattr(customer, name)
        if have != should:
            message = f"{name} is {have}; the journal adds up to {should}."
            findings.add(Check.TOTALS, "customer", customer.id, message)
    if tokens != keys_of(customer):
        message = "the search keys are not those of this person; store them again."
        findings.add(Check.SEARCH, "customer", customer.id, message)


def _average(customer: Customer) -> int | None:
    if customer.purchases <= 0:
        return None
    return divide(customer.purchase_value, customer.purchases, Rounding.HALF_UP)


def check_day(
    key: str, stored: Mapping[str, int], sums: Mapping[str, int], findings: Findings
) -> None:
    """
    Compare a row of day figures with the journal of its day.

    Args:
        key: the row's id; *stored* and *sums* have the same names.
    """
    for name, should in sums.items():
        have = stored[name]
        if have != should:
            message = f"{name} is {have}; the journal adds up to {should}."
            findings.add(Check.FIGURES, "day_figure", key, message)


def check_message(
    transaction: Transaction, message: Message | None, findings: Findings
) -> None:
    """See to it that the outbox tells of the transaction, and tells the truth."""
    if message is None:
        problem = "the outbox never told of this transaction; announce it by hand."
        findings.add(Check.MESSAGE, "transaction", transaction.id, problem)
        return
    should = message_of(transaction)
    wrong = [
        name for name in _ANNOUNCED if getattr(message, name) != getattr(should, name)
    ]
    if wrong:
        problem = f"its {', '.join(wrong)} differ from the transaction it tells of."
        findings.add(Check.MESSAGE, "message", message.id, problem)


def check_counters(
    counted: str,
    stored: Mapping[str, int],
    sums: Mapping[str, int],
    findings: Findings,
) -> None:
    """
    Compare counters with what was counted.

    Args:
        counted: what that was, such as the journal of a card.
        stored: by name.
        sums: likewise.
    """
    for name in sorted({*stored, *sums}):
        have, should = stored.get(name, 0), sums.get(name, 0)
        if have != should:
            message = f"it is {have}; {counted} counts {should}."
            findings.add(Check.COUNTER, "counter", name, message)


def check_versions(
    template: CardTemplate, versions: Sequence[CardTemplate], findings: Findings
) -> None:
    """
    Compare a template with its versions: all are there, and the newest is the template.

    Args:
        versions: in rising order.
    """
    numbers = [each.version for each in versions]
    if numbers != list(range(1, template.version + 1)):
        message = (
            f"its versions should be 1 to {template.version}; there are {numbers}."
        )
        findings.add(Check.SEQUENCE, "template", template.id, message)
    elif versions[-1] != template:
        message = f"it differs from its version {template.version}; compare both."
        findings.add(Check.STATE, "template", template.id, message)
