"""
What a card has that is used so many times: until when, when, by whom and how often.

Owns the uses and the limits of them; what a use is good for, a type says.  Each limit
is counted in the write that uses it up, so of five at once three have the last three.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeVar

import attrs
from attrs.validators import optional

from loyaltycore.cards.contract import CardType
from loyaltycore.cards.settings import (
    a_day,
    above_zero,
    check_amount,
    flag,
    one_of,
    whole,
)
from loyaltycore.cards.uses import count_within, status_of
from loyaltycore.errors import (
    AlreadyRedeemed,
    InvalidValue,
    NotAvailable,
    NotEligible,
    Refusal,
)
from loyaltycore.ledger.decision import Scope, Till, counter_of
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import TransactionKind, Unit
from loyaltycore.ledger.windows import Window, is_open, only_windows, windows
from loyaltycore.values.days import NEVER
from loyaltycore.values.expiry import (
    ExpiryPolicy,
    FixedDate,
    Never,
    Rolling,
    expires_at,
)
from loyaltycore.values.money import Amount, exponent, minor_units, optional_amount


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding

__all__ = ["Limited"]

CommandT = TypeVar("CommandT")

_BY_HOLDER = counter_of(Scope.HOLDER, "redeemed")
_BY_ALL = counter_of(Scope.TEMPLATE, "redeemed")
_BUDGET = counter_of(Scope.TEMPLATE, "budget")


@attrs.frozen(kw_only=True)
class Limited(CardType[CommandT]):
    """
    Rules of uses.

    Attributes:
        uses: how often it is redeemed, 1 to 1,000.
        per_customer: how often by one customer, of all coupons of the template; by
            default as often as a coupon has uses.
        max_redemptions: how often in all, on all coupons of the template.
        budget: what all of them together take off, in the program's currency.
        valid_from, valid_to: the first and the last local day.
        valid_after_issue: how long a coupon is valid, if that ends earlier.
        windows: the hours of the week in which it is redeemed; none is any hour.
        first_visit_only: for customers who have not bought before.
        holder_only: only for the customer that it was issued to.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    unit: ClassVar[Unit] = Unit.USE

    uses: int = attrs.field(default=1, validator=whole(1, 1_000))
    per_customer: int = attrs.field(
        default=attrs.Factory(lambda rules: rules.uses, takes_self=True),
        validator=whole(1),
    )
    max_redemptions: int | None = attrs.field(default=None, validator=whole(1))
    budget: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero
    )
    valid_from: date | None = attrs.field(default=None, validator=a_day)
    valid_to: date | None = attrs.field(default=None, validator=a_day)
    valid_after_issue: Rolling | None = attrs.field(
        default=None, validator=optional(one_of(Rolling))
    )
    windows: tuple[Window, ...] = attrs.field(
        default=(), converter=windows, validator=only_windows
    )
    first_visit_only: bool = attrs.field(default=False, validator=flag)
    holder_only: bool = attrs.field(default=True, validator=flag)

    def __attrs_post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InvalidValue("valid_to", "not before valid_from.")

    def scales(self, currency: str) -> Mapping[Unit, int]:  # noqa: ARG002 - the same
        """Uses are whole."""
        return {Unit.USE: 0}

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_amount("budget", self.budget, currency)

    def is_holdable(self, unit: Unit) -> bool:  # noqa: ARG002 - there is one
        """A use is reserved for an order, see ``ReserveCoupon``."""
        return False

    def is_sendable(self, unit: Unit) -> bool:  # noqa: ARG002 - there is one
        """What is only for its holder stays."""
        return not self.holder_only

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:  # noqa: ARG002
        """Whatever ends first."""
        zone, now = draft.context.zone, draft.context.occurred_at
        ends: list[ExpiryPolicy] = [self.valid_after_issue or Never()]
        if self.valid_to is not None:
            ends.append(FixedDate(self.valid_to))
        return min(ends, key=lambda policy: expires_at(policy, now, zone) or NEVER)

    def opening(self, holding: Holding, context: Context) -> Outcome:
        """Its uses."""
        draft = Draft(holding, context)
        self.credit(draft, Unit.USE, self.uses)
        return draft.outcome(TransactionKind.ISSUE, self.till(draft))

    def till(self, draft: Draft) -> Till:
        """Its condition, and how many uses are left."""
        status, left = status_of(draft), draft.balance(Unit.USE)
        text = f"{status}, {left} of {self.uses} uses left"
        return Till(text=text, balances=self.balances(draft), status=status)

    def why_not(self, draft: Draft, presented_by: str | None) -> Refusal | None:
        """
        Why it may not be used now by whoever shows it, or None.

        Args:
            presented_by: the id of a customer; None is the holder.
        """
        context, status = draft.context, status_of(draft)
        if status == "redeemed":
            return AlreadyRedeemed("This coupon was redeemed already.")
        if status != "active":
            return NotAvailable(f"This coupon is {status}.", status=status)
        if self.valid_from is not None and context.local_day < self.valid_from:
            message = f"This coupon is valid from {self.valid_from.isoformat()} on."
            return NotAvailable(message, status="not_begun")
        moment, zone = context.occurred_at, context.zone
        if self.windows and not is_open(self.windows, moment, zone):
            return NotAvailable("This coupon is not taken now.", status="closed")
        if self.holder_only and presented_by not in {None, context.customer.id}:
            return NotEligible("This coupon is for another customer.")
        if self.first_visit_only and context.customer.purchases:
            return NotEligible("This coupon is for a first purchase.")
        return None

    def count_use(self, draft: Draft, discount: int) -> Refusal | None:
        """
        Count a use against every limit, or say which one is reached.

        Args:
            discount: minor units that it gives away.

        Raises:
            Missing: counters have to be loaded first.
        """
        currency, budget = draft.context.currency, self.budget
        most = None if budget is None else minor_units(budget, currency)
        money, scale = f"{currency} of its budget", exponent(currency)
        return (
            count_within(draft, _BY_HOLDER, 1, self.per_customer, "uses a customer")
            or count_within(draft, _BY_ALL, 1, self.max_redemptions, "uses in all")
            or count_within(draft, _BUDGET, discount, most, money, scale)
        )
