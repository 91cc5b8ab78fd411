"""
Card types, their commands and settings, and what is needed to write another one.

``CARD_TYPES`` is the registration: an explicit tuple that ``Loyalty`` takes.
"""

from __future__ import annotations

from typing import Any

from loyaltycore.cards import all_commands, vocabulary
from loyaltycore.cards.all_commands import *  # noqa: F403 - see its __all__
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
from loyaltycore.cards.milestones import Milestone
from loyaltycore.cards.money_status import Status
from loyaltycore.cards.multipass import Multipass
from loyaltycore.cards.offers import DiscountBase, NewCard, NoEffect, Offer, Stacking
from loyaltycore.cards.orders import Line, Order
from loyaltycore.cards.packages import Package, PackageRefund
from loyaltycore.cards.paying import Paying
from loyaltycore.cards.plans import MembershipTier, Plan
from loyaltycore.cards.point_modes import SpendPoints, VisitPoints
from loyaltycore.cards.rebate import SpendBasis
from loyaltycore.cards.reward import Reward
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
from loyaltycore.cards.vocabulary import *  # noqa: F403 - likewise


__all__ = [
    "CARD_TYPES",
    "Activation",
    "AfterInstall",
    "AfterIssue",
    "AmountOff",
    "Benefit",
    "CardType",
    "Cashback",
    "Certificate",
    "Conditions",
    "Coupon",
    "Discount",
    "DiscountBase",
    "EarnBasis",
    "FreeItem",
    "Grant",
    "GrantFacts",
    "LeapDay",
    "Line",
    "Manual",
    "Membership",
    "MembershipStatus",
    "MembershipTier",
    "Milestone",
    "Multipass",
    "NewCard",
    "NewPrice",
    "NoEffect",
    "Offer",
    "OnBirthday",
    "OnIssue",
    "OnJoining",
    "OnPayment",
    "OnTag",
    "Order",
    "Package",
    "PackageRefund",
    "Paying",
    "Percent",
    "Plan",
    "ProRata",
    "Products",
    "Reward",
    "RewardTier",
    "RoundingLevel",
    "SetTier",
    "Spend",
    "SpendBasis",
    "SpendPoints",
    "Stacking",
    "Stamp",
    "Status",
    "Taken",
    "Tier",
    "Units",
    "Upgrade",
    "UsageWindow",
    "Use",
    "Visit",
    "VisitPoints",
    "apply_offers",
    "count_of",
    "discount_of",
    "due_grants",
    "pay_with",
    "split_refund",
]
__all__ += all_commands.__all__
__all__ += vocabulary.__all__

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
