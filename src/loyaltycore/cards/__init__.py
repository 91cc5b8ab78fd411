"""
Card types, their commands and settings, and what is needed to write another one.

``CARD_TYPES`` is the registration: an explicit tuple that ``Loyalty`` takes.
"""

from __future__ import annotations

from typing import Any

from loyaltycore.cards.asking import count_of
from loyaltycore.cards.basis import EarnBasis
from loyaltycore.cards.benefits import (
    AmountOff,
    Benefit,
    FreeItem,
    NewPrice,
    Percent,
    Units,
    discount_of,
)
from loyaltycore.cards.birthdays import LeapDay
from loyaltycore.cards.cashback import Cashback
from loyaltycore.cards.certificate import Certificate
from loyaltycore.cards.certificate_commands import (
    Activate,
    BlockMoney,
    CashOut,
    ClearBalance,
    Deactivate,
    ExtendExpiry,
    LoadMoney,
    RedeemMoney,
    UnblockMoney,
)
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
from loyaltycore.cards.conditions import AfterInstall, AfterIssue, Conditions
from loyaltycore.cards.contract import CardType
from loyaltycore.cards.coupon import Coupon
from loyaltycore.cards.discount import Discount
from loyaltycore.cards.grants import (
    Grant,
    GrantFacts,
    OnBirthday,
    OnJoining,
    OnTag,
    due_grants,
)
from loyaltycore.cards.line_discounts import RoundingLevel
from loyaltycore.cards.loaded_money import Activation, OnIssue, OnPayment
from loyaltycore.cards.membership import Membership
from loyaltycore.cards.membership_commands import (
    CancelMembership,
    ChangeTier,
    LockMembership,
    RenewMembership,
    SetMembershipEnd,
    Subscribe,
    UnlockMembership,
)
from loyaltycore.cards.milestones import Milestone
from loyaltycore.cards.money_status import Status
from loyaltycore.cards.multipass import Multipass
from loyaltycore.cards.multipass_commands import (
    AddVisits,
    RedeemVisits,
    SubtractVisits,
)
from loyaltycore.cards.offers import DiscountBase, NewCard, NoEffect, Offer, Stacking
from loyaltycore.cards.order_commands import (
    DisableCoupon,
    RecordOrder,
    RedeemCoupon,
    ReserveCoupon,
)
from loyaltycore.cards.orders import Line, Order
from loyaltycore.cards.packages import Package, PackageRefund
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.plans import MembershipTier, Plan
from loyaltycore.cards.point_modes import SpendPoints, VisitPoints
from loyaltycore.cards.rebate import SpendBasis
from loyaltycore.cards.reward import Reward
from loyaltycore.cards.reward_commands import (
    ClaimVoucher,
    GrantVoucher,
    ReserveVoucher,
    UseVoucher,
)
from loyaltycore.cards.reward_tier import RewardTier, UsageWindow
from loyaltycore.cards.spend_mode import Spend
from loyaltycore.cards.spent_money import Use
from loyaltycore.cards.stacking import Taken, apply_offers
from loyaltycore.cards.stamp import Stamp
from loyaltycore.cards.stamp_modes import Manual, Products, Visit
from loyaltycore.cards.subscription import MembershipStatus
from loyaltycore.cards.tenders import pay_with, split_refund
from loyaltycore.cards.tier import Tier
from loyaltycore.cards.tier_by_hand import SetTier
from loyaltycore.cards.upgrading import ProRata, Upgrade
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
    "CARD_TYPES",
    "Activate",
    "Activation",
    "AddPoints",
    "AddRewards",
    "AddSpend",
    "AddStamps",
    "AddVisits",
    "Adjust",
    "After",
    "AfterInstall",
    "AfterIssue",
    "Amount",
    "AmountOff",
    "Benefit",
    "BlockMoney",
    "Calendar",
    "CancelMembership",
    "CardType",
    "CashOut",
    "Cashback",
    "Certificate",
    "ChangeTier",
    "CheckIn",
    "ClaimReward",
    "ClaimVoucher",
    "ClearBalance",
    "Conditions",
    "Context",
    "Coupon",
    "Deactivate",
    "DisableCoupon",
    "Discount",
    "DiscountBase",
    "Downgrade",
    "Draft",
    "EarnBasis",
    "EarnLimits",
    "EntryKind",
    "ExpiryPolicy",
    "ExtendExpiry",
    "FieldDefinition",
    "FieldType",
    "FixedDate",
    "Forfeit",
    "FreeItem",
    "FromDate",
    "Grace",
    "Grant",
    "GrantFacts",
    "GrantVoucher",
    "HappyEffect",
    "HappyHour",
    "Hold",
    "Holding",
    "Immediate",
    "Import",
    "IssueCard",
    "LeapDay",
    "Line",
    "LoadMoney",
    "LockMembership",
    "Manual",
    "Mechanic",
    "Membership",
    "MembershipStatus",
    "MembershipTier",
    "Milestone",
    "Multipass",
    "Multiplier",
    "Never",
    "NewCard",
    "NewLot",
    "NewPrice",
    "NoEffect",
    "Offer",
    "OnBirthday",
    "OnDays",
    "OnExceed",
    "OnIssue",
    "OnJoining",
    "OnPayment",
    "OnTag",
    "Order",
    "Outcome",
    "Override",
    "Package",
    "PackageRefund",
    "Paying",
    "PendingPolicy",
    "Percent",
    "PercentPoints",
    "Plan",
    "PostOn",
    "ProRata",
    "Products",
    "RateAt",
    "RecordOrder",
    "RecordPurchase",
    "RedeemCoupon",
    "RedeemMoney",
    "RedeemPoints",
    "RedeemVisits",
    "RenewMembership",
    "Repriced",
    "ReserveCoupon",
    "ReserveVoucher",
    "Returning",
    "Reward",
    "RewardTier",
    "Rolling",
    "RoundUp",
    "Rounding",
    "RoundingLevel",
    "Scope",
    "SetMembershipEnd",
    "SetTier",
    "Shortfall",
    "Sliding",
    "Spend",
    "SpendBasis",
    "SpendPoints",
    "Stacking",
    "Stamp",
    "Status",
    "Subscribe",
    "SubtractPoints",
    "SubtractRewards",
    "SubtractSpend",
    "SubtractStamps",
    "SubtractVisits",
    "Taken",
    "Tier",
    "Till",
    "TransactionKind",
    "Transfer",
    "UnblockMoney",
    "Unit",
    "Units",
    "UnlockMembership",
    "Upgrade",
    "UsageWindow",
    "Use",
    "UseVoucher",
    "Visit",
    "VisitPoints",
    "Weekday",
    "Window",
    "Windows",
    "amount_of",
    "apply_offers",
    "count_of",
    "counter_of",
    "discount_of",
    "due_grants",
    "pay_with",
    "split_refund",
]

CARD_TYPES: tuple[type[CardType[Any]], ...] = (
    Stamp,
    Multipass,
    Cashback,
    Certificate,
    Coupon,
    Membership,
    Discount,
    Reward,
)
