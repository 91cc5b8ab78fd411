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

from loyaltycore.cards.purse import Purse
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
    from loyaltycore.ledger.decision import Context, Outcome, Repriced, Till
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Facts, Transaction

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
class CardType(Purse, Generic[CommandT]):
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

    def check(self, currency: str) -> None:
        """
        Refuse rules that the currency cannot hold; called when a template is made.

        Raises:
            InvalidInput: such as a threshold of half a cent.
        """
        self.limits.check(self.unit, self.scales(currency)[self.unit], currency)

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

    def is_holdable(
        self,
        unit: Unit,  # noqa: ARG002 - for overriding
    ) -> bool:
        """May units be reserved?  What can be redeemed may."""
        return True

    def is_sendable(self, unit: Unit) -> bool:
        """May units be transferred to another card?  What was earned by rule may."""
        return unit is self.unit

    def keeps(
        self,
        draft: Draft,  # noqa: ARG002 - for overriding
        transaction: Transaction,  # noqa: ARG002 - for overriding
    ) -> str | None:
        """Why a transaction may not be voided, in a sentence; None where it may."""
        return None

    def reprice(
        self,
        transaction: Transaction,  # noqa: ARG002 - for overriding
        net: int,  # noqa: ARG002 - for overriding
    ) -> Repriced:
        """
        Units that a purchase would have earned on *net* minor units.

        Only units computed from the purchase amount are named, with the rates that the
        transaction pinned; where only some rules of a unit are meant, by rule.  By
        default none are: what staff entered by hand stays.  What units were converted
        into is not named, it is turned back where they are missing.
        """
        return {}

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

    def follow_capture(
        self,
        draft: Draft,
        hold: Transaction,
    ) -> None:
        """
        Say what follows when reserved units are used; by default nothing does.

        Args:
            draft: of the capture; pin and let follow on other cards what has to.
            hold: the transaction that reserved them, with what it pinned.
        """

    def settle(self, draft: Draft) -> Till:
        """Do what the rules do by themselves after a void or refund."""
        return self.till(draft)
