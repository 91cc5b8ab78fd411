"""Commands on cards, spelled out: one line each."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypedDict, Unpack

from loyaltycore.cards import commands as asked
from loyaltycore.cards import membership_commands as memberships
from loyaltycore.cards import reward_commands as rewards
from loyaltycore.cards.order_commands import RecordOrder, RedeemCoupon, ReserveCoupon
from loyaltycore.cards.tier_by_hand import SetTier
from loyaltycore.ledger.commands import Adjust, Hold, Transfer
from loyaltycore.services.cards.life import CardLife


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from loyaltycore.cards.commands import AmountLike
    from loyaltycore.cards.offers import Offer
    from loyaltycore.cards.orders import Order
    from loyaltycore.ledger.transactions import Unit
    from loyaltycore.posting import Posted

__all__ = ["CardCommands", "Options"]


class Options(TypedDict, total=False):
    """
    What goes with any command.

    Attributes:
        key: your name for this intent; the same key again returns the first result.
        receipt_id: of the sale.
        location: where it happened.
        terminal: at which till.
        actor: the member of staff.
        occurred_at: when it happened, if that was before now.
        source: scanner, dashboard, api (the default), import, ...
    """

    key: str
    receipt_id: str
    location: str
    terminal: str
    actor: str
    occurred_at: datetime
    source: str


class CardCommands(CardLife):
    """What ``post`` does with each command, as a method of its own."""

    @abstractmethod
    def post(self, card_id: str, command: object, **options: Unpack[Options]) -> Posted:
        """Do what a command says and return the transaction."""

    def record_purchase(
        self,
        card_id: str,
        amount: AmountLike,
        *,
        items: Mapping[str, int] | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RecordPurchase``."""
        command = asked.RecordPurchase(amount, items=items or {})
        return self.post(card_id, command, **options)

    def check_in(self, card_id: str, n: int = 1, **options: Unpack[Options]) -> Posted:
        """Post ``CheckIn``."""
        return self.post(card_id, asked.CheckIn(n), **options)

    def add_stamps(
        self,
        card_id: str,
        n: int = 1,
        *,
        purchase_amount: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``AddStamps``."""
        command = asked.AddStamps(n, purchase_amount=purchase_amount)
        return self.post(card_id, command, **options)

    def subtract_stamps(
        self, card_id: str, n: int = 1, **options: Unpack[Options]
    ) -> Posted:
        """Post ``SubtractStamps``."""
        return self.post(card_id, asked.SubtractStamps(n), **options)

    def claim_reward(
        self,
        card_id: str,
        milestone: int | None = None,
        *,
        n: int = 1,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``ClaimReward``."""
        return self.post(card_id, asked.ClaimReward(milestone, n=n), **options)

    def add_points(
        self, card_id: str, points: Decimal | int | str, **options: Unpack[Options]
    ) -> Posted:
        """Post ``AddPoints``."""
        return self.post(card_id, asked.AddPoints(points), **options)

    def subtract_points(
        self, card_id: str, points: Decimal | int | str, **options: Unpack[Options]
    ) -> Posted:
        """Post ``SubtractPoints``."""
        return self.post(card_id, asked.SubtractPoints(points), **options)

    def redeem_points(
        self,
        card_id: str,
        points: Decimal | int | str,
        *,
        order_total: AmountLike | None = None,
        confirm: Decimal | int | str | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RedeemPoints``."""
        command = asked.RedeemPoints(points, order_total=order_total, confirm=confirm)
        return self.post(card_id, command, **options)

    # -- with orders, coupons and tiers ------------------------------------------------

    def redeem_coupon(
        self,
        card_id: str,
        order: Order | AmountLike | None = None,
        *,
        beside: Iterable[Offer] = (),
        presented_by: str | None = None,
        purchase_amount: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RedeemCoupon``."""
        command = RedeemCoupon(
            order,
            beside=beside,
            presented_by=presented_by,
            purchase_amount=purchase_amount,
        )
        return self.post(card_id, command, **options)

    def reserve_coupon(
        self,
        card_id: str,
        order: Order | AmountLike | None = None,
        *,
        beside: Iterable[Offer] = (),
        presented_by: str | None = None,
        minutes: int = 15,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``ReserveCoupon``; capture or release it with its transaction's id."""
        command = ReserveCoupon(
            order, beside=beside, presented_by=presented_by, minutes=minutes
        )
        return self.post(card_id, command, **options)

    def record_order(
        self, card_id: str, order: Order | AmountLike, **options: Unpack[Options]
    ) -> Posted:
        """Post ``RecordOrder``."""
        return self.post(card_id, RecordOrder(order), **options)

    def set_tier(
        self,
        card_id: str,
        tier: str | None,
        *,
        until: date | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``SetTier``."""
        return self.post(card_id, SetTier(tier, until=until), **options)

    # -- on reward cards ---------------------------------------------------------------

    def claim_voucher(
        self,
        card_id: str,
        tier: str,
        *,
        order: Order | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``ClaimVoucher``; the transaction's id is the voucher's."""
        return self.post(card_id, rewards.ClaimVoucher(tier, order), **options)

    def use_voucher(
        self,
        card_id: str,
        voucher: str | None = None,
        *,
        order: Order | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``UseVoucher``."""
        return self.post(card_id, rewards.UseVoucher(voucher, order), **options)

    def reserve_voucher(
        self,
        card_id: str,
        voucher: str | None = None,
        *,
        order: Order | None = None,
        minutes: int = 15,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``ReserveVoucher``; capture or release it with its transaction's id."""
        command = rewards.ReserveVoucher(voucher, order, minutes=minutes)
        return self.post(card_id, command, **options)

    def grant_voucher(
        self, card_id: str, tier: str, **options: Unpack[Options]
    ) -> Posted:
        """Post ``GrantVoucher`` by hand."""
        return self.post(card_id, rewards.GrantVoucher(tier), **options)

    # -- on membership cards -----------------------------------------------------------

    def subscribe(
        self,
        card_id: str,
        tier: str | None = None,
        period: str | None = None,
        *,
        starts_on: date | None = None,
        payment_ref: str | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Subscribe``."""
        command = memberships.Subscribe(
            tier, period, starts_on=starts_on, payment_ref=payment_ref
        )
        return self.post(card_id, command, **options)

    def renew(
        self,
        card_id: str,
        *,
        payment_ref: str | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RenewMembership``."""
        command = memberships.RenewMembership(payment_ref=payment_ref)
        return self.post(card_id, command, **options)

    def change_tier(
        self,
        card_id: str,
        tier: str,
        period: str | None = None,
        *,
        payment_ref: str | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``ChangeTier``."""
        command = memberships.ChangeTier(tier, period, payment_ref=payment_ref)
        return self.post(card_id, command, **options)

    def cancel_membership(
        self, card_id: str, *, at_period_end: bool = True, **options: Unpack[Options]
    ) -> Posted:
        """Post ``CancelMembership``."""
        command = memberships.CancelMembership(at_period_end)
        return self.post(card_id, command, **options)

    # -- on cards of any type ----------------------------------------------------------

    def adjust(
        self,
        card_id: str,
        unit: Unit | str,
        amount: AmountLike,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Adjust``: units by hand, up or down."""
        return self.post(card_id, Adjust(unit, amount), **options)

    def hold(
        self,
        card_id: str,
        amount: AmountLike,
        *,
        unit: Unit | str | None = None,
        minutes: int = 15,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Hold``; capture or release it with its transaction's id."""
        command = Hold(amount, unit=unit, minutes=minutes)
        return self.post(card_id, command, **options)

    def transfer(
        self,
        card_id: str,
        amount: AmountLike,
        *,
        to: str,
        unit: Unit | str | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Transfer``; the transaction is the one of the card that sends."""
        return self.post(card_id, Transfer(to, amount, unit), **options)
