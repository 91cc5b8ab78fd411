"""
What a card type is.

A card type is a frozen value: its fields are the configuration, its methods the rules.
It says how much, when it is allowed and what it turns into; lots, expiry, refunds and
proof are the ledger's.  It may not add an entry kind, a table or a store method.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import attrs

from loyaltycore.cards.answers import Answers
from loyaltycore.cards.settings import member_of, one_of
from loyaltycore.cards.smallest import smallest_command
from loyaltycore.errors import InvalidValue, Refusal
from loyaltycore.ledger.happy_effects import happy_facts
from loyaltycore.ledger.happy_hours import (
    HappyHour,
    Mechanic,
    happy_at,
    happy_hours,
    no_overlaps,
)
from loyaltycore.ledger.limits import EarnLimits
from loyaltycore.ledger.returning import Forfeit, Returning
from loyaltycore.ledger.shortfall import Shortfall
from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from loyaltycore.ledger.decision import Context, Outcome
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Facts

__all__ = ["CardType"]

CommandT = TypeVar("CommandT")


def _fits(
    rules: CardType[Any], field: attrs.Attribute[Any], hours: tuple[HappyHour, ...]
) -> None:
    can = rules.happy_effects
    if not all(isinstance(hour.effect, can) for hour in hours):
        names = ", ".join(effect.__name__ for effect in can) or "nothing"
        message = f"on a {rules.kind} card an hour does {names}."
        raise InvalidValue(field.name, message)


@attrs.frozen(kw_only=True)
class CardType(Answers, Generic[CommandT]):
    """
    The rules of one kind of card.

    Attributes:
        kind: the tag under which templates of this type are stored; lower case.
        commands: the classes of the closed union that ``decide`` takes.
        unit: what it is about first; holds and transfers move it unless they say more.
        shortfall: what happens when units to be taken back are gone.
        returning: where spent units go back to when their lot has expired.
        limits: of what is earned by rule.
        happy_effects: what happy hours can do on cards of this type; by default
            nothing, and there are none.
        happy_hours: when more is earned, or comes off; no two of one mechanic meet.
    """

    kind: ClassVar[str]
    commands: ClassVar[tuple[type, ...]]
    unit: ClassVar[Unit]
    happy_effects: ClassVar[tuple[type, ...]] = ()

    shortfall: Shortfall = attrs.field(
        default=Shortfall.CLAMP, validator=member_of(Shortfall)
    )
    returning: Returning = attrs.field(default=Forfeit(), validator=one_of(Returning))
    limits: EarnLimits = attrs.field(default=EarnLimits(), validator=one_of(EarnLimits))
    happy_hours: tuple[HappyHour, ...] = attrs.field(
        default=(), converter=happy_hours, validator=[no_overlaps, _fits]
    )

    @property
    def limited(self) -> Unit:
        """The unit that rules earn, and that limits are of."""
        return self.unit

    def check(self, currency: str) -> None:
        """
        Refuse rules that the currency cannot hold; called when a template is made.

        Raises:
            InvalidInput: such as a threshold of half a cent.
        """
        self.limits.check(self.limited, self.scales(currency)[self.limited], currency)

    def templates_named(self) -> tuple[str, ...]:
        """
        Ids of templates that the rules name, such as what a coupon turns into.

        A template is refused whose rules name one that is not there.
        """
        return ()

    def check_after(
        self,
        earlier: CardType[Any],  # noqa: ARG002 - for overriding
    ) -> None:
        """
        Refuse rules that cards could not live under that were issued under others.

        Args:
            earlier: the rules of an earlier version of the template.

        Raises:
            InvalidValue: naming the field.
        """
        return

    def allowed(self, draft: Draft, unit: Unit, asked: int, standing: int) -> int:
        """
        How many units more a corrected purchase may earn, as limits have it.

        Args:
            asked: smallest units that the correction comes to.
            standing: what the purchase has earned already.
        """
        if unit is not self.limited or not asked:
            return asked
        scale = self.scales(draft.context.currency)[unit]
        admitted = self.limits.admit(draft, unit, asked, scale=scale, already=standing)
        return 0 if isinstance(admitted, Refusal) else admitted

    def opening(
        self,
        holding: Holding,  # noqa: ARG002 - for overriding
        context: Context,  # noqa: ARG002 - for overriding
    ) -> Outcome | None:
        """
        Say what a card holds from the start, such as a welcome bonus; None for nothing.

        It is posted in the write that issues the card.
        """
        return None

    def happy(self, draft: Draft, mechanic: Mechanic) -> Facts:
        """What a happy hour does when the transaction happens; empty for nothing."""
        context = draft.context
        moment, zone = context.occurred_at, context.zone
        return happy_facts(happy_at(self.happy_hours, moment, zone, mechanic))

    @abstractmethod
    def decide(
        self, holding: Holding, command: CommandT, context: Context
    ) -> Outcome | Refusal:
        """
        Say what the command does to the card, or why it may not.

        Pure: the same arguments give the same answer.  Entries are written through a
        ``Draft``.

        Raises:
            InvalidInput: the command itself is malformed.
            Missing: something has to be loaded first; the draft raises it.
        """

    def smallest(self, asked: type[CommandT], currency: str) -> CommandT:
        """
        The smallest sensible command of a class, to see whether it could be done.

        By default what may be left out is, counts are 1, and points and amounts are one
        smallest unit.  A type whose rules have a minimum says so here.

        Raises:
            TypeError: the class has a field for which there is no default like that.
        """
        command: CommandT = smallest_command(asked, self.scales(currency), currency)
        return command
