"""
Card types, their commands and settings, and what is needed to write another one.

``CARD_TYPES`` is the registration: an explicit tuple that ``Loyalty`` takes.
"""

from __future__ import annotations

from typing import Any

from loyaltycore.cards.asking import Amount, amount_of, count_of
from loyaltycore.cards.benefits import (
    AmountOff,
    Benefit,
    FreeItem,
    NewPrice,
    Percent,
    Units,
    discount_of,
)
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
from loyaltycore.cards.offers import DiscountBase, NoEffect, Offer, Stacking
from loyaltycore.cards.orders import Line, Order
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.spend_tiers import Tier
from loyaltycore.cards.stacking import Taken, apply_offers
from loyaltycore.cards.stamp import Stamp
from loyaltycore.cards.stamp_modes import Manual, Products, Spend, Visit
from loyaltycore.cards.tenders import pay_with, split_refund
from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.expiry import ExpiryPolicy, FixedDate, Never, Rolling
from loyaltycore.ledger.happy_effects import (
    HappyEffect,
    Multiplier,
    Override,
    PercentPoints,
)
from loyaltycore.ledger.happy_hours import HappyHour, Mechanic, Weekday
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
    "AmountOff",
    "Benefit",
    "CardType",
    "Cashback",
    "CheckIn",
    "ClaimReward",
    "Context",
    "DiscountBase",
    "Downgrade",
    "Draft",
    "EntryKind",
    "ExpiryPolicy",
    "FixedDate",
    "FreeItem",
    "HappyEffect",
    "HappyHour",
    "Holding",
    "Line",
    "Manual",
    "Mechanic",
    "Milestone",
    "Multiplier",
    "Never",
    "NewPrice",
    "NoEffect",
    "Offer",
    "Order",
    "Outcome",
    "Override",
    "Paying",
    "Percent",
    "PercentPoints",
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
    "Stacking",
    "Stamp",
    "SubtractPoints",
    "SubtractRewards",
    "SubtractSpend",
    "SubtractStamps",
    "Taken",
    "Tier",
    "Till",
    "TransactionKind",
    "Unit",
    "Units",
    "Visit",
    "Weekday",
    "amount_of",
    "apply_offers",
    "count_of",
    "discount_of",
    "pay_with",
    "split_refund",
]

CARD_TYPES: tuple[type[CardType[Any]], ...] = (Stamp, Cashback)
