"""
Card types, their commands and settings, and what is needed to write another one.

``CARD_TYPES`` is the registration: an explicit tuple that ``Loyalty`` takes.
"""

from __future__ import annotations

from typing import Any

from loyaltycore.cards.asking import Amount, amount_of, count_of
from loyaltycore.cards.cashback import Cashback
from loyaltycore.cards.commands import (
    AddPoints,
    AddRewards,
    AddSpend,
    AddStamps,
    CheckIn,
    ClaimReward,
    RecordPurchase,
    RedeemPoints,
    SubtractPoints,
    SubtractRewards,
    SubtractSpend,
    SubtractStamps,
)
from loyaltycore.cards.contract import CardType
from loyaltycore.cards.line_discounts import RoundingLevel
from loyaltycore.cards.milestones import Milestone
from loyaltycore.cards.orders import Line, Order
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.spend_tiers import Tier
from loyaltycore.cards.stamp import Stamp
from loyaltycore.cards.stamp_modes import Manual, Products, Spend, Visit
from loyaltycore.cards.tenders import pay_with, split_refund
from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.expiry import ExpiryPolicy, FixedDate, Never, Rolling
from loyaltycore.ledger.holding import Holding
from loyaltycore.ledger.shortfall import Shortfall
from loyaltycore.ledger.tiers import Downgrade, RateAt
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.days import RoundUp
from loyaltycore.values.quantity import Rounding


__all__ = [
    "CARD_TYPES",
    "AddPoints",
    "AddRewards",
    "AddSpend",
    "AddStamps",
    "Amount",
    "CardType",
    "Cashback",
    "CheckIn",
    "ClaimReward",
    "Context",
    "Downgrade",
    "Draft",
    "EntryKind",
    "ExpiryPolicy",
    "FixedDate",
    "Holding",
    "Line",
    "Manual",
    "Milestone",
    "Never",
    "Order",
    "Outcome",
    "Paying",
    "Products",
    "RateAt",
    "RecordPurchase",
    "RedeemPoints",
    "Repriced",
    "Rolling",
    "RoundUp",
    "Rounding",
    "RoundingLevel",
    "Shortfall",
    "Spend",
    "Stamp",
    "SubtractPoints",
    "SubtractRewards",
    "SubtractSpend",
    "SubtractStamps",
    "Tier",
    "Till",
    "TransactionKind",
    "Unit",
    "Visit",
    "amount_of",
    "count_of",
    "pay_with",
    "split_refund",
]

CARD_TYPES: tuple[type[CardType[Any]], ...] = (Stamp, Cashback)
