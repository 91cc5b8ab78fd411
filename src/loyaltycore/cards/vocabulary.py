"""What card types are set with and written in: words of the ledger and of values."""

from __future__ import annotations

from loyaltycore.ledger.commands import Adjust, Hold, Import, Transfer
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
from loyaltycore.ledger.happy_effects import (
    HappyEffect,
    Multiplier,
    Override,
    PercentPoints,
)
from loyaltycore.ledger.happy_hours import HappyHour, Mechanic
from loyaltycore.ledger.holding import Holding
from loyaltycore.ledger.limits import EarnLimits, OnExceed, Windows
from loyaltycore.ledger.returning import Forfeit, Grace, NewLot, Returning
from loyaltycore.ledger.shortfall import Shortfall
from loyaltycore.ledger.tiers import Downgrade, RateAt
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.ledger.windows import Weekday, Window
from loyaltycore.program.fields import FieldDefinition, FieldType
from loyaltycore.values.days import RoundUp
from loyaltycore.values.expiry import (
    After,
    Calendar,
    ExpiryPolicy,
    FixedDate,
    FromDate,
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
    "Adjust",
    "After",
    "Amount",
    "Calendar",
    "Context",
    "Downgrade",
    "Draft",
    "EarnLimits",
    "EntryKind",
    "ExpiryPolicy",
    "FieldDefinition",
    "FieldType",
    "FixedDate",
    "Forfeit",
    "FromDate",
    "Grace",
    "HappyEffect",
    "HappyHour",
    "Hold",
    "Holding",
    "Immediate",
    "Import",
    "IssueCard",
    "Mechanic",
    "Multiplier",
    "Never",
    "NewLot",
    "OnDays",
    "OnExceed",
    "Outcome",
    "Override",
    "PendingPolicy",
    "PercentPoints",
    "PostOn",
    "RateAt",
    "Repriced",
    "Returning",
    "Rolling",
    "RoundUp",
    "Rounding",
    "Scope",
    "Shortfall",
    "Sliding",
    "Till",
    "TransactionKind",
    "Transfer",
    "Unit",
    "Weekday",
    "Window",
    "Windows",
    "amount_of",
    "counter_of",
]
