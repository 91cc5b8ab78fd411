"""
What the ledger asks of a card type when it does what it does on any card.

Holds, transfers, voids, refunds and amendments are the ledger's own; these are the
questions that it has about them, with the answers that most types give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from loyaltycore.cards.purse import Purse
from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from loyaltycore.errors import Refusal
    from loyaltycore.ledger.commands import CardCommand, Receive, TransactionCommand
    from loyaltycore.ledger.decision import Repriced, Till
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.original import Original
    from loyaltycore.ledger.transactions import Transaction

__all__ = ["Answers"]


@attrs.frozen(kw_only=True)
class Answers(Purse):
    """
    A purse that knows what may become of its units.

    Attributes:
        unit: what it is about first; holds and transfers move it unless they say more.
    """

    unit: ClassVar[Unit]

    def is_holdable(
        self,
        unit: Unit,  # noqa: ARG002 - for overriding
    ) -> bool:
        """May units be reserved?  What can be redeemed may."""
        return True

    def is_sendable(self, unit: Unit) -> bool:
        """May units be transferred to another card?  What was earned by rule may."""
        return unit is self.unit

    def forbids(
        self,
        draft: Draft,  # noqa: ARG002 - for overriding
        command: CardCommand | TransactionCommand | Receive,  # noqa: ARG002 - likewise
    ) -> Refusal | None:
        """Say why the card may not do now what the ledger does on any card, or None."""
        return None

    def keeps(
        self,
        draft: Draft,  # noqa: ARG002 - for overriding
        transaction: Transaction,  # noqa: ARG002 - for overriding
    ) -> str | None:
        """Why a transaction may not be voided, in a sentence; None where it may."""
        return None

    def refund_of(
        self,
        draft: Draft,  # noqa: ARG002 - for overriding
        original: Original,
        asked: int | None,
    ) -> int | Refusal:
        """
        Say how much is refunded, and do what else the rules do about it.

        Args:
            original: a purchase, or a redemption.
            asked: of a purchase minor units, of a redemption the smallest units that
                were redeemed; None is as much as the rules give back, which is all.
        """
        return original.left if asked is None else asked

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
