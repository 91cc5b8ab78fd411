"""All that can be asked of cards of our types; each class is one command."""

from __future__ import annotations

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
from loyaltycore.cards.membership_commands import (
    CancelMembership,
    ChangeTier,
    LockMembership,
    RenewMembership,
    SetMembershipEnd,
    Subscribe,
    UnlockMembership,
)
from loyaltycore.cards.multipass_commands import AddVisits, RedeemVisits, SubtractVisits
from loyaltycore.cards.order_commands import (
    DisableCoupon,
    RecordOrder,
    RedeemCoupon,
    ReserveCoupon,
)
from loyaltycore.cards.reward_commands import (
    ClaimVoucher,
    GrantVoucher,
    ReserveVoucher,
    UseVoucher,
)


__all__ = [
    "Activate",
    "AddPoints",
    "AddRewards",
    "AddSpend",
    "AddStamps",
    "AddVisits",
    "BlockMoney",
    "CancelMembership",
    "CashOut",
    "ChangeTier",
    "CheckIn",
    "ClaimReward",
    "ClaimVoucher",
    "ClearBalance",
    "Deactivate",
    "DisableCoupon",
    "ExtendExpiry",
    "GrantVoucher",
    "LoadMoney",
    "LockMembership",
    "RecordOrder",
    "RecordPurchase",
    "RedeemCoupon",
    "RedeemMoney",
    "RedeemPoints",
    "RedeemVisits",
    "RenewMembership",
    "ReserveCoupon",
    "ReserveVoucher",
    "SetMembershipEnd",
    "Subscribe",
    "SubtractPoints",
    "SubtractRewards",
    "SubtractSpend",
    "SubtractStamps",
    "SubtractVisits",
    "UnblockMoney",
    "UnlockMembership",
    "UseVoucher",
]
