"""
Card types, their commands and settings, and what is needed to write another one.

``CARD_TYPES`` is the registration: an explicit tuple that ``Loyalty`` takes.
"""

from __future__ import annotations

from typing import Any

from loyaltycore.cards.asking import count_of
from loyaltycore.cards.basis import EarnBasis
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
from loyaltycore.cards.milestones import Milestone
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.stamp import Stamp
from loyaltycore.cards.stamp_modes import Manual, Products, Spend, Visit
from loyaltycore.cards.tier import Tier
from loyaltycore.ledger.commands import Adjust, Hold, Transfer
from loyaltycore.ledger.decision import (
    Context,
    IssueCard,
    Outcome,
    PostOn,
    Repriced,
    Scope,
    Till,
    counter_of,
)
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.holding import Holding
from loyaltycore.ledger.limits import EarnLimits, OnExceed, Windows
from loyaltycore.ledger.returning import Forfeit, Grace, NewLot, Returning
from loyaltycore.ledger.shortfall import Shortfall
from loyaltycore.ledger.tiers import Downgrade, RateAt
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.days import RoundUp
from loyaltycore.values.expiry import (
    After,
    Calendar,
    ExpiryPolicy,
    FixedDate,
    Immediate,
    Never,
    OnDays,
    PendingPolicy,
    Rolling,
    Sliding,
)
from loyaltycore.values.money import Amount, amount_of
from loyaltycore.values.quantity import Rounding


__all__ = [
    "CARD_TYPES",
    "AddPoints",
    "AddRewards",
    "AddSpend",
    "AddStamps",
    "Adjust",
    "After",
    "Amount",
    "Calendar",
    "CardType",
    "Cashback",
    "CheckIn",
    "ClaimReward",
    "Context",
    "Downgrade",
    "Draft",
    "EarnBasis",
    "EarnLimits",
    "EntryKind",
    "ExpiryPolicy",
    "FixedDate",
    "Forfeit",
    "Grace",
    "Hold",
    "Holding",
    "Immediate",
    "IssueCard",
    "Manual",
    "Milestone",
    "Never",
    "NewLot",
    "OnDays",
    "OnExceed",
    "Outcome",
    "Paying",
    "PendingPolicy",
    "PostOn",
    "Products",
    "RateAt",
    "RecordPurchase",
    "RedeemPoints",
    "Repriced",
    "Returning",
    "Rolling",
    "RoundUp",
    "Rounding",
    "Scope",
    "Shortfall",
    "Sliding",
    "Spend",
    "Stamp",
    "SubtractPoints",
    "SubtractRewards",
    "SubtractSpend",
    "SubtractStamps",
    "Tier",
    "Till",
    "TransactionKind",
    "Transfer",
    "Unit",
    "Visit",
    "Windows",
    "amount_of",
    "count_of",
    "counter_of",
]

CARD_TYPES: tuple[type[CardType[Any]], ...] = (Stamp, Cashback)
