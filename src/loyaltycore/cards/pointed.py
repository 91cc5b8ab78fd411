"""What card types share that collect points."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import attrs
from attrs.validators import optional

from loyaltycore.cards.commands import AddPoints
from loyaltycore.cards.contract import CardType
from loyaltycore.cards.settings import an_expiry, not_negative, one_of, whole
from loyaltycore.errors import InvalidAmount, InvalidValue, Refusal
from loyaltycore.ledger.draft import Draft
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.expiry import ExpiryPolicy, Immediate, PendingPolicy
from loyaltycore.values.money import exponent
from loyaltycore.values.quantity import decimal_of, to_units


if TYPE_CHECKING:
    from loyaltycore.cards.commands import SubtractPoints
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.holding import Holding

__all__ = ["Pointed"]

CommandT = TypeVar("CommandT")

_SCALE_MAX = 4


# Without slots of its own, so that a type can be pointed and something else.
@attrs.frozen(kw_only=True, slots=False)
class Pointed(CardType[CommandT]):
    """
    Rules of points.

    Attributes:
        points_scale: decimals of a point, 0 to 4; by default as the type says.
        points_expiry: when points stop counting, if the template says it and not its
            tiers or the program.
        pending: from when on points count that a rule has earned.
        welcome_points: on a new card.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    points_scale: int | None = attrs.field(default=None, validator=whole(0, _SCALE_MAX))
    points_expiry: ExpiryPolicy | None = attrs.field(
        default=None, validator=optional(an_expiry)
    )
    pending: PendingPolicy = attrs.field(
        default=Immediate(), validator=one_of(PendingPolicy)
    )
    welcome_points: Decimal = attrs.field(
        default=Decimal(0), converter=decimal_of, validator=not_negative
    )

    def scale_of_points(self, currency: str) -> int:
        """Decimals of a point."""
        return exponent(currency) if self.points_scale is None else self.points_scale

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        try:
            to_units(self.welcome_points, self.scale_of_points(currency))
        except InvalidAmount as error:
            raise InvalidValue("welcome_points", error.message) from None

    def opening(self, holding: Holding, context: Context) -> Outcome | None:
        """Welcome points."""
        draft = Draft(holding, context)
        units = to_units(self.welcome_points, self.scale_of_points(context.currency))
        self.credit(draft, Unit.POINT, units, kind=EntryKind.BONUS)
        if not draft.entries:
            return None
        return draft.outcome(TransactionKind.ISSUE, self.settle(draft))

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """See ``CardType.expiry_of``."""
        if unit is Unit.POINT:
            return self.points_expiry or draft.context.program.points_expiry
        return super().expiry_of(unit, draft)

    def pending_of(self, unit: Unit) -> PendingPolicy:
        """See ``CardType.pending_of``."""
        return self.pending if unit is Unit.POINT else Immediate()

    def points_by_hand(
        self, draft: Draft, command: AddPoints | SubtractPoints
    ) -> Outcome | Refusal:
        """Add points that count at once, or take some that are there away."""
        scale = self.scale_of_points(draft.context.currency)
        units = to_units(command.points, scale)
        if not isinstance(command, AddPoints):
            return self.take(draft, Unit.POINT, units, EntryKind.ADJUST)
        expiry = self.expiry_of(Unit.POINT, draft)
        draft.credit(Unit.POINT, units, expiry=expiry)
        return draft.outcome(TransactionKind.ADJUST, self.settle(draft))
