"""
What a card does with a catalogue of rewards: claims, grants, and vouchers in use.

Owns the commands about vouchers; how points are earned is the card type's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar, assert_never

import attrs

from loyaltycore.cards.claim_limits import admit_claims
from loyaltycore.cards.grants import Grant, grants_of, state_name
from loyaltycore.cards.pointed import Pointed
from loyaltycore.cards.reward_commands import (
    ClaimVoucher,
    GrantVoucher,
    ReserveVoucher,
    UseVoucher,
)
from loyaltycore.cards.reward_tier import RewardTier
from loyaltycore.cards.settings import an_expiry, text
from loyaltycore.cards.tier_list import (
    catalogue_of,
    check_references,
    check_tiers,
    tier_named,
)
from loyaltycore.cards.vouchers import (
    find_voucher,
    issue_vouchers,
    paid_till,
    reserve_voucher,
    tier_id_of,
    use_voucher,
    why_kept,
)
from loyaltycore.errors import NotAvailable, Refusal
from loyaltycore.ledger.decision import Till
from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.values.expiry import ExpiryPolicy, Never
from loyaltycore.values.quantity import to_units


if TYPE_CHECKING:
    from loyaltycore.cards.orders import Order
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["Catalogue", "VoucherCommand"]

CommandT = TypeVar("CommandT")
VoucherCommand: TypeAlias = ClaimVoucher | GrantVoucher | UseVoucher | ReserveVoucher


@attrs.frozen(kw_only=True)
class Catalogue(Pointed[CommandT]):
    """
    Rules of rewards that points buy.

    Attributes:
        tiers: 1 to 100 rewards, the cheapest first.
        voucher_validity: when a voucher stops counting, from its issue on.
        auto_redeem: the id of a tier that is claimed as soon as its points are there.
        grants: what is given for nothing, and on what occasion.

    Raises:
        InvalidValue: a field that cannot be, by name.
    """

    tiers: tuple[RewardTier, ...] = attrs.field(converter=catalogue_of)
    voucher_validity: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    auto_redeem: str | None = attrs.field(default=None, validator=text)
    grants: tuple[Grant, ...] = attrs.field(default=(), converter=grants_of)

    def __attrs_post_init__(self) -> None:
        granted = [grant.tier for grant in self.grants]
        check_references(self.tiers, self.auto_redeem, granted)

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_tiers(self.tiers, self.scale_of_points(currency), currency)

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """See ``CardType.expiry_of``."""
        if unit is Unit.REWARD:
            return self.voucher_validity
        return super().expiry_of(unit, draft)

    def keeps(self, draft: Draft, transaction: Transaction) -> str | None:
        """A claim or a grant whose voucher was used is not voided."""
        return why_kept(draft, transaction)

    def settle(self, draft: Draft) -> Till:
        """Claim what is to be claimed by itself, as far as points and limits allow."""
        if self.auto_redeem is not None:
            tier = tier_named(self.tiers, self.auto_redeem)
            reached = draft.balance(Unit.POINT) // self._cost(tier, draft)
            n = admit_claims(draft, tier, reached) if reached > 0 else 0
            if n and not isinstance(n, Refusal):
                self._issue(draft, tier, n)
        return self.till(draft)

    def till(self, draft: Draft) -> Till:
        """Points, vouchers that wait, and rewards that the points are enough for."""
        balance = draft.balance(Unit.POINT)
        points = self.shown(Unit.POINT, balance, draft.context.currency)
        parts, vouchers = [f"{points} points"], draft.balance(Unit.REWARD)
        if vouchers:
            parts.append(f"{vouchers} voucher{'s' if vouchers > 1 else ''}")
        if rewards := self._within_reach(draft, balance):
            parts.append(f"{', '.join(name for name, _ in rewards)} to claim")
        return Till(
            text=", ".join(parts), balances=self.balances(draft), rewards=rewards
        )

    def vouchers(self, draft: Draft, command: VoucherCommand) -> Outcome | Refusal:
        """Claim, grant, use or reserve a voucher."""
        match command:
            case ClaimVoucher(tier, order):
                return self._claim(draft, tier_named(self.tiers, tier), order)
            case GrantVoucher():
                return self._grant(draft, command)
            case UseVoucher(voucher, order) | ReserveVoucher(voucher, order):
                lot = find_voucher(draft, voucher)
                if isinstance(lot, Refusal):
                    return lot
                kind = TransactionKind.REDEEM
                if isinstance(command, ReserveVoucher):
                    kind = TransactionKind.HOLD
                    reserve_voucher(draft, lot, command.minutes)
                else:
                    use_voucher(draft, lot)
                till = self._paid(draft, tier_id_of(lot.rule), order)
                return draft.outcome(kind, till)
            case _ as never:  # pragma: no cover : the union above is closed
                assert_never(never)

    # -- inside ----------------------------------------------------------------------

    def _claim(
        self, draft: Draft, tier: RewardTier, order: Order | None
    ) -> Outcome | Refusal:
        cost, there = self._cost(tier, draft), draft.balance(Unit.POINT)
        if cost and cost > there:
            return self.insufficient(draft, Unit.POINT, there, cost)
        admitted = admit_claims(draft, tier, 1)
        if isinstance(admitted, Refusal):
            return admitted
        lot = self._issue(draft, tier, 1)
        if order is not None:
            use_voucher(draft, draft.lot(lot))
        draft.pinned["voucher"] = tier.id
        till = self._paid(draft, tier.id, order)
        return draft.outcome(TransactionKind.REDEEM, till)

    def _grant(self, draft: Draft, command: GrantVoucher) -> Outcome | Refusal:
        tier = tier_named(self.tiers, command.tier)
        if command.occasion is not None:
            name = state_name(command.occasion)
            if draft.recall(name) == command.mark:
                message = f"{tier.name} was granted for {command.occasion} already."
                return NotAvailable(message, status="granted")
            draft.state[name] = command.mark
        admitted = admit_claims(draft, tier, 1, is_gift=True)
        if isinstance(admitted, Refusal):
            return admitted
        self._issue(draft, tier, 1, is_gift=True)
        draft.pinned["voucher"] = tier.id
        return draft.outcome(TransactionKind.ADJUST, self.till(draft))

    def _issue(
        self, draft: Draft, tier: RewardTier, n: int, *, is_gift: bool = False
    ) -> int:
        """Issue vouchers for what they cost, or for nothing; return their lot."""
        points, ends = n * self._cost(tier, draft), self.voucher_validity
        issue_vouchers(draft, tier, n, points=0 if is_gift else points, validity=ends)
        return draft.next_lot - 1

    def _paid(self, draft: Draft, tier_id: str, order: Order | None) -> Till:
        """The till with what a voucher takes off an order."""
        tier = next((tier for tier in self.tiers if tier.id == tier_id), None)
        return paid_till(self.till(draft), tier, order, draft.context.currency)

    def _within_reach(self, draft: Draft, balance: int) -> tuple[tuple[str, int], ...]:
        """Rewards that can be claimed today, and how often the points are enough."""
        day = draft.context.local_day
        return tuple(
            (tier.name, balance // cost if cost else 1)
            for tier in self.tiers
            if (cost := self._cost(tier, draft)) <= max(0, balance)
            and tier.closed(day) is None
        )

    def _cost(self, tier: RewardTier, draft: Draft) -> int:
        scale = self.scale_of_points(draft.context.currency)
        return to_units(tier.threshold, scale)
